"""A case: one detained person, as the team understands it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.answer import days_of

LONGEST_NOTE = 1000
"""Characters of a note."""
LONGEST_TAG = 32
"""Characters of a tag."""


class CaseStatus(StrEnum):
    """What became of the person. The text for it is `case.status.<value>`."""

    DETAINED = "detained"
    MOVED = "moved"
    CHARGED = "charged"
    SENTENCED = "sentenced"
    RELEASED = "released"
    DIED = "died"


@dataclass(frozen=True)
class StatusEntry:
    """What became of the person, as the team noted it."""

    status_id: int
    case_id: int
    status: CaseStatus
    days: str | None = field(repr=False)
    """When, as a reading has it ("2022-01-05", or a span); None where that is not known."""
    noted_on: date
    """The local day on which it was noted."""
    report_id: int | None
    """The report that says so; None: the team knows it otherwise."""
    added_by: str
    added_at: datetime

    @property
    def last_day(self) -> date:
        """The last day on which it may have been; where no day is known, the day on which it was noted."""
        return days_of(self.days)[1] if self.days else self.noted_on


def in_order(entries: Iterable[StatusEntry]) -> list[StatusEntry]:
    """Return what became of the person, the earliest first; of one day, as it was noted."""
    return sorted(entries, key=lambda one: (one.last_day, one.status_id))


def status_of(entries: Iterable[StatusEntry]) -> CaseStatus:
    """Return what became of the person in the end: the status of the latest day. Detained, where nothing is noted."""
    ordered = in_order(entries)
    return ordered[-1].status if ordered else CaseStatus.DETAINED
