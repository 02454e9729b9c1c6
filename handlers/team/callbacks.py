"""Callback data of the team: what the buttons of coordinators carry, in at most 64 bytes of ASCII. Never a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.access import Act
from handlers.callbacks import joined, number, revision
from handlers.team.case_callbacks import CASE, CASE_ACTS, unpack_case_press
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
QUEUE = "q"
"""How the buttons begin that belong to the queue."""
NOTE = "n"
"""How the button begins that lets a note be added to a rejection; the numbers follow as those of `UNDO`."""
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
    NOT_ASKING = "noask"
    """Under the request for the question in words: nothing is asked after all."""
    BACK = "back"
    RELEASE = "release"
    MORE = "more"
    """Show the buttons that are seldom needed; `BACK` shows the others again."""
    CORRECT = "fix"
    """Ask what is to be corrected; with the key of a question, what it means in truth."""
    CORRECT_TO = "put"
    """The value is the key of a question, a full stop, and what its answer means."""
    CORRECT_MARK = "mark"
    """The same, of a question with several choices: these are marked now."""
    CORRECT_BACK = "unfix"
    """Take back what was corrected of the question whose key is the value."""
    CORRECT_LEAVE = "leave"
    FILES = "files"
    HISTORY = "hist"
    BLOCK = "block"
    """Ask whether to block the reporter."""
    BLOCK_SURE = "blocked"
    SEEN = "seen"
    """What was new of a decided report, up to the addition whose number follows, is seen."""
    SEEN_NEXT = "seen_ok"
    SEEN_STATUS = "seen_as"
    """As `SEEN_NEXT`, and the case gets this status. The value: the status and the number ("released:12")."""
    CASE = "case"
    """Open the case of a decided report."""
    CLOSE = "close"
    """Take what was only looked at off the screen."""


ACTS: Mapping[CardAction, Act] = {
    CardAction.APPROVE: Act.APPROVE,
    CardAction.APPROVE_NEXT: Act.APPROVE,
    CardAction.ATTACH: Act.ATTACH,
    CardAction.APPROVE_INITIALS: Act.APPROVE,
    CardAction.APPROVE_UNNAMED: Act.APPROVE,
    CardAction.REJECT: Act.REJECT,
    CardAction.REASON: Act.REJECT,
    CardAction.ASK: Act.ASK,
    CardAction.NOT_ASKING: Act.ASK,
    CardAction.BACK: Act.NEXT,
    CardAction.RELEASE: Act.RELEASE,
    CardAction.MORE: Act.NEXT,
    CardAction.CORRECT: Act.CORRECT,
    CardAction.CORRECT_TO: Act.CORRECT,
    CardAction.CORRECT_MARK: Act.CORRECT,
    CardAction.CORRECT_BACK: Act.CORRECT,
    CardAction.CORRECT_LEAVE: Act.CORRECT,
    CardAction.FILES: Act.OPEN_EVIDENCE,
    CardAction.HISTORY: Act.HISTORY,
    CardAction.BLOCK: Act.BLOCK,
    CardAction.BLOCK_SURE: Act.BLOCK,
    CardAction.SEEN: Act.NEXT,
    CardAction.SEEN_NEXT: Act.NEXT,
    CardAction.SEEN_STATUS: Act.EDIT_CASE,
    CardAction.CASE: Act.OPEN_CASE,
    CardAction.CLOSE: Act.FIND,
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
    LOOK = "look"
    """Claim what a blocked person sent, the oldest first. The number is that of the list of the blocked."""
    UNBLOCK = "unblock"


class QueueAction(StrEnum):
    """What a button does that belongs to the queue."""

    NEXT = "next"
    ANY = "any"
    """The next report of whatever city, not only of those that one cares for."""
    CITY = "city"
    """The next report of one city, whose key is the value."""
    BREAK = "break"
    """Take a report out of another's hands; the value is its number and its revision."""
    BREAK_CASE = "shut"
    """Close a case that another has open; the value is its number and its revision."""


