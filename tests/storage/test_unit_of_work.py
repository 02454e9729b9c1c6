"""Turns as the repositories live them: what a failed one changed is undone, what the others changed stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.domain.interview import Interview
from storage.adapter import load_queries
from storage.crypto import ChainKey, Vault
from storage.database import Database
from storage.engines import Engine, open_engine
from storage.location import Location
from storage.recent import Opened
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, START, Undone, column, said, say, sql, undone
from tests.storage.watched import Watched

FIRST = Interview(screen=1)
SECOND = Interview(screen=2, step="name", answers={"name": said("Айгерім")})


async def met(database: Database) -> set[int]:
    """Return which of the Telegram ids 1 to 5 are stored."""
    async with database.transaction() as work:
        return {number for number in range(1, 6) if await work.chats.get(work.chats.key_of(number))}


async def meet(work: UnitOfWork, telegram_id: int) -> None:
    await work.chats.meet(telegram_id, language="ru")


async def meet_and_raise(work: UnitOfWork, telegram_id: int, error: type[BaseException] = Undone) -> None:
    async with work.turn():
        await meet(work, telegram_id)
        raise error


async def test_a_turn_that_ends_well_is_kept(database: Database) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        async with work.turn():
            await meet(work, 2)
        await meet(work, 3)
    assert await met(database) == {1, 2, 3}


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_a_turn_that_fails_undoes_its_own_block_only_and_raises_on(
    database: Database, error: type[BaseException]
) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        with pytest.raises(error):
            await meet_and_raise(work, 2, error)
        await meet(work, 3)
    assert await met(database) == {1, 3}


async def test_turns_follow_one_another(database: Database) -> None:
    async with database.transaction() as work:
        for number in (1, 3, 5):
            async with work.turn():
                await meet(work, number)
            with suppress(Undone):
                await meet_and_raise(work, number - 1)
    assert await met(database) == {1, 3, 5}


async def test_a_transaction_that_fails_takes_its_kept_turns_along(database: Database) -> None:
    async with undone(database) as work, work.turn():
        await meet(work, 1)
    async with undone(database) as work:
        async with work.turn():
            await meet(work, 2)
        await meet(work, 3)
    assert await met(database) == set()


async def test_a_failed_turn_leaves_an_interview_where_the_turn_before_brought_it(database: Database) -> None:
    async def fail(work: UnitOfWork) -> None:
        async with work.turn():
            await work.conversations.save(mother, SECOND)
            await work.conversations.note_shown(mother, await say(work, mother, "What is the name?"))
            assert (await work.conversations.get(mother)).interview == SECOND
            raise Undone

    async with database.transaction() as work:
        mother = await work.chats.meet(1, language="ru")
        async with work.turn():
            await work.conversations.save(mother, FIRST)
        with suppress(Undone):
            await fail(work)
        before_the_end = await work.conversations.get(mother)
    async with database.transaction() as work:
        assert await work.conversations.get(mother) == before_the_end
    assert (before_the_end.interview, before_the_end.shown) == (FIRST, None)


async def test_what_a_failed_turn_said_is_never_written_and_what_the_others_said_is(
    database: Database, location: Location
) -> None:
    async def fail(work: UnitOfWork) -> None:
        async with work.turn():
            await say(work, mother, "2")
            raise Undone

    async with database.transaction() as work:
        mother = await work.chats.meet(1, language="ru")
        async with work.turn():
            first = await say(work, mother, "1")
        with suppress(Undone):
            await fail(work)
        async with work.turn():
            third = await say(work, mother, "3")
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == [first, third]


async def test_a_failed_turn_leaves_a_chat_as_it_was(database: Database) -> None:
    async def fail(work: UnitOfWork) -> None:
        async with work.turn():
            await work.chats.speak(mother, "en")
            await work.chats.rename(replace(mother, language="en"), "Aigerim")
            await work.chats.meet(2, language="ru")
            raise Undone

    async with database.transaction() as work:
        mother = await work.chats.meet(1, language="ru")
        async with work.turn():
            await work.chats.speak(mother, "kk")
        with suppress(Undone):
            await fail(work)
        assert await work.chats.get(mother.key) == replace(mother, language="kk")
        assert await work.chats.get(work.chats.key_of(2)) is None
        # A turn that meets the same stranger again writes the row anew.
        async with work.turn():
            await meet(work, 2)
    async with database.transaction() as work:
        assert await work.chats.get(mother.key) == replace(mother, language="kk")
    assert await met(database) == {1, 2}


async def test_what_a_turn_said_and_saved_is_written_before_what_reads_it(database: Database) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(1, language="ru")
        async with work.turn():
            await say(work, mother, "1")
        assert await work.outbox.count_unsettled() == 1
        async with work.turn():
            await say(work, mother, "2")
        await work.write()
        await work.write()
    async with database.transaction() as work:
        assert await work.outbox.count_unsettled() == 2


# How often it goes to the database


@pytest.fixture
async def engine(location: Location) -> AsyncIterator[Engine]:
    async with open_engine(location) as opened:
        yield opened


async def trips_of_a_batch(engine: Engine, people: range) -> list[str]:
    """Let so many people answer in one transaction, and return its trips to the database."""
    vault = Vault(FIRST_KEY, bytes(32))
    async with engine.transaction(durable=True) as connection:
        watched = Watched(connection)
        work = UnitOfWork(
            watched,
            load_queries(engine),
            vault=vault,
            audit_key=ChainKey(bytes(32)),
            opened=Opened(),
            now=START,
            process="p",
        )
        await work.hold(dict.fromkeys(people, "ru"))
        await work.updates.see(people, at=START)
        for telegram_id in people:
            async with work.turn():
                chat = await work.chats.meet(telegram_id, language="ru")
                await work.conversations.save(chat, SECOND)
                key = await say(work, chat, "And where?")
                await work.conversations.note_shown(chat, key)
        await work.write()
    return watched.trips


async def test_a_batch_of_answers_takes_as_many_trips_as_one_answer(engine: Engine, location: Location) -> None:
    one = await trips_of_a_batch(engine, range(1, 2))
    assert await trips_of_a_batch(engine, range(11, 31)) == one
    assert one[-1] == "INSERT INSERT"
    assert "SAVEPOINT" not in one
    assert sql(location, "SELECT count(*) FROM conversations WHERE step = 'name' AND shown_key IS NOT NULL") == [(21,)]
    assert sql(location, "SELECT count(*), count(DISTINCT chat_key) FROM outbox") == [(21, 21)]
