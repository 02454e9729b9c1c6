from datetime import timedelta
from typing import Any

import pytest

from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from storage.unit_of_work import UnitOfWork
from storage.updates import DeferredUpdate, Written
from tests.storage.support import START, Clock, column, sql, undone

ONE_CHAT, OTHER_CHAT, THIRD_CHAT = "a" * 32, "b" * 32, "c" * 32


def raw(update_id: int) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"message_id": 5, "text": "Айгерім", "chat": {"id": 2**40}}}


async def defer(work: UnitOfWork, update_id: int, chat_key: str = ONE_CHAT, *, wait_seconds: int = 0) -> None:
    await work.updates.defer(
        raw(update_id),
        chat_key=chat_key,
        error="ValueError",
        attempts=1,
        at=work.now,
        wait=timedelta(seconds=wait_seconds),
    )


async def due(work: UnitOfWork, *, most: int = 100) -> list[int]:
    chats = {ONE_CHAT, OTHER_CHAT, THIRD_CHAT}
    return [update.update_id for update in await work.updates.due(at=work.now, most=most, chats=chats)]


async def test_an_update_is_new_once(database: Database) -> None:
    async with database.transaction() as work:
        assert await work.updates.see([1], at=work.now) == {1}
        assert await work.updates.see([1], at=work.now) == set()
    async with database.transaction() as work:
        assert await work.updates.see([1, 2], at=work.now) == {2}


async def test_an_update_seen_in_a_transaction_that_failed_is_new_again(database: Database) -> None:
    async with undone(database) as work:
        await work.updates.see([1], at=work.now)
    async with database.transaction() as work:
        assert await work.updates.see([1], at=work.now) == {1}


