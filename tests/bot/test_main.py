"""The commands, as a person types them. Those that need a Telegram are in tests/bot/commands."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.settings import Settings
from storage.crypto import MasterKeys
from tests.bot.commands.processes import Ended, run_bot
from tests.e2e.robots import line

TOKEN = "123456:the-token-is-a-secret"
KEY = MasterKeys.generate()
GOOD = {"BOT_TOKEN": TOKEN, "MASTER_KEY": KEY, "LEAD_IDS": "11111111"}
NAMES = [name.upper() for name in Settings.model_fields]
WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "no token": ({"BOT_TOKEN": None}, "BOT_TOKEN: it is not set"),
    "half a token": ({"BOT_TOKEN": "hidden"}, "BOT_TOKEN: it must look like 123456:ABC..., as BotFather gives it"),
    "no key": ({"MASTER_KEY": None}, "MASTER_KEY: set either MASTER_KEY or MASTER_KEY_FILE"),
    "two keys": ({"MASTER_KEY_FILE": "key"}, "MASTER_KEY: set either MASTER_KEY or MASTER_KEY_FILE"),
    "no key file": ({"MASTER_KEY": None, "MASTER_KEY_FILE": "key"}, "MASTER_KEY_FILE: it cannot be read"),
    "no base64": ({"MASTER_KEY": "1:hidden!"}, "MASTER_KEY: version 1 is not base64"),
    "half a key": ({"MASTER_KEY": "1:aGlkZGVu"}, "MASTER_KEY: version 1 has 6 bytes, not 32"),
    "no version": ({"MASTER_KEY": "aGlkZGVu"}, "MASTER_KEY: it must look like 1:BASE64"),
    "nobody": ({"LEAD_IDS": None}, "LEAD_IDS: it is not set"),
    "a name": ({"LEAD_IDS": "@dina"}, "LEAD_IDS: it must be Telegram user ids parted by commas"),
    "no id": ({"COORDINATOR_CHAT_ID": "team"}, "COORDINATOR_CHAT_ID: "),
    "no channel": ({"DIGEST_CHAT_ID": "@news"}, "DIGEST_CHAT_ID: "),
    "no time": ({"DIGEST_AT": "25:00"}, "DIGEST_AT: "),
    "no zone": ({"TIMEZONE": "Mars/Olympus"}, "TIMEZONE: there is no such time zone"),
    "no language": ({"DEFAULT_LANGUAGE": "xx"}, "DEFAULT_LANGUAGE: it must be one of "),
    "no database": ({"DATABASE_URL": "mysql://user:hidden@host/db"}, "DATABASE_URL: it must look like sqlite:///"),
    "no address": ({"BOT_API_URL": "telegram:hidden"}, "BOT_API_URL: "),
    "no level": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: "),
}
SECRETS = (TOKEN, KEY, "hidden", "aGlkZGVu")


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_setting_is_named_in_one_line_that_says_why(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, why = WRONG[case]
    monkeypatch.chdir(tmp_path)  # where no .env is
    ended = CliRunner().invoke(cli, ["run"], env={**dict.fromkeys(NAMES), **GOOD, **changed})
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith(why)
    assert not [secret for secret in SECRETS if secret in ended.stderr]


async def test_a_generated_key_opens_a_database_that_is_made_once(tmp_path: Path) -> None:
    key = await run_bot("generate-key", folder=tmp_path)
    assert (key.code, key.err) == (0, "")
    assert re.fullmatch(r"MASTER_KEY=1:\S{44}\n", key.out)
    (tmp_path / ".env").write_text(key.out)

    first, second = [await run_bot("migrate", folder=tmp_path) for _ in range(2)]

    assert first == second == Ended(0, "The database is ready: var/reports.db\n", "")
    assert (tmp_path / "var" / "reports.db").stat().st_size > 0


async def test_the_demo_plays_to_its_end(tmp_path: Path) -> None:
    ended = await run_bot("demo", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    digest, stored = ended.out.rindex(line("digest.head", end="")), ended.out.index("What is in the database")
    assert digest < stored
    assert "Садырбаева" in ended.out[stored:]
    assert "Without the key" in ended.out[stored:]
