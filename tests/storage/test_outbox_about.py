"""Messages are found again by what they are about."""

from datetime import timedelta

import pytest

from bot.domain.shown import Shown
from storage.chats import Chat
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.storage.support import say, settled

LEASE = timedelta(seconds=90)


@pytest.fixture
async def mother(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77001234567, language="ru")


@pytest.fixture
async def father(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77007654321, language="ru")


async def send_next(work: UnitOfWork, *, message_id: int) -> None:
    """Lease the one message that is due, and settle it as sent."""
    (due,) = await work.outbox.claim_due(until=work.now + LEASE, most=100)
    await work.outbox.settle([settled(work, due.key, message_id=message_id)])


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


async def test_when_messages_about_something_were_shown_is_known_as_far_as_it_is_known(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        await say(work, mother, "More?", about="add:1:told")
        await send_next(work, message_id=31)
        await say(work, mother, "More?", about="add:1:told")
        assert await work.outbox.claim_due(until=work.now + LEASE, most=100)
        await say(work, mother, "More?", about="add:1:told")
        assert await work.outbox.shown_about(mother, "add:1:told") == [
            Shown(attempts=1, first_attempt_at=work.now, message_id=31),
            Shown(attempts=1, first_attempt_at=work.now, message_id=None),
            Shown(attempts=0, first_attempt_at=None, message_id=None),
        ]
        assert await work.outbox.shown_about(mother, "add:2:told") == []


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


async def test_a_chat_knows_what_the_last_thing_said_in_it_was_about(
    database: Database, mother: Chat, father: Chat
) -> None:
    async def last_about(chat: Chat) -> str | None:
        async with database.transaction() as work:
            found = await work.chats.get(chat.key)
        assert found is not None
        return found.last_about

    async def tell(chat: Chat, *about: str | None) -> None:
        async with database.transaction() as work:
            found = await work.chats.get(chat.key)
            assert found is not None
            for one in about:
                await say(work, found, "Something", about=one)

    assert await last_about(mother) is None
    await tell(mother, "card:1:1", "reason:1:2")
    await tell(father, "card:2:1")
    assert await last_about(mother) == "reason:1:2"
    await tell(mother, "card:3:1", None)
    assert await last_about(mother) is None
    assert await last_about(father) == "card:2:1"


async def test_what_is_told_unasked_leaves_it_as_it_was(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "What would you like to add?", about="add:1:told")
    async with database.transaction() as work:
        chat = await work.chats.get(mother.key)
        assert chat is not None
        await say(work, chat, "Your report was read.", is_answer=False)
        assert work.outbox.last_about(chat) == "add:1:told"
    async with database.transaction() as work:
        chat = await work.chats.get(mother.key)
        assert chat is not None
        assert chat.last_about == "add:1:told"


async def test_within_one_batch_the_newest_answer_counts(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await say(work, mother, "What would you like to add?", about="add:1:told")
        assert work.outbox.last_about(mother) == "add:1:told"
        async with work.turn():
            await say(work, mother, "Question 1 of 5")
            assert work.outbox.last_about(mother) is None
        await work.write()
        assert work.outbox.last_about(mother) is None


async def test_what_the_last_thing_was_about_is_right_also_where_it_was_written_in_two_goes(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        await say(work, mother, "Why?", about="reason:1:2")
        assert await work.outbox.count_unsettled() == 1  # a statement: what was said is written before it
        await say(work, mother, "Never mind")
    async with database.transaction() as work:
        found = await work.chats.get(mother.key)
    assert found is not None
    assert found.last_about is None
