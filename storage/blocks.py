"""People whom the team blocked. What they send is held back, in a list of its own; they are not told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.chats import Chat
from storage.instants import from_ms, to_ms
from storage.reports import Reports
from storage.session import Session


@dataclass(frozen=True)
class Block:
    """Somebody who is blocked, without anything that says who."""

    block_id: int
    """A short number: the team knows the person by it, and by nothing else."""
    chat_key: str
    blocked_by: str
    blocked_at: datetime
    waiting: int
    """How many reports are held back."""


class Blocks:
    """The blocks within one transaction."""

    def __init__(self, session: Session, queries: Any, *, reports: Reports, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._reports = reports
        self._now = now

    async def add(self, chat_key: str, coordinator: Chat) -> int | None:
        """Hold back all reports of a person; return the number, or None where that is done already."""
        row = await self._queries.add_block(
            self._session, chat_key=chat_key, blocked_by=coordinator.key, blocked_at_ms=to_ms(self._now)
        )
        if row is None:
            return None
        await self._hold_back(chat_key, is_held_back=True)
        return int(row["id"])

    async def whom(self, block_id: int) -> str | None:
        """Return the key of the chat that is blocked under a number, or None."""
        chat_key: str | None = await self._queries.whom_blocked(self._session, block_id=block_id)
        return chat_key

    async def end(self, block_id: int, coordinator: Chat) -> str | None:
        """Let a person's reports back to where they were in the queue; return the chat's key, or None: not blocked."""
        row = await self._queries.end_block(
            self._session, block_id=block_id, unblocked_by=coordinator.key, unblocked_at_ms=to_ms(self._now)
        )
        if row is None:
            return None
        chat_key = str(row["chat_key"])
        await self._hold_back(chat_key, is_held_back=False)
        return chat_key

    async def every(self) -> list[Block]:
        """Return who is blocked, those who were blocked first before others."""
        return [
            Block(row["id"], row["chat_key"], row["blocked_by"], from_ms(row["blocked_at_ms"]), row["waiting"])
            async for row in self._queries.list_blocks(self._session)
        ]

    async def oldest(self, block_id: int) -> int | None:
        """Return the report of a blocked person that waits longest and is in nobody's hands; or None."""
        row = await self._queries.oldest_held_back(self._session, block_id=block_id)
        return None if row is None else int(row["id"])

    async def _hold_back(self, chat_key: str, *, is_held_back: bool) -> None:
        rows = self._queries.set_held_back(self._session, chat_key=chat_key, held_back=int(is_held_back))
        self._reports.changed([row["id"] async for row in rows])
