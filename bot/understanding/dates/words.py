"""What the words of a date mean: months, weekdays, "yesterday", "or", "about". They stand in data/date_words.csv."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

from bot.understanding.dates.text import plain, spelling, without_marks
from bot.understanding.dates.token import Kind
from bot.understanding.tables import rows_of

WORDS_FILE = Path(__file__).parent / "data" / "date_words.csv"

_LONGEST_ENDING = len("сындағы")
_LONG_MONTH, _LONG_WORD = len("января"), len("сегодня")
"""A word as long as this is known with one slip of the finger in it. A month may be shorter: a number is beside it."""
_LENGTHS_OF_SLIPS = range(_LONG_MONTH - 1, 20)


_WITH_ENDINGS = {Kind.MONTH, Kind.WEAK_MONTH, Kind.WEEKDAY, Kind.ORDINAL}


@dataclass(frozen=True)
class Meaning:
    """What a word means."""

    kind: Kind
    value: int = 0
    language: str = ""
    word: str = ""
    """In the one spelling."""
    from_here: bool = False
    """It has the Kazakh ending of "from"."""


class Suffix(IntEnum):
    """What the letters after a number say: "5-го" is a day, "5-нен" is where a range begins, "5-й" is any fifth."""

    DAY = 0
    FROM_DAY = 1
    ANYTHING = 2


@dataclass(frozen=True)
class Vocabulary:
    """The words of dates, by their one spelling."""

    english: frozenset[str]
    words: Mapping[str, Meaning]
    """Phrases too, with spaces between their words."""
    phrase_lengths: Mapping[str, tuple[int, ...]]
    """How many words the phrases have that begin with a word, the longest first."""
    endings: Mapping[str, bool]
    """Of Kazakh words, and whether they say "from"."""
    suffixes: Mapping[str, Suffix]
    """Of numbers in figures, as they are typed: "5-го", "5-і"."""
    slips: Mapping[str, frozenset[str]]
    """Long words, by what is left of each when one letter is left out."""

    def spell(self, word: str) -> str:
        """Return the one spelling of a word of a plain text."""
        return spelling(word, self.english)

    def phrase(self, spelled: Sequence[str]) -> tuple[int, Meaning] | None:
        """Return how many words the longest phrase at the beginning has, and what it means, or None."""
        for length in self.phrase_lengths.get(spelled[0], ()):
            meaning = self.words.get(" ".join(spelled[:length]))
            if meaning and length <= len(spelled):
                return length, meaning
        return None

    def suffix(self, letters: str) -> Suffix | None:
        """Return what the letters after a number say, or None. "5-го" may be typed "5-go"."""
        return self.suffixes.get(letters, self.suffixes.get(self.spell(letters)) if letters.isascii() else None)

    def meaning(self, word: str, spelled: str, *, forgiving: bool) -> Meaning | None:
        """Return what a word means, with a Kazakh ending too, or None. `forgiving` allows one slip of the finger."""
        known = self.words.get(spelled) or self._with_ending(spelled)
        return known or (self._mended(word, spelled) if forgiving else None)

    def _with_ending(self, spelled: str) -> Meaning | None:
        for length in range(min(_LONGEST_ENDING, len(spelled) - 2), 0, -1):
            ending = spelled[-length:]
            if ending not in self.endings:
                continue
            stem = self.words.get(spelled[:-length])
            if stem and stem.language == "kk" and stem.kind in _WITH_ENDINGS:
                return replace(stem, from_here=self.endings[ending])
        return None

    def _mended(self, word: str, spelled: str) -> Meaning | None:
        """Return the meaning of the only long word that is one slip away. A mended month counts beside a number."""
        near = {known for written in {spelled, without_marks(word)} for known in self._one_slip_away(written)}
        meanings = {(self.words[known].kind, self.words[known].value): self.words[known] for known in near}
        if len(meanings) != 1:
            return None
        found = next(iter(meanings.values()))
        return replace(found, kind=Kind.WEAK_MONTH) if found.kind is Kind.MONTH else found

    def _one_slip_away(self, written: str) -> Iterator[str]:
        if len(written) not in _LENGTHS_OF_SLIPS:
            return
        for left in _with_one_left_out(written):
            for known in self.slips.get(left, ()):
                if OSA.distance(written, known, score_cutoff=1) <= 1:
                    yield known


@cache
def vocabulary() -> Vocabulary:
    """Return the words of data/date_words.csv."""
    rows = list(_rows())
    english = frozenset(part for kind, _, language, phrase in rows if language == "en" for part in phrase.split())
    words: dict[str, Meaning] = {}
    lengths: dict[str, set[int]] = {}
    for kind, value, language, phrase in rows:
        if kind not in {"ENDING", "SUFFIX"}:
            parts = [spelling(part, english) for part in phrase.split()]
            spelled = " ".join(parts)
            words.setdefault(spelled, Meaning(Kind[kind], value, language, spelled))
            if len(parts) > 1:
                lengths.setdefault(parts[0], set()).add(len(parts))
    return Vocabulary(
        english=english,
        words=words,
        phrase_lengths={first: tuple(sorted(every, reverse=True)) for first, every in lengths.items()},
        endings={spelling(one, english): bool(value) for kind, value, _, one in rows if kind == "ENDING"},
        suffixes={one: Suffix(value) for kind, value, _, one in rows if kind == "SUFFIX"},
        slips=_slips(words),
    )


def _rows() -> Iterator[tuple[str, int, str, str]]:
    for row in rows_of(WORDS_FILE):
        for phrase in plain(row["words"]).split("|"):
            yield row["kind"].upper(), int(row["value"]), row["language"], phrase


def _slips(words: Mapping[str, Meaning]) -> dict[str, frozenset[str]]:
    slips: dict[str, frozenset[str]] = {}
    for word, meaning in words.items():
        if " " in word:
            continue
        is_month = meaning.kind is Kind.MONTH and len(word) >= _LONG_MONTH
        # Kazakh weekdays are a slip away from names of people: Бейсенбі and Бейсенбай.
        is_weekday = meaning.kind is Kind.WEEKDAY and meaning.language != "kk"
        if is_month or ((is_weekday or meaning.kind in {Kind.OFFSET, Kind.UNKNOWN}) and len(word) >= _LONG_WORD):
            for left in _with_one_left_out(word):
                slips[left] = slips.get(left, frozenset()) | {word}
    return slips


def _with_one_left_out(word: str) -> set[str]:
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}
