"""A country's folder: what is read out of it, and what is said of a mistake in it."""

import re
import shutil
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands.check_country import faults
from bot.countries import COUNTRIES, WrongCountry, folder_of, known_codes
from bot.countries.advice import Hotline
from bot.countries.profile import EventWindow
from bot.texts import Catalogues
from bot.understanding.country import Country

RURITANIA = Path(__file__).parents[2] / "countries" / "ruritania"
OURS = [*known_codes(), str(RURITANIA)]
PUBLIC_NUMBERS = {"112", "103", "111"}
"""Whoever adds a number looks it up, and then adds it here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of Ruritania that a test may spoil."""
    return Path(shutil.copytree(RURITANIA, tmp_path / "ruritania"))


def refusal(folder: Path) -> str:
    """Return what is said of a folder that cannot be read, without the path before the file's name."""
    with pytest.raises(WrongCountry) as wrong:
        Country.load(str(folder))
    said = str(wrong.value)
    assert "\n" not in said
    return said.removeprefix(f"{folder}/")


def test_a_country_is_two_letters_or_a_path() -> None:
    assert folder_of("kz") == COUNTRIES / "kz"
    assert folder_of("/srv/ours") == Path("/srv/ours")
    assert folder_of("countries/uz") == Path("countries/uz")
    assert "kz" in known_codes()


@pytest.mark.parametrize("named", OURS)
def test_nothing_in_a_country_is_to_be_mended(named: str) -> None:
    country = Country.load(named)
    catalogues = Catalogues.load(default=country.default_language, zone=country.zone, country=country)
    assert list(faults(country, catalogues)) == []


def test_kazakhstan_is_as_it_was() -> None:
    country = Country.load("kz")
    assert (country.languages, country.default_language, country.zone) == (
        ("kk", "ru", "en"),
        "ru",
        ZoneInfo("Asia/Almaty"),
    )
    assert country.buttons == (
        "almaty", "astana", "shymkent", "semey", "taldykorgan", "taraz", "kyzylorda", "aktobe", "atyrau", "aktau",
        "zhanaozen", "karaganda",
    )  # fmt: skip
    assert {hotline.contact for hotline in country.hotlines("ru")} == PUBLIC_NUMBERS


@pytest.mark.parametrize("named", OURS)
def test_what_a_family_can_do_is_short_and_promises_no_law(named: str) -> None:
    country = Country.load(named)
    for language in country.languages:
        steps = country.first_steps(language)
        assert all(len(step) <= 130 for step in steps)
        assert not [step for step in steps if re.search(r"[0-9]", step)], "an article, a number of hours, a telephone"


def test_ruritania_is_read() -> None:
    country = Country.load(str(RURITANIA))
    assert country.buttons == ("zenda", "strelsau")
    assert country.window == EventWindow(first=date(2022, 1, 10), last=date(2022, 1, 19))
    assert country.first_steps("en") == ("Write down who & when", "Ask the warden")
    assert country.hotlines("ru") == (
        Hotline("castle", "Castle gate, Zenda", "смотритель замка", "9:00-17:00", ("en", "de")),
    )
    assert country.place_name("hentzau", "ru") == "Хентцауская область"
    assert country.charge_title("RC:31/2", "ru") == "Вооружённый бунт"
    assert country.code_name("RC", "ru") == "Королевский кодекс"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("в Зенде", "zenda"),
        ("Штрелзау", "strelsau"),
        ("Хентцауская обл.", "hentzau"),
        ("castle", "zenda"),
        ("he was near the castle gate", None),
        ("Strelsauer Hof", None),
        ("из Вены в Зенду", None),
        ("Алматы", None),
        ("Орал", None),
    ],
)
def test_its_own_places_are_read_and_no_others(text: str, place: str | None) -> None:
    assert Country.load(str(RURITANIA)).places.find(text) == place


@pytest.mark.parametrize(
    ("text", "charges"),
    [
        ("ст. 31 ч. 2 КК", ["RC:31/2"]),
        ("article 7-2 of the Royal Code", ["RC:7-2"]),
        ("Article 60 RC", ["RC:60"]),
        ("art. 60 of the law courts", []),
        ("за бунт", ["RC:31"]),
        ("a fine of 31 guilders", []),
        ("call +44 20 7946 3131", []),
        ("ст. 272 УК РК", []),
    ],
)
def test_its_own_charges_are_read_and_no_others(text: str, charges: list[str]) -> None:
    assert [str(charge) for charge in Country.load(str(RURITANIA)).charges.parse(text)] == charges


def test_a_language_more_brings_its_endings(folder: Path) -> None:
    assert Country.load(str(folder)).places.find("Zendában") is None
    rule = "language,name_ends,taken_off,endings\nhu,a,a,ában|ából\nhu,,,ban|ből\n"
    (folder / "place_endings.csv").write_text(rule, encoding="utf-8")
    assert Country.load(str(folder)).places.find("Zendában") == "zenda"


@pytest.mark.parametrize("name", ["place_words.csv", "charge_marks.csv"])
def test_some_tables_may_be_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert Country.load(str(folder)).places.find("Strelsau") == "strelsau"


def test_a_table_saved_by_a_spreadsheet_is_read(folder: Path) -> None:
    path = folder / "places.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert Country.load(str(folder)).places.find("Strelsau") == "strelsau"


