"""Migrations: Alembic, run by a command and never by a server that starts (three racing workers crashed one)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.location import Location

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaOutdated(Exception):
    """The database's tables are not those of this version: `python -m bot migrate` brings them there."""


class DatabaseUnusable(Exception):
    """The file cannot be used as a database: no rights, no room, or something else is in it."""


def migrate(location: Location) -> None:
    """Create the database where there is none, readable by its owner alone, and bring its tables to this version.

    Raises:
        DatabaseUnusable: it says why, and never what is in the file.
    """
    config = _config()
    try:
        location.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        location.path.touch(mode=0o600)
    except OSError as error:
        raise DatabaseUnusable(error.strerror) from None
    with _connected(location) as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def check_schema(location: Location) -> None:
    """Check that the tables are those of this version.

    Raises:
        SchemaOutdated: there is no database yet, or it is older or newer.
        DatabaseUnusable: the file cannot be used.
    """
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if not location.path.exists():
        raise SchemaOutdated
    with _connected(location) as connection:
        if MigrationContext.configure(connection).get_current_revision() != head:
            raise SchemaOutdated


@contextmanager
def _connected(location: Location) -> Iterator[sa.Connection]:
    engine = sa.create_engine(location.sqlalchemy_url)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise DatabaseUnusable(str(error.orig)) from None  # SQLite's own words: "file is not a database"
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
