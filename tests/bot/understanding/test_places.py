import csv
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.countries import WrongCountry, folder_of
from bot.texts import LOCALES
from bot.understanding.places import Gazetteer

FOLDER = folder_of("kz")
ROWS = list(csv.DictReader((FOLDER / "places.csv").read_text(encoding="utf-8").splitlines()))
FROM_THE_START = 57
LANGUAGES = sorted(path.name for path in LOCALES.iterdir())
NAMES = [(name, row["canonical"].lower().replace(" ", "_")) for row in ROWS for name in row["aliases"].split("|")]
MEANINGS = Counter(name.casefold() for name, _ in {(name.casefold(), key) for name, key in NAMES})
SHARED = {"абай", "abai"}
"""Names of several places."""
PARTS = ("район", "ауданы", "district")
"""A town's districts are names of it as well, but less certain ones."""
PLAIN = [(name, key) for name, key in NAMES if MEANINGS[name.casefold()] == 1 and not name.endswith(PARTS)]


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load(FOLDER)


def test_there_are_towns_and_regions_to_know() -> None:
    assert Counter(row["kind"] for row in ROWS[:FROM_THE_START]) == {"city": 40, "region": 17}
    assert {row["kind"] for row in ROWS[FROM_THE_START:]} == {"city"}
    assert len({row["canonical"] for row in ROWS}) == len(ROWS) > 100
    assert len(PLAIN) > 450


def test_every_place_has_a_name_in_every_language() -> None:
    assert not [row["canonical"] for row in ROWS for language in LANGUAGES if not row[language].strip()]
    for language in LANGUAGES:
        names = Counter(row[language] for row in ROWS)
        assert not [name for name, times in names.items() if times > 1]


def test_names_of_several_places_are_few_and_known() -> None:
    assert {name for name, times in MEANINGS.items() if times > 1} == SHARED


def test_a_place_is_found_by_any_of_its_names(places: Gazetteer) -> None:
    assert not [(name, key) for name, key in PLAIN if places.find(name) != key]


@pytest.mark.parametrize(
    "rewrite",
    [
        str.upper,
        str.lower,
        lambda name: f"  {name}. ",
        lambda name: name.replace("-", " "),
        lambda name: name.replace(" ", "  "),
        lambda name: f"г. {name}",
        lambda name: f"{name}.\n",
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: name.replace("-", "–"),
        lambda name: name.replace("-", "\N{NON-BREAKING HYPHEN}"),
        lambda name: f"в {name}",
        lambda name: f"из г. {name}",
        lambda name: f"Near {name}!",
        lambda name: f"{name}, Medeu district",
        lambda name: f"в {name} , у площади, вечером",
    ],
    ids=[
        "upper case",
        "lower case",
        "full stop",
        "no dashes",
        "two spaces",
        "г.",
        "full stop and line break",
        "parted signs",
        "long dashes",
        "hyphens that do not break",
        "в",
        "из г.",
        "near",
        "comma",
        "в, commas",
    ],
)
def test_the_way_of_writing_makes_no_difference(places: Gazetteer, rewrite: Callable[[str], str]) -> None:
    assert not [name for name, key in PLAIN if places.find(rewrite(name)) != key]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("г. Алматы", "almaty"),
        ("г.Алматы", "almaty"),
        ("Г.  алматы", "almaty"),
        ("город Алматы", "almaty"),
        ("City of Almaty", "almaty"),
        ("Алматы!", "almaty"),
        ("алма ата", "almaty"),
        ("АЛМА-АТА", "almaty"),
        ("НҰР-СҰЛТАН", "astana"),
        ("Усть Каменогорск", "oskemen"),
        ("область\nАбай", "abai_region"),
        ("Алматы.\n", "almaty"),
        ("город\u00a0Алматы", "almaty"),
        ("Усть–Каменогорск", "oskemen"),
        ("Нұр‑Сұлтан", "astana"),
        (unicodedata.normalize("NFD", "Рудный"), "rudny"),
        ("в Алматы", "almaty"),
        ("Во Алматы", "almaty"),
        ("из Алматы", "almaty"),
        ("под Алматы", "almaty"),
        ("in Almaty", "almaty"),
        ("near Almaty", "almaty"),
        ("in the city of Almaty", "almaty"),
        ("в городе Алматы", "almaty"),
        ("из г.Алматы", "almaty"),
        ("Almaty, Medeu district", "almaty"),
        ("в г. Алматы, 3 микрорайон, у рынка", "almaty"),
        ("Алматы, площадь", "almaty"),
        ("Алматы площадь", "almaty"),
        ("брата задержали в Таразе возле дома", "taraz"),
        ("Медеуский район", "almaty"),
        # One letter wrong in a name that is like no other.
        ("Петропавлоск", "petropavl"),
        # A town and its region are the town.
        ("Абай облысы, Семей", "semey"),
        ("Жанаозен, Мангистауская область", "zhanaozen"),
        ("Алматинская область, Талгар", "talgar"),
        # The town is not the region.
        ("Жамбыл", "taraz"),
        ("Жамбылская область", "zhambyl_region"),
    ],
)
def test_a_place_is_found_as_people_write_it(places: Gazetteer, said: str, key: str) -> None:
    assert places.find(said) == key


