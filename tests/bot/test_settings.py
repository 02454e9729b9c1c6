import base64
import re
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from bot.domain.draft import DraftTerms
from bot.domain.schedule import Daytime
from bot.settings import Settings, StorageSettings, WrongSetting, read_settings
from storage.location import PostgresDatabase, SQLiteFile

EXAMPLE = Path(__file__).parents[2] / ".env.example"
TOKEN_SECRET = "TOKEN-never-to-be-shown"
KEY_SECRET = base64.b64encode(b"KEY never to be shown, 32 bytes!").decode()
POSTGRES = "postgresql://bot:p%40ss@host:5433/reports?sslmode=require"
GOOD = {"BOT_TOKEN": f"123456:{TOKEN_SECRET}", "MASTER_KEY": f"1:{KEY_SECRET}", "LEAD_IDS": "11,22"}
NAMES = {name.upper(): field for name, field in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def write_env(values: Mapping[str, str]) -> None:
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")


def refusal(values: Mapping[str, str]) -> str:
    """Return what is said of a wrong .env, having checked that it is one line and shows no secret."""
    write_env(values)
    with pytest.raises(WrongSetting) as wrong:
        read_settings(Settings)
    said = str(wrong.value)
    assert "\n" not in said
    assert TOKEN_SECRET not in said
    assert KEY_SECRET not in said
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__
    return said


def written_in_the_example() -> dict[str, str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(re.findall(r"^#?\s?([A-Z][A-Z_]*)=(.*)$", "\n".join(lines), re.MULTILINE))


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(written_in_the_example()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_shows_every_default(name: str) -> None:
    default = NAMES[name].default
    shown = default.strftime("%H:%M") if isinstance(default, time) else default
    assert written_in_the_example()[name] == ("" if shown in (None, PydanticUndefined) else str(shown))


def test_the_example_with_what_has_no_default_filled_in_is_taken() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, value in GOOD.items():
        text = text.replace(f"\n{name}=\n", f"\n{name}={value}\n")
    Path(".env").write_text(text, encoding="utf-8")
    from_example = read_settings(Settings)
    write_env(GOOD)
    assert from_example == read_settings(Settings)


def test_three_settings_are_enough() -> None:
    write_env(GOOD)
    settings = read_settings(Settings)
    assert settings.bot_token.get_secret_value() == GOOD["BOT_TOKEN"]
    assert settings.master_keys().keys == {1: b"KEY never to be shown, 32 bytes!"}
    assert settings.lead_ids == {11, 22}
    assert settings.coordinator_chat_id is None
    assert settings.digest_chat_id is None
    assert settings.digest_at == time(20, 0)
    assert settings.zone == ZoneInfo("Asia/Almaty")
    assert settings.language == "ru"
    assert settings.location() == SQLiteFile(Path("var/reports.db"))
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "value", "attribute", "taken"),
    [
        ("LEAD_IDS", " 11 , 22,,33, ", "lead_ids", {11, 22, 33}),
        ("LEAD_IDS", "9007199254740991", "lead_ids", {9007199254740991}),
        ("COORDINATOR_CHAT_ID", "-1001234567890", "coordinator_chat_id", -1001234567890),
        ("COORDINATOR_CHAT_ID", "", "coordinator_chat_id", None),
        ("DIGEST_CHAT_ID", "", "digest_chat_id", None),
        ("DIGEST_AT", "07:30", "digest_at", time(7, 30)),
        ("TIMEZONE", "Europe/Berlin", "zone", ZoneInfo("Europe/Berlin")),
        ("DEFAULT_LANGUAGE", "en", "language", "en"),
        ("DEFAULT_LANGUAGE", "", "language", "ru"),
        ("TIMEZONE", "", "zone", ZoneInfo("Asia/Almaty")),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("BOT_API_URL", "http://127.0.0.1:8081", "bot_api_url", "http://127.0.0.1:8081"),
        ("BOT_API_URL", "http://localhost:8081/api", "bot_api_url", "http://localhost:8081/api"),
        ("DATABASE_URL", "sqlite:////srv/x.db", "database_url", "sqlite:////srv/x.db"),
        ("DATABASE_URL", "postgresql://bot:p%40ss@host:5433/reports?sslmode=require", "database_url", POSTGRES),
        ("SEND_PER_SECOND", "0", "send_per_second", 0),
        ("SEND_PER_CHAT_SECOND", "3", "send_per_chat_second", 3),
        ("SEND_PER_GROUP_MINUTE", "60", "send_per_group_minute", 60),
        ("MONITOR_PORT", "9464", "monitor_port", 9464),
        ("REMIND_AFTER_HOURS", "48", "remind_after_hours", 48),
        ("DRAFT_EXPIRES_AFTER_DAYS", "3", "draft_expires_after_days", 3),
        ("REPORTS_PER_PERSON_DAY", "0", "reports_per_person_day", 0),
        ("WEBHOOK_URL", "", "webhook_url", None),
        ("WEBHOOK_SECRET", "", "webhook_secret", None),
        ("LISTEN", "10.0.0.7:80", "listens_at", ("10.0.0.7", 80)),
    ],
)
def test_a_setting_is_taken_as_it_is_written(name: str, value: str, attribute: str, taken: object) -> None:
    write_env(GOOD | {name: value})
    assert getattr(read_settings(Settings), attribute) == taken


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("BOT_TOKEN", "", "123456:ABC"),
        ("BOT_TOKEN", TOKEN_SECRET, "123456:ABC"),
        ("BOT_TOKEN", f"bot123:{TOKEN_SECRET}", "123456:ABC"),
        ("BOT_TOKEN", f":{TOKEN_SECRET}", "123456:ABC"),
        ("BOT_TOKEN", "123456:", "123456:ABC"),
        ("MASTER_KEY", KEY_SECRET, "1:BASE64"),
        ("MASTER_KEY", f"one:{KEY_SECRET}", "1:BASE64"),
        ("MASTER_KEY", f"0:{KEY_SECRET}", "1:BASE64"),
        ("MASTER_KEY", f"1:{KEY_SECRET}!", "not base64"),
        ("MASTER_KEY", f"1:{KEY_SECRET[:-4]}", "bytes, not 32"),
        ("MASTER_KEY", f"1:{KEY_SECRET},2:", "bytes, not 32"),
        ("LEAD_IDS", "", "parted by commas"),
        ("LEAD_IDS", " , ", "parted by commas"),
        ("LEAD_IDS", "11;22", "parted by commas"),
        ("LEAD_IDS", "11,@dana", "parted by commas"),
        ("LEAD_IDS", "-100123", "parted by commas"),
        ("COORDINATOR_CHAT_ID", "@team", "integer"),
        ("REMIND_AFTER_HOURS", "-1", "greater than or equal to 0"),
        ("DRAFT_EXPIRES_AFTER_DAYS", "2", "at least 3"),
        ("DRAFT_EXPIRES_AFTER_DAYS", "-1", "greater than or equal to 0"),
        ("REPORTS_PER_PERSON_DAY", "many", "integer"),
        ("DIGEST_CHAT_ID", "1.5", "integer"),
        ("DIGEST_AT", "25:00", "hour"),
        ("DIGEST_AT", "20.00", "time format"),
        ("DIGEST_AT", "20", "time format"),
        ("DIGEST_AT", "", "time format"),
        ("DIGEST_AT", "20:00Z", "it must be the local time, like 20:00, with no offset"),
        ("DIGEST_AT", "20:00+06:00", "it must be the local time, like 20:00, with no offset"),
        ("TIMEZONE", "Almaty", "there is no such time zone"),
        ("TIMEZONE", "Asia", "there is no such time zone"),
        ("TIMEZONE", "../../etc/passwd", "there is no such time zone"),
        ("TIMEZONE", "/etc/passwd", "there is no such time zone"),
        ("DEFAULT_LANGUAGE", "fr", "it must be one of kk, ru, en"),
        ("COUNTRY", "zz", "there are folders for kz; for another, give its path"),
        ("COUNTRY", "", "it cannot be read"),
        ("COUNTRY", "/nowhere", "there are folders for kz"),
        ("BOT_API_URL", "api.telegram.org", "pattern"),
        ("BOT_API_URL", "ftp://api.telegram.org", "pattern"),
        ("DATABASE_URL", "", "sqlite:///var/reports.db"),
        ("DATABASE_URL", "sqlite:///", "sqlite:///var/reports.db"),
        ("DATABASE_URL", "postgresql://user:word@host", "postgresql://user:password@host:5432/database"),
        ("DATABASE_URL", "mysql://user:word@host/reports", "sqlite:///var/reports.db"),
        ("SEND_PER_SECOND", "-1", "greater than or equal to 0"),
        ("SEND_PER_CHAT_SECOND", "0.5", "integer"),
        ("SEND_PER_GROUP_MINUTE", "", "integer"),
        ("MONITOR_PORT", "65536", "less than or equal to 65535"),
        ("WEBHOOK_URL", "bot.example", "pattern"),
        ("LISTEN", "8080", "pattern"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_a_wrong_setting_is_named_with_the_reason_and_without_its_value(name: str, value: str, reason: str) -> None:
    said = refusal(GOOD | {name: value})
    assert said.startswith(f"{name}: ")
    assert reason in said
    secret = value.rpartition(":")[2]
    assert len(secret) < 12 or secret not in said


@pytest.mark.parametrize("name", ["BOT_TOKEN", "LEAD_IDS"])
def test_a_setting_without_a_default_must_be_set(name: str) -> None:
    assert refusal({other: value for other, value in GOOD.items() if other != name}) == f"{name}: it is not set"


def test_an_unknown_setting_is_refused() -> None:
    assert refusal(GOOD | {"TIME_ZONE": "UTC"}) == "TIME_ZONE: there is no such setting; .env.example lists them all"


def test_a_misspelt_secret_is_refused_and_not_shown() -> None:
    assert refusal(GOOD | {"BOT_TOKN": TOKEN_SECRET}).startswith("BOT_TOKN: ")


def test_there_must_be_one_master_key_and_no_more() -> None:
    without = {name: value for name, value in GOOD.items() if name != "MASTER_KEY"}
    both = GOOD | {"MASTER_KEY_FILE": "key.txt"}
    for values in (without, without | {"MASTER_KEY": ""}, both):
        assert refusal(values).startswith("MASTER_KEY: set either MASTER_KEY or MASTER_KEY_FILE")


@pytest.mark.parametrize("content", ["1:{}", "1:{}\n", "MASTER_KEY=1:{}\n", "\n  1:{}\r\n"])
def test_the_master_key_may_stand_in_a_file(content: str) -> None:
    Path("key.txt").write_text(content.format(KEY_SECRET), encoding="utf-8")
    write_env(GOOD | {"MASTER_KEY": "", "MASTER_KEY_FILE": "key.txt"})
    assert read_settings(Settings).master_keys().keys == {1: b"KEY never to be shown, 32 bytes!"}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("missing.txt", "it cannot be read (No such file or directory)"),
        (".", "it cannot be read (Is a directory)"),
        ("wrong.txt", "1:BASE64"),
        ("empty.txt", "1:BASE64"),
        ("key.bin", "it is not text"),
    ],
)
def test_a_wrong_master_key_file_is_named_with_the_reason(file: str, reason: str) -> None:
    Path("wrong.txt").write_text(KEY_SECRET, encoding="utf-8")
    Path("empty.txt").touch()
    Path("key.bin").write_bytes(bytes(range(200, 232)))
    said = refusal(GOOD | {"MASTER_KEY": "", "MASTER_KEY_FILE": file})
    assert said.startswith("MASTER_KEY_FILE: ")
    assert reason in said


