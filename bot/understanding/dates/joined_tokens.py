"""Tokens that are one thing together: "двадцать первого", "2022 год", "5 числа"."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.understanding.dates.token import Kind, Token, codes_of

_TENS = re.compile("(?P<tens>D-?[do])|(?P<ten>D)")
_TOGETHER = re.compile(
    "(?P<years>G(?=g))|(?P<named_year>Y[,-]?G)|(?P<short_year>[do]-?G(?!g))|(?P<relative_year>[LHX]G)"
    "|(?P<day>[do]-?N)|(?P<two_days>P(?=[Mm]))|(?P<month_and_days>[Mm]P)|(?P<month>[Mm]u)|(?P<week>W(?=g))"
)
_UNITS = range(1, 10)
_TWO_FIGURES = range(10, 100)
_DAYS_A_WEEK, _DAYS_A_MONTH, _DAYS_A_YEAR = 7, 30, 365
_YEARS_FROM_THIS = {Kind.LAST: -1, Kind.THIS: 0, Kind.NEXT: 1}


def put_together(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens with those that are one thing as one token."""
    return _replaced(_replaced(tokens, _TENS), _TOGETHER)


def _replaced(tokens: Sequence[Token], pattern: re.Pattern[str]) -> list[Token]:
    replaced: list[Token] = []
    done = 0
    for found in pattern.finditer(codes_of(tokens)):
        replaced.extend(tokens[done : found.start()])
        following = tokens[found.end() : found.end() + 1]
        replaced.extend(_REPLACEMENTS[found.lastgroup or ""](tokens[found.start() : found.end()], following))
        done = found.end()
    return [*replaced, *tokens[done:]]


def _tens(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    ten, unit = tokens[0], tokens[-1]
    if ten.language == unit.language and unit.value in _UNITS:
        return [unit._replace(value=ten.value + unit.value)]
    return [*_ten(tokens[:1], tokens[-1:]), *tokens[1:]]


def _ten(tokens: Sequence[Token], following: Sequence[Token]) -> Sequence[Token]:
    """Read a ten alone. The Kazakh "он" is ten before a Kazakh word only, for it is also the Russian "he"."""
    ten = tokens[0]
    if ten.language == "kk" and not (following and following[0].language == "kk"):
        return [Token(Kind.OTHER, text=ten.text)]
    return [ten._replace(kind=Kind.NUMBER)]


def _years(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    return [Token(Kind.UNIT, _DAYS_A_YEAR, tokens[0].text)]


def _named_year(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    return [tokens[0]._replace(kind=Kind.NAMED_YEAR)]


def _short_year(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    return [tokens[0]._replace(kind=Kind.SHORT_YEAR)] if tokens[0].value in _TWO_FIGURES else tokens


def _relative_year(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    return [Token(Kind.NAMED_YEAR, _YEARS_FROM_THIS[tokens[0].kind], tokens[0].text)]


def _day(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    return [tokens[0]._replace(kind=Kind.ORDINAL)]


def _two_days(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    """Read "5/6 января"."""
    first, second = (Token(Kind.NUMBER, number, str(number)) for number in tokens[0].parts)
    return [first, Token(Kind.DASH), second]


def _month_and_days(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    """Read "Jan 5/6". What has a full stop in it is a time: "5 января 10.30"."""
    month, pair = tokens
    return [month, *_two_days([pair], [])] if "/" in pair.text else tokens


def _month(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    """Read "январь месяц"."""
    return [tokens[0]._replace(kind=Kind.MONTH)] if tokens[1].value == _DAYS_A_MONTH else tokens


def _week(tokens: Sequence[Token], _: Sequence[Token]) -> Sequence[Token]:
    """Read "бір жұма бұрын": "жұма" is Friday and, before "ago", a week."""
    return [Token(Kind.UNIT, _DAYS_A_WEEK, tokens[0].text)]


_REPLACEMENTS: Mapping[str, Callable[[Sequence[Token], Sequence[Token]], Sequence[Token]]] = {
    "tens": _tens,
    "ten": _ten,
    "years": _years,
    "named_year": _named_year,
    "short_year": _short_year,
    "relative_year": _relative_year,
    "day": _day,
    "two_days": _two_days,
    "month_and_days": _month_and_days,
    "month": _month,
    "week": _week,
}
