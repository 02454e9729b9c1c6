from collections.abc import AsyncIterator
from typing import Any

import aiosql
import aiosqlite
import pytest

from storage.adapter import OneHopSQLite

QUERIES = """
-- name: every_letter()
SELECT letter, place FROM letters ORDER BY place;

-- name: letter_at(place)^
SELECT letter, place FROM letters WHERE place = :place;

-- name: how_many()$
SELECT count(*) FROM letters;

-- name: place_of(letter)$
SELECT place FROM letters WHERE letter = :letter;

-- name: move(letter, place)!
UPDATE letters SET place = :place WHERE letter = :letter;

-- name: take_first()^
DELETE FROM letters WHERE place = (SELECT place FROM letters ORDER BY place LIMIT 1
    FOR UPDATE SKIP LOCKED) RETURNING letter;

-- name: add_many*!
INSERT INTO letters (letter, place) VALUES (:letter, :place);
"""


@pytest.fixture
async def connection() -> AsyncIterator[aiosqlite.Connection]:
    async with aiosqlite.connect(":memory:", isolation_level=None) as opened:
        opened.row_factory = aiosqlite.Row
        await opened.execute_fetchall("CREATE TABLE letters (letter TEXT, place INTEGER)")
        await opened.execute_fetchall("INSERT INTO letters VALUES ('b', 2), ('a', 1), ('nowhere', NULL)")
        yield opened


def load(text: str) -> Any:
    adapter: Any = OneHopSQLite
    return aiosql.from_str(text, adapter)


async def test_a_select_yields_every_row_in_order(connection: aiosqlite.Connection) -> None:
    rows = [row["letter"] async for row in load(QUERIES).every_letter(connection)]
    assert rows == ["nowhere", "a", "b"]


async def test_one_row_is_returned_with_its_columns_by_name(connection: aiosqlite.Connection) -> None:
    row = await load(QUERIES).letter_at(connection, place=2)
    assert dict(row) == {"letter": "b", "place": 2}


async def test_no_row_is_none(connection: aiosqlite.Connection) -> None:
    assert await load(QUERIES).letter_at(connection, place=9) is None


async def test_a_value_is_the_first_column(connection: aiosqlite.Connection) -> None:
    assert await load(QUERIES).how_many(connection) == 3


@pytest.mark.parametrize("letter", ["nowhere", "unheard of"])
async def test_a_value_of_null_and_a_value_of_no_row_are_none(connection: aiosqlite.Connection, letter: str) -> None:
    assert await load(QUERIES).place_of(connection, letter=letter) is None


async def test_a_write_returns_nothing(connection: aiosqlite.Connection) -> None:
    assert await load(QUERIES).move(connection, letter="a", place=5) is None
    assert await load(QUERIES).place_of(connection, letter="a") == 5


async def test_a_write_runs_once_for_each_set_of_parameters(connection: aiosqlite.Connection) -> None:
    await load(QUERIES).add_many(connection, [{"letter": "c", "place": 3}, {"letter": "d", "place": 4}])
    assert await load(QUERIES).how_many(connection) == 5


async def test_the_row_locks_of_postgresql_are_dropped(connection: aiosqlite.Connection) -> None:
    queries = load(QUERIES)
    assert "LOCKED" not in queries.take_first.sql
    assert "RETURNING" in queries.take_first.sql
    await queries.move(connection, letter="nowhere", place=9)
    assert (await queries.take_first(connection))["letter"] == "a"


async def test_what_two_engines_do_differently_is_refused(connection: aiosqlite.Connection) -> None:
    queries = load("-- name: add<!\nINSERT INTO letters VALUES ('e', 5);\n\n-- name: wipe#\nDROP TABLE letters;")
    with pytest.raises(NotImplementedError, match="add"):
        await queries.add(connection)
    with pytest.raises(NotImplementedError, match="DROP TABLE"):
        await queries.wipe(connection)
    assert await load(QUERIES).how_many(connection) == 3


def test_cursors_are_refused(connection: aiosqlite.Connection) -> None:
    with pytest.raises(NotImplementedError, match="every_letter"):
        load(QUERIES).every_letter_cursor(connection)
