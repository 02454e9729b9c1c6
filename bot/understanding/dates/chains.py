"""Days that are said together, counted on the calendar: "с 5 по 7 января", "4 или 5 января", "с 31 на 1 января"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.understanding.dates import calendar
from bot.understanding.dates.answer import DateSpan, DateStatus
from bot.understanding.dates.atoms import Atom, Back, Day, Slashed, Weekday, Year
from bot.understanding.dates.days import FUTURE, INVALID, Mention, of_atom, of_day
from bot.understanding.dates.token import Kind

_IN_ORDER = {Kind.DASH, Kind.TO}
_MONTHS_A_YEAR = 12


def of_days(atoms: Sequence[Atom], joins: Sequence[str], today: date, year: Year | None) -> Mention:
    """Return which days are meant that are said together. `year` is a year that is said apart from them."""
    filled = _filled(atoms, joins, year)
    if len(filled) == 1:
        return of_atom(filled[0], today)
    anchor_place = next((place for place, atom in enumerate(filled) if isinstance(atom, Day) and atom.year), 0)
    anchor = of_atom(filled[anchor_place], today)
    if not anchor.spans:
        return anchor
    meant = [
        anchor if place == anchor_place else _beside(anchor, atom, _side(joins, place - anchor_place), today)
        for place, atom in enumerate(filled)
    ]
    if not all(mention.spans or mention.problem for mention in meant):  # a number that is no date
        return Mention(tuple(span for mention in meant for span in mention.spans))
    problems = {mention.problem for mention in meant if mention.problem}
    if problems == {DateStatus.FUTURE} and Kind.OR in joins:
        return Mention(tuple(span for mention in meant for span in mention.spans))
    if problems:
        return INVALID if DateStatus.INVALID in problems else FUTURE
    start = min(mention.spans[0].start for mention in meant)
    end = max(mention.spans[0].last for mention in meant)
    sure = all(mention.sure for mention in meant) and not {Kind.NOT, ""} & set(joins)
    return Mention((DateSpan(start, end if end > start else None),), sure=sure, is_choice=Kind.OR in joins)


def _side(joins: Sequence[str], places: int) -> int:
    """Return -1 or 1 for a day that comes before or after the one that the year is known of, 0 for any order."""
    if not _IN_ORDER & set(joins):
        return 0
    return 1 if places > 0 else -1


def _filled(atoms: Sequence[Atom], joins: Sequence[str], year: Year | None) -> list[Atom]:
    """Give each number the month of the next day, or else of the one before, and the year said apart."""
    filled = list(atoms)
    for place in range(len(filled) - 2, -1, -1):
        filled[place] = _like(filled[place], filled[place + 1], is_before=joins[place] in _IN_ORDER)
    for place in range(1, len(filled)):
        filled[place] = _like(filled[place], filled[place - 1], is_before=False)
    return [_in_year(atom, year) for atom in filled] if year else filled


def _like(atom: Atom, other: Atom, *, is_before: bool) -> Atom:
    if not isinstance(atom, Day) or atom.month:
        return atom
    match other:
        case Back(_, unit, sure):
            return Back(atom.day, unit, sure)
        case Slashed((_, month), _) if month <= _MONTHS_A_YEAR:
            return replace(atom, month=month)
        case Day(day, int(month)) if is_before and atom.day > day:  # from 31 to 1 January
            return replace(atom, month=month - 1 or _MONTHS_A_YEAR)
        case Day(_, int(month)):
            return replace(atom, month=month)
        case _:
            return atom


def _in_year(atom: Atom, year: Year) -> Atom:
    if isinstance(atom, Day | Slashed) and not atom.year:
        return replace(atom, year=year)
    return atom


def _beside(anchor: Mention, atom: Atom, side: int, today: date) -> Mention:
    """Return the day that stands with another: of the year, or of the week, that is nearest to it."""
    known = anchor.spans[0].start
    match atom:
        case Day(day, int(month), None):
            found = calendar.nearest(month, day, known, side)
            return of_day(found, today, sure=anchor.sure and atom.sure)
        case Weekday(number, None):
            found = calendar.days_before(
                known, known.isoweekday() - number - calendar.WEEK * (number < known.isoweekday())
            )
            return of_day(found if found <= today else calendar.days_before(found, calendar.WEEK), today, sure=False)
        case _:
            return of_atom(atom, today)
