"""A text as a row of tokens: figures, words that mean something to a date, and the rest."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bot.understanding.dates.joined_tokens import put_together
from bot.understanding.dates.text import plain
from bot.understanding.dates.token import Kind, Token
from bot.understanding.dates.words import Suffix, Vocabulary, vocabulary

_NO_YEAR = -1
"""Stands for a year that cannot be: "05.01.222"."""

_DAYS, _MONTHS, _YEARS = range(1, 32), range(1, 13), range(1900, 2100)
_HOURS, _MINUTES = range(24), range(60)
_LONGEST_WORD = 40
_MOST_PIECES = 600
"""Some 3,000 characters of plain speech. What is behind so many pieces is not read, and so makes doubt."""
_SHORT_ANSWER = 100
"""Slips of the finger are looked for in answers of so many pieces; in a long story they would cost too much time."""
_SHORT, _LONG_YEAR, _SOLID = 2, 4, {6, 8}
"""So many figures have a day or a month, a year, and a date without signs in it."""

_PIECES = re.compile(
    r"""
      (?<!\d)(?<!\d[./-])(?P<year_first>\d{4}(?P<y>[./-])\d\d?(?P=y)\d\d?)(?!\d|(?P=y)\d)
    | (?<!\d)(?<!\d[./])(?P<day_first>\d\d?\ ?(?P<d>[./])\ ?\d\d?\ ?(?P=d)\ ?\d{2,5})(?!\d|(?P=d)\d)
    | (?<!\d)(?<!\d[,-])(?P<parted>\d\d?-\d\d?-(?:\d{4}|\d\d)|\d\d?,\d\d?,\d{4}|\d\d?,0\d,\d\d)(?!\d|[,-]\d)
    | (?<!\d)(?<!\d[./-])(?P<month_of_year>(?:0?[1-9]|1[0-2])[./](?:19|20)\d\d|(?:19|20)\d\d-(?:0[1-9]|1[0-2]))(?!-?\d)
    | (?<![\d:])(?P<clock>\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)(?!:?\d)
    | (?<!\d)(?<!\d[./,:])(?P<pair>\d\d?[./]\d\d?)(?!\d|[./:]\d|,\d\d?\d?(?!\d))
    | (?<!\w)'(?P<short_year>\d\d)(?!\d)
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    | (?P<sign>[,;/&?№~≈-]|\.\.+|…)
    """,
    re.VERBOSE,
)
_MAY_STAND_APART = {"st", "nd", "rd", "th"}
_NUMBERS = re.compile(r"\d+")
_SIGNS = {
    ",": Kind.COMMA, ";": Kind.COMMA, "/": Kind.SLASH, "&": Kind.AND, "?": Kind.DOUBT, "№": Kind.MARKER,
    "~": Kind.APPROX, "≈": Kind.APPROX,
}  # fmt: skip


class _Piece(NamedTuple):
    """A part of a text, and what it is to the pattern of pieces."""

    group: str
    text: str
    spelled: str
    glued: bool
    """Nothing stands between it and the piece before."""


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, with those that are one thing, such as "2022 год", put together."""
    words = vocabulary()
    pieces = _pieces(plain(text), words)
    tokens = put_together(list(_read(pieces, words)))
    return [*tokens, Token(Kind.DOUBT)] if len(pieces) == _MOST_PIECES else tokens


def _pieces(text: str, words: Vocabulary) -> list[_Piece]:
    pieces = []
    end = -1
    for found in islice(_PIECES.finditer(text), _MOST_PIECES):
        group = found.lastgroup or ""
        piece = found[group]
        spelled = words.spell(piece) if group == "word" and len(piece) <= _LONGEST_WORD else piece
        pieces.append(_Piece(group, piece, spelled, glued=found.start() == end))
        end = found.end()
    return pieces


def _read(pieces: Sequence[_Piece], words: Vocabulary) -> Iterator[Token]:
    index = 0
    while index < len(pieces):
        group = pieces[index].group
        if group == "word":
            taken, read = _read_word(pieces, index, words)
        elif group == "number":
            taken, read = _read_number(pieces, index, words)
        else:
            taken, read = 1, _read_figures(group, pieces[index].text)
        yield from read
        index += taken