async def test_only_updates_seen_long_ago_are_forgotten(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        await work.updates.see([1], at=work.now)
    later = clock.forward(hours=24)
    async with database.transaction() as work:
        await work.updates.see([2], at=later)
        assert await work.updates.forget_seen(before=later, most=100) == 1
        assert await work.updates.see([1, 2], at=later) == {1}


async def test_updates_seen_long_ago_are_forgotten_bit_by_bit_the_oldest_first(
    database: Database, location: Location, clock: Clock
) -> None:
    for update_id in (5, 3, 4):
        async with database.transaction() as work:
            await work.updates.see([update_id], at=clock.forward(hours=1))
    async with database.transaction() as work:
        assert await work.updates.forget_seen(before=clock.forward(hours=24), most=2) == 2
    assert column(location, "SELECT update_id FROM seen_updates") == [4]


async def test_an_update_that_comes_twice_in_one_batch_is_seen_once(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        assert await work.updates.see([3, 1, 3], at=work.now) == {1, 3}
    assert column(location, "SELECT update_id FROM seen_updates ORDER BY update_id") == [1, 3]


async def test_what_a_person_wrote_is_known_by_its_place_alone_for_as_long_as_it_is_asked_for(
    database: Database, clock: Clock
) -> None:
    async with database.transaction() as work:
        mother, father = [await work.chats.meet(telegram_id, language="ru") for telegram_id in (1, 2)]
        early = {1: Written(mother.key, 11)}
        await work.updates.see([1], at=work.now, written=early)
    since = clock.now
    clock.forward(hours=1)
    async with database.transaction() as work:
        # A word and its edited form, a press, somebody else's word, and a word that came after the one who asks.
        written = {
            2: Written(mother.key, 12),
            3: Written(mother.key, 12),
            5: Written(father.key, 13),
            6: Written(mother.key, 2**40),
            7: Written(mother.key, 15),
        }
        assert await work.updates.see(range(2, 8), at=work.now, written=written) == set(range(2, 8))
        assert await work.updates.see([2], at=work.now, written={2: Written(mother.key, 99)}) == set()
        assert sorted(await work.updates.written_in(mother, since=since, before_update=7)) == [12, 2**40]
        assert await work.updates.written_in(father, since=since, before_update=7) == [13]


async def test_the_chats_with_an_update_to_try_again_are_those_whose_first_one_is_due(database: Database) -> None:
    async with database.transaction() as work:
        assert await work.updates.due_chats(at=work.now, most=5) == set()
        await defer(work, 1)
        await defer(work, 2, OTHER_CHAT, wait_seconds=60)
        await defer(work, 3, OTHER_CHAT)
        await defer(work, 4, THIRD_CHAT)
        assert await work.updates.due_chats(at=work.now, most=5) == {ONE_CHAT, THIRD_CHAT}
        assert await work.updates.due_chats(at=work.now, most=1) == {ONE_CHAT}


async def test_only_the_updates_of_the_chats_asked_for_are_due(database: Database) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        await defer(work, 2, OTHER_CHAT)
        assert [one.update_id for one in await work.updates.due(at=work.now, most=5, chats={OTHER_CHAT})] == [2]
        assert await work.updates.due(at=work.now, most=5, chats=()) == []


async def test_a_deferred_update_comes_back_as_it_was(database: Database) -> None:
    async with database.transaction() as work:
        await defer(work, 7)
    async with database.transaction() as work:
        assert await work.updates.due(at=work.now, most=5, chats={ONE_CHAT}) == [
            DeferredUpdate(update_id=7, chat_key=ONE_CHAT, attempts=1, raw=raw(7))
        ]


async def test_a_deferred_update_is_due_once_its_wait_is_over(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        await defer(work, 7, wait_seconds=5)
        assert await due(work) == []
    clock.now = START + timedelta(seconds=5) - timedelta(milliseconds=1)
    async with database.transaction() as work:
        assert await due(work) == []
    clock.now = START + timedelta(seconds=5)
    async with database.transaction() as work:
        assert await due(work) == [7]


async def test_only_the_first_of_each_chat_is_due_whatever_order_they_were_deferred_in(database: Database) -> None:
    async with database.transaction() as work:
        for update_id, chat_key in ((9, ONE_CHAT), (3, OTHER_CHAT), (4, ONE_CHAT), (8, OTHER_CHAT), (5, THIRD_CHAT)):
            await defer(work, update_id, chat_key)
        assert await due(work) == [3, 4, 5]
        assert await due(work, most=2) == [3, 4]


async def test_a_first_update_that_still_waits_holds_back_those_behind_it(database: Database, clock: Clock) -> None:
    async with database.transaction() as work:
        await defer(work, 1, wait_seconds=60)
        await defer(work, 2)
        await defer(work, 3, OTHER_CHAT)
        assert await due(work) == [3]
    clock.forward(seconds=60)
    async with database.transaction() as work:
        assert await due(work) == [1, 3]


async def test_dropping_the_first_lets_the_next_of_its_chat_come(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        await defer(work, 2)
        await work.updates.drop(1)
        assert await due(work) == [2]
    assert column(location, "SELECT update_id FROM deferred_updates") == [2]


async def test_a_further_failure_is_counted_and_tried_later(
    database: Database, location: Location, clock: Clock
) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        await work.updates.retry_later(1, error="KeyError", at=work.now + timedelta(seconds=30))
        assert await due(work) == []
    clock.forward(seconds=30)
    async with database.transaction() as work:
        assert [update.attempts for update in await work.updates.due(at=work.now, most=5, chats={ONE_CHAT})] == [2]
    assert column(location, "SELECT error FROM deferred_updates") == ["KeyError"]


async def test_a_buried_update_stays_sealed_and_its_chat_goes_on(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        await defer(work, 2)
        await work.updates.bury(1, error="KeyError", at=work.now)
        assert await due(work) == [2]
        assert await work.updates.count_dead() == 1
        assert await work.updates.held_chats() == {ONE_CHAT}
    assert sql(location, "SELECT attempts, error, length(sealed) > 0 FROM deferred_updates WHERE update_id = 1") == [
        (2, "KeyError", 1)
    ]


async def test_chats_are_held_while_something_of_theirs_is_deferred(database: Database) -> None:
    async with database.transaction() as work:
        assert await work.updates.held_chats() == set()
        await defer(work, 1)
        await defer(work, 2)
        await defer(work, 3, OTHER_CHAT, wait_seconds=60)
        assert await work.updates.held_chats() == {ONE_CHAT, OTHER_CHAT}
        await work.updates.drop(1)
        await work.updates.bury(3, error="KeyError", at=work.now)
        assert await work.updates.held_chats() == {ONE_CHAT}
        await work.updates.drop(2)
        assert await work.updates.held_chats() == set()


async def test_dead_letters_are_counted_and_the_living_are_not(database: Database) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        assert await work.updates.count_dead() == 0
        await work.updates.bury(1, error="KeyError", at=work.now)
        await defer(work, 2)
        assert await work.updates.count_dead() == 1


async def test_each_deferred_update_is_sealed_under_a_key_of_its_own(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await defer(work, 1)
        await defer(work, 2, OTHER_CHAT)
    wrapped = column(location, "SELECT wrapped_key FROM deferred_updates WHERE update_id = 1")[0]
    sql(location, "UPDATE deferred_updates SET wrapped_key = :wrapped WHERE update_id = 2", wrapped=wrapped)
    async with database.transaction() as work:
        with pytest.raises(WrongKey):
            await due(work)
