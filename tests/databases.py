"""A database for each test that asks for one: a real SQLite file, then a real PostgreSQL database.

Migrating is done once a session and engine; what a test gets is a copy.
"""

from collections.abc import AsyncIterator, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.database import Database
from storage.location import Location, PostgresDatabase, SQLiteFile
from storage.schema import migrate
from tests.postgres import PostgresServer
from tests.storage.support import FIRST_KEY, Clock, run_apart

ENGINES = ("sqlite", "postgres")


class SQLiteFiles:
    """Makes SQLite databases, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folders = (folder / f"database-{number}" for number in count(1))

    def empty(self) -> SQLiteFile:
        """Return a place where no file is yet."""
        folder = next(self._folders)
        folder.mkdir()
        return SQLiteFile(folder / "reports.db")

    def migrated(self) -> SQLiteFile:
        """Return a database with the tables of this version, and nothing in them."""
        location = self.empty()
        location.path.write_bytes(migrated_file())
        return location

    def copy(self, source: Location) -> SQLiteFile:
        """Return a copy of a database that nobody has open."""
        assert isinstance(source, SQLiteFile)
        assert list(source.path.parent.iterdir()) == [source.path], "what stands in the log would not be copied"
        location = self.empty()
        location.path.write_bytes(source.path.read_bytes())
        return location

    def clear(self) -> None:
        """Leave the files to pytest, which keeps the folders of the last runs."""


class PostgresDatabases:
    """Makes databases on a PostgreSQL server."""

    def __init__(self, server: PostgresServer, *, template: str) -> None:
        self._server = server
        self._template = template
        self._made: list[str] = []

    def empty(self) -> PostgresDatabase:
        """Return a database with no tables."""
        return self._note(self._server.create_database())

    def migrated(self) -> PostgresDatabase:
        """Return a database with the tables of this version, and nothing in them."""
        return self._note(self._server.create_database(self._template))

    def copy(self, source: Location) -> PostgresDatabase:
        """Return a copy of a database that nobody has open."""
        assert isinstance(source, PostgresDatabase)
        return self._note(self._server.create_database(source.url))

    def clear(self) -> None:
        """Drop what was made."""
        while self._made:
            self._server.drop_database(self._made.pop())

    def _note(self, url: str) -> PostgresDatabase:
        self._made.append(url)
        return PostgresDatabase(url)


Databases = SQLiteFiles | PostgresDatabases


@cache
def migrated_file() -> bytes:
    """Return what is in a SQLite file with the tables of this version."""
    with TemporaryDirectory() as folder:
        location = SQLiteFile(Path(folder) / "reports.db")
        run_apart(migrate(location))
        return location.path.read_bytes()


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """Return the URL of a migrated PostgreSQL database, to be copied and left alone."""
    url = postgres.create_database()
    run_apart(migrate(PostgresDatabase(url)))
    return url


def make_databases(request: pytest.FixtureRequest, folder: Path) -> Iterator[Databases]:
    """Give what makes databases of the engine that the request's parameter names; clear them away at the end."""
    databases: Databases
    if request.param.startswith("sqlite"):
        databases = SQLiteFiles(folder)
    else:  # asked for here and not above, so that a run of SQLite's tests alone starts no server
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("template")
        databases = PostgresDatabases(server, template=template)
    yield databases
    databases.clear()


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Give what makes databases of one engine, and run the test once for each."""
    yield from make_databases(request, tmp_path)


@pytest.fixture
def location(databases: Databases) -> Location:
    """Give a migrated database with nothing in it."""
    return databases.migrated()


@pytest.fixture
async def database(location: Location, clock: Clock) -> AsyncIterator[Database]:
    """Give the same database, open."""
    async with Database.open(location, FIRST_KEY, clock=clock) as opened:
        yield opened
