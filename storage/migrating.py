"""Alembic at work. `storage.schema.migrate` imports this when it is called, and nothing else does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.alchemy import alchemy_engine
from storage.location import Location, SQLiteFile


async def upgrade(location: Location, *, migrations: Path, to: str) -> None:
    """Bring the tables to a revision. `migrations` is Alembic's folder.

    Raises:
        sqlite3.Error, asyncpg.PostgresError, OSError: the driver's own error, and none of SQLAlchemy's.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")

    def run(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    async with _connected(location) as connection:
        await connection.run_sync(run)
        await connection.commit()


@asynccontextmanager
async def _connected(location: Location) -> AsyncIterator[AsyncConnection]:
    engine = _engine(location)
    try:
        async with engine.connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise _plain(error) from None
    finally:
        await engine.dispose()


def _engine(location: Location) -> AsyncEngine:
    engine = alchemy_engine(location)
    if isinstance(location, SQLiteFile):
        # Python's driver begins a transaction at the first change of a row and not at that of a table: a migration
        # that fails half-way would leave half of itself behind.
        sa.event.listen(engine.sync_engine, "connect", _prepare)
        sa.event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")


def _plain(error: sa.exc.DBAPIError) -> BaseException:
    """Return what the driver raised: asyncpg's errors are wrapped twice."""
    return getattr(error.orig, "__cause__", None) or error.orig or error
