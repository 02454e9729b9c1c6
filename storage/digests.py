"""Digests: one row a period, which is what keeps a period from being posted twice or skipped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.instants import from_ms, from_ms_or_none, to_ms
from storage.session import Session

DAILY = "daily"


@dataclass(frozen=True)
class OldDigest:
    """A digest that was made."""

    digest_id: int
    start: datetime
    end: datetime


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

    async def outdate(self, digest_id: int) -> None:
        """Note that a digest says what it may say no more."""
        await self._queries.outdate_digest(self._session, digest_id=digest_id)

    async def outdate_those_of(self, case_ids: Collection[int]) -> None:
        """Note the same of the digests that tell of several reports of these cases, which are joined or parted."""
        await self._queries.outdate_digests_of_cases(self._session, case_ids=sorted(case_ids))

    async def outdated(self) -> list[OldDigest]:
        """Return the digests that are to be edited, and hold them for this transaction."""
        return [
            OldDigest(row["id"], from_ms(row["period_start_ms"]), from_ms(row["period_end_ms"]))
            async for row in self._queries.outdated_digests(self._session)
        ]

    async def mended(self, digest_id: int) -> None:
        """Note that a digest is edited."""
        await self._queries.mended_digest(self._session, digest_id=digest_id)
