"""Cases: one detained person each, as the team understands it. A case is what its reports say, and what is added to it.

Cases that turn out to be one person's are joined: the one points to the other, and each keeps its own reports, so that
parting them again is exact. The one that points nowhere stands for all (the root).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.case import CaseStatus
from storage.chats import Chat
from storage.instants import to_ms
from storage.session import Session


@dataclass(frozen=True)
class CaseMembers:
    """What belongs to one detained person."""

    root: int
    cases: tuple[int, ...]
    """The root, and what is joined into it."""
    reports: tuple[int, ...]


class Cases:
    """The cases within one transaction."""

    def __init__(self, session: Session, queries: Any, *, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._now = now

    async def open(self, coordinator: Chat) -> int:
        """Open a case and return its number."""
        row = await self._queries.open_case(
            self._session, status=CaseStatus.DETAINED, opened_by=coordinator.key, opened_at_ms=to_ms(self._now)
        )
        return int(row["id"])

    async def root(self, case_id: int) -> int | None:
        """Return the case that stands for this one; None where there is no such case."""
        row = await self._queries.root_of_case(self._session, case_id=case_id)
        return None if row is None else int(row["id"])

    async def roots(self, case_ids: Collection[int]) -> dict[int, int]:
        """Return, for each of these cases, the one that stands for it."""
        if not case_ids:
            return {}
        rows = self._queries.roots_of_cases(self._session, case_ids=sorted(case_ids))
        return {row["case_id"]: row["root"] async for row in rows}

    async def members(self, case_id: int) -> CaseMembers | None:
        """Return all that belongs to the person of a case; None where no report does: such a case is none."""
        root = await self.root(case_id)
        if root is None:
            return None
        cases = [row["id"] async for row in self._queries.cases_in(self._session, case_id=root)]
        reports = [row["id"] async for row in self._queries.reports_of_cases(self._session, case_ids=cases)]
        return CaseMembers(root, tuple(cases), tuple(reports)) if reports else None

    async def merge(self, case_id: int, into: int, coordinator: Chat) -> bool:
        """Join a case into another; False where one of them is joined into another already, or they are the same."""
        _ = [row async for row in self._queries.hold_cases(self._session, case_ids=sorted({case_id, into}))]
        row = await self._queries.merge(
            self._session, case_id=case_id, into_id=into, merged_by=coordinator.key, merged_at_ms=to_ms(self._now)
        )
        return row is not None

    async def unmerge(self, case_id: int, *, from_: int) -> bool:
        """Part a case from the one it was joined into; False where it is not joined into that one."""
        row = await self._queries.unmerge(self._session, case_id=case_id, into_id=from_)
        return row is not None
