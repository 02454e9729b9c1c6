"""Bots as processes: several that share the work, one that dies, one that is told to stop, a database that is away.

Times are logged and not asserted, but for the ten seconds in which a bot that is told to stop has to end.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from bot.demo.process import environment
from bot.sandbox import Person, SandboxClient, SandboxServer
from bot.settings import Settings
from storage.location import PostgresDatabase
from tests.bot.commands.processes import run_bot
from tests.e2e.aftermath import (
    check_chats,
    check_nothing_is_held,
    check_reports,
    count,
    logged,
    until_everything_is_sent,
)
from tests.e2e.fleet import QUIET, Bot, gathered
from tests.e2e.plans import Plan
from tests.e2e.robots import Robot, line
from tests.postgres import PostgresServer

CONSENT = line("screen.consent")
LONGEST_SECONDS = 60.0
MOST_SECONDS_TO_STOP = 10.0

ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("databases", ["postgres"], indirect=True)

log = logging.getLogger(__name__)


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """Give a local Telegram with a clock that goes, unlike the one of the tests that move it."""

    async def wait(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.5))

    async with SandboxServer(wait=wait) as running:
        yield running


@ON_POSTGRES
async def test_of_two_that_poll_exactly_one_does_and_the_other_takes_over_when_it_is_killed(
    settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    async with gathered(settings, tmp_path, processes=2) as fleet:
        await fleet.start()
        first = await fleet.poller()
        (second,) = (bot for bot in fleet.bots if bot is not first)
        await _until_logged(second, "started")
        for number in range(5):
            await _is_answered(await telegram.person(f"Early {number}", language_code="en"))
            assert await fleet.polling() == [first]

        killed_at = time.monotonic()
        await fleet.kill(first)
        await _is_answered(await telegram.person("Late", language_code="en"))
        log.info("taken over and answered %.1f s after the kill", time.monotonic() - killed_at)
        assert await fleet.polling() == [second]

        await fleet.start()
        await _until_logged(first, "started", times=2)
        await _is_answered(await telegram.person("Later", language_code="en"))
        assert await fleet.polling() == [second]
        await fleet.stop()
    assert "process_dead" in _events([second])
    # Telegram would have told one of two that ask.
    assert "another_poller" not in _events([first, second])


@ON_POSTGRES
async def test_one_that_is_told_to_stop_hands_over_at_once(
    settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    async with gathered(settings, tmp_path, processes=2) as fleet:
        await fleet.start()
        first = await fleet.poller()
        (second,) = (bot for bot in fleet.bots if bot is not first)
        await _until_logged(second, "started")
        person = await telegram.person("Aigerim", language_code="en")
        stopped_at = time.monotonic()
        assert await first.process.stop() == 0
        await _is_answered(person)
        log.info("handed over and answered %.1f s after SIGTERM", time.monotonic() - stopped_at)
        assert await second.process.stop() == 0
    # Nobody had to wait for it to count as dead.
    assert "process_dead" not in _events([second])
    assert "polling_taken" in _events([second])
    await check_nothing_is_held(settings)


async def test_bots_told_to_stop_in_a_rush_end_within_ten_seconds_and_leave_nothing_half_done(
    settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    robots = await _robots(telegram, 8)
    shared = isinstance(settings.location(), PostgresDatabase)
    async with gathered(settings, tmp_path, processes=2 if shared else 1, is_posted=shared) as fleet:
        await fleet.start()
        async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
            for robot, plan in _plans(robots):
                tasks.create_task(robot.report(plan))
            await _some_answers(telegram)
            # What is said now arrives, but Telegram does not say so for longer than a bot may take to stop.
            await telegram.fault("timeout_after_delivery", method="sendMessage", times=len(robots), hold=30.0)
            await _some_answers(telegram)
            seconds = await fleet.stop()
            log.info("%s: stopped within %.1f s", settings.location(), seconds)
            assert seconds < MOST_SECONDS_TO_STOP
            await check_nothing_is_held(settings)
            await telegram.clear_faults()
            await fleet.start()
        await until_everything_is_sent(settings, seconds=LONGEST_SECONDS)
        await fleet.stop()
    await _all_is_well(settings, telegram, robots)
    assert not [entry for entry in logged([bot.log for bot in fleet.bots]) if entry["level"] == "error"]


@ON_SQLITE
async def test_a_second_bot_on_a_sqlite_file_says_so_in_one_line_and_the_first_goes_on(
    settings: Settings, telegram: SandboxClient, tmp_path: Path
) -> None:
    async with gathered(settings, tmp_path, processes=1) as fleet:
        await fleet.start()
        await _is_answered(await telegram.person("Aigerim", language_code="en"))
        second = await run_bot("run", folder=tmp_path, **environment(settings, **QUIET))
        assert (second.code, second.out) == (2, "")
        assert second.err.splitlines() == [
            f"DATABASE_URL: another process runs the bot on {settings.location()}; several need PostgreSQL"
        ]
        await _is_answered(await telegram.person("Nurlan", language_code="en"))
        await fleet.kill(fleet.bots[0])
        # The lock is no file that a dead process leaves behind.
        await fleet.start()
        await _is_answered(await telegram.person("Botagoz", language_code="en"))
        await fleet.stop()


@ON_POSTGRES
async def test_a_database_that_is_down_when_a_bot_starts_is_waited_for(
    settings: Settings, postgres: PostgresServer, telegram: SandboxClient, tmp_path: Path
) -> None:
    person = await telegram.person("Aigerim", language_code="en")
    await person.send("/start")
    async with gathered(settings, tmp_path, processes=1) as fleet:
        with postgres.down():
            await fleet.start()
            await _until_logged(fleet.bots[0], "database_not_reached")
        fleet.check()
        await person.wait_for(CONSENT, timeout=LONGEST_SECONDS)
        await fleet.stop()
    assert not [entry for entry in logged([fleet.bots[0].log]) if entry["level"] == "error"]


@ON_POSTGRES
async def test_a_bot_told_to_stop_while_it_waits_for_the_database_ends(
    settings: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    async with gathered(settings, tmp_path, processes=1) as fleet:
        with postgres.down():
            await fleet.start()
            await _until_logged(fleet.bots[0], "database_not_reached")
            assert await fleet.stop() < MOST_SECONDS_TO_STOP


@ON_POSTGRES
@pytest.mark.parametrize("is_posted", [True, False], ids=["webhook", "polling"])
async def test_nobody_is_stuck_when_the_database_is_away_for_a_while(
    is_posted: bool,  # noqa: FBT001  pytest passes it by name
    settings: Settings,
    postgres: PostgresServer,
    telegram: SandboxClient,
    tmp_path: Path,
) -> None:
    robots = await _robots(telegram, 8)
    async with gathered(settings, tmp_path, processes=2, is_posted=is_posted) as fleet:
        await fleet.start()
        async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
            for robot, plan in _plans(robots):
                tasks.create_task(robot.report(plan))
            await _some_answers(telegram)
            # What Telegram refuses at that time cannot even be put off.
            await telegram.fault("flood", method="sendMessage", times=3, retry_after=1)
            await telegram.fault("server_error", method="sendMessage", times=3)
            await asyncio.to_thread(_away, postgres, seconds=2.0)
        await until_everything_is_sent(settings, seconds=LONGEST_SECONDS)
        await fleet.stop()
    await _all_is_well(settings, telegram, robots)


@ON_POSTGRES
async def test_a_bot_told_to_stop_while_the_database_is_away_ends(
    settings: Settings, postgres: PostgresServer, telegram: SandboxClient, tmp_path: Path
) -> None:
    person = await telegram.person("Aigerim", language_code="en")
    async with gathered(settings, tmp_path, processes=1) as fleet:
        await fleet.start()
        await _is_answered(person)
        with postgres.down():
            await person.send("/help")
            await _until_logged(fleet.bots[0], "batch_failed")
            seconds = await fleet.stop()
            assert seconds < MOST_SECONDS_TO_STOP
        await fleet.start()
        await person.wait_for(line("help"), timeout=LONGEST_SECONDS)
        await fleet.stop()


def _away(postgres: PostgresServer, *, seconds: float) -> None:
    with postgres.down():
        time.sleep(seconds)


async def _robots(telegram: SandboxClient, many: int) -> list[Robot]:
    return [
        Robot(await telegram.person(f"Robot {number}", language_code="en"), f"Robot {number}") for number in range(many)
    ]


def _plans(robots: Sequence[Robot]) -> Iterator[tuple[Robot, Plan]]:
    for number, robot in enumerate(robots, start=1):
        yield robot, Plan.draw(number, random.Random(number))  # noqa: S311  no secret


async def _is_answered(person: Person) -> None:
    await person.send("/start")
    await person.wait_for(CONSENT, timeout=LONGEST_SECONDS)


async def _some_answers(telegram: SandboxClient, many: int = 8) -> None:
    """Wait until the bots have said something so many times more."""
    last = (await telegram.events())[-1].seq
    async with asyncio.timeout(LONGEST_SECONDS):
        while many > 0:
            for event in await telegram.events(after=last, wait=10):
                last = event.seq
                many -= event.from_bot


async def _until_logged(bot: Bot, event: str, *, times: int = 1) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while _events([bot]).count(event) < times:
            assert bot.process.running, bot.log.read_text(encoding="utf-8")[-1000:]
            await asyncio.sleep(0.05)


def _events(bots: Sequence[Bot]) -> list[str]:
    return [str(json.loads(text)["event"]) for bot in bots if bot.log.exists() for text in _whole_lines(bot.log)]


def _whole_lines(path: Path) -> list[str]:
    return [text for text in path.read_text(encoding="utf-8").splitlines(keepends=True) if text.endswith("\n")]


async def _all_is_well(settings: Settings, telegram: SandboxClient, robots: Sequence[Robot]) -> None:
    await check_chats(telegram, robots)
    await check_reports(settings, robots)
    await check_nothing_is_held(settings)
    assert await count(settings, "deferred_updates") == 0
    assert await count(settings, "outbox WHERE settled_at_ms IS NULL") == 0
