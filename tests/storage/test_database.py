import asyncio
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from storage.crypto import MasterKeys, WrongKey
from storage.database import Database, is_disk_trouble
from storage.location import Location
from storage.schema import migrate
from storage.unit_of_work import UnitOfWork
from tests.storage.support import BOTH_KEYS, FIRST_KEY, START, Clock, column, sql

STRANGERS_KEY = MasterKeys({1: bytes(32)})


async def meet(work: UnitOfWork, telegram_id: int = 1) -> None:
    await work.chats.meet(telegram_id, language="ru")


async def pragma(work: UnitOfWork, name: str) -> object:
    row = next(iter(await work._connection.execute_fetchall(f"PRAGMA {name}")))
    return row[0]


def chats(location: Location) -> int:
    return int(column(location, "SELECT count(*) FROM chats")[0])


@contextmanager
def no_thread_left() -> Iterator[set[threading.Thread]]:
    """Check that every thread the block started has ended. One that is about to end is waited for."""
    before = set(threading.enumerate())
    yield before
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert set(threading.enumerate()) <= before


async def test_what_a_transaction_wrote_is_seen_from_outside_once_it_ended(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        await meet(work)
        assert chats(location) == 0
    assert chats(location) == 1


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_that_raises_leaves_nothing_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    async def fail() -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert chats(location) == 0
    async with database.transaction(durable=durable) as work:
        await meet(work)
    assert chats(location) == 1


async def test_a_statement_that_the_database_refuses_undoes_the_whole_transaction(
    database: Database, location: Location
) -> None:
    async def fail() -> None:
        async with database.transaction() as work:
            await meet(work)
            await work._connection.execute_fetchall("INSERT INTO secrets (name) VALUES ('x')")

    with pytest.raises(sqlite3.IntegrityError, match=r"secrets\.wrapped"):
        await fail()
    assert chats(location) == 0
    async with database.transaction() as work:
        await meet(work)
    assert chats(location) == 1


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_that_is_cancelled_leaves_nothing_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    wrote = asyncio.Event()

    async def never_ends() -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work)
            wrote.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert chats(location) == 0
    async with database.transaction(durable=durable) as work:
        await meet(work)
    assert chats(location) == 1


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_cancelled_at_any_step_is_stored_whole_or_not_at_all_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    async def meet_two(first: int) -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work, first)
            await meet(work, first + 1)

    for steps in range(1, 41):
        before = chats(location)
        task = asyncio.create_task(meet_two(100 * steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with database.transaction(durable=durable) as work:
            await meet(work, 100 * steps + 50)
        assert chats(location) - before in {1, 3}


async def test_a_commit_that_fails_leaves_nothing_and_the_next_transaction_works(
    database: Database, location: Location
) -> None:
    async def fail() -> None:
        async with database.transaction() as work:
            await meet(work)
            # Checked by the commit, where it would otherwise be checked by the statement.
            await work._connection.execute_fetchall("PRAGMA defer_foreign_keys = ON")
            await work._connection.execute_fetchall(
                "INSERT INTO conversations (chat_key, screen, changed_at_ms) VALUES ('nobody', 1, 1)"
            )

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await fail()
    assert chats(location) == 0
    async with database.transaction() as work:
        await meet(work)
    assert chats(location) == 1


async def test_a_transaction_cancelled_while_it_waits_for_its_turn_disturbs_nobody(
    database: Database, location: Location
) -> None:
    async def second() -> None:
        async with database.transaction() as work:
            await meet(work, 2)

    async with database.transaction() as work:
        waiting = asyncio.create_task(second())
        await meet(work, 1)
        waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    async with database.transaction() as work:
        await meet(work, 3)
    assert chats(location) == 2


@pytest.mark.parametrize(("one", "other"), [(True, True), (True, False), (False, True), (False, False)])
async def test_two_transactions_never_overlap(database: Database, *, one: bool, other: bool) -> None:
    events: list[str] = []

    async def run(name: str, *, durable: bool) -> None:
        async with database.transaction(durable=durable) as work:
            events.append(f"{name} begins")
            await meet(work, 1)
            await meet(work, 2)
            events.append(f"{name} ends")

    await asyncio.gather(run("one", durable=one), run("other", durable=other))
    assert events == ["one begins", "one ends", "other begins", "other ends"]


async def test_concurrent_transactions_each_see_what_the_one_before_wrote(database: Database) -> None:
    async def count_up() -> None:
        async with database.transaction() as work:
            number = len(await work.updates.held_chats())
            await work._connection.execute_fetchall(
                "INSERT INTO deferred_updates VALUES (?, ?, x'', x'', 0, '', 0, 0, NULL)", (number, str(number))
            )

    await asyncio.gather(*(count_up() for _ in range(20)))
    async with database.transaction() as work:
        assert await work.updates.held_chats() == {str(number) for number in range(20)}


async def test_a_transaction_holds_the_write_lock_of_the_file_from_its_beginning(
    database: Database, location: Location
) -> None:
    with closing(sqlite3.connect(location.path, timeout=0, isolation_level=None)) as outsider:
        async with database.transaction():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                outsider.execute("BEGIN IMMEDIATE")
        outsider.execute("BEGIN IMMEDIATE")


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
async def test_a_durable_commit_reaches_the_disk_and_a_relaxed_one_may_be_lost_to_a_power_cut(
    database: Database, *, durable: bool, synchronous: int
) -> None:
    async with database.transaction(durable=durable) as work:
        assert await pragma(work, "synchronous") == synchronous


async def test_a_transaction_is_durable_where_nothing_else_is_said(database: Database) -> None:
    async with database.transaction() as work:
        assert await pragma(work, "synchronous") == 2


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 5000), ("temp_store", 2)],
)
async def test_both_connections_are_set_up_alike(
    database: Database, name: str, value: object, *, durable: bool
) -> None:
    async with database.transaction(durable=durable) as work:
        assert await pragma(work, name) == value


