"""Updates: what is new of a decided report comes back into the queue, as an item of its own, until it is seen."""

from dataclasses import dataclass

from bot.domain.addition import NEWS, AdditionKind
from bot.domain.audit import AuditAct
from bot.domain.case import CaseStatus
from bot.domain.errors import Holding, NotYours
from bot.domain.report import Report
from bot.services.changed import bring_back_unseen
from bot.services.moderation import Moderation
from storage.additions import KeptAddition
from storage.chats import Chat
from storage.questions import KeptQuestion
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class News:
    """What is new of a decided report."""

    report: Report
    case_id: int | None
    additions: tuple[KeptAddition, ...]
    """Those that nobody of the team has seen, in order; none of one that was withdrawn."""
    questions: tuple[KeptQuestion, ...] = ()
    """What the team asked, as far as some of these answer it."""

    @property
    def up_to(self) -> int:
        """The last of them: what comes later is not seen with these."""
        return self.additions[-1].addition_id if self.additions else 0

    @property
    def statuses(self) -> dict[CaseStatus, str | None]:
        """What became of the person, as these say, each with its day as understood; nothing pressed by mistake."""
        told: list[KeptAddition] = []
        for kept in self.additions:
            if kept.addition.kind in NEWS:
                told.append(kept)
            elif kept.addition.kind is AdditionKind.MISTAKEN and told:
                told.pop()
        return {CaseStatus(kept.addition.kind.value): kept.addition.day for kept in told}


class Updates:
    """What coordinators do with what is new, within one transaction."""

    def __init__(self, work: UnitOfWork, moderation: Moderation) -> None:
        self._work = work
        self._moderation = moderation

    async def news(self, report: Report) -> News:
        """Return what is new of a decided report."""
        standing = await self._work.reports.standing(report.report_id)
        case_id = standing.case_id if standing else None
        root = await self._work.cases.root(case_id) if case_id else None
        additions = (await self._work.additions.of([report.report_id])).get(report.report_id, [])
        new = tuple(kept for kept in additions if not kept.is_seen)
        answered = {kept.addition.asked for kept in new} - {None}
        asked = await self._work.questions.of(report.report_id) if answered else []
        return News(report, root, new, tuple(one for one in asked if one.question_id in answered))

    async def held(self, coordinator: Chat, claim: Claim) -> News:
        """Return what is new of a report that a coordinator holds at this revision, its lease renewed.

        Raises:
            NotYours: it says who does, or that it was seen.
        """
        try:
            return await self.news(await self._moderation.held(coordinator, claim))
        except NotYours:
            await self._check_unseen(claim.report_id)
            raise

    async def seen(self, coordinator: Chat, claim: Claim, *, up_to: int) -> bool:
        """Note that what is new, up to this addition, is seen; False where more came meanwhile: that waits.

        Raises:
            NotYours: the report is not in this coordinator's hands at this revision, or not decided.
        """
        report_id = claim.report_id
        if not await self._work.queue.take_out(claim, coordinator):
            await self._check_unseen(report_id)
            raise await self._moderation.not_yours(coordinator, claim)
        await self._work.additions.mark_seen(report_id, up_to=up_to)
        self._work.audit.note(coordinator, AuditAct.SEEN, report_id=report_id)
        return not await bring_back_unseen(self._work, coordinator, report_id)

    async def _check_unseen(self, report_id: int) -> None:
        standing = await self._work.reports.standing(report_id)
        if standing is not None and standing.decision is not None and not standing.is_queued:
            raise NotYours(report_id, Holding.SEEN)
