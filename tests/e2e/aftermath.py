"""What is checked when a storm is over: what people saw, what is stored, what is left, what was logged."""

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg

from bot.app import utc_now
from bot.domain.further_questions import find_question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, Report
from bot.sandbox import Event, SandboxClient, SeenMessage
from bot.settings import Settings
from storage.database import Database
from storage.location import SQLiteFile
from tests.e2e.plans import EN, QUESTIONS, Given
from tests.e2e.robots import Robot, is_again, line, screen_of

_BETWEEN_LOOKS_SECONDS = 0.2
_LATE_SCREENS = 3
"""How many screens later a button that was pressed again may be answered: presses and words are posted side by side."""


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
    said = _said(events)
    shown = said[:1]
    for message in said[1:]:
        # Only what was pressed again may be answered again later on.
        lately = shown[-_LATE_SCREENS:] if robot.repeated else []
        if message.text != shown[-1].text and not any(is_again(message, before) for before in lately):
            shown.append(message)
    steps = [(step.screen, code, plan) for code, plan in robot.receipts.items() for step in plan.steps()]
    assert [screen_of(message) for message in shown] == [screen for screen, _, _ in steps], robot.name
    for (before, code, plan), (screen, _, _), message in zip(steps, steps[1:], shown[1:], strict=False):
        echoes = {key: _echo(key, reply.echo) for key, reply in plan.said.items()}
        if before in echoes and find_question(screen):
            assert re.match(f"✓ {echoes[before]}", message.text), robot.name
        if screen == "review":
            assert re.search("".join(echoes[key] + ".*" for key in QUESTIONS), message.text, re.DOTALL), robot.name
        if before == "addition":
            assert message.text.startswith(line("my.added_words", code=code, words="").rstrip("”")), robot.name
    toasts = [event.text for event in events if event.kind in {"toast", "alert"}]
    assert not toasts or robot.repeated, robot.name


def _said(events: Sequence[Event]) -> list[SeenMessage]:
    """Return what the bot said, in order: new messages, and those that it gave other words."""
    said: list[SeenMessage] = []
    words: dict[int, str] = {}
    for event in events:
        message = event.message
        if not event.from_bot or message is None or event.kind not in {"message", "edit"}:
            continue
        if words.get(message.message_id) != message.text:
            words[message.message_id] = message.text
            said.append(message)
    return said


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
        withdrawn = 0
        async for report in work.reports.every():
            if report.decision is Decision.WITHDRAWN:
                assert not report.answers
                withdrawn += 1
            else:
                stored.setdefault(report.answers["name"].text, []).append(report)
        told = [(robot, code, plan) for robot in robots for code, plan in robot.receipts.items()]
        assert sum(len(reports) for reports in stored.values()) + withdrawn == len(told)
        assert withdrawn == sum(plan.is_withdrawn for _, _, plan in told)
        for robot, code, plan in told:
            standing = await work.reports.by_receipt(Receipt.read(code))
            assert standing is not None
            assert standing.reporter_key == work.chats.key_of(robot.person.id)
            if plan.is_withdrawn:
                assert standing.decision is Decision.WITHDRAWN
                assert plan.name not in stored
                continue
            (report,) = stored[plan.name]
            assert standing.revision == report.revision
            assert {key: Given.stored(answer) for key, answer in report.answers.items()} == {
                key: reply.given for key, reply in plan.said.items()
            }
            assert report.consent.publishing is plan.publishing
            assert report.consent.sharing is plan.sharing
            kept = (await work.additions.of([report.report_id])).get(report.report_id, [])
            assert [each.addition.words for each in kept] == ([plan.later.addition] if plan.later else [])


async def check_withdrawn(settings: Settings, robots: Sequence[Robot]) -> None:
    """Check that nothing is left of what was taken back, and that coordinators are offered all else and nothing more.

    They take every report that waits, so this comes last.
    """
    plans = [plan for robot in robots for plan in robot.receipts.values()]
    withdrawn = "SELECT id FROM reports WHERE decision = 'withdrawn'"
    assert await count(settings, "reports WHERE wrapped_key IS NULL AND sealed_receipt IS NULL") == sum(
        plan.is_withdrawn for plan in plans
    )
    for table in ("report_answers", "additions"):
        assert await count(settings, f"{table} WHERE report_id IN ({withdrawn})") == 0, table
    offered = []
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        coordinator = await work.chats.meet(min(settings.lead_ids), language="en")
        until = work.now + timedelta(minutes=30)
        while claim := await work.queue.claim_next(coordinator, until=until):
            report = await work.reports.get(claim.report_id)
            assert report is not None
            offered.append(report.answers["name"].text)
    assert sorted(offered) == sorted(plan.name for plan in plans if not plan.is_withdrawn)


async def check_nothing_is_held(settings: Settings) -> None:
    """Check that bots which ended in peace hold nothing any more, so that others need not wait for them."""
    for what in ("outbox WHERE leased_by IS NOT NULL AND settled_at_ms IS NULL", "processes", "duties"):
        assert await count(settings, what) == 0, what


def logged(paths: Sequence[Path]) -> Iterator[dict[str, object]]:
    """Yield what was logged; a line that is no JSON was written by nobody who should write."""
    for path in paths:
        for written in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(written)
