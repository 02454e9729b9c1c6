"""A transaction's turns, and the writes that wait to be made together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from storage.engines import Engine, Write, open_engine
from storage.session import Known, Session, Writes
from tests.databases import Databases
from tests.storage.support import Undone
from tests.storage.watched import Watched

ADD = "INSERT INTO letters (letter) VALUES (:letter)"
ALL = "SELECT letter FROM letters ORDER BY number"


class Letters:
    """A repository of the smallest kind: it keeps letters, and writes them when they must be."""

    def __init__(self, session: Session, engine: Engine, mark: str = "") -> None:
        self._session = session
        self._add = engine.translate(ADD)
        self._mark = mark
        self._turn: list[str] = []
        self._unwritten: list[str] = []
        session.gather(self, self._write)

    def put(self, letter: str) -> None:
        self._turn.append(letter + self._mark)
        if not self._session.in_turn:
            self.keep()

    def keep(self) -> None:
        self._unwritten += self._turn
        self._turn = []

    def drop(self) -> None:
        self._turn = []

    async def _write(self, writes: Writes) -> None:
        unwritten, self._unwritten = self._unwritten, []
        if unwritten:
            await writes.write([Write(self._add, [{"letter": letter} for letter in unwritten])])


@pytest.fixture
async def engine(databases: Databases) -> AsyncIterator[Engine]:
    async with open_engine(databases.empty()) as opened:
        yield opened


@pytest.fixture
async def connection(engine: Engine) -> AsyncIterator[Watched]:
    number = "SERIAL" if "$1" in engine.translate(":one") else "INTEGER PRIMARY KEY"
    async with engine.transaction(durable=True) as begun:
        await begun.rows(f"CREATE TABLE letters (number {number}, letter TEXT UNIQUE)", {})
        yield Watched(begun)


@pytest.fixture
def session(connection: Watched) -> Session:
    return Session(connection)


@pytest.fixture
def letters(session: Session, engine: Engine) -> Letters:
    return Letters(session, engine)


async def stored(session: Session) -> str:
    return "".join([row["letter"] for row in await session.rows(ALL, {})])


async def put_and_raise(session: Session, letters: Letters, letter: str, error: type[BaseException] = Undone) -> None:
    async with session.turn():
        letters.put(letter)
        raise error


async def test_what_is_kept_over_many_turns_is_written_in_one_trip(
    connection: Watched, session: Session, letters: Letters
) -> None:
    for letter in "abc":
        async with session.turn():
            letters.put(letter)
    assert connection.trips == []
    await session.flush()
    assert connection.trips == ["INSERT"]
    assert await stored(session) == "abc"


async def test_nothing_is_written_twice(connection: Watched, session: Session, letters: Letters) -> None:
    letters.put("a")
    await session.flush()
    await session.flush()
    assert await stored(session) == "a"
    assert connection.trips == ["INSERT", "SELECT"]


async def test_what_was_kept_is_written_before_a_statement_that_could_miss_it(
    session: Session, letters: Letters
) -> None:
    letters.put("a")
    async with session.turn():
        letters.put("b")
    async with session.turn():
        letters.put("c")
        assert await stored(session) == "ab"
    assert await stored(session) == "abc"


async def test_whoever_came_later_writes_first(session: Session, engine: Engine) -> None:
    below = Letters(session, engine, mark="1")
    above = Letters(session, engine, mark="2")
    below.put("a")
    above.put("a")
    assert await stored(session) == "a2a1"


async def test_a_turn_without_a_statement_makes_no_savepoint_and_one_with_many_makes_one(
    connection: Watched, session: Session, letters: Letters
) -> None:
    async with session.turn():
        letters.put("a")
    with suppress(Undone):
        await put_and_raise(session, letters, "b")
    assert connection.trips == []
    async with session.turn():
        await stored(session)
        await stored(session)
    assert connection.trips == ["INSERT SAVEPOINT SELECT", "SELECT"]
    await session.flush()
    assert connection.trips[2:] == ["RELEASE"]


async def test_the_end_of_a_turn_goes_with_the_next_statement_and_a_failed_turn_is_undone_at_once(
    connection: Watched, session: Session, engine: Engine, letters: Letters
) -> None:
    async def add(letter: str) -> None:
        await session.rows(engine.translate(ADD), {"letter": letter})

    async def fail() -> None:
        async with session.turn():
            await add("b")
            raise Undone

    async with session.turn():
        await add("a")
    with suppress(Undone):
        await fail()
    letters.put("c")
    async with session.turn():
        await add("d")
    assert await stored(session) == "acd"
    assert connection.trips == [
        "SAVEPOINT INSERT",
        "RELEASE SAVEPOINT INSERT",
        "ROLLBACK RELEASE",
        "INSERT SAVEPOINT INSERT",
        "RELEASE SELECT",
    ]


async def test_what_earlier_turns_left_and_the_database_refuses_fails_the_transaction_and_not_one_turn(
    session: Session, engine: Engine, letters: Letters
) -> None:
    async def speak() -> None:
        async with session.turn():
            await stored(session)

    letters.put("a")
    letters.put("a")
    with pytest.raises(Exception, match=r"(?i)savepoint") as raised:
        await speak()
    assert engine.is_trouble(raised.value)


async def test_a_statement_outside_of_turns_makes_no_savepoint(connection: Watched, session: Session) -> None:
    await stored(session)
    assert connection.trips == ["SELECT"]


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_a_turn_that_fails_undoes_what_it_changed_and_no_more_and_raises_on(
    *, session: Session, engine: Engine, letters: Letters, error: type[BaseException]
) -> None:
    async def fail() -> None:
        async with session.turn():
            await session.rows(engine.translate(ADD), {"letter": "b"})
            letters.put("c")
            raise error

    async with session.turn():
        letters.put("a")
    with pytest.raises(error):
        await fail()
    async with session.turn():
        letters.put("d")
    assert await stored(session) == "ad"


async def test_a_turn_whose_statement_the_database_refuses_is_undone_and_the_next_one_works(
    session: Session, engine: Engine, letters: Letters
) -> None:
    async def fail() -> None:
        async with session.turn():
            for letter in "ba":
                await session.write([Write(engine.translate(ADD), [{"letter": letter}])])

    letters.put("a")
    with pytest.raises(Exception, match=r"(?i)unique"):
        await fail()
    async with session.turn():
        await session.rows(engine.translate(ADD), {"letter": "b"})
    assert await stored(session) == "ab"


async def test_turns_do_not_nest_and_the_outer_one_is_undone_by_the_mistake(session: Session, letters: Letters) -> None:
    async def nest() -> None:
        async with session.turn():
            letters.put("a")
            async with session.turn():
                letters.put("b")

    with pytest.raises(RuntimeError, match="do not nest"):
        await nest()
    async with session.turn():
        letters.put("c")
    assert await stored(session) == "c"


async def test_a_refused_inner_turn_leaves_the_outer_one_as_it_was(session: Session, letters: Letters) -> None:
    async with session.turn():
        letters.put("a")
        with pytest.raises(RuntimeError, match="do not nest"):
            async with session.turn():
                pass
        letters.put("b")
        assert session.in_turn
    assert await stored(session) == "ab"


def test_what_is_known_can_be_undone_until_it_is_kept() -> None:
    known: Known[str, Any] = Known()
    assert known.get("a") is None
    known.put("a", 1)
    assert known.keep() == {"a": 1}
    known.put("a", 2)
    known.put("b", 3)
    assert (known.get("a"), known.get("b")) == (2, 3)
    known.drop()
    assert (known.get("a"), known.get("b")) == (1, None)
    assert known.keep() == {}
