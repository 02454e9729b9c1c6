"""How likely two names are one person's, in whatever script, spelling and order they are written."""

from collections.abc import Iterator

from bot.understanding.names.comparison import (
    DIFFERENT,
    SAME,
    family_names,
    fathers_names,
    given_names,
    stem_name,
    surname,
)
from bot.understanding.names.folding import consonants, loosen
from bot.understanding.names.lexicon import lexicon
from bot.understanding.names.roles import Person, Word, read

LIKELY = 0.9
"""From here on two names are one name in two spellings."""
POSSIBLE = 0.6
"""From here on two names may be one person's: a slip of the finger, an initial, a diminutive, a missing word."""

_FATHER_MISSING = 0.98
_FATHER_DIFFERENT = 0.5
_FAMILY_MISSING = 0.4
_FAMILY_MISSING_BUT_FATHER_KNOWN = 0.8
_GIVEN_MISSING = 0.62
_OTHER_ORDER = 0.78

_MOST_KEYS = 8
_MOST_NAMES_OF_A_DIMINUTIVE = 3
_BEGINNING = 2


class Name:
    """A name, read once, however many others it is compared with: reading costs more than comparing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.people = read(text)

    def similarity(self, other: "Name") -> float:
        """Return how alike two names are, as the function `similarity` does."""
        if self.text == other.text:
            return SAME
        return max((_of_people(a, b) for a in self.people for b in other.people), default=0.0)

    @property
    def is_surname_alone(self) -> bool:
        """Whether it can be read as a surname, and holds no given name beside it."""
        return any(one.family for one in self.people) and not any(one.family and one.given for one in self.people)


def similarity(a: str, b: str) -> float:
    """Return how alike two names are, 0 to 1; 1 for one name in two spellings, whichever of the two comes first."""
    return Name(a).similarity(Name(b))


def _of_people(a: Person, b: Person) -> float:
    if a.family and b.family:
        score = family_names(a.family, b.family)
        if a.given and b.given:
            score *= given_names(a.given, b.given)
        elif a.given or b.given:
            score *= _GIVEN_MISSING
    elif a.given and b.given:
        score = given_names(a.given, b.given)
        if a.family or b.family:
            score *= _FAMILY_MISSING_BUT_FATHER_KNOWN if a.father and b.father else _FAMILY_MISSING
    else:
        return 0.0
    if a.father and b.father:
        alike = fathers_names(a.father, b.father)
        score *= _FATHER_DIFFERENT if alike == DIFFERENT else alike
    elif a.father or b.father:
        score *= _FATHER_MISSING
    if not a.sure and not b.sure and a.given_first != b.given_first:
        score *= _OTHER_ORDER
    return score


def search_keys(name: str) -> tuple[str, ...]:
    """Return up to eight keys to find a name by, the most selective first; one person's spellings share one at least.

    None for a text that holds no name. docs/understanding/names.md tells what each kind of key finds.
    """
    keys = {key: None for person in read(name) for key in _keys(person)}
    return tuple(sorted(keys, key=lambda key: _SELECTIVE_FIRST.index(key[0]))[:_MOST_KEYS])


_SELECTIVE_FIRST = "pgisn"
"""Given name and father; given name and the surname's beginning; surname and initial; surname; given name alone."""


def _keys(person: Person) -> Iterator[str]:
    names = _given_keys(person.given) if person.given else []
    if person.given and person.father and not person.father.is_initial:
        father = stem_name(person.father, lexicon()) or loosen(person.father.stem)
        yield from (f"p {name} {father}" for name in names)
    if person.family and not person.family.is_initial:
        family = surname(person.family, lexicon()) or loosen(person.family.stem)
        loose = loosen(family)
        yield f"s {family}"
        yield from (f"g {name} {loose[:_BEGINNING]}" for name in names)
        yield from (f"i {consonants(loose)} {letter}" for letter in _initial_letters(person.given, names))
    elif person.given and not person.father:
        yield from (f"n {name}" for name in names)


def _given_keys(given: Word) -> list[str]:
    if given.is_initial:
        return []
    known = lexicon()
    if name := known.given_name(given.text):
        return [name]
    if meant := known.diminutives.get(given.text):
        return sorted(meant.names)[:_MOST_NAMES_OF_A_DIMINUTIVE]
    return [loosen(given.text)]


def _initial_letters(given: Word | None, names: list[str]) -> set[str]:
    if given is None:
        return set()
    if given.text == "y":
        return {"e", "i"}
    return {loosen(name)[0] for name in [given.text, *names]}
