"""Moderation: one coordinator claims a report, exactly one decides it, and a decision can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.audit import AuditAct
from bot.domain.consent import Publishing
from bot.domain.errors import Holding, NoteTooLate, NotYours, QueueEmpty, UndoRefusal, UndoTooLate
from bot.domain.further_questions import may_be_written_to
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, RejectionReason, Report
from bot.services.changed import bring_back_unseen
from storage.additions import KeptAddition
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.decisions import Made
from storage.queue import Held
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork

CLAIM_LASTS = timedelta(minutes=15)
"""How long a claimed report is kept from other coordinators, unless the settings say otherwise."""
UNDO_LASTS = timedelta(minutes=10)
"""How long a coordinator can undo a decision of their own. Until then its reporter is not told of it."""
TOLD_AT_ONCE = 50
_MOST_UNREADABLE = 5
"""Reports that do not open and are given back at one /next; the same coordinator is not offered them for a lease."""
_UNREADABLE_WAIT = timedelta(minutes=5)
"""Before a report is tried again that does not open."""


@dataclass(frozen=True)
class Told:
    """A decision of which its reporter is to be told."""

    report_id: int
    decision_id: int
    decision: Decision
    receipt: Receipt
    reporter: Chat


@dataclass(frozen=True)
class Reopened:
    """A report whose decision was undone just now."""

    claim: Claim
    reporter: Chat | None
    """Who is to be told that it is looked at again; None where nobody was told of the decision, or is to be."""
    receipt: Receipt


class Moderation:
    """The coordinators' side, within one transaction. Who may do what is checked before, by `bot.domain.access`."""

    def __init__(self, work: UnitOfWork, *, lease: timedelta = CLAIM_LASTS) -> None:
        self._work = work
        self._lease = lease

    async def lapse(self) -> list[Held]:
        """Put back into the queue what was held for longer than its lease, and return what that was."""
        ended = [held for held in await self._work.queue.claims() if held.until <= self._work.now]
        lapsed = [held for held in ended if await self._work.queue.end_claim(held)]
        for held in lapsed:
            report_id = held.claim.report_id
            self._work.audit.note(None, AuditAct.CLAIM_LAPSED, report_id=report_id, subject=held.coordinator_key)
        return lapsed

    async def next(self, coordinator: Chat, *, cities: Sequence[str] = (), also_urgent: bool = True) -> Report:
        """Return the report this coordinator holds, or claim the next: urgent first, then what waits longest.

        `cities`: keys of the places that the coordinator cares for; none: all of them. With `also_urgent`, what is
        urgent is claimed of whatever city: it is not to wait because nobody cares for its city.

        Raises:
            QueueEmpty: nothing waits that could be claimed. It says how much of other cities could be.
        """
        for _ in range(_MOST_UNREADABLE):
            claim = await self._claim_next(coordinator, cities=cities, also_urgent=also_urgent)
            if claim is None:
                break
            try:
                report = await self._work.reports.get(claim.report_id)
            except WrongKey:  # one that does not open must not keep the others from being read
                await self.release(coordinator, claim)
                continue
            if report is not None:
                self._work.audit.note(coordinator, AuditAct.READ_REPORT, report_id=report.report_id)
                return report
        counts = await self._work.queue.counts()
        elsewhere = max(0, counts.waiting - counts.claimed) if cities else 0
        raise QueueEmpty(claimed_by_others=counts.claimed, elsewhere=elsewhere)

    async def additions(self, report_id: int) -> list[KeptAddition]:
        """Return what the reporter added to a report since it was submitted, in order; with that it is seen."""
        kept = (await self._work.additions.of([report_id])).get(report_id, [])
        if kept and not all(one.is_seen for one in kept):
            await self._work.additions.mark_seen(report_id, up_to=kept[-1].addition_id)
        return kept

    async def held(self, coordinator: Chat, claim: Claim) -> Report:
        """Return a report that a coordinator holds at this revision, its lease renewed.

        Raises:
            NotYours: it says who does, or what was decided.
        """
        is_held = await self._work.queue.renew(claim, coordinator, until=self._work.now + self._lease)
        report = await self._work.reports.get(claim.report_id) if is_held else None
        if report is None:
            raise await self.not_yours(coordinator, claim)
        return report

    async def approve(
        self,
        coordinator: Chat,
        claim: Claim,
        *,
        publish_at_most: Publishing = Publishing.WITH_NAME,
        into: int | None = None,
    ) -> Made:
        """Approve a report as a case of its own, or attach it to the case `into`.

        A digest shows no more than the reporter agreed to, and no more than `publish_at_most`.

        Raises:
            NotYours: another has it, or it is decided, or there is no such case any more; nothing is changed.
        """
        if into is not None and await self._work.cases.members(into) is None:
            raise NotYours(claim.report_id, Holding.OLD_CARD)
        made = await self._decide(coordinator, claim, Decision.APPROVED, publish_at_most=publish_at_most, into=into)
        act = AuditAct.APPROVED if into is None else AuditAct.ATTACHED
        self._work.audit.note(coordinator, act, report_id=claim.report_id, case_id=made.case_id)
        return made

    async def reject(
        self, coordinator: Chat, claim: Claim, reason: RejectionReason, *, words: str | None = None
    ) -> Made:
        """Reject a report, for a reason, which is OTHER where it comes in the coordinator's own words.

        Raises:
            NotYours: another has it, or it is decided; nothing is changed.
        """
        made = await self._decide(coordinator, claim, Decision.REJECTED, reason=reason, words=words)
        self._work.audit.note(coordinator, AuditAct.REJECTED, report_id=claim.report_id, reason=reason.value)
        return made

    async def release(self, coordinator: Chat, claim: Claim) -> None:
        """Give a report back to the queue, for others first.

        Raises:
            NotYours: another has it, or it is decided; nothing is changed.
        """
        if not await self._work.queue.release(claim, coordinator, until=self._work.now + self._lease):
            raise await self.not_yours(coordinator, claim)
        self._work.audit.note(coordinator, AuditAct.RELEASED, report_id=claim.report_id)

    async def break_claim(self, lead: Chat, claim: Claim) -> Held | None:
        """Take a report out of another's hands, back to where it was in the queue; None where it is not so held."""
        held = next((held for held in await self._work.queue.claims() if held.claim == claim), None)
        if held is None or not await self._work.queue.end_claim(held, by=lead):
            return None
        report_id = claim.report_id
        self._work.audit.note(lead, AuditAct.CLAIM_BROKEN, report_id=report_id, subject=held.coordinator_key)
        return held

    async def undo(self, actor: Chat, report_id: int, decision_id: int, *, as_lead: bool = False) -> Reopened:
        """Undo a decision: the report is as it was before, in the actor's hands, and no digest tells of it.

        Raises:
            UndoTooLate: it says why; nothing is changed.
        """
        made_after = None if as_lead else self._work.now - UNDO_LASTS
        # First: whether the decision stands is asked of another table, and that not anew after waiting for this one.
        await self._work.queue.hold(report_id)
        standing = await self._work.reports.standing(report_id)
        undone = await self._work.decisions.undo(
            report_id, decision_id, actor, made_after=made_after, until=self._work.now + self._lease
        )
        if undone is None or standing is None:
            raise UndoTooLate(await self._why_not(actor, report_id, decision_id, as_lead=as_lead))
        if undone.digest_id is not None:
            await self._work.digests.outdate(undone.digest_id)
        self._work.audit.note(actor, AuditAct.UNDONE, report_id=report_id, case_id=standing.case_id)
        self._work.audit.note(actor, AuditAct.READ_REPORT, report_id=report_id)  # it is in hand, and shown
        reporter = await self._reporter(report_id, standing.reporter_key) if undone.was_told else None
        return Reopened(undone.claim, reporter, await self._work.reports.receipt(report_id))

    async def add_note(self, coordinator: Chat, report_id: int, decision_id: int, words: str) -> None:
        """Put a note beside the reason for which this coordinator rejected a report. Its reporter never sees it.

        Raises:
            NoteTooLate: it does not stand any more, is another's, or can be undone no more; nothing is changed.
        """
        made_after = self._work.now - UNDO_LASTS
        await self._work.queue.hold(report_id)  # as for undoing
        if not await self._work.decisions.add_words(report_id, decision_id, coordinator, words, made_after=made_after):
            raise NoteTooLate
        self._work.audit.note(coordinator, AuditAct.NOTE_ADDED, report_id=report_id)

    async def to_tell(self) -> list[Told]:
        """Return the decisions of which reporters are to be told now, which are noted as told."""
        due = await self._work.decisions.to_tell(most=TOLD_AT_ONCE)
        report_ids = await self._work.decisions.told(due) if due else []
        found: list[Told] = []
        for report_id in report_ids:
            try:
                told = await self._told(report_id)
            except WrongKey:  # one that does not open must not keep the others from being told
                await self._work.decisions.tell_later(report_id, at=self._work.now + _UNREADABLE_WAIT)
                continue
            if told is not None:
                found.append(told)
        return found

    async def _claim_next(self, coordinator: Chat, *, cities: Sequence[str], also_urgent: bool) -> Claim | None:
        """Return the claim of what this coordinator holds, or of the next; None where there is nothing."""
        queue, until = self._work.queue, self._work.now + self._lease
        claim = await queue.held_by(coordinator, until=until)
        if claim is None:
            keys = [self._work.reports.city_key(place) for place in cities] or None
            claim = await queue.claim_next(coordinator, until=until, city_keys=keys, also_urgent=also_urgent)
            if claim is not None:
                self._work.audit.note(coordinator, AuditAct.CLAIMED, report_id=claim.report_id)
        return claim

    async def _why_not(self, actor: Chat, report_id: int, decision_id: int, *, as_lead: bool) -> UndoRefusal:
        standing, made = await self._work.reports.standing(report_id), await self._work.decisions.standing(report_id)
        is_withdrawn = standing is None or standing.decision is Decision.WITHDRAWN
        if made is None or made.decision_id != decision_id or is_withdrawn:
            return UndoRefusal.GONE
        if not as_lead and made.decided_by != actor.key:
            return UndoRefusal.OTHERS
        if not as_lead and made.decided_at <= self._work.now - UNDO_LASTS:
            return UndoRefusal.TOO_LATE
        return UndoRefusal.IN_HAND

    async def _told(self, report_id: int) -> Told | None:
        standing, made = await self._work.reports.standing(report_id), await self._work.decisions.standing(report_id)
        if standing is None or made is None:
            return None
        reporter = await self._reporter(report_id, standing.reporter_key)
        if reporter is None:
            return None
        receipt = await self._work.reports.receipt(report_id)
        return Told(report_id, made.decision_id, made.decision, receipt, reporter)

    async def _reporter(self, report_id: int, chat_key: str) -> Chat | None:
        """Return who sent a report; None where that person asked not to be written to."""
        report = await self._work.reports.get(report_id)
        if report is None or not may_be_written_to(report.answers):
            return None
        return await self._work.chats.get(chat_key)

    async def _decide(
        self,
        coordinator: Chat,
        claim: Claim,
        decision: Decision,
        *,
        publish_at_most: Publishing = Publishing.WITH_NAME,
        reason: RejectionReason | None = None,
        words: str | None = None,
        into: int | None = None,
    ) -> Made:
        made = await self._work.decisions.decide(
            claim,
            coordinator,
            decision,
            publish_at_most=publish_at_most,
            reason=reason,
            reason_words=words,
            case_id=into,
            tell_at=self._work.now + UNDO_LASTS,
        )
        if made is None:
            raise await self.not_yours(coordinator, claim)
        await bring_back_unseen(self._work, coordinator, claim.report_id)
        return made

    async def not_yours(self, coordinator: Chat, claim: Claim) -> NotYours:
        """Return why a report is not this coordinator's to act on at this revision."""
        standing = await self._work.reports.standing(claim.report_id)
        if standing is None or (standing.decision is None and standing.claimed_by is None):
            return NotYours(claim.report_id, Holding.WAITING)
        if standing.decision is Decision.WITHDRAWN:
            return NotYours(claim.report_id, Holding.WITHDRAWN)
        if standing.claimed_by == coordinator.key:  # also where it is decided, and what is new of it is in hand
            return NotYours(claim.report_id, Holding.OLD_CARD)
        if standing.decision is not None and standing.decided_by == coordinator.key:
            return NotYours(claim.report_id, Holding.YOURS_ALREADY)
        if standing.decision is not None:
            holding = Holding(standing.decision.value)
            return NotYours(claim.report_id, holding, await self._name(standing.decided_by), standing.decided_at)
        return NotYours(claim.report_id, Holding.CLAIMED, await self._name(standing.claimed_by))

    async def _name(self, chat_key: str | None) -> str | None:
        chat = await self._work.chats.get(chat_key) if chat_key else None
        return chat.name if chat else None
