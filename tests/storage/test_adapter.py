from collections.abc import AsyncIterator
from typing import Any

import aiosql
import pytest

from storage.adapter import QueryAdapter, load_queries
from storage.engines import Connection, Engine, open_engine
from tests.databases import Databases

QUERIES = """
-- name: every_letter()
SELECT letter, place FROM letters ORDER BY letter;

-- name: letter_at(place)^
SELECT letter, place FROM letters WHERE place = :place;

-- name: how_many()$
SELECT count(*) FROM letters;

-- name: place_of(letter)$
SELECT place FROM letters WHERE letter = :letter;

-- name: places_of(letters)
SELECT place FROM letters WHERE letter = ANY(:letters) ORDER BY place;

-- name: move(letter, place)!
UPDATE letters SET place = :place WHERE letter = :letter;

-- name: take_first()^
DELETE FROM letters WHERE place = (SELECT place FROM letters WHERE place IS NOT NULL ORDER BY place LIMIT 1
    FOR UPDATE SKIP LOCKED) RETURNING letter;

-- name: add_many(letter, place)*!
INSERT INTO letters (letter, place) VALUES (:letter, :place);

-- name: times(place)
-- The same parameter twice, beside what only looks like one.
SELECT letter, 'a:place' AS words FROM letters WHERE place = :place OR place = :place + 1 ORDER BY place;
"""


@pytest.fixture
async def engine(databases: Databases) -> AsyncIterator[Engine]:
    async with open_engine(databases.empty()) as opened:
        yield opened


@pytest.fixture
async def connection(engine: Engine) -> AsyncIterator[Connection]:
    async with engine.transaction(durable=True) as begun:
        await begun.rows("CREATE TABLE letters (letter TEXT, place INTEGER)", {})
        await begun.rows("INSERT INTO letters VALUES ('b', 2), ('a', 1), ('nowhere', NULL)", {})
        yield begun


@pytest.fixture
def queries(engine: Engine) -> Any:
    return load(engine, QUERIES)


def load(engine: Engine, text: str) -> Any:
    adapter: Any = lambda *_arguments, **_options: QueryAdapter(engine)  # noqa: E731  aiosql calls it
    return aiosql.from_str(text, adapter)


async def test_a_select_yields_every_row_in_order(queries: Any, connection: Connection) -> None:
    rows = [(row["letter"], row["place"]) async for row in queries.every_letter(connection)]
    assert rows == [("a", 1), ("b", 2), ("nowhere", None)]


async def test_one_row_is_returned_with_its_columns_by_name(queries: Any, connection: Connection) -> None:
    row = await queries.letter_at(connection, place=2)
    assert dict(row) == {"letter": "b", "place": 2}


async def test_no_row_is_none(queries: Any, connection: Connection) -> None:
    assert await queries.letter_at(connection, place=9) is None


async def test_a_value_is_the_first_column(queries: Any, connection: Connection) -> None:
    assert await queries.how_many(connection) == 3


@pytest.mark.parametrize("letter", ["nowhere", "unheard of"])
async def test_a_value_of_null_and_a_value_of_no_row_are_none(
    queries: Any, connection: Connection, letter: str
) -> None:
    assert await queries.place_of(connection, letter=letter) is None


async def test_a_list_is_any_of_its_values(queries: Any, connection: Connection) -> None:
    async def places(*letters: str) -> list[int]:
        return [row["place"] async for row in queries.places_of(connection, letters=list(letters))]

    assert await places("b", "a", 'x"') == [1, 2]
    assert await places("b") == [2]
    assert await places() == []


async def test_a_parameter_may_stand_in_a_query_more_than_once(queries: Any, connection: Connection) -> None:
    rows = [tuple(row) async for row in queries.times(connection, place=1)]
    assert rows == [("a", "a:place"), ("b", "a:place")]


async def test_a_write_returns_nothing(queries: Any, connection: Connection) -> None:
    assert await queries.move(connection, letter="a", place=5) is None
    assert await queries.place_of(connection, letter="a") == 5


async def test_a_write_runs_once_for_each_set_of_parameters(queries: Any, connection: Connection) -> None:
    await queries.add_many(connection, [{"letter": "c", "place": 3}, {"letter": "d", "place": 4}])
    assert await queries.how_many(connection) == 5
    await queries.add_many(connection, [])
    assert await queries.how_many(connection) == 5


async def test_a_row_is_locked_where_the_engine_locks_rows(queries: Any, connection: Connection) -> None:
    assert (await queries.take_first(connection))["letter"] == "a"
    assert (await queries.take_first(connection))["letter"] == "b"
    assert await queries.take_first(connection) is None


async def test_what_two_engines_do_differently_is_refused(engine: Engine, connection: Connection) -> None:
    queries = load(
        engine, "-- name: add<!\nINSERT INTO letters VALUES ('e', 5);\n\n-- name: wipe#\nDROP TABLE letters;"
    )
    with pytest.raises(NotImplementedError, match="add"):
        await queries.add(connection)
    with pytest.raises(NotImplementedError, match="DROP TABLE"):
        await queries.wipe(connection)
    assert await load(engine, QUERIES).how_many(connection) == 3


def test_cursors_are_refused(queries: Any, connection: Connection) -> None:
    with pytest.raises(NotImplementedError, match="every_letter"):
        queries.every_letter_cursor(connection)


async def test_the_queries_of_each_file_are_found_under_its_name(engine: Engine) -> None:
    queries = load_queries(engine)
    assert queries.outbox.claim_due.sql != queries.queue.claim_next.sql
