"""What can go wrong between a person and the rules. Each is answered in words; none is a fault of the program."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.asked import NotAskable


class DomainError(Exception):
    """The base of everything a person is told kindly."""


class Misreading(StrEnum):
    """Why words could not be taken as an answer. The text for it is `problem.<value>`."""

    TOO_LONG = "too_long"
    EMPTY = "empty"
    NOT_A_NAME = "not_a_name"
    NOT_A_DATE = "not_a_date"
    FUTURE_DATE = "future_date"


@dataclass(eq=False)
class NotUnderstood(DomainError):
    """The words do not fit the question; it is asked again and nothing is changed."""

    why: Misreading
    limit: int | None = None
    """The greatest number of characters, where `why` is TOO_LONG."""


@dataclass(eq=False)
class NotChanged(DomainError):
    """Words that were edited, or that came too early, do not fit the earlier question they belong to."""

    question: str
    problem: NotUnderstood


class TooEarly(DomainError):
    """Words crossed the screen on the way: they were written before it, and the question has an answer already."""


class CancelPending(DomainError):
    """Whether to delete everything is being asked; words cannot answer that."""


class StaleButton(DomainError):
    """The button belongs to a screen that is no longer the current one."""

    def __init__(self, *, screens_ago: int) -> None:
        super().__init__(screens_ago)
        self.screens_ago = screens_ago


class NothingInProgress(DomainError):
    """There is no interview to go on with."""


class ButtonsOnly(DomainError):
    """Words came where only a button can answer, such as the consent or the review."""


class NothingChosen(DomainError):
    """The choices were closed with none of them chosen."""


@dataclass(eq=False)
class TooManyReports(DomainError):
    """This person submitted as many reports within a day as one person may; the draft stays as it is."""

    until: datetime
    """From then on it can be submitted."""


class InvalidReceipt(DomainError):
    """The code cannot be a receipt code: its length, alphabet or check character is wrong."""


class UnknownReceipt(DomainError):
    """The code is well formed, but no report has it."""


class DraftInProgress(DomainError):
    """Something else cannot be begun: a report is being filled in."""


class NoSuchReport(DomainError):
    """There is no such report of this person's, or it is withdrawn."""


class NotAgreed(DomainError):
    """Nothing is taken before the person agreed that it may be kept."""


@dataclass(eq=False)
class TooManyFiles(DomainError):
    """This person has sent as much besides words as is taken from one person in a day."""

    limit: int


class FileTooLarge(DomainError):
    """The file is larger than a bot can fetch (`bot.domain.evidence.LARGEST_FILE`)."""


class QueueEmpty(DomainError):
    """No report waits that this coordinator could claim."""

    def __init__(self, *, claimed_by_others: int, elsewhere: int = 0) -> None:
        super().__init__(claimed_by_others, elsewhere)
        self.claimed_by_others = claimed_by_others
        self.elsewhere = elsewhere
        """How many wait that are of none of the cities asked for."""


class UndoRefusal(StrEnum):
    """Why a decision is not undone. The text for it is `toast.undo.<value>`."""

    GONE = "gone"
    """It does not stand any more: it was undone, or its reporter withdrew the report."""
    OTHERS = "others"
    """Somebody else made it: a lead may undo it."""
    TOO_LATE = "too_late"
    """It was made too long ago for whoever made it: a lead may undo it."""
    IN_HAND = "in_hand"
    """Somebody else looks at what is new of the report just now."""


class UndoTooLate(DomainError):
    """A decision cannot be undone, or not by this person; `why` says what keeps it."""

    def __init__(self, why: UndoRefusal) -> None:
        super().__init__(why)
        self.why = why


class NoteTooLate(DomainError):
    """Nothing can be noted beside a rejection: it does not stand any more, is another's, or is too long ago."""


@dataclass(eq=False)
class NotYours(DomainError):
    """The report is not in this coordinator's hands: decided, released, or claimed by another."""

    report_id: int
    state: "Holding"
    holder: str | None = None
    """The other coordinator's first name, where there is one."""
    at: datetime | None = None


class Holding(StrEnum):
    """Where a report stands for a coordinator who presses an old button. The text for it is `not_yours.<value>`."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    WAITING = "waiting"
    YOURS_ALREADY = "yours_already"
    """This coordinator decided it."""
    OLD_CARD = "old_card"
    """This coordinator holds it, but on a newer card."""
    SEEN = "seen"
    """What was new of it is seen already."""


@dataclass(eq=False)
class CannotAsk(DomainError):
    """The reporter of a report cannot be asked anything."""

    why: NotAskable


class NoSuchQuestion(DomainError):
    """This person was asked no such question, or it is closed."""


class OfTheTeam(DomainError):
    """A member of the team cannot be blocked."""


class CaseHolding(StrEnum):
    """Where a case stands for a coordinator who presses an old button. The text for it is `case.not_yours.<value>`."""

    CLAIMED = "claimed"
    """Another has it open."""
    CLOSED = "closed"
    """Nobody has it open: its time is over, or it was closed."""
    OLD_PAGE = "old_page"
    """This coordinator has it open, and it was changed since the page was shown."""
    NONE = "none"
    """There is no such case, or no report belongs to it any more."""


@dataclass(eq=False)
class CaseNotYours(DomainError):
    """The case is not open in this coordinator's hands; nothing is changed."""

    case_id: int
    state: CaseHolding
    holder: str | None = None
    """The other coordinator's first name, where there is one."""


class InviteUnusable(DomainError):
    """The link lets nobody join: used, too old, taken back, or never made. Which of these it is, nobody is told."""


class MemberAlready(DomainError):
    """The person is of the team already; a link is not used up by it."""


class NoSuchMember(DomainError):
    """There is no such member, any more or at all."""


class NotOneself(DomainError):
    """A lead changes or revokes nobody who is that lead: so that one lead always remains."""


class NotLead(DomainError):
    """Whoever acts is no lead any more."""
