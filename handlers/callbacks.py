"""Callback data of those who report, packed into at most 64 bytes of ASCII. Never an answer, never a name."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.press import Action, Press

INTERVIEW = "i"
FOLLOW_UP = "m"
LANGUAGE = "l"
"""How a button begins that changes the language; the language follows."""
WIPE = "w"
"""How the buttons under the question of /wipe begin; what to do follows."""


class WipeAction(StrEnum):
    """What a button under the question of /wipe does."""

    DELETE = "delete"
    WITHDRAW = "all"
    """The reports that were sent go as well."""
    KEEP = "keep"


class FollowUpAction(StrEnum):
    """What a button does that belongs to a person's own report."""

    LIST = "list"
    VIEW = "view"
    STEPS = "steps"
    """What to do now, and whom to call."""
    FURTHER = "more"
    ANOTHER = "other"
    TELL = "tell"
    NEWS = "news"
    NOTE = "note"
    """Something happened, and nothing is said about it."""
    CONSENT = "agree"
    SHARE = "share"
    PUBLISH = "pub"
    PUBLISH_MORE = "open"
    """More than until now: asked before."""
    BEGIN = "begin"
    """A new report, as /start does."""
    ASK_TO_WITHDRAW = "undo"
    WITHDRAW = "gone"
    QUESTION = "ask"
    """Show again what the team asked about the report."""
    ANSWER_UNKNOWN = "dunno"
    """The person does not know what the team asked; the question's number follows."""
    ANSWER_SKIP = "skip"


@dataclass(frozen=True)
class FollowUpPress:
    """A button that belongs to a person's own report. It never grows old: it names the report, and no screen."""

    report_id: int
    """Of a list: the report that its page goes on from; 0 for the first page."""
    action: FollowUpAction
    value: str = ""


def pack(press: Press | FollowUpPress) -> str:
    """Write a button's callback data."""
    if isinstance(press, Press):
        return joined(INTERVIEW, str(press.screen), press.action, press.value)
    return joined(FOLLOW_UP, str(press.report_id), press.action, press.value)


def unpack_press(data: str) -> Press:
    """Read an interview button.

    Raises:
        ValueError: this bot never made such data.
    """
    _, screen, action, *value = data.split(":", 3)
    return Press(number(screen), Action(action), "".join(value))


def unpack_follow_up_press(data: str) -> FollowUpPress:
    """Read a button that belongs to a person's own report. Whose report it is, the service checks.

    Raises:
        ValueError: this bot never made such data.
    """
    _, report_id, action, *value = data.split(":", 3)
    return FollowUpPress(number(report_id), FollowUpAction(action), "".join(value))


def joined(*parts: str) -> str:
    """Write the parts of callback data; those at the end that are empty are left out."""
    return ":".join(parts).rstrip(":")


def number(written: str, *, bits: int = 63) -> int:
    """Read a number that a column of so many bits can hold: a client may send any.

    Raises:
        ValueError: it is none.
    """
    read = int(written)
    if not 0 <= read < 2**bits:
        raise ValueError(written)
    return read


def revision(written: str) -> int:
    """Read a revision. PostgreSQL keeps those in smaller columns than numbers, and refuses to compare what is larger.

    Raises:
        ValueError: it is none.
    """
    return number(written, bits=31)
