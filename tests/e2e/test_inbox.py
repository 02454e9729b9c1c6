"""A full batch is committed as it came: Telegram may forget it before it is handled, and nobody else does."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from bot.app import App, open_app
from bot.pipeline.telegram_bot import BATCH
from bot.sandbox import Person, SandboxClient, SandboxServer
from bot.settings import Settings
from tests.e2e.aftermath import count, until_count
from tests.e2e.conftest import Clock, Stage
from tests.e2e.fleet import gathered
from tests.e2e.robots import line
from tests.e2e.test_pipeline import broken_database, pending

GREETING = "Here you can report"
LONGEST_SECONDS = 30.0
database_failed = pytest.raises((sqlite3.OperationalError, asyncpg.PostgresError))


@pytest.fixture
async def crowd(stage: Stage) -> list[Person]:
    """Give as many people as fill a batch, who all have written."""
    return await write_all(stage)


async def write_all(stage: Stage) -> list[Person]:
    await stage.app.settle()
    people = [await stage.telegram.person(f"Person {number}", language_code="en") for number in range(BATCH)]
    for person in people:
        await person.send("/start")
    return people


async def take_and_die(app: App) -> None:
    """Let a bot keep what comes, and not live to handle it."""
    with broken_database(app):
        assert await app.receiver.take(timeout_seconds=0) == BATCH
        with database_failed:
            await app.receiver.take(timeout_seconds=0)


async def told(people: Sequence[Person], words: str) -> set[int]:
    """Return how often each of these people was told these words: a single number where all is well."""
    for person in people:
        await person.refresh()
    return {sum(message.from_bot and words in message.text for message in person.messages) for person in people}


async def settle_slowly(app: App, clock: Clock) -> None:
    """Send all, however many a second Telegram takes."""
    for _ in range(2 * BATCH // 30):
        await app.settle()
        clock.move(seconds=1)


async def test_telegram_forgets_a_full_batch_before_it_is_handled_and_the_bot_does_not(
    stage: Stage, crowd: list[Person], settings: Settings, server: SandboxServer
) -> None:
    await take_and_die(stage.app)
    assert await pending(server) == 0
    assert await count(settings, "inbox") == 1
    await settle_slowly(stage.app, stage.clock)
    assert await told(crowd, GREETING) == {1}
    assert await count(settings, "inbox") == 0


async def test_an_heir_handles_what_is_left_before_anything_that_came_later(
    stage: Stage, crowd: list[Person], settings: Settings, clock: Clock
) -> None:
    await take_and_die(stage.app)
    await crowd[0].send("/help")
    async with open_app(settings, clock=clock) as heir:
        await heir.watch.begin(alone=True)
        await settle_slowly(heir, clock)
    assert await told(crowd, GREETING) == {1}
    said = [message.text for message in crowd[0].messages if message.from_bot]
    assert [GREETING in said[0], said[1].startswith(line("help"))] == [True, True]


async def test_a_bot_that_waits_to_poll_handles_what_the_one_before_it_left(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    async with open_app(settings, clock=clock) as heir:
        await heir.receiver.take(timeout_seconds=0)  # it polled before, and found nothing left
        crowd = await write_all(stage)
        await take_and_die(stage.app)
        heir.watch.polls = False
        waited = asyncio.Event()

        async def pause(_seconds: float) -> None:
            waited.set()
            heir.watch.polls = True

        running = asyncio.create_task(heir.receiver.run(stopping=lambda: False, pause=pause))
        await until_count(settings, "inbox", 0, seconds=LONGEST_SECONDS)
        assert waited.is_set()
        running.cancel()
        await asyncio.wait([running])
        await settle_slowly(heir, clock)
    assert await told(crowd, GREETING) == {1}


async def test_a_bot_told_to_stop_handles_what_it_kept(
    stage: Stage, crowd: list[Person], settings: Settings, clock: Clock
) -> None:
    async def pause(_seconds: float) -> None:
        raise AssertionError("there is nothing to wait for")

    assert await stage.app.receiver.take(timeout_seconds=0) == BATCH
    assert await count(settings, "inbox") == 1
    await stage.app.receiver.run(stopping=lambda: True, pause=pause)
    assert await count(settings, "inbox") == 0
    await settle_slowly(stage.app, clock)
    assert await told(crowd, GREETING) == {1}


async def test_a_bot_that_is_posted_to_from_now_on_handles_what_was_left_when_it_polled(
    stage: Stage, crowd: list[Person], settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    await take_and_die(stage.app)
    async with gathered(settings, tmp_path, processes=1, is_posted=True) as fleet:
        await fleet.start()
        late = await telegram.person("Late", language_code="en")
        await late.send("/start")
        await late.wait_for(lambda message: GREETING in message.text, timeout=LONGEST_SECONDS)
        await until_count(settings, "outbox WHERE settled_at_ms IS NULL", 0, seconds=LONGEST_SECONDS)
        await fleet.stop()
    assert await told([*crowd, late], GREETING) == {1}
