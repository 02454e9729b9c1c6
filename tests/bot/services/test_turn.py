from bot.domain.interview import Interview
from bot.domain.message import Delete, Say
from bot.services.turn import Event, Team, Turn
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.outgoing import HandOver, Priority
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import LEASE, meet, send_all
from tests.storage.support import Clock, column

HELLO = Say(html="Hello")


def turn_of(work: UnitOfWork, chat: Chat | None, *, update_id: int = 1, coordinators: Chat | None = None) -> Turn:
    return Turn(work=work, team=Team(coordinators=coordinators), update_id=update_id, chat=chat)


async def test_nothing_is_said_before_the_turn_is_flushed(database: Database) -> None:
    mother = await meet(database, 1)
    async with database.transaction() as work:
        turn = turn_of(work, mother)
        turn.say(HELLO)
        assert await work.outbox.count_unsettled() == 0
        await turn.flush()
        assert await work.outbox.count_unsettled() == 1
        await turn.flush()
        assert await work.outbox.count_unsettled() == 1


async def test_what_is_said_goes_to_the_chat_of_the_update_in_its_order(database: Database) -> None:
    mother = await meet(database, 1)
    async with database.transaction() as work:
        turn = turn_of(work, mother)
        for words in ("1", "2", "3"):
            turn.say(Say(html=words))
        await turn.flush()
    sent = await send_all(database)
    assert [words for _, words in sent] == ["1", "2", "3"]
    assert {(due.chat_key, due.priority) for due, _ in sent} == {(mother.key, Priority.PEOPLE)}


async def test_an_answer_may_be_less_pressing_than_people_are(database: Database) -> None:
    dana = await meet(database, 1)
    async with database.transaction() as work:
        turn = turn_of(work, dana)
        turn.say(HELLO, priority=Priority.COORDINATORS)
        await turn.flush()
    ((due, _),) = await send_all(database)
    assert due.priority is Priority.COORDINATORS


async def test_what_is_told_goes_to_another_chat_at_its_own_priority_and_once(database: Database) -> None:
    mother, group = await meet(database, 1), await meet(database, -2)
    for update_id in (1, 2):
        async with database.transaction() as work:
            turn = turn_of(work, mother, update_id=update_id, coordinators=group)
            turn.tell(group, Say(html="New report"), priority=Priority.NOTICES, once="new:1")
            await turn.flush()
    ((due, words),) = await send_all(database)
    assert (due.chat_key, due.priority, words) == (group.key, Priority.NOTICES, "New report")


async def test_what_is_said_once_is_said_once(database: Database) -> None:
    mother = await meet(database, 1)
    for update_id in (1, 2):
        async with database.transaction() as work:
            turn = turn_of(work, mother, update_id=update_id)
            turn.say_once(HELLO, once="album:1")
            await turn.flush()
    assert len(await send_all(database)) == 1


async def test_a_message_is_named_by_its_update_and_its_place_in_the_answer(
    database: Database, location: Location
) -> None:
    mother, group = await meet(database, 1), await meet(database, -2)
    for update_id in (7, 8):
        async with database.transaction() as work:
            turn = turn_of(work, mother, update_id=update_id)
            turn.say(HELLO)
            turn.tell(group, HELLO, priority=Priority.NOTICES, once="new:1")
            turn.say(HELLO)
            await turn.flush()
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == [
        "update:7:1",
        "new:1",
        "update:7:2",
        "update:8:1",
        "update:8:2",
    ]


async def test_what_may_have_been_said_before_waits_and_what_is_new_is_handed_over(
    database: Database, clock: Clock
) -> None:
    mother, father, group = await meet(database, 1), await meet(database, 3), await meet(database, -2)
    async with database.transaction() as work:
        work.outbox.hand_over(HandOver(most=10, until=clock.now + LEASE), busy=())
        turn = turn_of(work, mother)
        turn.tell(group, Say(html="New report"), priority=Priority.NOTICES, once="new:1")
        turn.say(HELLO)
        await turn.flush()
        turn = turn_of(work, father, update_id=2)
        turn.say_once(HELLO, once="album:1")
        await turn.flush()
    assert [leased.chat for leased in work.outbox.handed_over] == [mother]
    assert work.outbox.left_waiting == [group, father]


async def test_an_update_of_no_chat_is_answered_nowhere_but_others_may_be_told(database: Database) -> None:
    group = await meet(database, -2)
    async with database.transaction() as work:
        turn = turn_of(work, None)
        turn.say(HELLO)
        turn.say(Delete(message_id=1))
        turn.say_once(HELLO, once="album:1")
        turn.tell(group, Say(html="New report"), priority=Priority.NOTICES, once="new:1")
        await turn.flush()
    assert [words for _, words in await send_all(database)] == ["New report"]


async def test_a_message_that_is_about_something_is_found_by_it(database: Database) -> None:
    mother = await meet(database, 1)
    async with database.transaction() as work:
        turn = turn_of(work, mother)
        turn.say(HELLO, about="card:1")
        turn.say(HELLO)
        await turn.flush()
    assert [words for _, words in await send_all(database)] == ["Hello", "Hello"]
    async with database.transaction() as work:
        assert await work.outbox.messages_about(mother, "card:1") == [1]


async def test_the_message_that_shows_a_screen_is_noted_as_such_and_no_other(database: Database) -> None:
    mother = await meet(database, 1)
    async with database.transaction() as work:
        await work.conversations.save(mother, Interview(screen=1))
        turn = turn_of(work, mother)
        turn.say(HELLO)
        await turn.flush()
        assert (await work.conversations.get(mother)).shown is None
        turn.say(HELLO, shows_screen=True)
        turn.say(HELLO, shows_screen=True)
        await turn.flush()
    assert len(await send_all(database)) == 3
    async with database.transaction() as work:
        shown = (await work.conversations.get(mother)).shown
    assert shown is not None
    assert shown.message_id == 2


async def test_what_happened_is_noted_with_the_key_of_the_chat_where_there_is_one(database: Database) -> None:
    mother = await meet(database, 1)
    async with database.transaction() as work:
        turn = turn_of(work, mother)
        turn.note("report_submitted", report=7, urgent=True)
        elsewhere = turn_of(work, None)
        elsewhere.note("digest_made")
    assert turn.events == [Event("report_submitted", {"chat": mother.key, "report": 7, "urgent": True})]
    assert elsewhere.events == [Event("digest_made", {})]