def _read_word(pieces: Sequence[_Piece], index: int, words: Vocabulary) -> tuple[int, list[Token]]:
    piece = pieces[index]
    if piece.spelled in words.phrase_lengths:
        following = _words_from(pieces, index, words.phrase_lengths[piece.spelled][0])
        if found := words.phrase([pieces[place].spelled for place in following]):
            count, said = found
            return following[count - 1] + 1 - index, [Token(said.kind, said.value, said.word, said.language)]
    meaning = words.meaning(piece.text, piece.spelled, forgiving=len(pieces) <= _SHORT_ANSWER)
    if meaning is None:
        return 1, [Token(Kind.OTHER, text=piece.spelled)]
    token = Token(meaning.kind, meaning.value, meaning.word, meaning.language)
    return 1, [token, Token(Kind.TO)] if meaning.from_here else [token]


def _words_from(pieces: Sequence[_Piece], index: int, most: int) -> list[int]:
    """Return the places of a word and the words after it. Hyphens between them are passed over: "по-моему"."""
    places = [index]
    for place in range(index + 1, min(index + 2 * most, len(pieces))):
        if pieces[place].group == "word":
            places.append(place)
        elif pieces[place].text != "-":
            break
    return places


def _read_number(pieces: Sequence[_Piece], index: int, words: Vocabulary) -> tuple[int, list[Token]]:
    """Read a number with the letters after it: "5-го", "5th", "5-нен"."""
    figures = pieces[index].text
    token = _number(figures)
    taken, suffix = _suffix(pieces[index + 1 : index + 3], words)
    if suffix is None or token.kind not in {Kind.NUMBER, Kind.YEAR}:
        return 1, [token]
    if token.kind is Kind.NUMBER and suffix is not Suffix.ANYTHING:
        token = token._replace(kind=Kind.ORDINAL)
    return 1 + taken, [token, Token(Kind.TO)] if suffix is Suffix.FROM_DAY else [token]


def _suffix(after: Sequence[_Piece], words: Vocabulary) -> tuple[int, Suffix | None]:
    """Return how many pieces a suffix takes, and what it says. Only "5 th" may stand apart from its number."""
    if after and after[0].group == "word" and (after[0].glued or after[0].text in _MAY_STAND_APART):
        return 1, words.suffix(after[0].text)
    if len(after) > 1 and after[0].text == "-" and after[0].glued and after[1].glued:
        return 2, words.suffix(after[1].text)
    return 0, None


def _number(figures: str) -> Token:
    if len(figures) <= _SHORT:
        return Token(Kind.NUMBER, int(figures), figures)
    if len(figures) == _LONG_YEAR and int(figures) in _YEARS:
        return Token(Kind.YEAR, int(figures), figures)
    return Token(Kind.SOLID if len(figures) in _SOLID else Kind.OTHER_NUMBER, text=figures)


def _read_figures(group: str, text: str) -> list[Token]:
    """Read a date or a time in figures, or a sign."""
    figures = _NUMBERS.findall(text)
    numbers = tuple(map(int, figures))
    match group:
        case "sign":
            token = Token(_SIGNS.get(text, Kind.DASH), text=text)
        case "year_first":
            token = Token(Kind.FULL, text=text, parts=numbers)
        case "short_year":
            token = Token(Kind.SHORT_YEAR, numbers[0])
        case "clock":
            known = numbers[0] in _HOURS and numbers[1] in _MINUTES
            token = Token(Kind.CLOCK if known else Kind.OTHER_NUMBER, text=text, parts=numbers[:2])
        case "pair":
            token = Token(Kind.PAIR, text=text, parts=numbers)
        case "month_of_year":
            month, year = sorted(numbers)
            return [Token(Kind.MONTH, month), Token(Kind.YEAR, year, str(year))]
        case _:
            token = _day_first(text, figures)
    return [token]


def _day_first(text: str, figures: Sequence[str]) -> Token:
    day, month = int(figures[0]), int(figures[1])
    if "-" in text and len(figures[2]) == _SHORT and (day not in _DAYS or month not in _MONTHS):
        return Token(Kind.OTHER_NUMBER, text=text)  # a telephone number: 22-33-44
    year = int(figures[2]) if len(figures[2]) == _SHORT or int(figures[2]) in _YEARS else _NO_YEAR
    if "/" in text:
        return Token(Kind.SLASHED, text=text, parts=(year, day, month))
    return Token(Kind.FULL, text=text, parts=(year, month, day))
