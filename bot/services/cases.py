"""Cases: one detained person each. One coordinator at a time has a case open, and only that one changes it.

So no two undo each other without knowing. A report belongs to the case that it was put into, whatever that one is
joined into or parted from. What the team writes belongs to the case that stood for all when it was written.
"""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.answer import AnswerState
from bot.domain.audit import AuditAct
from bot.domain.case import CaseStatus, status_of
from bot.domain.errors import CaseHolding, CaseNotYours
from bot.domain.evidence import Piece
from bot.domain.report import Report
from bot.services.case_page import CasePage, read_page
from bot.services.matching import MOST_CANDIDATES, Candidate, candidates_or_none
from storage.cases import CaseClaim, CaseMembers, OpenCase
from storage.chats import Chat
from storage.unit_of_work import UnitOfWork

_COMPARED = 5
"""Reports of a case for which the same person is looked for."""


class CaseDesk:
    """The cases, within one transaction. Who may do what is checked before, by `bot.domain.access`.

    Each act of whoever has a case open lets it stay open for another lease. Where the case is not open in the actor's
    hands, or was changed since the page was shown, each raises CaseNotYours and changes nothing.
    """

    def __init__(self, work: UnitOfWork, *, lease: timedelta, today: date) -> None:
        """`today` is the local day."""
        self._work = work
        self._until = work.now + lease
        self._today = today

    async def open(self, coordinator: Chat, case_id: int) -> CasePage:
        """Open a case, or the one that it is joined into, for this coordinator alone."""
        members = await self._members(case_id)
        claim = await self._work.cases.claim(members.root, coordinator, until=self._until)
        if claim is None:
            raise await self._not_yours(coordinator, members.root)
        self._work.audit.note(coordinator, AuditAct.READ_CASE, case_id=members.root)
        page = await read_page(self._work, members, claim, until=self._until)
        return page if case_id == members.root else replace(page, asked_for=case_id)

    async def page(self, coordinator: Chat, claim: CaseClaim) -> CasePage:
        """Return the page of a case that this coordinator has open at this revision."""
        await self._held(coordinator, claim)
        return await self._read(claim)

    async def again(self, coordinator: Chat, case_id: int) -> CasePage:
        """Return the page of a case that this coordinator has open, as it is now; older pages are old from here on."""
        claim = await self._work.cases.add_to(case_id, coordinator, until=self._until)
        if claim is None:
            raise await self._not_yours(coordinator, case_id)
        return await self._read(claim)

    async def close(self, coordinator: Chat, case_id: int) -> None:
        """Close a case."""
        if not await self._work.cases.close(case_id, coordinator):
            raise await self._not_yours(coordinator, case_id)
        self._work.audit.note(coordinator, AuditAct.RELEASED, case_id=case_id)

    async def break_claim(self, lead: Chat, claim: CaseClaim) -> OpenCase | None:
        """Close a case in somebody else's hands, and return what was open; None where it is not open so any more."""
        opened = next((one for one in await self._work.cases.every_open() if one.claim == claim), None)
        if opened is None or not await self._work.cases.end_claim(opened):
            return None
        self._work.audit.note(lead, AuditAct.CLAIM_BROKEN, case_id=claim.case_id, subject=opened.holder_key)
        return opened

    async def pick(self, coordinator: Chat, claim: CaseClaim, question: str, report_id: int) -> CasePage:
        """Hold what a report says to a question for true. What the others say stays beside it.

        Raises:
            ValueError: the report does not say anything to it, or is not of the case.
        """
        members = await self._held(coordinator, claim)
        report = await self._report_of(members, report_id)
        answer = report.answers.get(question)
        if answer is None or answer.state is not AnswerState.GIVEN:
            raise ValueError(question)
        await self._work.case_records.pick(members.root, question, report_id, coordinator)
        self._work.audit.note(
            coordinator, AuditAct.PICKED, report_id=report_id, case_id=members.root, question=question
        )
        return await self._changed(coordinator, claim)

    async def set_status(
        self, coordinator: Chat, claim: CaseClaim, status: CaseStatus, *, source: int | None, days: str | None
    ) -> CasePage:
        """As `add_status`, for whoever has the case open."""
        await self._held(coordinator, claim)
        await self.add_status(coordinator, claim.case_id, status, source=source, days=days)
        return await self._changed(coordinator, claim)

    async def add_status(
        self, coordinator: Chat, case_id: int, status: CaseStatus, *, source: int | None, days: str | None = None
    ) -> None:
        """Note what became of the person, as one of the case's reports says, or as the team knows otherwise (None).

        `days`: when, as a reading has it ("2022-01-05", or a span); None: not known. Nobody need have the case open:
        the report of an update may be in hand instead.

        Raises:
            CaseNotYours: there is no such case.
            ValueError: the report is not of the case.
        """
        await self._work.cases.hold([(await self._members(case_id)).root])
        members = await self._members(case_id)
        if source is not None and source not in members.reports:
            raise ValueError(source)
        await self._work.case_records.add_status(
            members.root, status, coordinator, report_id=source, days=days, noted_on=self._today
        )
        await self._restate(members.root)
        self._work.audit.note(
            coordinator, AuditAct.STATUS_ADDED, report_id=source, case_id=members.root, status=status.value
        )

    async def remove_status(
        self, coordinator: Chat, claim: CaseClaim, status_id: int, *, as_lead: bool = False
    ) -> CasePage:
        """Take back what this coordinator noted, or as a lead what anybody did.

        Raises:
            ValueError: there is no such entry, or it is another's.
        """
        members = await self._held(coordinator, claim)
        removed = await self._work.case_records.remove_status(status_id, members.cases, coordinator, as_lead=as_lead)
        if removed is None:
            raise ValueError(status_id)
        for case_id in members.cases:
            await self._restate(case_id)
        self._work.audit.note(coordinator, AuditAct.STATUS_REMOVED, case_id=members.root, status=removed.value)
        return await self._changed(coordinator, claim)

    async def add_note(self, coordinator: Chat, case_id: int, words: str) -> CasePage:
        """Keep a note about a case that this coordinator has open, at whatever revision."""
        page = await self.again(coordinator, case_id)
        await self._work.case_records.add_note(case_id, words, coordinator)
        self._work.audit.note(coordinator, AuditAct.NOTE_ADDED, case_id=case_id)
        return await self._read(page.claim)

    async def add_tag(self, coordinator: Chat, case_id: int, words: str) -> CasePage:
        """Put a tag on a case that this coordinator has open, at whatever revision. One that it has stays as it is."""
        page = await self.again(coordinator, case_id)
        if await self._work.case_records.add_tag(case_id, words, coordinator):
            self._work.audit.note(coordinator, AuditAct.TAG_ADDED, case_id=case_id)
        return await self._read(page.claim)

    async def drop_tag(self, coordinator: Chat, claim: CaseClaim, tag_key: str) -> CasePage:
        """Take a tag off a case, and off all that is joined into it.

        Raises:
            ValueError: it has no such tag.
        """
        members = await self._held(coordinator, claim)
        if not await self._work.case_records.drop_tag(members.cases, tag_key):
            raise ValueError(tag_key)
        self._work.audit.note(coordinator, AuditAct.TAG_REMOVED, case_id=members.root)
        return await self._changed(coordinator, claim)

    async def alike(self, coordinator: Chat, page: CasePage) -> list[Candidate]:
        """Return at most five reports of other cases that may tell of the same person, the likeliest first."""
        best: dict[int, Candidate] = {}
        for source in page.sources[:_COMPARED]:
            for candidate in (await candidates_or_none(self._work, source.report))[0] or ():
                case_id = candidate.case_id
                if case_id is None or case_id == page.case_id:
                    continue
                if case_id not in best or candidate.comparison.score > best[case_id].comparison.score:
                    best[case_id] = candidate
        found = sorted(best.values(), key=lambda one: -one.comparison.score)[:MOST_CANDIDATES]
        if found:
            self._work.audit.note(coordinator, AuditAct.READ_CANDIDATES, case_id=page.case_id, candidates=len(found))
        return found

    async def other(self, coordinator: Chat, claim: CaseClaim, case_id: int) -> tuple[int, list[Report]]:
        """Return the case that is to be joined into the one that is open, or that stands for it, and its reports.

        Raises:
            CaseNotYours: there is no such case.
            ValueError: it is the same case.
        """
        await self._held(coordinator, claim)
        members = await self._members(case_id)
        if members.root == claim.case_id:
            raise ValueError(case_id)
        self._work.audit.note(coordinator, AuditAct.READ_CASE, case_id=members.root)
        return members.root, await self._work.reports.get_many(members.reports)

    async def merge(self, coordinator: Chat, claim: CaseClaim, case_id: int) -> CasePage:
        """Join another case into the one that is open. Each keeps its reports and what is written on it.

        Raises:
            CaseNotYours: also where another has the other case open, or it is joined into one meanwhile.
        """
        await self._work.cases.hold([claim.case_id, case_id])
        await self._held(coordinator, claim)
        await self._members(case_id)
        if not await self._work.cases.merge(case_id, claim.case_id, coordinator):
            raise await self._not_yours(coordinator, case_id)
        await self._restate(claim.case_id)
        await self._work.digests.outdate_those_of(await self._work.cases.within(claim.case_id))
        self._work.audit.note(coordinator, AuditAct.MERGED, case_id=claim.case_id, joined=case_id)
        return await self._changed(coordinator, claim)

    async def unmerge(self, coordinator: Chat, claim: CaseClaim, case_id: int) -> CasePage:
        """Part a case from the one that is open, with all that was joined into it before.

        Raises:
            ValueError: it is not joined into it.
            CaseNotYours: also where no report is left in the case that was open; then it is parted all the same.
        """
        await self._work.cases.hold([claim.case_id, case_id])
        members = await self._held(coordinator, claim)
        into = {row.case_id: row.merged_into for row in await self._work.cases.get_many(members.cases)}.get(case_id)
        if into is None or not await self._work.cases.unmerge(case_id, from_=into):
            raise ValueError(case_id)
        for one in members.cases:
            await self._restate(one)
        await self._work.digests.outdate_those_of(members.cases)
        self._work.audit.note(coordinator, AuditAct.UNMERGED, case_id=claim.case_id, parted=case_id)
        return await self._changed(coordinator, claim)

    async def files(self, coordinator: Chat, claim: CaseClaim, report_id: int) -> list[Piece]:
        """Return what was sent besides words with a report of a case that is open.

        Raises:
            ValueError: the report is not of the case.
        """
        page = await self.page(coordinator, claim)
        report = page.source(report_id).report
        return (await self._work.evidence.of_reports([report.report_id]))[report_id]

    async def _held(self, coordinator: Chat, claim: CaseClaim) -> CaseMembers:
        """Return what belongs to a case that is open at this revision; from here on nobody else can change it."""
        if not await self._work.cases.renew(claim, coordinator, until=self._until):
            raise await self._not_yours(coordinator, claim.case_id)
        return await self._members(claim.case_id)

    async def _changed(self, coordinator: Chat, claim: CaseClaim) -> CasePage:
        """Return the page of a case that was changed just now; the buttons of the one before do nothing any more."""
        changed = await self._work.cases.change(claim, coordinator, until=self._until)
        if changed is None:
            raise await self._not_yours(coordinator, claim.case_id)
        if await self._work.cases.members(claim.case_id) is None:
            await self._work.cases.close(claim.case_id, coordinator)
        return await self._read(changed)

    async def _read(self, claim: CaseClaim) -> CasePage:
        return await read_page(self._work, await self._members(claim.case_id), claim, until=self._until)

    async def _members(self, case_id: int) -> CaseMembers:
        members = await self._work.cases.members(case_id)
        if members is None:
            raise CaseNotYours(case_id, CaseHolding.NONE)
        return members

    async def _report_of(self, members: CaseMembers, report_id: int) -> Report:
        report = await self._work.reports.get(report_id) if report_id in members.reports else None
        if report is None:
            raise ValueError(report_id)
        return report

    async def _restate(self, case_id: int) -> None:
        """Note on a case what became of the person in the end, as it and all that is joined into it say."""
        within = await self._work.cases.within(case_id)
        await self._work.case_records.set_status(case_id, status_of(await self._work.case_records.statuses(within)))

    async def _not_yours(self, coordinator: Chat, case_id: int) -> CaseNotYours:
        rows = await self._work.cases.get_many([case_id])
        if not rows or await self._work.cases.members(case_id) is None:
            return CaseNotYours(case_id, CaseHolding.NONE)
        if rows[0].claimed_by is None:
            return CaseNotYours(case_id, CaseHolding.CLOSED)
        if rows[0].claimed_by == coordinator.key:
            return CaseNotYours(case_id, CaseHolding.OLD_PAGE)
        chat = await self._work.chats.get(rows[0].claimed_by)
        return CaseNotYours(case_id, CaseHolding.CLAIMED, chat.name if chat else None)


async def lapse_cases(work: UnitOfWork) -> list[OpenCase]:
    """Close what was open for longer than its lease, and return what that was."""
    ended = [one for one in await work.cases.every_open() if one.until <= work.now]
    lapsed = [one for one in ended if await work.cases.end_claim(one)]
    for one in lapsed:
        work.audit.note(None, AuditAct.CLAIM_LAPSED, case_id=one.claim.case_id, subject=one.holder_key)
    return lapsed
