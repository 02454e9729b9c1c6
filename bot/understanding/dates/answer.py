"""What is understood of an answer to "when?"."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class DateStatus(StrEnum):
    """How an answer was understood."""

    OK = "ok"
    """One day, and no other is likely to be meant."""
    RANGE = "range"
    """Two days said, or more: the first and the last of them."""
    CONFIRM = "confirm"
    """More than one day may be meant: it is asked which."""
    UNKNOWN = "unknown"
    """It is said that the day is not known."""
    FUTURE = "future"
    """A day that has not come yet."""
    INVALID = "invalid"
    """Written as a date, and there is no such day."""
    NONE = "none"
    """No date is said."""


class TimeOfDay(StrEnum):
    """A part of the day, as said."""

    NIGHT = "night"
    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"


@dataclass(frozen=True, order=True)
class DateSpan:
    """A day (`end` is None), or the days from `start` to `end`, both included."""

    start: date
    end: date | None = None

    @property
    def last(self) -> date:
        """The last of the days."""
        return self.end or self.start


@dataclass(frozen=True)
class DateAnswer:
    """What is understood of an answer to "when?". The words themselves are kept by whoever asked."""

    status: DateStatus
    start: date | None = None
    end: date | None = None
    """The last day of a range, or of a span that is to be confirmed; None for one day."""
    time_of_day: TimeOfDay | None = None
    clock: time | None = None
    candidates: tuple[DateSpan, ...] = ()
    """For `confirm`: what may be meant, the likeliest first; `start` and `end` are the first of them."""
