"""Callback data of the team: what the buttons of coordinators carry, in at most 64 bytes of ASCII. Never a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.access import Act
from handlers.callbacks import joined, number
from handlers.case_callbacks import CASE, CASE_ACTS, unpack_case_press
from storage.reports import Claim

CARD = "r"
TEAM = "t"
"""How a button begins that belongs to the team: a member, an invitation, the cities that one cares for."""
FIND = "s"
"""How the buttons begin that turn the pages of a search; the search's id and the page follow, and no words."""
OPEN = "f"
"""How the buttons begin that open a report that was found; its number follows."""
UNDO = "u"
"""How the button begins that undoes a decision; the numbers of the report and of the decision follow."""
NEXT = "q:next"
"""The button that asks for the next report."""


class CardAction(StrEnum):
    """What a button under a coordinator's card does."""

    APPROVE_NEXT = "ok"
    """Approve, and show the next report."""
    APPROVE = "approve"
    ATTACH = "to"
    """Approve into an existing case, whose number follows, and show the next report."""
    APPROVE_INITIALS = "initials"
    APPROVE_UNNAMED = "unnamed"
    REJECT = "reject"
    REASON = "reason"
    ASK = "ask"
    """Ask the reporter something."""
    BACK = "back"
    RELEASE = "release"
    MORE = "more"
    """Show the buttons that are seldom needed; `BACK` shows the others again."""
    CORRECT = "fix"
    FILES = "files"
    HISTORY = "hist"
    BLOCK = "block"
    SEEN = "seen"
    """What was new of a decided report is seen."""
    SEEN_NEXT = "seen_ok"
    CASE = "case"
    """Open the case of a decided report."""


ACTS: Mapping[CardAction, Act] = {
    CardAction.APPROVE: Act.APPROVE,
    CardAction.APPROVE_NEXT: Act.APPROVE,
    CardAction.ATTACH: Act.ATTACH,
    CardAction.APPROVE_INITIALS: Act.APPROVE,
    CardAction.APPROVE_UNNAMED: Act.APPROVE,
    CardAction.REJECT: Act.REJECT,
    CardAction.REASON: Act.REJECT,
    CardAction.ASK: Act.ASK,
    CardAction.BACK: Act.NEXT,
    CardAction.RELEASE: Act.RELEASE,
    CardAction.MORE: Act.NEXT,
    CardAction.CORRECT: Act.CORRECT,
    CardAction.FILES: Act.OPEN_EVIDENCE,
    CardAction.HISTORY: Act.HISTORY,
    CardAction.BLOCK: Act.BLOCK,
    CardAction.SEEN: Act.NEXT,
    CardAction.SEEN_NEXT: Act.NEXT,
    CardAction.CASE: Act.OPEN_CASE,
}
"""What a coordinator does with each button under a card."""
SHOWS_PERSONAL_DATA = ("card:", "case:", "found:")
"""What messages are about that show personal data to the team: so all of it begins, and so it can be taken back."""


class TeamAction(StrEnum):
    """What a button does that belongs to the team."""

    INVITE = "invite"
    """The value is the role."""
    TAKE_BACK = "back"
    ACCEPT = "yes"
    """The value is the token of the link."""
    DECLINE = "no"
    LIST = "list"
    VIEW = "view"
    ROLE = "role"
    ASK_TO_REVOKE = "ask"
    REVOKE = "revoke"
    ADD_CITY = "city"
    DROP_CITY = "drop"
    ALL_CITIES = "all"


@dataclass(frozen=True)
class TeamPress:
    """A button that belongs to the team. It names members and invitations by short numbers, and never by an id."""

    action: TeamAction
    number: int = 0
    value: str = ""


TEAM_ACTS: Mapping[TeamAction, Act] = {
    TeamAction.INVITE: Act.INVITE,
    TeamAction.TAKE_BACK: Act.INVITE,
    TeamAction.LIST: Act.TEAM,
    TeamAction.VIEW: Act.TEAM,
    TeamAction.ROLE: Act.CHANGE_ROLE,
    TeamAction.ASK_TO_REVOKE: Act.REVOKE,
    TeamAction.REVOKE: Act.REVOKE,
    TeamAction.ADD_CITY: Act.PREFERENCES,
    TeamAction.DROP_CITY: Act.PREFERENCES,
    TeamAction.ALL_CITIES: Act.PREFERENCES,
}
"""What a member does with each button that belongs to the team. The two under an invitation are for whoever has it."""


