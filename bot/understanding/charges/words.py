"""Phrases that are looked for in a text: "участие в массовых беспорядках", "Уголовный кодекс", "не предъявлено"."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from rapidfuzz.distance import OSA

from bot.understanding.charges.text import fold, forms

_REACH = 9
"""So many places apart may the words of one phrase stand, in any order."""
_SHORT_ANSWER = 20
"""Slips of the finger are looked for in answers of so many words; in longer ones they would cost too much time."""
_LONG_BEGINNING = len("беспоряд")
"""A beginning as long as this is known with one slip in it; a shorter one would be found in other words."""


@dataclass(frozen=True)
class Phrase:
    """Words that mean something together. Each is a choice of patterns: `участ*`, `қатыс*`."""

    means: str
    choices: tuple[frozenset[str], ...]

    @property
    def weight(self) -> tuple[int, int]:
        """The heavier of two phrases says more: it has more words, then longer ones."""
        return len(self.choices), sum(max(map(len, patterns)) for patterns in self.choices)


@dataclass(frozen=True)
class Found:
    """A phrase that was found, and the positions of its words."""

    means: str
    positions: frozenset[int]


@dataclass(frozen=True)
class Phrasebook:
    """Phrases to look for, the heaviest first, and in which of them each pattern is."""

    phrases: tuple[Phrase, ...]
    by_pattern: Mapping[str, tuple[int, ...]]
    long_beginnings: Mapping[str, tuple[str, ...]]
    """The beginnings that are known with one slip in them, by their first letter and without the star."""

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> Self:
        """Take what is meant with its phrases, parted by `|`, their words by spaces, the choices of a word by `/`."""
        phrases = [
            Phrase(means, tuple(frozenset(fold(word).split("/")) for word in phrase.split()))
            for means, written in rows
            for phrase in written.split("|")
        ]
        phrases.sort(key=lambda phrase: phrase.weight, reverse=True)
        by_pattern: dict[str, tuple[int, ...]] = {}
        for index, phrase in enumerate(phrases):
            for pattern in frozenset[str]().union(*phrase.choices):
                by_pattern[pattern] = (*by_pattern.get(pattern, ()), index)
        return cls(tuple(phrases), by_pattern, _long_beginnings(by_pattern))

    def find(self, words: Sequence[str], *, before: Sequence[Found] = ()) -> list[Found]:
        """Find phrases whose words stand near each other in any order, besides what was found `before`.

        Phrases that are found only in words that heavier ones have, such as "riots" in "calls to riots", are left out.
        """
        places = self._places(words, forgiving=len(words) <= _SHORT_ANSWER)
        near = (Found(phrase.means, _near_each_other(phrase, places)) for phrase in self._possible(places))
        return _heaviest(chain(before, near))

    def find_in_order(self, words: Sequence[str], *, gap: int = 0) -> list[Found]:
        """Find phrases whose words follow each other, with at most `gap` others between two of them.

        Phrases that are found only in words that heavier ones have are left out.
        """
        places = self._places(words, forgiving=False)
        return _heaviest(
            Found(phrase.means, following)
            for phrase in self._possible(places)
            for following in _following_each_other(phrase, places, gap)
        )

    def _possible(self, places: Iterable[str]) -> list[Phrase]:
        """Return the phrases that have any of the patterns, the heaviest first."""
        return [
            self.phrases[index] for index in sorted({one for pattern in places for one in self.by_pattern[pattern]})
        ]

    def _places(self, words: Sequence[str], *, forgiving: bool) -> Mapping[str, list[int]]:
        """Return for each pattern the positions of the words that answer to it, in their order."""
        known: dict[str, list[str]] = {}
        places: dict[str, list[int]] = {}
        for position, word in enumerate(words):
            if word not in known:
                known[word] = [form for form in forms(word) if form in self.by_pattern]
                if forgiving and not known[word] and len(word) >= _LONG_BEGINNING - 1:
                    known[word] = self._nearly(word)
            for pattern in known[word]:
                places.setdefault(pattern, []).append(position)
        return places

    def _nearly(self, word: str) -> list[str]:
        """Return the long patterns that a word would answer to but for one slip."""
        return [
            beginning + "*"
            for beginning in self.long_beginnings.get(word[0], ())
            if any(
                OSA.distance(word[:length], beginning, score_cutoff=1) <= 1
                for length in range(len(beginning) - 1, len(beginning) + 2)
            )
        ]


def _long_beginnings(patterns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pattern in patterns:
        if pattern.endswith("*") and len(pattern) > _LONG_BEGINNING:
            found[pattern[0]] = (*found.get(pattern[0], ()), pattern[:-1])
    return found


def _places_of_all(phrase: Phrase, places: Mapping[str, list[int]]) -> list[list[int]]:
    """Return the positions of each word of a phrase, or one empty list where a word is missing."""
    every = []
    for choice in phrase.choices:
        found = {position for pattern in choice for position in places.get(pattern, ())}
        if not found:
            return [[]]
        every.append(sorted(found))
    return every


def _near_each_other(phrase: Phrase, places: Mapping[str, list[int]]) -> frozenset[int]:
    """Return all positions of a phrase's words around the first place where they stand together, or none."""
    first, *others = _places_of_all(phrase, places)
    for position in first:
        around = [_within_reach(position, other) for other in others]
        if all(around):
            return frozenset([position]).union(*around)
    return frozenset()


def _within_reach(position: int, places: Sequence[int]) -> list[int]:
    near = places[bisect_left(places, position - _REACH) : bisect_left(places, position + _REACH + 1)]
    return [place for place in near if place != position]


def _following_each_other(phrase: Phrase, places: Mapping[str, list[int]], gap: int) -> Iterator[frozenset[int]]:
    first, *others = _places_of_all(phrase, places)
    for position in first:
        followed = [position]
        for other in others:
            index = bisect_left(other, followed[-1] + 1)
            if index == len(other) or other[index] > followed[-1] + 1 + gap:
                break
            followed.append(other[index])
        else:
            yield frozenset(followed)


def _heaviest(found: Iterable[Found]) -> list[Found]:
    """Leave out what was found only in words that a heavier phrase has, and put the rest in the order said."""
    used: set[int] = set()
    kept = []
    for one in found:
        if not one.positions <= used:
            kept.append(one)
            used |= one.positions
    return sorted(kept, key=lambda one: min(one.positions))
