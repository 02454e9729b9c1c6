"""Two real processes and twenty coordinators race for a thousand reports: each is decided once, each loser is told."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import orjson

from bot.services.staff import seat
from storage.database import Database
from storage.location import Location
from tests.bench.growth.bot import MASTER
from tests.e2e.racing import COORDINATORS
from tests.storage.support import Clock, add_report, column, said, sql, url_of

REPORTS = 1000
ANSWERS = {"city": said("Алматы", value="almaty")}
ROOT = Path(__file__).parents[2]
REFUSED = re.compile(r"Обращение № \d+")
"""How all begins that a coordinator is told of a report that is not in hand."""


async def test_twenty_coordinators_of_two_processes_decide_each_of_a_thousand_reports_once(location: Location) -> None:
    people = [*range(1, 1 + COORDINATORS), *range(501, 501 + COORDINATORS)]
    async with Database.open(location, MASTER, clock=Clock()) as database, database.transaction() as work:
        await seat(work, frozenset(people), language="ru")
        mother = await work.chats.meet(77001234567, language="ru")
        for number in range(1, REPORTS + 1):
            await add_report(work, mother, number, answers=ANSWERS, urgent=number % 10 == 0)

    async def start(first: int) -> Process:
        arguments = ("-m", "tests.e2e.racing", url_of(location), str(first), str(first * 1_000_000))
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE)

    async def raced(process: Process) -> tuple[list[int], list[str]]:
        out, _ = await process.communicate(b"go\n")
        assert process.returncode == 0, sql(location, "SELECT * FROM deferred_updates")
        told = orjson.loads(out)
        return told["decided"], told["refused"]

    processes = [await start(people[0]), await start(people[COORDINATORS])]
    try:
        async with asyncio.timeout(100):
            for process in processes:
                assert process.stdout is not None
                assert await process.stdout.readline() == b"ready\n"
            one, other = await asyncio.gather(*(raced(process) for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()

    assert column(location, "SELECT error FROM deferred_updates") == []
    (some, refused), (others, refused_too) = one, other
    assert some
    assert others
    ids = list(range(1, REPORTS + 1))
    assert sorted(some + others) == ids
    assert column(location, "SELECT report_id FROM decisions WHERE undone_at_ms IS NULL ORDER BY report_id") == ids
    assert column(location, "SELECT count(*) FROM reports WHERE decision = 'approved'") == [REPORTS]
    assert column(location, "SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL") == [0]
    (undone,) = column(location, "SELECT count(*) FROM decisions WHERE undone_at_ms IS NOT NULL")
    assert undone > 0
    assert column(location, "SELECT count(*) FROM audit WHERE act = 'approved'") == [REPORTS + undone]
    # One case a report, and none that a report was in before its decision was undone.
    assert sql(location, "SELECT count(DISTINCT case_id), count(*) FROM reports") == [(REPORTS, REPORTS)]
    assert len(refused + refused_too) > REPORTS
    assert [words for words in refused + refused_too if not REFUSED.match(words)] == []
