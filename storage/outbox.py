"""The outbox: what was said, committed with what is stored, waiting to be sent, in order in each chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

import aiosqlite

from bot.domain.message import OUTGOING, Delete, Replace, Say
from storage.chats import Chat
from storage.instants import from_ms_or_none, to_ms

_PLACE = "outgoing"


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
    """An outgoing message leased to this sender."""

    outbox_id: int
    chat_key: str
    priority: Priority
    attempts: int
    sealed: bytes

    def open(self, chat: Chat) -> Say | Replace | Delete:
        """Return the message itself."""
        return OUTGOING.validate_json(chat.data_key.open(self.sealed, place=_PLACE))


class Outbox:
    """The outbox within one transaction."""

    def __init__(self, connection: aiosqlite.Connection, queries: Any, *, now: datetime) -> None:
        self._connection = connection
        self._queries = queries
        self._now = now

    async def add(
        self,
        chat: Chat,
        message: Say | Replace | Delete,
        *,
        priority: Priority,
        dedupe_key: str | None = None,
        about: str | None = None,
    ) -> int | None:
        """Put a message in the outbox; return its id, or None where `dedupe_key` was used before.

        `about` lets the message be found again by what it shows ("card:17"); it never holds personal data.
        """
        row = await self._queries.add_outgoing(
            self._connection,
            chat_key=chat.key,
            priority=int(priority),
            dedupe_key=dedupe_key,
            about=about,
            sealed=chat.data_key.seal(OUTGOING.dump_json(message), place=_PLACE),
            created_at_ms=to_ms(self._now),
        )
        return None if row is None else int(row["id"])

    async def claim_due(self, *, until: datetime, most: int) -> Sequence[Due]:
        """Lease the next messages to send, at most one a chat, until the given moment."""
        rows = [
            row
            async for row in self._queries.claim_due(
                self._connection, now_ms=to_ms(self._now), leased_until_ms=to_ms(until), most=most
            )
        ]
        due = [
            Due(
                outbox_id=row["id"],
                chat_key=row["chat_key"],
                priority=Priority(row["priority"]),
                attempts=row["attempts"],
                sealed=row["sealed"],
            )
            for row in rows
        ]
        return sorted(due, key=lambda one: (one.priority, one.outbox_id))

    async def settle(self, outbox_id: int, outcome: Outcome, *, message_id: int | None = None) -> None:
        """Note the end of a message's way and forget its words."""
        await self._queries.settle(
            self._connection,
            id=outbox_id,
            outcome=outcome,
            message_id=message_id,
            settled_at_ms=to_ms(self._now),
        )

    async def postpone(self, outbox_id: int, *, until: datetime, not_delivered: bool) -> None:
        """Send again later. `not_delivered`: Telegram certainly did not deliver it, so nobody can have seen it."""
        await self._queries.postpone(
            self._connection, id=outbox_id, not_before_ms=to_ms(until), refunded=int(not_delivered)
        )

    async def settle_chat(self, chat: Chat, outcome: Outcome) -> None:
        """Settle everything that still waits for a chat."""
        await self._queries.settle_chat(
            self._connection, chat_key=chat.key, outcome=outcome, settled_at_ms=to_ms(self._now)
        )

    async def release_leases(self) -> None:
        """Take back what a sender that is no more had leased. For the one sender of a database, when it starts."""
        await self._queries.release_leases(self._connection)

    async def messages_about(self, chat: Chat, about: str) -> list[int]:
        """Return the ids of the messages sent to a chat about something, oldest first."""
        rows = self._queries.messages_about(self._connection, chat_key=chat.key, about=about)
        return [row["message_id"] async for row in rows]

    async def what_about(self, chat: Chat, message_id: int) -> str | None:
        """Return what a sent message was about, or None."""
        about: str | None = await self._queries.what_about(self._connection, chat_key=chat.key, message_id=message_id)
        return about

    async def last_about(self, chat: Chat) -> str | None:
        """Return what the newest message of a chat that was about something was about, or None."""
        about: str | None = await self._queries.last_about(self._connection, chat_key=chat.key)
        return about

    async def next_due(self) -> datetime | None:
        """Return when the next message may be claimed, or None where nothing waits."""
        return from_ms_or_none(await self._queries.next_due_ms(self._connection))

    async def count_waiting(self, chat: Chat, priority: Priority) -> int:
        """Return how many messages of one priority wait to be sent to a chat."""
        waiting = await self._queries.count_waiting(self._connection, chat_key=chat.key, priority=int(priority))
        return int(waiting)

    async def count_unsettled(self) -> int:
        """Return how many messages wait to be sent."""
        return int(await self._queries.count_unsettled(self._connection))

    async def forget_settled(self, *, before: datetime) -> None:
        """Forget what was sent long ago."""
        await self._queries.forget_settled(self._connection, before_ms=to_ms(before))
