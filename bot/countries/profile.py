"""`country.toml`: what a country's folder says in a few lines. docs/another-country.md explains each."""

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.countries import WrongCountry

PROFILE = "country.toml"
_MOST_BUTTONS = 24
"""Places under one question: twelve rows are as many as a phone shows without losing the question."""

_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class EventWindow(BaseModel):
    """The days of the events that the bot is used for. What is not said is open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("the last day comes before the first")
        return self

    def misses(self, first: date, last: date) -> bool:
        """Say whether a span of days lies wholly before or after the events."""
        return bool((self.first and last < self.first) or (self.last and first > self.last))


class Profile(BaseModel):
    """A country in a few lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    languages: tuple[_Language, ...] = Field(min_length=1)
    """Those that the bot offers, in the order of their buttons."""
    default_language: str
    time_zone: str
    events: EventWindow = EventWindow()
    places_on_buttons: tuple[str, ...] = Field(max_length=_MOST_BUTTONS)
    """As they stand in the first column of places.csv, in the order of their buttons."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the file in a country's folder.

        Raises:
            WrongCountry: it is missing, or not as it must be.
        """
        path = folder / PROFILE
        try:
            return cls(**tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise WrongCountry(f"{path}: it cannot be read ({error.strerror})") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            why = first["msg"].removeprefix("Value error, ")
            raise WrongCountry(f"{path}: {name}: {why}" if name else f"{path}: {why}") from None
        except ValueError as error:  # no TOML, or no UTF-8
            raise WrongCountry(f"{path}: {error}") from None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the people."""
        return ZoneInfo(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such time zone; it must look like Asia/Almaty") from None
        return value

    @field_validator("languages", "places_on_buttons")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if doubled := [each for place, each in enumerate(value) if each in value[:place]]:
            raise ValueError(f"{doubled[0]} stands in it twice")
        return value

    @model_validator(mode="after")
    def _default_is_offered(self) -> Self:
        if self.default_language not in self.languages:
            raise ValueError(f"default_language: it must be one of {', '.join(self.languages)}")
        return self
