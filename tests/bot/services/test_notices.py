"""Which reports a notice tells of, when it is made and when it is edited, whichever process is at it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.addition import AdditionKind
from bot.domain.answer import Answer
from bot.domain.message import Say
from bot.domain.notice import CALM_EVERY, EDITED_EVERY, MOST_LINES, URGENT_EVERY, NoticeState
from bot.services.blocking import Blocking
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from bot.services.notices import Notice, NoticeDesk
from storage.chats import Chat
from storage.database import Database
from storage.outgoing import Priority
from storage.reports import Claim
from tests.bot.services.support import LEASE, meet
from tests.storage.support import START, Clock, add_report, agreed, receipt, said, settled

GROUP = -1001


@dataclass
class Written:
    """Keeps what is written instead of wording it."""

    notices: list[Notice] = field(default_factory=list)

    def notice(self, _language: str, notice: Notice) -> Say:
        self.notices.append(notice)
        return Say(html=f"notice {len(self.notices)}")

    @property
    def last(self) -> list[tuple[int, NoticeState]]:
        return [(line.report_id, line.state) for line in self.notices[-1].lines]


@pytest.fixture
async def group(database: Database) -> Chat:
    return await meet(database, GROUP)


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


async def submit(database: Database, mother: Chat, numbers: Sequence[int], *, urgent: bool = False) -> list[int]:
    async with database.transaction() as work:
        return [await add_report(work, mother, number, urgent=urgent) for number in numbers]


async def tick(database: Database, group: Chat, words: Written, *, sends: bool = True) -> None:
    """Let both steps be taken, and what they say be sent."""
    await database.perform(lambda work: NoticeDesk(work, words=words).gather(group))
    await database.perform(lambda work: NoticeDesk(work, words=words).write(group))
    if not sends:
        return
    async with database.transaction() as work:
        for one in await work.outbox.claim_due(until=work.now + LEASE, most=100):
            await work.outbox.settle([settled(work, one.key, message_id=500)])


async def test_reports_are_listed_urgent_first_with_what_was_understood(
    database: Database, group: Chat, mother: Chat
) -> None:
    words = Written()
    answers = {
        "name": Answer.unknown(),
        "city": Answer.pressed(value="semey"),
        "date": Answer.pressed(value="2022-01-05"),
    }
    async with database.transaction() as work:
        calm = await add_report(work, mother, 1, answers=answers)
        urgent = await add_report(work, mother, 2, urgent=True)
        code = await work.reports.receipt(calm)
    await tick(database, group, words)
    first, second = words.notices[-1].lines
    assert (first.report_id, first.urgent, first.place, first.date) == (urgent, True, None, None)
    assert (second.report_id, second.receipt, second.place, second.date) == (calm, code, "semey", "2022-01-05")


async def test_what_comes_in_within_a_minute_is_added_to_the_first(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()
    await submit(database, mother, [1])
    await tick(database, group, words)
    clock.now += CALM_EVERY - timedelta(seconds=1)
    await submit(database, mother, [2])
    await tick(database, group, words)
    assert [one for one, _ in words.last] == [1, 2]
    clock.now += timedelta(seconds=1)
    await submit(database, mother, [3])
    await tick(database, group, words)
    assert [one for one, _ in words.last] == [3]


async def test_what_is_urgent_does_not_wait_for_the_minute(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()
    await submit(database, mother, [1])
    await tick(database, group, words)
    await submit(database, mother, [2], urgent=True)
    clock.now += URGENT_EVERY - timedelta(seconds=1)
    await tick(database, group, words)
    assert len(words.notices) == 1
    clock.now += timedelta(seconds=1)
    await tick(database, group, words)
    assert words.last == [(2, NoticeState.WAITING)]


async def test_a_notice_lists_so_many_and_counts_the_rest(database: Database, group: Chat, mother: Chat) -> None:
    words = Written()
    await submit(database, mother, range(1, MOST_LINES + 8))
    await submit(database, mother, [100], urgent=True)
    await tick(database, group, words)
    (notice,) = words.notices
    assert (len(notice.lines), notice.unlisted) == (MOST_LINES, 8)
    assert notice.lines[0].report_id == MOST_LINES + 8
    async with database.transaction() as work:
        assert await work.notices.due(most=100) == []


async def test_in_a_rush_notices_are_as_few_as_the_minutes(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    """Ninety reports within three minutes; the ticker looks every ten seconds."""
    words = Written()
    for second in range(0, 180, 10):
        await submit(database, mother, range(second, second + 5))
        await tick(database, group, words)
        clock.forward(seconds=10)
    clock.forward(minutes=1)
    await tick(database, group, words)
    async with database.transaction() as work:
        last = await work.notices.newest()
        assert await work.notices.due(most=1) == []
    assert last == 4


async def test_a_notice_says_where_each_report_stands_some_seconds_after_it_changed(
    database: Database, group: Chat, mother: Chat, dana: Chat, clock: Clock
) -> None:
    words = Written()
    (report_id,) = await submit(database, mother, [1])
    await tick(database, group, words)
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
    assert report.report_id == report_id
    await tick(database, group, words)
    assert len(words.notices) == 1
    clock.now += EDITED_EVERY
    await tick(database, group, words)
    assert words.last == [(report_id, NoticeState.CLAIMED)]
    clock.now += EDITED_EVERY
    await tick(database, group, words)
    assert len(words.notices) == 2


async def test_a_reporters_change_that_a_notice_does_not_show_edits_nothing(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()
    (report_id,) = await submit(database, mother, [1])
    await tick(database, group, words)
    async with database.transaction() as work:
        own = await work.own_reports.get(mother, report_id)
        assert own is not None
        report = await work.reports.get(report_id)
        assert report is not None
        assert await work.own_reports.change_consent(mother, own, report.consent)
    clock.now += EDITED_EVERY
    await tick(database, group, words)
    assert len(words.notices) == 1


async def test_a_notice_that_was_not_sent_yet_is_reworded(
    database: Database, group: Chat, mother: Chat, dana: Chat, clock: Clock
) -> None:
    words = Written()
    await submit(database, mother, [1])
    await tick(database, group, words, sends=False)
    async with database.transaction() as work:
        await Moderation(work).next(dana)
    clock.now += EDITED_EVERY
    await tick(database, group, words, sends=False)
    async with database.transaction() as work:
        assert await work.outbox.count_waiting(group, Priority.NOTICES) == 1
        (due,) = await work.outbox.claim_due(until=work.now + LEASE, most=5)
        assert due.open(group) == Say(html="notice 1")


async def test_while_messages_wait_for_the_group_reports_gather(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()
    for number in range(6):
        await submit(database, mother, [number])
        await tick(database, group, words, sends=False)
        clock.now += CALM_EVERY
    assert len(words.notices) == 3
    while len(words.notices) == 3:
        await tick(database, group, words)
    assert [one for one, _ in words.last] == [4, 5, 6]


async def test_of_two_processes_at_once_one_makes_the_notice(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()

    async def both(step: Callable[[NoticeDesk], Awaitable[int]]) -> None:
        await asyncio.gather(*(database.perform(lambda work: step(NoticeDesk(work, words=words))) for _ in range(2)))

    for number in range(3):
        await submit(database, mother, [number])
        await both(lambda desk: desk.gather(group))
        await both(lambda desk: desk.write(group))
        assert len(words.notices) == number + 1
        clock.now += CALM_EVERY


async def test_of_people_who_are_blocked_nothing_is_told(database: Database, group: Chat, mother: Chat) -> None:
    words = Written()
    async with database.transaction() as work:
        await work.reports.add(
            mother,
            {"name": said("Person")},
            receipt=receipt(1),
            screen=1,
            questionnaire_version=1,
            consent=agreed(),
            urgent=True,
            held_back=True,
        )
    await tick(database, group, words)
    assert words.notices == []


async def test_notices_say_that_somebody_is_blocked_and_unblocked_and_what_came_in_meanwhile(
    database: Database, group: Chat, mother: Chat, dana: Chat, clock: Clock
) -> None:
    words = Written()
    one, other = await submit(database, mother, [1, 2])
    await tick(database, group, words)
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
        blocking = Blocking(work, Moderation(work))
        number = await blocking.block(dana, Claim(report.report_id, report.revision))
        third = await add_report(work, mother, 3, held_back=True)
    assert number is not None
    clock.now += CALM_EVERY
    await tick(database, group, words)
    assert words.last == [(one, NoticeState.HELD_BACK), (other, NoticeState.HELD_BACK)]
    async with database.transaction() as work:
        assert await Blocking(work, Moderation(work)).unblock(dana, number)
    clock.now += CALM_EVERY
    await tick(database, group, words)
    new, edited = [[(line.report_id, line.state) for line in notice.lines] for notice in words.notices[-2:]]
    assert new == [(third, NoticeState.WAITING)]
    assert edited == [(one, NoticeState.WAITING), (other, NoticeState.WAITING)]


async def test_a_notice_says_that_a_report_cannot_wait_any_more(
    database: Database, group: Chat, mother: Chat, clock: Clock
) -> None:
    words = Written()
    (report_id,) = await submit(database, mother, [1])
    await tick(database, group, words)
    async with database.transaction() as work:
        await FollowUp(work, today=START.date()).note(mother, report_id, AdditionKind.DIED, update_id=1)
    clock.now += EDITED_EVERY
    await tick(database, group, words)
    assert [line.urgent for line in words.notices[-1].lines] == [True]


async def test_without_a_group_nothing_gathers(database: Database, group: Chat, mother: Chat) -> None:
    words = Written()
    await submit(database, mother, [1, 2])
    await database.perform(lambda work: NoticeDesk(work, words=words).forget_due())
    await tick(database, group, words)
    assert words.notices == []
