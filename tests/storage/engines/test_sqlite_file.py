"""Nothing that is sealed stands in clear in SQLite's files: the database, its log, the log's index."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database
from storage.location import SQLiteFile
from tests.databases import SQLiteFiles
from tests.storage.canaries import MOTHER, NO_SECRETS, SECRETS, forms, found, live_a_day
from tests.storage.support import FIRST_KEY, Clock


@pytest.fixture
def location(tmp_path: Path) -> SQLiteFile:
    return SQLiteFiles(tmp_path).migrated()


def files(location: SQLiteFile) -> dict[str, bytes]:
    """Return what stands in the database's files, by the end of the file's name."""
    return {path.name.removeprefix(location.path.name): path.read_bytes() for path in location.path.parent.iterdir()}


async def test_nothing_about_people_stands_in_clear_while_the_database_is_open(
    database: Database, location: SQLiteFile
) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    assert found(files(location), NO_SECRETS) == {"": [], "-shm": [], "-wal": NO_SECRETS}
    assert found(files(location), SECRETS) == {"": [], "-shm": [], "-wal": []}


async def test_nothing_about_people_stands_in_clear_after_a_checkpoint(
    database: Database, location: SQLiteFile
) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    with closing(sqlite3.connect(location.path)) as outsider:
        assert outsider.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert found(files(location), NO_SECRETS) == {"": NO_SECRETS, "-shm": [], "-wal": []}
    assert found(files(location), SECRETS) == {"": [], "-shm": [], "-wal": []}


async def test_nothing_about_people_stands_in_clear_once_the_database_is_closed(
    location: SQLiteFile, clock: Clock
) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        await live_a_day(work)
    assert found(files(location), NO_SECRETS) == {"": NO_SECRETS}
    assert found(files(location), SECRETS) == {"": []}


@pytest.mark.parametrize("secret", ["Quetzalcoatl", "Нұрсұлтанбек", str(MOTHER)])
def test_words_in_clear_would_be_found_in_every_form(location: SQLiteFile, secret: str) -> None:
    leak = location.path.with_name(location.path.name + "-leak")
    for form in forms(secret):
        leak.write_bytes(b"..." + form + b"...")
        assert found(files(location), SECRETS)["-leak"] == [secret]
