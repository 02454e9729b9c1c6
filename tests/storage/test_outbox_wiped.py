"""The outbox of a chat that was wiped: what waits goes, what is under way stays known, and nothing new is said."""

from datetime import timedelta

import pytest

from bot.domain.message import Delete, DeleteMany, Replace, Say, Wipe
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.outgoing import HandOver, Outcome, Priority
from tests.storage.support import START, Clock, column, say, settled, sql

LEASE = timedelta(seconds=90)


@pytest.fixture
async def people(database: Database) -> list[Chat]:
    async with database.transaction() as work:
        return [await work.chats.meet(number, language="ru") for number in (1, 2)]


@pytest.fixture
def mother(people: list[Chat]) -> Chat:
    return people[0]


async def test_what_waits_is_settled_and_what_is_under_way_is_settled_by_its_sender(
    database: Database, location: Location, people: list[Chat]
) -> None:
    mother, father = people
    async with database.transaction() as work:
        under_way = await say(work, mother, "on its way")
        await work.outbox.claim_due(until=work.now + LEASE, most=1)
        waits = await say(work, mother, "Айгерім")
        other = await say(work, father, "hello")
    async with database.transaction() as work:
        await work.outbox.silence(mother)
        assert await work.outbox.is_under_way(mother, besides=waits)
        assert not await work.outbox.is_under_way(mother, besides=under_way)
    async with database.transaction() as work:
        await work.outbox.settle([settled(work, under_way, message_id=5)])
        assert await work.outbox.sent_to(mother, since=START - LEASE) == [5]
    rows = sql(location, "SELECT dedupe_key, outcome, sealed IS NULL FROM outbox ORDER BY id")
    assert [tuple(row) for row in rows] == [(under_way, "sent", 1), (waits, "gone", 1), (other, None, 0)]


async def test_what_the_same_transaction_handed_over_is_taken_back(
    database: Database, location: Location, people: list[Chat]
) -> None:
    mother, father = people
    async with database.transaction() as work:
        work.outbox.hand_over(HandOver(most=10, until=START + LEASE), busy=())
        async with work.turn():
            await say(work, mother, "the next question")
            other = await say(work, father, "hello")
        async with work.turn():
            await work.outbox.silence(mother)
    assert [leased.key for leased in work.outbox.handed_over] == [other]
    assert column(location, "SELECT outcome FROM outbox ORDER BY id") == ["gone", None]


async def test_in_a_chat_that_was_wiped_nothing_is_said_and_things_are_taken_away(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        wiped = await work.chats.set_wiped(mother, wiped=True)
        for message in (Say(html="approved"), Replace(3, "x"), Delete(3), DeleteMany((3, 4)), Wipe(before_update=9)):
            await work.outbox.add(wiped, message, priority=Priority.PEOPLE, key=message.kind)
    keys = "SELECT dedupe_key FROM outbox ORDER BY id"
    assert column(location, keys) == ["delete", "delete_many", "wipe"]
    async with database.transaction() as work:
        seen = await work.chats.get(mother.key)
        assert seen == wiped
        assert await work.chats.set_wiped(wiped, wiped=False) == mother
        await say(work, mother, "hello again")
    assert len(column(location, keys)) == 4


async def test_a_wipe_is_never_handed_over(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(HandOver(most=10, until=START + LEASE), busy=())
        await work.outbox.add(mother, Wipe(before_update=9), priority=Priority.PEOPLE, key="wipe:9")
    assert work.outbox.handed_over == []
    assert work.outbox.left_waiting == [mother]


async def test_what_was_sent_to_a_chat_is_as_old_as_it_was_when_it_was_sent_first(
    database: Database, clock: Clock, people: list[Chat]
) -> None:
    mother, father = people
    async with database.transaction() as work:
        old = await say(work, mother, "long ago")
        await work.outbox.settle([settled(work, old, message_id=1)])
    since = clock.now
    clock.forward(hours=1)
    async with database.transaction() as work:
        changed, new, again, refused, other = [
            await say(work, chat, "words") for chat in (mother, mother, mother, mother, father)
        ]
        ends = [
            settled(work, changed, message_id=1),
            settled(work, new, message_id=2),
            settled(work, again, message_id=2),
            settled(work, refused, Outcome.REFUSED),
            settled(work, other, message_id=3),
        ]
        await work.outbox.settle(ends)
        assert await work.outbox.sent_to(mother, since=since) == [2]
