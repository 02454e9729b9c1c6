"""Notices in the team's group: which reports each tells of, and whether it says what is so no more."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.notice import NoticeState
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from storage.crypto import Vault, WrongKey
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.reports import RECEIPT_PLACE
from storage.session import Session


@dataclass(frozen=True)
class DueReport:
    """A report that no notice has told of."""

    report_id: int
    urgent: bool


@dataclass(frozen=True)
class HeldNotice:
    """A notice that others leave alone until the end of this transaction."""

    notice_id: int
    made_at: datetime
    listed: int
    """How many reports it tells of one by one."""


@dataclass(frozen=True)
class OldNotice:
    """A notice that is to be written, or written anew."""

    notice_id: int
    is_new: bool
    unlisted: int
    """How many reports came in with it that it does not tell of one by one."""


@dataclass(frozen=True)
class NoticedReport:
    """A report that a notice tells of."""

    report_id: int
    receipt: Receipt | None = field(repr=False)
    """None where the report is withdrawn, or does not open."""
    urgent: bool
    state: NoticeState


class Notices:
    """The notices within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now

    async def have_work(self, *, written_before: datetime) -> bool:
        """Say whether a report is due, or a notice last written before that moment says what is so no more."""
        return bool(await self._queries.anything_to_do(self._session, written_before_ms=to_ms(written_before)))

    async def due(self, *, most: int) -> list[DueReport]:
        """Return reports that no notice has told of, oldest first. Those held back are never told of."""
        rows = self._queries.due(self._session, most=most)
        return [DueReport(row["id"], bool(row["urgent"])) async for row in rows]

    async def newest(self) -> int | None:
        """Return the newest notice, or None before the first."""
        newest: int | None = await self._queries.newest(self._session)
        return newest

    async def hold(self, notice_id: int) -> HeldNotice | None:
        """Keep a notice from all others, and return it; None where another has it."""
        row = await self._queries.hold_notice(self._session, notice_id=notice_id)
        return None if row is None else HeldNotice(row["id"], from_ms(row["made_at_ms"]), row["listed"])

    async def add(self, listed: Collection[int], *, unlisted: Collection[int]) -> None:
        """Make a notice that is to be written, of these reports; the others are counted on it.

        None is made where all of these are in the hands of another transaction.
        """
        row = await self._queries.add_notice(self._session, made_at_ms=to_ms(self._now))
        notice_id = int(row["id"])
        if not await self._put_on(notice_id, listed):
            await self._queries.drop_notice(self._session, notice_id=notice_id)
        elif unlisted:
            rows = self._queries.leave_out(self._session, report_ids=sorted(unlisted))
            left_out = len([row async for row in rows])
            await self._queries.set_unlisted(self._session, notice_id=notice_id, unlisted=left_out)

    async def add_to(self, notice: HeldNotice, listed: Collection[int]) -> None:
        """Let a notice tell of these reports as well."""
        await self._put_on(notice.notice_id, listed)
        await self._queries.outdate_notice(self._session, notice_id=notice.notice_id)

    async def forget_due(self, *, most: int) -> None:
        """Tell nobody of what is due."""
        _ = [row async for row in self._queries.forget_due(self._session, most=most)]

    async def outdated(self, *, written_before: datetime, most: int) -> list[OldNotice]:
        """Return notices that are to be written, those never written first, and hold them for this transaction."""
        rows = self._queries.outdated_notices(self._session, written_before_ms=to_ms(written_before), most=most)
        return [OldNotice(row["id"], row["edited_at_ms"] == 0, row["unlisted"]) async for row in rows]

    async def written(self, notice: OldNotice) -> None:
        """Note that a notice says what is so."""
        await self._queries.written(self._session, notice_id=notice.notice_id, now_ms=to_ms(self._now))

    async def reports(self, notice: OldNotice) -> list[NoticedReport]:
        """Return the reports that a notice tells of, urgent ones first."""
        rows = self._queries.reports_of_notice(self._session, notice_id=notice.notice_id)
        return [NoticedReport(row["id"], self._receipt(row), bool(row["urgent"]), _state(row)) async for row in rows]

    async def _put_on(self, notice_id: int, report_ids: Collection[int]) -> int:
        rows = self._queries.put_on(self._session, notice_id=notice_id, report_ids=sorted(report_ids))
        return len([row async for row in rows])

    def _receipt(self, row: Row) -> Receipt | None:
        if row["wrapped_key"] is None:
            return None
        try:
            data_key = self._vault.open_key(row["wrapped_key"])
        except WrongKey:  # the notice can say all the rest
            return None
        return Receipt(data_key.open(row["sealed_receipt"], place=RECEIPT_PLACE).decode())


def _state(row: Row) -> NoticeState:
    if row["decision"] is not None:
        return NoticeState(Decision(row["decision"]).value)
    if row["claimed_by"] is not None:
        return NoticeState.CLAIMED
    if row["asked_until_ms"] is not None:
        return NoticeState.ASKED
    return NoticeState.HELD_BACK if row["held_back"] else NoticeState.WAITING
