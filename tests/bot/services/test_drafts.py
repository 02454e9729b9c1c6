"""Drafts: what is reminded of, what is deleted, and that it happens once, whoever does it and whoever writes then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.domain.draft import DraftTerms
from bot.domain.errors import NothingInProgress
from bot.domain.message import Say
from bot.domain.press import Action
from bot.domain.schedule import Daytime
from bot.services import drafts
from bot.services.drafts import DraftDesk, Walk
from storage.database import Database
from storage.location import Location
from storage.outgoing import Outcome, Priority
from tests.bot.services.support import ALMATY, LEASE, Person, meet, send_all, standing
from tests.storage.support import FIRST_KEY, Clock, column, say, settled, sql

DAY = timedelta(days=1)
DAYTIME = Daytime(ALMATY)
TERMS = DraftTerms(DAYTIME, remind_after=DAY, expires_after=30 * DAY)
NO_REMINDER = DraftTerms(DAYTIME, remind_after=None, expires_after=30 * DAY)
DELETED = "Deleted"


class Words:
    """Says the day, which is all that a reminder tells."""

    def reminder(self, language: str, *, screen: int, expires_at: datetime | None) -> Say:
        assert (language, screen) == ("ru", 2)
        return Say(html="Reminder" if expires_at is None else f"Until {expires_at:%d.%m}")

    def deleted(self, language: str) -> Say:
        assert language == "ru"
        return Say(html=DELETED)


async def go_on(database: Database, walk: Walk | None = None, *, terms: DraftTerms = TERMS) -> Walk:
    return await database.perform(lambda work: DraftDesk(work, terms=terms, words=Words()).go_on(walk or Walk()))


async def walk_through(database: Database, *, terms: DraftTerms = TERMS) -> tuple[int, int]:
    """Walk to the end; return how many were reminded and deleted."""
    walk = await go_on(database, terms=terms)
    reminded, deleted = walk.reminded, walk.deleted
    while walk.after:
        walk = await go_on(database, walk, terms=terms)
        reminded, deleted = reminded + walk.reminded, deleted + walk.deleted
    return reminded, deleted


async def said(database: Database) -> list[str]:
    return [words for _, words in await send_all(database)]


@pytest.fixture
async def other(location: Location, clock: Clock) -> AsyncIterator[Database]:
    """Give the same database as another process has it, whose clock goes a little before."""
    async with Database.open(location, FIRST_KEY, clock=lambda: clock() + timedelta(seconds=1)) as opened:
        yield opened


async def test_a_draft_is_reminded_of_once_and_deleted_on_the_day_that_was_named(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.agree()
    clock.forward(hours=23, minutes=59)
    assert await walk_through(database) == (0, 0)
    clock.forward(minutes=1)
    assert await walk_through(database) == (1, 0)
    assert await walk_through(database) == (0, 0)
    assert await said(database) == ["Until 05.02"]
    clock.forward(days=29, seconds=-1)
    assert await walk_through(database) == (0, 0)
    assert (await standing(mother)).step == "name"
    clock.forward(seconds=1)
    assert await walk_through(database) == (0, 1)
    assert await walk_through(database) == (0, 0)
    assert await said(database) == [DELETED]
    assert await mother.interview() is None
    assert await mother.screen() == 2


async def test_whatever_the_person_does_a_day_later_it_may_be_reminded_of_again(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.agree()
    clock.forward(days=1)
    assert await walk_through(database) == (1, 0)
    clock.forward(days=10)
    await mother.cancel()
    await mother.keep()
    assert await walk_through(database) == (0, 0)
    clock.forward(days=1)
    assert await walk_through(database) == (1, 0)
    assert await said(database) == ["Until 05.02", "Until 16.02"]


async def test_without_a_reminder_the_person_is_told_two_days_before(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.agree()
    clock.forward(days=28, seconds=-1)
    assert await walk_through(database, terms=NO_REMINDER) == (0, 0)
    clock.forward(seconds=1)
    assert await walk_through(database, terms=NO_REMINDER) == (1, 0)
    clock.forward(days=2)
    assert await walk_through(database, terms=NO_REMINDER) == (0, 1)
    assert await said(database) == ["Until 05.02", DELETED]


async def test_a_draft_that_is_kept_for_ever_is_reminded_of_once(
    database: Database, mother: Person, clock: Clock
) -> None:
    for_ever = DraftTerms(DAYTIME, remind_after=DAY, expires_after=None)
    await mother.agree()
    clock.forward(days=1)
    assert await walk_through(database, terms=for_ever) == (1, 0)
    clock.forward(days=1000)
    assert await walk_through(database, terms=for_ever) == (0, 0)
    assert await said(database) == ["Reminder"]
    assert await mother.interview() is not None


async def test_nothing_happens_at_night(database: Database, mother: Person, clock: Clock) -> None:
    await mother.agree()
    clock.forward(days=1, hours=3)  # 21:00
    assert await walk_through(database) == (0, 0)
    clock.forward(hours=11, minutes=59)
    assert await walk_through(database) == (0, 0)
    clock.forward(minutes=1)
    assert await walk_through(database) == (1, 0)


async def test_whoever_only_opened_the_bot_is_not_reminded_and_told_nothing(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.begin()
    clock.forward(days=29)
    assert await walk_through(database) == (0, 0)
    clock.forward(days=1)
    assert await walk_through(database) == (0, 1)
    assert await mother.interview() is None
    assert await said(database) == []


async def test_a_reminder_that_never_arrived_is_no_warning(
    database: Database, mother: Person, clock: Clock, location: Location
) -> None:
    await mother.agree()
    clock.forward(days=1)
    assert await walk_through(database) == (1, 0)
    await _refuse(database)
    assert await walk_through(database) == (0, 0)
    assert column(location, "SELECT expires_at_ms FROM conversations") == [None]
    clock.forward(days=26)
    assert await walk_through(database) == (0, 0)
    clock.forward(days=1)
    assert await walk_through(database) == (1, 0)
    await _refuse(database)
    clock.forward(hours=2)  # not tried again at once
    assert await walk_through(database) == (0, 0)
    clock.forward(hours=22)
    assert await walk_through(database) == (1, 0)
    assert await said(database) == ["Until 06.02"]


async def test_whoever_blocked_the_bot_is_told_nothing_and_the_draft_is_deleted_in_its_time(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.agree()
    await _block(mother, gone=True)
    clock.forward(days=29)
    assert await walk_through(database) == (0, 0)
    clock.forward(days=1)
    assert await walk_through(database) == (0, 1)
    assert await said(database) == []


async def test_whoever_is_back_is_told_two_days_before_all_the_same(
    database: Database, mother: Person, clock: Clock
) -> None:
    await mother.agree()
    await _block(mother, gone=True)
    clock.forward(days=29, hours=12)
    await _block(mother, gone=False)
    clock.forward(hours=12)
    assert await walk_through(database) == (1, 0)
    assert await said(database) == ["Until 07.02"]
    assert await mother.interview() is not None


async def test_one_whose_key_is_not_here_keeps_nobody_else_from_being_told(
    database: Database, mother: Person, clock: Clock, location: Location
) -> None:
    father = Person(database, 5)
    await mother.agree()
    await father.agree()
    async with father.turn() as (_, chat, _):
        father_key = chat.key
    sql(location, "UPDATE chats SET wrapped_key = :other WHERE chat_key = :key", other=b"?" * 64, key=father_key)
    clock.forward(days=1)
    assert await walk_through(database) == (1, 0)


async def test_many_are_told_bit_by_bit_each_once(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "PAGE", 4)
    monkeypatch.setattr(drafts, "AT_ONCE", 3)
    people = [Person(database, number) for number in range(1, 12)]
    for person in people:
        await person.agree()
    clock.forward(days=1)
    walk, told = await go_on(database), []
    assert walk.reminded == 3
    # They wait to be sent: nothing more is said for now, and the walk stands.
    assert await go_on(database, walk) == Walk(walk.after)
    while walk.after:
        told += await send_all(database)
        walk = await go_on(database, walk)
    told += await send_all(database)
    assert {due.priority for due, _ in told} == {Priority.PEOPLE}
    assert len({due.chat_key for due, _ in told}) == len(told) == len(people)


async def test_where_answers_wait_nobody_is_reminded(
    database: Database, mother: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "AT_ONCE", 2)
    await mother.agree()
    clock.forward(days=1)
    for telegram_id, priority in ((5, Priority.PEOPLE), (6, Priority.PEOPLE), (-7, Priority.NOTICES)):
        chat = await meet(database, telegram_id)
        async with database.transaction() as work:
            await say(work, chat, "Answer", priority=priority)
    assert await walk_through(database) == (0, 0)
    await said(database)
    assert await walk_through(database) == (1, 0)


@pytest.mark.parametrize("days", [1, 30])
async def test_two_processes_at_once_tell_each_person_once(
    days: int, database: Database, other: Database, clock: Clock
) -> None:
    people = [Person(database, number) for number in range(1, 9)]
    for person in people:
        await person.agree()
    if days == 30:
        clock.forward(days=1)
        await walk_through(database)
        await said(database)
        clock.forward(days=29)
    else:
        clock.forward(days=1)
    await asyncio.gather(*(walk_through(each) for each in (database, other, database, other)))
    clock.forward(seconds=1)  # what the other said is not due before
    sent = await send_all(database)
    assert len(sent) == len({due.chat_key for due, _ in sent}) == len(people)
    assert {words for _, words in sent} == {"Until 05.02" if days == 1 else DELETED}


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
async def test_an_answer_given_a_moment_before_the_draft_is_to_be_deleted_keeps_it(
    database: Database, other: Database, mother: Person, clock: Clock, location: Location
) -> None:
    await _due_to_be_deleted(database, mother, clock)
    async with mother.turn() as (work, chat, intake):
        await work.chats.hold({mother.telegram_id: "ru"})
        deleting = asyncio.create_task(walk_through(other))
        await _until_somebody_waits(location)
        interview = await intake.current(chat)
        await work.conversations.save(chat, interview.back())
    assert await deleting == (0, 0)
    assert await mother.interview() is not None


async def test_an_answer_given_a_moment_after_the_draft_was_deleted_is_not_confirmed(
    database: Database, mother: Person, clock: Clock
) -> None:
    await _due_to_be_deleted(database, mother, clock)
    assert await walk_through(database) == (0, 1)
    with pytest.raises(NothingInProgress):
        await mother.say("Серік")
    with pytest.raises(NothingInProgress):
        await mother.press(Action.SKIP)
    assert (await mother.begin())[1] is False


async def _until_somebody_waits(location: Location) -> None:
    async with asyncio.timeout(10):
        while True:
            if column(location, "SELECT count(*) FROM pg_locks WHERE NOT granted") != [0]:
                return
            await asyncio.sleep(0.01)


async def _due_to_be_deleted(database: Database, mother: Person, clock: Clock) -> None:
    await mother.agree()
    clock.forward(days=1)
    await walk_through(database)
    await said(database)
    clock.forward(days=29)


async def _refuse(database: Database) -> None:
    async with database.transaction() as work:
        (due,) = await work.outbox.claim_due(until=work.now + LEASE, most=10)
        await work.outbox.settle([settled(work, due.key, Outcome.REFUSED)])


async def _block(person: Person, *, gone: bool) -> None:
    async with person.turn() as (work, chat, _):
        await work.chats.set_gone(chat, gone=gone)
