"""One folder a country: its places, charges, hotlines, languages. Another country is a folder and a setting."""

import re
from pathlib import Path

COUNTRIES = Path(__file__).parent

_CODE = re.compile("[a-z]{2}")


class WrongCountry(ValueError):
    """A country's folder is not as it must be. The message names the file, and the line and column where it can."""


def folder_of(named: str) -> Path:
    """Return the folder of a country: of two letters (ISO 3166-1, small) one of ours, of anything else that path."""
    return COUNTRIES / named if _CODE.fullmatch(named) else Path(named)


def known_codes() -> tuple[str, ...]:
    """Return the codes of the countries that come with the bot."""
    return tuple(sorted(path.parent.name for path in COUNTRIES.glob("*/country.toml")))
