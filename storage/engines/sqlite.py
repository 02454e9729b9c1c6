"""SQLite, by aiosqlite: one process, one writer.

Every transaction begins IMMEDIATE and holds the lock of this process, so nothing waits on SQLite's own. Two
connections differ only in how a commit is made safe: FULL before anything is acknowledged or promised; NORMAL where
losing the last commits to a power cut only means doing a thing again.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import aiosqlite
import orjson

from storage.engines.engine import Write
from storage.location import SQLiteFile

_BUSY_MS = 5000
"""How long to wait for another process (a migration, an export) to let go of the file."""
_CHUNK = 64
"""Rows that a cursor of aiosqlite fetches in one hop. No cursor of it is used here."""
_BUSY_TIMEOUT = f"PRAGMA busy_timeout = {_BUSY_MS}"
_ROW_LOCKS = re.compile(r"\s+FOR (?:UPDATE|SHARE)(?: SKIP LOCKED)?\b")
_ANY_OF = re.compile(r"= ANY\(:(\w+)\)")
_EACH_OF = re.compile(r"unnest\(CAST\(:(\w+) AS \w+\[\]\)\) AS (\w+)\(value\)")
_ROWS_OF = re.compile(r"json_array_elements\(CAST\(:(\w+) AS json\)\) AS (\w+)\(value\)")
_COLUMN_OF = re.compile(r"\b(\w+\.value) ->> (\d+)")  # SQLite knows ->> only since 3.38


class _Connection(aiosqlite.Connection):
    """aiosqlite's connection, and a way to do several things in one hop to its thread."""

    async def write(self, writes: Sequence[Write]) -> None:
        """Run writes, in order."""
        await self._execute(_run_all, self._conn, writes)  # type: ignore[no-untyped-call]  # aiosqlite's own way in

    async def rows(self, sql: str, parameters: Mapping[str, Any], first: Sequence[Write]) -> list[sqlite3.Row]:
        """Run writes and then one statement, and fetch what it returns."""
        found: list[sqlite3.Row] = await self._execute(_fetch, self._conn, sql, parameters, first)  # type: ignore[no-untyped-call]
        return found


class SQLiteConnection:
    """One connection. A statement is one hop to its thread: hops, not SQL, are what a statement costs here."""

    def __init__(self, raw: _Connection) -> None:
        self.raw = raw

    async def rows(
        self, sql: str, parameters: Mapping[str, Any], *, first: Sequence[Write] = ()
    ) -> Sequence[sqlite3.Row]:
        """Execute and fetch in one hop, `first` these writes."""
        return await self.raw.rows(sql, _plain(parameters), first)

    async def write(self, writes: Sequence[Write]) -> None:
        """Execute all in one hop."""
        await self.raw.write(writes)


class SQLiteEngine:
    """An open SQLite file."""

    def __init__(self, location: SQLiteFile, durable: _Connection, relaxed: _Connection) -> None:
        self._location = location
        self._durable = durable
        self._relaxed = relaxed
        self._writing = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, location: SQLiteFile) -> AsyncIterator[Self]:
        """Open a file; its connections, whose threads outlive a careless exit, are closed at the end."""
        durable = await _connect(location, synchronous="FULL")
        try:
            relaxed = await _connect(location, synchronous="NORMAL")
            try:
                yield cls(location, durable, relaxed)
            finally:
                await relaxed.close()
        finally:
            await durable.close()

    def translate(self, sql: str) -> str:
        """Drop row locks, which one writer does not need, and take a list of values as JSON."""
        sql = _ROW_LOCKS.sub("", sql)
        sql = _ANY_OF.sub(r"IN (SELECT value FROM json_each(:\1))", sql)
        sql = _EACH_OF.sub(r"json_each(:\1) AS \2", sql)
        sql = _ROWS_OF.sub(r"json_each(:\1) AS \2", sql)
        return _COLUMN_OF.sub(r"json_extract(\1, '$[\2]')", sql)

    @asynccontextmanager
    async def transaction(self, *, durable: bool) -> AsyncIterator[SQLiteConnection]:
        """Begin a transaction once no other is under way in this process."""
        connection = self._durable if durable else self._relaxed
        async with self._writing:
            # All within the try: a cancelled BEGIN still reaches SQLite's thread, and a commit can fail.
            try:
                await connection.execute_fetchall("BEGIN IMMEDIATE")
                yield SQLiteConnection(connection)
                await asyncio.shield(connection.commit())
            except BaseException:
                await asyncio.shield(connection.rollback())
                raise

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SQLiteConnection]:
        """Read on a connection of its own."""
        connection = await _connect(self._location, synchronous="NORMAL")
        try:
            await connection.execute_fetchall("PRAGMA query_only = ON")
            await connection.execute_fetchall("BEGIN")
            yield SQLiteConnection(connection)
        finally:
            await connection.close()

    async def empty_log(self) -> None:
        """Write the log into the file and cut it to nothing. While somebody reads the file, leave it for the next time.

        `secure_delete` overwrites what is deleted in the file; in the log the pages of before stay until others
        happen to be written over them.
        """
        async with self._writing:
            # Nobody who writes is to wait for somebody who reads.
            await self._relaxed.execute_fetchall("PRAGMA busy_timeout = 0")
            try:
                await asyncio.shield(self._relaxed.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)"))
            finally:
                await asyncio.shield(self._relaxed.execute_fetchall(_BUSY_TIMEOUT))

    def is_conflict(self, error: BaseException) -> bool:  # noqa: ARG002  there is one writer
        """Say no: nobody else writes."""
        return False

    def is_trouble(self, error: BaseException) -> bool:
        """Say whether the file failed."""
        blames_the_statement = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
        return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, blames_the_statement)


def _plain(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write lists as JSON, which is how SQLite takes them."""
    if not any(isinstance(value, list) for value in parameters.values()):
        return parameters
    return {
        name: orjson.dumps(value).decode() if isinstance(value, list) else value for name, value in parameters.items()
    }


def _run_all(connection: sqlite3.Connection, writes: Sequence[Write]) -> None:
    for sql, parameters in writes:
        if len(parameters) == 1:
            connection.execute(sql, parameters[0])
        else:
            connection.executemany(sql, parameters)


def _fetch(
    connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any], first: Sequence[Write]
) -> list[sqlite3.Row]:
    _run_all(connection, first)
    return connection.execute(sql, parameters).fetchall()


async def _connect(location: SQLiteFile, *, synchronous: str) -> _Connection:
    # isolation_level None: transactions begin where we say so and nowhere else.
    connection = _Connection(lambda: sqlite3.connect(location.path, isolation_level=None), iter_chunk_size=_CHUNK)
    await connection
    try:
        await _prepare(connection, synchronous=synchronous)
    except BaseException:
        await connection.close()  # its thread would keep the process alive
        raise
    return connection


async def _prepare(connection: _Connection, *, synchronous: str) -> None:
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
