"""The time of day in a row of tokens: "около 14:00", "в 3 часа дня", "сағат 15-те", "at 3 pm", "вечером"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from bot.understanding.dates.answer import TimeOfDay
from bot.understanding.dates.token import Kind, Token, codes_of

_NO_DATE = "(?![f,/-]{0,2}[MmNug])"
_CLOCK = re.compile(
    rf"""
      Th?[es]?                   # 14:00, 3:30 pm
    | d(?:e|h?(?:d')?s)          # 3 pm, 6 вечера, 3 часа ночи
    | dh(?:d')?u?                # 15 часов 30 минут, 3 часа дня
    | (?<=i)du(?!g)              # в 3 дня
    | (?:sh?|h)[do]{_NO_DATE}    # кешкі 6-да, сағат 15-те
    | (?P<minutes>d-?d){_NO_DATE}  # 15-00, 15 00
    | P                          # 14.30
    """,
    re.VERBOSE,
)
_DATES = re.compile("[FAMmRSW]")
_AFTERNOON = "дня"
_HALF_A_DAY, _HOURS, _MINUTES = 12, 24, 60
_TWO_FIGURES = 2
_LATE = 9
"""From this hour on "of the night" is before midnight; before it, after."""
_DAYS, _MONTHS = 31, 12
_PARTS = (TimeOfDay.NIGHT, TimeOfDay.MORNING, TimeOfDay.DAY, TimeOfDay.EVENING)
_PART_BY_KIND = {
    Kind.NIGHT: TimeOfDay.NIGHT,
    Kind.MIDNIGHT: TimeOfDay.NIGHT,
    Kind.MORNING: TimeOfDay.MORNING,
    Kind.DAY: TimeOfDay.DAY,
    Kind.EVENING: TimeOfDay.EVENING,
}


@dataclass(frozen=True)
class Hours:
    """What a row of tokens says of the time of day, and the tokens with each time in figures as one `CLOCK`."""

    tokens: tuple[Token, ...]
    clock: time | None
    part: TimeOfDay | None


def read_hours(tokens: Sequence[Token]) -> Hours:
    """Find what is said of the time of day, so that its numbers are taken for no dates. The first time said counts."""
    codes = codes_of(tokens)
    has_date = _DATES.search(codes) is not None
    kept: list[Token] = []
    times: list[time] = []
    place = 0
    while place < len(tokens):
        found = _CLOCK.match(codes, place)
        said = _clock(found, tokens, has_date=has_date) if found else None
        if found and said:
            times.append(said)
            kept.append(Token(Kind.CLOCK))
            place = found.end()
        else:
            kept.append(tokens[place])
            place += 1
    return Hours(tuple(kept), times[0] if times else None, _part(tokens))


def _part(tokens: Sequence[Token]) -> TimeOfDay | None:
    for place, token in enumerate(tokens):
        if token.kind in _PART_BY_KIND:
            return _PART_BY_KIND[token.kind]
        if token.kind is Kind.HOUR_OF:
            return _PARTS[token.value]
        if token.text == _AFTERNOON and place and tokens[place - 1].kind in {Kind.HOURS, Kind.CLOCK}:
            return TimeOfDay.DAY
    return None


def _clock(found: re.Match[str], tokens: Sequence[Token], *, has_date: bool) -> time | None:
    """Return the time that tokens say, or None where they say no time."""
    said = tokens[found.start() : found.end()]
    before = found.string[: found.start()][-1:]
    if said[-1].kind is Kind.UNIT and said[-1].text != _AFTERNOON:
        return None
    if said[0].kind is Kind.PAIR and not _is_time(said[0], before, has_date=has_date):
        return None
    numbers = [token for token in said if token.kind in {Kind.NUMBER, Kind.ORDINAL}]
    if found["minutes"] and not _are_hour_and_minutes(numbers[1], before):
        return None
    hour, *minutes = said[0].parts or [number.value for number in numbers]
    return _time(_full_hour(hour, said), *minutes)


def _are_hour_and_minutes(minutes: Token, before: str) -> bool:
    return minutes.text == "00" or (len(minutes.text) == _TWO_FIGURES and before in {Kind.IN, Kind.APPROX})


def _is_time(pair: Token, before: str, *, has_date: bool) -> bool:
    """Whether "10.12" is a time: it cannot be a date, or it follows "at" where another date is said."""
    first, second = pair.parts
    if "/" in pair.text:
        return False
    if second == 0 or second > _DAYS or (first > _MONTHS and second > _MONTHS):
        return True
    return before in {Kind.IN, Kind.APPROX, Kind.HOURS, Kind.FULL} and (has_date or second > _MONTHS)


def _full_hour(hour: int, said: Sequence[Token]) -> int:
    """Return the hour on a clock of 24 hours, by the part of the day that is said with it."""
    part = next((_PARTS[token.value] for token in said if token.kind is Kind.HOUR_OF), None)
    half = next((token.value for token in said if token.kind is Kind.HALF_DAY), None)
    late = part is TimeOfDay.EVENING or said[-1].kind is Kind.UNIT or half == _HALF_A_DAY
    late = late or (part is TimeOfDay.NIGHT and hour in range(_LATE, _HALF_A_DAY))
    if late and hour < _HALF_A_DAY:
        return hour + _HALF_A_DAY
    if hour == _HALF_A_DAY and (part is TimeOfDay.NIGHT or half == 0):
        return 0
    return hour


def _time(hour: int, minute: int = 0) -> time | None:
    return time(hour, minute) if hour < _HOURS and minute < _MINUTES else None
