"""What people said, and who they are, stands in no table of the database in a form that can be read."""

import pytest

from storage.database import Database
from storage.location import Location, SQLiteFile
from tests.storage.canaries import MOTHER, NO_SECRETS, SECRETS, forms, found, live_a_day
from tests.storage.support import column, insert, sql

OF_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table'"
OF_POSTGRES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


def dump(location: Location) -> dict[str, bytes]:
    """Return all that stands in each table."""
    tables = column(location, OF_SQLITE if isinstance(location, SQLiteFile) else OF_POSTGRES)
    return {table: b"|".join(_cells(location, table)) for table in tables}


def _cells(location: Location, table: str) -> list[bytes]:
    rows = sql(location, f"SELECT * FROM {table}")  # noqa: S608  our own tables
    return [cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row]


async def test_nothing_about_people_stands_in_clear(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    everything = dump(location)
    assert {name: words for name, words in found(everything, NO_SECRETS).items() if words} == {
        "chats": [NO_SECRETS[0]],
        "outbox": [NO_SECRETS[0]],
        "deferred_updates": [NO_SECRETS[1]],
    }
    assert found(everything, SECRETS) == {name: [] for name in everything}


async def test_the_day_writes_into_every_table_that_holds_what_people_said(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    sealed = [name for name, content in dump(location).items() if content]
    assert set(sealed) >= {
        "chats",
        "conversations",
        "outbox",
        "reports",
        "report_answers",
        "deferred_updates",
        "inbox",
        "evidence",
    }


@pytest.mark.parametrize("secret", ["Quetzalcoatl", "Нұрсұлтанбек", str(MOTHER)])
def test_words_in_clear_would_be_found_in_every_form(location: Location, secret: str) -> None:
    for number, form in enumerate(forms(secret)):
        sql(location, "DELETE FROM secrets")
        insert(location, "secrets", name=str(number), wrapped=b"..." + form + b"...")
        assert found(dump(location), SECRETS)["secrets"] == [secret]
