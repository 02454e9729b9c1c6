"""The words of a text that may name a place, spelled by sound, so that Kazakh, Russian and Latin letters agree.

"Шымкент", "Шимкент" and "Shymkent" sound alike here. The letters' sounds stand in data/place_letters.csv.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.understanding.tables import rows_of

DATA = Path(__file__).parent / "data"

_TOKENS = re.compile(r"[^\W\d_]+|\d+|[,;:!?()|.\n]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UNSEEN = dict.fromkeys([*range(0x300, 0x370), 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´ʹʻ"))
_MOST_WORDS = 700
"""The longest message, 4,096 letters, has no more, unless it is none."""
_INITIALS = 1
"""A full stop after so few letters ends no sentence."""

_LIKE_CYRILLIC = str.maketrans("ABCEHIKMOPTXYaceikoprxyhəj", "АВСЕНІКМОРТХУасеікоргхуһәј")
_LIKE_LATIN = str.maketrans("АВСЕНІКМОРТХУасеікорхуһәј", "ABCEHIKMOPTXYaceikopxyhəj")
_QWERTY = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>",
    "йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
)


class Word(NamedTuple):
    """A word of a text, or a number."""

    sound: str
    capital: bool
    """Whether it was typed with a capital letter."""
    part: int
    """Which part of the text it stands in: commas, brackets, line breaks and the ends of sentences part a text."""


def words_of(text: str, no_end: frozenset[str] = frozenset()) -> list[Word]:
    """Return the first words of a text. A full stop after one of the words `no_end` (their sounds) ends no sentence."""
    words: list[Word] = []
    part = 0
    for sign in _TOKENS.findall(_plain(text)):
        if len(words) == _MOST_WORDS:
            break
        if sign[0].isalnum():
            words.append(Word(sound_of(sign), sign[0].isupper(), part))
        elif sign != "." or not words or _ends_a_sentence(words[-1].sound, no_end):
            part += 1
    return words


def _ends_a_sentence(sound: str, no_end: frozenset[str]) -> bool:
    return len(sound) > _INITIALS and sound not in no_end


def sound_of(word: str) -> str:
    """Spell a word by sound, in small Latin letters. A letter of another alphabet that looks alike is mended."""
    if word.isascii():
        return _latin_sounds(word.casefold())
    cyrillic = len(_CYRILLIC.findall(word))
    if cyrillic == len(word):
        return _cyrillic_sounds(word.casefold())
    if cyrillic * 2 >= len(word):
        return _cyrillic_sounds(word.translate(_LIKE_CYRILLIC).casefold())
    return _latin_sounds(word.translate(_LIKE_LATIN).casefold())


def typed_in_english(text: str) -> str:
    """Return a text as it reads where the keyboard was left in English and Russian was meant: Fkvfns, Алматы."""
    return text.translate(_QWERTY)


def _plain(text: str) -> str:
    """Compose letters of their parts, and leave out what is not seen, and apostrophes."""
    if text.isascii():
        return text.translate(_APOSTROPHES)
    return unicodedata.normalize("NFC", text).translate(_UNSEEN).translate(_APOSTROPHES)


def _cyrillic_sounds(word: str) -> str:
    return word.replace("дж", "ж").replace("ье", "ие").translate(_letters()[0])


def _latin_sounds(word: str) -> str:
    pattern, sounds = _letters()[1:]
    known = pattern.sub(lambda found: sounds[found[0]], word)
    if known.isascii():
        return known
    return "".join(sign for sign in unicodedata.normalize("NFD", known) if not unicodedata.combining(sign))


@cache
def _letters() -> tuple[dict[int, str], re.Pattern[str], dict[str, str]]:
    """Read the sounds of Cyrillic letters, of Latin ones, and a pattern that finds the latter."""
    sounds: dict[str, dict[str, str]] = {"cyrillic": {}, "latin": {}}
    for row in rows_of(DATA / "place_letters.csv"):
        sounds[row["script"]] |= dict.fromkeys(row["letters"].split("|"), row["sound"])
    latin = sounds["latin"]
    longest_first = sorted(latin, key=len, reverse=True)
    return str.maketrans(sounds["cyrillic"]), re.compile("|".join(map(re.escape, longest_first))), latin