def test_nothing_of_a_master_key_file_that_is_no_text_is_quoted() -> None:
    Path("key.bin").write_bytes(bytes(range(200, 232)))
    said = refusal(GOOD | {"MASTER_KEY": "", "MASTER_KEY_FILE": "key.bin"})
    assert said == "MASTER_KEY_FILE: it is not text"


@pytest.mark.parametrize("kind", [Settings, StorageSettings])
def test_an_env_file_that_is_not_utf_8_is_a_wrong_setting(kind: type[StorageSettings]) -> None:
    Path(".env").write_bytes("# ключ\nBOT_TOKEN=1:a\n".encode("cp1251"))
    with pytest.raises(WrongSetting) as wrong:
        read_settings(kind)
    assert str(wrong.value) == ".env: it is not UTF-8 text"
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__


@pytest.mark.parametrize("kind", [Settings, StorageSettings])
def test_a_wrong_address_of_the_database_is_named_without_it(kind: type[StorageSettings]) -> None:
    write_env(GOOD | {"DATABASE_URL": f"postgresql://user:{KEY_SECRET}@host:port/reports"})
    with pytest.raises(WrongSetting) as wrong:
        read_settings(kind)
    assert str(wrong.value).startswith("DATABASE_URL: ")
    assert KEY_SECRET not in str(wrong.value)


