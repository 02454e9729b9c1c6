import csv
import dataclasses
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.countries import folder_of
from bot.understanding.places import Gazetteer, Place, PlaceMatch

DATA = Path(__file__).parent / "data"
FOLDER = folder_of("kz")
places = Gazetteer.load(FOLDER)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first(text: str) -> str:
    """Return the name of the likeliest place; nothing if there is none."""
    return next((match.place.name for match in places.match(text)), "")


def names(text: str) -> list[str]:
    return [match.place.name for match in places.match(text)]


LABELLED = [(row["text"], row["expected"]) for row in rows(DATA / "places.csv")]
KNOWN = rows(FOLDER / "places.csv")
SHARED = {"абай", "abai"}
"""Names of several places."""
EVERY_NAME = sorted(
    {(name, row["canonical"]) for row in KNOWN for name in (row["canonical"], *row["aliases"].split("|"))}
)
PLAIN = [(name, canonical) for name, canonical in EVERY_NAME if name.casefold() not in SHARED]
TYPED_IN_ENGLISH = {"Fkvfns", "Fcnfyf", "Rfhfufylf", "d Isvrtynt", "Ctvtq", "Nfhfp", "Frnj,t", ";tprfpufy"}
"""Whole messages with the keyboard in the wrong language; other letters show that it was not."""
IN_KAZAKHSTAN = {"Almaty", "Aqtau", "Aqtobe", "Atyrau", "Oral", "Qostanay", "Qyzylorda"}


@pytest.mark.parametrize(("text", "expected"), LABELLED)
def test_a_place_is_recognised_as_people_type_it(text: str, expected: str) -> None:
    assert first(text) == expected


def test_the_labelled_places_are_places_of_the_list() -> None:
    assert {expected for _, expected in LABELLED} - {""} <= {row["canonical"] for row in KNOWN}
    assert {row["canonical"] for row in KNOWN[:57]} <= {expected for _, expected in LABELLED}


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda text: text.replace("а", "\u200bа").replace("a", "\N{SOFT HYPHEN}a"),
        lambda text: text.replace("і", "i").replace("ё", "е"),
        lambda text: text.replace("-", "–"),
        lambda text: f"  {text}!!! ",
        lambda text: f"«{text}»",
        lambda text: f"Здравствуйте! {text}, помогите 😢",
        lambda text: f"Сәлеметсіз бе, {text}",
    ],
    ids=["parted signs", "no-break spaces", "invisible signs", "look-alikes", "dashes", "!!!", "quotes", "ru", "kk"],
)
def test_the_way_of_writing_makes_no_difference(rewrite: Callable[[str], str]) -> None:
    typed = [(text, expected) for text, expected in LABELLED if text not in TYPED_IN_ENGLISH]
    assert not [(text, first(rewrite(text))) for text, expected in typed if first(rewrite(text)) != expected]


