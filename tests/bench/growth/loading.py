"""Loading rows in bulk, and what an engine does by itself or by its keeper's hand to know what it holds."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import asyncpg

from storage.location import Location, SQLiteFile
from tests.bench.growth.past import Table

_WITH_OWN_IDS = ("reports", "outbox", "digests", "cases", "notices")
"""PostgreSQL counts their ids by a sequence, which rows that bring their own id leave behind."""
_CACHE_KIB = 1 << 20


async def load(location: Location, tables: Iterable[Table]) -> None:
    """Load rows, with nobody else at the database. Foreign keys are taken on trust: it is twice as fast."""
    if isinstance(location, SQLiteFile):
        _load_file(location, tables)
    else:
        await _load_server(location.url, tables)


async def analyse(location: Location) -> None:
    """Have the planner count what is there. PostgreSQL's autovacuum does this, and the cleaning, soon by itself."""
    if isinstance(location, SQLiteFile):
        with closing(sqlite3.connect(location.path)) as connection:
            connection.execute("ANALYZE")
            connection.commit()
        return
    server = await asyncpg.connect(location.url)
    try:
        await server.execute("VACUUM (ANALYZE)")
        await server.execute("CHECKPOINT")
    finally:
        await server.close()


def _load_file(location: SQLiteFile, tables: Iterable[Table]) -> None:
    with closing(sqlite3.connect(location.path, isolation_level=None)) as connection:
        # A write-ahead log would hold all of it a second time, and what fails here is begun anew.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            connection.execute(f"PRAGMA {pragma}")
        for table in tables:
            marks = ", ".join("?" for _ in table.columns)
            connection.execute("BEGIN")
            connection.executemany(
                f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})",  # noqa: S608  ours
                table.rows,
            )
            connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


async def _load_server(url: str, tables: Iterable[Table]) -> None:
    server = await asyncpg.connect(url)
    try:
        await server.execute("SET session_replication_role = replica")  # no foreign keys are checked
        for table in tables:
            await server.copy_records_to_table(table.name, columns=table.columns, records=table.rows)
        for name in _WITH_OWN_IDS:
            last = f"(SELECT max(id) FROM {name})"  # noqa: S608  ours
            await server.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}) WHERE {last} > 0")
    finally:
        await server.close()
