"""Which names there are: given names, surnames, diminutives, and the parts that Kazakh names are put together from.

Two strings a letter apart are one name with a slip of the finger, or two names: Сергй and Сергей, but Марат and Мурат.
Only knowing the names tells. The files are our own compilation and hold names, not people. Their first column is for
people to read; the module reads the skeletons beside it, as `name_folding.fold` makes them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.understanding.names.folding import fold

_DATA = Path(__file__).parent / "data"
_SHORTEST_FIRST, _SHORTEST_LAST = 2, 3
_LONGEST_COMPOUND = 30


class Ending(NamedTuple):
    """What a surname or a patronymic ends with."""

    role: str
    """`family`, `father`, or `child` for ұлы and қызы, which are of both."""
    gender: str
    kind: str
    stem_ends: tuple[str, ...]
    """What the name before the ending may have lost: Абай and Абаев, Серік and Серікқызы."""


NO_ENDING = Ending("", "", "", ("",))


class Meant(NamedTuple):
    """What a diminutive may stand for: certain names, or every name that begins so."""

    names: frozenset[str]
    beginnings: tuple[str, ...]


class Lexicon(NamedTuple):
    """Names by their skeletons. A name is told by the skeleton of its first spelling, or by its parts."""

    given: Mapping[str, str]
    stems: Mapping[str, str]
    """What surnames and patronymics are made from: Ахмет and Ахмед are one given name but two surnames."""
    surnames: Mapping[str, str]
    diminutives: Mapping[str, Meant]
    first_parts: Mapping[str, str]
    last_parts: Mapping[str, str]
    endings: Mapping[str, Ending]
    noise: frozenset[str]

    def given_name(self, word: str) -> str | None:
        """Return which given name a word is, or None for a word that is no known name."""
        name = self.given.get(word)
        return self.compound(name or word) or name

    def stem(self, word: str) -> str | None:
        """Return which name a surname's or patronymic's stem is, or None."""
        name = self.stems.get(word)
        return self.compound(name or word) or name

    def compound(self, word: str) -> str | None:
        """Return the two names or words that a name consists of: Нұр and сұлтан, Кенже and бек."""
        for cut in range(_SHORTEST_FIRST, min(len(word), _LONGEST_COMPOUND) - _SHORTEST_LAST + 1):
            last = self.last_parts.get(word[cut:])
            if last is not None:
                first = self.first_parts.get(word[:cut]) or self.stems.get(word[:cut])
                if first is not None:
                    return f"{first}+{last}"
        return None


@cache
def lexicon() -> Lexicon:
    """Read the lexicon's files, once."""
    given: dict[str, str] = {}
    stems: dict[str, str] = {}
    for _, skeletons, as_given in _cells("name_given.csv"):
        name = skeletons[0]
        for skeleton in skeletons:
            given.setdefault(skeleton, name)
            stems.setdefault(skeleton, name)
        for skeleton in as_given:
            given.setdefault(skeleton, name)
            stems.setdefault(skeleton, skeleton)
    surnames = {skeleton: skeletons[0] for _, skeletons in _cells("name_surnames.csv") for skeleton in skeletons}
    parts: dict[str, dict[str, str]] = {"first": {}, "last": {}}
    for _, skeletons, (place,) in _cells("name_compounds.csv"):
        parts[place].update(dict.fromkeys(skeletons, skeletons[0]))
    endings = {
        ending: Ending("".join(role), "".join(gender), kind, ("", *stem_ends))
        for (ending,), role, gender, (kind,), stem_ends in _cells("name_endings.csv")
    }
    noise = frozenset(fold(word) for ((word,),) in _cells("name_words.csv"))
    known = Lexicon(given, stems, surnames, {}, parts["first"], parts["last"], endings, noise)
    return known._replace(diminutives=_diminutives(known))


def _diminutives(known: Lexicon) -> dict[str, Meant]:
    meant: dict[str, Meant] = {}
    for _, skeletons, full_names in _cells("name_diminutives.csv"):
        names = frozenset(known.given_name(name) or name for name in full_names if not name.endswith("*"))
        beginnings = tuple(name[:-1] for name in full_names if name.endswith("*"))
        for skeleton in skeletons:
            before = meant.get(skeleton, Meant(frozenset(), ()))
            meant[skeleton] = Meant(before.names | names, before.beginnings + beginnings)
    return meant


def _cells(name: str) -> Iterator[list[list[str]]]:
    """Give every row's cells, with what a cell lists apart."""
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines()[1:]:
        yield [cell.split("|") if cell else [] for cell in line.split(",")]
