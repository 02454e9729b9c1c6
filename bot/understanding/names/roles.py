"""Which word of a name is the family name, which the given name and which the father's, in any order."""

import re
from operator import getitem
from typing import NamedTuple

from bot.understanding.names.folding import fold
from bot.understanding.names.lexicon import NO_ENDING, Ending, Lexicon, lexicon

_LONGEST_TEXT = 200
_MOST_WORDS = 3
_SHORTEST_STEM = 2
_ENDING_LENGTHS = (5, 4, 3, 2)

_YEAR_OR_AGE = re.compile(r"\d+\s*(?:[гж]\s*\.?\s*[рт]\b)?\.?", re.IGNORECASE)
_WORDS = re.compile(r"[a-zšžč]+")
_CHILD_OF = frozenset(["uli", "kizi", "ogli", "oglu", "tegi"])
_INITIALS = frozenset(["ia", "iu", "ts"])
"""Я., Ю. and Ц. are two letters of a skeleton."""

_FAMILY, _GIVEN, _FATHER = range(3)
_ORDERS = {
    1: ((_FAMILY,), (_GIVEN,)),
    2: ((_GIVEN, _FAMILY), (_FAMILY, _GIVEN), (_GIVEN, _FATHER)),
    3: ((_FAMILY, _GIVEN, _FATHER), (_GIVEN, _FATHER, _FAMILY), (_GIVEN, _FAMILY, _FATHER)),
}

# How well a word fits the roles of family name, given name and father's name. Found by trying on the labelled pairs.
_INITIAL = (0, 2, 0)
_BY_ENDING = {"father": (2, -3, 3), "child": (2, -3, 3), "family": (3, -2, -3)}
_GIVEN_LIKE_A_SURNAME = (1, 3, -3)  # Марина, Айдын
_KNOWN_SURNAME = (3, 0, -3)  # Ким, Шмидт
_KNOWN_GIVEN = (0, 2, -1)
_UNKNOWN = (1, 1, -2)
_NEARLY_AS_GOOD = 2


class Word(NamedTuple):
    """One word of a name by its skeleton, with what it ends with."""

    text: str
    stem: str
    """The text without its ending; the text itself where it has none."""
    ending: Ending

    @property
    def is_initial(self) -> bool:
        """Tell whether only the first letter is known."""
        return len(self.text) == 1 or self.text in _INITIALS


class Person(NamedTuple):
    """One way to read a name."""

    family: Word | None
    given: Word | None
    father: Word | None
    given_first: bool
    sure: bool
    """Whether the words leave no other way."""


def read(name: str) -> list[Person]:
    """Return the likeliest ways to read a name; none for a text without a letter of a name."""
    known = lexicon()
    words = [_word(text, known) for text in _texts(name, known)]
    fits = [_fit(word, known) for word in words]
    while len(words) > _MOST_WORDS:
        least = min(range(len(words)), key=lambda index: max(fits[index]))
        del words[least], fits[least]
    orders = {order: sum(map(getitem, fits, order)) for order in _ORDERS.get(len(words), ())}
    enough = max(orders.values(), default=0) - _NEARLY_AS_GOOD
    likely = [order for order, fit in orders.items() if fit >= enough]
    return [_person(words, order, sure=len(likely) == 1) for order in likely]


def _person(words: list[Word], order: tuple[int, ...], *, sure: bool) -> Person:
    by_role = dict(zip(order, words, strict=True))
    return Person(by_role.get(_FAMILY), by_role.get(_GIVEN), by_role.get(_FATHER), order[0] == _GIVEN, sure)


def _texts(name: str, known: Lexicon) -> list[str]:
    texts: list[str] = []
    for text in _WORDS.findall(fold(_YEAR_OR_AGE.sub(" ", name.strip()[:_LONGEST_TEXT]))):
        if texts and text in _CHILD_OF:
            texts[-1] += text
        elif text not in known.noise:
            texts.append(text)
    return texts


def _word(text: str, known: Lexicon) -> Word:
    for length in _ENDING_LENGTHS:
        ending = known.endings.get(text[-length:])
        if ending is not None and len(text) - length >= _SHORTEST_STEM:
            return Word(text, text[:-length], ending)
    return Word(text, text, NO_ENDING)


def _fit(word: Word, known: Lexicon) -> tuple[int, int, int]:
    if word.is_initial:
        return _INITIAL
    is_given = word.text in known.given or word.text in known.diminutives
    if role := word.ending.role:
        return _GIVEN_LIKE_A_SURNAME if is_given and role == "family" else _BY_ENDING[role]
    if word.text in known.surnames:
        return _KNOWN_SURNAME
    return _KNOWN_GIVEN if is_given or known.compound(word.text) else _UNKNOWN
