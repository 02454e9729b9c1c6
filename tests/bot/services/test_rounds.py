"""What moderation does by the clock, where something stands in its way."""

from datetime import timedelta

import pytest

from bot.domain.errors import QueueEmpty
from bot.domain.message import Retract, Say
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.services.asking import Asking
from bot.services.moderation import Moderation
from bot.services.rounds import Rounds
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from tests.bot.services.case_support import LEASE, approve, take
from tests.bot.services.support import meet
from tests.storage.support import Clock, add_report, column, sql


class Plain:
    """Words that say as little as they can."""

    def lapsed(self, _language: str, report_id: int) -> Retract:
        return Retract(about=f"card:{report_id}:", html="over")

    def case_lapsed(self, _language: str, case_id: int) -> Retract:
        return Retract(about=f"case:{case_id}:", html="over")

    def looked_at(self, _language: str, search_id: int, about: str | None) -> Retract:
        return Retract(about=about or f"found:{search_id}:", html="over")

    def decided(self, _language: str, _receipt: Receipt, decision: Decision) -> Say:
        return Say(html=decision.value)


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


async def go(database: Database) -> int:
    async with database.transaction() as work:
        return await Rounds(work, lease=LEASE, words=Plain()).go()


async def test_a_report_that_does_not_open_keeps_no_other_from_its_time(
    database: Database, mother: Chat, dana: Chat, location: Location, clock: Clock
) -> None:
    async with database.transaction() as work:
        for number in (1, 2):
            await approve(work, dana, await take(work, dana, await add_report(work, mother, number)))
        asked = await take(work, dana, await add_report(work, mother, 3))
        await Asking(work, Moderation(work), awaited=timedelta(minutes=5)).ask(dana, asked, "Where is he held?")
        await take(work, dana, await add_report(work, mother, 4))
    (first, second, third, _) = column(location, "SELECT id FROM reports ORDER BY id")
    intact = dict(sql(location, "SELECT id, wrapped_key FROM reports"))
    for report_id in (first, third):  # another key's
        sql(location, "UPDATE reports SET wrapped_key = :key WHERE id = :id", key=intact[second], id=report_id)
    clock.forward(minutes=15)
    assert await go(database) == 3  # told of the second, expired the third, lapsed the fourth
    assert column(location, "SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE 'decided:%'") == [
        f"decided:{second}:2"
    ]
    assert await go(database) == 0
    sql(location, "UPDATE reports SET wrapped_key = :key WHERE id = :id", key=intact[first], id=first)
    clock.forward(minutes=5)
    assert await go(database) == 1  # and the first, which opens by now


async def test_a_report_that_does_not_open_keeps_nobody_from_the_next(
    database: Database, mother: Chat, dana: Chat, location: Location
) -> None:
    async with database.transaction() as work:
        first, second = [await add_report(work, mother, number) for number in (1, 2)]
    ((key,),) = sql(location, "SELECT wrapped_key FROM reports WHERE id = :id", id=second)
    sql(location, "UPDATE reports SET wrapped_key = :key WHERE id = :id", key=key, id=first)
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
        assert report.report_id == second
        await approve(work, dana, Claim(second, report.revision))
    async with database.transaction() as work:
        with pytest.raises(QueueEmpty):
            await Moderation(work).next(dana)
    assert column(location, "SELECT claimed_by FROM reports") == [None, None]
