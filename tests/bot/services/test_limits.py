"""What one person may do: so many reports a day, and never a limit over all people."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import TooManyReports
from bot.services.limits import check_reports
from storage.chats import Chat
from storage.database import Database
from tests.bot.services.support import Person, meet, standing
from tests.storage.support import Clock, add_report, scripted


async def submit(database: Database, reporter: Chat, *numbers: int) -> None:
    async with database.transaction() as work:
        for number in numbers:
            await add_report(work, reporter, number)


async def check(database: Database, reporter: Chat, a_day: int) -> datetime | None:
    """Return until when a person must wait, or None."""
    async with database.transaction() as work:
        try:
            await check_reports(work, reporter, a_day=a_day)
        except TooManyReports as error:
            return error.until
    return None


async def test_so_many_reports_a_day_and_then_one_as_each_becomes_a_day_old(database: Database, clock: Clock) -> None:
    mother, father = await meet(database, 1), await meet(database, 2)
    await submit(database, father, 100, 101, 102)
    assert await check(database, mother, 3) is None
    await submit(database, mother, 1)
    clock.forward(hours=1, seconds=5)
    await submit(database, mother, 2)
    assert await check(database, mother, 3) is None
    await submit(database, mother, 3)
    # In whole minutes, and never too early.
    assert await check(database, mother, 3) == datetime(2022, 1, 7, 12, 1, tzinfo=UTC)
    clock.forward(hours=23)
    assert await check(database, mother, 3) is None
    await submit(database, mother, 4)
    assert await check(database, mother, 3) == datetime(2022, 1, 7, 13, 1, tzinfo=UTC)


async def test_without_a_limit_as_many_as_one_likes(database: Database) -> None:
    mother = await meet(database, 1)
    await submit(database, mother, *range(1, 60))
    assert await check(database, mother, 0) is None
    assert await check(database, mother, 60) is None
    assert await check(database, mother, 59) is not None


async def test_a_report_too_many_stays_a_draft_and_is_submitted_when_it_is_time(
    database: Database, clock: Clock
) -> None:
    mother = Person(database, choose=scripted("A"), reports_a_day=1)
    await mother.reach("submit")
    await mother.submit()
    await mother.reach("submit")
    with pytest.raises(TooManyReports) as refused:
        await mother.submit()
    assert (await standing(mother)).step == "submit"
    clock.forward(days=1)
    assert refused.value.until - clock.now == timedelta(minutes=1)
    await mother.submit()
    assert await mother.interview() is None
