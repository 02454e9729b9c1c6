"""Recognising a place in what people write: by any of its names, in any case and alphabet, misspelt, in a sentence.

How it is done, and how well, is said in docs/understanding/places.md.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from bot.countries.tables import Row, read_table
from bot.understanding.places.context import Span, scores, spans
from bot.understanding.places.grammar import Grammar
from bot.understanding.places.lexicon import Lexicon, Place
from bot.understanding.places.words import typed_in_english, words_of

__all__ = ["Gazetteer", "Place", "PlaceMatch", "certain", "key_of"]

_KINDS = ("city", "village", "region")
_KEY = re.compile("[a-z][a-z0-9_-]{0,31}")
"""Keys stand in callback data, which has 64 bytes."""
_CERTAIN = 0.8
"""A match that scores less is not said to have been understood."""
_AHEAD = 0.2
"""By so much the best match must be ahead of the next."""
_WORDS_THAT_MAY_BE_MISSPELT = 40
"""A misspelt name is looked for among so many words: it takes time, and an answer is short."""
_SHORTEST_IN_ENGLISH = 5
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—−", " "))


@dataclass(frozen=True)
class PlaceMatch:
    """A place that a text may mean."""

    place: Place
    score: float
    """From 0 to 1: how sure it is."""


@dataclass(frozen=True)
class Gazetteer:
    """Places by their names."""

    places_by_key: Mapping[str, Place]
    keys_by_name: Mapping[str, tuple[str, ...]]
    """By names in small letters, without dashes; some names are of several places."""

    grammar: Grammar

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `places.csv` of a country's folder, with the aliases parted by `|`, and what it adds to the grammar.

        Raises:
            WrongCountry: a table is missing, or not as it must be.
        """
        places_by_key: dict[str, Place] = {}
        keys_by_name: dict[str, tuple[str, ...]] = {}
        rows: dict[str, Row] = {}
        for row in read_table(folder / "places.csv", ("canonical", "kind", "aliases")):
            place = _place(row)
            if place.key in places_by_key:
                raise row.wrong("canonical", f"{place.name} stands there twice")
            places_by_key[place.key] = place
            rows[place.key] = row
            for name in {_small(name) for name in (row["canonical"], *row["aliases"].split("|"))} - {""}:
                keys_by_name[name] = (*keys_by_name.get(name, ()), place.key)
        for key, place in places_by_key.items():
            if place.region is not None and _kind(places_by_key.get(place.region)) != "region":
                raise rows[key].wrong("region", "there is no such region in the first column")
        return cls(places_by_key, keys_by_name, Grammar.load(folder))

    @property
    def names_by_key(self) -> Mapping[str, str]:
        """The first column of the file by the keys that stand for it elsewhere."""
        return {key: place.name for key, place in self.places_by_key.items()}

    def match(self, text: str) -> list[PlaceMatch]:
        """Return the places that a text may mean, the likeliest first; of two as likely the town before the region."""
        keys = self.keys_by_name.get(_small(text), ())
        if len(keys) == 1:
            return [PlaceMatch(self.places_by_key[keys[0]], 1.0)]
        words = words_of(text, self._lexicon.abbreviations)
        found = _ranked(spans(words, self._lexicon))
        if all(match.place.kind == "region" for match in found):
            found = _ranked(spans(words[:_WORDS_THAT_MAY_BE_MISSPELT], self._lexicon, misspelt=True)) or found
        if not found and text.isascii():
            typed = [word for word in words_of(typed_in_english(text)) if len(word.sound) >= _SHORTEST_IN_ENGLISH]
            found = _ranked(spans(typed, self._lexicon))
        return found

    def find(self, text: str) -> str | None:
        """Return the key of the place that a text names; None if it names none, several, or one not for certain."""
        return certain(self.match(text))

    def within(self, keys: Collection[str]) -> list[str]:
        """Return these places, and of a region also what lies within it, as far as the table says so."""
        lying = [key for key, place in self.places_by_key.items() if place.region in keys]
        return list(dict.fromkeys([*keys, *lying]))

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.of(
            ((name, self.places_by_key[key]) for name, keys in self.keys_by_name.items() for key in keys), self.grammar
        )


def certain(found: Sequence[PlaceMatch]) -> str | None:
    """Return the key of the one place that a text names for certain, out of what it may mean; else None.

    A town and its region are not several: "Жанаозен, Мангистауская область" is the town.
    """
    if not found or found[0].score < _CERTAIN:
        return None
    best = found[0]
    rivals = [other for other in found[1:] if best.place.kind == "region" or other.place.kind != "region"]
    return best.place.key if all(rival.score <= best.score - _AHEAD for rival in rivals) else None


def key_of(canonical: str) -> str:
    """Return the key that stands for a place, by its name in the first column of the file."""
    return canonical.lower().replace(" ", "_")


def _place(row: Row) -> Place:
    key = key_of(row.filled("canonical"))
    if not _KEY.fullmatch(key):
        raise row.wrong("canonical", "it must be at most 32 Latin letters, digits, spaces and dashes")
    if row["kind"] not in _KINDS:
        raise row.wrong("kind", f"it must be one of {', '.join(_KINDS)}")
    region = row.cells.get("region")
    return Place(row["canonical"], key, row["kind"], key_of(region) if region else None)


def _kind(place: Place | None) -> str | None:
    return place.kind if place else None


def _ranked(text: Sequence[Span]) -> list[PlaceMatch]:
    """Return the places of a text, the likeliest first. Beside a certain town a region is at most as likely."""
    found = scores(text)
    towns = [score for place, score in found.items() if place.kind != "region" and score > _CERTAIN]
    most = max(towns, default=1.0)
    matches = [
        PlaceMatch(place, min(score, most) if place.kind == "region" else score) for place, score in found.items()
    ]
    return sorted(matches, key=lambda match: (-match.score, match.place.kind == "region"))


def _small(name: str) -> str:
    """Write a name in small letters, without dashes and what stands at its ends."""
    words = unicodedata.normalize("NFC", name).casefold().replace("ё", "е").translate(_DASHES)
    return " ".join(words.split()).strip(" .,!")
