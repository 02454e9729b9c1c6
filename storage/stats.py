"""What moderation has done: counts and times of spans, read from the reports as they stand now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.instants import to_ms
from storage.session import Session


@dataclass(frozen=True)
class Times:
    """How many reports coordinators decided in a span, and how long those had waited since they were submitted.

    Percentiles are by the nearest rank: half of the reports, or 95 of a hundred, took no longer, and one of them took
    just that.
    """

    decided: int
    median: timedelta | None = None
    """None where nothing was decided."""
    p95: timedelta | None = None


class Stats:
    """The figures of moderation within one transaction. A span holds its beginning and not its end.

    A withdrawn report was decided by its reporter: it leaves the queue, and counts for no coordinator.
    """

    def __init__(self, session: Session, queries: Any) -> None:
        self._session = session
        self._queries = queries

    async def submitted(self, since: datetime, until: datetime) -> int:
        """Return how many reports came in."""
        return int(await self._queries.count_submitted(self._session, **_span(since, until)))

    async def settled(self, since: datetime, until: datetime) -> int:
        """Return how many reports left the queue, the withdrawn ones too."""
        return int(await self._queries.count_settled(self._session, **_span(since, until)))

    async def undecided(self) -> int:
        """Return how many reports are not decided now."""
        return int(await self._queries.count_undecided(self._session))

    async def times(self, since: datetime, until: datetime) -> Times:
        """Return what coordinators decided, and how long it took."""
        row = await self._queries.times(self._session, **_span(since, until))
        return Times(int(row["decided"]), _time(row["median_ms"]), _time(row["p95_ms"]))

    async def loads(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return how many reports each coordinator decided, by the key of the coordinator's chat."""
        rows = self._queries.loads(self._session, **_span(since, until))
        return {row["decided_by"]: int(row["decided"]) async for row in rows}


def _span(since: datetime, until: datetime) -> dict[str, int]:
    return {"begin_ms": to_ms(since), "end_ms": to_ms(until)}


def _time(took_ms: int | None) -> timedelta | None:
    return None if took_ms is None else timedelta(milliseconds=took_ms)
