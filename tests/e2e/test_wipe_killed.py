"""/wipe and SIGKILL: what was asked for is done by the process that comes next."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Person, SandboxClient, SandboxServer
from bot.settings import Settings
from tests.e2e.aftermath import until_count
from tests.e2e.fleet import gathered
from tests.e2e.robots import line

LONGEST_SECONDS = 30.0


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """Give a local Telegram with a clock that goes."""
    async with SandboxServer() as running:
        yield running


async def test_a_bot_killed_in_the_middle_deletes_all_the_same_once_it_runs_again(
    settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    mother = await telegram.person("Raigul", language_code="en")
    async with gathered(settings, tmp_path, processes=1) as fleet:
        await fleet.start()
        await mother.send("/help")
        await mother.wait_for(line("help"), timeout=LONGEST_SECONDS)
        await mother.send("/wipe")
        await mother.wait_for(line("wipe.ask"), timeout=LONGEST_SECONDS)
        await telegram.fault("drop_connection", method="deleteMessages", times=1000)
        await mother.press("Delete the messages")
        tried = "outbox WHERE dedupe_key LIKE 'wipe:%/%' AND settled_at_ms IS NULL AND attempts > 0"
        await until_count(settings, tried, 1, seconds=LONGEST_SECONDS)
        await fleet.kill(fleet.bots[0])
        await telegram.clear_faults()
        assert await still_there(mother) == 4
        await fleet.start()
        async with asyncio.timeout(LONGEST_SECONDS):
            while await still_there(mother):
                await telegram.events(after=(await telegram.events())[-1].seq, wait=0.2)
        await fleet.stop()


async def still_there(person: Person) -> int:
    await person.refresh()
    return len(person.messages)
