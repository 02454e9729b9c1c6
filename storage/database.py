"""The database and its transactions.

One writer at a time: every transaction begins IMMEDIATE and holds the lock of this process, so nothing waits on
SQLite's own. Two connections differ only in how a commit is made safe: FULL before anything is acknowledged or
promised; NORMAL where losing the last commits to a power cut only means doing a thing again.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import aiosql
import aiosqlite

from storage.adapter import OneHopSQLite
from storage.crypto import MasterKeys, Vault, WrongKey
from storage.location import Location
from storage.unit_of_work import UnitOfWork

Clock = Callable[[], datetime]

QUERIES = Path(__file__).parent / "sql"
_INDEX_KEY = "index key"
_BUSY_MS = 5000
"""How long to wait for another process (a migration, an export) to let go of the file."""


class Database:
    """An open database: the way to every transaction."""

    def __init__(
        self,
        *,
        location: Location,
        durable: aiosqlite.Connection,
        relaxed: aiosqlite.Connection,
        queries: Any,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._location = location
        self._durable = durable
        self._relaxed = relaxed
        self._queries = queries
        self._vault = vault
        self._clock = clock
        self._writing = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, location: Location, master: MasterKeys, *, clock: Clock) -> AsyncIterator[Self]:
        """Open a migrated database; its connections, whose threads outlive a careless exit, are closed at the end.

        Raises:
            WrongKey: the master key is not the one this database was made with.
        """
        queries = _load_queries()
        durable = await _connect(location, synchronous="FULL")
        try:
            relaxed = await _connect(location, synchronous="NORMAL")
            try:
                vault = await _open_vault(durable, queries, master)
                yield cls(
                    location=location, durable=durable, relaxed=relaxed, queries=queries, vault=vault, clock=clock
                )
            finally:
                await relaxed.close()
        finally:
            await durable.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[UnitOfWork]:
        """Read the database as it is now, for as long as it takes, and hold up nobody. Nothing can be written."""
        connection = await _connect(self._location, synchronous="NORMAL")
        try:
            await connection.execute_fetchall("PRAGMA query_only = ON")
            await connection.execute_fetchall("BEGIN")
            yield UnitOfWork(connection, self._queries, vault=self._vault, now=self._clock())
        finally:
            await connection.close()

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction; commit when the block ends, roll back when it raises."""
        connection = self._durable if durable else self._relaxed
        async with self._writing:
            # All within the try: a cancelled BEGIN still reaches SQLite's thread, and a commit can fail.
            try:
                await connection.execute_fetchall("BEGIN IMMEDIATE")
                yield UnitOfWork(connection, self._queries, vault=self._vault, now=self._clock())
                await asyncio.shield(connection.commit())
            except BaseException:
                await asyncio.shield(connection.rollback())
                raise


def is_disk_trouble(error: BaseException) -> bool:
    """Say whether the database itself failed (full, locked, corrupt), and not what was asked of it."""
    blames_the_statement = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, blames_the_statement)


def _load_queries() -> SimpleNamespace:
    """Read the named queries, those of each file under the file's name."""
    adapter: Any = OneHopSQLite  # aiosql's own type asks for a synchronous adapter as well
    return SimpleNamespace(**{file.stem: aiosql.from_path(file, adapter) for file in sorted(QUERIES.glob("*.sql"))})


async def _connect(location: Location, *, synchronous: str) -> aiosqlite.Connection:
    # isolation_level None: transactions begin where we say so and nowhere else.
    connection = await aiosqlite.connect(location.path, isolation_level=None)
    try:
        await _prepare(connection, synchronous=synchronous)
    except BaseException:
        await connection.close()  # its thread would keep the process alive
        raise
    return connection


async def _prepare(connection: aiosqlite.Connection, *, synchronous: str) -> None:
    connection.row_factory = aiosqlite.Row
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {synchronous}",
        f"busy_timeout = {_BUSY_MS}",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        await connection.execute_fetchall(f"PRAGMA {pragma}")


async def _open_vault(
    connection: aiosqlite.Connection,
    queries: Any,
    master: MasterKeys,
) -> Vault:
    """Read the index key, or make it where the database is new."""
    wrapped = await queries.secrets.get_secret(connection, name=_INDEX_KEY)
    if wrapped is None:
        fresh = master.wrap_new(place=_INDEX_KEY)
        await queries.secrets.add_secret(connection, name=_INDEX_KEY, wrapped=fresh)
        wrapped = await queries.secrets.get_secret(connection, name=_INDEX_KEY)
    try:
        return Vault(master, master.unwrap(wrapped, place=_INDEX_KEY))
    except WrongKey:
        raise WrongKey("the master key does not open this database") from None
