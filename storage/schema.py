"""Migrations: Alembic, run by a command and never by a server that starts (three racing workers crashed one)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.alchemy import alchemy_engine
from storage.engines import is_away
from storage.location import Location, SQLiteFile

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaOutdated(Exception):
    """The database's tables are not those of this version: `python -m bot migrate` brings them there."""


class DatabaseUnusable(Exception):
    """It cannot be used as a database: no rights, no room, no such server, or something else is in the file."""


class DatabaseAway(DatabaseUnusable):
    """The server does not answer, or takes nobody in just now: it may later."""


async def migrate(location: Location, *, to: str = "head") -> None:
    """Bring the tables to this version. A SQLite file that is not there is made, readable by its owner alone.

    Raises:
        DatabaseUnusable: it says why, and never what is in the database.
    """
    if isinstance(location, SQLiteFile):
        _make_file(location)
    config = _config()

    def upgrade(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    async with _connected(location) as connection:
        await connection.run_sync(upgrade)
        await connection.commit()


async def check_schema(location: Location) -> None:
    """Check that the tables are those of this version.

    Raises:
        SchemaOutdated: there is no database yet, or it is older or newer.
        DatabaseUnusable: it cannot be used.
    """
    if isinstance(location, SQLiteFile) and not location.path.exists():
        raise SchemaOutdated
    async with _connected(location) as connection:
        current = await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
    if current != ScriptDirectory.from_config(_config()).get_current_head():
        raise SchemaOutdated


def _make_file(location: SQLiteFile) -> None:
    try:
        location.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        location.path.touch(mode=0o600)
    except OSError as error:
        raise DatabaseUnusable(error.strerror) from None


@asynccontextmanager
async def _connected(location: Location) -> AsyncIterator[AsyncConnection]:
    engine = _engine(location)
    try:
        async with engine.connect() as connection:
            yield connection
    except (sa.exc.DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _unusable(error) from None
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


def _unusable(error: BaseException) -> DatabaseUnusable:
    plain = getattr(getattr(error, "orig", None), "__cause__", None) or error
    return (DatabaseAway if is_away(plain) else DatabaseUnusable)(_reason(error))


def _reason(error: BaseException) -> str:
    """Return the database's own words ("file is not a database"), which hold no data and no password."""
    root = getattr(error, "orig", None) or error
    return str(getattr(root, "strerror", None) or root)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
