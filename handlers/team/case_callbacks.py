"""Callback data of cases: what the buttons of a case's page carry, in at most 64 bytes of ASCII. No words, no days."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.access import Act
from handlers.callbacks import joined, number, revision
from storage.cases import CaseClaim

CASE = "k"
"""How a button begins that belongs to a case; its number, the revision of its page and what to do follow."""


class CaseAction(StrEnum):
    """What a button of a case does. Several open a menu where they carry no value yet."""

    OPEN = "open"
    """Open the case; from wherever its number is shown, at no revision (0)."""
    PAGE = "page"
    """Turn to a page, whose number follows (from 0); with it every menu is left."""
    PICK = "pick"
    """The value: a question, and with it a report ("city", "city:5")."""
    STATUS = "status"
    """The value: the status, with it its source, and with that the day ("moved", "moved:5", "moved:5:today")."""
    UNSAY = "unsay"
    """Take back what was noted as a status; the number of the entry follows."""
    NOTE = "note"
    TAGS = "tags"
    TAG = "tag"
    """Ask for a tag."""
    UNTAG = "untag"
    """Take a tag off; its fingerprint follows."""
    FILES = "files"
    """The value: a report, and with it how many of its files to pass over ("5", "5:10")."""
    JOIN = "join"
    """The value: the other case, and whether that is confirmed ("9", "9:yes")."""
    JOIN_OTHER = "number"
    """Ask for the number of the case to be joined."""
    PART = "part"
    """The value: the joined case, and whether that is confirmed ("9", "9:yes")."""
    CLOSE = "close"


CASE_ACTS: Mapping[CaseAction, Act] = {
    CaseAction.OPEN: Act.OPEN_CASE,
    CaseAction.PAGE: Act.OPEN_CASE,
    CaseAction.CLOSE: Act.OPEN_CASE,
    CaseAction.PICK: Act.EDIT_CASE,
    CaseAction.STATUS: Act.EDIT_CASE,
    CaseAction.UNSAY: Act.EDIT_CASE,
    CaseAction.NOTE: Act.EDIT_CASE,
    CaseAction.TAGS: Act.EDIT_CASE,
    CaseAction.TAG: Act.EDIT_CASE,
    CaseAction.UNTAG: Act.EDIT_CASE,
    CaseAction.FILES: Act.OPEN_EVIDENCE,
    CaseAction.JOIN: Act.MERGE,
    CaseAction.JOIN_OTHER: Act.MERGE,
    CaseAction.PART: Act.MERGE,
}
"""What a coordinator does with each button of a case."""


class StatusDay(StrEnum):
    """A day on a button, as seen from the day on which it is pressed. The text for it is `button.day.<value>`."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    UNKNOWN = "unknown"
    OTHER = "other"
    """It is asked for in words."""


class CaseAsked(StrEnum):
    """What is asked for in words. The text for it is `case.ask.<value>`."""

    NOTE = "note"
    TAG = "tag"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True)
class CasePress:
    """A button of a case, pressed. It carries the revision of the page, so an old page is known."""

    claim: CaseClaim
    action: CaseAction
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseQuestion:
    """What was asked for in words about a case."""

    asked: CaseAsked
    claim: CaseClaim
    values: tuple[str, ...] = ()
    """Of a day: the status and its source."""


def pack_case(press: CasePress) -> str:
    """Write a button of a case."""
    return joined(CASE, str(press.claim.case_id), str(press.claim.revision), press.action, *press.values)


def pack_open_case(case_id: int) -> str:
    """Write a button that opens a case."""
    return pack_case(CasePress(CaseClaim(case_id, 0), CaseAction.OPEN))


def unpack_case_press(data: str) -> CasePress:
    """Read a button of a case.

    Raises:
        ValueError: this bot never made such data.
    """
    _, case_id, shown, action, *values = data.split(":")
    return CasePress(CaseClaim(number(case_id), revision(shown)), CaseAction(action), tuple(values))


def case_of(case_id: int) -> str:
    """Return how all that is said begins that shows a case ("case:12:")."""
    return f"case:{case_id}:"


def page_about(case_id: int) -> str:
    """Return what the page of a case is about."""
    return f"{case_of(case_id)}page"


def files_about(case_id: int) -> str:
    """Return what the files of a case are about, that are shown beside its page."""
    return f"{case_of(case_id)}files"


def question_about(question: CaseQuestion) -> str:
    """Return what the request for words is about. It shows nothing of the case, and is not taken back with it."""
    claim = question.claim
    return joined("ask_case", question.asked, str(claim.case_id), str(claim.revision), *question.values)


def unpack_question(about: str) -> CaseQuestion | None:
    """Read what a message was about; None where it asked for nothing about a case."""
    kind, _, rest = about.partition(":")
    if kind != "ask_case":
        return None
    asked, case_id, revision, *values = rest.split(":")
    return CaseQuestion(CaseAsked(asked), CaseClaim(int(case_id), int(revision)), tuple(values))
