"""Two processes on one database: two real ones race for claims; then two Database objects, for the rest."""

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

from bot.domain.message import Say
from bot.domain.rate import Rate
from bot.domain.report import Decision
from storage.database import Database
from storage.engines import Write, open_engine
from storage.location import Location
from storage.outgoing import Priority
from storage.unit_of_work import UnitOfWork
from tests.storage.claimer import claim_all
from tests.storage.support import FIRST_KEY, LONG, START, Clock, add_report, column, say, settled, sql, url_of

FEW, MANY = 200, 10_000
COORDINATORS = 4
ROOT = Path(__file__).parents[2]
SAVED = Say(html="Saved")
ADD_REPORT = """
INSERT INTO reports
    (origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language,
     publishing, urgent, submitted_at_ms, queued_at_ms, revision)
VALUES (:number, :receipt, :sealed, :chat, :wrapped, 1, 1, 'ru', 'with_name', 0, 1, 1, 1)
"""


@pytest.fixture
async def both(location: Location, clock: Clock) -> AsyncIterator[tuple[Database, Database]]:
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(Database.open(location, FIRST_KEY, clock=clock)) for _ in range(2)
        ]
        yield one, other


async def fill(database: Database, location: Location, reports: int) -> list[int]:
    """Store so many reports that wait, and return their ids."""
    async with database.transaction() as work:
        reporter = await work.chats.meet(77001234567, language="ru")
    (wrapped,) = column(location, "SELECT wrapped_key FROM chats")
    rows = [
        {"number": str(number), "receipt": str(number), "chat": reporter.key, "sealed": b"s", "wrapped": wrapped}
        for number in range(reports)
    ]
    async with open_engine(location) as engine, engine.transaction(durable=True) as connection:
        await connection.write([Write(engine.translate(ADD_REPORT), rows)])
    return [report_id for (report_id,) in sql(location, "SELECT id FROM reports ORDER BY id")]


def assert_each_claimed_once(claimed: list[int], report_ids: list[int], location: Location) -> None:
    assert [report_id for report_id, times in Counter(claimed).items() if times > 1] == []
    assert sorted(claimed) == report_ids
    # The history agrees: one claim, by the one who then decided.
    agreeing = sql(
        location,
        "SELECT r.id FROM reports r JOIN report_events e ON e.report_id = r.id"
        " AND e.event = 'claimed' AND e.actor_key = r.decided_by AND e.revision = 2 AND r.revision = 3",
    )
    assert sorted(report_id for (report_id,) in agreeing) == report_ids
    assert sql(location, "SELECT count(*) FROM report_events WHERE event = 'claimed'") == [(len(report_ids),)]


