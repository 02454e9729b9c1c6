"""Longer times counted on the calendar: "в январе", "на прошлой неделе", "в 2021 году". Which day is always asked."""

from collections.abc import Iterator
from datetime import date

from bot.understanding.dates import calendar
from bot.understanding.dates.answer import DateSpan
from bot.understanding.dates.atoms import Period, Year
from bot.understanding.dates.days import FUTURE, LONG_AGO, Mention, year_of
from bot.understanding.dates.token import Kind

_DAYS_A_MONTH = 30
_PARTS = ((0, 9), (10, 19), (20, 30))
"""The first and the last of the days of the beginning, the middle and the end of a month, counted from 0."""


def of_period(said: Period, today: date, year: Year | None) -> Mention | None:
    """Return the days that a longer time has, or None where no day is said. `year` is a year that is said apart."""
    if said.which is Kind.NEXT:
        return FUTURE
    if said.holiday:
        return _of_holiday(said.holiday, today)
    spans = _spans(said, today, year)
    begun = [calendar.until(span, today) for span in spans if span.start <= today]
    if begun:
        return Mention((begun[0],), vague=True)
    return FUTURE if spans else None


def _spans(said: Period, today: date, year: Year | None) -> list[DateSpan]:
    """Return the times that may be meant, the likeliest first, whether they have begun or not."""
    if said.month:
        return list(_months(said, said.month, today, said.year or year))
    if said.year:
        return _years(said, year_of(said.year, today), today)
    return list(_times_before(said, today))


def _months(said: Period, month: int, today: date, year: Year | None) -> Iterator[DateSpan]:
    this_year = today.year - (said.which is Kind.LAST and month == today.month)
    years = [year_of(year, today)] if year else [this_year, this_year - 1]
    for every in years:
        if every in range(calendar.EARLIEST_YEAR, date.max.year):
            yield _part(calendar.month_span(every, month), said.part)


def _part(month: DateSpan, part: int | None) -> DateSpan:
    if part is None:
        return month
    first, last = _PARTS[part]
    end = calendar.days_before(month.start, -last)
    return DateSpan(calendar.days_before(month.start, -first), min(end, month.last))


def _years(said: Period, year: int, today: date) -> list[DateSpan]:
    """Return a year that may be one of a detention: another is one of a birth, and a mere number is no year."""
    if said.is_number or year < today.year - LONG_AGO or year >= date.max.year:
        return []
    return [DateSpan(date(year, 1, 1), date(year, 12, 31))]


def _times_before(said: Period, today: date) -> Iterator[DateSpan]:
    back = int(said.which is Kind.LAST)
    if said.is_weekend:
        yield from (calendar.weekend(today, weeks) for weeks in (back, back + 1))
    elif said.unit == calendar.WEEK:
        yield calendar.week_span(today, back)
    elif said.unit == _DAYS_A_MONTH:
        for months in (back, back + 1):
            day = calendar.months_before(today, months)
            yield _part(calendar.month_span(day.year, day.month), said.part)


def _of_holiday(month_and_day: int, today: date) -> Mention:
    """Read a holiday. What happened "on New Year" may have happened the day before."""
    day = calendar.latest(month_and_day // 100, month_and_day % 100, today)
    if day is None:
        return FUTURE
    return Mention((DateSpan(day), DateSpan(calendar.days_before(day, 1))))
