"""The screen that asks which of several things somebody means."""

from collections.abc import Sequence

import pytest

from bot.domain.answer import Reading
from bot.domain.message import Say
from bot.domain.press import Action
from bot.texts import Texts
from handlers.callbacks import unpack_press
from handlers.views import interview as views
from tests.bot.domain.support import interview_at, said
from tests.handlers.views.support import TODAY, WORST, buttons, check_keyboard, shown

DAYS = ("2022-01-05", "2022-05-01")
SPAN = "2022-01-05/2022-01-06"
CHARGE = "CC:272/2"


def screen(key: str, words: str, values: Sequence[str], texts: Texts, part_of_day: str | None = None) -> Say:
    doubts = tuple(Reading(value=value, part_of_day=part_of_day) for value in values)
    return views.screen(interview_at(key).doubted(said(words), doubts), texts, today=TODAY)


def labels(message: Say) -> list[str]:
    return [label for label, _ in buttons(message.keyboard)]


def test_one_thing_is_asked_with_right_and_change(english: Texts) -> None:
    message = screen("charge", "участие в беспорядках", [CHARGE], english)
    assert shown(message).splitlines() == [
        "Charge: did I understand you right?",
        "You wrote: “участие в беспорядках”",
        f"I understood: {english.charge(CHARGE)}",
    ]
    assert "Participation in mass riots" in shown(message)
    assert labels(message) == ["Right", "Change: write it again", "Leave it in my words"]


def test_several_things_stand_on_buttons(english: Texts) -> None:
    message = screen("date", "01/05/2022", DAYS, english)
    assert shown(message).splitlines() == [
        "Date detained: which of these do you mean?",
        "You wrote: “01/05/2022”",
        "• 5 January 2022",
        "• 1 May 2022",
    ]
    assert labels(message)[:2] == ["5 Jan 2022", "1 May 2022"]


def test_each_button_means_what_it_says(texts: Texts) -> None:
    message = screen("date", "01/05/2022", DAYS, texts)
    pressed = [unpack_press(data) for _, data in buttons(message.keyboard)]
    assert [(press.action, press.value) for press in pressed] == [
        (Action.MEANT, "0"),
        (Action.MEANT, "1"),
        (Action.BACK, ""),
        (Action.AS_SAID, ""),
    ]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("date", DAYS),
        ("date", (SPAN, "2022-12-31/2023-01-01")),
        ("city", ("west_kazakhstan_region", "taraz")),
        ("charge", ("CC:274/4/2", "CC:269-1;CC:272/2")),
        ("charge", ("CAO:488/11",)),
    ],
)
@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_whatever_was_said_telegram_takes_the_question(
    texts: Texts, key: str, values: Sequence[str], filling: str
) -> None:
    message = screen(key, filling * 600, values, texts)
    assert shown(message)
    check_keyboard(message.keyboard)


@pytest.mark.parametrize(
    ("values", "part"), [(DAYS[:1], "night"), ((SPAN,), None), (DAYS[:1], "day")], ids=["night", "days", "by day"]
)
def test_the_time_of_day_and_several_days_are_said(texts: Texts, values: Sequence[str], part: str | None) -> None:
    words = shown(screen("date", "?", values, texts, part))
    assert "2022" in words
    assert part is None or texts.plain(f"day.{part}") in words
