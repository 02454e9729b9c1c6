"""What a coordinator is looking for, read out of a few words: "Ахметова Семей 5 января"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import InvalidReceipt
from bot.domain.receipt import Receipt
from bot.understanding import dates
from bot.understanding.charges.text import fold
from bot.understanding.country import Country
from bot.understanding.dates import DateStatus
from bot.understanding.names.folding import fold as fold_name
from bot.understanding.names.lexicon import lexicon
from bot.understanding.places import certain
from bot.understanding.reading import visible
from bot.understanding.tables import rows_of

T = TypeVar("T")

LONGEST_SEARCH = 200
"""Characters."""
_MOST_WORDS = 16
_LONGEST_PHRASE = 6
_STATES = Path(__file__).parent / "data" / "search_words.csv"
_SIGNS = " .,;:!?()«»\"'"


@dataclass(frozen=True)
class Sought:
    """What is looked for; all of it is to fit."""

    receipt: Receipt | None = None
    report_id: int | None = None
    name: str = ""
    city: str | None = None
    days: tuple[date, date] | None = None
    charges: tuple[str, ...] = ()
    decision: str | None = None
    """"waiting", "approved" or "rejected"."""
    status: str | None = None
    """What is with the person: "released"."""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is looked for."""
        return self == Sought()


def read_search(text: str, country: Country, *, today: date) -> Sought:
    """Read what is looked for: what is no code, number, charge, date, state or place is a name."""
    seen = visible(text)[:LONGEST_SEARCH]
    if number := _number(seen):
        return Sought(report_id=number)
    if receipt := _receipt(seen):
        return Sought(receipt=receipt)
    words = [word for word in (one.strip(_SIGNS[1:]) for one in seen.split()) if word][:_MOST_WORDS]
    charges, words = _take(words, lambda phrase: _charges(phrase, country))
    days, words = _take(words, lambda phrase: _days(phrase, today))
    status, words = _take(words, lambda phrase: _state(phrase, "status"))
    decision, words = _take(words, lambda phrase: _state(phrase, "decision"))
    city, words = _take(words, lambda phrase: _place(phrase, country))
    return Sought(
        name=" ".join(word for word in words if _states().get(_small(word)) != "skip" and not word.isdecimal()),
        city=city,
        days=days,
        charges=charges or (),
        decision=decision,
        status=status,
    )


def _take(words: Sequence[str], read: Callable[[str], T | None]) -> tuple[T | None, list[str]]:
    """Return what the longest phrase says that says less without its first or last word, and the words around it."""
    for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = words[start : start + length]
            found = read(" ".join(phrase))
            if found is None:
                continue
            if length == 1 or found not in (read(" ".join(phrase[1:])), read(" ".join(phrase[:-1]))):
                return found, [*words[:start], *words[start + length :]]
    return None, list(words)


def _number(text: str) -> int | None:
    written = text.lower().removeprefix("no.").lstrip("№#n ").strip()
    return int(written) if written.isascii() and written.isdecimal() and len(written) < len(str(2**62)) else None


def _receipt(text: str) -> Receipt | None:
    if not any(sign.isdecimal() for sign in text) and "-" not in text:
        return None
    try:
        return Receipt.find(text)
    except InvalidReceipt:
        return None


def _charges(phrase: str, country: Country) -> tuple[str, ...] | None:
    if not any(sign.isdecimal() for sign in phrase):
        return None
    return tuple(str(charge) for charge in country.charges.parse(phrase) if not charge.suggested) or None


def _days(phrase: str, today: date) -> tuple[date, date] | None:
    if not any(sign.isdecimal() for sign in phrase) and _states().get(_small(phrase)) != "day":
        return None
    answer = dates.parse(phrase, today)
    if answer.status not in {DateStatus.OK, DateStatus.RANGE} or answer.start is None:
        return None
    return answer.start, answer.end or answer.start


def _place(phrase: str, country: Country) -> str | None:
    found = country.places.match(phrase)
    if found and found[0].score < 1 and lexicon().given_name(fold_name(phrase)):
        return None  # a name that is nearly that of a place
    return certain(found)


def _state(phrase: str, kind: str) -> str | None:
    meant, _, value = _states().get(_small(phrase), "").partition(":")
    return value if meant == kind else None


def _small(phrase: str) -> str:
    return fold(phrase)


@cache
def _states() -> dict[str, str]:
    return {_small(word): row["means"] for row in rows_of(_STATES) for word in row["words"].split("|")}
