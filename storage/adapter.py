"""How aiosql runs the named queries: on a transaction of ours, in the words of the engine at hand.

A write returns nothing: a write whose outcome matters says RETURNING.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiosql.queries import Queries
from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDatum

from storage.engines import Connection, Engine, Row, Write

QUERIES = Path(__file__).parent / "sql"

Parameters = Mapping[str, Any] | None


def load_queries(engine: Engine) -> SimpleNamespace:
    """Return the named queries in the engine's words, those of each file under the file's name."""
    adapter: Any = QueryAdapter(engine)
    return SimpleNamespace(
        **{
            name: Queries(adapter).load_from_list([one._replace(sql=engine.translate(one.sql)) for one in queries])
            for name, queries in _written().items()
        }
    )


@cache
def _written() -> Mapping[str, Sequence[QueryDatum]]:
    """Read the named queries as they are written, which takes longer than to open a database: once a process."""
    as_written: Any = _AsWritten()
    loader = QueryLoader(as_written, None, attribute="__")
    return {file.stem: loader.load_query_data_from_file(file) for file in sorted(QUERIES.glob("*.sql"))}


class _AsWritten:
    """Stands for an engine while queries are read."""

    def process_sql(self, _name: str, _operation: object, sql: str) -> str:
        """Leave a query as it is."""
        return sql


class QueryAdapter:
    """An aiosql driver adapter."""

    is_aio_driver = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def process_sql(self, _name: str, _operation: object, sql: str) -> str:
        """Put a query into the engine's words."""
        return self._engine.translate(sql)

    async def select(
        self, conn: Connection, _name: str, sql: str, parameters: Parameters, _record: object = None
    ) -> AsyncIterator[Row]:
        """Yield every row."""
        for row in await conn.rows(sql, parameters or {}):
            yield row

    async def select_one(
        self, conn: Connection, _name: str, sql: str, parameters: Parameters, _record: object = None
    ) -> Row | None:
        """Return the first row, or None."""
        return next(iter(await conn.rows(sql, parameters or {})), None)

    async def select_value(self, conn: Connection, _name: str, sql: str, parameters: Parameters) -> Any:
        """Return the first column of the first row, or None."""
        row = next(iter(await conn.rows(sql, parameters or {})), None)
        return None if row is None else row[0]

    async def insert_update_delete(self, conn: Connection, _name: str, sql: str, parameters: Parameters) -> None:
        """Run a write."""
        await conn.rows(sql, parameters or {})

    async def insert_update_delete_many(
        self, conn: Connection, _name: str, sql: str, parameters: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run a write once for each set of parameters, in one trip."""
        if parameters:
            await conn.write([Write(sql, parameters)])

    async def insert_returning(self, conn: Connection, name: str, sql: str, parameters: Parameters) -> None:
        """Refuse `<!`: what SQLite and PostgreSQL return for it differs. Write `^` and RETURNING."""
        raise NotImplementedError(name)

    async def execute_script(self, conn: Connection, sql: str) -> str:
        """Refuse `#`: the schema belongs to the migrations."""
        raise NotImplementedError(sql)

    def select_cursor(
        self, conn: Connection, name: str, sql: str, parameters: Parameters
    ) -> AbstractAsyncContextManager[Any]:
        """Refuse cursors: rows are read whole, in pages."""
        raise NotImplementedError(name)
