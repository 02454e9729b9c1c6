"""A local Telegram with the team in it, and settings for a bot that is not running yet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.commands.sandbox import Cast, gather_cast, sandbox_settings
from bot.sandbox import SandboxClient, SandboxServer
from bot.settings import Settings
from storage.database import Database
from storage.location import SQLiteFile
from tests.databases import migrated_file


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with SandboxServer() as running:
        yield running


@pytest.fixture
async def telegram(server: SandboxServer) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(server.url) as client:
        yield client


@pytest.fixture
async def cast(telegram: SandboxClient) -> Cast:
    return await gather_cast(telegram)


@pytest.fixture
async def settings(server: SandboxServer, cast: Cast, tmp_path: Path) -> Settings:
    made = sandbox_settings(server.url, server.token, cast, tmp_path)
    location = made.location()
    assert isinstance(location, SQLiteFile)
    location.path.touch(mode=0o600)
    location.path.write_bytes(migrated_file())
    # From now on the database belongs to its key.
    async with Database.open(location, made.master_keys(), clock=utc_now):
        return made
