from collections.abc import AsyncIterator, Iterator

import pytest

from storage.engines import Engine, open_engine
from storage.location import Location, PostgresDatabase
from tests.databases import PostgresDatabases
from tests.postgres import PostgresServer


@pytest.fixture
def postgres_location(postgres: PostgresServer, template: str) -> Iterator[PostgresDatabase]:
    databases = PostgresDatabases(postgres, template=template)
    yield databases.migrated()
    databases.clear()


@pytest.fixture
async def engine(location: Location) -> AsyncIterator[Engine]:
    async with open_engine(location) as opened:
        yield opened
