"""Figures: how much waits where, and for how long. Counts and ages alone, for whoever looks after the bot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.instants import to_ms
from storage.outgoing import Priority
from storage.queue import Queue
from storage.session import Session


@dataclass(frozen=True)
class Figures:
    """How things stand at one moment. Ages are in seconds, and 0 where nothing waits."""

    inbox_batches: int
    """Batches of updates that are kept as they came, and still to be handled."""
    oldest_batch_seconds: float
    deferred_updates: int
    dead_letters: int
    oldest_deferred_seconds: float
    messages: Mapping[Priority, int]
    """Messages that wait to be sent or are under way, for every priority."""
    oldest_message_seconds: float
    reports: int
    """Reports that wait for a decision; the urgent and the claimed ones are among them."""
    urgent_reports: int
    claimed_reports: int
    oldest_report_seconds: float
    evidence: int
    """Files that wait to be fetched."""
    oldest_evidence_seconds: float
    interviews: int
    """People who are in the middle of an interview, however long ago they stopped."""


class StoredFigures:
    """The figures within one transaction."""

    def __init__(self, session: Session, queries: Any, *, queue: Queue, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._queue = queue
        self._now_ms = to_ms(now)

    async def read(self) -> Figures:
        """Count what waits. A settled message and a decided report cost nothing here."""
        inbox = await self._queries.inbox(self._session)
        deferred = await self._queries.deferred_updates(self._session)
        outgoing = {row["priority"]: row async for row in self._queries.outgoing(self._session)}
        evidence = await self._queries.evidence(self._session)
        queue = await self._queue.counts()
        return Figures(
            inbox_batches=inbox["waiting"],
            oldest_batch_seconds=self._age(inbox["oldest_ms"]),
            deferred_updates=deferred["waiting"],
            dead_letters=deferred["dead"],
            oldest_deferred_seconds=self._age(deferred["oldest_ms"]),
            messages={each: outgoing[each]["waiting"] if each in outgoing else 0 for each in Priority},
            oldest_message_seconds=max((self._age(row["oldest_ms"]) for row in outgoing.values()), default=0.0),
            reports=queue.waiting,
            urgent_reports=queue.urgent,
            claimed_reports=queue.claimed,
            oldest_report_seconds=self._age(None if queue.oldest_at is None else to_ms(queue.oldest_at)),
            evidence=evidence["waiting"],
            oldest_evidence_seconds=self._age(evidence["oldest_ms"]),
            interviews=await self._queries.interviews(self._session),
        )

    def _age(self, since_ms: int | None) -> float:
        """Return seconds; never less than none, whatever another process's clock says."""
        return 0.0 if since_ms is None else max(0, self._now_ms - since_ms) / 1000
