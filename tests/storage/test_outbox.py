from datetime import timedelta

import pytest

from bot.domain.message import Button, Delete, Replace, Say
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from storage.outbox import Due, Outcome, Priority
from storage.unit_of_work import UnitOfWork
from tests.storage.support import START, Clock, column, say, sql, undone

LEASE = timedelta(seconds=90)
KEYBOARD = ((Button(label="Да", data="a:1"), Button(label="Нет", data="b:1")),)


@pytest.fixture
async def mother(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77001234567, language="ru")


@pytest.fixture
async def father(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77007654321, language="ru")


async def claim(work: UnitOfWork, *, most: int = 100) -> list[Due]:
    return list(await work.outbox.claim_due(until=work.now + LEASE, most=most))


async def claimed(work: UnitOfWork, *, most: int = 100) -> list[int]:
    return [due.outbox_id for due in await claim(work, most=most)]


async def send_next(work: UnitOfWork, *, message_id: int) -> int:
    """Lease the one message that is due, settle it as sent, and return its id."""
    (due,) = await claim(work)
    await work.outbox.settle(due.outbox_id, Outcome.SENT, message_id=message_id)
    return due.outbox_id


@pytest.mark.parametrize(
    "message",
    [
        Say(html="Сәлем, <b>Айгерім</b>", keyboard=KEYBOARD, protected=True, asks_for_reply=True),
        Replace(message_id=5, html=None, keyboard=KEYBOARD),
        Replace(message_id=5, html="Saved"),
        Delete(message_id=5),
    ],
)
async def test_a_message_comes_out_as_it_went_in(
    database: Database, mother: Chat, message: Say | Replace | Delete
) -> None:
    async with database.transaction() as work:
        outbox_id = await work.outbox.add(mother, message, priority=Priority.COORDINATORS)
    async with database.transaction() as work:
        (due,) = await claim(work)
    assert due.open(mother) == message
    assert (due.outbox_id, due.chat_key, due.priority, due.attempts) == (
        outbox_id,
        mother.key,
        Priority.COORDINATORS,
        1,
    )


async def test_a_message_opens_for_its_own_chat_only(database: Database, mother: Chat, father: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "Saved")
        (due,) = await claim(work)
    with pytest.raises(WrongKey):
        due.open(father)


async def test_a_message_of_a_transaction_that_failed_is_never_sent(database: Database, mother: Chat) -> None:
    async with undone(database) as work:
        await say(work, mother, "Saved")
    async with database.transaction() as work:
        assert await claim(work) == []


