"""Unmistakable words are sent down the whole road, and then looked for where they must not be.

The same search is held against the coordinator's card, the digest and the export, where they must be found.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

import aiohttp
import pytest
import structlog

from bot.app import utc_now
from bot.commands.sandbox import Cast
from bot.demo.process import BotProcess, environment
from bot.logs import configure_logs
from bot.sandbox import Event, Person, SandboxClient
from bot.services.export import export
from bot.settings import Settings
from storage.database import Database
from storage.location import SQLiteFile
from tests.e2e.canaries import (
    ASKAR,
    BROKEN,
    BROTHER,
    DINA,
    IDS,
    MAY_BE_PUBLISHED,
    MOTHER,
    NAMED,
    SENT_IN_VAIN,
    TAKEN_BACK,
    TOLD_OF_PUBLISHED,
    WITHDRAWN,
    found,
    halves,
    kept,
)
from tests.e2e.canary_road import Road, walk
from tests.e2e.conftest import Stage
from tests.e2e.fleet import HOST, free_port
from tests.e2e.robots import line
from tests.storage.support import column, sql
from tests.storage.thief import readable


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_nothing_said_is_found_where_it_must_not_be(
    logged: StringIO, stage: Stage, brother: Person, settings: Settings
) -> None:
    async def settle() -> None:
        await stage.app.settle()
        stage.clock.move(seconds=1)

    road = Road(stage.telegram, stage.cast, settle)
    codes = await walk(road, brother)
    await _break_an_update(stage, road, brother)
    stage.clock.move(hours=6)
    await stage.tick()

    events = await stage.telegram.events()
    posted = _said_in(events, stage.cast.channel.id)
    assert NAMED | halves([WITHDRAWN["name"]]) <= found(posted) <= MAY_BE_PUBLISHED
    notices = _said_in(events, stage.cast.group.id)
    assert codes[0] in notices  # which tell numbers, codes, places and days as understood, and nothing that was said
    assert line("notice.dead_letter", update_id=1) in notices
    assert not found(notices)
    pressed = _callback_data(events)
    assert pressed
    assert not found("\n".join(pressed), codes)
    assert _files(settings) == {"reports.db", "reports.db-wal", "reports.db-shm"}
    _look_into_the_folder(settings, codes)
    assert found(readable(settings.location(), settings.master_keys())) >= TAKEN_BACK

    keys = _keys_of_what_is_taken_back(settings)
    assert all(_is_in_the_folder(settings, key) for key in keys)
    files = set(settings.evidence_dir.iterdir())
    await road.withdraw(brother, codes[-1])
    stage.clock.move(hours=1)
    await stage.tick()
    await stage.cast.channel.refresh()
    shown = "\n".join(message.text for message in stage.cast.channel.messages)
    assert NAMED <= found(shown) <= MAY_BE_PUBLISHED - TAKEN_BACK
    assert len(files - set(settings.evidence_dir.iterdir())) == 1
    _look_for_what_is_taken_back(settings, keys)

    # What the local Telegram logs, in this same process, is not the bot's.
    lines = [line for line in logged.getvalue().splitlines() if '"event": "sandbox_' not in line]
    assert {"update_deferred", "update_given_up"} <= {json.loads(line)["event"] for line in lines}
    assert "ValidationError" in logged.getvalue()
    assert not found("\n".join(lines), codes)
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        exported = [json.dumps(record, ensure_ascii=False) async for record in export(work)]
    assert found("\n".join(exported)) == halves(kept())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_nothing_said_is_found_in_the_log_or_the_files_of_a_bot_of_its_own(
    settings: Settings, telegram: SandboxClient, cast: Cast, brother: Person, tmp_path: Path
) -> None:
    async def settle() -> None:
        """Do nothing: this bot answers by itself."""

    log = tmp_path / "bot.log"
    port = free_port()
    async with BotProcess(environment(settings, LOG_LEVEL="DEBUG", MONITOR_PORT=str(port)), log) as process:
        await process.start()
        codes = await walk(Road(telegram, cast, settle), brother)
        stranger = await telegram.person("Stranger", language_code="en")
        await Road(telegram, cast, settle).begin(stranger)
        await _spoil_the_row_of(stranger, settings)
        await stranger.send(SENT_IN_VAIN)
        while await telegram.pending_updates():
            await telegram.events(after=(await telegram.events())[-1].seq, wait=0.1)
        _look_into_the_folder(settings, codes)
        keys = _keys_of_what_is_taken_back(settings)
        await Road(telegram, cast, settle).withdraw(brother, codes[-1])
        assert not found(await _metrics(port), codes)
        assert await process.stop() == 0
    _look_for_what_is_taken_back(settings, keys)
    _look_into_the_folder(settings, codes)
    assert "update_deferred" in log.read_text(encoding="utf-8")
    command = (sys.executable, "-m", "bot", "export", "--format", "jsonl")
    exporting = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | environment(settings, LOG_LEVEL="DEBUG"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    exported, said = await exporting.communicate()
    assert found(exported.decode()) == halves(kept())
    assert not found(said.decode(), codes)


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Log everything, as LOG_LEVEL=DEBUG does, to be read at the end; then put things back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [logger for logger in root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    levels = {logger: logger.level for logger in loggers}
    configure_logs("DEBUG")
    lines = StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(lines)
    yield lines
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger, its_level in levels.items():
        logger.setLevel(its_level)


@pytest.fixture
async def cast(telegram: SandboxClient) -> Cast:
    mother, dina, askar = [
        await telegram.person(name, id=IDS[name], language_code="en") for name in (MOTHER, DINA, ASKAR)
    ]
    group = await telegram.group("Coordinators", members=[dina, askar])
    channel = await telegram.channel("Detentions: digest", members=[dina])
    return Cast(mother, (dina, askar), group, channel)


@pytest.fixture
async def brother(telegram: SandboxClient) -> Person:
    return await telegram.person(BROTHER, id=IDS[BROTHER], language_code="en")


async def _metrics(port: int) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}/metrics") as response:
        assert response.ok
        return await response.text()


def _said_in(events: Iterable[Event], chat_id: int) -> str:
    return "\n".join(event.text for event in events if event.chat == chat_id and event.from_bot)


def _callback_data(events: Iterable[Event]) -> set[str]:
    return {button.data for event in events for row in event.buttons for button in row if button.data is not None}


def _folder(settings: Settings) -> Path:
    location = settings.location()
    assert isinstance(location, SQLiteFile)
    return location.path.parent


def _keys_of_what_is_taken_back(settings: Settings) -> list[bytes]:
    """Return the wrapped keys of the newest report and of its file."""
    report = "SELECT wrapped_key FROM reports WHERE id = 5"
    file = "SELECT wrapped_key FROM evidence WHERE report_id = 5"
    return [*column(settings.location(), report), *column(settings.location(), file)]


def _is_in_the_folder(settings: Settings, content: bytes) -> bool:
    return any(content in path.read_bytes() for path in _folder(settings).rglob("*") if path.is_file())


def _look_for_what_is_taken_back(settings: Settings, keys: Iterable[bytes]) -> None:
    """Check that nobody can open it any more, not even with the master key, not even in old bytes."""
    opened = found(readable(settings.location(), settings.master_keys()))
    assert halves(TOLD_OF_PUBLISHED) <= opened
    assert not opened & TAKEN_BACK
    assert not any(_is_in_the_folder(settings, key) for key in keys)


def _files(settings: Settings) -> set[str]:
    return {path.name for path in _folder(settings).rglob("*")}


def _look_into_the_folder(settings: Settings, codes: Sequence[str]) -> None:
    """Look for canaries in the names and the bytes of all files beside the database, its log included."""
    paths = [path for path in _folder(settings).rglob("*") if path.is_file()]
    assert _folder(settings) / "reports.db" in paths
    kept = [path for path in settings.evidence_dir.rglob("*") if path.is_file()]
    assert kept
    paths += kept
    for path in paths:
        assert not found(path.name, codes)
        assert not found(path.read_bytes(), codes), path.name


async def _break_an_update(stage: Stage, road: Road, person: Person) -> None:
    """Let an update fail with an error that quotes it, and be tried again until it is given up."""
    await road.begin(person)
    chat = {"id": person.id, "type": "private", "first_name": BROTHER}
    raw = {
        "update_id": 1,
        "message": {
            "message_id": BROKEN,
            "date": int(stage.clock().timestamp()),
            "chat": chat,
            "from": {**chat, "is_bot": False, "language_code": "en"},
            "text": SENT_IN_VAIN,
        },
    }
    await stage.app.worker.handle([raw])
    for seconds in (1, 5, 30, 300):
        stage.clock.move(seconds=seconds)
        await stage.tick()
    await person.wait_for(line("problem.not_handled"))


async def _spoil_the_row_of(person: Person, settings: Settings) -> None:
    """Damage what is stored of a chat, so that nothing that comes from it can be handled."""
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        key = work.chats.key_of(person.id)
    spoil = "UPDATE chats SET wrapped_key = :spoiled WHERE chat_key = :key"
    sql(settings.location(), spoil, spoiled=bytes(60), key=key)
