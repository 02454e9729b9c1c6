from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.press import Action
from bot.texts import LOCALES, Catalogues
from bot.understanding.country import Country
from bot.understanding.spoken_buttons import spoken_button

SPOKEN = {
    Action.UNKNOWN: [
        "I do not know", "I don't know", "I don’t know", "I dont know", "don't know", "not known", "unknown",
        "не знаю", "не помню", "неизвестно", "не известно", "білмеймін",
    ],
    Action.SKIP: ["skip", "пропустить", "пропусти", "өткізу"],
    Action.BACK: ["back", "go back", "назад", "артқа"],
    Action.DONE: ["done", "готово", "дайын"],
}  # fmt: skip


@pytest.mark.parametrize(("action", "words"), [(action, words) for action, every in SPOKEN.items() for words in every])
def test_the_words_of_a_button_are_that_button_however_they_are_written(action: Action, words: str) -> None:
    for written in (
        words,
        words.upper(),
        words.title(),
        f" {words} ! ",
        f"{words}.",
        words.replace(" ", "  "),
        words + "!!",
    ):
        assert spoken_button(written) is action


@pytest.mark.parametrize("key", ["unknown", "skip", "back", "done"])
@pytest.mark.parametrize("language", sorted(path.name for path in LOCALES.iterdir()))
def test_a_button_can_be_said_in_its_own_words(language: str, key: str) -> None:
    texts = Catalogues.load(default=language, zone=ZoneInfo("UTC"), country=Country.load("kz")).in_language(language)
    label = texts.plain(f"button.{key}")
    assert spoken_button(label.removeprefix("← ")) is Action(key)


@pytest.mark.parametrize(
    "said",
    ["", " ", "!", "не знаю где", "я не знаю", "не знаю, где она", "skip it", "back in Almaty", "готово дело",
     "Назад в Алматы", "не", "знаю", "unknown person", "clear", "send", "отправить", "да", "yes", "agree", "донe"],
)  # fmt: skip
def test_only_a_whole_message_of_a_buttons_words_is_that_button(said: str) -> None:
    assert spoken_button(said) is None


@settings(deadline=None)
@given(st.text() | st.sampled_from([words for every in SPOKEN.values() for words in every]))
def test_no_words_agree_delete_or_send(said: str) -> None:
    assert spoken_button(said) in {None, *SPOKEN}
