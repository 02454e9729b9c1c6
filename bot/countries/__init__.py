"""One folder a country: its places, charges, hotlines, languages. Another country is a folder and a setting."""

from pathlib import Path

COUNTRIES = Path(__file__).parent


def folder_of(code: str) -> Path:
    """Return the folder of a country by its two letters (ISO 3166-1, in small letters)."""
    return COUNTRIES / code
