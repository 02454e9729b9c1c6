"""The day that one phrase says: "5 января 2022", "позавчера", "3 дня назад". Nothing is counted here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.understanding.dates.token import Kind, Token, codes_of

Year = Token
"""A year as said: in full, in two figures, or as "last year"."""


@dataclass(frozen=True)
class Day:
    """A day of a month. What is not said of it is None."""

    day: int
    month: int | None = None
    year: Year | None = None
    sure: bool = True
    or_year: int | None = None
    """A year in two figures that the number after the month may be: "декабрь 21", "5 января 21"."""
    month_first: bool = False
    months_back: int | None = None
    """So many months before this one: "5 числа прошлого месяца"."""


@dataclass(frozen=True)
class Slashed:
    """Two numbers, of which either may be the month: "01/05/2022"."""

    numbers: tuple[int, int]
    year: Year | None = None


@dataclass(frozen=True)
class Solid:
    """A date in figures with nothing between them: "05012022"."""

    figures: str


@dataclass(frozen=True)
class Offset:
    """A day counted from today: 0 is today, -1 yesterday."""

    days: int
    sure: bool = True


@dataclass(frozen=True)
class Back:
    """So many times a unit (in days) before today; 0 times is "several"."""

    count: int
    unit: int
    sure: bool = True


@dataclass(frozen=True)
class Weekday:
    """A day of the week, Monday is 1. `which` is what stands with it: last, this or next."""

    number: int
    which: Kind | None = None
    of_week: bool = False
    """`which` says which week: "в среду на прошлой неделе"."""


@dataclass(frozen=True)
class NotYet:
    """A time ahead: "через 3 дня"."""


@dataclass(frozen=True)
class Period:
    """A month, a week (`unit` in days), a year or a holiday (month and day as one number), or a part of a month."""

    month: int | None = None
    year: Year | None = None
    which: Kind | None = None
    part: int | None = None
    unit: int | None = None
    holiday: int | None = None
    is_weekend: bool = False
    is_number: bool = False
    """Nothing says that the number is a year: it counts beside a date only."""


Atom = Day | Slashed | Solid | Offset | Back | Weekday | NotYet


_DAYS_A_MONTH = 30
DAYS = {Kind.NUMBER, Kind.ORDINAL}
MONTHS = {Kind.MONTH, Kind.WEAK_MONTH}
YEARS = {Kind.YEAR, Kind.SHORT_YEAR, Kind.NAMED_YEAR}


def first_of(tokens: Sequence[Token], kinds: set[Kind]) -> Token | None:
    """Return the first token of any of the kinds, or None."""
    return next((token for token in tokens if token.kind in kinds), None)


def value_of(tokens: Sequence[Token], kinds: set[Kind]) -> int | None:
    """Return the value of the first token of any of the kinds, or None."""
    found = first_of(tokens, kinds)
    return found.value if found else None


def _number(tokens: Sequence[Token], kinds: set[Kind]) -> int:
    return value_of(tokens, kinds) or 0


def _day_month(tokens: Sequence[Token]) -> Atom:
    """Read "5 января 2022". In "5 января 22" the last number may be a year; in "5 января, 22 года" an age, too."""
    numbers = [token for token in tokens if token.kind in DAYS]
    year = first_of(tokens, YEARS)
    return Day(
        numbers[0].value,
        value_of(tokens, MONTHS),
        year,
        sure=not (year and year.kind is Kind.SHORT_YEAR and year.text and Kind.COMMA in codes_of(tokens)),
        or_year=numbers[1].value if len(numbers) > 1 else None,
    )


def _month_day(tokens: Sequence[Token]) -> Atom:
    """Read "January 5" and "қаңтардың 5-і". In "декабрь 21" the number may be a year."""
    day, *after = (token for token in tokens if token.kind in DAYS)
    if after:
        return _day_month(tokens)
    year = first_of(tokens, YEARS)
    or_year = day.value if day.kind is Kind.NUMBER and not year else None
    return Day(day.value, value_of(tokens, MONTHS), year, or_year=or_year, month_first=True)


def _figured(tokens: Sequence[Token]) -> Atom:
    token, year = tokens[0], first_of(tokens, YEARS)
    if token.kind is Kind.SOLID:
        return Solid(token.text)
    if token.kind is Kind.PAIR:
        first, second = token.parts
        return Slashed((first, second), year) if "/" in token.text else Day(first, second, year)
    said_year, first, second = token.parts
    year = Token(Kind.SHORT_YEAR if said_year in range(100) else Kind.YEAR, said_year)
    return Slashed((first, second), year) if token.kind is Kind.SLASHED else Day(second, first, year)


def _spaced(tokens: Sequence[Token]) -> Atom:
    numbers = [token.value for token in tokens if token.kind in DAYS]
    year = first_of(tokens, YEARS)
    month, day = numbers if tokens[0] is year else reversed(numbers)
    return Day(day, month, year)


def _ago(tokens: Sequence[Token]) -> Atom:
    """Read "3 дня назад". "Неделю назад" and "дня три назад" are said of six to eight days and of two to four."""
    count, unit = first_of(tokens, {Kind.NUMBER, Kind.SEVERAL}), _number(tokens, {Kind.UNIT})
    is_exact = unit == 1 and count is not None and count.kind is Kind.NUMBER and tokens[0].kind is not Kind.UNIT
    is_vague = first_of(tokens, {Kind.APPROX, Kind.SINCE}) is not None
    return Back(count.value if count else 1, unit, sure=is_exact and not is_vague)


def _hours_ago(_: Sequence[Token]) -> Atom:
    return Offset(0, sure=False)


def _later(_: Sequence[Token]) -> Atom:
    return NotYet()


def _offset(tokens: Sequence[Token]) -> Atom:
    """Read "вчера", "last night" and "this morning"."""
    last, this = -1, 0
    offset = first_of(tokens, {Kind.OFFSET})
    if offset:
        return Offset(offset.value)
    return Offset(last if tokens[0].kind is Kind.LAST else this)


def _weekday(tokens: Sequence[Token]) -> Atom:
    which = first_of(tokens, {Kind.LAST, Kind.THIS, Kind.NEXT})
    of_week = first_of(tokens, {Kind.UNIT}) is not None
    return Weekday(_number(tokens, {Kind.WEEKDAY}), which.kind if which else None, of_week)


def _bare(tokens: Sequence[Token]) -> Atom:
    """Read "5", and "5 числа прошлого месяца"."""
    is_month = tokens[-1].kind is Kind.UNIT and tokens[-1].value == _DAYS_A_MONTH
    last = int(first_of(tokens, {Kind.LAST}) is not None)
    return Day(tokens[0].value, months_back=last if is_month else None)


BUILDERS: Mapping[str, Callable[[Sequence[Token]], Atom]] = {
    "ago": _ago,
    "hours_ago": _hours_ago,
    "later": _later,
    "day_month": _day_month,
    "month_day": _month_day,
    "figured": _figured,
    "spaced": _spaced,
    "offset": _offset,
    "weekday": _weekday,
    "bare": _bare,
}
