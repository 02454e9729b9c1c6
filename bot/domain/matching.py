"""Whether two reports may tell of one person: what agrees, what differs, and how much that weighs. A person decides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NameMatch(StrEnum):
    """How two names agree. The text for it is `candidate.name.<value>`."""

    SAME = "same"
    SPELLING = "spelling"
    """One name in two spellings."""
    ALIKE = "alike"
    """A slip, an initial, a diminutive, a missing word."""
    SURNAME = "surname"
    """The surname is all that one of them has."""


class Agreement(StrEnum):
    """Whether two reports say the same of something."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"
    """One of them does not say."""


@dataclass(frozen=True)
class Facts:
    """What a report says of a person that others may say too."""

    city: str | None = None
    """A place's key."""
    days: tuple[date, date] | None = None
    """The first and the last day on which it may have been."""
    born: tuple[int, int] | None = None
    """The first and the last year of birth that fit."""
    age: str | None = None
    """"minor" or "adult", where only that is known."""


@dataclass(frozen=True)
class Comparison:
    """How two reports agree."""

    name: NameMatch
    similarity: float
    """Of the names, 0 to 1."""
    city: Agreement
    days_apart: int | None
    """0 where the days meet; None where one of them is not known."""
    birth: Agreement

    @property
    def score(self) -> int:
        """Return how likely the two are one person's, in points: the greater, the likelier.

        The name counts up to 60; the same city 15, another -10; a day apart at most 15, three 10, two weeks 5, more
        -10; a year of birth that fits 10, one that does not -25. What is not known counts nothing.
        """
        birth = {Agreement.SAME: 10, Agreement.OTHER: -25, Agreement.UNKNOWN: 0}[self.birth]
        city = {Agreement.SAME: 15, Agreement.OTHER: -10, Agreement.UNKNOWN: 0}[self.city]
        return round(60 * self.similarity) + city + _points_of_days(self.days_apart) + birth


_POINTS_WITHIN_DAYS = ((1, 15), (3, 10), (14, 5))
_FURTHER_APART = -10
_BIRTHDAY_MAY_LIE_BETWEEN = 1
"""Years: an age was told on another day than the year of birth was counted from."""


def compare(one: Facts, other: Facts, *, name: NameMatch, similarity: float) -> Comparison:
    """Compare two reports whose names agree so much."""
    return Comparison(
        name=name,
        similarity=similarity,
        city=_cities(one.city, other.city),
        days_apart=_days_apart(one.days, other.days),
        birth=_births(one, other),
    )


def _cities(one: str | None, other: str | None) -> Agreement:
    if one is None or other is None:
        return Agreement.UNKNOWN
    return Agreement.SAME if one == other else Agreement.OTHER


def _days_apart(one: tuple[date, date] | None, other: tuple[date, date] | None) -> int | None:
    if one is None or other is None:
        return None
    return max(0, (max(one[0], other[0]) - min(one[1], other[1])).days)


def _births(one: Facts, other: Facts) -> Agreement:
    if one.born and other.born:
        years_apart = max(one.born[0], other.born[0]) - min(one.born[1], other.born[1])
        return Agreement.SAME if years_apart <= _BIRTHDAY_MAY_LIE_BETWEEN else Agreement.OTHER
    if one.age and other.age:
        return Agreement.UNKNOWN if one.age == other.age else Agreement.OTHER
    return Agreement.UNKNOWN


def _points_of_days(days: int | None) -> int:
    if days is None:
        return 0
    return next((points for within, points in _POINTS_WITHIN_DAYS if days <= within), _FURTHER_APART)
