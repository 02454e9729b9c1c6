"""Words of a date brought to one spelling: small Cyrillic letters without the Kazakh marks, or plain English.

"Қаңтар", "кантар", "qańtar" and "qantar" are one word here, and so are "вчера", "vchera" and "вчepa" with Latin
letters in it. English words are left in Latin letters, so they have to be known.
"""

import re
import unicodedata
from collections.abc import Container

_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
_MARKS = (*range(0x300, 0x370), 0x20E3, *range(0xFE00, 0xFE10))
"""Accents, the frame of an emoji figure, and variants of signs."""
_UNSEEN = dict.fromkeys([*_INVISIBLE, *_MARKS])
_ALIKE = (
    dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
    | dict.fromkeys(map(ord, "’‘ʼ`´ʹʻ′"), "'")
    | {ord("\\"): "/", ord("∕"): "/", ord("，"): ","}
)
_SIGNS = _UNSEEN | _ALIKE

_LETTER_FOR_ZERO = re.compile(r"(?<!\w)[oо](?=\d)|(?<=\d)[oо](?=[./-]\d)")
_LIKE_CYRILLIC = str.maketrans("abcehikmoptxyəɵ", "авсенікмортхуәө")
_LIKE_LATIN = str.maketrans("авсеһікмортхуә", "abcehikmoptxya")
_PLAIN_CYRILLIC = str.maketrans("әғқңөұүһійёѐїўќѓӊҡґ", "агкноуухииееиукгнкг")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_DRAWN_OUT = re.compile(r"(.)\1\1+")
"""Не знаюююю."""
_MARKED_LATIN = str.maketrans({"ş": "sh", "ș": "sh", "ç": "ch", "ı": "y", "ə": "a", "ý": "u"})
_LATIN_SOUNDS = {
    "shch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "gh": "г", "ts": "ц",
    "ya": "я", "yu": "ю", "yo": "е", "ye": "е",
    "a": "а", "b": "б", "c": "с", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ж", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "w": "в", "x": "х", "y": "ы", "z": "з",
}  # fmt: skip
_LATIN_LETTERS = re.compile("shch|sh|ch|zh|kh|gh|ts|ya|yu|yo|ye|(?P<short_i>(?<=[aeou])y)|[a-z]")


def plain(text: str) -> str:
    """Return a text in small letters with one kind of dash and apostrophe, and nothing that cannot be seen."""
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).translate(_SIGNS)
    return _LETTER_FOR_ZERO.sub("0", small)


def spelling(word: str, english: Container[str]) -> str:
    """Return the one spelling of a word of a plain text. `english` has the words that stay in Latin letters."""
    word = _DRAWN_OUT.sub(r"\1", word.replace("'", ""))
    if word.isascii():
        return word if word in english else _in_cyrillic(word)
    mended = word.translate(_LIKE_CYRILLIC)
    if _CYRILLIC.fullmatch(mended):
        return mended.translate(_PLAIN_CYRILLIC)
    latin = without_marks(word)
    if latin.isascii():
        return latin if latin in english else _in_cyrillic(latin)
    return _in_cyrillic(mended).translate(_PLAIN_CYRILLIC)


def without_marks(word: str) -> str:
    """Return a word in plain Latin letters where it has Latin letters with marks, or Cyrillic ones that look alike."""
    if word.isascii():
        return word.replace("'", "")
    latin = word.replace("'", "").translate(_LIKE_LATIN).translate(_MARKED_LATIN)
    return unicodedata.normalize("NFD", latin).translate(_UNSEEN)


def _in_cyrillic(word: str) -> str:
    return _LATIN_LETTERS.sub(_letter, word)


def _letter(found: re.Match[str]) -> str:
    return "и" if found["short_i"] else _LATIN_SOUNDS[found[0]]
