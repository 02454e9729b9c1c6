"""Many reporters at once, a bot that is killed again and again, and a Telegram that fails: nothing is lost.

The local Telegram and the people live in the test; the bot is a process of its own and is ended with SIGKILL. Two
waits here are not for a condition and are meant so: the moment of a kill is random, and people take a second to read.
"""

import asyncio
import json
import logging
import random
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.commands.sandbox import gather_cast, sandbox_settings
from bot.demo.process import BotProcess
from bot.domain.receipt import Receipt
from bot.domain.report import Report
from bot.sandbox import Event, FaultKind, SandboxClient, SandboxServer
from bot.settings import Settings
from storage.database import Database
from storage.schema import migrate
from storage.unit_of_work import UnitOfWork
from tests.e2e.robots import EN, QUESTIONS, Given, Plan, Robot, environment, screen_of

ROBOTS = 30
KILLS = 12
MOST_REPORTS = 6
"""Of one robot. Robots go on reporting until the last kill, so that every kill hits a bot at work."""
LONGEST_SECONDS = 120
"""Whoever has no receipt by then is stuck."""

TROUBLE: tuple[tuple[FaultKind, str | None], ...] = (
    ("flood", "sendMessage"),
    ("server_error", "sendMessage"),
    ("timeout_after_delivery", "sendMessage"),
    ("drop_connection", "sendMessage"),
    ("flood", "editMessageReplyMarkup"),
    ("timeout_after_delivery", "editMessageReplyMarkup"),
    ("drop_connection", "answerCallbackQuery"),
    ("server_error", "getUpdates"),
    ("drop_connection", "getUpdates"),
    ("timeout_after_delivery", "getUpdates"),
    ("duplicate_update", None),
)
EVENTS_BETWEEN_FAULTS = 15

