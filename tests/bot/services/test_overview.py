"""What /queue is told of, the cities that one asks for, and a claim that a lead breaks."""

from datetime import timedelta

import pytest

from bot.domain.answer import Answer
from bot.domain.errors import QueueEmpty
from bot.services.moderation import Moderation
from bot.services.overview import CityLine, InHand, LongestWaiting, overview
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from tests.bot.services.support import meet
from tests.storage.support import START, Clock, add_report, sql

PLACES = ("semey", "almaty", "astana")


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    return await meet(database, 102, "Ерлан")


async def submit(
    database: Database, reporter: Chat, number: int, city: str | None = None, *, urgent: bool = False
) -> int:
    answers = {"city": Answer.pressed(value=city)} if city else {}
    async with database.transaction() as work:
        return await add_report(work, reporter, number, answers=answers, urgent=urgent)


async def next_of(database: Database, coordinator: Chat, *cities: str, also_urgent: bool = True) -> int:
    async with database.transaction() as work:
        return (await Moderation(work).next(coordinator, cities=cities, also_urgent=also_urgent)).report_id


async def test_what_waits_is_counted_by_city_and_age_and_by_whom_it_is_held(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    oldest = await submit(database, mother, 1, "semey")
    clock.forward(hours=25)
    await submit(database, mother, 2, "semey", urgent=True)
    await submit(database, mother, 3)
    clock.forward(minutes=90)
    await submit(database, mother, 4, "semey")
    await submit(database, mother, 5, "atlantis")
    held = await next_of(database, dana)
    async with database.transaction() as work:
        seen = await overview(work, PLACES)
    assert seen.cities == (CityLine("semey", 3, 1, 2, 1), CityLine(None, 2, 0, 1, 0))
    assert (seen.waiting, seen.urgent, seen.asked, seen.held_back) == (5, 1, 0, 0)
    assert seen.oldest == LongestWaiting(oldest, START, "semey")
    (one,) = seen.in_hand
    assert (one.held.claim, one.holder, one.held.since) == (Claim(held, 2), "Дана", clock.now)
    assert isinstance(one, InHand)


async def test_what_is_asked_about_does_not_wait(database: Database, mother: Chat, dana: Chat) -> None:
    report_id = await submit(database, mother, 1, "semey")
    await next_of(database, dana)
    async with database.transaction() as work:
        assert await work.queue.park(Claim(report_id, 2), dana, until=work.now + timedelta(days=1))
        seen = await overview(work, PLACES)
    assert (seen.waiting, seen.asked, seen.oldest, seen.in_hand) == (0, 1, None, ())


async def test_only_ones_cities_are_claimed_but_what_is_urgent_wherever_it_is(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    await submit(database, mother, 1)
    there = await submit(database, mother, 2, "almaty")
    urgent = await submit(database, mother, 3, "astana", urgent=True)
    assert await next_of(database, dana, "almaty", "semey", also_urgent=False) == there
    assert await next_of(database, erlan, "semey") == urgent
    other = await meet(database, 103)
    with pytest.raises(QueueEmpty) as empty:
        await next_of(database, other, "almaty", "semey")
    assert (empty.value.elsewhere, empty.value.claimed_by_others) == (1, 2)
    assert await next_of(database, other) == 1


async def test_where_nothing_waits_elsewhere_either_none_is_promised(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    await submit(database, mother, 1, "almaty")
    await next_of(database, dana)
    with pytest.raises(QueueEmpty) as empty:
        await next_of(database, erlan, "semey")
    assert empty.value.elsewhere == 0


async def test_a_broken_claim_goes_back_to_its_place_and_is_broken_once(
    database: Database, location: Location, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    report_id = await submit(database, mother, 1)
    await next_of(database, dana)
    async with database.transaction() as work:
        held = await Moderation(work).break_claim(erlan, Claim(report_id, 2))
        assert held is not None
        assert held.coordinator_key == dana.key
        assert await Moderation(work).break_claim(erlan, Claim(report_id, 2)) is None
    assert await next_of(database, dana) == report_id
    rows = "SELECT actor_key, subject_key FROM audit WHERE act = 'claim_broken'"
    assert sql(location, rows) == [(erlan.key, dana.key)]


async def test_a_claim_that_was_renewed_by_its_holder_is_broken_all_the_same_and_another_is_not(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    report_id = await submit(database, mother, 1)
    await next_of(database, dana)
    await next_of(database, dana)
    async with database.transaction() as work:
        assert await Moderation(work).break_claim(erlan, Claim(report_id, 1)) is None
        assert await Moderation(work).break_claim(erlan, Claim(report_id, 2))
