import pytest

from storage.database import Database
from tests.bot.services.support import Person


@pytest.fixture
def mother(database: Database) -> Person:
    return Person(database)