def test_a_postgresql_database_is_where_the_reports_are() -> None:
    write_env(GOOD | {"DATABASE_URL": POSTGRES})
    assert read_settings(StorageSettings).location() == PostgresDatabase(POSTGRES)


@pytest.mark.parametrize("secret", ["", "with a space", "п", "x" * 257, None])
def test_a_webhook_has_a_secret_that_telegram_takes_and_that_is_not_repeated(secret: str | None) -> None:
    said = refusal(
        GOOD | {"WEBHOOK_URL": "https://bot.example/x"} | ({} if secret is None else {"WEBHOOK_SECRET": secret})
    )
    assert said.startswith("WEBHOOK_SECRET: it must be 1 to 256 letters")
    assert not secret or secret not in said.removeprefix("WEBHOOK_SECRET: ")


def test_a_webhook_with_its_secret_is_taken() -> None:
    write_env(GOOD | {"WEBHOOK_URL": "https://bot.example/x", "WEBHOOK_SECRET": "Az09_-"})
    settings = read_settings(Settings)
    assert settings.webhook_url == "https://bot.example/x"
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.get_secret_value() == "Az09_-"
    assert "Az09_-" not in repr(settings)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(GOOD | {"TIMEZONE": "UTC"})
    monkeypatch.setenv("TIMEZONE", "Europe/Berlin")
    assert read_settings(Settings).timezone == "Europe/Berlin"


