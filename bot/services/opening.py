"""Opening a certain report: one that waits is claimed, one that is decided is shown and nothing else."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.audit import AuditAct
from bot.domain.errors import Holding, NoSuchReport, NotYours
from bot.domain.report import Decision, Report
from bot.services.moderation import UNDO_LASTS, Moderation
from storage.chats import Chat
from storage.decisions import Made
from storage.reports import Claim, Standing
from storage.unit_of_work import UnitOfWork


class WaitsForAnswer(Exception):
    """Its reporter was asked something: it comes back into the queue with the answer."""


@dataclass(frozen=True)
class Settled:
    """A decided report, for a coordinator who does not have it in hand."""

    report: Report = field(repr=False)
    made: Made
    decided_by: str | None
    """The first name of who decided."""
    may_undo: bool
    """Whether this coordinator may undo the decision just now."""


class Opening:
    """Opening reports, within one transaction."""

    def __init__(self, work: UnitOfWork, *, lease: timedelta) -> None:
        self._work = work
        self._lease = lease
        self._moderation = Moderation(work, lease=lease)

    async def open(self, coordinator: Chat, report_id: int, *, is_lead: bool) -> Report | Settled:
        """Return a report that this coordinator has in hand from now on, or a decided one to look at.

        Raises:
            NoSuchReport: there is none.
            NotYours: another has it in hand, or it is withdrawn; nothing is changed.
            WaitsForAnswer: nobody can have it now.
        """
        standing = await self._work.reports.standing(report_id)
        if standing is None:
            raise NoSuchReport
        if standing.decision is Decision.WITHDRAWN:
            raise NotYours(report_id, Holding.WITHDRAWN)
        if standing.decision is not None and standing.claimed_by != coordinator.key:
            return await self._look_at(coordinator, report_id, standing, is_lead=is_lead)
        if standing.claimed_by is None and not standing.is_queued:
            raise WaitsForAnswer
        claim = Claim(report_id, standing.revision)
        if standing.claimed_by is None:
            claim = await self._claim(coordinator, report_id) or claim
        report = await self._moderation.held(coordinator, claim)
        self._work.audit.note(coordinator, AuditAct.READ_REPORT, report_id=report_id)
        return report

    async def _claim(self, coordinator: Chat, report_id: int) -> Claim | None:
        claim = await self._work.queue.claim(report_id, coordinator, until=self._work.now + self._lease)
        if claim is not None:
            self._work.audit.note(coordinator, AuditAct.CLAIMED, report_id=report_id)
        return claim

    async def _look_at(self, coordinator: Chat, report_id: int, standing: Standing, *, is_lead: bool) -> Settled:
        report, made = await self._work.reports.get(report_id), await self._work.decisions.standing(report_id)
        if report is None or made is None:
            raise NoSuchReport
        self._work.audit.note(coordinator, AuditAct.READ_REPORT, report_id=report_id)
        decider = await self._work.chats.get(made.decided_by)
        is_own = made.decided_by == coordinator.key and made.decided_at > self._work.now - UNDO_LASTS
        may_undo = standing.claimed_by is None and (is_lead or is_own)
        return Settled(report, made, decider.name if decider else None, may_undo)