@dataclass(frozen=True)
class CardPress:
    """A button under a coordinator's card, pressed. It carries the report's revision, so an old card is known."""

    claim: Claim
    action: CardAction
    value: str = ""


def pack_card(press: CardPress) -> str:
    """Write a button under a card."""
    return joined(CARD, str(press.claim.report_id), str(press.claim.revision), press.action, press.value)


def pack_team(press: TeamPress) -> str:
    """Write a button that belongs to the team."""
    return joined(TEAM, press.action, str(press.number), press.value)


def pack_page(search_id: int, page: int) -> str:
    """Write the callback data of a button that turns to a page of a search."""
    return f"{FIND}:{search_id}:{page}"


def unpack_page(data: str) -> tuple[int, int]:
    """Read a button that turns to a page: the search and the page.

    Raises:
        ValueError: this bot never made such data.
    """
    _, search_id, page = data.split(":")
    return number(search_id), number(page)


def pack_open(report_id: int) -> str:
    """Write the callback data of a button that opens a report."""
    return f"{OPEN}:{report_id}"


def unpack_open(data: str) -> int:
    """Read a button that opens a report.

    Raises:
        ValueError: this bot never made such data.
    """
    _, report_id = data.split(":")
    return number(report_id)


def unpack_card_press(data: str) -> CardPress:
    """Read a card button.

    Raises:
        ValueError: this bot never made such data.
    """
    _, report_id, revision, action, *value = data.split(":", 4)
    return CardPress(Claim(number(report_id), number(revision)), CardAction(action), "".join(value))


def unpack_team_press(data: str) -> TeamPress:
    """Read a button that belongs to the team.

    Raises:
        ValueError: this bot never made such data.
    """
    _, action, member, *value = data.split(":", 3)
    return TeamPress(TeamAction(action), number(member), "".join(value))


_ALIKE: Mapping[str, Act] = {UNDO: Act.UNDO_OWN, FIND: Act.FIND, OPEN: Act.FIND}
"""The kinds of button that all do one thing."""


def act_of(data: str) -> Act | None:
    """Return what a member does with a button; None for one that anybody may press, or that this bot never made."""
    try:
        if data == NEXT:
            return Act.NEXT
        if (kind := data.partition(":")[0]) in _ALIKE:
            return _ALIKE[kind]
        if data.startswith(f"{CARD}:"):
            return ACTS[unpack_card_press(data).action]
        if data.startswith(f"{CASE}:"):
            return CASE_ACTS[unpack_case_press(data).action]
        return TEAM_ACTS.get(unpack_team_press(data).action)
    except ValueError:
        return None


def pack_undo(report_id: int, decision_id: int) -> str:
    """Write the button that undoes a decision."""
    return f"{UNDO}:{report_id}:{decision_id}"


def unpack_undo(data: str) -> tuple[int, int]:
    """Read the button that undoes a decision: the numbers of the report and of the decision.

    Raises:
        ValueError: this bot never made such data.
    """
    _, report_id, decision_id = data.split(":")
    return number(report_id), number(decision_id)


def pack_about(claim: Claim, what: str) -> str:
    """Write what an outgoing message is about, so that it can be found again ("card:17:3")."""
    return f"{what}:{claim.report_id}:{claim.revision}"


def card_of(report_id: int) -> str:
    """Return how all that is said begins that is about a card of a report, whatever its revision ("card:17:")."""
    return f"card:{report_id}:"


def unpack_about(about: str, what: str) -> Claim | None:
    """Read what a message was about; None where it was about something else."""
    kind, _, numbers = about.partition(":")
    if kind != what:
        return None
    report_id, _, revision = numbers.partition(":")
    return Claim(int(report_id), int(revision))
