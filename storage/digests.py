"""Digests: one row a period, which is what keeps a period from being posted twice or skipped."""

from datetime import datetime
from typing import Any

from storage.instants import from_ms_or_none, to_ms
from storage.session import Session

DAILY = "daily"


class Digests:
    """The digests within one transaction."""

    def __init__(self, session: Session, queries: Any, *, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._now = now

    async def last_period_end(self) -> datetime | None:
        """Return the end of the last period that has its digest, or None before the first."""
        return from_ms_or_none(await self._queries.last_period_end(self._session, kind=DAILY))

    async def add(self, start: datetime, end: datetime, *, reports: int) -> int | None:
        """Note a period's digest; return its id, or None where the period already has one."""
        row = await self._queries.add_digest(
            self._session,
            kind=DAILY,
            period_start_ms=to_ms(start),
            period_end_ms=to_ms(end),
            reports=reports,
            made_at_ms=to_ms(self._now),
        )
        return None if row is None else int(row["id"])
