"""Which places the words of a text mean, by what stands beside them: г., облысы, улица, из, не."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.understanding.places.grammar import Role
from bot.understanding.places.lexicon import MOST_WORDS, Form, Lexicon, Place
from bot.understanding.places.words import Word

_SHARED = 0.7
"""The score of a name that several places have."""
_PART_OF_A_TOWN = 0.8
"""The score of a town of which a district is named."""
_WITHOUT_ITS_WORD = 0.6
"""The score of "Карагандинская" with no "область" beside it."""
_OTHERWISE_NAMED = 0.6
"""The most for a town whose name may here be that of a square, a district or a village."""
_LESS = {Role.FROM: 0.1, Role.BESIDE: 0.25, Role.BESIDE_AFTER: 0.25, Role.DENIAL: 0.4, Role.DENIAL_AFTER: 0.4}
_LESS_ANYWHERE = {Role.DOUBT: 0.25, Role.ABROAD: 0.25}
_LEAST = 0.05

_FROM_ENDINGS = frozenset({"dan", "den", "tan", "ten", "nan", "nen"})
_KAZAKH_ENDINGS = _FROM_ENDINGS | {"da", "de", "ta", "te", "ga", "ge", "ka", "ke", "dagi", "degi", "tagi", "tegi"}
_GENITIVES = {"a", "ia"}
"""Alone, these endings are of streets: Абая, Сатпаева."""
_SAID_OF_PLACES = {Role.IN, Role.FROM, Role.TOWN, Role.REGION, Role.DISTRICT, Role.VILLAGE, Role.SQUARE, Role.DOUBT}
_BEFORE = {Role.FROM, Role.BESIDE, Role.DENIAL}
_AFTER = {Role.BESIDE_AFTER, Role.DENIAL_AFTER}
_MOST_WORDS_OF_A_NAME = 2
_NO_PLACE = {Role.OTHER, Role.ABROAD}


@dataclass(frozen=True)
class Span:
    """Words that together have a meaning, or one word that has none."""

    words: Sequence[Word]
    forms: Sequence[Form]

    @property
    def part(self) -> int:
        """The part of the text that it stands in."""
        return self.words[0].part

    @cached_property
    def roles(self) -> frozenset[Role]:
        """What it does beside a name."""
        return frozenset(form.meaning.role for form in self.forms if form.meaning.role)

    @cached_property
    def names(self) -> list[Form]:
        """The places that it may mean; where it is known to be no place, those that the words beside it must prove."""
        names = [form for form in self.forms if form.meaning.place]
        return [form for form in names if form.meaning.in_need_of_proof] if self.roles & _NO_PLACE else names


def spans(words: Sequence[Word], lexicon: Lexicon, *, misspelt: bool = False) -> list[Span]:
    """Part words into what they mean, the longest phrase first; if asked, also names that are misspelt."""
    found: list[Span] = []
    at = 0
    while at < len(words):
        found.append(_span(words, at, lexicon, misspelt=misspelt))
        at += len(found[-1].words)
    return found


def _span(words: Sequence[Word], at: int, lexicon: Lexicon, *, misspelt: bool) -> Span:
    most = MOST_WORDS if words[at].sound in lexicon.first_words else 1
    groups = [words[at : at + count] for count in range(most, 0, -1)]
    readings = [(group, lexicon.exact) for group in groups]
    if misspelt:
        readings += [(group, lexicon.near) for group in groups if len(group) <= _MOST_WORDS_OF_A_NAME]
    for group, read in readings:
        if forms := _forms(group, read):
            return Span(group, forms)
    return Span(words[at : at + 1], ())


def _forms(group: Sequence[Word], read: Callable[[str], list[Form]]) -> list[Form]:
    """Read words as one, if they are of one part of the text; a whole word is no ending."""
    if len(group) == 1:
        return read(group[0].sound)
    if group[0].part != group[-1].part:
        return []
    forms = read("".join(word.sound for word in group))
    return [form for form in forms if len(form.ending) < len(group[-1].sound)]


def scores(text: Sequence[Span]) -> Mapping[Place, float]:
    """Say how sure it is that a text means each of the places in it, from 0 to 1, in the order of the text."""
    if not any(span.forms for span in text):  # nothing in it is of a place, as in most sentences
        return {}
    roles = frozenset[Role]().union(*(span.roles for span in text))
    less = sum(_LESS_ANYWHERE[role] for role in roles & set(_LESS_ANYWHERE))
    found: dict[Place, float] = {}
    for place, score in _Reading(text).places():
        found[place] = max(found.get(place, _LEAST), round(score - less, 2))
    return found


@dataclass(frozen=True)
class _Reading:
    """The spans of a text, seen from each of them."""

    text: Sequence[Span]

    def places(self) -> Iterator[tuple[Place, float]]:
        """Return the places that are meant, each with its score."""
        used: set[int] = set()
        for at, span in enumerate(self.text):
            if not span.names or Role.STREET in self._roles(at, -1) or Role.STREET_AFTER in self._roles(at, 1):
                continue
            beside = self._region_word(at, used)
            names, score = self._meant(at, region=beside is not None)
            if beside is not None and names and names[0].meaning.needs is Role.REGION:
                used.add(beside)
            for form in names:
                if form.meaning.place and self._is_a_place(at, form):
                    most = _OTHERWISE_NAMED if self._is_otherwise_named(at, form) else score
                    yield form.meaning.place, min(score, most) * form.alikeness - self._less(at, form)

    def _roles(self, at: int, step: int) -> frozenset[Role]:
        """Return the roles of the span so many steps away, if it is in the same part of the text."""
        there = at + step
        beside = 0 <= there < len(self.text) and self.text[there].part == self.text[at].part
        return self.text[there].roles if beside else frozenset()

    def _beside(self, at: int) -> frozenset[Role]:
        return self._roles(at, -1) | self._roles(at, 1)

    def _region_word(self, at: int, used: set[int]) -> int | None:
        """Return where the word "область" of a name is, unless another name has it."""
        steps = [step for step in (1, -1) if Role.REGION in self._roles(at, step)]
        return next((at + step for step in steps if at + step not in used), None)

    def _meant(self, at: int, *, region: bool) -> tuple[list[Form], float]:
        """Return the names that a span means by the words beside it, and the most that they score."""
        by_need: dict[Role | None, list[Form]] = {}
        for form in self.text[at].names:
            by_need.setdefault(form.meaning.needs, []).append(form)
        beside = self._beside(at)
        if region and Role.REGION in by_need:
            return by_need[Role.REGION], 1.0
        if Role.DISTRICT in beside and Role.DISTRICT in by_need:
            return by_need[Role.DISTRICT], _PART_OF_A_TOWN
        if None in by_need:
            names = _towns(by_need[None]) if Role.TOWN in beside else by_need[None]
            return names, _SHARED if len({form.meaning.place for form in names}) > 1 else 1.0
        if Role.DISTRICT in beside or self.text[at].roles & _NO_PLACE:
            return [], 0.0
        return [form for form in by_need.get(Role.REGION, []) if form.alikeness == 1], _WITHOUT_ITS_WORD

    def _is_a_place(self, at: int, form: Form) -> bool:
        """Say whether a name means the place here, even if it is another word as well."""
        span = self.text[at]
        if not form.meaning.homonym or len(span.words) > 1 or Role.TOWN in self._beside(at):
            return True
        if self._is_a_squares(at):
            return False
        capital = span.words[0].capital
        kazakh_case = form.ending in _KAZAKH_ENDINGS
        after_in = bool(self._roles(at, -1) & {Role.IN, Role.FROM})
        alone = self._strangers[span.part] == (not self._goes_with_a_name(at))
        last = at + 1 == len(self.text) or self.text[at + 1].part != span.part
        return (
            (alone and (form.ending not in _GENITIVES or after_in))
            or (after_in and (capital or bool(form.ending) or last))
            or (kazakh_case and (capital or not span.roles & _NO_PLACE))
        )

    @cached_property
    def _strangers(self) -> Counter[int]:
        """Count, by the part of the text, the spans that do not go with the name of a place."""
        return Counter(span.part for at, span in enumerate(self.text) if not self._goes_with_a_name(at))

    def _goes_with_a_name(self, at: int) -> bool:
        """Say whether a span goes with the name of a place: "в", "город", an initial, the name of a region."""
        span = self.text[at]
        initial = len(span.words[0].sound) == 1 and span.words[0].sound.isalpha()
        region = Role.REGION in self._beside(at) and any(form.meaning.needs is Role.REGION for form in span.names)
        return initial or region or bool(span.roles & _SAID_OF_PLACES)

    def _is_otherwise_named(self, at: int, form: Form) -> bool:
        """Say whether it may be a square, a district or a village that is named like a town."""
        beside = self._beside(at)
        district = Role.DISTRICT in beside and form.meaning.needs is not Role.DISTRICT
        village = Role.VILLAGE in beside and form.meaning.place is not None and form.meaning.place.kind == "city"
        return district or village or self._is_a_squares(at)

    def _is_a_squares(self, at: int) -> bool:
        return Role.SQUARE in self._roles(at, -1) or Role.SQUARE_AFTER in self._roles(at, 1)

    def _less(self, at: int, form: Form) -> float:
        """Return what the words before a name take from its score: "не в городе" is denial, in, town."""
        first = -1
        before = set(self._roles(at, first))
        for between in (Role.TOWN, Role.IN):
            if between in self._roles(at, first):
                first -= 1
                before |= self._roles(at, first)
        roles = (before & _BEFORE) | (self._roles(at, 1) & _AFTER)
        return sum(_LESS[role] for role in roles | ({Role.FROM} if form.ending in _FROM_ENDINGS else set()))


def _towns(names: Sequence[Form]) -> list[Form]:
    """Return the names of towns; all names if there are none."""
    towns = [form for form in names if form.meaning.place and form.meaning.place.kind != "region"]
    return towns or list(names)