@pytest.mark.parametrize(
    "rewrite",
    [
        str,
        str.upper,
        str.lower,
        lambda name: f"в г. {name}",
        lambda name: f"{name}.",
        lambda name: f"{name}!!",
        lambda name: f"{name}, вечером",
        lambda name: f"задержали в {name}",
        lambda name: f"задержали вчера в {name} на площади",
        lambda name: f"They were taken out of {name}",
        lambda name: f"{name}\nсын",
        lambda name: f"моя мама ({name})",
    ],
    ids=["itself", "upper", "lower", "в г.", "full stop", "!!", "comma", "в", "в ... на", "out of", "line", "brackets"],
)
def test_every_name_of_every_place_means_it_first(rewrite: Callable[[str], str]) -> None:
    assert not [name for name, canonical in PLAIN if first(rewrite(name)) != canonical]


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_name_of_several_places_means_each_of_them(name: str) -> None:
    assert sorted(names(name)) == ["Abai", "Abai region"]
    assert len({match.score for match in places.match(name)}) == 1
    assert names(f"город {name}") == ["Abai"]
    assert names(f"{name} region") == ["Abai region"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Алматы или Талдыкорган", ["Almaty", "Taldykorgan"]),
        ("Жанаозен, Мангистауская область", ["Zhanaozen", "Mangystau region"]),
        ("Мангистауская область, Жанаозен", ["Zhanaozen", "Mangystau region"]),
        ("Жанаузэн, Мангистауская область", ["Zhanaozen", "Mangystau region"]),
        ("из Талгара, Алматинская область", ["Talgar", "Almaty region"]),
        ("Талгарский район, Алматинская область", ["Almaty region", "Talgar"]),
        ("Шымкент, Алматы, Тараз", ["Shymkent", "Almaty", "Taraz"]),
        ("он из Семея, увезли в Алматы", ["Almaty", "Semey"]),
        ("Семейден, Алматыда ұсталды", ["Almaty", "Semey"]),
        ("не в Алматы, а в Таразе", ["Taraz", "Almaty"]),
        ("Алматы облысы", ["Almaty region"]),
        ("Алматы", ["Almaty"]),
        ("площадь Астана, Алматы", ["Almaty", "Astana"]),
        ("Астана, Алматинский район", ["Astana", "Almaty"]),
        ("Алматы, улица Шевченко", ["Almaty"]),
        ("Алматы, Сатпаев көшесі", ["Almaty"]),
        ("Тараз, Тараз қаласы", ["Taraz"]),
    ],
)
def test_several_places_are_ranked(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("Алматы", "из Алматы"),
        ("из Алматы", "около Алматы"),
        ("в Алматы", "кажется в Алматы"),
        ("в Алматы", "из Москвы в Алматы"),
        ("Талгар", "Талгарский район"),
        ("Астана", "площадь Астана"),
        ("Тараз", "аул Тараз"),
        ("Карагандинская область", "Карагандинская"),
        ("в Алматы", "в Медеуском районе"),
        ("в Медеуском районе", "в Алматинском районе"),
        ("Талдыкорган", "Талдыкурхан"),
    ],
)
def test_what_speaks_against_a_place_makes_it_less_sure(surer: str, less_sure: str) -> None:
    (sure,), (unsure,) = places.match(surer), places.match(less_sure)
    assert sure.place == unsure.place
    assert sure.score > unsure.score


def test_a_place_says_what_it_is() -> None:
    (town,), (region,) = places.match("Алматы"), places.match("ВКО")
    assert town == PlaceMatch(Place("Almaty", "almaty", "city"), 1.0)
    assert (region.place.key, region.place.kind) == ("east_kazakhstan_region", "region")
    with pytest.raises(dataclasses.FrozenInstanceError):
        town.score = 0.5  # type: ignore[misc]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_no_town_and_no_country_of_the_world_is_taken_for_ours(language: str) -> None:
    locale = Locale(language)
    zones = [str(zone) for zone in Locale("ru").time_zones]
    cities = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in zones}
    names_of_zones = {zone: locale.time_zones.get(zone, {}).get("city", city) for zone, city in cities.items()}
    abroad = {name for zone, name in names_of_zones.items() if cities[zone] not in IN_KAZAKHSTAN}
    assert len(abroad) > 300
    assert not [city for city in abroad | set(locale.territories.values()) if places.match(city)]


@settings(deadline=None, max_examples=300)
@given(st.text() | st.text("аәдклмнтшыАМaklmntyş'’-., \n\ud83d\u0301٣²ªİ"))
@example("\ud83d")
@example("İ")
@example("а" * 4096)
@example("талды " * 682)
@example("жамбыл," * 585)
@example("город область " * 292)
@example("," * 4096)
@example("ا ٣ ² ª ŉ ǰ ΐ")
def test_any_text_can_be_read(text: str) -> None:
    found = places.match(text)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert all(0 < match.score <= 1 for match in found)
    assert len({match.place for match in found}) == len(found)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(PLAIN), st.sampled_from(["Талапкер", "Жанатурмыс", "дома", "у мечети", "ауылда", "yesterday"]))
def test_words_in_another_part_change_nothing(plain: tuple[str, str], other: str) -> None:
    name, canonical = plain
    assert first(f"{name}, {other}") == first(f"{other}, {name}") == canonical
