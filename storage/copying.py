"""Copying a whole database into an empty one, so that a bot on SQLite can move to PostgreSQL (or back).

Both sides are held while it lasts: nobody writes to the one, and nobody sees the other before it is complete. All rows
are written in one transaction and read back within it, and it is committed only where both sides gave the same digests.
Whoever is killed meanwhile leaves the target as empty as it was. What is sealed moves as it is; no key is needed.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.alchemy import alchemy_engine
from storage.location import Location, PostgresDatabase, SQLiteFile
from storage.lock import AlreadyRunning, running_alone
from storage.schema import DatabaseUnusable, SchemaOutdated, check_schema, migrate

_OF_PROCESSES = frozenset({"processes", "duties", "allowances"})
"""What belongs to running processes, of which there are none, is not copied."""
_FREED = {"leased_by": "NULL", "leased_until_ms": "0"}
"""Leases belong to them as well: these columns are copied as the SQL beside them says."""
_CHUNK_ROWS = 2000
_LOOK_SECONDS = 1.5
"""Between two looks at the beats of a database's processes; a living one beats every half second."""
_IN_USE = ("LockNotAvailableError", "SQLITE_BUSY")
_MISFITS = (TypeError, OverflowError)  # of asyncpg, for a value that its column cannot hold; SQLite's hold anything
_FAILURES = (sa.exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, *_MISFITS)
_COUNTED_IN_POSTGRES = """
SELECT table_name, column_name, sequence, pg_sequence_last_value(CAST(sequence AS regclass))
FROM information_schema.columns, pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'
"""
_COUNTED_IN_SQLITE = """
SELECT m.name, 'rowid', m.name, s.seq FROM sqlite_master m LEFT JOIN sqlite_sequence s ON s.name = m.name
WHERE m.type = 'table' AND m.sql LIKE '%AUTOINCREMENT%'
"""
"""Every table that remembers the last id it gave out; the column; what remembers it; that id, or NULL before any."""

Values = tuple[Any, ...]


class TargetNotEmpty(Exception):
    """There are rows in the target already. The message names the database."""


class SameDatabase(Exception):
    """Source and target are one database. The message names it."""


class StillRunning(Exception):
    """A process of the bot is alive on one of the databases, or somebody holds its tables. The message names it."""


class CopyDiffers(Exception):
    """What was read back from the target is not what was written. The message names the table."""


@dataclass(frozen=True)
class Copied:
    """A table that was copied, and read back the same."""

    table: str
    rows: int
    digest: str
    """SHA-256 over all rows in the order of their primary key, in hex."""


async def copy_database(source: Location, target: Location) -> list[Copied]:
    """Copy all that is stored into an empty database, which is migrated where need be; ids go on after the highest.

    Returns the tables, those first that others refer to. Whatever is raised, no row was copied. (Only of a server that
    is lost in mid-commit nobody knows; then running it again tells.)

    Raises:
        SameDatabase: both are one.
        SchemaOutdated: one of them is not of this version; the message names it.
        AlreadyRunning: the bot runs on a SQLite file; the message names it.
        StillRunning: the bot runs on a PostgreSQL database, or somebody holds either.
        TargetNotEmpty: the target has rows, those of an earlier copy perhaps.
        CopyDiffers: the target did not keep what was written.
        DatabaseUnusable: a database failed, or refused a row; the message says which, and quotes no row.
    """
    with _at(source):
        await check_schema(source)
    with _at(target):
        if await _are_one(source, target):
            raise SameDatabase(str(target))
    async with _held(source) as reading:
        with _at(target):
            await _make_ready(target)
        async with _held(target) as writing:
            with _at(target):
                await _refuse_rows(writing)
            copied = await _copy_all(reading, writing)
            with _at(target):
                await writing.ask("COMMIT")
    return copied


