"""What a database is, whichever engine it runs on. What is one engine's alone is in tests/storage/engines."""

import asyncio
from contextlib import suppress

import pytest

from bot.domain.interview import Interview
from storage.crypto import MasterKeys, WrongKey
from storage.database import Database
from storage.location import Location
from storage.unit_of_work import UnitOfWork
from tests.storage.support import BOTH_KEYS, FIRST_KEY, REFUSED, START, Clock, add_report, chats, meet, sql

STRANGERS_KEY = MasterKeys({1: bytes(32)})


async def test_what_a_transaction_wrote_is_seen_from_outside_once_it_ended(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        await meet(work)
        assert chats(location) == 0
    assert chats(location) == 1


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_that_raises_leaves_nothing_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    async def fail() -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert chats(location) == 0
    async with database.transaction(durable=durable) as work:
        await meet(work)
    assert chats(location) == 1


async def test_a_statement_that_the_database_refuses_undoes_the_whole_transaction(
    database: Database, location: Location
) -> None:
    async def submit_twice_from_one_screen() -> None:
        async with database.transaction() as work:
            mother = await work.chats.meet(1, language="ru")
            for number in range(2):
                await add_report(work, mother, number, screen=1)

    with pytest.raises(REFUSED, match=r"reports[._]origin"):
        await submit_twice_from_one_screen()
    assert chats(location) == 0
    async with database.transaction() as work:
        await meet(work)
    assert chats(location) == 1


async def test_what_is_refused_as_it_is_written_at_the_end_undoes_the_whole_transaction(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        nobody = await work.chats.meet(5, language="ru")
    sql(location, "DELETE FROM chats")

    async def fail() -> None:
        async with database.transaction() as work:
            await meet(work)
            await work.conversations.save(nobody, Interview(screen=1))

    with pytest.raises(REFUSED, match=r"(?i)foreign key"):
        await fail()
    assert chats(location) == 0


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_that_is_cancelled_leaves_nothing_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    wrote = asyncio.Event()

    async def never_ends() -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work)
            wrote.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert chats(location) == 0
    async with database.transaction(durable=durable) as work:
        await meet(work)
    assert chats(location) == 1


@pytest.mark.parametrize("durable", [True, False])
async def test_a_transaction_cancelled_at_any_step_is_stored_whole_or_not_at_all_and_the_next_one_works(
    database: Database, location: Location, *, durable: bool
) -> None:
    async def meet_two(first: int) -> None:
        async with database.transaction(durable=durable) as work:
            await meet(work, first)
            await meet(work, first + 1)

    steps, ended = 1, False
    while not ended:  # the steps grow until the transaction is through before it can be cancelled
        before = chats(location)
        task = asyncio.create_task(meet_two(10_000 * steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        ended = task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with database.transaction(durable=durable) as work:
            await meet(work, 10_000 * steps + 2)
        assert chats(location) - before in {1, 3}
        steps = max(steps + 1, steps * 6 // 5)
    assert steps > 5


async def test_a_transaction_cancelled_while_it_waits_for_its_turn_disturbs_nobody(
    database: Database, location: Location
) -> None:
    async def second() -> None:
        async with database.transaction() as work:
            await meet(work, 1)  # which waits for the first, on PostgreSQL too
            await meet(work, 2)

    async with database.transaction() as work:
        await meet(work, 1)
        waiting = asyncio.create_task(second())
        await meet(work, 1)  # time for the other to come as far as it can
        waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    async with database.transaction() as work:
        await meet(work, 3)
    assert chats(location) == 2


async def test_what_is_done_with_a_chat_that_is_held_is_done_one_after_another(database: Database) -> None:
    async def count_up(work: UnitOfWork) -> None:
        await work.hold({1: "ru", 2: "ru"})
        chat = await work.chats.meet(1, language="ru")
        screen = (await work.conversations.get(chat)).screen
        await asyncio.sleep(0)
        await work.conversations.end(chat, screen=screen + 1)

    await asyncio.gather(*(database.perform(count_up) for _ in range(20)))
    async with database.transaction() as work:
        chat = await work.chats.meet(1, language="ru")
        assert (await work.conversations.get(chat)).screen == 20


# Performing an act


@pytest.mark.parametrize("durable", [True, False])
async def test_an_act_is_performed_in_a_transaction_and_gives_what_it_returns(
    database: Database, location: Location, *, durable: bool
) -> None:
    async def act(work: UnitOfWork) -> str:
        await meet(work)
        return "done"

    assert await database.perform(act, durable=durable) == "done"
    assert chats(location) == 1


async def test_an_act_that_fails_by_itself_is_not_tried_again(database: Database, location: Location) -> None:
    tries = 0

    async def act(work: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        await meet(work)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.perform(act)
    assert (tries, chats(location)) == (1, 0)


async def test_an_act_that_is_cancelled_is_not_tried_again(database: Database, location: Location) -> None:
    wrote = asyncio.Event()
    tries = 0

    async def act(work: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        await meet(work)
        wrote.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(database.perform(act))
    await wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (tries, chats(location)) == (1, 0)


# Time, and names


async def test_each_process_that_opens_the_database_has_a_name_of_its_own(location: Location, clock: Clock) -> None:
    async with (
        Database.open(location, FIRST_KEY, clock=clock) as one,
        Database.open(location, FIRST_KEY, clock=clock) as other,
    ):
        assert one.process != other.process


async def test_the_database_tells_the_time_that_transactions_go_by(database: Database, clock: Clock) -> None:
    assert database.now() == START
    clock.forward(hours=1)
    assert database.now() == clock.now


async def test_a_transaction_keeps_one_moment_whatever_the_clock_does(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        clock.forward(hours=1)
        assert work.now == START
    async with database.transaction() as work:
        assert work.now == clock.now


async def test_a_snapshot_sees_one_moment_and_holds_up_nobody(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
    async with database.snapshot() as snapshot:
        assert snapshot.now == START
        assert await snapshot.chats.get(snapshot.chats.key_of(1)) is not None
        clock.forward(hours=1)
        async with database.transaction() as work:
            await meet(work, 2)
        assert await snapshot.chats.get(snapshot.chats.key_of(2)) is None
        assert snapshot.now == START
    async with database.snapshot() as snapshot:
        assert await snapshot.chats.get(snapshot.chats.key_of(2)) is not None


async def test_a_snapshot_is_taken_while_a_transaction_is_under_way(database: Database) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        async with database.snapshot() as snapshot:
            assert await snapshot.chats.get(snapshot.chats.key_of(1)) is None
        await meet(work, 2)
    async with database.snapshot() as snapshot:
        assert await snapshot.chats.get(snapshot.chats.key_of(1)) is not None


async def test_nothing_can_be_written_in_a_snapshot(database: Database, location: Location) -> None:
    async with database.snapshot() as snapshot:
        with pytest.raises(Exception, match=r"read-?only"):
            await meet(snapshot)
    assert chats(location) == 0


@pytest.mark.parametrize("error", [ValueError(), KeyError(1), asyncio.CancelledError(), WrongKey()])
async def test_what_goes_wrong_in_our_own_code_is_no_trouble_of_the_database(
    database: Database, error: BaseException
) -> None:
    assert database.is_trouble(error) is False


# Keys


async def test_another_master_key_does_not_open_the_database(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with pytest.raises(WrongKey, match="master key"):
        async with Database.open(location, STRANGERS_KEY, clock=clock):
            pass


async def test_a_newer_master_key_alone_does_not_open_what_an_older_one_wrapped(
    location: Location, clock: Clock
) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        pass
    with pytest.raises(WrongKey):
        async with Database.open(location, MasterKeys({2: BOTH_KEYS.keys[2]}), clock=clock):
            pass


async def test_a_wrong_master_key_makes_nothing_in_a_database_that_has_no_audit_key_yet(
    location: Location, clock: Clock
) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        sql(location, "DELETE FROM secrets WHERE name = 'audit key'")
    with pytest.raises(WrongKey):
        async with Database.open(location, MasterKeys({1: BOTH_KEYS.keys[2]}), clock=clock):
            pass
    assert sql(location, "SELECT name FROM secrets") == [("index key",)]


async def test_the_databases_own_keys_are_made_once_and_are_stored_wrapped(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock):
        made = sql(location, "SELECT name, wrapped FROM secrets ORDER BY name")
    async with Database.open(location, BOTH_KEYS, clock=clock):
        assert sql(location, "SELECT name, wrapped FROM secrets ORDER BY name") == made
    assert [name for name, _ in made] == ["audit key", "index key"]
    assert {len(FIRST_KEY.unwrap(wrapped, place=name)) for name, wrapped in made} == {32}


async def test_two_processes_that_open_a_new_database_at_once_agree_on_its_index_key(
    location: Location, clock: Clock
) -> None:
    async def key() -> str:
        async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
            return work.chats.key_of(1)

    keys = await asyncio.gather(*(key() for _ in range(4)))
    assert len(set(keys)) == 1