log = logging.getLogger(__name__)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [2022])
async def test_no_report_is_lost_doubled_or_mixed_up_when_the_bot_is_killed_again_and_again(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311  the same trouble every time
    began = time.monotonic()
    async with SandboxServer() as server, SandboxClient(server.url) as telegram:
        cast = await gather_cast(telegram)
        settings = sandbox_settings(server.url, server.token, cast, tmp_path)
        migrate(settings.location())
        robots = [
            Robot(await telegram.person(f"Robot {number}", language_code="en"), f"Robot {number}")
            for number in range(ROBOTS)
        ]
        before_the_robots = await telegram.pending_updates()
        # Notices to a group are limited to 20 a minute: waiting for them would be most of the test.
        quiet = environment(settings, COORDINATOR_CHAT_ID="", DIGEST_CHAT_ID="")
        async with BotProcess(quiet, tmp_path / "bot.log") as process:
            kills = await _all_report(robots, telegram, process, chance)
            await _everything_is_sent(telegram, settings)
            assert await process.stop() == 0
        events = await telegram.events()

    assert len(kills) >= 10
    assert any(pending > 0 for pending in kills), "no kill hit the bot at work"
    for robot in robots:
        _check_chat(robot, [event for event in events if robot.person.id in {event.chat, event.to}])
    chats = {robot.person.id for robot in robots}
    acts = sum(event.kind in {"message", "press"} and not event.from_bot and event.chat in chats for event in events)
    assert _count(settings, "seen_updates") == acts + before_the_robots
    assert _count(settings, "deferred_updates") == 0
    assert _count(settings, "outbox WHERE settled_at_ms IS NULL") == 0
    logged = list(_logged(tmp_path / "bot.log"))
    assert not [line for line in logged if line["level"] == "error" or line["event"] == "update_deferred"]
    assert [line for line in logged if line["event"] == "update_seen_before"], "nothing was delivered twice"
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        await _check_reports(work, robots)
    log.info(
        "seed %s: %s robots, %s reports, %s kills with %s updates pending, %s delivered twice, "
        "%s failed sends, %s presses repeated, %.0f s",
        seed,
        len(robots),
        sum(len(robot.receipts) for robot in robots),
        len(kills),
        kills,
        sum(line["event"] == "update_seen_before" for line in logged),
        sum(line["event"] in {"send_failed", "asked_to_wait"} for line in logged),
        sum(robot.repeated for robot in robots),
        time.monotonic() - began,
    )


async def _all_report(
    robots: Sequence[Robot], telegram: SandboxClient, process: BotProcess, chance: random.Random
) -> list[int]:
    """Let everybody report while the bot is killed and Telegram fails; then in peace, until each has a receipt."""
    peace = asyncio.Event()
    numbers = iter(range(1, ROBOTS * MOST_REPORTS + 1))
    try:
        async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
            trouble = tasks.create_task(_make_trouble(telegram, random.Random(chance.random())))  # noqa: S311
            for robot in robots:
                tasks.create_task(_report_until(peace, robot, numbers, chance))
            kills = [await _kill(telegram, process, chance) for _ in range(KILLS)]
            peace.set()
            trouble.cancel()
            await telegram.clear_faults()
            await process.start()
    except TimeoutError:
        stuck = [
            f"{robot.name} waits for {robot.waits_for} under {robot.person.last_message.text!r}"
            for robot in robots
            if robot.waits_for != "nothing"
        ]
        raise AssertionError("; ".join(stuck)) from None
    return kills


async def _report_until(peace: asyncio.Event, robot: Robot, numbers: Iterator[int], chance: random.Random) -> None:
    while not robot.receipts or (not peace.is_set() and len(robot.receipts) < MOST_REPORTS):
        await robot.report(Plan.draw(next(numbers), chance))


async def _kill(telegram: SandboxClient, process: BotProcess, chance: random.Random) -> int:
    """Start the bot, and once it works let a random time pass and kill it; return how many updates were pending."""
    last = (await telegram.events())[-1].seq
    await process.start()
    while not any(event.from_bot for event in await telegram.events(after=last, wait=10)):
        pass
    await asyncio.sleep(chance.uniform(0.2, 1.5))
    pending = await telegram.pending_updates()
    await process.kill()
    return pending


async def _make_trouble(telegram: SandboxClient, chance: random.Random) -> None:
    """Let something go wrong every few events."""
    last = 0
    while True:
        events = await telegram.events(after=last, wait=10)
        if events and events[-1].seq - last >= EVENTS_BETWEEN_FAULTS:
            last = events[-1].seq
            kind, method = chance.choice(TROUBLE)
            await telegram.fault(
                kind,
                method=method,
                # Each failed poll makes the bot wait twice as long as the one before.
                times=1 if method == "getUpdates" else chance.randint(1, 3),
                retry_after=1,
                status=chance.choice([500, 502]),
            )


async def _everything_is_sent(telegram: SandboxClient, settings: Settings) -> None:
    """Wait until the outbox is empty: what was sent with no answer is sent once more after everybody has it."""
    async with asyncio.timeout(LONGEST_SECONDS):
        last = (await telegram.events())[-1].seq
        while _count(settings, "outbox WHERE settled_at_ms IS NULL"):
            for event in await telegram.events(after=last, wait=0.2):
                last = event.seq


def _check_chat(robot: Robot, events: Sequence[Event]) -> None:
    """Check that a chat reads as if nothing had ever gone wrong, but for messages that came twice in a row."""
    said = [event.message for event in events if event.from_bot and event.kind == "message" and event.message]
    shown = [message for _, (message, *_) in groupby(said, lambda message: message.text)]
    steps = [(step.screen, plan) for plan in robot.receipts.values() for step in plan.steps()]
    assert [screen_of(message) for message in shown] == [screen for screen, _ in steps], robot.name
    for (before, plan), (screen, _), message in zip(steps, steps[1:], shown[1:], strict=False):
        echoes = {key: _echo(key, reply.echo) for key, reply in plan.replies.items()}
        if before in QUESTIONS and screen in QUESTIONS:
            assert re.match(f"✓ {echoes[before]}", message.text), robot.name
        if screen == "review":
            assert re.search("".join(echoes[key] + ".*" for key in QUESTIONS), message.text, re.DOTALL), robot.name
    toasts = [event.text for event in events if event.kind in {"toast", "alert"}]
    assert not toasts or robot.repeated, robot.name


def _echo(question: str, said: str) -> str:
    """Return a pattern of how the bot repeats an answer; it may add the words as said in brackets."""
    label = EN.plain(f"question.{question}.label")
    return rf"{re.escape(f'{label}: {said}')}(?=\n| \(|\Z)"


async def _check_reports(work: UnitOfWork, robots: Sequence[Robot]) -> None:
    """Check that each receipt stands for one report, which says what its reporter said."""
    stored: dict[str, list[Report]] = {}
    async for report in work.reports.every():
        stored.setdefault(report.answers["name"].text, []).append(report)
    told = [(robot, code, plan) for robot in robots for code, plan in robot.receipts.items()]
    assert sum(len(reports) for reports in stored.values()) == len(told)
    for robot, code, plan in told:
        (report,) = stored[plan.name]
        assert {key: Given.stored(answer) for key, answer in report.answers.items()} == {
            key: reply.given for key, reply in plan.replies.items()
        }
        assert report.publishing is plan.publishing
        standing = await work.reports.by_receipt(Receipt.read(code))
        assert standing is not None
        assert standing.reporter_key == work.chats.key_of(robot.person.id)
        assert standing.revision == report.revision
    assert await work.updates.due(at=work.now + timedelta(days=1), most=1) == []
    assert await work.updates.count_dead() == 0


def _count(settings: Settings, what: str) -> int:
    address = f"file:{settings.location().path}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608  our own words


def _logged(path: Path) -> Iterator[dict[str, object]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
