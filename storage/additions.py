"""Additions: what was said about a report once it was submitted, sealed under the report's key."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.addition import Addition
from storage.crypto import DataKey, Vault
from storage.instants import from_ms, to_ms
from storage.session import Session

_PLACE = "addition"


@dataclass(frozen=True)
class KeptAddition:
    """An addition, and when it came."""

    addition: Addition = field(repr=False)
    received_at: datetime
    addition_id: int = 0
    """Rises with time."""
    is_seen: bool = False
    """Somebody of the team has seen it."""


class Additions:
    """The additions within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now

    async def add(self, report_id: int, addition: Addition, *, data_key: DataKey, origin: str) -> bool:
        """Store an addition, sealed under its report's key; False where the same message, or press, was stored."""
        row = await self._queries.add_addition(
            self._session,
            origin=origin,
            report_id=report_id,
            sealed=data_key.seal(addition.model_dump_json().encode(), place=_PLACE),
            received_at_ms=to_ms(self._now),
        )
        return row is not None

    async def added_to(self, origin: str) -> int | None:
        """Return the report to which this was stored as an addition, or None."""
        report_id: int | None = await self._queries.added_to(self._session, origin=origin)
        return report_id

    async def of(self, report_ids: Collection[int]) -> dict[int, list[KeptAddition]]:
        """Return what was added to each of these reports, in order; reports without additions are left out."""
        found: dict[int, list[KeptAddition]] = {}
        async for row in self._queries.additions_of(self._session, report_ids=sorted(report_ids)):
            opened = self._vault.open_key(row["wrapped_key"]).open(row["sealed"], place=_PLACE)
            kept = KeptAddition(
                Addition.model_validate_json(opened),
                from_ms(row["received_at_ms"]),
                addition_id=row["id"],
                is_seen=row["seen_at_ms"] is not None,
            )
            found.setdefault(row["report_id"], []).append(kept)
        return found

    async def mark_seen(self, report_id: int, *, up_to: int) -> None:
        """Note that the team has seen what was added to a report, up to and with this addition."""
        await self._queries.mark_seen(self._session, report_id=report_id, up_to=up_to, seen_at_ms=to_ms(self._now))

    async def has_unseen(self, report_id: int) -> bool:
        """Say whether something was added to a report that nobody of the team has seen."""
        return await self._queries.one_unseen(self._session, report_id=report_id) is not None

    async def drop(self, report_id: int) -> None:
        """Forget what was added to a report."""
        await self._queries.drop_additions(self._session, report_id=report_id)
