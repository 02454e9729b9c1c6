"""Notes: when they become entries, in which order, and that they stay. What tampering leaves: tests/bot/services."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from bot.domain.audit import AuditAct
from storage.adapter import load_queries
from storage.audit import FIRST_LINK, Head
from storage.crypto import ChainKey, Vault
from storage.database import Database
from storage.engines import open_engine
from storage.location import Location
from storage.recent import Opened
from storage.unit_of_work import UnitOfWork
from tests.storage.noter import AT_ONCE, note_all
from tests.storage.support import FIRST_KEY, REFUSED, START, Undone, column, sql, undone, url_of
from tests.storage.watched import Watched

ROOT = Path(__file__).parents[2]
DANA = 101
EACH = 50


async def test_an_entry_says_who_did_what_to_what_and_when(database: Database) -> None:
    async with database.transaction() as work:
        dana, askar = [await work.chats.meet(who, language="ru") for who in (DANA, 102)]
        work.audit.note(dana, AuditAct.REJECTED, report_id=7, case_id=8, subject=askar, reason="too_little", left=3)
        work.audit.note(None, AuditAct.CLAIM_LAPSED, report_id=7, subject=askar.key)
        work.audit.note(None, AuditAct.EXPORTED, by_operator=True)
    async with database.snapshot() as work:
        exported, lapsed, rejected = [entry async for entry in work.audit.newest()]
        assert await work.audit.people() == sorted([dana.key, askar.key])
    assert (rejected.entry_id, rejected.actor, rejected.actor_key, rejected.act) == (1, "person", dana.key, "rejected")
    assert (rejected.report_id, rejected.case_id, rejected.subject_key) == (7, 8, askar.key)
    assert (rejected.details, rejected.at) == ('{"left":3,"reason":"too_little"}', START)
    assert (lapsed.actor, lapsed.actor_key, lapsed.subject_key, lapsed.details) == ("bot", None, askar.key, "{}")
    assert (exported.actor, exported.actor_key, exported.act) == ("operator", None, "exported")


async def test_what_is_asked_of_one_report_or_case_comes_in_pages_newest_first(database: Database) -> None:
    async with database.transaction() as work:
        for number in range(1, 13):
            work.audit.note(None, AuditAct.APPROVED, report_id=number % 3, case_id=number % 2)
    async with database.snapshot() as work:
        assert [one.entry_id async for one in work.audit.newest(report_id=1, page=2)] == [10, 7, 4, 1]
        assert [one.entry_id async for one in work.audit.newest(case_id=0, page=3)] == [12, 10, 8, 6, 4, 2]
        assert [one.entry_id async for one in work.audit.newest(page=5)] == list(range(12, 0, -1))


async def test_what_is_undone_leaves_neither_an_entry_nor_a_gap(database: Database, location: Location) -> None:
    async def fail(work: UnitOfWork, *, after_a_statement: bool) -> None:
        async with work.turn():
            work.audit.note(None, AuditAct.REJECTED)
            if after_a_statement:
                await work.chats.meet(DANA, language="ru")
            work.audit.note(None, AuditAct.REJECTED)
            raise Undone

    async with database.transaction() as work:
        work.audit.note(None, AuditAct.CLAIMED)
        for after_a_statement in (False, True):
            with suppress(Undone):
                await fail(work, after_a_statement=after_a_statement)
        async with work.turn():
            work.audit.note(None, AuditAct.APPROVED)
    async with undone(database) as work:
        work.audit.note(None, AuditAct.REJECTED)
        await work.write()
    async with database.transaction() as work:
        work.audit.note(None, AuditAct.RELEASED)
    assert sql(location, "SELECT id, act FROM audit ORDER BY id") == [(1, "claimed"), (2, "approved"), (3, "released")]
    async with database.snapshot() as work:
        links = [link async for link in work.audit.links()]
        assert all(link.follows for link in links)
        assert await work.audit.head() == Head(3, links[-1].link)


async def test_entries_are_the_last_that_is_written_and_cost_nothing_where_there_are_none(location: Location) -> None:
    async with open_engine(location) as engine, engine.transaction(durable=True) as connection:
        watched, vault = Watched(connection), Vault(FIRST_KEY, bytes(32))
        queries, key = load_queries(engine), ChainKey(bytes(32))

        async def trips_of(*acts: AuditAct) -> list[str]:
            work = UnitOfWork(watched, queries, vault=vault, audit_key=key, opened=Opened(), now=START, process="p")
            watched.trips.clear()
            for act in acts:
                work.audit.note(None, act)
            chat = await work.chats.meet(DANA, language="ru")
            work.chats.note_about(chat, f"card:{len(acts)}")
            await work.write()
            return watched.trips[:]

        await trips_of(AuditAct.CLAIMED)  # this one makes the head
        without = await trips_of()
        assert without[-1] == "UPDATE"
        assert await trips_of(AuditAct.CLAIMED) == [*without, "SELECT", "INSERT UPDATE"]
        assert await trips_of(*[AuditAct.CLAIMED] * 9) == [*without, "SELECT", "INSERT UPDATE"]


async def test_a_note_that_would_be_lost_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="snapshot"):
        async with database.snapshot() as work:
            work.audit.note(None, AuditAct.EXPORTED)


async def test_details_that_could_be_somebodys_words_are_refused_at_once(database: Database) -> None:
    async with database.transaction() as work:
        with pytest.raises(ValueError, match="why"):
            work.audit.note(None, AuditAct.REJECTED, why="Қайталанған өтініш")
    async with database.snapshot() as work:
        assert await work.audit.head() is None


@pytest.mark.parametrize("change", ["UPDATE audit SET act = 'read_report' WHERE id = 1", "DELETE FROM audit"])
async def test_the_database_itself_refuses_to_change_an_entry(
    database: Database, location: Location, change: str
) -> None:
    async with database.transaction() as work:
        work.audit.note(None, AuditAct.CLAIMED)
    with pytest.raises(REFUSED, match="only added to"):
        sql(location, change)
    assert column(location, "SELECT act FROM audit") == ["claimed"]


async def assert_one_chain(database: Database, *, entries: int) -> None:
    async with database.snapshot() as work:
        links = [link async for link in work.audit.links()]
        noted = Counter([(one.actor_key, one.report_id, one.act) async for one in work.audit.newest()])
        assert await work.audit.head() == Head(entries, links[-1].link)
    assert [link.entry_id for link in links] == list(range(1, entries + 1))
    assert all(link.follows for link in links)
    assert len(noted) == entries
    assert links[0].link != FIRST_LINK


async def test_the_chain_of_two_open_databases_is_one(database: Database, location: Location) -> None:
    async with Database.open(location, FIRST_KEY, clock=database.now) as other:
        await asyncio.gather(note_all(database, 1, 10), note_all(other, 101, 10))
    await assert_one_chain(database, entries=2 * AT_ONCE * 10 * 2)


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
async def test_two_processes_that_append_at_once_make_one_chain(database: Database, location: Location) -> None:
    async def start(first: int) -> Process:
        arguments = ("-m", "tests.storage.noter", url_of(location), str(first), str(EACH))
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE)

    async def act(process: Process) -> int | None:
        await process.communicate(b"go\n")
        return process.returncode

    processes = [await start(first) for first in (1, 101)]
    try:
        async with asyncio.timeout(100):
            for process in processes:
                assert process.stdout is not None
                assert await process.stdout.readline() == b"ready\n"
            assert await asyncio.gather(*(act(process) for process in processes)) == [0, 0]
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
    await assert_one_chain(database, entries=2 * AT_ONCE * EACH * 2)
