from typing import Any

import pytest

from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from tests.storage.support import column, sql, undone


def batch(*update_ids: int, text: str = "Айгерім") -> list[dict[str, Any]]:
    return [{"update_id": update_id, "message": {"message_id": 5, "text": text}} for update_id in update_ids]


async def test_batches_are_read_back_as_they_came_oldest_first(database: Database) -> None:
    half_an_emoji = batch(1, 2, text="\ud83d")
    async with database.transaction() as work:
        await work.inbox.keep(batch(7, 8))
        await work.inbox.keep(half_an_emoji)
    async with database.snapshot() as work:
        assert await work.inbox.batches() == [half_an_emoji, batch(7, 8)]


async def test_a_batch_that_comes_again_takes_the_place_of_the_first(database: Database) -> None:
    async with database.transaction() as work:
        await work.inbox.keep(batch(7))
    async with database.transaction() as work:
        await work.inbox.keep(batch(7, 8))
    async with database.snapshot() as work:
        assert await work.inbox.batches() == [batch(7, 8)]


async def test_a_batch_is_forgotten_with_the_transaction_that_handled_it(database: Database) -> None:
    async with database.transaction() as work:
        await work.inbox.keep(batch(1))
        await work.inbox.keep(batch(2))
    async with undone(database) as work:
        await work.inbox.forget(1)
    async with database.transaction() as work:
        await work.inbox.forget(2)
    async with database.snapshot() as work:
        assert await work.inbox.batches() == [batch(1)]


async def test_what_is_not_sealed_for_this_batch_does_not_open(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await work.inbox.keep(batch(1))
        await work.inbox.keep(batch(2))
    wrapped = column(location, "SELECT wrapped_key FROM inbox WHERE first_update_id = 1")[0]
    sql(location, "UPDATE inbox SET wrapped_key = :wrapped WHERE first_update_id = 2", wrapped=wrapped)
    async with database.snapshot() as work:
        with pytest.raises(WrongKey):
            await work.inbox.batches()
