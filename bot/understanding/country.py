"""What belongs to one country, read from its folder. docs/another-country.md says what stands in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from bot.countries import WrongCountry, folder_of
from bot.countries.advice import Advice, Hotline
from bot.countries.profile import PROFILE, EventWindow, Profile
from bot.countries.tables import Row, read_table
from bot.understanding.charges import Charge, ChargeBook
from bot.understanding.places import Gazetteer, key_of


@dataclass(frozen=True)
class Country:
    """One country."""

    profile: Profile
    places: Gazetteer
    place_names: Mapping[str, Mapping[str, str]]
    """By the key of a place, then by language."""
    buttons: tuple[str, ...]
    """The keys of the places that stand on buttons, in their order. Any other place may be picked as well."""
    charges: ChargeBook
    code_names: Mapping[str, Mapping[str, str]]
    """How a code of offences is called in short, by its letters, then by language."""
    advice: Advice

    @classmethod
    def load(cls, named: str) -> Self:
        """Read the folder of a country, known by two letters (ISO 3166-1, in small letters) or by its path.

        Raises:
            WrongCountry: there is no such folder, a file is missing in it, or one is not as it must be.
        """
        folder = folder_of(named)
        profile = Profile.load(folder)
        languages = profile.languages
        places = Gazetteer.load(folder)
        return cls(
            profile=profile,
            places=places,
            place_names=_names(folder / "places.csv", languages, lambda row: key_of(row["canonical"])),
            buttons=_buttons(folder, profile, places),
            charges=ChargeBook.load(folder),
            code_names=_names(folder / "codes.csv", languages, lambda row: row["code"]),
            advice=Advice.load(folder, languages),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that are offered, in the order of their buttons."""
        return self.profile.languages

    @property
    def default_language(self) -> str:
        """The language for people whose Telegram speaks none of these, and for the team."""
        return self.profile.default_language

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the people."""
        return self.profile.zone

    @property
    def window(self) -> EventWindow:
        """The days of the events that the bot is used for."""
        return self.profile.events

    def hotlines(self, language: str) -> tuple[Hotline, ...]:
        """Return whom a family can call, told in a language."""
        return self.advice.hotlines[language]

    def first_steps(self, language: str) -> tuple[str, ...]:
        """Return what a family can do at once, in its order, told in a language."""
        return self.advice.first_steps[language]

    def place_name(self, key: str, language: str) -> str:
        """Return the name of a place in a language; the key itself where it is known no more."""
        return self.place_names.get(key, {}).get(language) or key

    def charge_title(self, written: str, language: str) -> str | None:
        """Return the title of a charge ("CC:272/2") in a language, where it is known."""
        return self.charges.title(Charge.of(written), language)

    def code_name(self, code: str, language: str) -> str:
        """Return the short name of a code of offences in a language; its letters where it is known no more."""
        return self.code_names.get(code, {}).get(language) or code


def _names(path: Path, languages: tuple[str, ...], key: Callable[[Row], str]) -> dict[str, dict[str, str]]:
    """Read the columns of a table that are headed by a language. A row without a key needs no names."""
    return {
        name: {language: row.filled(language) for language in languages}
        for row in read_table(path, languages)
        if (name := key(row))
    }


def _buttons(folder: Path, profile: Profile, places: Gazetteer) -> tuple[str, ...]:
    for name in profile.places_on_buttons:
        if key_of(name) not in places.places_by_key:
            raise WrongCountry(
                f"{folder / PROFILE}: places_on_buttons: {name} is not in the first column of places.csv"
            )
    return tuple(key_of(name) for name in profile.places_on_buttons)