async def test_two_processes_race_for_ten_thousand_claims_and_each_is_won_once(
    database: Database, location: Location
) -> None:
    report_ids = await fill(database, location, MANY)

    async def start(first: int) -> Process:
        arguments = ("-m", "tests.storage.claimer", url_of(location), str(first), str(COORDINATORS))
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
        async with asyncio.timeout(100):
            await asyncio.gather(*(ready(process) for process in processes))
            one, other = await asyncio.gather(*(claimed_by(process) for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert one
    assert other
    assert_each_claimed_once(one + other, report_ids, location)


async def test_every_report_is_claimed_once_by_coordinators_of_two_databases(
    both: tuple[Database, Database], location: Location
) -> None:
    one, other = both
    report_ids = await fill(one, location, FEW)
    claimed = await asyncio.gather(
        claim_all(one, range(1, 1 + COORDINATORS)), claim_all(other, range(101, 101 + COORDINATORS))
    )
    assert_each_claimed_once(claimed[0] + claimed[1], report_ids, location)


async def test_a_report_is_decided_once_where_two_processes_take_the_same_press(
    both: tuple[Database, Database], location: Location
) -> None:
    one, other = both
    async with one.transaction() as work:
        dana = await work.chats.meet(101, language="ru")
        await add_report(work, dana, 1)
        held = await work.queue.claim_next(dana, until=work.now + LONG)
        assert held is not None

    async def decide(database: Database, decision: Decision) -> bool:
        return await database.perform(lambda work: work.decisions.decide(held, dana, decision)) is not None

    outcomes = await asyncio.gather(decide(one, Decision.APPROVED), decide(other, Decision.REJECTED))
    assert sorted(outcomes) == [False, True]
    decided = "approved" if outcomes[0] else "rejected"
    assert sql(location, "SELECT decision FROM reports") == [(decided,)]
    assert sql(location, "SELECT event FROM report_events WHERE revision = 3") == [(decided,)]


@pytest.mark.parametrize("chat", ["held", "of no chat"])
async def test_updates_delivered_to_two_processes_at_once_are_handled_once(
    both: tuple[Database, Database], location: Location, chat: str
) -> None:
    async def handle(work: UnitOfWork, updates: range) -> set[int]:
        await work.hold({1: "ru"} if chat == "held" else {})
        fresh = await work.updates.see(updates, at=work.now)
        for update_id in fresh:
            async with work.turn():
                mother = await work.chats.meet(1, language="ru")
                screen = (await work.conversations.get(mother)).screen
                await work.conversations.end(mother, screen=screen + 1)
                await work.outbox.add(mother, SAVED, priority=Priority.PEOPLE, key=f"update:{update_id}:1")
        return fresh

    async def handle_in(database: Database, updates: range) -> set[int]:
        return await database.perform(lambda work: handle(work, updates))

    for first in range(0, 100, 10):
        one, other = await asyncio.gather(*(handle_in(database, range(first, first + 10)) for database in both))
        assert sorted([*one, *other]) == list(range(first, first + 10))
    assert sql(location, "SELECT screen FROM conversations") == [(100,)]
    assert sql(location, "SELECT count(*) FROM outbox") == [(100,)]


async def test_a_message_is_leased_by_one_of_two_senders(both: tuple[Database, Database], database: Database) -> None:
    async with database.transaction() as work:
        said = {await say(work, await work.chats.meet(number, language="ru"), "Hello") for number in range(1, 41)}

    async def lease(sender: Database) -> list[str]:
        leased: list[str] = []
        while True:
            async with sender.transaction(durable=False) as work:
                due = await work.outbox.claim_due(until=START + timedelta(seconds=90), most=3)
            if not due:
                return leased
            leased += [one.key for one in due]

    one, other = await asyncio.gather(*(lease(sender) for sender in both))
    assert sorted(one + other) == sorted(said)


async def test_a_chat_gets_its_messages_in_their_order_from_two_senders(
    both: tuple[Database, Database], database: Database
) -> None:
    """Also where one of them looks while the other one's lease, or outcome, is not committed yet."""
    async with database.transaction() as work:
        mother = await work.chats.meet(1, language="ru")
        said = [await say(work, mother, str(number)) for number in range(30)]
    sent: list[str] = []

    async def send(sender: Database) -> None:
        while len(sent) < len(said):
            async with sender.transaction(durable=False) as work:
                due = await work.outbox.claim_due(until=START + timedelta(seconds=90), most=3)
            assert len(due) <= 1
            for one in due:
                sent.append(one.key)
                async with sender.transaction(durable=False) as work:
                    await work.outbox.settle([settled(work, one.key)])

    await asyncio.gather(*(send(sender) for sender in both))
    assert sent == said


async def test_two_processes_together_keep_to_the_pace_of_a_chat(both: tuple[Database, Database], clock: Clock) -> None:
    pace = Rate(3, seconds=3)
    async with both[0].transaction() as work:
        await work.hold({1: "ru"})

    async def write_to_it(work: UnitOfWork) -> bool:
        await work.hold({1: "ru"})
        mother = await work.chats.meet(1, language="ru")
        return not work.chats.spend(mother, pace)

    async def four_times() -> list[bool]:
        return await asyncio.gather(*(database.perform(write_to_it) for database in both * 2))

    assert sorted(await four_times()) == [False, True, True, True]
    clock.forward(seconds=1)
    assert sorted(await four_times()) == [False, False, False, True]


async def test_two_processes_together_take_no_more_than_the_allowance(
    both: tuple[Database, Database], clock: Clock
) -> None:
    rate = Rate(30)

    async def take(database: Database) -> int:
        return await database.perform(lambda work: work.allowances.take(rate, 10), durable=False)

    async def eight_times() -> list[int]:
        return sorted(await asyncio.gather(*(take(database) for database in both * 4)))

    assert await eight_times() == [0, 0, 0, 0, 0, 10, 10, 10]
    clock.forward(milliseconds=510)
    assert await eight_times() == [0, 0, 0, 0, 0, 0, 5, 10]


async def test_a_period_raced_by_two_processes_gets_one_digest(both: tuple[Database, Database]) -> None:
    async def add(database: Database, days: int) -> int | None:
        start = START + timedelta(days=days)
        return await database.perform(lambda work: work.digests.add(start, start + timedelta(days=1), reports=1))

    for days in range(10):
        made = await asyncio.gather(*(add(database, days) for database in both))
        assert [digest_id is None for digest_id in made].count(True) == 1