async def test_rows_that_belong_to_nobody_are_refused(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        async with database.transaction() as work:
            await work._connection.execute_fetchall(
                "INSERT INTO conversations (chat_key, screen, changed_at_ms) VALUES ('nobody', 1, 1)"
            )


async def test_a_transaction_keeps_one_moment_whatever_the_clock_does(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        clock.forward(hours=1)
        assert work.now == START
    async with database.transaction() as work:
        assert work.now == clock.now


async def test_a_snapshot_sees_one_moment_and_holds_up_nobody(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
    async with database.snapshot() as snapshot:
        assert snapshot.now == START
        assert await snapshot.chats.get(snapshot.chats.key_of(1)) is not None
        clock.forward(hours=1)
        async with database.transaction() as work:
            await meet(work, 2)
        assert await snapshot.chats.get(snapshot.chats.key_of(2)) is None
        assert snapshot.now == START
    async with database.snapshot() as snapshot:
        assert await snapshot.chats.get(snapshot.chats.key_of(2)) is not None


async def test_a_snapshot_is_taken_while_a_transaction_is_under_way(database: Database) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        async with database.snapshot() as snapshot:
            assert await snapshot.chats.get(snapshot.chats.key_of(1)) is None
        await meet(work, 2)
    async with database.snapshot() as snapshot:
        assert await snapshot.chats.get(snapshot.chats.key_of(1)) is not None


async def test_nothing_can_be_written_in_a_snapshot(database: Database, location: Location) -> None:
    async with database.snapshot() as snapshot:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await meet(snapshot)
    assert chats(location) == 0


async def test_a_snapshot_leaves_no_thread_even_where_its_block_raises(database: Database) -> None:
    async def fail() -> None:
        async with database.snapshot() as snapshot:
            await snapshot.reports.count_by_state()
            raise ZeroDivisionError

    with no_thread_left(), pytest.raises(ZeroDivisionError):
        await fail()


@pytest.mark.parametrize(
    ("error", "is_trouble"),
    [
        (sqlite3.OperationalError("database or disk is full"), True),
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (sqlite3.InternalError(), True),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), False),
        (sqlite3.ProgrammingError("binding 1"), False),
        (sqlite3.DataError("string too big"), False),
        (sqlite3.InterfaceError(), False),
        (ValueError(), False),
        (asyncio.CancelledError(), False),
    ],
)
def test_trouble_with_the_disk_is_told_from_a_mistaken_statement(error: BaseException, *, is_trouble: bool) -> None:
    assert is_disk_trouble(error) is is_trouble


async def test_another_master_key_does_not_open_the_database(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with pytest.raises(WrongKey, match="master key"):
        async with Database.open(location, STRANGERS_KEY, clock=clock):
            pass


async def test_a_newer_master_key_alone_does_not_open_what_an_older_one_wrapped(
    location: Location, clock: Clock
) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with pytest.raises(WrongKey):
        async with Database.open(location, MasterKeys({2: BOTH_KEYS.keys[2]}), clock=clock):
            pass


async def test_the_index_key_is_made_once_and_is_stored_wrapped(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        made = sql(location, "SELECT name, wrapped FROM secrets")
    async with Database.open(location, BOTH_KEYS, clock=clock):
        assert sql(location, "SELECT name, wrapped FROM secrets") == made
    assert [name for name, _ in made] == ["index key"]
    assert len(FIRST_KEY.unwrap(made[0][1], place="index key")) == 32


async def test_two_processes_that_open_a_new_database_at_once_agree_on_its_index_key(
    location: Location, clock: Clock
) -> None:
    async def key() -> str:
        async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
            return work.chats.key_of(1)

    keys = await asyncio.gather(*(key() for _ in range(4)))
    assert len(set(keys)) == 1


async def test_no_thread_is_left_once_the_database_is_closed(location: Location, clock: Clock) -> None:
    with no_thread_left() as before:
        async with Database.open(location, FIRST_KEY, clock=clock) as database:
            assert set(threading.enumerate()) > before
            async with database.transaction() as work:
                await meet(work)


async def test_no_thread_is_left_where_the_master_key_is_wrong(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with no_thread_left(), pytest.raises(WrongKey):
        async with Database.open(location, STRANGERS_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_the_tables_are_missing(tmp_path: Path, clock: Clock) -> None:
    location = Location(tmp_path / "empty.db")
    with no_thread_left(), pytest.raises(sqlite3.OperationalError, match="no such table"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_the_file_is_no_database(tmp_path: Path, clock: Clock) -> None:
    location = Location(tmp_path / "notes.txt")
    location.path.write_text("no database at all" * 100)
    with no_thread_left(), pytest.raises(sqlite3.DatabaseError, match="not a database"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_there_is_no_such_folder(tmp_path: Path, clock: Clock) -> None:
    location = Location(tmp_path / "nowhere" / "reports.db")
    with no_thread_left(), pytest.raises(sqlite3.OperationalError, match="unable to open"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_and_nothing_is_stored_where_the_block_raises_within_a_transaction(
    location: Location, clock: Clock
) -> None:
    async def fail() -> None:
        async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
            await meet(work)
            raise ZeroDivisionError

    with no_thread_left(), pytest.raises(ZeroDivisionError):
        await fail()
    assert chats(location) == 0


async def test_the_log_beside_the_file_is_as_private_as_the_file(tmp_path: Path, clock: Clock) -> None:
    location = Location(tmp_path / "var" / "reports.db")
    migrate(location)
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        await meet(work)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in location.path.parent.iterdir()}
    assert modes == {"reports.db": 0o600, "reports.db-wal": 0o600, "reports.db-shm": 0o600}


async def test_closing_leaves_one_file(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        await meet(work)
    assert [path.name for path in location.path.parent.iterdir()] == [location.path.name]
    assert chats(location) == 1
