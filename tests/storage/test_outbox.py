from datetime import timedelta

import pytest

from bot.domain.message import Button, Delete, Replace, Say
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.instants import to_ms
from storage.location import Location
from storage.outgoing import Due, Outcome, Priority, Settlement
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, START, Clock, column, say, settled, sql, undone

LEASE = timedelta(seconds=90)
KEYBOARD = ((Button(text="Да", callback_data="a:1"), Button(text="Нет", callback_data="b:1")),)


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


async def claimed(work: UnitOfWork, *, most: int = 100) -> list[str]:
    return [due.key for due in await claim(work, most=most)]


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
        await work.outbox.add(mother, message, priority=Priority.COORDINATORS, key="card:1")
    async with database.transaction() as work:
        (due,) = await claim(work)
    assert due.open(mother) == message
    assert (due.key, due.chat_key, due.priority, due.attempts) == ("card:1", mother.key, Priority.COORDINATORS, 1)


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
        await work.outbox.settle([settled(work, first, message_id=1)])
        assert await claimed(work) == [second]
        await work.outbox.settle([settled(work, second, Outcome.REFUSED)])
        assert await claimed(work) == [third]


async def test_people_come_before_cards_before_notices_before_broadcasts(database: Database) -> None:
    async with database.transaction() as work:
        keys = {}
        for number, priority in enumerate(sorted(Priority, reverse=True), start=1):
            keys[priority] = await say(work, await work.chats.meet(number, language="ru"), "Hello", priority=priority)
        assert await claimed(work, most=1) == [keys[Priority.PEOPLE]]
        assert await claimed(work) == [keys[Priority.COORDINATORS], keys[Priority.NOTICES], keys[Priority.BROADCASTS]]


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
        key = await say(work, mother, "Saved")
        assert await claimed(work) == [key]
    clock.now = START + LEASE - timedelta(milliseconds=1)
    async with database.transaction() as work:
        assert await claimed(work) == []
    clock.now = START + LEASE
    async with database.transaction() as work:
        assert [(due.key, due.attempts) for due in await claim(work)] == [(key, 2)]


