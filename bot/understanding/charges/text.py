"""The text of a charge in one way of writing, cut into words and numbers: "по 272-й", "екі жүз жетпіс екінші бап"."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path

from bot.understanding.tables import rows_of

DATA = Path(__file__).parent / "data"
LONGEST_TEXT = 4096
"""As long as a message of Telegram can be; whatever follows is not read."""
MOST_WORDS = 800
"""A message of the longest kind has fewer; the rest of a text that is all numbers and commas is not read."""
_LONGEST_WORD = 30
_HUNDRED, _TEN = 100, 10

_SUPERSCRIPTS = str.maketrans({sign: f"-{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
"""380¹ is how the codes print article 380-1."""
_PLAIN_LETTERS = str.maketrans("әғқңөұүһіıqə", "агкноуухиikа", "'’ʼ`ʹ")
"""Kazakh is often typed on a Russian keyboard, so its own letters make no difference; "stat'i" is "stati"."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ACCENTS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_ONE_WORD = re.compile(r"[^\W\d_]+")
_LATIN_TWINS, _CYRILLIC_TWINS = "aceopxykmtbhi", "асеорхукмтвни"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)

_NO_ARTICLES = re.compile(
    r"""
      (?<![0-9]) [0-9]{1,2} \s?([./-])\s? [0-9]{1,2} \s?\1\s? (?:[0-9]{4}|[0-9]{2}) (?![0-9])  # 05.01.2022
    | (?<![0-9]) (?:19|20)[0-9]{2} [./-] [0-9]{1,2} [./-] [0-9]{1,2} (?![0-9])                 # 2022-01-05
    | (?<![0-9]) (?<![0-9][./-]) [0-9]{1,2} \. (?:0[0-9]|1[0-2]) (?![0-9])                     # 05.01
    | (?<![0-9]) [0-9]{1,2} : [0-9]{2} (?![0-9])                                               # 18:30
    | (?<![0-9]) (?:\+\s?)? [78] [\s(-]{0,2} [0-9] (?:[\s()-]{0,2}[0-9]){9} (?![0-9])          # +7 701 272 44 88
    | \+\s?[1-9] (?:[\s()-]{0,2}[0-9]){7,14} (?![0-9])                                         # +44 20 7946 0272
    | (?<![0-9]) (?:[0-9]{3}[\s-])? [0-9]{3}[\s-][0-9]{2}[\s-][0-9]{2} (?![0-9])               # 272-44-88
    | (?<![0-9]) [0-9]{1,3} (?:[ .,]000)+ (?![0-9])                                            # 200 000
    | (?<!\w) [^\W\d_]{2} \s?-\s? 1[56][0-9] / [0-9]{1,2} (?![0-9])                            # prison УК-161/3
    | ^ [ ]* [0-9]{1,2} [.)] [ ]                                                               # 1. at a line's start
    """,
    re.VERBOSE | re.MULTILINE,
)
_DIGITS = re.compile("[0-9]+")
_HYPHEN = re.compile(r"[0-9]+\s?-")
_LONGEST_PART = len("20")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]{3}),(?=[0-9](?![0-9]))")
_TOKEN = re.compile(
    r"""
    (?P<number> [0-9]+ (?: \s?[-/]\s? [0-9]+ | \.[0-9]+ | \s?\(\s?[0-9]+\s?\) )* )
        (?: -? (?:[ео]?го | [ео]?му | [аеиоы]?[ия] | [аеоы]й | ые | ую | [йюем] | [иы]?н?ш[иы] | [гкбпм]?е[нй]
              | [гк][аеу] | [нд][иы]н? | [дт][аеэ]н? | st | nd | rd | th | n?sh[iy] ) (?![^\W_]) )?
    | [^\W\d_]+ | [,;+&§$€%]
    """,
    re.VERBOSE,
)


def fold(text: str) -> str:
    """Return a text in small letters without accents, Kazakh letters as Russian ones, words of mixed scripts in one."""
    seen = _UNSEEN.sub("", text[:LONGEST_TEXT].translate(_SUPERSCRIPTS).translate(_DASHES))
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", seen))
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", plain[:LONGEST_TEXT].casefold()))
    return _ONE_WORD.sub(_in_one_script, unicodedata.normalize("NFC", bare).translate(_PLAIN_LETTERS))


