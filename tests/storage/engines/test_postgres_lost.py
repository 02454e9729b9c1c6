"""What becomes of a transaction whose connection, or whose server, is lost."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from storage.database import Database
from storage.engines import Engine
from storage.location import PostgresDatabase
from storage.unit_of_work import UnitOfWork
from tests.postgres import PostgresServer
from tests.storage.support import chats, column, meet, sql, value

T = TypeVar("T")

BACK_WITHIN_SECONDS = 10.0


@pytest.fixture
def location(postgres_location: PostgresDatabase) -> PostgresDatabase:
    return postgres_location


@contextmanager
def trouble(database: Database | Engine) -> Iterator[None]:
    """Check that the block fails, and that it is the database's trouble."""
    try:
        yield
    except Exception as error:
        if not database.is_trouble(error):
            raise
    else:
        pytest.fail("nothing went wrong")


async def wait_out(database: Database, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Do it as the bot does: what fails for trouble with the database is done again until it is well."""
    async with asyncio.timeout(BACK_WITHIN_SECONDS):
        while True:
            try:
                return await database.perform(act)
            except Exception as error:
                if not database.is_trouble(error):
                    raise
            await asyncio.sleep(0.01)


# Commits


@pytest.fixture
def slow_commit(location: PostgresDatabase) -> None:
    """Let every transaction that writes an allowance take half a second to commit."""
    sql(
        location,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'",
    )
    sql(
        location,
        "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON allowances DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION wait()",
    )


ALLOWANCE = "INSERT INTO allowances (allowance, free_at_us) VALUES ('x', 0)"


async def under_commit(location: PostgresDatabase) -> None:
    """Wait until a transaction is being committed."""
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    while (await asyncio.to_thread(column, location, statement)) == [0]:  # noqa: ASYNC110  the server says no more
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("slow_commit")
async def test_a_commit_that_is_cancelled_is_seen_through_and_its_connection_is_kept(
    engine: Engine, location: PostgresDatabase
) -> None:
    async def act() -> None:
        async with engine.transaction(durable=True) as connection:
            await connection.rows(ALLOWANCE, {})

    async with engine.transaction(durable=True) as connection:
        before = await value(connection, "SELECT pg_backend_pid()")
    task = asyncio.create_task(act())
    await under_commit(location)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert column(location, "SELECT count(*) FROM allowances") == [1]
    async with engine.transaction(durable=True) as connection:
        assert await value(connection, "SELECT pg_backend_pid()") == before


@pytest.mark.usefixtures("slow_commit")
async def test_a_connection_lost_in_mid_commit_is_trouble_and_the_next_transaction_works(
    engine: Engine, location: PostgresDatabase, postgres: PostgresServer
) -> None:
    async def act() -> None:
        async with engine.transaction(durable=True) as connection:
            await connection.rows(ALLOWANCE, {})

    task = asyncio.create_task(act())
    await under_commit(location)
    await asyncio.to_thread(postgres.kill_connections, location.url)
    with trouble(engine):
        await task
    async with engine.transaction(durable=True) as connection:
        assert await value(connection, "SELECT count(*) FROM allowances") == 0


# Connections that are lost


@pytest.mark.parametrize("what", ["a statement", "many writes", "the commit"])
async def test_a_connection_lost_in_a_transaction_is_trouble_and_the_next_transaction_works(
    *, database: Database, location: PostgresDatabase, postgres: PostgresServer, what: str
) -> None:
    async def lose_it() -> None:
        async with database.transaction() as work:
            await meet(work, 1)
            assert postgres.kill_connections(location.url) >= 1
            if what == "a statement":
                await work.updates.count_dead()
            elif what == "many writes":
                await work.updates.see([1, 2], at=work.now)

    with trouble(database):
        await lose_it()
    assert chats(location) == 0
    async with database.transaction() as work:
        await meet(work, 2)
    assert chats(location) == 1


async def test_an_idle_connection_that_was_lost_is_waited_out(
    database: Database, location: PostgresDatabase, postgres: PostgresServer
) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
    assert postgres.kill_connections(location.url) >= 1
    await wait_out(database, lambda work: meet(work, 2))
    assert chats(location) == 2


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL, signal.SIGINT])
async def test_a_server_that_restarts_between_transactions_is_waited_out_and_has_all_that_was_committed(
    *, database: Database, location: PostgresDatabase, postgres: PostgresServer, how: signal.Signals
) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
    postgres.restart(how)
    await wait_out(database, lambda work: meet(work, 2))
    assert chats(location) == 2


async def test_a_server_that_is_down_is_trouble_and_is_waited_out(
    database: Database, location: PostgresDatabase, postgres: PostgresServer
) -> None:
    with postgres.down():
        for _ in range(3):
            with trouble(database):
                await database.perform(meet)
        waiting = asyncio.create_task(wait_out(database, meet))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await waiting
    assert chats(location) == 1


async def test_a_server_that_goes_down_while_many_are_at_work_leaves_nothing_half_done(
    database: Database, location: PostgresDatabase, postgres: PostgresServer
) -> None:
    async def two_chats(work: UnitOfWork, number: int) -> None:
        await meet(work, 2 * number)
        await asyncio.sleep(0.002)
        await meet(work, 2 * number + 1)

    async def work_on() -> None:
        for number in numbers:
            await wait_out(database, lambda work, number=number: two_chats(work, number))  # type: ignore[misc]

    numbers = iter(range(1, 201))
    working = asyncio.gather(*(work_on() for _ in range(6)))
    for _ in range(2):
        await asyncio.sleep(0.1)
        await asyncio.to_thread(postgres.restart)
    await working
    assert chats(location) == 400
