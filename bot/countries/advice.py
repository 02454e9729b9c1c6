"""`hotlines.csv` and `first_steps.csv`: what a family can do before anyone answers, and whom it can call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.countries import WrongCountry
from bot.countries.tables import Row, read_table

ALWAYS = "24/7"
"""In the column of hours: at any time of any day."""
_LONGEST = 3000
"""UTF-16 units of both files in one language: with headings and numbers they fit into one message of 4,096."""


@dataclass(frozen=True)
class Hotline:
    """Somebody whom a family can call or go to."""

    key: str
    contact: str
    """A telephone number or an address, as it is dialled or found."""
    name: str
    """Who that is, or what for."""
    hours: str
    """When, in local time ("9:00-18:00"), or `ALWAYS`; empty where it is not known."""
    languages: tuple[str, ...]
    """That are spoken there, by their codes."""


@dataclass(frozen=True)
class Advice:
    """What is told to everyone in a country, by language."""

    hotlines: Mapping[str, tuple[Hotline, ...]]
    first_steps: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, folder: Path, languages: Sequence[str]) -> "Advice":
        """Read both files of a country's folder. There may be no hotlines; there must be first steps.

        Raises:
            WrongCountry: one is missing, or not as it must be.
        """
        hotlines = read_table(folder / "hotlines.csv", ("key", "contact", "hours", "languages", "source", *languages))
        steps = read_table(folder / "first_steps.csv", ("order", *languages))
        _each_once(hotlines, "key")
        _each_once(steps, "order")
        if not steps:
            raise WrongCountry(f"{folder / 'first_steps.csv'}: there is no line in it")
        ordered = sorted(steps, key=_order)
        advice = cls(
            {language: tuple(_hotline(row, language) for row in hotlines) for language in languages},
            {language: tuple(row.filled(language) for row in ordered) for language in languages},
        )
        for language in languages:
            advice._fits(folder, language)
        return advice

    def _fits(self, folder: Path, language: str) -> None:
        """Check that a language's part fits into one message.

        Raises:
            WrongCountry: it does not.
        """
        lines = [
            *self.first_steps[language],
            *(line.contact + line.name + line.hours for line in self.hotlines[language]),
        ]
        if (length := sum(len(line.encode("utf-16-le")) // 2 for line in lines)) > _LONGEST:
            why = f"with hotlines.csv it may have {_LONGEST} characters, for it is one message; it has {length}"
            raise WrongCountry(f"{folder / 'first_steps.csv'}, column {language}: {why}")


def _hotline(row: Row, language: str) -> Hotline:
    row.filled("source")  # nobody is sent to a number that nobody has looked up
    spoken = tuple(code.strip() for code in row.filled("languages").split("|"))
    return Hotline(row.filled("key"), row.filled("contact"), row.filled(language), row["hours"], spoken)


def _order(row: Row) -> int:
    if not row["order"].isdecimal():
        raise row.wrong("order", "it must be a number")
    return int(row["order"])


def _each_once(rows: Sequence[Row], column: str) -> None:
    times = Counter(row[column] for row in rows)
    if twice := [row for row in rows if times[row[column]] > 1]:
        raise twice[-1].wrong(column, "it stands there twice")
