"""One day as said, counted on the calendar: which day is meant, and whether another may be meant as well."""

from dataclasses import dataclass, replace
from datetime import date

from bot.understanding.dates import calendar
from bot.understanding.dates.answer import DateSpan, DateStatus
from bot.understanding.dates.atoms import Atom, Back, Day, Offset, Slashed, Solid, Weekday, Year
from bot.understanding.dates.token import Kind

LONG_AGO = 5
"""A day so many years before today is rather a birthday, or a slip of the finger."""

_SEVERAL, _FEW = 5, 2
_DAYS_A_MONTH, _DAYS_A_YEAR, _MONTHS_A_YEAR = 30, 365, 12


@dataclass(frozen=True)
class Mention:
    """Days that are meant by something said."""

    spans: tuple[DateSpan, ...] = ()
    """What may be meant, the likeliest first."""
    sure: bool = False
    problem: DateStatus | None = None
    """Invalid or future, where nothing can be meant."""
    is_choice: bool = False
    """It is said itself that one of several is meant: "4 или 5 января"."""
    weekday: int | None = None
    """The one day said is a day of the week (Monday is 1), which says of another date whether it is right."""
    vague: bool = False
    """A longer time, which gives way to a day inside it."""


INVALID, FUTURE = Mention(problem=DateStatus.INVALID), Mention(problem=DateStatus.FUTURE)


def of_atom(atom: Atom, today: date) -> Mention:
    """Return which day is meant by one phrase."""
    match atom:
        case Day():
            mention = _of_said_day(atom, today)
        case Slashed():
            mention = _of_slashed(atom, today)
        case Solid():
            mention = _of_solid(atom, today)
        case Offset():
            mention = _of_offset(atom, today)
        case Back():
            mention = _of_back(atom, today)
        case Weekday():
            mention = _of_weekday(atom, today)
        case _:
            mention = FUTURE
    return mention


def of_day(day: date | None, today: date, *, sure: bool = True) -> Mention:
    """Return what is meant by a day, or by one that does not exist."""
    if day is None:
        return INVALID
    if day > today:
        return FUTURE
    return Mention((DateSpan(day),), sure=sure and today.year - day.year <= LONG_AGO)


def _of_said_day(said: Day, today: date) -> Mention:
    if said.months_back is not None:
        month = calendar.months_before(today, said.months_back)
        return of_day(calendar.day_of(month.year, month.month, said.day), today)
    if said.month is None:
        return of_day(calendar.latest_in_a_month(said.day, today), today, sure=False)
    if said.year:
        found = calendar.day_of(year_of(said.year, today), said.month, said.day)
        return of_day(found, today, sure=said.sure)
    found = calendar.latest(said.month, said.day, today)
    if found is None:
        return INVALID
    mention = of_day(found, today, sure=said.sure and calendar.is_lately(found, today))
    return _or_of_year(mention, said, today) if said.or_year is not None else mention


def _or_of_year(mention: Mention, said: Day, today: date) -> Mention:
    """Return what else may be meant where a number may be a year: "5 января 21", "декабрь 21"."""
    year = calendar.full_year(said.or_year or 0, today)
    if said.month_first:
        if year not in {today.year - 1, today.year} or date(year, said.month or 1, 1) > today:
            return mention
        month = calendar.until(calendar.month_span(year, said.month or 1), today)
        spans = (month, *mention.spans) if year == today.year else (*mention.spans, month)
        return Mention(spans)
    of_year = calendar.day_of(year, said.month or 1, said.day)
    if not of_year or of_year > today or today.year - year > LONG_AGO:
        return replace(mention, sure=False)
    if DateSpan(of_year) in mention.spans:
        return mention
    return Mention((DateSpan(of_year), *mention.spans))


def year_of(year: Year, today: date) -> int:
    """Return a year as said in full."""
    if year.kind is Kind.SHORT_YEAR:
        return calendar.full_year(year.value, today)
    return today.year + year.value if year.kind is Kind.NAMED_YEAR and abs(year.value) <= 1 else year.value


def _of_slashed(said: Slashed, today: date) -> Mention:
    """Read day and month in either order. In Kazakhstan the day is first, so that only this order can be sure."""
    first, second = said.numbers
    read = [_of_said_day(Day(day, month, said.year), today) for day, month in ((first, second), (second, first))]
    spans = list(dict.fromkeys(span for mention in read for span in mention.spans))
    if not spans:
        return FUTURE if FUTURE in read else INVALID
    if said.year is None:
        spans.sort(key=lambda span: span.start, reverse=True)
    return Mention(tuple(spans), sure=read[0].sure and (first == second or read[1] == INVALID))


def _of_solid(said: Solid, today: date) -> Mention:
    """Read figures as day, month and year, or as year, month and day. Any that are no late date are another number."""
    figures = said.figures
    orders = ((figures[4:], figures[2:4], figures[:2]), (figures[:-4], figures[-4:-2], figures[-2:]))
    read = [of_day(_day_in_figures(*order, today), today) for order in orders]
    spans = tuple(dict.fromkeys(span for mention in read if mention.sure for span in mention.spans))
    return FUTURE if FUTURE in read and not spans else Mention(spans)


def _day_in_figures(year: str, month: str, day: str, today: date) -> date | None:
    is_short = len(year) == len(month)
    return calendar.day_of(calendar.full_year(int(year), today) if is_short else int(year), int(month), int(day))


def _of_offset(said: Offset, today: date) -> Mention:
    if said.days > 0:
        return FUTURE
    return of_day(calendar.days_before(today, -said.days), today, sure=said.sure)


def _of_back(said: Back, today: date) -> Mention:
    if said.count == 0:
        return Mention((DateSpan(_back(_SEVERAL, said.unit, today), _back(_FEW, said.unit, today)),))
    return of_day(_back(said.count, said.unit, today), today, sure=said.sure)


def _back(count: int, unit: int, today: date) -> date:
    if unit < _DAYS_A_MONTH:
        return calendar.days_before(today, count * unit)
    return calendar.months_before(today, count * (_MONTHS_A_YEAR if unit == _DAYS_A_YEAR else 1))


def _of_weekday(said: Weekday, today: date) -> Mention:
    """Read a day of the week. "В прошлую среду" is said of the week before rather than of yesterday."""
    if said.which is Kind.NEXT:
        return FUTURE
    of_last_week = calendar.days_before(today, today.isoweekday() - said.number + calendar.WEEK)
    of_this_week = calendar.days_before(of_last_week, -calendar.WEEK)
    if said.of_week and said.which is Kind.LAST:
        days = [of_last_week]
    elif said.which is Kind.LAST or (said.which is None and of_this_week == today):
        days = [of_last_week, of_this_week]
    else:
        days = [of_this_week, of_last_week]
    spans = tuple(DateSpan(day) for day in days if day <= today)
    return Mention(spans, weekday=None if said.which else said.number) if spans else FUTURE
