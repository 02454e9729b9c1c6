"""Words that may mean several things: which of them is asked, and nothing is taken for granted."""

import pytest

from bot.domain.answer import Answer, Reading, Words
from bot.domain.errors import StaleButton
from bot.domain.interview import REVIEW, Interview
from bot.domain.press import Action, Press, carry_out
from tests.bot.domain.support import editing, interview_at

SAID = Answer(words=(Words(message_id=7, text="01/05/2022"),))
JANUARY, MAY = Reading(value="2022-01-05"), Reading(value="2022-05-01")


WORKING = {Action.MEANT, Action.AS_SAID, Action.BACK, Action.SKIP, Action.UNKNOWN}


def in_doubt(interview: Interview | None = None) -> Interview:
    return (interview or interview_at("date")).doubted(SAID, (JANUARY, MAY))


def press(interview: Interview, action: Action, value: str = "") -> Interview:
    return carry_out(interview, Press(interview.screen, action, value))


def test_the_question_stays_and_the_words_are_kept() -> None:
    before, after = interview_at("date"), in_doubt()
    assert (after.step, after.screen) == ("date", before.screen + 1)
    assert after.answers["date"] == SAID
    assert after.doubts == (JANUARY, MAY)
    assert after.can_go_back


@pytest.mark.parametrize(("place", "meant"), [("0", JANUARY), ("1", MAY)])
def test_what_was_meant_is_taken_with_the_words_and_the_next_question_follows(place: str, meant: Reading) -> None:
    after = press(in_doubt(), Action.MEANT, place)
    assert after.answers["date"] == SAID.model_copy(update={"reading": meant})
    assert (after.step, after.doubts, after.last_answered) == ("charge", (), "date")


def test_it_can_be_left_at_the_words() -> None:
    after = press(in_doubt(), Action.AS_SAID)
    assert (after.step, after.answers["date"], after.doubts) == ("charge", SAID, ())


def test_it_can_be_written_again() -> None:
    doubted = in_doubt()
    after = press(doubted, Action.BACK)
    assert (after.step, after.screen, after.doubts) == ("date", doubted.screen + 1, ())
    assert after.answers["date"] == SAID


@pytest.mark.parametrize(("action", "answer"), [(Action.SKIP, Answer.skipped()), (Action.UNKNOWN, Answer.unknown())])
def test_it_can_be_passed_over_in_words(action: Action, answer: Answer) -> None:
    after = press(in_doubt(), action)
    assert (after.step, after.answers["date"], after.doubts) == ("charge", answer, ())


def test_what_was_opened_from_the_review_returns_there() -> None:
    doubted = in_doubt(editing("date"))
    assert press(doubted, Action.MEANT, "0").step == REVIEW
    assert press(doubted, Action.AS_SAID).step == REVIEW
    again = press(doubted, Action.BACK)
    assert (again.step, again.from_review) == ("date", True)


@pytest.mark.parametrize("value", ["", "2", "-1", "x", "9" * 60, "0.5"])
def test_what_stands_on_no_button_is_refused(value: str) -> None:
    with pytest.raises(StaleButton):
        press(in_doubt(), Action.MEANT, value)


@pytest.mark.parametrize("action", sorted(set(Action) - WORKING))
def test_no_other_button_works_while_it_is_asked(action: Action) -> None:
    for value in ("", "0", "almaty", "2022-01-05", "beating"):
        with pytest.raises(StaleButton):
            press(in_doubt(), action, value)


@pytest.mark.parametrize("action", [Action.MEANT, Action.AS_SAID])
def test_where_nothing_is_in_doubt_nothing_can_be_cleared_up(action: Action) -> None:
    for step in ("name", "date", "conditions", REVIEW):
        with pytest.raises(StaleButton):
            press(interview_at(step), action, "0")


def test_a_button_of_the_question_before_the_doubt_is_stale() -> None:
    before = interview_at("date")
    with pytest.raises(StaleButton):
        carry_out(in_doubt(before), Press(before.screen, Action.SKIP))
