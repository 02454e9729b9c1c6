"""Recognising a place by any of its names: Kazakh, Russian, Latin letters, and the names it had before."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.countries import folder_of

PLACES_FILE = folder_of("kz") / "places.csv"


@dataclass(frozen=True)
class Gazetteer:
    """Places by their folded names. A name that means two places means none."""

    keys_by_name: Mapping[str, str]
    names_by_key: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = PLACES_FILE) -> Self:
        """Read a file of `canonical,kind,aliases` with the aliases parted by `|`."""
        meanings: dict[str, set[str]] = {}
        names_by_key: dict[str, str] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = row["canonical"].lower().replace(" ", "_")
                names_by_key[key] = row["canonical"]
                for name in [row["canonical"], *row["aliases"].split("|")]:
                    meanings.setdefault(_fold(name), set()).add(key)
        keys_by_name = {name: keys.pop() for name, keys in meanings.items() if len(keys) == 1}
        return cls(keys_by_name, names_by_key)

    def find(self, text: str) -> str | None:
        """Return the key of the place so named, or None. "в Алматы" and "Алматы, Медеуский район" name Almaty."""
        return self._named(text) or self._named(text.partition(",")[0])

    def _named(self, text: str) -> str | None:
        said = _fold(text)
        return self.keys_by_name.get(said) or self.keys_by_name.get(_bare(said))


_PREPOSITIONS = ("в ", "во ", "из ", "под ", "in ", "near ")
_KINDS = ("г. ", "г.", "г ", "город ", "городе ", "city of ", "the city of ")
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—−", " "))


def _fold(name: str) -> str:
    words = unicodedata.normalize("NFC", name).casefold().replace("ё", "е").translate(_DASHES)
    return " ".join(words.split()).strip(" .,!")


def _bare(name: str) -> str:
    """Take away what stands before a place's name: "in", "the city of"."""
    for prefix in _PREPOSITIONS + _KINDS:
        name = name.removeprefix(prefix)
    return name.strip()
