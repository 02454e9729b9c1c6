"""How days and longer times are said in a row of tokens. Nothing is counted on the calendar here.

Every token is one sign (see `Kind`), so that a way of saying a date is a pattern over signs: `dM` is "5 января".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.understanding.dates.atoms import (
    BUILDERS,
    MONTHS,
    YEARS,
    Atom,
    Back,
    Day,
    NotYet,
    Offset,
    Period,
    Weekday,
    first_of,
    value_of,
)
from bot.understanding.dates.token import Kind, Token, codes_of

_OF = "[f,/-]{0,2}"
_AND_YEAR = "[,/fi-]{0,2}[YZ]f?"
_ATOM = re.compile(
    rf"""
      (?P<ago>[dv][f~]?u[gc]|g[dv]u|(?<![dovxySY])ug|udg)
    | (?P<hours_ago>[dv]?K)
    | (?P<later>l[dv]?u|[dv]u>?z|[dv]ul|i[dv]u(?!>?[gz])|Xu)
    | (?P<day_month>
          [YZy]{_OF}[do]{_OF}[Mm]
        | [do]{_OF}[Mm]f?(?:{_AND_YEAR}|,?y|d(?=$|[,Twi123n]))?
      )
    | (?P<month_day>
          [YZy]f?[Mm]f{{0,2}}[do](?![uhe])
        | [Mm]f?,?[YZ]f?,?f{{0,2}}o
        | [Mm]f?i?[,-]?f{{0,2}}[do](?!f{{0,2}}[Mm]|[uhe])(?:{_AND_YEAR}|,?y|d(?=$|,))?
      )
    | (?P<figured>[FAS]f?|P(?![uh])(?:[,/fi-]{{0,2}}[YZy])?)
    | (?P<spaced>(?<![dxSoY])(?:dd[Yy]|Ydd)(?![dxSoY]))
    | (?P<offset>R|[LH][123n])
    | (?P<weekday>W[fi>,]{{0,2}}[LHX]u|[LHX]u[fi>,]{{0,2}}W|W[LHX]|[LHX]?Wf?)
    | (?P<bare>(?!(?<=\#)[do],)[do](?:f?[LH]u)?)
    """,
    re.VERBOSE,
)
_PART_OF_DAY = "[0123ns]"
_JOIN = re.compile(rf"{_PART_OF_DAY}?[,-]?(?P<join>[-/|&>!])[<if]{{0,2}}{_PART_OF_DAY}?")
_BESIDE = {"bare": re.compile(",?(?=[do])"), "month_day": re.compile(",(?=d)")}
_NOTHING = re.compile("(?!)")
_AFTER_NO_DAY = "uhewx#"
_PERIOD = re.compile(
    r"""
      (?P<month>(?:[YZy]f?,?)?(?:(?:k[fi-]{0,2})?[LHX]?(?:M|m(?=f?[YZyk])|(?<=i)m)|k[fi-]{0,2}m)f?(?:[,/fi-]{0,2}[YZ]|y)?k?)
    | (?P<unit>(?:k[fi-]{0,2})?[LH]u|k[fi-]{0,2}u)
    | (?P<weekend>[LH]?E)
    | (?P<holiday>C)
    | (?P<year>Z|(?<=i)Y)
    | (?P<number>Y)
    """,
    re.VERBOSE,
)
_NUMBERS_ALONE = re.compile("d[,-]?d|ddd")
_TWO_FIGURES = 2
_LONGEST_MONTH = 31


@dataclass(frozen=True)
class Said:
    """Days that are said together, or a period, and where: `tokens[start:end]`."""

    atoms: tuple[Atom, ...]
    joins: tuple[str, ...]
    """The sign between each two days; empty for days side by side."""
    period: Period | None
    start: int
    end: int


def all_said(tokens: Sequence[Token]) -> Iterator[Said]:
    """Find everything that says when, in the order said."""
    codes = codes_of(tokens)
    if codes == Kind.NOW:
        yield Said((Offset(0, sure=False),), (), None, 0, 1)
    if _NUMBERS_ALONE.fullmatch(codes):
        yield from _numbers_alone(tokens)
        return
    place = 0
    while place < len(tokens):
        said = _chain_at(tokens, codes, place) or _period_at(tokens, codes, place)
        if said and (said.period or _is_date(said, tokens, codes)):
            yield said
        place = said.end if said else place + 1


def _numbers_alone(tokens: Sequence[Token]) -> Iterator[Said]:
    """Read "05 01" and "05 01 22" where nothing else is said; "5 6" and "10-12" are no dates."""
    numbers = [token for token in tokens if token.kind is Kind.NUMBER]
    figures = [token.text for token in numbers]
    if all(len(number) == _TWO_FIGURES for number in figures) and any(number[0] == "0" for number in figures):
        day, month, *year = numbers
        said_year = year[0]._replace(kind=Kind.SHORT_YEAR) if year else None
        yield Said((Day(day.value, month.value, said_year, sure=False),), (), None, 0, len(tokens))


def _chain_at(tokens: Sequence[Token], codes: str, start: int) -> Said | None:
    """Read days that are joined: "5, 6 или 7 января", "с 5 по 7 января", or one day."""
    found = _ATOM.match(codes, start)
    if not found:
        return None
    atoms = [_atom(found, tokens)]
    joins: list[str] = []
    while following := _following(found, atoms[-1], tokens, codes):
        found, atom, join = following
        atoms.append(atom)
        joins.append(join)
    kept = _without_stray_numbers(atoms, joins)
    return Said(kept[0], kept[1], None, start, found.end())


def _atom(found: re.Match[str], tokens: Sequence[Token]) -> Atom:
    return BUILDERS[found.lastgroup or ""](tokens[found.start() : found.end()])


def _following(
    found: re.Match[str], atom: Atom, tokens: Sequence[Token], codes: str
) -> tuple[re.Match[str], Atom, str] | None:
    """Return the day that is joined to another, with the sign between them, or None."""
    join = _JOIN.match(codes, found.end()) or _BESIDE.get(found.lastgroup or "", _NOTHING).match(codes, found.end())
    after = join and _ATOM.match(codes, join.end())
    if not join or not after:
        return None
    sign = join.groupdict().get("join") or join[0]
    following = _atom(after, tokens)
    if after[0] == Kind.NUMBER and not _is_bare(atom):
        goes_on = _number_goes_on(atom, sign, following, codes[after.end() : after.end() + 1])
    else:
        goes_on = _go_together(atom, following)
    return (after, following, sign) if goes_on else None


def _go_together(first: Atom, second: Atom) -> bool:
    """Whether joined days are said together: "в среду или 5 января" and "5 қаңтардан 3 күн бұрын" are not."""
    if isinstance(first, Weekday) or isinstance(second, Weekday):
        return isinstance(first, Weekday) and isinstance(second, Weekday)
    return not isinstance(second, Back | NotYet) or isinstance(first, Back) or _is_bare(first)


def _number_goes_on(before: Atom, sign: str, number: Atom, after: str) -> bool:
    """Whether a number after a date is a day too: "5 января или 6", "January 5, 6"; but not "5 января и 3 друга"."""
    if (after and after in _AFTER_NO_DAY) or not isinstance(before, Day) or not isinstance(number, Day):
        return False
    if sign == Kind.COMMA:
        return number.day == before.day + 1
    return before.month_first or sign in {Kind.DASH, Kind.OR} or (sign == Kind.AND and not after)


def _without_stray_numbers(atoms: list[Atom], joins: list[str]) -> tuple[tuple[Atom, ...], tuple[str, ...]]:
    """Leave out numbers that only stand before a day, as in "кв. 25, 5 января"; "5, 6 января" are two days."""
    kept, signs = atoms[-1:], list[str]()
    for atom, sign in zip(reversed(atoms[:-1]), reversed(joins), strict=True):
        match atom, kept[-1]:
            case Day(number), Day(day) if sign in {"", Kind.COMMA} and number + 1 != day:
                kept[-1] = replace(kept[-1], sure=kept[-1].sure and number > _LONGEST_MONTH)
            case _:
                kept.append(atom)
                signs.append(sign)
    return tuple(reversed(kept)), tuple(reversed(signs))


def _is_date(said: Said, tokens: Sequence[Token], codes: str) -> bool:
    return not all(map(_is_bare, said.atoms)) or _is_day_alone(tokens, codes, said.start, said.end)


def _is_bare(atom: Atom) -> bool:
    return isinstance(atom, Day) and atom.month is None and atom.months_back is None


def _is_day_alone(tokens: Sequence[Token], codes: str, start: int, end: int) -> bool:
    """Whether numbers with no month are days of a month: "5-го", "в ночь с 5 на 6"; but not "5" or "5-го отдела"."""
    before, after = codes[:start][-1:], codes[end : end + 1]
    if before == Kind.FROM and Kind.NIGHT in codes[:start]:
        return True
    ordinals = [token for token in tokens[start:end] if token.kind is Kind.ORDINAL]
    in_figures = any(token.text[:1].isdecimal() for token in ordinals)
    return bool(ordinals) and before != Kind.MARKER and after not in ({"#", "u"} if in_figures else {"#", "u", "w"})


def _period_at(tokens: Sequence[Token], codes: str, start: int) -> Said | None:
    found = _PERIOD.match(codes, start)
    if not found:
        return None
    said = tokens[start : found.end()]
    which = first_of(said, {Kind.LAST, Kind.THIS, Kind.NEXT})
    period = Period(
        month=value_of(said, MONTHS),
        year=first_of(said, YEARS),
        which=which.kind if which else None,
        part=value_of(said, {Kind.PART_OF_MONTH}),
        unit=value_of(said, {Kind.UNIT}),
        is_weekend=found.lastgroup == "weekend",
        holiday=value_of(said, {Kind.HOLIDAY}),
        is_number=found.lastgroup == "number",
    )
    return Said((), (), period, start, found.end())
