"""What belongs to one country, read from its folder: its places and charges, and their names in each language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.countries import folder_of
from bot.understanding.charges import Charge, ChargeBook
from bot.understanding.places import Gazetteer, key_of
from bot.understanding.tables import rows_of

_LETTERS = len("kk")


@dataclass(frozen=True)
class Country:
    """One country."""

    places: Gazetteer
    place_names: Mapping[str, Mapping[str, str]]
    """By the key of a place, then by language."""
    charges: ChargeBook
    code_names: Mapping[str, Mapping[str, str]]
    """How a code of offences is called in short, by its letters, then by language."""

    @classmethod
    def load(cls, code: str) -> Self:
        """Read the folder of a country, known by its two letters (ISO 3166-1, in small letters).

        Raises:
            OSError: there is no such folder, or a file is missing in it.
        """
        folder = folder_of(code)
        places = folder / "places.csv"
        return cls(
            places=Gazetteer.load(places),
            place_names=_names(places, lambda row: key_of(row["canonical"])),
            charges=ChargeBook.load(folder),
            code_names=_names(folder / "codes.csv", lambda row: row["code"]),
        )

    def place_name(self, key: str, language: str) -> str:
        """Return the name of a place in a language; the key itself where it is known no more."""
        return self.place_names.get(key, {}).get(language) or key

    def charge_title(self, written: str, language: str) -> str | None:
        """Return the title of a charge ("CC:272/2") in a language, where it is known."""
        return self.charges.title(Charge.of(written), language)

    def code_name(self, code: str, language: str) -> str:
        """Return the short name of a code of offences in a language; its letters where it is known no more."""
        return self.code_names.get(code, {}).get(language) or code


def _names(path: Path, key: Callable[[Mapping[str, str]], str]) -> dict[str, dict[str, str]]:
    """Read the columns of a file that are headed by a language."""
    return {
        key(row): {column: name for column, name in row.items() if len(column) == _LETTERS} for row in rows_of(path)
    }
