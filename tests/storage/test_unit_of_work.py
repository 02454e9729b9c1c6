import asyncio
from contextlib import suppress

import pytest

from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.storage.support import Undone, undone


async def met(database: Database) -> set[int]:
    """Return which of the Telegram ids 1 to 5 are stored."""
    async with database.transaction() as work:
        return {number for number in range(1, 6) if await work.chats.get(work.chats.key_of(number))}


async def meet(work: UnitOfWork, telegram_id: int) -> None:
    await work.chats.meet(telegram_id, language="ru")


async def meet_and_raise(work: UnitOfWork, telegram_id: int, error: type[BaseException] = Undone) -> None:
    async with work.savepoint():
        await meet(work, telegram_id)
        raise error


async def test_a_savepoint_that_ends_well_is_kept(database: Database) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        async with work.savepoint():
            await meet(work, 2)
        await meet(work, 3)
    assert await met(database) == {1, 2, 3}


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_a_savepoint_that_fails_undoes_its_own_block_only_and_raises_on(
    database: Database, error: type[BaseException]
) -> None:
    async with database.transaction() as work:
        await meet(work, 1)
        with pytest.raises(error):
            await meet_and_raise(work, 2, error)
        await meet(work, 3)
    assert await met(database) == {1, 3}


async def test_savepoints_follow_one_another(database: Database) -> None:
    async with database.transaction() as work:
        for number in (1, 3, 5):
            async with work.savepoint():
                await meet(work, number)
            with suppress(Undone):
                await meet_and_raise(work, number - 1)
    assert await met(database) == {1, 3, 5}


async def test_a_savepoint_within_another_is_undone_alone(database: Database) -> None:
    async with database.transaction() as work, work.savepoint():
        await meet(work, 1)
        with suppress(Undone):
            await meet_and_raise(work, 2)
        await meet(work, 3)
    assert await met(database) == {1, 3}


async def test_a_savepoint_undone_from_outside_takes_those_within_it_along(database: Database) -> None:
    async def outer(work: UnitOfWork) -> None:
        async with work.savepoint():
            async with work.savepoint():
                await meet(work, 1)
            raise Undone

    async with database.transaction() as work:
        with suppress(Undone):
            await outer(work)
        await meet(work, 2)
    assert await met(database) == {2}


async def test_a_transaction_that_fails_takes_its_kept_savepoints_along(database: Database) -> None:
    async with undone(database) as work, work.savepoint():
        await meet(work, 1)
    async with undone(database) as work:
        async with work.savepoint():
            await meet(work, 2)
        await meet(work, 3)
    assert await met(database) == set()
