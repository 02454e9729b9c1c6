"""Two processes on one file: two Database objects in one process first, then two real ones."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from bot.domain.report import Decision
from storage.database import Database
from storage.location import Location
from tests.storage.claimer import claim_all
from tests.storage.support import FIRST_KEY, LONG, START, Clock, add_report, say, sql

REPORTS = 200
COORDINATORS = 4
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def both(location: Location, clock: Clock) -> AsyncIterator[tuple[Database, Database]]:
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(Database.open(location, FIRST_KEY, clock=clock)) for _ in range(2)
        ]
        yield one, other


@pytest.fixture
async def report_ids(database: Database) -> list[int]:
    async with database.transaction() as work:
        reporter = await work.chats.meet(77001234567, language="ru")
        return [await add_report(work, reporter, number, answers={}) for number in range(1, REPORTS + 1)]


def assert_each_claimed_once(claimed: list[int], report_ids: list[int], location: Location) -> None:
    assert [report_id for report_id, times in Counter(claimed).items() if times > 1] == []
    assert sorted(claimed) == report_ids
    # The history agrees: one claim, by the one who holds the report.
    held = sql(
        location,
        "SELECT r.id FROM reports r JOIN report_events e ON e.report_id = r.id"
        " AND e.event = 'claimed' AND e.actor_key = r.claimed_by AND e.revision = r.revision",
    )
    assert sorted(report_id for (report_id,) in held) == report_ids
    assert sql(location, "SELECT count(*) FROM report_events WHERE event = 'claimed'") == [(REPORTS,)]


async def test_every_report_is_claimed_once_by_coordinators_of_two_databases(
    both: tuple[Database, Database], report_ids: list[int], location: Location
) -> None:
    one, other = both
    claimed = await asyncio.gather(
        claim_all(one, range(1, 1 + COORDINATORS)), claim_all(other, range(101, 101 + COORDINATORS))
    )
    assert_each_claimed_once(claimed[0] + claimed[1], report_ids, location)


async def test_every_report_is_claimed_once_by_two_processes(report_ids: list[int], location: Location) -> None:
    async def start(first: int) -> Process:
        arguments = ("-m", "tests.storage.claimer", str(location.path), str(first), str(COORDINATORS))
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE)

    async def ready(process: Process) -> None:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"

    async def claimed_by(process: Process) -> list[int]:
        out, _ = await process.communicate(b"go\n")
        assert process.returncode == 0
        ids: list[int] = orjson.loads(out)
        return ids

    processes = [await start(1), await start(101)]
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(ready(process) for process in processes))
            one, other = await asyncio.gather(*(claimed_by(process) for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert_each_claimed_once(one + other, report_ids, location)


async def test_a_report_is_decided_once_where_two_processes_take_the_same_press(
    both: tuple[Database, Database], location: Location
) -> None:
    one, other = both
    async with one.transaction() as work:
        dana = await work.chats.meet(101, language="ru")
        await add_report(work, dana, 1)
        held = await work.reports.claim_next(dana, until=work.now + LONG)
        assert held is not None

    async def decide(database: Database, decision: Decision) -> bool:
        async with database.transaction() as work:
            return await work.reports.decide(held, dana, decision)

    outcomes = await asyncio.gather(decide(one, Decision.APPROVED), decide(other, Decision.REJECTED))
    assert sorted(outcomes) == [False, True]
    decided = "approved" if outcomes[0] else "rejected"
    assert sql(location, "SELECT decision FROM reports") == [(decided,)]
    assert sql(location, "SELECT event FROM report_events WHERE revision = 3") == [(decided,)]


async def test_an_update_delivered_to_two_processes_is_new_to_one(both: tuple[Database, Database]) -> None:
    async def see(database: Database, update_id: int) -> bool:
        async with database.transaction() as work:
            return await work.updates.see(update_id, at=work.now)

    for update_id in range(1, 11):
        assert sorted(await asyncio.gather(*(see(database, update_id) for database in both))) == [False, True]


async def test_a_message_is_leased_by_one_of_two_senders(both: tuple[Database, Database], database: Database) -> None:
    async with database.transaction() as work:
        for number in range(1, 21):
            await say(work, await work.chats.meet(number, language="ru"), "Hello")

    async def lease(sender: Database) -> list[int]:
        leased: list[int] = []
        while True:
            async with sender.transaction(durable=False) as work:
                due = await work.outbox.claim_due(until=START + timedelta(seconds=90), most=3)
            if not due:
                return leased
            leased += [one.outbox_id for one in due]

    one, other = await asyncio.gather(*(lease(sender) for sender in both))
    assert sorted(one + other) == sorted(set(one + other))
    assert len(one + other) == 20


async def test_a_period_raced_by_two_processes_gets_one_digest(both: tuple[Database, Database]) -> None:
    async def add(database: Database, days: int) -> int | None:
        async with database.transaction() as work:
            start = START + timedelta(days=days)
            return await work.digests.add(start, start + timedelta(days=1), reports=1)

    for days in range(10):
        made = await asyncio.gather(*(add(database, days) for database in both))
        assert [digest_id is None for digest_id in made].count(True) == 1
