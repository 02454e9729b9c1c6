"""Callback data: what a button carries, packed into at most 64 bytes of ASCII. Never an answer, never a name."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.press import Action, Press
from storage.reports import Claim

INTERVIEW = "i"
CARD = "r"
LANGUAGE = "l"
"""How a button begins that changes the language; the language follows."""
WIPE = "w"
"""How the buttons under the question of /wipe begin; what to do follows."""
NEXT = "q:next"
"""The button that asks for the next report."""


class CardAction(StrEnum):
    """What a button under a coordinator's card does."""

    APPROVE = "approve"
    APPROVE_INITIALS = "initials"
    APPROVE_UNNAMED = "unnamed"
    REJECT = "reject"
    REASON = "reason"
    BACK = "back"
    RELEASE = "release"


class WipeAction(StrEnum):
    """What a button under the question of /wipe does."""

    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True)
class CardPress:
    """A button under a coordinator's card, pressed. It carries the report's revision, so an old card is known."""

    claim: Claim
    action: CardAction
    value: str = ""


def pack(press: Press | CardPress) -> str:
    """Write a button's callback data."""
    if isinstance(press, Press):
        parts = [INTERVIEW, str(press.screen), press.action, press.value]
    else:
        parts = [CARD, str(press.claim.report_id), str(press.claim.revision), press.action, press.value]
    return ":".join(parts).rstrip(":")


def unpack_press(data: str) -> Press:
    """Read an interview button.

    Raises:
        ValueError: this bot never made such data.
    """
    _, screen, action, *value = data.split(":", 3)
    return Press(int(screen), Action(action), "".join(value))


def unpack_card_press(data: str) -> CardPress:
    """Read a card button.

    Raises:
        ValueError: this bot never made such data.
    """
    _, report_id, revision, action, *value = data.split(":", 4)
    return CardPress(Claim(int(report_id), int(revision)), CardAction(action), "".join(value))


def pack_about(claim: Claim, what: str) -> str:
    """Write what an outgoing message is about, so that it can be found again ("card:17:3")."""
    return f"{what}:{claim.report_id}:{claim.revision}"


def unpack_about(about: str, what: str) -> Claim | None:
    """Read what a message was about; None where it was about something else."""
    kind, _, numbers = about.partition(":")
    if kind != what:
        return None
    report_id, _, revision = numbers.partition(":")
    return Claim(int(report_id), int(revision))
