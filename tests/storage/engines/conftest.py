from collections.abc import Iterator

import pytest

from storage.location import PostgresDatabase
from tests.databases import PostgresDatabases
from tests.postgres import PostgresServer


@pytest.fixture
def postgres_location(postgres: PostgresServer, template: str) -> Iterator[PostgresDatabase]:
    databases = PostgresDatabases(postgres, template=template)
    yield databases.migrated()
    databases.clear()