@pytest.mark.parametrize(
    "said",
    ["", " ", ".", "г.", "город", "Москва", "Москва, Алматы", "не знаю", "Алматы Астана", "у Алматы", "в", "в г.",
     "near", ",", "около Алматы, в ауле", "Алматы или Талдыкорган", "может, Алматы", "не в Алматы", "Абай",
     "Талгарский район", "площадь Астана", "Карагандинская", "алматы емес", "Алматы түбінде"],
)  # fmt: skip
def test_words_that_name_no_known_place_for_certain_are_none(places: Gazetteer, said: str) -> None:
    assert places.find(said) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_that_we_show_for_a_place_typed_means_that_place(places: Gazetteer, language: str) -> None:
    keys = dict(zip(places.names_by_key, ROWS, strict=True))
    plain = {key: row[language] for key, row in keys.items() if row[language].casefold() not in SHARED}
    assert not [key for key, name in plain.items() if places.find(name) != key]


def test_another_file_of_places_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("canonical,kind,aliases\nNew Town,city,Новый город|Орёл\n", encoding="utf-8")
    places = Gazetteer.load(tmp_path)
    assert places.find("НОВЫЙ ГОРОД") == "new_town"
    assert places.find("орел") == places.find("Орёл") == places.find("new town") == "new_town"
    assert places.names_by_key == {"new_town": "New Town"}


def test_a_region_holds_its_towns(places: Gazetteer) -> None:
    within = places.within(["abai_region", "almaty"])
    assert within[:2] == ["abai_region", "almaty"]
    assert set(within) == {"abai_region", "almaty", "semey", "ayagoz", "kurchatov"}
    assert places.within([]) == []
    towns = {place.region for place in places.places_by_key.values() if place.kind != "region"}
    assert {key for key, place in places.places_by_key.items() if place.kind == "region"} <= towns


def test_a_region_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("canonical,kind,region,aliases\nTown,city,,A\nOther,city,Town,B\n", encoding="utf-8")
    with pytest.raises(WrongCountry, match=r"line 3, column region: there is no such region"):
        Gazetteer.load(tmp_path)


def test_a_name_that_means_two_places_means_none(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    rows = ["canonical,kind,aliases", "Town,city,Жамбыл|Тараз", "Land,region,жамбыл|Жамбылская область|ЖАМБЫЛ"]
    file.write_text("\n".join(rows), encoding="utf-8")
    places = Gazetteer.load(tmp_path)
    assert places.find("Жамбыл") is None
    assert places.find("в Жамбыл, у рынка") is None
    assert {match.place.key: match.score for match in places.match("Жамбыл")} == {"town": 0.7, "land": 0.7}
    assert (places.find("Тараз"), places.find("Жамбылская область")) == ("town", "land")


def test_the_whole_of_what_was_said_is_tried_before_a_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text('canonical,kind,aliases\nOne,city,Сад\nTwo,city,"Сад, север"\nThree,city,в сад\n', encoding="utf-8")
    places = Gazetteer.load(tmp_path)
    assert places.find("Сад, север") == "two"
    assert places.find("В сад") == "three"
    assert places.find("Сад, юг") == places.find("из сад") == "one"
