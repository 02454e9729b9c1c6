"""What is known of words beside names of places: "город", "облысы", words that only look like a name; and of endings.

The words and endings of the languages stand in `data`; what a country adds, in its folder: foreign towns, villages that
no row has, names that are other words as well (`place_words.csv`), the endings of one more language
(`place_endings.csv`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, Self

from bot.countries.tables import Row, read_table_if_there
from bot.understanding.places.words import DATA, sound_of


class Role(StrEnum):
    """What a word that is no name does beside a name. The rules are in context.py."""

    IN = "in"
    FROM = "from"
    BESIDE = "beside"
    BESIDE_AFTER = "beside_after"
    DENIAL = "denial"
    DENIAL_AFTER = "denial_after"
    DOUBT = "doubt"
    TOWN = "town"
    REGION = "region"
    DISTRICT = "district"
    VILLAGE = "village"
    STREET = "street"
    STREET_AFTER = "street_after"
    SQUARE = "square"
    SQUARE_AFTER = "square_after"
    ABROAD = "abroad"
    OTHER = "other"
    HOMONYM = "homonym"


class Rule(NamedTuple):
    """Endings of names that end in one of `name_ends`; of all names if there is none."""

    language: str
    name_ends: tuple[str, ...]
    taken_off: str
    endings: frozenset[str]


@dataclass(frozen=True)
class Grammar:
    """Words beside names, and endings of names."""

    words: Mapping[Role, Sequence[str]]
    rules: tuple[Rule, ...]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what holds in the languages, and what a country's folder adds.

        Raises:
            WrongCountry: a table of the folder is not as it must be.
        """
        ours = _ours()
        added = _tables(folder)
        return cls(
            {role: [*ours.words[role], *added.words[role]] for role in Role},
            (*ours.rules, *added.rules),
        )

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that endings are known of."""
        return tuple(dict.fromkeys(rule.language for rule in self.rules))

    @cached_property
    def endings(self) -> frozenset[str]:
        """Every ending, by its sound, and none."""
        return frozenset({""}).union(*(rule.endings for rule in self.rules))

    def rule(self, name: str, language: str) -> Rule | None:
        """Return the first rule of a language that a name falls under."""
        fitting = (rule for rule in self.rules if rule.language == language and name.endswith(rule.name_ends))
        return next(fitting, None)


@cache
def _ours() -> Grammar:
    return _tables(DATA)


def _tables(folder: Path) -> Grammar:
    words: dict[Role, list[str]] = {role: [] for role in Role}
    for row in read_table_if_there(folder / "place_words.csv", ("role", "words")):
        words[_role(row)] += [word.strip() for word in row.filled("words").split("|")]
    columns = ("language", "name_ends", "taken_off", "endings")
    return Grammar(words, tuple(map(_rule, read_table_if_there(folder / "place_endings.csv", columns))))


def _role(row: Row) -> Role:
    try:
        return Role(row["role"])
    except ValueError:
        raise row.wrong("role", f"it must be one of {', '.join(Role)}") from None


def _rule(row: Row) -> Rule:
    endings = frozenset(map(sound_of, row["endings"].split("|")))
    return Rule(row.filled("language"), tuple(row["name_ends"].split("|")), row["taken_off"], endings)
