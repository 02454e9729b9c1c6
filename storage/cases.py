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
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.session import Session


@dataclass(frozen=True)
class CaseMembers:
    """What belongs to one detained person."""

    root: int
    cases: tuple[int, ...]
    """The root, and what is joined into it."""
    reports: tuple[int, ...]


@dataclass(frozen=True)
class CaseClaim:
    """A case that a coordinator has open, at one revision."""

    case_id: int
    revision: int


@dataclass(frozen=True)
class OpenCase:
    """A case that somebody has open."""

    claim: CaseClaim
    holder_key: str
    until: datetime


@dataclass(frozen=True)
class CaseRow:
    """Where a case stands, with nothing of what is written about it."""

    case_id: int
    status: CaseStatus
    merged_into: int | None
    claimed_by: str | None


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
        cases = await self.within(root)
        reports = await self.own_cases(cases)
        return CaseMembers(root, tuple(cases), tuple(reports)) if reports else None

    async def within(self, case_id: int) -> list[int]:
        """Return a case and all that is joined into it."""
        return [row["id"] async for row in self._queries.cases_in(self._session, case_id=case_id)]

    async def get_many(self, case_ids: Collection[int]) -> list[CaseRow]:
        """Return where these cases stand, in the order of their numbers."""
        return [
            CaseRow(row["id"], CaseStatus(row["status"]), row["merged_into"], row["claimed_by"])
            async for row in self._queries.get_cases(self._session, case_ids=sorted(case_ids))
        ]

    async def own_cases(self, case_ids: Collection[int]) -> dict[int, int]:
        """Return the reports of these cases, each with the case that it belongs to itself."""
        rows = self._queries.reports_of_cases(self._session, case_ids=sorted(case_ids))
        return {row["id"]: row["case_id"] async for row in rows}

    async def hold(self, case_ids: Collection[int]) -> None:
        """Keep these cases from every other transaction."""
        _ = [row async for row in self._queries.hold_cases(self._session, case_ids=sorted(set(case_ids)))]

    async def claim(self, case_id: int, coordinator: Chat, *, until: datetime) -> CaseClaim | None:
        """Open a case for a coordinator until the given moment; None where another has it open, or it is joined."""
        row = await self._queries.claim_case(
            self._session,
            case_id=case_id,
            coordinator=coordinator.key,
            now_ms=to_ms(self._now),
            expires_at_ms=to_ms(until),
        )
        return _claim(row)

    async def renew(self, claim: CaseClaim, coordinator: Chat, *, until: datetime) -> bool:
        """Let a case stay open until the given moment; False where it is not this coordinator's at this revision."""
        row = await self._queries.renew_case(self._session, **_terms(claim, coordinator, until))
        return row is not None

    async def change(self, claim: CaseClaim, coordinator: Chat, *, until: datetime) -> CaseClaim | None:
        """Say that a case changes, and return the claim at its next revision; None where it is not held at this one."""
        return _claim(await self._queries.change_case(self._session, **_terms(claim, coordinator, until)))

    async def add_to(self, case_id: int, coordinator: Chat, *, until: datetime) -> CaseClaim | None:
        """Say that a case changes by words that were asked for; None where this coordinator does not have it open."""
        row = await self._queries.add_to_case(
            self._session, case_id=case_id, coordinator=coordinator.key, expires_at_ms=to_ms(until)
        )
        return _claim(row)

    async def close(self, case_id: int, coordinator: Chat) -> bool:
        """Close a case; False where this coordinator does not have it open."""
        row = await self._queries.close_case(self._session, case_id=case_id, coordinator=coordinator.key)
        return row is not None

    async def every_open(self) -> list[OpenCase]:
        """Return all that somebody has open."""
        return [
            OpenCase(
                CaseClaim(row["id"], row["revision"]), row["claimed_by"], until=from_ms(row["claim_expires_at_ms"])
            )
            async for row in self._queries.open_cases(self._session)
        ]

    async def end_claim(self, opened: OpenCase) -> bool:
        """Close a case for whoever has it open; False where that one did something meanwhile."""
        row = await self._queries.end_case_claim(
            self._session,
            case_id=opened.claim.case_id,
            revision=opened.claim.revision,
            coordinator=opened.holder_key,
            expires_at_ms=to_ms(opened.until),
        )
        return row is not None

    async def close_all_of(self, holder: Chat) -> None:
        """Close all that somebody has open."""
        _ = [row async for row in self._queries.close_cases_of(self._session, coordinator=holder.key)]

    async def merge(self, case_id: int, into: int, coordinator: Chat) -> bool:
        """Join a case into another; the one that is joined is open no more.

        False where one of them is joined into another already, they are the same, or another has the first one open.
        """
        await self.hold({case_id, into})
        row = await self._queries.merge(
            self._session, case_id=case_id, into_id=into, merged_by=coordinator.key, merged_at_ms=to_ms(self._now)
        )
        return row is not None

    async def unmerge(self, case_id: int, *, from_: int) -> bool:
        """Part a case from the one it was joined into; False where it is not joined into that one."""
        row = await self._queries.unmerge(self._session, case_id=case_id, into_id=from_)
        return row is not None


def _terms(claim: CaseClaim, coordinator: Chat, until: datetime) -> dict[str, object]:
    return {
        "case_id": claim.case_id,
        "revision": claim.revision,
        "coordinator": coordinator.key,
        "expires_at_ms": to_ms(until),
    }


def _claim(row: Row | None) -> CaseClaim | None:
    return None if row is None else CaseClaim(int(row["id"]), int(row["revision"]))
