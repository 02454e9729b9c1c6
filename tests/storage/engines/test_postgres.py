"""What only PostgreSQL does: several writers, locks on rows, connections that are lost."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from storage.database import Database
from storage.engines import Engine
from storage.engines.postgres import PostgresEngine
from storage.instants import to_ms
from storage.location import PostgresDatabase
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.postgres import PostgresServer
from tests.storage.support import FIRST_KEY, LONG, Clock, add_report, chats, column, meet, value


@pytest.fixture
def location(postgres_location: PostgresDatabase) -> PostgresDatabase:
    return postgres_location


# Transactions


@pytest.mark.parametrize(("durable", "waits"), [(True, "on"), (False, "off")])
async def test_a_durable_commit_waits_for_the_disk_and_a_relaxed_one_does_not(
    engine: Engine, *, durable: bool, waits: str
) -> None:
    async with engine.transaction(durable=durable) as connection:
        assert await value(connection, "SHOW synchronous_commit") == waits
    async with engine.transaction(durable=True) as connection:  # on the same connection of the pool
        assert await value(connection, "SHOW synchronous_commit") == "on"


async def test_a_transaction_sees_what_others_commit_and_a_snapshot_does_not(engine: Engine) -> None:
    async with engine.transaction(durable=True) as connection:
        assert await value(connection, "SHOW transaction_isolation") == "read committed"
    async with engine.snapshot() as connection:
        assert await value(connection, "SHOW transaction_isolation") == "repeatable read"
        assert await value(connection, "SHOW transaction_read_only") == "on"


async def test_two_transactions_run_side_by_side(database: Database) -> None:
    async with database.transaction() as one, database.transaction() as other:
        await meet(one, 1)
        await meet(other, 2)
        assert await one.chats.get(one.chats.key_of(2)) is None


async def test_more_transactions_than_the_pool_has_connections_wait_for_one(
    database: Database, location: PostgresDatabase
) -> None:
    async def act(work: UnitOfWork) -> None:
        await meet(work, next(numbers))

    numbers = iter(range(1, 31))
    await asyncio.gather(*(database.perform(act) for _ in range(30)))
    assert chats(location) == 30


def test_named_parameters_become_numbers_and_casts_stay() -> None:
    engine = PostgresEngine(None)
    assert engine.translate("SELECT :b, :a, :b::text WHERE x = ':' FOR UPDATE") == (
        "SELECT $1, $2, $1::text WHERE x = ':' FOR UPDATE"
    )


# Chats that are held


async def test_a_chat_that_is_held_is_kept_from_others_until_the_commit_and_other_chats_are_not(
    database: Database,
) -> None:
    order: list[str] = []

    async def hold(name: str, *telegram_ids: int) -> None:
        async with database.transaction() as work:
            await work.hold(dict.fromkeys(telegram_ids, "ru"))
            order.append(name)

    await hold("all are known", 1, 2, 3)
    async with database.transaction() as work:
        await work.hold({1: "ru", 2: "ru"})
        waiting = asyncio.create_task(hold("waited", 2))
        await hold("others", 3)
        await asyncio.sleep(0.1)
        assert order == ["all are known", "others"]
    await waiting
    assert order == ["all are known", "others", "waited"]


async def test_a_new_chat_is_held_from_the_moment_it_is_made(database: Database, location: PostgresDatabase) -> None:
    async def hold() -> str:
        async with database.transaction() as work:
            await work.hold({1: "kk"})
            return (await work.chats.meet(1, language="en")).language

    async with database.transaction() as work:
        await work.hold({1: "ru"})
        waiting = asyncio.create_task(hold())
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert await waiting == "ru"
    assert chats(location) == 1


async def test_chats_held_by_their_keys_are_kept_from_others_too(database: Database) -> None:
    async with database.transaction() as work:
        key = (await work.chats.meet(1, language="ru")).key
    async with database.transaction() as work:
        await work.chats.hold_known([key, "unknown"])
        waiting = asyncio.create_task(database.perform(lambda other: other.hold({1: "ru"})))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    await waiting


async def test_transactions_that_hold_the_same_chats_in_any_order_never_deadlock(database: Database) -> None:
    async def hold(*telegram_ids: int) -> None:
        async with database.transaction() as work:  # and not `perform`, which would try again
            await work.hold(dict.fromkeys(telegram_ids, "ru"))
            await asyncio.sleep(0.001)

    everybody = range(1, 9)
    for _ in range(5):
        await asyncio.gather(*(hold(*everybody), hold(*reversed(everybody)), hold(3, 2, 1), hold(8, 1, 4)))


# Conflicts


async def test_two_that_lock_in_opposite_orders_are_both_done_in_the_end(
    database: Database, location: PostgresDatabase
) -> None:
    async with database.transaction() as work:
        keys = [(await work.chats.meet(number, language="ru")).key for number in (1, 2)]
    both_hold_one = asyncio.Barrier(2)
    tries = 0

    async def lock(work: UnitOfWork, first: str, second: str) -> None:
        nonlocal tries
        tries += 1
        await work.chats.hold_known([first])
        if tries <= 2:
            await both_hold_one.wait()
        await work.chats.hold_known([second])
        chat = await work.chats.get(second)
        assert chat is not None
        await work.chats.speak(chat, f"{chat.language}+")

    await asyncio.gather(
        database.perform(lambda work: lock(work, keys[0], keys[1])),
        database.perform(lambda work: lock(work, keys[1], keys[0])),
    )
    assert tries == 3
    assert column(location, "SELECT language FROM chats") == ["ru+", "ru+"]


@pytest.mark.parametrize(
    ("error", "is_conflict", "is_trouble"),
    [
        (asyncpg.SerializationError(), True, True),
        (asyncpg.DeadlockDetectedError(), True, True),
        (asyncpg.UniqueViolationError(), True, False),
        (asyncpg.ForeignKeyViolationError(), False, False),
        (asyncpg.NumericValueOutOfRangeError(), False, False),
        (asyncpg.UndefinedTableError(), False, False),
        (asyncpg.InterfaceError("cannot perform operation: another operation is in progress"), False, False),
        (asyncpg.InterfaceError("cannot call Connection.fetch(): connection is closed"), False, True),
        (asyncpg.DataError("invalid input for query argument $1"), False, False),
        (asyncpg.ConnectionDoesNotExistError(), False, True),
        (asyncpg.AdminShutdownError(), False, True),
        (asyncpg.CannotConnectNowError(), False, True),
        (asyncpg.DiskFullError(), False, True),
        (asyncpg.TooManyConnectionsError(), False, True),
        (asyncpg.ReadOnlySQLTransactionError(), False, True),
        (ConnectionRefusedError(), False, True),
        (TimeoutError(), False, True),
        (ValueError(), False, False),
        (asyncio.CancelledError(), False, False),
    ],
)
def test_conflicts_and_trouble_are_told_from_mistakes(
    error: BaseException, *, is_conflict: bool, is_trouble: bool
) -> None:
    engine = PostgresEngine(None)
    assert (engine.is_conflict(error), engine.is_trouble(error)) == (is_conflict, is_trouble)


async def test_two_that_write_the_same_new_row_are_done_one_after_the_other(database: Database) -> None:
    """The row of an update of no chat: nothing is held by then."""
    both_looked = asyncio.Barrier(2)
    tries = 0

    async def see(work: UnitOfWork) -> set[int]:
        nonlocal tries
        tries += 1
        if tries <= 2:
            await work.updates.held_chats()
            await both_looked.wait()
        return await work.updates.see([1], at=work.now)

    seen = await asyncio.gather(database.perform(see), database.perform(see))
    assert sorted(map(len, seen)) == [0, 1]


async def test_a_conflict_that_never_ends_is_given_up_with_its_own_error(database: Database) -> None:
    tries = 0

    async def act(_work: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.SerializationError

    with pytest.raises(asyncpg.SerializationError):
        await database.perform(act)
    assert tries == 10


async def test_a_claim_that_another_took_meanwhile_is_not_renewed(
    database: Database, location: PostgresDatabase, clock: Clock
) -> None:
    async with database.transaction() as work:
        dana, erlan = [await work.chats.meet(number, language="ru") for number in (101, 102)]
        report_id = await add_report(work, dana, 1)
        assert await work.queue.claim_next(dana, until=work.now + timedelta(minutes=30))
        (held,) = await work.queue.claims()
    clock.forward(hours=1)
    until = clock.now + timedelta(minutes=30)
    async with database.transaction() as work:
        assert await work.queue.end_claim(held)
        assert await work.queue.claim_next(erlan, until=until) == Claim(report_id, 4)
        renewing = asyncio.create_task(database.perform(lambda other: other.queue.held_by(dana, until=until + LONG)))
        await asyncio.sleep(0.1)
        assert not renewing.done()
    assert await renewing is None
    assert column(location, "SELECT claim_expires_at_ms FROM reports") == [to_ms(until)]


# Opening and closing


async def test_a_server_that_cannot_be_reached_is_an_os_error(
    location: PostgresDatabase, postgres: PostgresServer, clock: Clock
) -> None:
    with postgres.down(), pytest.raises(OSError, match=r"(?i)connect"):
        async with Database.open(location, FIRST_KEY, clock=clock):
            pass


async def test_closing_leaves_no_connection(location: PostgresDatabase, clock: Clock) -> None:
    ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'detention-reports-bot'"
    async with Database.open(location, FIRST_KEY, clock=clock) as database:
        await asyncio.gather(*(database.perform(lambda work: work.hold({1: "ru"})) for _ in range(4)))
        assert column(location, ours)[0] > 1
    async with asyncio.timeout(5):
        while column(location, ours) != [0]:  # noqa: ASYNC110  the server says no more
            await asyncio.sleep(0.01)
