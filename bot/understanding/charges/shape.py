"""A text about charges as letters, one for each word that matters, for the grammar to be written in.

"ч. 2 ст. 272 УК" and "part 2 of Article 272 of the Criminal Code" are both `CnSAK`, "272-баптың 2-бөлігі" is `ASnC`:

    A  a number that can be an article       S  "article"        K  the name of a code
    n  1 to 20, which can be a part          C  "part"           ,  "and" or a comma
    j  the same tied to another: 272-2, 4.2  P  "paragraph"      v  a word that goes with charges: "accused", "under"
    a  21 to 99                              o  any other word   w  a word of a charge itself: "theft"
    x  a number or a word of something else
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.understanding.charges.text import meanings

MARKS = {
    "article": "S",
    "part": "C",
    "paragraph": "P",
    "article or part": "B",
    "section sign": "§",
    "and": ",",
    "charge": "v",
    "unit": "u",
    "label": "l",
    "skip": "",
}
"""What a word around a number may mean, and its letter."""
_OFTEN_MISSPELT = {
    **dict.fromkeys(("статья", "статьи", "статье", "статью", "article", "section"), "article"),
    **dict.fromkeys(("часть", "части"), "part"),
    **dict.fromkeys(("пункт", "paragraph"), "paragraph"),
}
_SHORTEST_SLIP = len("чсть")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LIST_SIGNS = ",;+&"
_HIGHEST_PART = 20
_ARTICLE_DIGITS = 3

_RESOLVED = (
    (re.compile(r"(?<=[CP])r|r(?=[CP])"), "n"),  # "part II", but "272, I think"
    (re.compile(r"r"), "o"),
    (re.compile(r"§(?=§?A)"), "S"),
    (re.compile(r"§"), "C"),  # "Art. 272 § 2"
    (re.compile(r"(?<=A)B"), "S"),  # "272-б. 2-б."
    (re.compile(r"B"), "C"),
    (re.compile(r"(?<![SCP])[Aanj](?=u)"), "x"),  # "15 days"
    (re.compile(r"(?:(?<=l)|(?<=lo)|(?<=lo,))[Aanj]"), "x"),  # "house 188", "Abai street 188"
    # A number with nothing that makes it an article counts unless some other noun follows: "200 bottles".
    (re.compile(r"(?<![SCPvwK])(?<!Cn)(?<!A,)A(?=[oul])(?!o{1,2}w)"), "x"),
    (re.compile(r"[ul]"), "x"),
)


@dataclass(frozen=True)
class Shape:
    """A text as letters, and for each letter what was written and where."""

    letters: str
    texts: tuple[str, ...]
    """A number as it was written, a code by its short name: empty for a code whose articles are no charges."""
    positions: tuple[int, ...]

    def numbers(self, found: re.Match[str], group: str) -> list[str]:
        """Return the small numbers in a group of a match."""
        start, end = found.span(group)
        return [self.texts[at].removeprefix("/") for at in range(start, end) if self.letters[at] in "nj"]


def shape_of(
    words: Sequence[str],
    *,
    known: Collection[str],
    marks: Mapping[str, str],
    codes: Mapping[int, str | None],
    spoken: Collection[int],
) -> Shape:
    """Turn words into letters.

    `known` are the articles of the country's book, `marks` what words around a number mean. `codes` are the codes that
    are named, by the position of their first word, with None for the further words of a name. `spoken` are the
    positions of the words of charges.
    """
    meant = meanings(words, marks)
    letters: list[str] = []
    texts: list[str] = []
    positions: list[int] = []
    for position, word in enumerate(words):
        if position in codes:
            text = codes[position] or ""
            letter = "" if codes[position] is None else "K"
        elif word[0] == "/" or word[0].isdigit():
            letter, text = _letter_of_number(word, known), word
        elif word in _ROMAN:
            letter, text = "r", str(_ROMAN.index(word) + 1)
        else:
            around = words[max(0, position - 1) : position + 2]
            letter = "w" if position in spoken else _letter_of_word(word, meant.get(word), around)
            text = word
        before = letters[-1] if letters else ""
        # Of ", and" one is enough, and "статья №" is no house number.
        if letter and before + letter not in {",,", "Sl"}:
            letters.append(letter)
            texts.append(text)
            positions.append(position)
    resolved = "".join(letters)
    for pattern, letter in _RESOLVED:
        resolved = pattern.sub(letter, resolved)
    return Shape(resolved, tuple(texts), tuple(positions))


def _letter_of_number(number: str, known: Collection[str]) -> str:
    if number[0] == "/":
        return "j" if number[1] != "0" and int(number[1:]) <= _HIGHEST_PART else "x"
    if number in known:
        return "A"
    if number.startswith("0") or len(number) > _ARTICLE_DIGITS:
        return "x"
    if len(number) == _ARTICLE_DIGITS:
        return "A"
    return "n" if int(number) <= _HIGHEST_PART else "a"


def _letter_of_word(word: str, means: str | None, around: Sequence[str]) -> str:
    if word in _LIST_SIGNS:
        return ","
    if means is None and len(word) >= _SHORTEST_SLIP and any(near[0].isdigit() for near in around):
        slips = (means for mark, means in _OFTEN_MISSPELT.items() if OSA.distance(word, mark, score_cutoff=1) <= 1)
        means = next(slips, None)
    return MARKS.get(means or "", "o")
