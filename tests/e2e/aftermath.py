"""What is checked when a storm is over: what people saw, what is stored, what is left, what was logged."""

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import asyncpg

from bot.app import utc_now
from bot.domain.receipt import Receipt
from bot.domain.report import Report
from bot.sandbox import Event, SandboxClient
from bot.settings import Settings
from storage.database import Database
from storage.location import SQLiteFile
from tests.e2e.robots import EN, QUESTIONS, Given, Robot, is_again, screen_of

_BETWEEN_LOOKS_SECONDS = 0.2


async def count(settings: Settings, what: str) -> int:
    """Count rows of the bot's database, past its own code; `what` is a table, perhaps with a WHERE."""
    query, location = f"SELECT count(*) FROM {what}", settings.location()  # noqa: S608  our own words
    if isinstance(location, SQLiteFile):
        with closing(sqlite3.connect(f"file:{location.path}?mode=ro", uri=True)) as opened:
            return int(opened.execute(query).fetchone()[0])
    connection = await asyncpg.connect(location.url)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def until_count(settings: Settings, what: str, expected: int, *, seconds: float) -> None:
    """Wait until there are exactly so many rows, whatever becomes of the database meanwhile."""
    found: int | str = "none"
    deadline = time.monotonic() + seconds
    while found != expected:
        assert time.monotonic() < deadline, f"{what}: {found} and not {expected} after {seconds:g} s"
        try:
            found = await count(settings, what)
        except (OSError, asyncpg.PostgresError) as error:
            found = repr(error)
        await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)


async def until_everything_is_sent(settings: Settings, *, seconds: float) -> None:
    """Wait until the outbox is empty: what was sent with no answer is sent once more after everybody has it."""
    await until_count(settings, "outbox WHERE settled_at_ms IS NULL", 0, seconds=seconds)


async def check_chats(telegram: SandboxClient, robots: Sequence[Robot]) -> int:
    """Check what everybody saw; return how often anybody wrote or pressed."""
    events = await telegram.events()
    for robot in robots:
        _check_chat(robot, [event for event in events if robot.person.id in {event.chat, event.to}])
    chats = {robot.person.id for robot in robots}
    return sum(event.kind in {"message", "press"} and not event.from_bot and event.chat in chats for event in events)


def _check_chat(robot: Robot, events: Sequence[Event]) -> None:
    """Check that a chat reads as if nothing had ever gone wrong, but for messages that came twice in a row."""
    said = [event.message for event in events if event.from_bot and event.kind == "message" and event.message]
    shown = said[:1]
    for message in said[1:]:
        if message.text != shown[-1].text and not (robot.repeated and is_again(message, shown[-1])):
            shown.append(message)
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


async def check_reports(settings: Settings, robots: Sequence[Robot]) -> None:
    """Check that each receipt stands for one report, which says what its reporter said, and that there is no other."""
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.snapshot() as work,
    ):
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
            assert report.consent.publishing is plan.publishing
            assert report.consent.sharing is plan.sharing
            standing = await work.reports.by_receipt(Receipt.read(code))
            assert standing is not None
            assert standing.reporter_key == work.chats.key_of(robot.person.id)
            assert standing.revision == report.revision


async def check_nothing_is_held(settings: Settings) -> None:
    """Check that bots which ended in peace hold nothing any more, so that others need not wait for them."""
    for what in ("outbox WHERE leased_by IS NOT NULL AND settled_at_ms IS NULL", "processes", "duties"):
        assert await count(settings, what) == 0, what


def logged(paths: Sequence[Path]) -> Iterator[dict[str, object]]:
    """Yield what was logged; a line that is no JSON was written by nobody who should write."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
