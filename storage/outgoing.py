"""Outgoing messages as the outbox hands them about: leased, sent, settled."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.message import LookedUp, Outgoing, Sendable, from_json
from storage.chats import Chat, ChatRates

OUTGOING_PLACE = "outgoing"
"""Where the words of a message are sealed."""


class Priority(IntEnum):
    """Who is served first when there is more to send than Telegram takes."""

    PEOPLE = 0
    COORDINATORS = 1
    NOTICES = 2
    BROADCASTS = 3


class Outcome(StrEnum):
    """What became of an outgoing message."""

    SENT = "sent"
    REFUSED = "refused"
    """Telegram will never take it; sending it again would change nothing."""
    GONE = "gone"
    """There is nobody to send it to."""


@dataclass(frozen=True)
class Due:
    """An outgoing message leased to this sender, still sealed."""

    key: str
    """Names the message for good; the same message is never put into the outbox twice."""
    chat_key: str
    priority: Priority
    attempts: int
    sealed: bytes = field(repr=False)

    def open(self, chat: Chat) -> Outgoing:
        """Return the message itself."""
        return from_json(chat.data_key.open(self.sealed, place=OUTGOING_PLACE))


@dataclass(frozen=True)
class Leased:
    """An outgoing message that is this sender's to send now."""

    key: str
    chat: Chat
    priority: Priority
    attempts: int
    message: Sendable | LookedUp = field(repr=False)


@dataclass(frozen=True)
class Settlement:
    """The end of a message's way, to be noted."""

    key: str
    outcome: Outcome
    settled_at: datetime
    message_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """A message that was put in the outbox, found again by its key."""

    key: str
    chat_key: str
    message_id: int | None
    """The id Telegram gave it, where it was sent."""
    is_settled: bool
    is_under_way: bool


@dataclass(frozen=True)
class BusyChats:
    """Chats, by their keys, for which something is unsettled."""

    waiting: frozenset[str]
    elsewhere: frozenset[str]
    """Those among them to which another process is sending right now."""


@dataclass(frozen=True)
class HandOver:
    """What a sender takes straight from the transaction that says it, with no trip through the database."""

    most: int
    """How many messages the sender has room for."""
    until: datetime
    """The end of their lease."""
    rates: ChatRates = field(default_factory=ChatRates)
