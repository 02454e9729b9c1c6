from datetime import timedelta

import pytest

from bot.domain.access import Role
from bot.domain.addition import AdditionKind
from bot.domain.errors import NotYours, OfTheTeam, QueueEmpty
from bot.services.blocking import Blocking
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import meet
from tests.storage.support import START, Clock, add_report, column

UNTIL = START + timedelta(days=1)


@pytest.fixture
async def troll(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


def blocking(work: UnitOfWork) -> Blocking:
    return Blocking(work, Moderation(work))


async def block(database: Database, troll: Chat, dana: Chat) -> int:
    """Block somebody over the first of two reports; return the number."""
    async with database.transaction() as work:
        first = await add_report(work, troll, 1)
        await add_report(work, troll, 2)
        claim = await work.queue.claim(first, dana, until=UNTIL)
        assert claim is not None
        number = await blocking(work).block(dana, claim)
    assert number is not None
    return number


async def counts(database: Database) -> tuple[int, int]:
    async with database.transaction() as work:
        found = await work.queue.counts()
    return found.waiting, found.held_back


async def test_all_of_a_blocked_person_is_held_back_and_comes_back_to_its_place(
    database: Database, clock: Clock, location: Location, troll: Chat, dana: Chat
) -> None:
    number = await block(database, troll, dana)
    assert await counts(database) == (0, 2)
    async with database.transaction() as work:
        blocked = await work.chats.get(troll.key)
        assert blocked is not None
        assert blocked.blocked
        with pytest.raises(QueueEmpty):
            await Moderation(work).next(dana)
        (listed,) = await blocking(work).every()
        assert (listed.block.block_id, listed.blocked_by, listed.block.waiting) == (number, "Дана", 2)
    clock.forward(hours=1)
    async with database.transaction() as work:
        assert await blocking(work).unblock(dana, number)
        assert not await blocking(work).unblock(dana, number)
        assert (await work.queue.counts()).oldest_at == START
    assert await counts(database) == (2, 0)
    assert column(location, "SELECT act FROM audit WHERE act LIKE '%blocked' ORDER BY id") == ["blocked", "unblocked"]
    assert column(location, "SELECT details FROM audit WHERE act = 'blocked'") == [f'{{"number":{number}}}']


async def test_what_is_held_back_is_looked_at_one_by_one(database: Database, troll: Chat, dana: Chat) -> None:
    number = await block(database, troll, dana)
    for report_id in (1, 2):
        async with database.transaction() as work:
            report = await blocking(work).look(dana, number)
            assert report.report_id == report_id
            await Moderation(work).approve(dana, Claim(report_id, report.revision))
    async with database.transaction() as work:
        with pytest.raises(QueueEmpty):
            await blocking(work).look(dana, number)
        with pytest.raises(QueueEmpty):
            await blocking(work).look(dana, number + 1)


async def test_what_is_new_of_decided_reports_is_held_back_as_well(database: Database, troll: Chat, dana: Chat) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, troll, 9)
        claim = await work.queue.claim(report_id, dana, until=UNTIL)
        assert claim is not None
        await Moderation(work).approve(dana, claim)
        other = await work.queue.claim(await add_report(work, troll, 10), dana, until=UNTIL)
        assert other is not None
        await blocking(work).block(dana, other)
        follow_up = FollowUp(work, today=START.date())
        await follow_up.note(troll, report_id, AdditionKind.RELEASED, update_id=1)
    assert await counts(database) == (0, 2)


async def test_nobody_is_blocked_twice_nor_over_a_report_that_is_not_in_hand(
    database: Database, troll: Chat, dana: Chat
) -> None:
    await block(database, troll, dana)
    async with database.transaction() as work:
        with pytest.raises(NotYours):
            await blocking(work).block(dana, Claim(1, 2))
        report = await blocking(work).look(dana, 1)
        assert await blocking(work).block(dana, Claim(report.report_id, report.revision)) is None
        assert len(await blocking(work).every()) == 1
        with pytest.raises(NotYours):
            await blocking(work).block(dana, Claim(99, 1))


async def test_nobody_of_the_team_is_blocked(database: Database, troll: Chat, dana: Chat) -> None:
    async with database.transaction() as work:
        await work.members.join(troll, Role.VIEWER, added_by=dana.key)
        claim = await work.queue.claim(await add_report(work, troll, 1), dana, until=UNTIL)
        assert claim is not None
        with pytest.raises(OfTheTeam):
            await blocking(work).block(dana, claim)
    assert await counts(database) == (1, 0)