def _in_one_script(word: re.Match[str]) -> str:
    letters = word[0]
    if letters.isascii():
        return letters
    latin = sum(letter.isascii() for letter in letters)
    if not latin:
        return letters
    return letters.translate(_TO_LATIN if 2 * latin > len(letters) else _TO_CYRILLIC)


def tokens(text: str, hyphenated: Collection[str] = ()) -> tuple[str, ...]:
    """Cut a text into folded words, numbers in digits, and the signs that part a list.

    Dates, times, telephone numbers and thousands are left out. A number of one or two digits that is tied to the one
    before, as in 272.2 or 272(2), begins with a stroke: "/2". Two numbers with a hyphen are one token only where they
    are one of the `hyphenated`: 380-1 is an article, 272-2 a part of one.
    """
    plain = _DECIMAL_COMMA.sub(".", _NO_ARTICLES.sub(" ", fold(text)))
    return tuple(_with_number_words(list(islice(_cut(plain, hyphenated), MOST_WORDS))))


def _cut(plain: str, hyphenated: Collection[str]) -> Iterator[str]:
    for found in _TOKEN.finditer(plain):
        if found["number"] is None:
            yield found[0]
        else:
            yield from _cut_number(found["number"], hyphenated)


def _cut_number(written: str, hyphenated: Collection[str]) -> Iterator[str]:
    first, *tied = _DIGITS.findall(written)
    if tied and f"{first}-{tied[0]}" in hyphenated and _HYPHEN.match(written):
        first = f"{first}-{tied.pop(0)}"
    yield first
    for number in tied:
        if len(number) > _LONGEST_PART:
            yield number
        elif len(first) > _LONGEST_PART or "-" not in written:
            yield f"/{number}"
        else:  # "ч. 1-2"
            yield from (",", number)


def forms(word: str) -> list[str]:
    """Return the patterns that a word answers to, the closest first: `бап`, `бап*`, `ба*`, `б*`."""
    return [word, *[word[:length] + "*" for length in range(min(len(word), _LONGEST_WORD), 0, -1)]]


def meanings(words: Iterable[str], lexicon: Mapping[str, str]) -> dict[str, str]:
    """Return what words mean, each by the closest pattern in a lexicon, without those that mean nothing in it."""
    meant = {}
    for word in frozenset(words):
        for form in forms(word):
            if form in lexicon:
                meant[word] = lexicon[form]
                break
    return meant


@cache
def read_lexicon(path: Path) -> Mapping[str, str]:
    """Read a file of `means,words`, where words are parted by `|` and a star stands for any ending."""
    return {fold(word): row["means"] for row in rows_of(path) for word in row["words"].split("|")}


def _with_number_words(words: Sequence[str]) -> Iterator[str]:
    """Write numbers that are said in words in digits: "двести семьдесят два", "two hundred and seventy-two"."""
    values = meanings(words, read_lexicon(DATA / "number_words.csv"))
    total = 0
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        value = _value(word, following, values)
        if value is None:
            if total and word == "and" and total % _HUNDRED == 0 and following in values:
                continue
            if total:
                yield str(total)
                total = 0
            yield word
            continue
        joined = _joined(total, value)
        if joined is None:
            yield str(total)
        total = joined or value
    if total:
        yield str(total)


def _value(word: str, following: str, values: Mapping[str, str]) -> int | None:
    means = values.get(word)
    # "он" is ten in Kazakh and "he" in Russian: a number only as the beginning of one.
    if means is None or (means.endswith("+") and following not in values):
        return None
    return int(means.rstrip("+"))


def _joined(total: int, value: int) -> int | None:
    """Return the number that goes on with a value ("two hundred", "seventy", "two"), or None where a new one begins."""
    if not total:
        return value
    if value == _HUNDRED and total < _TEN:
        return total * _HUNDRED
    free = _HUNDRED if total % _HUNDRED == 0 else _TEN if total % _TEN == 0 else 1
    if value < free:
        return total + value
    # "two seventy-two" is how an article is read out.
    if total < _TEN and 2 * _TEN <= value < _HUNDRED:
        return total * _HUNDRED + value
    return None