async def test_a_chat_gets_its_messages_one_by_one_in_the_order_they_were_said(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        first = await say(work, mother, "1", priority=Priority.BROADCASTS)
        second = await say(work, mother, "2", priority=Priority.PEOPLE)
        third = await say(work, mother, "3", priority=Priority.COORDINATORS)
        assert await claimed(work) == [first]
        assert await claimed(work) == []
        await work.outbox.settle(first, Outcome.SENT, message_id=1)
        assert await claimed(work) == [second]
        await work.outbox.settle(second, Outcome.REFUSED)
        assert await claimed(work) == [third]


async def test_people_come_before_cards_before_notices_before_broadcasts(database: Database) -> None:
    async with database.transaction() as work:
        ids = {}
        for number, priority in enumerate(sorted(Priority, reverse=True), start=1):
            ids[priority] = await say(work, await work.chats.meet(number, language="ru"), "Hello", priority=priority)
        assert await claimed(work, most=1) == [ids[Priority.PEOPLE]]
        assert await claimed(work) == [ids[Priority.COORDINATORS], ids[Priority.NOTICES], ids[Priority.BROADCASTS]]


async def test_of_two_chats_as_pressing_the_one_that_waits_longer_comes_first(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        first = await say(work, father, "1")
        second = await say(work, mother, "2")
        assert await claimed(work, most=1) == [first]
        assert await claimed(work, most=1) == [second]


async def test_a_chat_is_as_pressing_as_its_first_message(database: Database, mother: Chat, father: Chat) -> None:
    async with database.transaction() as work:
        broadcast = await say(work, mother, "Digest", priority=Priority.BROADCASTS)
        await say(work, mother, "Saved", priority=Priority.PEOPLE)
        card = await say(work, father, "Card", priority=Priority.COORDINATORS)
        assert await claimed(work) == [card, broadcast]


async def test_a_leased_message_is_not_leased_again_until_the_lease_is_over(
    database: Database, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "Saved")
        assert await claimed(work) == [outbox_id]
    clock.now = START + LEASE - timedelta(milliseconds=1)
    async with database.transaction() as work:
        assert await claimed(work) == []
    clock.now = START + LEASE
    async with database.transaction() as work:
        assert [(due.outbox_id, due.attempts) for due in await claim(work)] == [(outbox_id, 2)]


async def test_what_a_dead_sender_had_leased_is_due_again_once_its_leases_are_released(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        one, other = await say(work, mother, "1"), await say(work, father, "2")
        assert await claimed(work) == [one, other]
        await work.outbox.release_leases()
        assert [(due.outbox_id, due.attempts) for due in await claim(work)] == [(one, 2), (other, 2)]


async def test_releasing_leases_brings_back_nothing_that_is_settled_or_put_off(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        one, other = await say(work, mother, "1"), await say(work, father, "2")
        await claim(work)
        await work.outbox.settle(one, Outcome.SENT, message_id=1)
        await work.outbox.postpone(other, until=work.now + LEASE, not_delivered=True)
        await work.outbox.release_leases()
        assert await claimed(work) == []


async def test_a_message_put_off_holds_back_its_chat_and_no_other(
    database: Database, mother: Chat, father: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        first = await say(work, mother, "1")
        await say(work, mother, "2")
        await claim(work)
        await work.outbox.postpone(first, until=work.now + timedelta(seconds=30), not_delivered=False)
        other = await say(work, father, "3")
        assert await claimed(work) == [other]
    clock.forward(seconds=29)
    async with database.transaction() as work:
        assert await claimed(work) == []
    clock.forward(seconds=1)
    async with database.transaction() as work:
        assert await claimed(work) == [first]


async def test_putting_off_ends_the_lease(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(outbox_id, until=work.now, not_delivered=False)
        assert [(due.outbox_id, due.attempts) for due in await claim(work)] == [(outbox_id, 2)]


async def test_an_attempt_that_surely_failed_is_taken_back_and_with_the_only_one_its_moment(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(outbox_id, until=work.now, not_delivered=True)
    assert sql(location, "SELECT attempts, first_attempt_at_ms FROM outbox") == [(0, None)]


async def test_the_first_attempt_that_may_have_been_seen_keeps_its_moment(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(outbox_id, until=work.now, not_delivered=False)
    clock.forward(seconds=10)
    async with database.transaction() as work:
        await claim(work)
        await work.outbox.postpone(outbox_id, until=work.now, not_delivered=True)
    assert sql(location, "SELECT attempts, first_attempt_at_ms FROM outbox") == [(1, START.timestamp() * 1000)]


async def test_the_moment_of_the_first_attempt_stays_through_further_ones(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await say(work, mother, "1")
    first = clock.forward(seconds=10)
    for _ in range(3):
        async with database.transaction() as work:
            await claim(work)
        clock.now += LEASE
    assert sql(location, "SELECT attempts, first_attempt_at_ms FROM outbox") == [(3, first.timestamp() * 1000)]


async def test_what_is_said_once_is_said_once(database: Database, mother: Chat, father: Chat) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "Decided", dedupe_key="decided:1")
        again = await work.outbox.add(father, Say(html="x"), priority=Priority.PEOPLE, dedupe_key="decided:1")
        await work.outbox.settle(outbox_id, Outcome.SENT, message_id=1)
        once_more = await work.outbox.add(mother, Say(html="x"), priority=Priority.PEOPLE, dedupe_key="decided:1")
        assert (again, once_more) == (None, None)
        assert await work.outbox.count_unsettled() == 0


async def test_what_has_no_dedupe_key_is_said_as_often_as_it_is_said(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        assert await say(work, mother, "Hello") != await say(work, mother, "Hello")
        assert await work.outbox.count_unsettled() == 2


@pytest.mark.parametrize(("outcome", "message_id"), [(Outcome.SENT, 17), (Outcome.REFUSED, None), (Outcome.GONE, None)])
async def test_settling_wipes_the_words_and_keeps_what_became_of_them(
    *, database: Database, location: Location, mother: Chat, clock: Clock, outcome: Outcome, message_id: int | None
) -> None:
    async with database.transaction() as work:
        outbox_id = await say(work, mother, "Saved")
    settled_at = clock.forward(seconds=3)
    async with database.transaction() as work:
        await work.outbox.settle(outbox_id, outcome, message_id=message_id)
        assert await claim(work) == []
    assert sql(location, "SELECT sealed, outcome, message_id, settled_at_ms FROM outbox") == [
        (None, outcome.value, message_id, settled_at.timestamp() * 1000)
    ]


async def test_settling_a_chat_settles_all_that_waits_for_it_and_nothing_else(
    database: Database, location: Location, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        sent = await say(work, mother, "0")
        await work.outbox.settle(sent, Outcome.SENT, message_id=9)
        await say(work, mother, "1")
        await say(work, mother, "2")
        other = await say(work, father, "3")
        await work.outbox.settle_chat(mother, Outcome.GONE)
        assert await claimed(work) == [other]
    assert column(location, "SELECT outcome FROM outbox ORDER BY id") == ["sent", "gone", "gone", None]
    assert column(location, "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL") == [1]


async def test_sent_messages_are_found_by_what_they_are_about_oldest_first(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        for number in (31, 30, 32):
            await say(work, mother, "Page", about="card:1:1")
            await send_next(work, message_id=number)
        await say(work, mother, "Other card", about="card:2:1")
        await send_next(work, message_id=40)
        await say(work, mother, "About nothing")
        await send_next(work, message_id=41)
        await say(work, father, "Page", about="card:1:1")
        await send_next(work, message_id=50)
        await say(work, mother, "Not sent yet", about="card:1:1")
        assert await work.outbox.messages_about(mother, "card:1:1") == [31, 30, 32]
        assert await work.outbox.messages_about(father, "card:2:1") == []


async def test_a_sent_message_says_what_it_was_about(database: Database, mother: Chat, father: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "Reason?", about="reason:1:2")
        await send_next(work, message_id=31)
        await say(work, mother, "About nothing")
        await send_next(work, message_id=32)
        assert await work.outbox.what_about(mother, 31) == "reason:1:2"
        assert await work.outbox.what_about(mother, 32) is None
        assert await work.outbox.what_about(mother, 33) is None
        assert await work.outbox.what_about(father, 31) is None


async def test_the_last_thing_said_in_a_chat_says_what_it_was_about(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        assert await work.outbox.last_about(mother) is None
        await say(work, mother, "Card", about="card:1:1")
        await send_next(work, message_id=31)
        await say(work, mother, "Reason?", about="reason:1:2")
        await say(work, father, "Card", about="card:2:1")
        assert await work.outbox.last_about(mother) == "reason:1:2"
        await say(work, mother, "About nothing")
        assert await work.outbox.last_about(mother) is None
        assert await work.outbox.last_about(father) == "card:2:1"


async def test_nothing_is_due_where_nothing_waits(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        assert await work.outbox.next_due() is None
        await work.outbox.settle(await say(work, mother, "Saved"), Outcome.SENT, message_id=1)
        assert await work.outbox.next_due() is None


async def test_a_new_message_is_due_at_once(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "Saved")
        assert await work.outbox.next_due() == work.now


async def test_the_next_is_due_when_a_first_message_is_and_not_one_behind_it(
    database: Database, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        first = await say(work, mother, "1")
        await say(work, mother, "2")
        await claim(work)
        await work.outbox.postpone(first, until=work.now + timedelta(minutes=5), not_delivered=True)
    clock.forward(seconds=1)
    async with database.transaction() as work:
        assert await work.outbox.next_due() == START + timedelta(minutes=5)


async def test_a_leased_message_is_due_when_its_lease_is_over(database: Database, mother: Chat, father: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "1")
        await claim(work)
        assert await work.outbox.next_due() == START + LEASE
        other = await say(work, father, "2")
        await claim(work)
        await work.outbox.postpone(other, until=START + timedelta(seconds=2), not_delivered=True)
        assert await work.outbox.next_due() == START + timedelta(seconds=2)


async def test_only_what_is_settled_and_old_is_forgotten(
    database: Database, location: Location, mother: Chat, father: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        old = await say(work, mother, "1")
        await work.outbox.settle(old, Outcome.SENT, message_id=1)
        waiting = await say(work, father, "2")
    later = clock.forward(days=30)
    async with database.transaction() as work:
        fresh = await say(work, mother, "3")
        await work.outbox.settle(fresh, Outcome.SENT, message_id=2)
        await work.outbox.forget_settled(before=later)
    assert column(location, "SELECT id FROM outbox ORDER BY id") == [waiting, fresh]
