"""How alike two family names, two given names or two fathers' names are."""

from bot.understanding.names.folding import loosen
from bot.understanding.names.lexicon import Lexicon, lexicon
from bot.understanding.names.roles import Word

SAME = 1.0
DIFFERENT = 0.3
_LOOSELY_SAME = 0.88
_FORMED = 0.88
"""Құлмағамбет, Құлмағамбетов and Құлмағамбетұлы."""
_AKIN = 0.88
"""Рустам and Рүстем: often one person's, but two surnames are made from them."""
_DIMINUTIVE = 0.85
_INITIAL = 0.8
_SLIP = 0.8

_SHORTEST_WITH_A_SLIP = 5
_CONFUSED_VOWELS = frozenset(["ao", "oa", "ei", "ie", "ou", "uo", "ae", "ea", "iu", "ui"])
"""Unstressed а and о, е and и; ө, ү and і as Russian writes them. Not a and u: Марат and Мурат."""


def family_names(a: Word, b: Word) -> float:
    """Compare family names. Ахметов and Ахметова are two people; Ахмет and Ахметов may be one."""
    if a.is_initial or b.is_initial:
        return _initials(a.text, b.text)
    if _are_man_and_woman(a, b):
        return DIFFERENT
    return _of_one_kind(a, b) if a.ending.kind == b.ending.kind else _of_two_kinds(a, b)


def _of_one_kind(a: Word, b: Word) -> float:
    if a.stem == b.stem:
        return SAME
    known = lexicon()
    name_a, name_b = surname(a, known), surname(b, known)
    if name_a and name_b:
        return SAME if name_a == name_b else DIFFERENT
    return _slips(_of_a_man(a), _of_a_man(b), is_known=bool(name_a or name_b))


def _of_two_kinds(a: Word, b: Word) -> float:
    formed = _FORMED if {a.ending.kind, b.ending.kind} & {"", "child"} else DIFFERENT
    if formed == _FORMED and _stems(a) & _stems(b):
        return _FORMED
    known = lexicon()
    name_a, name_b = surname(a, known), surname(b, known)
    if name_a and name_b:
        return formed if name_a == name_b else DIFFERENT
    in_the_stem = _slips(a.stem, b.stem, is_known=bool(name_a or name_b))
    in_the_ending = _slips(a.text, b.text, is_known=True)
    return max(in_the_ending, formed * in_the_stem)


def given_names(a: Word, b: Word) -> float:
    """Compare given names, diminutives and initials among them."""
    if a.text == b.text:
        return SAME
    if a.is_initial or b.is_initial:
        return _initials(a.text, b.text)
    known = lexicon()
    name_a, name_b = known.given_name(a.text), known.given_name(b.text)
    if name_a and name_a == name_b:
        return SAME if known.stem(a.text) == known.stem(b.text) else _AKIN
    if _is_diminutive(a.text, name_b or b.text, known) or _is_diminutive(b.text, name_a or a.text, known):
        return _DIMINUTIVE
    known_a, known_b = name_a or a.text in known.diminutives, name_b or b.text in known.diminutives
    if known_a and known_b:
        return DIFFERENT
    return _slips(a.text, b.text, is_known=bool(known_a or known_b))


def fathers_names(a: Word, b: Word) -> float:
    """Compare what patronymics are made from: Серікұлы and Серикович."""
    if a.is_initial or b.is_initial:
        return SAME if _initials(a.text, b.text) > DIFFERENT else DIFFERENT
    if _are_man_and_woman(a, b):
        return DIFFERENT
    if _stems(a) & _stems(b):
        return SAME
    known = lexicon()
    name_a, name_b = stem_name(a, known), stem_name(b, known)
    if name_a and name_b:
        return SAME if name_a == name_b else DIFFERENT
    return _slips(a.stem, b.stem, is_known=bool(name_a or name_b))


def surname(word: Word, known: Lexicon) -> str | None:
    """Return which surname a word is, or None for one that is not known."""
    return stem_name(word, known) or known.surnames.get(_of_a_man(word))


def stem_name(word: Word, known: Lexicon) -> str | None:
    """Return the name that a surname or patronymic is made from, or None."""
    for stem_end in word.ending.stem_ends:
        if name := known.stem(word.stem + stem_end):
            return name
    return None


def _are_man_and_woman(a: Word, b: Word) -> bool:
    return bool(a.ending.gender and b.ending.gender) and a.ending.gender != b.ending.gender


def _of_a_man(word: Word) -> str:
    return word.stem + word.ending.kind if word.ending.role == "family" else word.text


def _stems(word: Word) -> set[str]:
    return {word.stem + stem_end for stem_end in word.ending.stem_ends}


def _is_diminutive(short: str, name: str, known: Lexicon) -> bool:
    meant = known.diminutives.get(short)
    if meant is None:
        return False
    if name in meant.names or name.startswith(meant.beginnings):
        return True
    other = known.diminutives.get(name)
    return other is not None and bool(other.names & meant.names)


def _initials(a: str, b: str) -> float:
    if "y" in (a, b):  # Y. Kim may be Yelena, Yuri or Yakov
        return _INITIAL if a[0] in "eiy" and b[0] in "eiy" else DIFFERENT
    return _INITIAL if a.startswith(b) or b.startswith(a) else DIFFERENT


def _slips(a: str, b: str, *, is_known: bool) -> float:
    """Compare two words of which at most one is a known name."""
    if loosen(a) == loosen(b):
        return _LOOSELY_SAME
    if min(len(a), len(b)) < _SHORTEST_WITH_A_SLIP or a[0] != b[0]:
        return DIFFERENT
    if a + "a" == b or b + "a" == a:
        return DIFFERENT  # Карим and Карима are a man and a woman
    return _SLIP if _is_slip(*_differing(a, b), is_known=is_known) else DIFFERENT


def _is_slip(left: str, right: str, *, is_known: bool) -> bool:
    match len(left), len(right):
        case (0, 1) | (1, 0):
            return True
        case (1, 1):
            # Another letter makes another surname as often as not, unless one of the two is none.
            return is_known or left + right in _CONFUSED_VOWELS
        case (2, 2):
            return left == right[::-1]
    return False


def _differing(a: str, b: str) -> tuple[str, str]:
    """Return what is left of two words without their common beginning and end."""
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    end = 0
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
