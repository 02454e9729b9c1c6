"""Any sequence of decisions and undos, with digests in between, ends where the remaining decisions alone would."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.consent import Publishing
from bot.domain.errors import NotYours, UndoTooLate
from bot.domain.report import Decision, RejectionReason
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.decisions import Made
from storage.unit_of_work import UnitOfWork
from tests.bot.services.case_support import LEASE, take
from tests.storage.support import add_report, undone

REPORTS = 4
ACTS = st.tuples(
    st.sampled_from(["approve", "approve", "reject", "undo", "undo", "undo_as_lead", "undo_again", "digest"]),
    st.integers(0, REPORTS - 1),
    st.sampled_from(Publishing),
    st.sampled_from(RejectionReason),
)
SEQUENCES = st.lists(ACTS, min_size=8, max_size=24)


@dataclass(frozen=True)
class Stands:
    """What is to be seen of a decision that stands, or of none."""

    decision: Decision | None = None
    publish_as: Publishing | None = None
    reason: RejectionReason | None = None
    decided_by: str | None = None
    case_id: int | None = None
    is_queued: bool = True
    told_by: int | None = None
    """The digest that tells of it; 0: the next one will."""


class Play:
    """Does the acts, and keeps a list of the decisions that remain. What is refused changes nothing."""

    def __init__(self, work: UnitOfWork, dana: Chat, lead: Chat, reports: list[int]) -> None:
        self.work, self.dana, self.lead, self.reports = work, dana, lead, reports
        self.made: dict[int, Made] = {}
        self.former: dict[int, Made] = {}
        self.remaining = dict.fromkeys(reports, Stands())
        self.digests: list[int] = []

    async def do(self, act: str, which: int, at_most: Publishing, reason: RejectionReason) -> None:
        report, moderation = self.reports[which], Moderation(self.work)
        if act in {"approve", "reject"} and report in self.made:
            assert await self.work.queue.claim(report, self.dana, until=self.work.now + LEASE) is None
            return
        try:
            match act:
                case "approve":
                    claim = await take(self.work, self.dana, report)
                    made = await moderation.approve(self.dana, claim, publish_at_most=at_most)
                    told_by = None if at_most is Publishing.NOT_AT_ALL else 0
                    stands = Stands(Decision.APPROVED, at_most, None, self.dana.key, made.case_id, False, told_by)
                    self.made[report], self.remaining[report] = made, stands
                case "reject":
                    made = await moderation.reject(self.dana, await take(self.work, self.dana, report), reason)
                    stands = Stands(Decision.REJECTED, None, reason, self.dana.key, None, is_queued=False)
                    self.made[report], self.remaining[report] = made, stands
                case "undo" | "undo_as_lead":
                    who, as_lead = (self.lead, True) if act == "undo_as_lead" else (self.dana, False)
                    await moderation.undo(who, report, self.made[report].decision_id, as_lead=as_lead)
                    self.former[report], self.remaining[report] = self.made.pop(report), Stands()
                    (held,) = [one for one in await self.work.queue.claims() if one.claim.report_id == report]
                    assert await self.work.queue.end_claim(held)
                case "undo_again":
                    await moderation.undo(self.lead, report, self.former[report].decision_id, as_lead=True)
                    raise AssertionError("what was undone does not stand any more")
                case "digest":
                    await self._post()
        except (NotYours, UndoTooLate, KeyError):
            return

    async def _post(self) -> None:
        begin = self.work.now + timedelta(days=len(self.digests))
        due = await self.work.reports.to_digest(until=self.work.now)
        digest = await self.work.digests.add(begin, begin + timedelta(days=1), reports=len(due))
        assert digest is not None
        await self.work.reports.mark_digested(digest, due)
        self.digests.append(digest)
        for report, stands in self.remaining.items():
            if stands.told_by == 0:
                self.remaining[report] = replace(stands, told_by=digest)

    async def outcome(self) -> dict[int, Stands]:
        """Return where the database ended, as whoever looks would find it."""
        told_by = {one.report_id: 0 for one in await self.work.reports.to_digest(until=self.work.now)}
        for digest in self.digests:
            told = [one.report_id for one in await self.work.reports.in_digest(digest)]
            assert not set(told) & set(told_by)
            told_by |= dict.fromkeys(told, digest)
        found: dict[int, Stands] = {}
        for report in await self.work.reports.get_many(self.reports):
            standing = await self.work.reports.standing(report.report_id)
            made = await self.work.decisions.standing(report.report_id)
            assert standing is not None
            assert (made and (made.decision, made.case_id)) == (
                None if standing.decision is None else (standing.decision, standing.case_id)
            )
            assert standing.case_id is None or await self.work.cases.members(standing.case_id) is not None
            found[report.report_id] = Stands(
                standing.decision,
                report.publish_as,
                report.reason,
                standing.decided_by,
                standing.case_id,
                standing.is_queued,
                told_by.get(report.report_id),
            )
        return found


async def play(database: Database, sequence: list[tuple[Any, ...]]) -> None:
    async with undone(database) as work:
        dana, lead, mother = [await work.chats.meet(who, language="ru") for who in (101, 102, 7)]
        played = Play(work, dana, lead, [await add_report(work, mother, number) for number in range(REPORTS)])
        for act in sequence:
            await played.do(*act)
        assert await played.outcome() == played.remaining


async def test_whatever_is_decided_and_undone_the_remaining_decisions_alone_count(database: Database) -> None:
    loop = asyncio.get_running_loop()

    # Without shrinking: that would take longer than a test may.
    @settings(max_examples=40, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(SEQUENCES)
    def whatever(sequence: list[tuple[Any, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(play(database, sequence), loop).result()

    await asyncio.to_thread(whatever)
