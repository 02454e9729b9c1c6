from contextlib import suppress
from dataclasses import replace

import pytest

from bot.domain.answer import Answer, Words
from bot.domain.consent import Publishing
from bot.domain.draft import Draft
from bot.domain.interview import Interview
from bot.domain.shown import Shown
from storage.chats import Chat
from storage.conversations import Conversation, OpenDraft, Told
from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from storage.outgoing import Outcome
from tests.storage.support import LONG, Clock, column, said, say, settled, sql

FIRST = Interview(screen=1)
SECOND = Interview(screen=2, step="name", answers={"name": said("Айгерім")})


@pytest.fixture
async def mother(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77001234567, language="ru")


async def shown(database: Database, chat: Chat) -> Shown | None:
    async with database.transaction() as work:
        return (await work.conversations.get(chat)).shown


async def test_a_chat_that_never_began_stands_nowhere(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        assert await work.conversations.get(mother) == Conversation(screen=0, interview=None, shown=None)


async def test_an_interview_comes_back_exactly_as_it_was_saved(database: Database, mother: Chat) -> None:
    interview = Interview(
        screen=9,
        step="conditions",
        answers={"name": said("  Айгерім\nThe «second» name  "), "city": said("Алма-Ата", value="almaty")},
        marked=("beating", "injured"),
        publishing=Publishing.WITHOUT_NAME,
        from_review=True,
        last_answered="charge",
    )
    async with database.transaction() as work:
        await work.conversations.save(mother, interview)
    async with database.transaction() as work:
        assert await work.conversations.get(mother) == Conversation(screen=9, interview=interview)


async def test_the_newest_interview_counts(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        await work.conversations.save(mother, SECOND)
        assert (await work.conversations.get(mother)).interview == SECOND


async def test_two_chats_stand_in_two_places(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        father = await work.chats.meet(5, language="kk")
        await work.conversations.save(mother, SECOND)
        await work.conversations.save(father, FIRST)
        assert (await work.conversations.get(mother)).interview == SECOND
        assert (await work.conversations.get(father)).interview == FIRST


async def test_a_screen_shown_by_a_message_not_sent_yet_has_no_attempt(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        await work.conversations.note_shown(mother, await say(work, mother, "What is the name?"))
    assert await shown(database, mother) == Shown(attempts=0, first_attempt_at=None, message_id=None)


async def test_a_screen_knows_when_its_message_was_first_tried_and_which_id_it_got(
    database: Database, clock: Clock, mother: Chat
) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        key = await say(work, mother, "What is the name?")
        await work.conversations.note_shown(mother, key)
    clock.forward(seconds=1)
    async with database.transaction() as work:
        await work.outbox.claim_due(until=work.now, most=1)
        tried_at = work.now
    assert await shown(database, mother) == Shown(attempts=1, first_attempt_at=tried_at, message_id=None)
    clock.forward(seconds=1)
    async with database.transaction() as work:
        await work.outbox.settle([settled(work, key, message_id=17)])
    assert await shown(database, mother) == Shown(attempts=1, first_attempt_at=tried_at, message_id=17)


async def test_the_message_stays_noted_while_the_screen_stays(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        await work.conversations.note_shown(mother, await say(work, mother, "What is the name?"))
        await work.conversations.save(mother, FIRST.model_copy(update={"marked": ("beating",)}))
    assert await shown(database, mother) is not None


async def test_the_message_is_forgotten_when_the_screen_changes(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        await work.conversations.note_shown(mother, await say(work, mother, "What is the name?"))
        await work.conversations.save(mother, SECOND)
    assert await shown(database, mother) is None


async def test_the_first_message_that_showed_the_screen_counts(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        first = await say(work, mother, "What is the name?")
        await work.conversations.note_shown(mother, first)
        await work.conversations.note_shown(mother, await say(work, mother, "Once more: what is the name?"))
        await work.outbox.settle([settled(work, first, message_id=17)])
    seen = await shown(database, mother)
    assert seen is not None
    assert seen.message_id == 17


@pytest.mark.parametrize(
    ("outcome", "counts"), [(Outcome.SENT, "first"), (Outcome.REFUSED, "second"), (Outcome.GONE, "second")]
)
async def test_a_message_that_never_arrived_gives_way_to_the_next_that_shows_the_screen(
    database: Database, mother: Chat, outcome: Outcome, counts: str
) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        first = await say(work, mother, "What is the name?")
        await work.conversations.note_shown(mother, first)
        await work.outbox.settle([settled(work, first, outcome, message_id=17)])
    async with database.transaction() as work:
        second = await say(work, mother, "Once more: what is the name?")
        await work.conversations.note_shown(mother, second)
        await work.outbox.settle([settled(work, second, message_id=18)])
    seen = await shown(database, mother)
    assert seen is not None
    assert seen.message_id == {"first": 17, "second": 18}[counts]


async def test_a_message_forgotten_long_after_it_was_sent_leaves_the_screen_as_surely_seen(
    database: Database, clock: Clock, mother: Chat
) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, FIRST)
        key = await say(work, mother, "What is the name?")
        await work.conversations.note_shown(mother, key)
        await work.outbox.settle([settled(work, key, message_id=17)])
    clock.now += LONG
    async with database.transaction() as work:
        await work.outbox.forget_settled(before=work.now, most=100)
        assert await work.conversations.get(mother) == Conversation(screen=1, interview=FIRST, shown=None)


async def test_where_many_stand_is_read_in_one_go(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        father = await work.chats.meet(5, language="kk")
        stranger = await work.chats.meet(6, language="kk")
        await work.conversations.save(mother, SECOND)
        await work.conversations.save(father, FIRST)
    async with database.transaction() as work:
        await work.conversations.load([mother.key, father.key, stranger.key])
        interviews = [(await work.conversations.get(chat)).interview for chat in (mother, father, stranger)]
    assert interviews == [SECOND, FIRST, None]


async def test_ending_forgets_the_draft_and_keeps_the_screen_number(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, SECOND)
        await work.conversations.end(mother, screen=SECOND.screen)
    async with database.transaction() as work:
        assert await work.conversations.get(mother) == Conversation(screen=2, interview=None, shown=None)
    assert sql(location, "SELECT step, sealed_draft FROM conversations") == [(None, None)]


async def test_the_step_stands_beside_the_sealed_draft(database: Database, location: Location, mother: Chat) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, SECOND)
        changed_at = work.now
    assert sql(location, "SELECT screen, step, changed_at_ms FROM conversations") == [
        (2, "name", int(changed_at.timestamp() * 1000))
    ]


async def test_a_draft_moved_to_another_chat_by_hand_does_not_open(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        father = await work.chats.meet(5, language="kk")
        await work.conversations.save(mother, SECOND)
        await work.conversations.save(father, FIRST)
    (sealed,) = column(location, "SELECT sealed_draft FROM conversations WHERE chat_key = :chat", chat=mother.key)
    sql(
        location,
        "UPDATE conversations SET sealed_draft = :sealed WHERE chat_key = :chat",
        sealed=sealed,
        chat=father.key,
    )
    async with database.transaction() as work:
        with pytest.raises(WrongKey):
            await work.conversations.get(father)


async def test_words_that_cannot_be_written_are_the_fault_of_their_own_turn(database: Database, mother: Chat) -> None:
    broken = SECOND.answered(Answer(words=(Words(message_id=1, text="name \ud83d"),)))
    async with database.transaction() as work:
        async with work.turn():
            await work.conversations.save(mother, FIRST)
        with suppress(TypeError):
            async with work.turn():
                await work.conversations.save(mother, broken)
                pytest.fail("words that cannot be written were taken")
    async with database.transaction() as work:
        assert (await work.conversations.get(mother)).interview == FIRST


async def drafts(database: Database, *, after: str = "", most: int = 10) -> list[OpenDraft]:
    async with database.transaction() as work:
        return await work.conversations.open_drafts(after=after, most=most)


async def test_open_drafts_come_in_pages_and_none_that_is_ended(database: Database, clock: Clock, mother: Chat) -> None:
    async with database.transaction() as work:
        chats = [mother, *[await work.chats.meet(number, language="kk") for number in range(1, 5)]]
        for chat in chats:
            await work.conversations.save(chat, SECOND)
        await work.conversations.end(chats[1], screen=2)
        await work.chats.set_gone(mother, gone=True)
    expected = [
        OpenDraft(chat.key, 2, Draft("name", changed_at=clock.now, is_reachable=chat is not mother))
        for chat in sorted([mother, *chats[2:]], key=lambda chat: chat.key)
    ]
    assert await drafts(database) == expected
    assert await drafts(database, most=3) == expected[:3]
    assert await drafts(database, after=expected[2].chat_key) == expected[3:]
    async with database.transaction() as work:
        some = await work.conversations.drafts_of([chats[1].key, mother.key])
    assert some == [one for one in expected if one.chat_key == mother.key]


async def test_what_a_person_was_told_is_noted_until_the_person_does_something(
    database: Database, clock: Clock, mother: Chat
) -> None:
    async with database.transaction() as work:
        await work.conversations.save(mother, SECOND)
    (draft,) = await drafts(database)
    reminded_at, expires_at = clock.forward(days=1), clock.now + LONG
    async with database.transaction() as work:
        await work.conversations.note_told([Told(draft, reminded_at, expires_at)])
    (told,) = await drafts(database)
    assert told.draft == replace(draft.draft, reminded_at=reminded_at, expires_at=expires_at)
    clock.forward(days=1)
    async with database.transaction() as work:
        await work.conversations.save(mother, SECOND)
    (anew,) = await drafts(database)
    assert anew.draft == Draft("name", changed_at=clock.now)
    async with database.transaction() as work:
        await work.conversations.note_told([Told(draft, reminded_at, expires_at)])
    assert await drafts(database) == [anew]
