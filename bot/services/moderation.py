"""Moderation: one coordinator claims a report, and exactly one decides it."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.consent import Publishing
from bot.domain.errors import Holding, NotYours, QueueEmpty
from bot.domain.further_questions import may_be_written_to
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, RejectionReason, Report
from storage.additions import KeptAddition
from storage.chats import Chat
from storage.reports import Claim, QueueCounts
from storage.unit_of_work import UnitOfWork

CLAIM_LASTS = timedelta(minutes=30)
"""How long a claimed report is kept from other coordinators."""


@dataclass(frozen=True)
class Decided:
    """A report that was decided just now."""

    report_id: int
    decision: Decision
    receipt: Receipt
    reporter: Chat | None
    """Who is to be told; None where nobody is."""


class Moderation:
    """The coordinators' side, within one transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def queue(self) -> QueueCounts:
        """Return how many reports wait, and since when."""
        return await self._work.reports.counts()

    async def next(self, coordinator: Chat) -> Report:
        """Return the report this coordinator holds, or claim the next: urgent first, then oldest.

        Raises:
            QueueEmpty: nothing waits that could be claimed.
        """
        until = self._work.now + CLAIM_LASTS
        claim = await self._work.reports.held_by(coordinator, until=until)
        if claim is None:
            claim = await self._work.reports.claim_next(coordinator, until=until)
        report = await self._work.reports.get(claim.report_id) if claim else None
        if report is None:
            counts = await self._work.reports.counts()
            raise QueueEmpty(claimed_by_others=counts.claimed)
        return report

    async def additions(self, report_id: int) -> list[KeptAddition]:
        """Return what the reporter added to a report since it was submitted, in order."""
        return (await self._work.additions.of([report_id])).get(report_id, [])

    async def held(self, coordinator: Chat, claim: Claim) -> Report:
        """Return a report that a coordinator holds at this revision.

        Raises:
            NotYours: it says who does, or what was decided.
        """
        standing = await self._work.reports.standing(claim.report_id)
        report = await self._work.reports.get(claim.report_id)
        is_held = standing is not None and standing.claimed_by == coordinator.key
        if report is None or not is_held or report.revision != claim.revision:
            raise await self._not_yours(coordinator, claim)
        return report

    async def approve(
        self, coordinator: Chat, claim: Claim, *, publish_at_most: Publishing = Publishing.WITH_NAME
    ) -> Decided:
        """Approve a report; a digest shows no more than the reporter agreed to, and no more than `publish_at_most`.

        Raises:
            NotYours: another has it, or it is decided; nothing is changed.
        """
        return await self._decide(coordinator, claim, Decision.APPROVED, publish_at_most=publish_at_most)

    async def reject(
        self, coordinator: Chat, claim: Claim, reason: RejectionReason, *, words: str | None = None
    ) -> Decided:
        """Reject a report, for a reason, which is OTHER where it comes in the coordinator's own words.

        Raises:
            NotYours: another has it, or it is decided; nothing is changed.
        """
        return await self._decide(coordinator, claim, Decision.REJECTED, reason=reason, words=words)

    async def release(self, coordinator: Chat, claim: Claim) -> None:
        """Give a report back to the queue, for others first.

        Raises:
            NotYours: another has it, or it is decided; nothing is changed.
        """
        until = self._work.now + CLAIM_LASTS
        if not await self._work.reports.release(claim, coordinator, until=until):
            raise await self._not_yours(coordinator, claim)

    async def _decide(
        self,
        coordinator: Chat,
        claim: Claim,
        decision: Decision,
        *,
        publish_at_most: Publishing = Publishing.WITH_NAME,
        reason: RejectionReason | None = None,
        words: str | None = None,
    ) -> Decided:
        reports = self._work.reports
        is_decided = await reports.decide(
            claim, coordinator, decision, publish_at_most=publish_at_most, reason=reason, reason_words=words
        )
        if not is_decided:
            raise await self._not_yours(coordinator, claim)
        standing = await reports.standing(claim.report_id)
        if standing is None:
            raise NotYours(claim.report_id, Holding.WAITING)
        report = await reports.get(claim.report_id)
        reporter = await self._work.chats.get(standing.reporter_key)
        if report is not None and not may_be_written_to(report.answers):
            reporter = None
        return Decided(claim.report_id, decision, await reports.receipt(claim.report_id), reporter)

    async def _not_yours(self, coordinator: Chat, claim: Claim) -> NotYours:
        standing = await self._work.reports.standing(claim.report_id)
        if standing is None or (standing.decision is None and standing.claimed_by is None):
            return NotYours(claim.report_id, Holding.WAITING)
        if standing.decision is Decision.WITHDRAWN:
            return NotYours(claim.report_id, Holding.WITHDRAWN)
        if standing.decision is not None and standing.decided_by == coordinator.key:
            return NotYours(claim.report_id, Holding.YOURS_ALREADY)
        if standing.decision is not None:
            holding = Holding(standing.decision.value)
            return NotYours(claim.report_id, holding, await self._name(standing.decided_by), standing.decided_at)
        if standing.claimed_by == coordinator.key:
            return NotYours(claim.report_id, Holding.OLD_CARD)
        return NotYours(claim.report_id, Holding.CLAIMED, await self._name(standing.claimed_by))

    async def _name(self, chat_key: str | None) -> str | None:
        chat = await self._work.chats.get(chat_key) if chat_key else None
        return chat.name if chat else None