async def test_what_a_dead_sender_had_leased_is_due_again_once_its_leases_are_released(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        one, other = await say(work, mother, "1"), await say(work, father, "2")
        assert await claimed(work) == [one, other]
        await work.outbox.release_leases()
        assert [(due.key, due.attempts) for due in await claim(work)] == [(one, 2), (other, 2)]


async def test_what_a_living_process_has_leased_stays_with_it(
    database: Database, location: Location, mother: Chat, father: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await work.processes.beat()
        one, other = await say(work, mother, "1"), await say(work, father, "2")
        assert await claimed(work, most=1) == [one]
    async with Database.open(location, FIRST_KEY, clock=clock) as neighbour, neighbour.transaction() as work:
        await work.processes.beat()
        assert await claimed(work) == [other]
        await work.outbox.release_leases()
        assert await claimed(work) == []
        assert await work.processes.bury(database.process, beat=0)
        await work.outbox.release_leases()
        assert await claimed(work) == [one]


async def test_whoever_lost_a_lease_cannot_put_the_message_off(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        key = await say(work, mother, "1")
        await claim(work)
        await work.outbox.release_leases()
    async with Database.open(location, FIRST_KEY, clock=clock) as neighbour:
        async with neighbour.transaction() as work:
            assert await claimed(work) == [key]
        async with database.transaction() as work:
            await work.outbox.postpone(key, until=work.now, not_delivered=True)
        async with neighbour.transaction() as work:
            assert await claimed(work) == []


async def test_releasing_leases_brings_back_nothing_that_is_settled_or_put_off(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        one, other = await say(work, mother, "1"), await say(work, father, "2")
        await claim(work)
        await work.outbox.settle([settled(work, one, message_id=1)])
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
        key = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(key, until=work.now, not_delivered=False)
        assert [(due.key, due.attempts) for due in await claim(work)] == [(key, 2)]


async def test_an_attempt_that_surely_failed_is_taken_back_and_with_the_only_one_its_moment(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        key = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(key, until=work.now, not_delivered=True)
    assert sql(location, "SELECT attempts, first_attempt_at_ms FROM outbox") == [(0, None)]


async def test_the_first_attempt_that_may_have_been_seen_keeps_its_moment(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        key = await say(work, mother, "1")
        await claim(work)
        await work.outbox.postpone(key, until=work.now, not_delivered=False)
    clock.forward(seconds=10)
    async with database.transaction() as work:
        await claim(work)
        await work.outbox.postpone(key, until=work.now, not_delivered=True)
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


async def test_what_is_said_once_is_said_once(
    database: Database, location: Location, mother: Chat, father: Chat
) -> None:
    async def decided(work: UnitOfWork, chat: Chat, words: str) -> None:
        await work.outbox.add(chat, Say(html=words), priority=Priority.PEOPLE, key="decided:1", may_be_repeated=True)

    async with database.transaction() as work:
        await decided(work, mother, "First")
        await decided(work, father, "In the same transaction")
    async with database.transaction() as work:
        await decided(work, father, "In another one")
        (due,) = await claim(work)
        assert due.open(mother) == Say(html="First")
        await work.outbox.settle([settled(work, "decided:1", message_id=1)])
        await decided(work, mother, "When it was sent")
        assert await work.outbox.count_unsettled() == 0
    assert column(location, "SELECT chat_key FROM outbox") == [mother.key]


async def test_the_same_words_under_two_keys_are_two_messages(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        assert await say(work, mother, "Hello") != await say(work, mother, "Hello")
        assert await work.outbox.count_unsettled() == 2


async def test_chats_with_something_to_be_sent_or_under_way_are_told_from_the_others(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        silent = await work.chats.meet(5, language="ru")
        everybody = [mother.key, father.key, silent.key]
        assert (await work.outbox.busy(everybody)).waiting == set()
        sent = await say(work, mother, "1")
        await say(work, father, "2")
        assert (await work.outbox.busy(everybody)).waiting == {mother.key, father.key}
        await claim(work)
        assert (await work.outbox.busy(everybody)).waiting == {mother.key, father.key}
        assert (await work.outbox.busy([mother.key])).waiting == {mother.key}
        assert (await work.outbox.busy([])).waiting == set()
        await work.outbox.settle([settled(work, sent)])
        assert (await work.outbox.busy(everybody)).waiting == {father.key}


async def test_many_messages_are_settled_at_once_each_with_an_end_of_its_own(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        keys = [await say(work, mother, words) for words in "123"]
        sent = Settlement(keys[0], Outcome.SENT, clock.now, message_id=7)
        refused = Settlement(keys[1], Outcome.REFUSED, clock.forward(seconds=2))
        await work.outbox.settle([sent, refused])
        await work.outbox.settle([])
    start_ms = to_ms(START)
    assert sql(location, "SELECT outcome, message_id, settled_at_ms FROM outbox ORDER BY id") == [
        ("sent", 7, start_ms),
        ("refused", None, start_ms + 2000),
        (None, None, None),
    ]


async def test_what_is_settled_stays_as_it_was_settled(database: Database, location: Location, mother: Chat) -> None:
    async with database.transaction() as work:
        key = await say(work, mother, "1")
        await work.outbox.settle([settled(work, key, message_id=7)])
        await work.outbox.settle([settled(work, key, Outcome.GONE)])
        await work.outbox.postpone(key, until=work.now, not_delivered=False)
        assert await claim(work) == []
    assert sql(location, "SELECT outcome, message_id, attempts FROM outbox") == [("sent", 7, 0)]


@pytest.mark.parametrize(("outcome", "message_id"), [(Outcome.SENT, 17), (Outcome.REFUSED, None), (Outcome.GONE, None)])
async def test_settling_wipes_the_words_and_keeps_what_became_of_them(
    *, database: Database, location: Location, mother: Chat, clock: Clock, outcome: Outcome, message_id: int | None
) -> None:
    async with database.transaction() as work:
        key = await say(work, mother, "Saved")
    settled_at = clock.forward(seconds=3)
    async with database.transaction() as work:
        await work.outbox.settle([settled(work, key, outcome, message_id=message_id)])
        assert await claim(work) == []
    assert sql(location, "SELECT sealed, outcome, message_id, settled_at_ms FROM outbox") == [
        (None, outcome.value, message_id, settled_at.timestamp() * 1000)
    ]


async def test_settling_a_chat_settles_all_that_waits_for_it_and_nothing_else(
    database: Database, location: Location, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        sent = await say(work, mother, "0")
        await work.outbox.settle([settled(work, sent, message_id=9)])
        await say(work, mother, "1")
        await say(work, mother, "2")
        other = await say(work, father, "3")
        await work.outbox.settle_chat(mother, Outcome.GONE)
        assert await claimed(work) == [other]
    assert column(location, "SELECT outcome FROM outbox ORDER BY id") == ["sent", "gone", "gone", None]
    assert column(location, "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL") == [1]


async def test_only_what_is_settled_and_old_is_forgotten(
    database: Database, location: Location, mother: Chat, father: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        old = await say(work, mother, "1")
        await work.outbox.settle([settled(work, old, message_id=1)])
        waiting = await say(work, father, "2")
    later = clock.forward(days=30)
    async with database.transaction() as work:
        fresh = await say(work, mother, "3")
        await work.outbox.settle([settled(work, fresh, message_id=2)])
        assert await work.outbox.forget_settled(before=later, most=100) == 1
        assert await work.outbox.forget_settled(before=later, most=100) == 0
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == [waiting, fresh]


async def test_messages_that_never_left_hold_nothing_back_from_being_forgotten(
    database: Database, location: Location, mother: Chat, father: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        waiting = [await say(work, father, words) for words in "123"]
        sent = await say(work, mother, "4")
        await work.outbox.settle([settled(work, sent)])
    later = clock.forward(days=30)
    async with database.transaction() as work:
        assert await work.outbox.forget_settled(before=later, most=2) == 1
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == waiting


async def test_what_is_old_is_forgotten_bit_by_bit_the_oldest_first(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        keys = [await say(work, mother, words) for words in "12345"]
        await work.outbox.settle([settled(work, key) for key in keys])
    later = clock.forward(days=30)
    async with database.transaction() as work:
        assert await work.outbox.forget_settled(before=later, most=2) == 2
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == keys[2:]
    async with database.transaction() as work:
        assert await work.outbox.forget_settled(before=later, most=2) == 2
        assert await work.outbox.forget_settled(before=later, most=2) == 1


async def test_it_is_known_how_much_presses_and_which_messages_never_arrived(
    database: Database, mother: Chat, father: Chat
) -> None:
    async with database.transaction() as work:
        keys = [await say(work, chat, "?") for chat in (mother, father, father)]
        cards = [await say(work, mother, "?", priority=Priority.COORDINATORS) for _ in range(2)]
    async with database.transaction() as work:
        assert await work.outbox.count_pressing(Priority.PEOPLE, most=10) == 3
        assert await work.outbox.count_pressing(Priority.COORDINATORS, most=10) == 5
        assert await work.outbox.count_pressing(Priority.COORDINATORS, most=4) == 4
        outcomes = dict(zip(keys, Outcome, strict=True))
        await work.outbox.settle([settled(work, key, outcome) for key, outcome in outcomes.items()])
        assert await work.outbox.count_pressing(Priority.PEOPLE, most=10) == 0
        lost = await work.outbox.never_arrived([*keys, *cards, "unknown"])
        assert lost == {key for key, outcome in outcomes.items() if outcome is not Outcome.SENT}
        assert await work.outbox.never_arrived([]) == set()
