"""Reading a date as it is typed: 05.01.2022, 5.1.22, 2022-01-05, 05.01, 5 января, Jan 5 2022, today, вчера."""

import re
from datetime import date, timedelta

from bot.domain.errors import Misreading, NotUnderstood

# One separator throughout, and no dash without a year: "5-6.01" and "5-6" are spans of days.
_DAY_FIRST = re.compile(r"(\d{1,2})(?:([./\-])(\d{1,2})\2(\d{4}|\d{2})|[./](\d{1,2}))\.?\s*(?:г\.?|года)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([^\W\d_]+)\.?,?(?:\s+(\d{4})\s*(?:г\.?|года)?)?")
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_DAYS_AGO = {
    "today": 0,
    "yesterday": 1,
    "сегодня": 0,
    "вчера": 1,
    "позавчера": 2,
    "бүгін": 0,
    "кеше": 1,
}
_MONTHS = (
    ("january", "jan", "января", "январь", "янв", "қаңтар"),
    ("february", "feb", "февраля", "февраль", "фев", "ақпан"),
    ("march", "mar", "марта", "март", "мар", "наурыз"),
    ("april", "apr", "апреля", "апрель", "апр", "сәуір"),
    ("may", "мая", "май", "мамыр"),
    ("june", "jun", "июня", "июнь", "маусым"),
    ("july", "jul", "июля", "июль", "шілде"),
    ("august", "aug", "августа", "август", "авг", "тамыз"),
    ("september", "sep", "sept", "сентября", "сентябрь", "сен", "қыркүйек"),
    ("october", "oct", "октября", "октябрь", "окт", "қазан"),
    ("november", "nov", "ноября", "ноябрь", "ноя", "қараша"),
    ("december", "dec", "декабря", "декабрь", "дек", "желтоқсан"),
)
_MONTHS_OF_A_YEAR = frozenset(
    ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"]
)
"""Before a number these name no day: "январь 22" is a month of the year 2022."""
_MONTH_BY_NAME = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_EARLIEST_YEAR = 1900


def read_date(text: str, *, today: date) -> date | None:
    """Read a date, or return None where the words are no plain date ("after the protests"), to be kept as said.

    A day and month with no year is the latest such day that is not in the future.

    Raises:
        NotUnderstood: it is written as a date but there is no such day, or it has not come yet.
    """
    words = " ".join(text.casefold().split()).rstrip("!")
    if words in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[words])
    if found := _YEAR_FIRST.fullmatch(words):
        return _past(_day(int(found[1]), int(found[2]), int(found[3])), today)
    if found := _DAY_FIRST.fullmatch(words):
        day = int(found[1])
        if found[4] is None:
            return _latest(day, int(found[5]), today)
        return _past(_day(_full_year(found[4], today), int(found[3]), day), today)
    return _with_month_name(words, today)


def _with_month_name(words: str, today: date) -> date | None:
    if found := _DAY_MONTH.fullmatch(words):
        day, name, year = found[1], found[2], found[3]
    elif found := _MONTH_DAY.fullmatch(words):
        name, day, year = found[1], found[2], found[3]
        if year is None and name in _MONTHS_OF_A_YEAR:
            return None
    else:
        return None
    month = _MONTH_BY_NAME.get(name)
    if month is None:
        return None
    if year is None:
        return _latest(int(day), month, today)
    return _past(_day(int(year), month, int(day)), today)


def _full_year(digits: str, today: date) -> int:
    if len(digits) == len("2022"):
        return int(digits)
    return today.year - today.year % 100 + int(digits)


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
