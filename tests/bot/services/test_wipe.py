"""Wiping a chat, as far as the database tells."""

from datetime import timedelta

import pytest

from bot.domain.message import DeleteMany, Wipe
from bot.domain.press import Action
from bot.services.wipe import MOST_AT_ONCE, Wiping
from storage.chats import Chat
from storage.database import Database
from storage.updates import Written
from tests.bot.services.support import Person
from tests.storage.support import Clock, say, settled

PRESS = 50
WIPE = Wipe(before_update=PRESS)


@pytest.fixture
def mother(database: Database) -> Person:
    return Person(database)


async def exchange(database: Database, chat: Chat, *, update_id: int, message_id: int) -> None:
    """Let a person write, and the bot answer with the next message."""
    async with database.transaction() as work:
        await work.updates.see([update_id], at=work.now, written={update_id: Written(chat.key, message_id)})
        key = await say(work, chat, "answer")
        await work.outbox.settle([settled(work, key, message_id=message_id + 1)])


async def test_the_draft_is_gone_and_the_screens_number_stays(mother: Person) -> None:
    await mother.begin()
    await mother.press(Action.AGREE)
    screen = await mother.screen()
    async with mother.turn() as (work, chat, _):
        await Wiping(work).begin(chat, update_id=PRESS)
    assert await mother.interview() is None
    assert await mother.screen() == screen
    again, resumed = await mother.begin()
    assert (again.screen, resumed) == (screen + 1, False)


async def test_the_chat_is_silent_and_a_wipe_asked_for_again_takes_the_place_of_the_first(mother: Person) -> None:
    async with mother.turn() as (work, chat, _):
        await say(work, chat, "it waits")
        for update_id in (PRESS - 1, PRESS):
            await Wiping(work).begin(chat, update_id=update_id)
    async with mother.turn() as (work, chat, _):
        assert chat.wiped
        (due,) = await work.outbox.claim_due(until=work.now + timedelta(seconds=90), most=9)
        assert due.open(chat) == WIPE
        await say(work, chat, "your report was approved")
        assert await work.outbox.count_unsettled() == 1


async def test_what_both_wrote_is_named_newest_first_as_far_back_as_telegram_allows(
    database: Database, clock: Clock, mother: Person
) -> None:
    async with mother.turn() as (_, chat, _):
        pass
    await exchange(database, chat, update_id=1, message_id=10)
    clock.forward(hours=1)
    await exchange(database, chat, update_id=2, message_id=20)
    clock.forward(hours=46, minutes=59)
    await exchange(database, chat, update_id=3, message_id=30)
    await exchange(database, chat, update_id=PRESS, message_id=40)
    async with mother.turn() as (work, chat, _):
        # What came with the wipe's own update or later stays; the answer to it can only have been sent before.
        assert await Wiping(work).messages(chat, WIPE) == [41, 31, 30, 21, 20]


async def test_messages_are_taken_away_by_hundreds_newest_first(mother: Person) -> None:
    ids = list(range(250, 0, -1))
    async with mother.turn() as (work, chat, _):
        await Wiping(work).begin(chat, update_id=PRESS)
        await Wiping(work).carry_out(chat, ids, key=f"wipe:{PRESS}")
    found: list[int] = []
    for most in (100, 100, 50):
        async with mother.turn() as (work, chat, _):
            (due,) = await work.outbox.claim_due(until=work.now + timedelta(seconds=90), most=9)
            deletion = due.open(chat)
            assert isinstance(deletion, DeleteMany)
            assert len(deletion.message_ids) == most <= MOST_AT_ONCE
            found += deletion.message_ids
            await work.outbox.settle([settled(work, due.key)])
    assert found == ids


async def test_nothing_to_take_away_is_done_at_once(mother: Person) -> None:
    async with mother.turn() as (work, chat, _):
        await Wiping(work).begin(chat, update_id=PRESS)
        assert await Wiping(work).messages(chat, WIPE) == []
        await Wiping(work).carry_out(chat, [], key=f"wipe:{PRESS}")
        assert await work.outbox.count_unsettled() == 0