@dataclass(frozen=True)
class _Side:
    """One of the two databases, open."""

    location: Location
    connection: AsyncConnection
    tables: Mapping[str, sa.Table]
    """All tables but Alembic's, those first that others refer to."""

    @property
    def is_postgres(self) -> bool:
        return isinstance(self.location, PostgresDatabase)

    async def ask(self, statement: str) -> list[Values]:
        """Run one statement of ours and return its rows."""
        result = await self.connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []

    async def read(self, table: str, columns: Sequence[str], *, free: bool) -> AsyncGenerator[list[Values], None]:
        """Yield all rows in the order of the primary key, some at a time; `free` takes leases off them."""
        instead, own = _FREED if free else {}, self.tables[table]
        values = (sa.literal_column(instead[name]) if name in instead else own.c[name] for name in columns)
        query = sa.select(*values).order_by(*map(self._in_order, own.primary_key))
        with _at(self.location, table):
            async with self.connection.stream(query, execution_options={"yield_per": _CHUNK_ROWS}) as result:
                async for rows in result.partitions():
                    yield [tuple(row) for row in rows]

    async def write(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """Write rows, their values in the order of these columns."""
        with _at(self.location, table):
            if self.is_postgres:
                # COPY: SQLAlchemy does not know it, and it is several times as fast as INSERT.
                raw: Any = (await self.connection.get_raw_connection()).driver_connection
                await raw.copy_records_to_table(table, columns=columns, records=rows)
            else:
                named = [dict(zip(columns, row, strict=True)) for row in rows]
                await self.connection.execute(self.tables[table].insert(), named)

    def _in_order(self, key: sa.Column[Any]) -> sa.ColumnElement[Any]:
        """Order text by its bytes, as SQLite does, and not by the rules of the server's language."""
        return sa.collate(key, "C") if self.is_postgres and isinstance(key.type, sa.String) else key


async def _copy_all(reading: _Side, writing: _Side) -> list[Copied]:
    columns = {name: list(table.columns.keys()) for name, table in reading.tables.items() if name not in _OF_PROCESSES}
    if strangers := columns.keys() - writing.tables.keys():
        raise DatabaseUnusable(f"{reading.location}: these tables are not the bot's: {', '.join(sorted(strangers))}")
    copied = [await _pass(reading, table, columns[table], to=writing) for table in columns]
    with _at(reading.location):
        last_ids = {table: last for table, _, _, last in await _counted(reading)}
    with _at(writing.location):
        await _go_on_after(last_ids, writing)
        if writing.is_postgres:  # else queries are planned as for empty tables until the server gets round to it
            await writing.ask(f"ANALYZE {', '.join(columns)}")
    for one in copied:
        if await _pass(writing, one.table, columns[one.table]) != one:
            raise CopyDiffers(one.table)
    return copied


async def _pass(side: _Side, table: str, columns: Sequence[str], *, to: _Side | None = None) -> Copied:
    """Count and hash all rows of a table, and write them to the other side where one is given.

    A row is hashed as Python's source would write it, which tells apart NULL, '', b'', 0 and '0'.
    """
    count, digest = 0, hashlib.sha256()
    async with aclosing(side.read(table, columns, free=to is not None)) as chunks:
        async for rows in chunks:
            count += len(rows)
            digest.update("".join(f"{row!a}\n" for row in rows).encode())
            if to is not None:
                await to.write(table, columns, rows)
    return Copied(table, count, digest.hexdigest())


async def _counted(side: _Side) -> list[Values]:
    return await side.ask(_COUNTED_IN_POSTGRES if side.is_postgres else _COUNTED_IN_SQLITE)


async def _go_on_after(last_ids: Mapping[str, int | None], side: _Side) -> None:
    """Have every table go on after all ids that were ever given out, be their rows still there or not."""
    for table, key, sequence, _ in await _counted(side):
        ((highest,),) = await side.ask(f"SELECT max({key}) FROM {table}")  # noqa: S608  our own
        last = max(last_ids.get(table) or 0, highest or 0)
        if side.is_postgres:  # unlike setval(), this is undone with the transaction
            await side.ask(f"ALTER SEQUENCE {sequence} RESTART WITH {last + 1}")
        else:
            await side.ask(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
            await side.ask(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {last})")  # noqa: S608


async def _are_one(source: Location, target: Location) -> bool:
    """Say whether both are one database, however each is spelled."""
    if isinstance(source, PostgresDatabase) and isinstance(target, PostgresDatabase):
        who = "SELECT pg_postmaster_start_time(), current_database()"
        async with _opened(source) as one, _opened(target) as other:
            return await one.ask(who) == await other.ask(who)
    if isinstance(source, SQLiteFile) and isinstance(target, SQLiteFile):
        return target.path.exists() and target.path.samefile(source.path)
    return False


async def _make_ready(target: Location) -> None:
    """Bring an empty database to this version; one with rows in it is left as it is."""
    try:
        await check_schema(target)
    except SchemaOutdated:
        if not isinstance(target, SQLiteFile) or target.path.exists():
            async with _opened(target) as side:
                await _refuse_rows(side)
        await migrate(target)
        await check_schema(target)


async def _refuse_rows(side: _Side) -> None:
    for table in side.tables.values():
        found = await side.connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1))
        if found.first() is not None:
            raise TargetNotEmpty(str(side.location))


