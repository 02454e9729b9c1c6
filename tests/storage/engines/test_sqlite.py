"""What only SQLite does: one writer, pragmas, threads, a file and what lies beside it."""

import asyncio
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage.crypto import MasterKeys, WrongKey
from storage.database import Database
from storage.engines import Connection, Engine
from storage.location import SQLiteFile
from storage.schema import migrate
from tests.databases import SQLiteFiles
from tests.storage.support import FIRST_KEY, Clock, chats, meet

STRANGERS_KEY = MasterKeys({1: bytes(32)})
CHAT = (
    "INSERT INTO chats (chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)"
    " VALUES ('a', x'00', x'00', 'ru', 1)"
)
CONVERSATION_OF_NOBODY = "INSERT INTO conversations (chat_key, screen, changed_at_ms) VALUES ('nobody', 1, 1)"


@pytest.fixture
def location(tmp_path: Path) -> SQLiteFile:
    return SQLiteFiles(tmp_path).migrated()


async def pragma(connection: Connection, name: str) -> object:
    return (await connection.rows(f"PRAGMA {name}", {}))[0][0]


@contextmanager
def no_thread_left() -> Iterator[set[threading.Thread]]:
    """Check that every thread the block started has ended. One that is about to end is waited for."""
    before = set(threading.enumerate())
    yield before
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert set(threading.enumerate()) <= before


async def test_a_commit_that_fails_leaves_nothing_and_the_next_transaction_works(
    engine: Engine, location: SQLiteFile
) -> None:
    async def fail() -> None:
        async with engine.transaction(durable=True) as connection:
            await connection.rows(CHAT, {})
            # Checked by the commit, where it would otherwise be checked by the statement.
            await connection.rows("PRAGMA defer_foreign_keys = ON", {})
            await connection.rows(CONVERSATION_OF_NOBODY, {})

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await fail()
    assert chats(location) == 0
    async with engine.transaction(durable=True) as connection:
        await connection.rows(CHAT, {})
    assert chats(location) == 1


async def test_rows_that_belong_to_nobody_are_refused(engine: Engine) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        async with engine.transaction(durable=True) as connection:
            await connection.rows(CONVERSATION_OF_NOBODY, {})


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


async def test_a_transaction_holds_the_write_lock_of_the_file_from_its_beginning(
    database: Database, location: SQLiteFile
) -> None:
    with closing(sqlite3.connect(location.path, timeout=0, isolation_level=None)) as outsider:
        async with database.transaction():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                outsider.execute("BEGIN IMMEDIATE")
        outsider.execute("BEGIN IMMEDIATE")


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
async def test_a_durable_commit_reaches_the_disk_and_a_relaxed_one_may_be_lost_to_a_power_cut(
    engine: Engine, *, durable: bool, synchronous: int
) -> None:
    async with engine.transaction(durable=durable) as connection:
        assert await pragma(connection, "synchronous") == synchronous


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 5000), ("temp_store", 2)],
)
async def test_both_connections_are_set_up_alike(engine: Engine, name: str, value: object, *, durable: bool) -> None:
    async with engine.transaction(durable=durable) as connection:
        assert await pragma(connection, name) == value


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
def test_trouble_with_the_file_is_told_from_a_mistaken_statement(
    engine: Engine, error: BaseException, *, is_trouble: bool
) -> None:
    assert engine.is_trouble(error) is is_trouble
    assert engine.is_conflict(error) is False


async def test_no_thread_is_left_once_the_database_is_closed(location: SQLiteFile, clock: Clock) -> None:
    with no_thread_left() as before:
        async with Database.open(location, FIRST_KEY, clock=clock) as database:
            # One of the test before may only now be gone.
            assert set(threading.enumerate()) - before
            async with database.transaction() as work:
                await meet(work)


