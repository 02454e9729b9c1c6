import asyncio
from itertools import count

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.world.updates import QueueKey, Update, UpdateQueue
from tests.bot.sandbox.support import Clock

CHAT = QueueKey("chat", 1)


@pytest.fixture
def queue(clock: Clock) -> UpdateQueue:
    return UpdateQueue(clock, count(1).__next__)


def fill(queue: UpdateQueue, number: int) -> None:
    for text in range(number):
        queue.add("message", CHAT, {"text": str(text)})


def ids(updates: list[Update]) -> list[int]:
    return [update.update_id for update in updates]


async def test_serves_again_until_the_offset_passes(queue: UpdateQueue) -> None:
    fill(queue, 3)
    assert ids(await queue.poll(0, 100, 0)) == [1, 2, 3]
    assert ids(await queue.poll(1, 100, 0)) == [1, 2, 3]
    assert ids(await queue.poll(3, 100, 0)) == [3]
    assert ids(await queue.poll(0, 100, 0)) == [3]
    assert ids(await queue.poll(4, 100, 0)) == []


async def test_limit_bounds_what_is_served(queue: UpdateQueue) -> None:
    fill(queue, 3)
    assert ids(await queue.poll(0, 2, 0)) == [1, 2]


async def test_a_negative_offset_keeps_the_last(queue: UpdateQueue) -> None:
    fill(queue, 5)
    assert ids(await queue.poll(-2, 100, 0)) == [4, 5]
    assert queue.count() == 2


async def test_a_negative_offset_larger_than_the_queue_keeps_all(queue: UpdateQueue) -> None:
    fill(queue, 2)
    assert ids(await queue.poll(-5, 100, 0)) == [1, 2]


async def test_waits_for_an_update(queue: UpdateQueue) -> None:
    poll = asyncio.create_task(queue.poll(0, 100, 50))
    await asyncio.sleep(0)
    fill(queue, 1)
    assert ids(await poll) == [1]


async def test_the_older_of_two_polls_loses(queue: UpdateQueue) -> None:
    older = asyncio.create_task(queue.poll(0, 100, 50))
    await asyncio.sleep(0)
    newer = asyncio.create_task(queue.poll(0, 100, 50))
    with pytest.raises(ApiError) as refusal:
        await older
    assert refusal.value.description == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    fill(queue, 1)
    assert ids(await newer) == [1]


async def test_the_older_loses_even_if_an_update_came_in_the_same_moment(queue: UpdateQueue) -> None:
    older = asyncio.create_task(queue.poll(0, 100, 50))
    await asyncio.sleep(0)
    fill(queue, 1)
    assert ids(await queue.poll(0, 100, 0)) == [1]
    with pytest.raises(ApiError, match="terminated by other getUpdates request"):
        await older


async def test_updates_live_a_day_and_presses_150_seconds(queue: UpdateQueue, clock: Clock) -> None:
    queue.add("message", CHAT, {})
    queue.add("callback_query", CHAT, {})
    clock.forward(seconds=150)
    assert ids(await queue.poll(0, 100, 0)) == [1, 2]
    clock.forward(seconds=1)
    assert ids(await queue.poll(0, 100, 0)) == [1]
    clock.forward(hours=24)
    assert queue.count() == 0


async def test_unwanted_types_are_not_kept(queue: UpdateQueue) -> None:
    queue.add("chat_member", CHAT, {})
    queue.allow(["chat_member"])
    queue.add("message", CHAT, {})
    queue.add("chat_member", CHAT, {})
    queue.allow(None)
    queue.add("message", CHAT, {})
    queue.allow([])
    queue.add("message", CHAT, {})
    queue.add("message_reaction", CHAT, {})
    assert [update.type for update in queue.pending()] == ["chat_member", "message"]


def test_an_unknown_type_is_refused(queue: UpdateQueue) -> None:
    with pytest.raises(ApiError, match="unknown update type 'massage'"):
        queue.allow(["massage"])


async def test_a_repeated_update_comes_once_more_after_it_was_confirmed(queue: UpdateQueue) -> None:
    queue.add("message", CHAT, {}, repeats=1)
    queue.add("message", CHAT, {})
    assert ids(await queue.poll(0, 100, 0)) == [1, 2]
    assert ids(await queue.poll(3, 100, 0)) == [1]
    assert ids(await queue.poll(3, 100, 0)) == []


async def test_the_oldest_give_way_when_there_are_too_many(clock: Clock) -> None:
    queue = UpdateQueue(clock, count(1).__next__, kept=2)
    fill(queue, 3)
    assert ids(queue.pending()) == [2, 3]


async def test_dropping_forgets_everything(queue: UpdateQueue) -> None:
    fill(queue, 2)
    queue.drop()
    assert queue.count() == 0
