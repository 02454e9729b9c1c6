"""Any sequence of decisions, undos, joinings, partings, picks and statuses ends where what remains alone would end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.case import CaseStatus
from bot.domain.errors import CaseNotYours, NotYours, UndoTooLate
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.services.case_support import desk, take
from tests.storage.support import add_report, said, undone

REPORTS = 4
WHICH = st.integers(0, REPORTS - 1)
ACTS = st.tuples(
    st.sampled_from(["approve", "attach", "undo", "merge", "merge", "unmerge", "pick", "status", "status", "unsay"]),
    WHICH,
    WHICH,
    st.sampled_from(CaseStatus),
    st.sampled_from(["2022-01-03", "2022-01-04", "2022-01-05"]),
)
"""An act on the case of one report, and what it may need besides."""
SEQUENCES = st.lists(ACTS, min_size=15, max_size=30)


@dataclass
class Remaining:
    """What was done and not undone: nothing else."""

    put_into: dict[int, int] = field(default_factory=dict)
    """Report to case."""
    joined: dict[int, int] = field(default_factory=dict)
    """Case to the case that it is joined into."""
    picks: list[tuple[int, int]] = field(default_factory=list)
    """Case and report, in order."""
    statuses: dict[int, tuple[int, str, CaseStatus]] = field(default_factory=dict)
    """By entry: case, day and status."""

    def root(self, case: int) -> int:
        return self.root(self.joined[case]) if case in self.joined else case

    def outcome(self, cases: Iterable[int]) -> dict[str, Any]:
        """Return where these acts alone end."""
        roots = {case: self.root(case) for case in cases}
        members: dict[int, list[int]] = {case: [] for case in roots}
        for report, case in sorted(self.put_into.items()):
            members[roots[case]].append(report)
        status, picked = {}, {}
        for case in roots:
            within = {one for one in roots if self._is_within(one, case)}
            told = sorted((day, entry, what) for entry, (of, day, what) in self.statuses.items() if of in within)
            status[case] = told[-1][2] if told else CaseStatus.DETAINED
            chosen = [report for of, report in self.picks if of in within and report in members[case]]
            picked[case] = chosen[-1] if chosen else None
        return {"roots": roots, "members": members, "status": status, "picked": picked}

    def _is_within(self, case: int, root: int) -> bool:
        return case == root or (case in self.joined and self._is_within(self.joined[case], root))


class Play:
    """Does the acts in one transaction, and keeps a list of those that remain. What is refused changes nothing."""

    def __init__(self, work: UnitOfWork, dana: Chat, reports: list[int], claims: dict[int, Claim]) -> None:
        self.work, self.dana, self.reports, self.claims = work, dana, reports, claims
        self.cases: list[int] = []
        self.decisions: dict[int, int] = {}
        self.remaining = Remaining()

    async def do(self, act: str, which: int, other: int, status: CaseStatus, day: str) -> None:
        report = self.reports[which]
        values: dict[str, tuple[Any, ...]] = {"attach": (other,), "merge": (other,), "status": (status, day)}
        try:
            await getattr(self, act)(report, *values.get(act, ()))
        except (CaseNotYours, NotYours, UndoTooLate, KeyError, ZeroDivisionError):
            return

    async def approve(self, report: int, into: int | None = None) -> None:
        made = await Moderation(self.work).approve(self.dana, self.claims[report], into=into)
        assert made.case_id is not None
        self.decisions[report] = made.decision_id
        self.remaining.put_into[report] = made.case_id
        if made.case_id not in self.cases:
            self.cases.append(made.case_id)

    async def attach(self, report: int, other: int) -> None:
        await self.approve(report, self.remaining.put_into[self.reports[other]])

    async def undo(self, report: int) -> None:
        reopened = await Moderation(self.work).undo(self.dana, report, self.decisions[report])
        self.claims[report] = reopened.claim
        del self.remaining.put_into[report]

    async def merge(self, report: int, other: int) -> None:
        page = await desk(self.work).open(self.dana, self.remaining.put_into[report])
        roots = sorted({self.remaining.root(case) for case in self.remaining.put_into.values()} - {page.case_id})
        case = roots[other % len(roots)]
        await desk(self.work).merge(self.dana, page.claim, case)
        self.remaining.joined[case] = page.case_id

    async def unmerge(self, report: int) -> None:
        joined = sorted(self.remaining.joined)
        case = joined[self.reports.index(report) % len(joined)]
        page = await desk(self.work).open(self.dana, case)
        try:
            await desk(self.work).unmerge(self.dana, page.claim, case)
        except CaseNotYours:  # no report is left in the case that was open: it is parted all the same
            assert await self.work.cases.members(page.case_id) is None
        del self.remaining.joined[case]

    async def pick(self, report: int) -> None:
        page = await desk(self.work).open(self.dana, self.remaining.put_into[report])
        await desk(self.work).pick(self.dana, page.claim, "name", report)
        self.remaining.picks.append((page.case_id, report))

    async def status(self, report: int, status: CaseStatus, day: str) -> None:
        page = await desk(self.work).open(self.dana, self.remaining.put_into[report])
        before = {one.status_id for one in page.statuses}
        page = await desk(self.work).set_status(self.dana, page.claim, status, source=report, days=day)
        (entry,) = {one.status_id for one in page.statuses} - before
        self.remaining.statuses[entry] = (page.case_id, day, status)

    async def unsay(self, report: int) -> None:
        page = await desk(self.work).open(self.dana, self.remaining.put_into[report])
        if page.statuses:
            entry = page.statuses[0].status_id
            await desk(self.work).remove_status(self.dana, page.claim, entry)
            del self.remaining.statuses[entry]

    async def outcome(self) -> dict[str, Any]:
        """Return where the database ended."""
        cases, records = self.work.cases, self.work.case_records
        rows = await cases.get_many(self.cases)
        members: dict[int, list[int]] = {case: [] for case in self.cases}
        picked: dict[int, int | None] = dict.fromkeys(self.cases)
        for case in self.cases:
            found = await cases.members(case)
            if found is not None and found.root == case:
                members[case] = sorted(found.reports)
                picked[case] = (await records.picks(found.cases, found.reports)).get("name")
        return {
            "roots": await cases.roots(self.cases),
            "members": members,
            "status": {row.case_id: row.status for row in rows},
            "picked": picked,
        }


async def play(database: Database, sequence: list[tuple[Any, ...]]) -> None:
    async with undone(database) as work:
        dana, mother = await work.chats.meet(101, language="ru"), await work.chats.meet(7, language="ru")
        reports = [
            await add_report(work, mother, number, answers={"name": said(f"Person {number}")})
            for number in range(REPORTS)
        ]
        played = Play(work, dana, reports, {report: await take(work, dana, report) for report in reports})
        for report in reports:
            await played.approve(report)
        for act in sequence:
            await played.do(*act)
        assert await played.outcome() == played.remaining.outcome(played.cases)


async def test_whatever_is_done_and_undone_what_remains_alone_counts(database: Database) -> None:
    loop = asyncio.get_running_loop()

    # Without shrinking: that would take longer than a test may.
    @settings(max_examples=40, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(SEQUENCES)
    def whatever(sequence: list[tuple[Any, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(play(database, sequence), loop).result()

    await asyncio.to_thread(whatever)
