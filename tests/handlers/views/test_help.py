"""What a family can do at once, and whom it can turn to."""

from pathlib import Path

from bot.texts import Catalogues, Texts
from bot.understanding.country import Country
from handlers.views.help import first_steps
from tests.handlers.views.support import kinds, shown

RURITANIA = Path(__file__).parents[2] / "countries" / "ruritania"


def test_the_first_steps_and_the_hotlines_are_one_message(texts: Texts) -> None:
    message = first_steps(texts)
    words = shown(message)
    steps = texts.country.first_steps(texts.language)
    assert [words.index(f"{number}. {step}") for number, step in enumerate(steps, start=1)]
    for hotline in texts.country.hotlines(texts.language):
        assert f"{hotline.contact} – {hotline.name} ({texts.plain('steps.always')}" in words
    assert words.endswith(texts.plain("steps.limits"))
    assert kinds(message) == ["bold"] * 5
    assert message.keyboard == ()


def test_the_languages_that_are_spoken_are_said_to_those_who_read_none_of_them() -> None:
    country = Country.load(str(RURITANIA))
    catalogues = Catalogues.load(default="en", zone=country.zone, country=country)
    english, russian = (shown(first_steps(catalogues.in_language(language))) for language in ("en", "ru"))
    assert "Castle gate, Zenda – the warden of the castle (9:00-17:00)\n" in english
    assert "смотритель замка (9:00-17:00; отвечают на языках: английский, немецкий)" in russian


def test_what_a_country_says_marks_nothing_up() -> None:
    country = Country.load(str(RURITANIA))
    catalogues = Catalogues.load(default="en", zone=country.zone, country=country)
    assert "1. Write down who & when" in shown(first_steps(catalogues.in_language("en")))


def test_without_hotlines_nobody_is_named(tmp_path: Path) -> None:
    for path in RURITANIA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "hotlines.csv").write_text("key,contact,hours,languages,en,ru,source\n", encoding="utf-8")
    country = Country.load(str(tmp_path))
    texts = Catalogues.load(default="en", zone=country.zone, country=country).in_language("en")
    assert texts.plain("steps.hotlines") not in first_steps(texts).html