@pytest.mark.parametrize(
    "name",
    ["country.toml", "places.csv", "codes.csv", "charges.csv", "charge_words.csv", "hotlines.csv", "first_steps.csv"],
)
def test_a_file_that_is_missing_or_no_text_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\xfe\x00")
    assert refusal(folder).startswith(f"{name}: ")
    (folder / name).unlink()
    assert refusal(folder) == f"{name}: it cannot be read (No such file or directory)"


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("country.toml", 'name = "Ruritania"', "", "country.toml: name: "),
        ("country.toml", "languages = [", "languages = ", "country.toml: "),
        ("country.toml", '["en", "ru"]', '["en", "en"]', "country.toml: languages: en stands in it twice"),
        ("country.toml", '["en", "ru"]', '["ru"]', "country.toml: default_language: it must be one of ru"),
        ("country.toml", "Europe/Prague", "Europe/Zenda", "country.toml: time_zone: there is no such time zone"),
        ("country.toml", '"Zenda", ', '"Zendy", ', "country.toml: places_on_buttons: Zendy is not in the first column"),
        ("country.toml", "2022-01-19", "2022-01-09", "country.toml: events: the last day comes before the first"),
        ("country.toml", "[events]", "[event]", "country.toml: event: "),
        ("places.csv", ",ru\n", ",rus\n", "places.csv, line 1: there is no column ru"),
        ("places.csv", "Zenda,Зенда\n", "Zenda\n", "places.csv, line 3: it has 4 cells and not 5"),
        ("places.csv", "Zenda,Зенда\n", "Zenda,\n", "places.csv, line 3, column ru: it is empty"),
        ("places.csv", "Zenda,city", "Зенда,city", "places.csv, line 3, column canonical: it must be"),
        ("places.csv", "Zenda,city", "Strelsau,city", "places.csv, line 3, column canonical: Strelsau stands"),
        ("places.csv", "region,", "land,", "places.csv, line 4, column kind: it must be one of city, village, region"),
        ("place_words.csv", "abroad", "far", "place_words.csv, line 3, column role: it must be one of in, from"),
        ("codes.csv", "90", "ninety", "codes.csv, line 2, column last_article: it must be a number"),
        ("codes.csv", "RC", "Royal", "codes.csv, line 2, column code: it must be at most 8 capital"),
        ("codes.csv", ",Royal Code,", ",,", "codes.csv, line 2, column en: it is empty"),
        ("charges.csv", "RC,31,2", "XC,31,2", "charges.csv, line 3, column code: codes.csv has no code XC"),
        ("charges.csv", "RC,31,2", "RC,31a,2", "charges.csv, line 3, column article: it must be a number"),
        ("charges.csv", "RC,31,2", "RC,31,b", "charges.csv, line 3, column part: it must be empty, the number"),
        ("charges.csv", ",Бунт", ",", "charges.csv, line 2, column ru: it is empty"),
        ("charge_words.csv", "RC:31/2", "31/2", "charge_words.csv, line 2, column charges: 31/2 is no charge"),
        ("charge_marks.csv", "unit", "money", "charge_marks.csv, line 2, column means: it must be one of article"),
        ("hotlines.csv", "made up", "", "hotlines.csv, line 2, column source: it is empty"),
        ("hotlines.csv", "en|de", "", "hotlines.csv, line 2, column languages: it is empty"),
        ("first_steps.csv", "20,", "10,", "first_steps.csv, line 3, column order: it stands there twice"),
        ("first_steps.csv", "20,", "last,", "first_steps.csv, line 2, column order: it must be a number"),
        ("first_steps.csv", "Ask the warden", "Ask " * 800, "first_steps.csv, column en: with hotlines.csv it"),
        ("first_steps.csv", '"Запишите', '"Запи"шите', "first_steps.csv, line 3: "),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_column(
    folder: Path, name: str, before: str, after: str, said: str
) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    assert refusal(folder).startswith(said)


def test_first_steps_there_must_be(folder: Path) -> None:
    (folder / "first_steps.csv").write_text("order,en,ru\n", encoding="utf-8")
    assert refusal(folder) == "first_steps.csv: there is no line in it"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (("places.csv", ",Зенда\n", ",Замок\n"), "places.csv: 'Замок' (column ru) is not understood as zenda"),
        (("places.csv", "Zenda,Зенда\n", f"Zenda,{'Зенда ' * 5}\n"), "is too long for a button"),
        (("codes.csv", ",Королевский кодекс", ",law courts"), "is not understood as RC:31; see codes.csv"),
    ],
)
def test_what_can_be_read_and_yet_will_not_work_is_found(folder: Path, spoil: tuple[str, str, str], said: str) -> None:
    name, before, after = spoil
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    country = Country.load(str(folder))
    catalogues = Catalogues.load(default="en", zone=country.zone, country=country)
    assert any(said in fault for fault in faults(country, catalogues))


@pytest.mark.parametrize(
    ("window", "day", "misses"),
    [
        (EventWindow(), date(1999, 1, 1), False),
        (EventWindow(first=date(2022, 1, 2)), date(2022, 1, 1), True),
        (EventWindow(first=date(2022, 1, 2)), date(2022, 1, 2), False),
        (EventWindow(last=date(2022, 1, 19)), date(2022, 1, 20), True),
        (EventWindow(last=date(2022, 1, 19)), date(2022, 1, 19), False),
    ],
)
def test_a_day_lies_within_the_events_or_not(window: EventWindow, day: date, misses: bool) -> None:  # noqa: FBT001
    assert window.misses(day, day) is misses


def test_a_span_that_touches_the_events_lies_within_them() -> None:
    window = EventWindow(first=date(2022, 1, 2), last=date(2022, 1, 19))
    assert not window.misses(date(2021, 12, 30), date(2022, 1, 2))
    assert window.misses(date(2021, 12, 30), date(2022, 1, 1))
