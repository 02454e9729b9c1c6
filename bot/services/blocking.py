"""Blocking a reporter who abuses: the person notices nothing, and what comes waits in a list of its own."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.audit import AuditAct
from bot.domain.errors import OfTheTeam, QueueEmpty
from bot.domain.report import Report
from bot.services.moderation import CLAIM_LASTS, Moderation
from storage.blocks import Block
from storage.chats import Chat
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ListedBlock:
    """Somebody who is blocked, as the team sees it: a number and nothing else."""

    block: Block
    blocked_by: str | None
    """The first name of the coordinator who did it."""


class Blocking:
    """Blocking, within one transaction. Who may do it is checked before, by `bot.domain.access`."""

    def __init__(self, work: UnitOfWork, moderation: Moderation, *, lease: timedelta = CLAIM_LASTS) -> None:
        self._work = work
        self._moderation = moderation
        self._lease = lease

    async def check(self, coordinator: Chat, claim: Claim) -> Chat:
        """Return who sent a report in this coordinator's hands and can be blocked; the lease is renewed.

        Raises:
            NotYours: another has it.
            OfTheTeam: nobody of the team is blocked.
        """
        standing = await self._work.reports.standing(claim.report_id)
        if standing is not None:  # before the report: so does whatever the reporter does with it
            await self._work.chats.hold_known([standing.reporter_key])
        await self._moderation.held(coordinator, claim)
        reporter = await self._work.chats.get(standing.reporter_key) if standing else None
        if reporter is None:
            raise await self._moderation.not_yours(coordinator, claim)
        if await self._work.members.get(reporter.key) is not None:
            raise OfTheTeam
        return reporter

    async def block(self, coordinator: Chat, claim: Claim) -> int | None:
        """Hold back all that a report's sender sent and will send, this report too; return the person's number.

        None: somebody blocked the person in the meantime; the report is held back all the same.

        Raises:
            NotYours, OfTheTeam: nothing is changed.
        """
        reporter = await self.check(coordinator, claim)
        await self._work.queue.release(claim, coordinator, until=self._work.now)
        number = await self._work.blocks.add(reporter.key, coordinator)
        if number is not None:
            await self._work.chats.set_blocked(reporter, blocked=True)
            self._work.audit.note(coordinator, AuditAct.BLOCKED, subject=reporter, number=number)
        return number

    async def every(self) -> list[ListedBlock]:
        """Return who is blocked."""
        blocks = await self._work.blocks.every()
        await self._work.chats.load([block.blocked_by for block in blocks])
        listed = []
        for block in blocks:
            chat = await self._work.chats.get(block.blocked_by)
            listed.append(ListedBlock(block, chat.name if chat else None))
        return listed

    async def look(self, coordinator: Chat, number: int) -> Report:
        """Claim the report of a blocked person that waits longest.

        Raises:
            QueueEmpty: there is none that could be claimed.
        """
        report_id = await self._work.blocks.oldest(number)
        until = self._work.now + self._lease
        claim = await self._work.queue.claim(report_id, coordinator, until=until) if report_id else None
        report = await self._work.reports.get(claim.report_id) if claim else None
        if claim is None or report is None:
            raise QueueEmpty(claimed_by_others=0)
        self._work.audit.note(coordinator, AuditAct.CLAIMED, report_id=claim.report_id)
        self._work.audit.note(coordinator, AuditAct.READ_REPORT, report_id=claim.report_id)
        return report

    async def unblock(self, coordinator: Chat, number: int) -> bool:
        """Let a person's reports back to where they were in the queue; False where nobody of this number is blocked."""
        whom = await self._work.blocks.whom(number)
        if whom is None:
            return False
        # Before anything is let back: what the person sends at this very moment is held back under the block, and would
        # stay so. And before the reports: so does whatever the person does with them.
        await self._work.chats.hold_known([whom])
        chat_key = await self._work.blocks.end(number, coordinator)
        reporter = await self._work.chats.get(chat_key) if chat_key else None
        if reporter is None:
            return False
        await self._work.chats.set_blocked(reporter, blocked=False)
        self._work.audit.note(coordinator, AuditAct.UNBLOCKED, subject=reporter, number=number)
        return True
