"""Days counted on the calendar, from today backwards: people report what has happened."""

from calendar import monthrange
from datetime import date, timedelta

from bot.understanding.dates.answer import DateSpan

WEEK = 7
EARLIEST_YEAR = 1900

_MONTHS = 12
_YEARS_TO_A_LEAP_DAY = 8
"""1896 and 1904 are leap years, and none between them."""
_YEARS_AHEAD = 20
"""Two figures of a year mean one up to so many years ahead, else one of the century before."""
_CENTURY = 100


def day_of(year: int, month: int, day: int) -> date | None:
    """Return a day, or None where there is no such day or nobody now living remembers it (before 1900)."""
    try:
        return date(year, month, day) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None


def latest(month: int, day: int, today: date) -> date | None:
    """Return the latest such day that has come, or None where no year has such a day."""
    for year in range(today.year, today.year - _YEARS_TO_A_LEAP_DAY - 1, -1):
        found = day_of(year, month, day)
        if found and found <= today:
            return found
    return None


def latest_in_a_month(day: int, today: date) -> date | None:
    """Return the latest day of such a number in its month that has come, or None where no month has it."""
    for back in range(_MONTHS):
        year, month = _months_before(today, back)
        found = day_of(year, month, day)
        if found and found <= today:
            return found
    return None


def nearest(month: int, day: int, to: date, side: int = 0) -> date | None:
    """Return the such day nearest to another, only before it (side -1) or after it (1) where said; None if none is."""
    days = [found for year in (to.year - 1, to.year, to.year + 1) if (found := day_of(year, month, day))]
    on_the_side = [found for found in days if (found - to).days * side >= 0]
    return min(on_the_side, key=lambda found: abs(found - to), default=None)


def is_lately(day: date, today: date) -> bool:
    """Whether a day of which the year is not said is nearer behind than its next return is ahead."""
    return (today - day) * 2 <= timedelta(days=365)


def full_year(year: int, today: date) -> int:
    """Return a year that is said in two figures in full."""
    full = today.year - today.year % _CENTURY + year
    return full - _CENTURY if full > today.year + _YEARS_AHEAD else full


def days_before(today: date, days: int) -> date:
    """Return the day so many days before another; the first day of all where the calendar ends."""
    return date.fromordinal(min(max(today.toordinal() - days, 1), date.max.toordinal()))


def months_before(today: date, months: int) -> date:
    """Return the day so many months before another, the last of its month where that has no such day."""
    year, month = _months_before(today, months)
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def month_span(year: int, month: int) -> DateSpan:
    """Return the days of a month."""
    return DateSpan(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def week_span(today: date, weeks_back: int) -> DateSpan:
    """Return the days from Monday to Sunday of this week, or of one before or after it."""
    monday = days_before(today, today.weekday() + WEEK * weeks_back)
    return DateSpan(monday, days_before(monday, 1 - WEEK))


def weekend(today: date, weeks_back: int) -> DateSpan:
    """Return Saturday and Sunday of this week, or of one before or after it."""
    sunday = week_span(today, weeks_back).last
    return DateSpan(days_before(sunday, 1), sunday)


def has_weekday(span: DateSpan, weekday: int) -> bool:
    """Whether a day of the week (Monday is 1) is in a span."""
    return (weekday - span.start.isoweekday()) % WEEK <= (span.last - span.start).days


def nearest_weekday(weekday: int, to: date) -> date:
    """Return the day of the week (Monday is 1) nearest to a day."""
    ahead = (weekday - to.isoweekday()) % WEEK
    return days_before(to, -ahead if ahead <= WEEK // 2 else WEEK - ahead)


def until(span: DateSpan, today: date) -> DateSpan:
    """Return a span that has begun without the days that have not come."""
    return DateSpan(span.start, min(span.last, today))


def _months_before(today: date, months: int) -> tuple[int, int]:
    years, month = divmod(today.year * _MONTHS + today.month - 1 - months, _MONTHS)
    return max(years, 1), month + 1
