"""Which places, and which other words, a word of a text can be, in any case of Russian and Kazakh, or misspelt.

The words that stand beside names of places ("город", "облысы") and words that are none although they look alike
(villages, foreign towns, people's names), and the endings of cases, come from grammar.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.understanding.places.grammar import Grammar, Role
from bot.understanding.places.words import sound_of

MOST_WORDS = 3
"""Names and set phrases have at most so many words."""
_LONGEST_ENDING = 6
_LONGEST_NAME = 30
_SHORTEST_MISSPELT = 6
_SHORTEST_MISSPELT_HOMONYM = 9
_SHORTEST_DECLINED = 4
_SHORTEST_STEM = 3
_TWO_WRONG = 8
_THREE_WRONG = 12
"""The lengths from which on two and three letters may be wrong."""
_ADJECTIVES = ("skii", "skaia", "skoe", "skie", "skogo", "skoi", "skomu", "skuiu", "skim", "skih")
_SURNAMES = ("ov", "ova", "ovu", "ovi", "ovoi", "ovim", "ev", "eva", "evu", "evi", "evoi", "evim")
_BY_EAR = str.maketrans("pvfdghzjcwn", "bbbtkkssssm", "aeiou")
"""Consonants that are taken for each other by ear, and no vowels."""
_SAME_START = str.maketrans("ouicw", "aaess")
"""First letters that are taken for each other."""


_UNDECLINED = frozenset(
    {Role.IN, Role.FROM, Role.BESIDE, Role.BESIDE_AFTER, Role.DENIAL, Role.DENIAL_AFTER, Role.DOUBT}
)
_ABBREVIATED = (Role.TOWN, Role.REGION, Role.DISTRICT, Role.VILLAGE, Role.STREET, Role.STREET_AFTER, Role.SQUARE)


@dataclass(frozen=True)
class Place:
    """A place that we know."""

    name: str
    """As it stands in the first column of the country's places.csv."""
    key: str
    kind: str
    """city, village or region."""
    region: str | None = None
    """The key of the region in which it lies, where the table says so."""


@dataclass(frozen=True)
class Meaning:
    """What a word may mean: a place or a role."""

    place: Place | None = None
    role: Role | None = None
    needs: Role | None = None
    """The word beside it without which it does not mean this place: "Қарағанды" is the region beside "облысы"."""
    homonym: bool = False
    """Whether it is another word as well, if it is written as one word."""

    @property
    def in_need_of_proof(self) -> bool:
        """Whether the words beside it must show that the place is meant."""
        return self.homonym or self.needs is not None


class Form(NamedTuple):
    """A meaning, in the form that was written."""

    meaning: Meaning
    ending: str
    """What was added to the name, by its sound."""
    alikeness: float
    """1 where it is spelled right, less for every letter that is not."""


