"""A report that its reporter changed after the submit: what the team is to be told of."""

from dataclasses import dataclass

from bot.domain.addition import Addition
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
