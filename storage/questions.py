"""Questions that the team asked reporters, sealed under each report's key. Of a report at most one is open."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.asked import AskedOutcome
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.session import Session

_PLACE = "question"


@dataclass(frozen=True)
class KeptQuestion:
    """One question, and what became of it."""

    question_id: int
    report_id: int
    words: str = field(repr=False)
    asked_by: str
    """The key of the coordinator's chat. Its reporter never learns it."""
    asked_at: datetime
    outcome: AskedOutcome | None = None
    """None while it is open."""


class Questions:
    """The questions within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now

    async def add(self, report_id: int, words: str, coordinator: Chat, *, data_key: DataKey) -> int:
        """Store a question about a report and return its number."""
        row = await self._queries.add_question(
            self._session,
            report_id=report_id,
            sealed=data_key.seal(words.encode(), place=_PLACE),
            asked_by=coordinator.key,
            asked_at_ms=to_ms(self._now),
        )
        return int(row["id"])

    async def of(self, report_id: int) -> list[KeptQuestion]:
        """Return what was asked about a report, in order; nothing of one that is withdrawn."""
        return [self._open(row) async for row in self._queries.questions_of(self._session, report_id=report_id)]

    async def to(self, reporter: Chat, question_id: int) -> KeptQuestion | None:
        """Return a question that this person was asked; None where it is none, or its report is withdrawn."""
        row = await self._queries.question_to(self._session, question_id=question_id, chat_key=reporter.key)
        return None if row is None else self._open(row)

    async def asked_by(self, report_id: int) -> str | None:
        """Return the key of whoever asked the open question about a report, without opening it; None: none is open."""
        key: str | None = await self._queries.asked_by(self._session, report_id=report_id)
        return key

    async def close(self, report_id: int, outcome: AskedOutcome) -> str | None:
        """Close the open question about a report; return who asked it, or None where none was open."""
        row = await self._queries.close_question(
            self._session, report_id=report_id, outcome=outcome, closed_at_ms=to_ms(self._now)
        )
        return None if row is None else str(row["asked_by"])

    def _open(self, row: Row) -> KeptQuestion:
        words = self._vault.open_key(row["wrapped_key"]).open(row["sealed"], place=_PLACE)
        return KeptQuestion(
            question_id=row["id"],
            report_id=row["report_id"],
            words=words.decode(),
            asked_by=row["asked_by"],
            asked_at=from_ms(row["asked_at_ms"]),
            outcome=AskedOutcome(row["outcome"]) if row["outcome"] else None,
        )