QUEUE_ACTS: Mapping[QueueAction, Act] = {
    QueueAction.NEXT: Act.NEXT,
    QueueAction.ANY: Act.NEXT,
    QueueAction.CITY: Act.NEXT,
    QueueAction.BREAK: Act.BREAK_CLAIM,
    QueueAction.BREAK_CASE: Act.BREAK_CLAIM,
}
"""What a member does with each button that belongs to the queue."""


@dataclass(frozen=True)
class QueuePress:
    """A button that belongs to the queue."""

    action: QueueAction
    value: str = ""


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
    TeamAction.LOOK: Act.UNBLOCK,
    TeamAction.UNBLOCK: Act.UNBLOCK,
}
"""What a member does with each button that belongs to the team. The two under an invitation are for whoever has it."""


@dataclass(frozen=True)
class CardPress:
    """A button under a coordinator's card, pressed. It carries the report's revision, so an old card is known."""

    claim: Claim
    action: CardAction
    value: str = ""


_BY_BEGINNING = {UNDO: Act.UNDO_OWN, NOTE: Act.REJECT, FIND: Act.FIND, OPEN: Act.FIND}


def pack_card(press: CardPress) -> str:
    """Write a button under a card."""
    return joined(CARD, str(press.claim.report_id), str(press.claim.revision), press.action, press.value)


def pack_team(press: TeamPress) -> str:
    """Write a button that belongs to the team."""
    return joined(TEAM, press.action, str(press.number), press.value)


def pack_queue(press: QueuePress) -> str:
    """Write a button that belongs to the queue."""
    return joined(QUEUE, press.action, press.value)


def unpack_queue(data: str) -> QueuePress:
    """Read a button that belongs to the queue.

    Raises:
        ValueError: this bot never made such data.
    """
    _, action, *value = data.split(":", 2)
    return QueuePress(QueueAction(action), "".join(value))


def broken_claim(held: Claim) -> QueuePress:
    """Return the button that takes a report out of another's hands."""
    return QueuePress(QueueAction.BREAK, f"{held.report_id}:{held.revision}")


def claim_to_break(press: QueuePress) -> Claim:
    """Return what a button takes out of another's hands.

    Raises:
        ValueError: this bot never made such a button.
    """
    report_id, shown = press.value.split(":")
    return Claim(number(report_id), revision(shown))


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
    _, report_id, shown, action, *value = data.split(":", 4)
    return CardPress(Claim(number(report_id), revision(shown)), CardAction(action), "".join(value))


def unpack_team_press(data: str) -> TeamPress:
    """Read a button that belongs to the team.

    Raises:
        ValueError: this bot never made such data.
    """
    _, action, member, *value = data.split(":", 3)
    return TeamPress(TeamAction(action), number(member), "".join(value))


def act_of(data: str) -> Act | None:
    """Return what a member does with a button; None for one that anybody may press, or that this bot never made."""
    try:
        if data.startswith(f"{QUEUE}:"):
            return QUEUE_ACTS[unpack_queue(data).action]
        beginning, colon, _ = data.partition(":")
        if colon and beginning in _BY_BEGINNING:
            return _BY_BEGINNING[beginning]
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


def pack_note(report_id: int, decision_id: int) -> str:
    """Write the button that lets a note be added to a rejection; also what the question for it is about."""
    return f"{NOTE}:{report_id}:{decision_id}"


def unpack_decision(data: str) -> tuple[int, int]:
    """Read a button that belongs to a decision: the numbers of the report and of the decision.

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


def found_of(search_id: int) -> str:
    """Return what the pages of a search are about ("found:7:")."""
    return f"found:{search_id}:"


def unpack_about(about: str, what: str) -> Claim | None:
    """Read what a message was about; None where it was about something else."""
    kind, _, numbers = about.partition(":")
    if kind != what:
        return None
    report_id, _, shown = numbers.partition(":")
    return Claim(int(report_id), int(shown))
