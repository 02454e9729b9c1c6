"""Migrations: Alembic, run by a command and never by a server that starts (three racing workers crashed one)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from storage.engines import is_away, open_engine
from storage.location import Location, SQLiteFile

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = "[0-9][0-9][0-9][0-9]_*.py"
_NO_TABLE = "no such table"
"""SQLite's words; it has no number of its own for this."""


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
    from storage.migrating import upgrade  # noqa: PLC0415 - Alembic is a third of a start, and a running bot needs none

    if isinstance(location, SQLiteFile):
        _make_file(location)
    with _usable():
        await upgrade(location, migrations=MIGRATIONS, to=to)


async def check_schema(location: Location) -> None:
    """Check that the tables are those of this version.

    Raises:
        SchemaOutdated: there is no database yet, or it is older or newer.
        DatabaseUnusable: it cannot be used.
    """
    if isinstance(location, SQLiteFile) and not location.path.exists():
        raise SchemaOutdated
    with _usable():
        revisions = await _revisions(location)
    if revisions != [_newest()]:
        raise SchemaOutdated


async def _revisions(location: Location) -> list[str]:
    """Return what Alembic noted in the database: one revision, or nothing where it has not been there yet."""
    try:
        async with open_engine(location) as engine, engine.snapshot() as connection:
            return [row["version_num"] for row in await connection.rows("SELECT version_num FROM alembic_version", {})]
    except asyncpg.UndefinedTableError:
        return []
    except sqlite3.OperationalError as error:
        if str(error).startswith(_NO_TABLE):
            return []
        raise


def _newest() -> str:
    """Return the revision of this version. They are numbered one after the other, and named by their numbers."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob(_REVISIONS))


def _make_file(location: SQLiteFile) -> None:
    try:
        location.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        location.path.touch(mode=0o600)
    except OSError as error:
        raise DatabaseUnusable(error.strerror) from None


@contextmanager
def _usable() -> Iterator[None]:
    """Say in the database's own words ("file is not a database") why it cannot be used: no data, no password."""
    try:
        yield
    except (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        words = str(getattr(error, "strerror", None) or error)
        raise (DatabaseAway if is_away(error) else DatabaseUnusable)(words) from None
