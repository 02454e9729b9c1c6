"""One Latin skeleton for a name in any of its spellings.

Kazakh and Russian Cyrillic, the Kazakh Latin alphabets of 2017 to 2021 and the usual romanisations (passports, BGN,
ISO 9, English, French and German habits) are brought to the same letters: Ержан, Yerzhan and Erjan are all `eržan`.
A letter of a skeleton is one sound (š, č and ž are single letters), so that an edit distance counts sounds.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

_LETTERS_FILE = Path(__file__).parent / "data" / "name_letters.csv"

_DIGRAPHS = (
    # Before a vowel the apostrophe after s is the Kazakh alphabet of 2017; elsewhere it is a soft sign.
    ("s'a", "ša"),
    ("s'o", "šo"),
    ("s'u", "šu"),
    ("c'", "č"),
    ("y'", "u"),
    ("'", ""),
    ("shch", "š"),
    ("sch", "š"),
    ("sh", "š"),
    ("tch", "č"),
    ("ch", "č"),
    ("šč", "š"),
    ("dzh", "ž"),
    ("dž", "ž"),
    ("dj", "ž"),
    ("zh", "ž"),
    ("kkh", "h"),  # Бекхан, also written Бехан
    ("kh", "h"),
    ("gh", "g"),
    ("ck", "k"),
    ("ph", "f"),
    ("tz", "ts"),
    ("ya", "ia"),
    ("yu", "iu"),
    ("yo", "e"),
    ("ye", "e"),
    ("ou", "u"),
    ("oo", "u"),
    ("nb", "mb"),  # Бекмаганбет, Бекмагамбет
)
_ROMAN_ONLY = (
    (re.compile(r"c(?=[eivy]|ova?\b|eva?\b)"), "ts"),
    (re.compile(r"c"), "k"),
    (re.compile(r"j(?<=[aeiou]j)(?![aeiouy])"), "i"),  # Sergej, Ajgul; but Qojabek
    (re.compile(r"j"), "ž"),
    (re.compile(r"w(?:(?<=\bw)|(?=a?\b))"), "v"),  # Wladimir, Iwanow; but Dawlet
    (re.compile(r"w"), "u"),
    (re.compile(r"x(?:(?<=alex)|(?<=felix)|(?<=max)(?=[aiy]|\b)|(?<=ox)(?=an))"), "ks"),
    (re.compile(r"x"), "h"),  # Axmet
    (re.compile(r"ee(?!v)"), "i"),  # Lee, Kareem; but Sergeev
)
_HAS_ROMAN_ONLY = re.compile(r"[cjwx]|ee")
_Y_IN_A_WORD = re.compile(r"y(?:\B|(?<=\wy))")
_DOUBLED = re.compile(r"([^\We\d_])\1+")
_GLIDES = (("iev", "ev"), ("aie", "ae"), ("eie", "ee"), ("oie", "oe"), ("uie", "ue"))
"""Solovyev, Soloviev; Bayeva, Baieva."""

_TWO_SCRIPTS = re.compile(r"[a-zA-Z][\u0400-\u04ff]|[\u0400-\u04ff][a-zA-Z]")
_WORD = re.compile(r"\w+")
_LATIN_ALIKE, _CYRILLIC_ALIKE = "ABCEHKMOPTXYIaceopxyih", "АВСЕНКМОРТХУІасеорхуіһ"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE, _CYRILLIC_ALIKE)
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE, _LATIN_ALIKE)
_LATIN, _CYRILLIC = re.compile(r"[a-zA-Z]"), re.compile(r"[\u0400-\u04ff]")

_WEAK_I = re.compile(r"(?<=[^aeiou])i(?=.)|(?<=u)i(?=[^aeiou])")
_WEAK_V = re.compile(r"(?<=[^aeiou])v(?=[aeiou])")
_ALIKE_SOUNDS = str.maketrans("očh", "ušk")
_VOWELS = str.maketrans("", "", "aeiou")


def fold(text: str) -> str:
    """Return a text with its words as skeletons; white space and punctuation between them stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if _TWO_SCRIPTS.search(text):
            text = _WORD.sub(_in_one_script, text)
    folded = text.casefold().translate(_latin_letters())
    for written, sound in _DIGRAPHS:
        folded = folded.replace(written, sound)
    if _HAS_ROMAN_ONLY.search(folded):
        for pattern, sound in _ROMAN_ONLY:
            folded = pattern.sub(sound, folded)
    folded = _DOUBLED.sub(r"\1", _Y_IN_A_WORD.sub("i", folded))
    for written, sound in _GLIDES:
        folded = folded.replace(written, sound)
    return folded


def loosen(skeleton: str) -> str:
    """Return a skeleton without what Russian writing of a Kazakh name changes most: Тілеу and Тлеу, Өмір and Умир."""
    return _WEAK_V.sub("u", _WEAK_I.sub("", skeleton.translate(_ALIKE_SOUNDS)))


def consonants(skeleton: str) -> str:
    """Return the first letter and every consonant after it."""
    return skeleton[:1] + skeleton[1:].translate(_VOWELS)


@cache
def _latin_letters() -> dict[int, str]:
    rows = (line.split(",") for line in _LETTERS_FILE.read_text(encoding="utf-8").splitlines()[1:])
    marks = dict.fromkeys(range(0x300, 0x370), "")
    return marks | {ord(letter): latin for letter, latin in rows}


def _in_one_script(found: re.Match[str]) -> str:
    """Rewrite look-alikes of the other alphabet in a word: "Cаят" with a Latin C."""
    word = found[0]
    if not (_LATIN.search(word) and _CYRILLIC.search(word)):
        return word
    for alike, other in ((_TO_CYRILLIC, _LATIN), (_TO_LATIN, _CYRILLIC)):
        rewritten = word.translate(alike)
        if not other.search(rewritten):
            return rewritten
    return word
