"""Recognising a place by any of its names: Kazakh, Russian, Latin letters, and the names it had before."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PLACES_FILE = Path(__file__).parent / "data" / "places.csv"


@dataclass(frozen=True)
class Gazetteer:
    """Places by their folded names. A name that means two places means none."""

    keys_by_name: Mapping[str, str]
    names_by_key: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = PLACES_FILE) -> Self:
        """Read a file of `canonical,kind,aliases` with the aliases parted by `|`."""
        keys_by_name: dict[str, str] = {}
        names_by_key: dict[str, str] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = row["canonical"].lower().replace(" ", "_")
                names_by_key[key] = row["canonical"]
                for name in [row["canonical"], *row["aliases"].split("|")]:
                    keys_by_name.setdefault(_fold(name), key)
        return cls(keys_by_name, names_by_key)

    def find(self, text: str) -> str | None:
        """Return the key of the place so named, or None."""
        return self.keys_by_name.get(_fold(text))


def _fold(name: str) -> str:
    words = name.casefold().replace("ё", "е").replace("-", " ").strip(" .,!")
    for prefix in ("г. ", "г.", "город ", "city of "):
        words = words.removeprefix(prefix)
    return " ".join(words.split())