@asynccontextmanager
async def _held(location: Location) -> AsyncIterator[_Side]:
    """Open a database on which no bot runs, and begin a transaction beside which nobody can write to it."""
    async with AsyncExitStack() as stack:
        with _at(location):
            stack.enter_context(running_alone(location))
            side = await stack.enter_async_context(_opened(location))
            if side.is_postgres:
                await _hold_postgres(side)
            else:
                await side.ask("PRAGMA foreign_keys = ON")
                await side.ask("BEGIN IMMEDIATE")
        yield side


async def _hold_postgres(side: _Side) -> None:
    before = await _beats(side)
    if before:
        await asyncio.sleep(_LOOK_SECONDS)
        _refuse_new(await _beats(side), before, side.location)
    name_of = side.connection.dialect.identifier_preparer.format_table
    await side.ask("BEGIN ISOLATION LEVEL REPEATABLE READ")
    await side.ask("SET LOCAL lock_timeout = '5s'")
    # Before anything is read: the first question fixes the moment that this transaction sees.
    await side.ask(f"LOCK TABLE {', '.join(map(name_of, side.tables.values()))} IN EXCLUSIVE MODE")
    _refuse_new(await _beats(side), before, side.location)


async def _beats(side: _Side) -> set[Values]:
    return set(await side.ask("SELECT process, beat FROM processes"))


def _refuse_new(beats: set[Values], before: set[Values], location: Location) -> None:
    if beats - before:
        raise StillRunning(str(location))


@asynccontextmanager
async def _opened(location: Location) -> AsyncIterator[_Side]:
    """Connect. Transactions begin where we say so and nowhere else; closing undoes what is not committed."""
    engine = alchemy_engine(location, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            known = sa.MetaData()
            await connection.run_sync(known.reflect)
            tables = {table.name: table for table in known.sorted_tables if table.name != "alembic_version"}
            yield _Side(location, connection, tables)
    finally:
        await engine.dispose()


@contextmanager
def _at(location: Location, table: str | None = None) -> Iterator[None]:
    """Say of an error in which database and at which table it happened; not in its words, which may quote a row."""
    try:
        yield
    except (SchemaOutdated, CommandError):
        raise SchemaOutdated(str(location)) from None
    except AlreadyRunning:
        raise AlreadyRunning(str(location)) from None
    except DatabaseUnusable as error:
        raise DatabaseUnusable(f"{location}: {error}") from None
    except _FAILURES as error:
        root = getattr(error, "orig", None) or error
        root = root.__cause__ or root  # the driver's own error, beneath what SQLAlchemy makes of it
        kind = getattr(root, "sqlite_errorname", type(root).__name__)
        if kind in _IN_USE:
            raise StillRunning(str(location)) from None
        raise DatabaseUnusable(f"{location}{f', table {table}' if table else ''}: {kind}") from None