class _Declined(NamedTuple):
    meaning: Meaning
    endings: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Names and words by the sound of their stems."""

    stems: Mapping[str, list[_Declined]]
    long_stems: Mapping[str, list[str]]
    """The stems that can be known although misspelt, by their first letter."""
    first_words: frozenset[str]
    """The sounds that names and phrases of several words begin with."""
    abbreviations: frozenset[str]
    """The sounds of words that a full stop may follow inside a sentence: г., обл."""
    endings: frozenset[str]
    """The sounds of all endings that a name may have."""

    @classmethod
    def of(cls, names: Iterable[tuple[str, Place]], grammar: Grammar) -> Self:
        """Build a lexicon of names of places, each with its place, and of the words beside them."""
        stems: defaultdict[str, list[_Declined]] = defaultdict(list)
        first_words: set[str] = set()
        for name, meaning in (*_names(names, grammar), *_words(grammar)):
            first, *others = name.split()
            if others:
                first_words.add(sound_of(first))
            for stem, endings in _declensions(name, meaning, grammar):
                if (declined := _Declined(meaning, endings)) not in stems[stem]:
                    stems[stem].append(declined)
        abbreviations = frozenset(sound_of(word) for role in _ABBREVIATED for word in grammar.words[role])
        long_stems: defaultdict[str, list[str]] = defaultdict(list)
        for stem, meanings in stems.items():
            long = _SHORTEST_MISSPELT_HOMONYM if all(each.meaning.homonym for each in meanings) else _SHORTEST_MISSPELT
            if len(stem) >= long - 1:
                long_stems[_start(stem)].append(stem)
        return cls(dict(stems), dict(long_stems), frozenset(first_words), abbreviations, grammar.endings)

    def exact(self, sound: str) -> list[Form]:
        """Return what a word means as it is spelled. The shortest ending that leaves a known stem is taken off."""
        for cut in range(min(_LONGEST_ENDING + 1, len(sound))):
            stem, ending = sound[: len(sound) - cut], sound[len(sound) - cut :]
            declined = self.stems.get(stem)
            if declined and (forms := [Form(each.meaning, ending, 1.0) for each in declined if ending in each.endings]):
                return forms
        return []

    def near(self, sound: str) -> list[Form]:
        """Return the places that a word means if it is misspelt; none where it is more alike to a word for no place.

        One letter may be wrong in names of 6 letters, two from 8 letters on, three from 12. An adjective or a
        surname is no misspelt town: too many are alike.
        """
        if not _SHORTEST_MISSPELT - 1 <= len(sound) <= _LONGEST_NAME:
            return []
        forms = [form for cut in self._cuts(sound) for form in self._near(sound[:cut], sound[cut:])]
        least = min((wrong for wrong, _ in forms), default=0)
        return [form for wrong, form in forms if wrong == least and form.meaning.place]

    def _cuts(self, sound: str) -> Iterator[int]:
        """Return the places where a word may be parted into a stem and an ending."""
        for cut in range(max(_SHORTEST_MISSPELT - 1, len(sound) - _LONGEST_ENDING), len(sound) + 1):
            if sound[cut:] in self.endings:
                yield cut

    def _near(self, stem: str, ending: str) -> Iterator[tuple[int, Form]]:
        """Return what a stem and an ending may mean, each with the number of letters that are wrong."""
        alike = [known for start in {_start(stem), _start(stem[1:])} for known in self.long_stems.get(start, ())]
        derived = (stem + ending).endswith(_ADJECTIVES + _SURNAMES)
        for known, wrong, _ in extract(stem, alike, scorer=OSA.distance, score_cutoff=3, limit=None):
            if wrong <= _allowed(stem, known) and not _another_name(stem, known, wrong):
                for each in self.stems[known]:
                    if ending in each.endings and (each.meaning.needs or not derived):
                        yield wrong, Form(each.meaning, ending, 1 - wrong / len(known))


def _start(stem: str) -> str:
    return stem[0].translate(_SAME_START)


def _allowed(stem: str, known: str) -> int:
    """Return how many letters may be wrong."""
    shorter = min(len(stem), len(known))
    return (len(known) >= _SHORTEST_MISSPELT) + (shorter >= _TWO_WRONG) + (shorter >= _THREE_WRONG)


def _another_name(stem: str, known: str, wrong: int) -> bool:
    """Say whether a name has another consonant: Алмалы, Талгат, Темирхан are no misspelt Алматы, Талгар, Темиртау.

    One wrong letter in a name of 8 letters may be anything, and so may two in one of 12.
    """
    if len(known) >= (_TWO_WRONG if wrong == 1 else _THREE_WRONG):
        return False
    said, meant = _consonants(stem), _consonants(known)
    replaced = len(said) == len(meant) and len(stem) == len(known)
    return (replaced or len(stem) < _SHORTEST_MISSPELT) and said != meant


def _consonants(stem: str) -> list[str]:
    """Return the consonants as they are heard, in the order of the alphabet, for two may have changed places."""
    heard = stem.translate(_BY_EAR)
    return sorted(sound for sound, before in zip(heard, " " + heard, strict=False) if sound != before)


def _declensions(name: str, meaning: Meaning, grammar: Grammar) -> Iterator[tuple[str, frozenset[str]]]:
    """Return the stems of a name, each with the endings that it takes."""
    joined = name.replace(" ", "")
    whole = sound_of(joined)
    yield whole, frozenset({""})
    if meaning.role in _UNDECLINED or (meaning.role and len(whole) < _SHORTEST_DECLINED):
        return
    for language in grammar.languages:
        rule = grammar.rule(joined, language)
        if rule is None:
            continue
        stem = joined.removesuffix(rule.taken_off)
        if not rule.taken_off or len(stem) >= _SHORTEST_STEM:
            yield sound_of(stem), rule.endings - {""}


def _names(names: Iterable[tuple[str, Place]], grammar: Grammar) -> Iterator[tuple[str, Meaning]]:
    """Return the names of places with what they mean. A name with "область" in it needs that word beside it."""
    homonyms = {sound_of(word) for word in grammar.words[Role.HOMONYM]}
    beside = {sound_of(word): role for role in (Role.REGION, Role.DISTRICT) for word in grammar.words[role]}
    for name, place in names:
        kept = [word for word in name.split() if sound_of(word) not in beside]
        needs = [beside[sound_of(word)] for word in name.split() if sound_of(word) in beside]
        if kept and needs:
            yield " ".join(kept), Meaning(place, needs=needs[0])
        else:
            yield name, Meaning(place, homonym=sound_of(name.replace(" ", "")) in homonyms)


def _words(grammar: Grammar) -> Iterator[tuple[str, Meaning]]:
    for role, words in grammar.words.items():
        if role is not Role.HOMONYM:
            yield from ((word.lower().replace("-", " "), Meaning(role=role)) for word in words)
