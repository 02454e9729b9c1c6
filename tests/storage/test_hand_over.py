"""What goes straight to the sender, and what waits in the outbox. Both is written there."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bot.domain.message import Say
from bot.domain.rate import Rate
from storage.chats import Chat, ChatRates
from storage.database import Database
from storage.instants import to_ms
from storage.location import Location
from storage.outgoing import HandOver, Leased, Priority
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, START, Clock, Undone, add_report, say, settled, sql

LEASE = timedelta(seconds=90)
ROOM = HandOver(most=10, until=START + LEASE)


@pytest.fixture
async def people(database: Database) -> list[Chat]:
    async with database.transaction() as work:
        return [await work.chats.meet(number, language="ru") for number in (1, 2, 3)]


@pytest.fixture
def mother(people: list[Chat]) -> Chat:
    return people[0]


def handed_over(work: UnitOfWork) -> list[str]:
    return [leased.key for leased in work.outbox.handed_over]


async def claimed(database: Database) -> list[str]:
    async with database.transaction() as work:
        return [due.key for due in await work.outbox.claim_due(until=work.now + LEASE, most=100)]


async def test_where_nobody_takes_them_all_messages_wait(database: Database, people: list[Chat]) -> None:
    async with database.transaction() as work:
        keys = [await say(work, chat, "Hello") for chat in people]
    assert handed_over(work) == []
    assert work.outbox.left_waiting == people
    assert await claimed(database) == keys


async def test_a_message_handed_over_is_leased_already_and_is_found_in_the_outbox(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        key = await say(work, mother, "Saved", priority=Priority.COORDINATORS)
    message = Say(html="Saved")
    assert work.outbox.handed_over == [Leased(key, mother, Priority.COORDINATORS, attempts=1, message=message)]
    assert work.outbox.left_waiting == []
    rows = "SELECT attempts, first_attempt_at_ms, leased_until_ms, leased_by FROM outbox WHERE sealed IS NOT NULL"
    assert sql(location, rows) == [(1, to_ms(START), to_ms(START + LEASE), database.process)]
    assert await claimed(database) == []


async def test_what_was_handed_over_and_never_settled_is_sent_by_another_once_its_lease_is_over(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        key = await say(work, mother, "Saved")
    async with Database.open(location, FIRST_KEY, clock=clock) as neighbour:
        clock.now = START + LEASE - timedelta(milliseconds=1)
        assert await claimed(neighbour) == []
        clock.now = START + LEASE
        async with neighbour.transaction() as work:
            (due,) = await work.outbox.claim_due(until=work.now + LEASE, most=1)
    assert (due.key, due.attempts, due.open(mother)) == (key, 2, Say(html="Saved"))


async def test_what_a_dead_process_was_handed_over_is_sent_by_another_at_once(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        key = await say(work, mother, "Saved")
    async with Database.open(location, FIRST_KEY, clock=clock) as neighbour:
        async with neighbour.transaction() as work:
            await work.outbox.release_leases()
        assert await claimed(neighbour) == [key]


async def test_only_the_first_message_of_a_chat_goes_and_the_next_waits_for_it(
    database: Database, people: list[Chat]
) -> None:
    mother, father, _ = people
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        first = await say(work, mother, "1")
        second = await say(work, mother, "2")
        other = await say(work, father, "1")
    assert handed_over(work) == [first, other]
    assert work.outbox.left_waiting == [mother]
    assert await claimed(database) == []
    async with database.transaction() as work:
        await work.outbox.settle([settled(work, first, message_id=1)])
    assert await claimed(database) == [second]


async def test_a_chat_for_which_something_waits_is_handed_nothing(database: Database, people: list[Chat]) -> None:
    mother, father, _ = people
    async with database.transaction() as work:
        waiting = await say(work, mother, "1")
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=(await work.outbox.busy([mother.key, father.key])).waiting)
        await say(work, mother, "2")
        other = await say(work, father, "1")
    assert handed_over(work) == [other]
    assert await claimed(database) == [waiting]


async def test_no_more_is_handed_over_than_there_is_room_for(database: Database, people: list[Chat]) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(HandOver(most=2, until=START + LEASE), busy=())
        keys = [await say(work, chat, "Hello") for chat in people]
    assert handed_over(work) == keys[:2]
    assert work.outbox.left_waiting == people[2:]
    assert await claimed(database) == keys[2:]


async def test_what_may_have_been_said_before_is_never_handed_over_nor_is_what_follows_it(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        once = await say(work, mother, "Decided", may_be_repeated=True)
        await say(work, mother, "And now?")
    assert handed_over(work) == []
    assert await claimed(database) == [once]


async def test_nothing_is_handed_over_for_a_chat_that_is_gone(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.chats.set_gone(mother, gone=True)
        gone = await work.chats.get(mother.key)
        assert gone is not None
        work.outbox.hand_over(ROOM, busy=())
        await say(work, gone, "Hello")
    assert handed_over(work) == []
    assert work.outbox.left_waiting == [gone]


async def test_what_a_turn_said_that_failed_is_handed_to_nobody(database: Database, people: list[Chat]) -> None:
    async def fail(work: UnitOfWork) -> None:
        async with work.turn():
            await say(work, people[0], "Never said")
            await add_report(work, people[0], 1)
            raise Undone

    async with database.transaction() as work:
        work.outbox.hand_over(HandOver(most=1, until=START + LEASE), busy=())
        with suppress(Undone):
            await fail(work)
        async with work.turn():
            said = await say(work, people[0], "Said")
    assert handed_over(work) == [said]
    assert work.outbox.handed_over[0].message == Say(html="Said")


async def test_what_was_said_before_and_after_a_statement_is_handed_over_once_each(
    database: Database, people: list[Chat]
) -> None:
    async with database.transaction() as work:
        work.outbox.hand_over(ROOM, busy=())
        async with work.turn():
            first = await say(work, people[0], "1")
        await work.outbox.count_unsettled()
        async with work.turn():
            await say(work, people[0], "2")
            other = await say(work, people[1], "1")
    assert handed_over(work) == [first, other]


async def test_a_chat_that_was_written_to_too_fast_is_handed_nothing_until_it_is_time(
    database: Database, clock: Clock
) -> None:
    rates = ChatRates(person=Rate(2, seconds=2))

    async def answer() -> bool:
        async with database.transaction() as work:
            await work.hold({1: "ru"})
            chat = await work.chats.meet(1, language="ru")
            work.outbox.hand_over(HandOver(most=10, until=clock.now + LEASE, rates=rates), busy=())
            await say(work, chat, "Hello")
        return bool(work.outbox.handed_over)

    assert [await answer() for _ in range(3)] == [True, True, False]
    clock.forward(milliseconds=900)
    assert not await answer()
    clock.forward(milliseconds=100)
    assert [await answer() for _ in range(2)] == [True, False]


async def test_the_pace_of_a_group_is_not_that_of_a_person(database: Database, clock: Clock) -> None:
    rates = ChatRates(person=Rate(1), group=Rate(2))
    for telegram_id, most in ((7, 1), (-7, 2)):
        handed = 0
        for _ in range(3):
            async with database.transaction() as work:
                chat = await work.chats.meet(telegram_id, language="ru")
                work.outbox.hand_over(HandOver(most=10, until=clock.now + LEASE, rates=rates), busy=())
                await say(work, chat, "Hello")
            handed += len(work.outbox.handed_over)
        assert handed == most


async def test_a_transaction_that_fails_hands_over_in_vain_and_spends_nothing(
    database: Database, mother: Chat, clock: Clock
) -> None:
    terms = HandOver(most=10, until=clock.now + LEASE, rates=ChatRates(person=Rate(1)))
    with suppress(Undone):
        async with database.transaction() as work:
            work.outbox.hand_over(terms, busy=())
            await say(work, mother, "Never said")
            await work.write()
            raise Undone
    async with database.transaction() as work:
        work.outbox.hand_over(terms, busy=())
        key = await say(work, mother, "Said")
    assert handed_over(work) == [key]