def test_values_in_the_call_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(GOOD)
    monkeypatch.setenv("TIMEZONE", "Europe/Berlin")
    assert read_settings(Settings, timezone="UTC").timezone == "UTC"


def test_a_wrong_setting_in_the_environment_is_named_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(GOOD)
    monkeypatch.setenv("DEFAULT_LANGUAGE", "fr")
    with pytest.raises(WrongSetting, match=r"^DEFAULT_LANGUAGE: it must be one of"):
        read_settings(Settings)


def test_other_variables_of_the_environment_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(GOOD)
    monkeypatch.setenv("TIME_ZONE", "UTC")
    assert read_settings(Settings).timezone is None


def test_reaching_the_reports_takes_no_token() -> None:
    write_env({"MASTER_KEY": GOOD["MASTER_KEY"], "DIGEST_AT": "whenever", "SOMETHING_ELSE": "x"})
    assert read_settings(StorageSettings).location() == SQLiteFile(Path("var/reports.db"))


def test_secrets_are_not_shown_when_settings_are_printed() -> None:
    write_env(GOOD)
    settings = read_settings(Settings)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {settings.master_keys()!r}"
    assert TOKEN_SECRET not in shown
    assert KEY_SECRET not in shown
    assert "never to be shown" not in shown


def test_settings_cannot_be_changed_once_they_are_read() -> None:
    write_env(GOOD)
    settings = read_settings(Settings)
    with pytest.raises(ValidationError, match="frozen"):
        settings.timezone = "UTC"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("hours", "days", "remind_after", "expires_after"),
    [("24", "30", timedelta(days=1), timedelta(days=30)), ("0", "0", None, None)],
)
def test_drafts_are_kept_as_the_settings_say(
    hours: str, days: str, remind_after: timedelta | None, expires_after: timedelta | None
) -> None:
    write_env(GOOD | {"REMIND_AFTER_HOURS": hours, "DRAFT_EXPIRES_AFTER_DAYS": days})
    assert read_settings(Settings).draft_terms == DraftTerms(
        Daytime(ZoneInfo("Asia/Almaty")), remind_after=remind_after, expires_after=expires_after
    )
