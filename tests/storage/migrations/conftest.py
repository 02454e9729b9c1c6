"""Databases of old revisions, with a life in them."""

import pytest

from storage.location import Location
from tests.databases import Databases, PostgresDatabases, SQLiteFiles
from tests.postgres import PostgresServer
from tests.storage.migrations.old import OldDatabases


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
