"""Reading a date as it is typed: 05.01.2022, 5.1.22, 2022-01-05, 05.01, today, вчера."""

import re
from datetime import date, timedelta

from bot.domain.errors import Misreading, NotUnderstood

_DAY_FIRST = re.compile(r"(\d{1,2})[./\-](\d{1,2})(?:[./\-](\d{4}|\d{2}))?\.?\s*(?:г\.?|года)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})")
_DAYS_AGO = {
    "today": 0,
    "yesterday": 1,
    "сегодня": 0,
    "вчера": 1,
    "позавчера": 2,
}
_EARLIEST_YEAR = 1900


def read_date(text: str, *, today: date) -> date | None:
    """Read a date, or return None where the words are no plain date ("after the protests"), to be kept as said.

    A day and month with no year is the latest such day that is not in the future.

    Raises:
        NotUnderstood: it is written as a date but there is no such day, or it has not come yet.
    """
    words = " ".join(text.casefold().split())
    if words in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[words])
    if found := _YEAR_FIRST.fullmatch(words):
        return _past(_day(int(found[1]), int(found[2]), int(found[3])), today)
    if found := _DAY_FIRST.fullmatch(words):
        day, month = int(found[1]), int(found[2])
        if found[3] is None:
            return _latest(day, month, today)
        return _past(_day(_full_year(found[3], today), month, day), today)
    return None


def _full_year(digits: str, today: date) -> int:
    if len(digits) == len("2022"):
        return int(digits)
    century = today.year - today.year % 100
    year = century + int(digits)
    return year if year <= today.year else year - 100


def _latest(day: int, month: int, today: date) -> date:
    # Eight years back is far enough for 29 February.
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise NotUnderstood(Misreading.NOT_A_DATE)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise NotUnderstood(Misreading.NOT_A_DATE) from None
    if found.year < _EARLIEST_YEAR:
        raise NotUnderstood(Misreading.NOT_A_DATE)
    return found


def _past(found: date, today: date) -> date:
    if found > today:
        raise NotUnderstood(Misreading.FUTURE_DATE)
    return found