async def test_no_thread_is_left_where_the_master_key_is_wrong(location: SQLiteFile, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with no_thread_left(), pytest.raises(WrongKey):
        async with Database.open(location, STRANGERS_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_the_tables_are_missing(tmp_path: Path, clock: Clock) -> None:
    location = SQLiteFile(tmp_path / "empty.db")
    with no_thread_left(), pytest.raises(sqlite3.OperationalError, match="no such table"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_the_file_is_no_database(tmp_path: Path, clock: Clock) -> None:
    location = SQLiteFile(tmp_path / "notes.txt")
    location.path.write_text("no database at all" * 100)
    with no_thread_left(), pytest.raises(sqlite3.DatabaseError, match="not a database"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_where_there_is_no_such_folder(tmp_path: Path, clock: Clock) -> None:
    location = SQLiteFile(tmp_path / "nowhere" / "reports.db")
    with no_thread_left(), pytest.raises(sqlite3.OperationalError, match="unable to open"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_no_thread_is_left_and_nothing_is_stored_where_the_block_raises_within_a_transaction(
    location: SQLiteFile, clock: Clock
) -> None:
    async def fail() -> None:
        async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
            await meet(work)
            raise ZeroDivisionError

    with no_thread_left(), pytest.raises(ZeroDivisionError):
        await fail()
    assert chats(location) == 0


async def test_the_log_beside_the_file_is_as_private_as_the_file(tmp_path: Path, clock: Clock) -> None:
    location = SQLiteFile(tmp_path / "var" / "reports.db")
    await migrate(location)
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        await meet(work)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in location.path.parent.iterdir()}
    assert modes == {"reports.db": 0o600, "reports.db-wal": 0o600, "reports.db-shm": 0o600}


async def test_closing_leaves_one_file(location: SQLiteFile, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        await meet(work)
    assert [path.name for path in location.path.parent.iterdir()] == [location.path.name]
    assert chats(location) == 1


async def test_row_locks_are_left_out_and_a_list_goes_as_json(engine: Engine) -> None:
    translated = engine.translate("SELECT id FROM x WHERE id = ANY(:ids)\nFOR UPDATE SKIP LOCKED;")
    assert translated == "SELECT id FROM x WHERE id IN (SELECT value FROM json_each(:ids));"
    assert engine.translate("SELECT id FROM x\nFOR UPDATE;") == "SELECT id FROM x;"
    assert engine.translate("SELECT id FROM x\nFOR SHARE;") == "SELECT id FROM x;"


@pytest.mark.parametrize("durable", [True, False])
async def test_what_was_deleted_is_wiped_from_the_file(engine: Engine, location: SQLiteFile, *, durable: bool) -> None:
    async with engine.transaction(durable=durable) as connection:
        await connection.rows("INSERT INTO secrets VALUES ('x', :word)", {"word": b"Quetzalcoatl" * 500})
    checkpoint(location)
    assert b"Quetzalcoatl" in location.path.read_bytes()
    async with engine.transaction(durable=durable) as connection:
        await connection.rows("DELETE FROM secrets", {})
    checkpoint(location)
    assert b"Quetzalcoatl" not in location.path.read_bytes()


async def test_what_was_deleted_is_gone_from_the_log_once_that_is_emptied(engine: Engine, location: SQLiteFile) -> None:
    files = (location.path, location.path.with_name(f"{location.path.name}-wal"))
    async with engine.transaction(durable=True) as connection:
        await connection.rows("INSERT INTO secrets VALUES ('x', :word)", {"word": b"Quetzalcoatl"})
    async with engine.transaction(durable=True) as connection:
        await connection.rows("DELETE FROM secrets", {})
    async with engine.snapshot() as reader:
        await reader.rows("SELECT * FROM secrets", {})
        await asyncio.wait_for(engine.empty_log(), timeout=2)  # whoever reads is not waited for
        assert any(b"Quetzalcoatl" in path.read_bytes() for path in files)
    await engine.empty_log()
    assert not any(b"Quetzalcoatl" in path.read_bytes() for path in files)
    async with engine.transaction(durable=False) as connection:
        assert await pragma(connection, "busy_timeout") == 5000


def checkpoint(location: SQLiteFile) -> None:
    """Have the log written into the file."""
    with closing(sqlite3.connect(location.path)) as outsider:
        assert outsider.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
