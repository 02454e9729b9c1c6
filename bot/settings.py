"""Every setting, typed, from the environment or a .env file. `.env.example` is its mirror; a test holds them equal."""

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.countries import WrongCountry, folder_of, known_codes
from bot.countries.profile import PROFILE, Profile
from bot.domain.draft import DraftTerms
from bot.domain.schedule import Daytime
from bot.texts import LOCALES
from storage.crypto import InvalidMasterKey, MasterKeys
from storage.location import Location, parse_location

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SHORTEST_DRAFT_DAYS = 3
_KEY_PREFIX = "MASTER_KEY="


class WrongSetting(ValueError):
    """A setting is missing or wrong. Its message names it and says why; it never repeats a secret."""


class StorageSettings(BaseSettings):
    """What a command needs to reach the stored reports."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    database_url: str = "sqlite:///var/reports.db"
    evidence_dir: Path = Path("var/evidence")
    master_key: SecretStr | None = None
    master_key_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        parse_location(value)
        return value

    @field_validator("master_key", "master_key_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _one_master_key(self) -> Self:
        if (self.master_key is None) == (self.master_key_file is None):
            raise ValueError(
                "MASTER_KEY: set either MASTER_KEY or MASTER_KEY_FILE (make one: python -m bot generate-key)"
            )
        try:
            self.master_keys()
        except InvalidMasterKey as error:
            name = "MASTER_KEY" if self.master_key else "MASTER_KEY_FILE"
            raise ValueError(f"{name}: {error}") from None
        return self

    def location(self) -> Location:
        """Return where the database is."""
        return parse_location(self.database_url)

    def master_keys(self) -> MasterKeys:
        """Return the master keys.

        Raises:
            InvalidMasterKey: the key, or the file it should be in, is not as it must be.
        """
        if self.master_key is not None:
            return MasterKeys.parse(self.master_key.get_secret_value())
        try:
            text = (self.master_key_file or Path()).read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidMasterKey(f"it cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise InvalidMasterKey("it is not text") from None
        return MasterKeys.parse(text.strip().removeprefix(_KEY_PREFIX))


class Settings(StorageSettings):
    """What the bot needs to run."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="forbid", frozen=True)

    bot_token: SecretStr
    bot_api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://[^\s/]+(/\S*)?$")
    lead_ids: Annotated[frozenset[int], NoDecode]
    coordinator_chat_id: int | None = None
    digest_chat_id: int | None = None
    digest_at: time = time(20, 0)
    country: str = "kz"
    timezone: str | None = None
    default_language: str | None = None
    webhook_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/\S*)?$")
    webhook_secret: SecretStr | None = None
    listen: str = Field(default="127.0.0.1:8080", pattern=r"^\S+:\d{1,5}$")
    monitor_port: int = Field(default=0, ge=0, le=65535)
    claim_minutes: int = Field(default=15, ge=1, le=24 * 60)
    ask_hours: int = Field(default=24, ge=1, le=30 * 24)
    remind_after_hours: int = Field(default=24, ge=0)
    draft_expires_after_days: int = Field(default=30, ge=0)
    reports_per_person_day: int = Field(default=50, ge=0)
    evidence_per_person_day: int = Field(default=200, ge=0)
    send_per_second: int = Field(default=30, ge=0)
    send_per_chat_second: int = Field(default=1, ge=0)
    send_per_group_minute: int = Field(default=20, ge=0)

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr) -> SecretStr:
        number, colon, secret = value.get_secret_value().partition(":")
        if not (number.isdecimal() and colon and secret):
            raise ValueError("it must look like 123456:ABC..., as BotFather gives it")
        return value

    @field_validator("lead_ids", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts or not all(part.isdecimal() for part in parts):
            raise ValueError("it must be Telegram user ids parted by commas, like 11111111,22222222")
        return frozenset(int(part) for part in parts)

    @field_validator("coordinator_chat_id", "digest_chat_id", mode="before")
    @classmethod
    def _no_chat_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("webhook_url", "webhook_secret", "timezone", "default_language", mode="before")
    @classmethod
    def _unset_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if self.webhook_url is not None and not _SECRET.fullmatch(secret):
            raise ValueError("WEBHOOK_SECRET: it must be 1 to 256 letters, digits, - and _ (Telegram's rule)")
        return self

    @field_validator("draft_expires_after_days")
    @classmethod
    def _can_be_told_beforehand(cls, value: int) -> int:
        if 0 < value < _SHORTEST_DRAFT_DAYS:
            raise ValueError(
                f"it must be 0 (never) or at least {_SHORTEST_DRAFT_DAYS}: people are told two days before"
            )
        return value

    @field_validator("digest_at")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("it must be the local time, like 20:00, with no offset")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            ZoneInfo(value or "UTC")
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such time zone; it must look like Asia/Almaty") from None
        return value

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        folder = folder_of(value)
        if not folder.is_dir():
            raise ValueError(f"there are folders for {', '.join(known_codes())}; for another, give its path")
        try:
            profile = Profile.load(folder)
        except WrongCountry as error:
            raise ValueError(str(error)) from None
        known = sorted(path.name for path in LOCALES.iterdir())
        if unknown := [language for language in profile.languages if language not in known]:
            raise ValueError(f"{folder / PROFILE}: languages: there are no texts in {unknown[0]}")
        return value

    @model_validator(mode="after")
    def _default_language_is_offered(self) -> Self:
        offered = self.profile.languages
        if self.default_language is not None and self.default_language not in offered:
            raise ValueError(f"DEFAULT_LANGUAGE: it must be one of {', '.join(offered)}, which the country offers")
        return self

    @property
    def profile(self) -> Profile:
        """The country in a few lines, as its file now says."""
        return Profile.load(folder_of(self.country))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the people, of DIGEST_AT, and of reminders: the country's, unless another is set."""
        return self.profile.zone if self.timezone is None else ZoneInfo(self.timezone)

    @property
    def language(self) -> str:
        """The language of the team and of the digest: the country's, unless another is set."""
        return self.default_language or self.profile.default_language

    @property
    def draft_terms(self) -> DraftTerms:
        """How long an unfinished report is kept, and when it is reminded of."""
        return DraftTerms(
            Daytime(self.zone),
            remind_after=timedelta(hours=self.remind_after_hours) or None,
            expires_after=timedelta(days=self.draft_expires_after_days) or None,
        )

    @property
    def listens_at(self) -> tuple[str, int]:
        """The address and the port at which updates are posted to this process."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


S = TypeVar("S", bound=StorageSettings)


def read_settings(kind: type[S], **values: Any) -> S:
    """Read the settings of a kind; `values` override the environment.

    Raises:
        WrongSetting: it names the first wrong setting and says why, in one line.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        raise WrongSetting(_one_line(error)) from None
    except UnicodeDecodeError:
        raise WrongSetting(".env: it is not UTF-8 text") from None


def _one_line(error: ValidationError) -> str:
    # Pydantic's own words repeat what was entered; only the reason is kept.
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in first["loc"]).upper()
    if first["type"] == "missing":
        return f"{name}: it is not set"
    if first["type"] == "extra_forbidden":
        return f"{name}: there is no such setting; .env.example lists them all"
    reason = first["msg"].removeprefix("Value error, ")
    return f"{name}: {reason}" if name else reason
