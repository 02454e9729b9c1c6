"""How aiosql runs the named queries on aiosqlite: execute and fetch in one hop to its thread.

aiosql's own adapter makes three hops (execute, fetch, close); hops, not SQL, are what a statement costs here.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiosqlite

Row = sqlite3.Row
Parameters = Mapping[str, Any] | list[Any] | None

_ROW_LOCKS = re.compile(r"\s+FOR UPDATE SKIP LOCKED\b")


class OneHopSQLite:
    """An aiosql driver adapter. Writes return nothing: a write whose outcome matters says RETURNING."""

    is_aio_driver = True

    def process_sql(self, _name: str, _operation: object, sql: str) -> str:
        """Drop the row locks: SQLite has one writer, and every transaction here begins IMMEDIATE."""
        return _ROW_LOCKS.sub("", sql)

    async def select(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Parameters, _record: object = None
    ) -> AsyncIterator[Row]:
        """Yield every row."""
        for row in await self._rows(conn, sql, parameters):
            yield row

    async def select_one(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Parameters, _record: object = None
    ) -> Row | None:
        """Return the first row, or None."""
        return next(iter(await self._rows(conn, sql, parameters)), None)

    async def select_value(self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Parameters) -> Any:
        """Return the first column of the first row, or None."""
        row = next(iter(await self._rows(conn, sql, parameters)), None)
        return None if row is None else row[0]

    async def insert_update_delete(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Parameters
    ) -> None:
        """Run a write."""
        await self._rows(conn, sql, parameters)

    async def insert_returning(self, conn: aiosqlite.Connection, name: str, sql: str, parameters: Parameters) -> None:
        """Refuse `<!`: what SQLite and PostgreSQL return for it differs. Write `^` and RETURNING."""
        raise NotImplementedError(name)

    async def insert_update_delete_many(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Iterable[Parameters]
    ) -> None:
        """Run a write once for each set of parameters."""
        async with conn.executemany(sql, parameters):
            pass

    async def execute_script(self, conn: aiosqlite.Connection, sql: str) -> str:
        """Refuse `#`: the schema belongs to the migrations."""
        raise NotImplementedError(sql)

    def select_cursor(
        self, conn: aiosqlite.Connection, name: str, sql: str, parameters: Parameters
    ) -> AbstractAsyncContextManager[Any]:
        """Refuse cursors: rows are read whole, in pages."""
        raise NotImplementedError(name)

    async def _rows(self, conn: aiosqlite.Connection, sql: str, parameters: Parameters) -> Iterable[Row]:
        return await conn.execute_fetchall(sql, parameters)
