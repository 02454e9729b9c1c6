from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.location import Location
from tests.bot.services.support import Person
from tests.storage.support import FIRST_KEY, Clock, migrated


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return migrated(tmp_path)


@pytest.fixture
async def database(location: Location, clock: Clock) -> AsyncIterator[Database]:
    async with Database.open(location, FIRST_KEY, clock=clock) as opened:
        yield opened


@pytest.fixture
def mother(database: Database) -> Person:
    return Person(database)
