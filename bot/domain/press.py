"""What a button means. Packed into callback data by `handlers.callbacks`; carried out here, purely."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.answer import Answer
from bot.domain.consent import Publishing
from bot.domain.errors import StaleButton
from bot.domain.interview import CONSENT, Interview
from bot.domain.questionnaire import Kind, Question


class Action(StrEnum):
    """What a button of the interview does. Short: callback data has 64 bytes."""

    AGREE = "agree"
    PICK = "pick"
    BEFORE = "before"
    DATE = "date"
    MARK = "mark"
    UNMARK = "unmark"
    DONE = "done"
    CLEAR = "clear"
    SKIP = "skip"
    UNKNOWN = "unknown"
    BACK = "back"
    MEANT = "meant"
    AS_SAID = "said"
    EDIT = "edit"
    REVIEWED = "ok"
    SHARE = "share"
    PUBLISH = "pub"
    SUBMIT = "submit"
    DROP = "drop"
    KEEP = "keep"
    CANCEL = "cancel"


YES, NO = "yes", "no"
_PICKED = {Kind.CHARGE, Kind.AGE, Kind.ONE}
"""The kinds of question that one button answers."""


@dataclass(frozen=True)
class Press:
    """A button of the interview, pressed. It carries the number of the screen it stands on."""

    screen: int
    action: Action
    value: str = ""


def carry_out(interview: Interview, press: Press, *, places: Container[str] = ()) -> Interview:
    """Return the interview after a press that changes only the interview. `places`: the keys of those one may pick.

    Raises:
        StaleButton: the button is of an earlier screen, or does not fit this one.
        NothingChosen: "Done" with nothing chosen.
    """
    interview.pressed_on(press.screen)
    interview = interview.kept()
    if press.action is Action.BACK:
        return interview.back()
    if interview.doubts:
        return _clear_up(interview, press)
    if interview.question is not None:
        return _answer(interview, interview.question, press, places)
    return _decide(interview, press)


def _decide(interview: Interview, press: Press) -> Interview:
    match press.action:
        case Action.AGREE if interview.step == CONSENT:
            return interview.agreed()
        case Action.EDIT:
            return interview.edit(press.value)
        case Action.REVIEWED:
            return interview.reviewed()
        case Action.SHARE if press.value in {YES, NO}:
            return interview.share(sharing=press.value == YES)
        case Action.PUBLISH if press.value in set(Publishing):
            return interview.publish(Publishing(press.value))
        case _:
            raise StaleButton(screens_ago=0)


def _clear_up(interview: Interview, press: Press) -> Interview:
    match press.action:
        case Action.MEANT if press.value.isdecimal():
            return interview.meant(int(press.value))
        case Action.AS_SAID:
            return interview.meant_as_said()
        case Action.SKIP | Action.UNKNOWN if interview.question:  # these have no button here, and may be typed
            return _answer(interview, interview.question, press, ())
        case _:
            raise StaleButton(screens_ago=0)


def _answer(interview: Interview, question: Question, press: Press, places: Container[str]) -> Interview:
    match press.action:
        case Action.SKIP | Action.UNKNOWN if not interview.has_begun_choices:
            passed_over = Answer.skipped() if press.action is Action.SKIP else Answer.unknown()
            return interview.answered(passed_over)
        case Action.PICK if _may_be_picked(question, press.value, places):
            return interview.answered(Answer.pressed(value=press.value))
        case Action.BEFORE:
            return interview.answered_as_before()
        case Action.DATE if question.kind is Kind.DATE:
            return interview.answered(Answer.pressed(value=_day(press.value)))
        case _ if question.kind is Kind.CHOICES:
            return _choose(interview, press)
        case _:
            raise StaleButton(screens_ago=0)


def _choose(interview: Interview, press: Press) -> Interview:
    match press.action:
        case Action.MARK | Action.UNMARK:
            return interview.mark(press.value, on=press.action is Action.MARK)
        case Action.CLEAR:
            return interview.cleared()
        case Action.DONE:
            return interview.closed_choices()
        case _:
            raise StaleButton(screens_ago=0)


def _may_be_picked(question: Question, value: str, places: Container[str]) -> bool:
    if question.kind is Kind.PLACE:
        return value in places
    return question.kind in _PICKED and question.choice(value) is not None


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise StaleButton(screens_ago=0) from None
