"""Databases of old revisions. Each is brought up once a session and engine; what a test gets is a copy."""

import pytest

from storage.location import Location
from storage.schema import migrate
from tests.databases import Databases, PostgresDatabases, SQLiteFiles
from tests.postgres import PostgresServer
from tests.storage.migrations.lives import LIVES, Life
from tests.storage.support import insert, run_apart


class OldDatabases:
    """Databases of one engine that are copied and left alone."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._old: dict[str, Location] = {}
        self._upgraded: dict[str, Location] = {}

    def of(self, revision: str) -> Location:
        """Return a database of a revision, with a life in it."""
        if revision not in self._old:
            location = self._databases.empty()
            run_apart(migrate(location, to=revision))
            for table, rows in LIVES[revision](Life()).items():
                for row in rows:
                    insert(location, table, **row)
            self._old[revision] = location
        return self._old[revision]

    def upgraded(self, revision: str) -> Location:
        """Return the same database, brought to this version."""
        if revision not in self._upgraded:
            location = self._databases.copy(self.of(revision))
            run_apart(migrate(location))
            self._upgraded[revision] = location
        return self._upgraded[revision]


@pytest.fixture(scope="session")
def old_files(tmp_path_factory: pytest.TempPathFactory) -> OldDatabases:
    """Give the databases of SQLite."""
    return OldDatabases(SQLiteFiles(tmp_path_factory.mktemp("old")))


@pytest.fixture(scope="session")
def old_servers(postgres: PostgresServer, template: str) -> OldDatabases:
    """Give the databases of PostgreSQL; they go with its server."""
    return OldDatabases(PostgresDatabases(postgres, template=template))


@pytest.fixture
def old_databases(request: pytest.FixtureRequest, databases: Databases) -> OldDatabases:
    """Give those of the test's engine."""
    name = "old_files" if isinstance(databases, SQLiteFiles) else "old_servers"
    found: OldDatabases = request.getfixturevalue(name)
    return found


@pytest.fixture
def old(databases: Databases, old_databases: OldDatabases, revision: str) -> Location:
    """Give a database of an old revision, with a life in it."""
    return databases.copy(old_databases.of(revision))


@pytest.fixture
def upgraded(databases: Databases, old_databases: OldDatabases, revision: str) -> Location:
    """Give the same database, brought to this version."""
    return databases.copy(old_databases.upgraded(revision))
