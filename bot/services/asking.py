"""Asking reporters: a question goes out through the bot, the answer comes back to the card, and neither learns who."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.addition import AdditionKind
from bot.domain.answer import Words
from bot.domain.asked import LONGEST_QUESTION, AskedOutcome, NotAskable
from bot.domain.audit import AuditAct
from bot.domain.errors import CannotAsk, NoSuchQuestion, NoSuchReport
from bot.domain.further_questions import may_be_written_to
from bot.domain.receipt import Receipt
from bot.services.changed import Changed
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from bot.understanding.reading import check_words
from storage.chats import Chat
from storage.questions import KeptQuestion
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork

ANSWER_AWAITED = timedelta(hours=24)
"""How long a report waits for an answer, unless the settings say otherwise."""


@dataclass(frozen=True)
class Asked:
    """A question that was stored just now, and is to be told."""

    question_id: int
    report_id: int
    reporter: Chat = field(repr=False)
    receipt: Receipt = field(repr=False)
    words: str = field(repr=False)


class Asking:
    """The coordinators' side, within one transaction."""

    def __init__(self, work: UnitOfWork, moderation: Moderation, *, awaited: timedelta = ANSWER_AWAITED) -> None:
        self._work = work
        self._moderation = moderation
        self._awaited = awaited

    async def check(self, coordinator: Chat, claim: Claim) -> Chat:
        """Return the reporter who can be asked about a report in this coordinator's hands; the lease is renewed.

        Raises:
            NotYours: another has it, or it is decided.
            CannotAsk: it says why.
        """
        standing = await self._work.reports.standing(claim.report_id)
        if standing is not None:  # before the report: so does whatever the reporter does with it
            await self._work.chats.hold_known([standing.reporter_key])
        report = await self._moderation.held(coordinator, claim)
        if standing is None or report.decision is not None:
            raise await self._moderation.not_yours(coordinator, claim)
        if standing.reporter_key == coordinator.key:
            raise CannotAsk(NotAskable.OWN)
        if not may_be_written_to(report.answers):
            raise CannotAsk(NotAskable.DO_NOT_WRITE)
        reporter = await self._work.chats.get(standing.reporter_key)
        if reporter is None or reporter.gone or reporter.wiped:
            raise CannotAsk(NotAskable.GONE)
        return reporter

    async def ask(self, coordinator: Chat, claim: Claim, words: str) -> Asked:
        """Store a question. The report waits for its answer, out of the queue.

        Raises:
            NotUnderstood: the words show nothing, or are too long.
            NotYours, CannotAsk: as for `check`; nothing is changed.
        """
        check_words(words, most=LONGEST_QUESTION)
        reporter = await self.check(coordinator, claim)
        sealing = await self._work.reports.sealing(claim.report_id)
        is_parked = await self._work.queue.park(claim, coordinator, until=self._work.now + self._awaited)
        if sealing is None or not is_parked:
            raise await self._moderation.not_yours(coordinator, claim)
        words = words.strip()
        question_id = await self._work.questions.add(claim.report_id, words, coordinator, data_key=sealing.data_key)
        self._work.audit.note(coordinator, AuditAct.ASKED, report_id=claim.report_id, question=question_id)
        receipt = await self._work.reports.receipt(claim.report_id)
        return Asked(question_id, claim.report_id, reporter, receipt, words)

    async def of(self, report_id: int) -> list[KeptQuestion]:
        """Return what was asked about a report, in order."""
        return await self._work.questions.of(report_id)

    async def expire(self) -> int:
        """Put back what waited for an answer for long enough; return how many reports that were."""
        expired = 0
        for report_id in await self._work.queue.parked_too_long():
            asked_by = await self._work.questions.asked_by(report_id) or ""
            if await self._work.queue.give_up_waiting(report_id, asked_by=asked_by):
                await self._work.questions.close(report_id, AskedOutcome.EXPIRED)
                self._work.audit.note(None, AuditAct.ASK_EXPIRED, report_id=report_id)
                expired += 1
        return expired


class Answering:
    """The reporter's side, within one transaction. Only who was asked can answer."""

    def __init__(self, work: UnitOfWork, follow_up: FollowUp) -> None:
        self._work = work
        self._follow_up = follow_up

    async def question(self, chat: Chat, question_id: int) -> KeptQuestion:
        """Return a question that this person was asked, whatever became of it.

        Raises:
            NoSuchReport: it is none such of this person's, or the report is withdrawn.
        """
        question = await self._work.questions.to(chat, question_id)
        if question is None:
            raise NoSuchReport
        return question

    async def open(self, chat: Chat, report_id: int) -> KeptQuestion | None:
        """Return the open question about one of a person's reports, or None."""
        if await self._work.own_reports.get(chat, report_id) is None:
            return None
        return next((one for one in await self._work.questions.of(report_id) if one.outcome is None), None)

    async def answer(self, chat: Chat, question: KeptQuestion, words: Words) -> Changed | None:
        """Keep an answer in words, also one that comes late; None where the same message was stored before.

        Raises:
            NoSuchReport: the report is withdrawn.
            NotUnderstood: the words show nothing, or are too long.
        """
        changed = await self._follow_up.add(
            chat, question.report_id, AdditionKind.ANSWER, words=words, asked=question.question_id
        )
        await self._close(chat, question, AskedOutcome.ANSWERED)
        return changed

    async def answer_with_file(self, chat: Chat, question: KeptQuestion) -> None:
        """Note that what was sent for a report just now answers a question."""
        await self._close(chat, question, AskedOutcome.ANSWERED)

    async def decline(self, chat: Chat, question_id: int, outcome: AskedOutcome) -> KeptQuestion:
        """Close a question without an answer.

        Raises:
            NoSuchReport: as for `question`.
            NoSuchQuestion: it is closed.
        """
        question = await self.question(chat, question_id)
        if not await self._close(chat, question, outcome):
            raise NoSuchQuestion
        return question

    async def _close(self, chat: Chat, question: KeptQuestion, outcome: AskedOutcome) -> bool:
        """Close a question if it is open: the report is back in the queue, where it was."""
        if question.outcome is not None:
            return False
        if not await self._work.queue.unpark(question.report_id, chat, event=outcome.value):
            return False
        await self._work.questions.close(question.report_id, outcome)
        self._work.audit.note(None, AuditAct.ANSWERED, report_id=question.report_id, outcome=outcome.value)
        return True
