"""`check`: what is well, and what is to be mended."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.commands.check import check
from bot.commands.sandbox import Cast
from bot.demo.process import environment
from bot.sandbox import SandboxServer
from bot.settings import Settings, read_settings
from storage.crypto import MasterKeys
from storage.database import Database
from tests.bot.commands.processes import run_bot

RURITANIA = Path(__file__).parents[2] / "countries" / "ruritania"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look over nobody's .env."""
    monkeypatch.chdir(tmp_path)


async def test_all_is_well(settings: Settings, cast: Cast, tmp_path: Path) -> None:
    for coordinator in cast.coordinators:
        await coordinator.send("/start")

    ended = await run_bot("check", folder=tmp_path, **environment(settings))

    assert (ended.code, ended.err) == (0, "")
    for what in (
        "settings",
        "COUNTRY kz: Kazakhstan",
        "MASTER_KEY",
        "database",
        "EVIDENCE_DIR",
        "BOT_TOKEN",
        "COORDINATOR_CHAT_ID",
        "DIGEST_CHAT_ID",
    ):
        assert f"ok    {what}" in ended.out
    assert all(line.startswith("ok    ") for line in ended.out.splitlines())


async def test_what_is_to_be_mended_is_said_and_makes_the_exit_code_1(
    settings: Settings, cast: Cast, tmp_path: Path
) -> None:
    dina, askar = cast.coordinators
    await dina.send("/start")
    await cast.group.remove_bot()
    await cast.channel.remove_bot()

    ended = await run_bot("check", folder=tmp_path, **environment(settings))

    assert (ended.code, ended.err) == (1, "")
    to_do = [line for line in ended.out.splitlines() if not line.startswith("ok    ")]
    assert [line.partition(":")[0] for line in to_do] == [
        f"MEND  lead {askar.id}",
        "MEND  COORDINATOR_CHAT_ID",
        "MEND  DIGEST_CHAT_ID",
    ]
    assert "press /start once" in to_do[0]
    assert "add the bot to this group" in to_do[1]


async def test_a_channel_in_which_the_bot_may_not_post_is_to_be_mended(settings: Settings, cast: Cast) -> None:
    await cast.channel.add_bot("member")
    assert "DIGEST_CHAT_ID" in await _to_do(settings)


async def test_team_chats_need_not_be_set(settings: Settings) -> None:
    alone = _changed(settings, coordinator_chat_id=None, digest_chat_id=None)
    assert not {"COORDINATOR_CHAT_ID", "DIGEST_CHAT_ID"} & set(await _to_do(alone))


async def test_a_countrys_table_with_a_mistake_is_said_and_stops_a_start(settings: Settings, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RURITANIA, tmp_path / "ruritania"))
    elsewhere = _changed(settings, country=str(folder), default_language="en", timezone=None)
    assert list(await _to_do(elsewhere)) == []
    steps = folder / "first_steps.csv"
    steps.write_text(steps.read_text(encoding="utf-8").replace("20,", "last,"), encoding="utf-8")
    said = f"{steps}, line 2, column order: it must be a number"
    assert await _to_do(elsewhere) == {f"COUNTRY {folder}": said}

    ended = await run_bot("run", folder=tmp_path, **environment(elsewhere))

    assert (ended.code, ended.err) == (2, f"COUNTRY: {said}\n")


async def test_what_is_shown_and_not_understood_is_said(settings: Settings, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RURITANIA, tmp_path / "ruritania"))
    places = folder / "places.csv"
    places.write_text(places.read_text(encoding="utf-8").replace(",Зенда\n", ",Замок\n"), encoding="utf-8")
    to_do = await _to_do(_changed(settings, country=str(folder)))
    assert "'Замок' (column ru) is not understood as zenda" in to_do[f"COUNTRY {folder}"]


async def test_a_token_that_telegram_does_not_know_is_the_last_thing_asked_about(settings: Settings) -> None:
    to_do = await _to_do(_changed(settings, bot_token="123456:no-such-bot"))
    assert list(to_do) == ["BOT_TOKEN"]
    assert "Telegram does not know it" in to_do["BOT_TOKEN"]


async def test_a_telegram_that_is_not_reached_is_said(settings: Settings, server: SandboxServer) -> None:
    await server.stop()
    assert "BOT_API_URL and the network" in (await _to_do(settings))["BOT_TOKEN"]


async def test_a_key_that_does_not_open_the_database_is_said(settings: Settings) -> None:
    said = await _about_the_database(_changed(settings, master_key=MasterKeys.generate()))
    assert "MASTER_KEY is not the key that this database was made with" in said


async def test_a_database_that_is_not_there_is_said(settings: Settings, tmp_path: Path) -> None:
    said = await _about_the_database(_changed(settings, database_url=f"sqlite:///{tmp_path / 'none.db'}"))
    assert said == "run `python -m bot migrate`"


async def test_updates_given_up_are_said(settings: Settings) -> None:
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        raw = {"update_id": 1}
        await work.updates.defer(raw, chat_key="", error="", attempts=5, at=work.now, wait=timedelta(0))
        await work.updates.bury(1, error="", at=work.now)
    assert "1 updates could not be handled" in await _about_the_database(settings)


async def test_a_key_that_others_can_read_is_said(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert settings.master_key is not None
    file.write_text(settings.master_key.get_secret_value())
    in_a_file = _changed(settings, master_key=None, master_key_file=file)
    file.chmod(0o644)
    assert "chmod 600" in (await _to_do(in_a_file))["MASTER_KEY_FILE"]
    file.chmod(0o600)
    assert "MASTER_KEY_FILE" not in await _to_do(in_a_file)


async def test_a_folder_for_evidence_that_is_of_no_use_or_open_to_others_is_said(
    settings: Settings, tmp_path: Path
) -> None:
    settings.evidence_dir.mkdir(mode=0o755)
    assert "chmod 700" in (await _to_do(settings))["EVIDENCE_DIR"]
    (tmp_path / "taken").touch()
    nowhere = _changed(settings, evidence_dir=tmp_path / "taken" / "evidence")
    assert "Not a directory" in (await _to_do(nowhere))["EVIDENCE_DIR"]


async def _to_do(settings: Settings) -> dict[str, str]:
    return {
        finding.what: finding.to_do
        async for finding in check(settings, clock=utc_now)
        if finding.to_do is not None and not finding.what.startswith("lead ")
    }


async def _about_the_database(settings: Settings) -> str:
    return next(said for what, said in (await _to_do(settings)).items() if what.startswith("database"))


def _changed(settings: Settings, **values: object) -> Settings:
    return read_settings(Settings, _env_file=None, **(settings.model_dump() | values))
