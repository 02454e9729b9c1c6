"""Dates that the grammar does not know, tried by dateparser. It guesses, so what it reads is always asked again."""

import re
from datetime import date, datetime

_LONGEST = 60
"""A longer text is a story, in which dateparser finds days that nobody said."""
_NUMBER_AND_WORD = re.compile(r"(?=.*\d).*[^\W\d_]{3}", re.DOTALL)
_LANGUAGES = ["kk", "ru", "en"]


def day_by_dateparser(text: str, today: date) -> date | None:
    """Return the day that dateparser reads, or None. The library is loaded by the first text that needs it."""
    if len(text) > _LONGEST or not _NUMBER_AND_WORD.match(text):
        return None
    import dateparser  # noqa: PLC0415 - its first date takes 0.3 s and 19 MB, and few answers need it

    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - days have no time zone
        "PREFER_DATES_FROM": "past",
        "STRICT_PARSING": True,
        "DATE_ORDER": "DMY",
        # Without these "25 лет", "3 часа" and "14.30" are days.
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(text, languages=_LANGUAGES, settings=settings)
    return found.date() if found and found.date() <= today else None
