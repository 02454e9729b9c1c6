"""A report that its reporter changed after the submit: what the team is to be told of."""

from dataclasses import dataclass

from bot.domain.addition import Addition
from bot.domain.report import Decision
from storage.chats import Chat
from storage.own_reports import HeldReport
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Changed:
    """A report that its reporter changed."""

    claim: Claim
    holder: Chat | None
    """The coordinator who has it in hand."""
    addition: Addition | None = None
    """What was added, where that was the change."""
    publishes_less: bool = False
    """Less may be published of it than before."""
    cannot_wait: bool = False
    """What was added is of the kind that cannot wait."""


async def holder_of(work: UnitOfWork, report: HeldReport) -> Chat | None:
    """Return the coordinator who has a report in hand, or None."""
    return None if report.claimed_by is None else await work.chats.get(report.claimed_by)


async def bring_back(
    work: UnitOfWork, reporter: Chat, report_id: int, *, noted: Addition | None = None, also_rejected: bool = True
) -> None:
    """Put a report into the queue if it is decided: its reporter did something new. One that waits keeps its place.

    `noted` says what it was, where no addition says it. The report is held first: whoever decides it, or notes that
    all is seen, in the same moment comes before this or after it, and nothing is passed over.
    """
    decision = await work.queue.hold(report_id)
    if decision is None or decision is Decision.WITHDRAWN:
        return
    if decision is Decision.REJECTED and not also_rejected:
        return
    if noted is not None:
        report = await work.own_reports.get(reporter, report_id)
        if report is None:
            return
        origin = f"{reporter.key}:noted:{report_id}:{noted.kind}:{noted.question}:{work.now.isoformat()}"
        await work.additions.add(report_id, noted, data_key=report.data_key, origin=origin)
    await work.queue.put_in(report_id, reporter)


async def bring_back_unseen(work: UnitOfWork, coordinator: Chat, report_id: int) -> bool:
    """Put a decided report into the queue if something was added that nobody has seen; say whether it was.

    What came while a coordinator was looking at the card was not on it.
    """
    has_more = await work.additions.has_unseen(report_id)
    return has_more and await work.queue.put_in(report_id, coordinator)
