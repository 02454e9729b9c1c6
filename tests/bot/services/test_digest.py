import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.domain.answer import Answer, Words
from bot.domain.consent import Publishing
from bot.domain.message import Replace, Say
from bot.domain.report import Decision
from bot.domain.schedule import DailyAt
from bot.services.digest import CityGroup, Digest, DigestDesk, Entry
from bot.services.follow_up import FollowUp
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.outgoing import Priority
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import ALMATY, meet, send_all
from tests.storage.support import FIRST_KEY, LONG, Clock, add_report, column, said, settled, sql, undone

DAY = timedelta(days=1)
SIX_IN_THE_EVENING = DailyAt(at=time(18, 0), zone=ALMATY)
MOMENT = datetime(2022, 1, 6, 12, 0, tzinfo=UTC)
"""Six in the evening of 6 January in Almaty."""


def render(digest: Digest) -> Sequence[Say]:
    """Write a digest on two pages."""
    return [Say(html=f"{digest.start:%d.%m}-{digest.end:%d.%m}"), Say(html=f"{digest.reports} reports")]


def desk(work: UnitOfWork, schedule: DailyAt = SIX_IN_THE_EVENING) -> DigestDesk:
    return DigestDesk(work, schedule=schedule, render=render, empty_page=Say(html="empty"))


@pytest.fixture
async def channel(database: Database) -> Chat:
    return await meet(database, -1001)


async def approved(
    database: Database,
    number: int,
    *,
    city: Answer | None = None,
    publishing: Publishing = Publishing.WITH_NAME,
    decision: Decision = Decision.APPROVED,
    publish_at_most: Publishing = Publishing.WITH_NAME,
    more: Mapping[str, Answer] | None = None,
    into: int | None = None,
) -> dict[str, Answer]:
    """Submit a report and decide it at once; return its answers."""
    answers = {
        "name": said(f"Person {number}", message_id=number),
        "date": Answer.pressed(value="2022-01-05"),
        "charge": Answer.unknown(),
        "conditions": Answer.pressed(choices=("beating",)),
        **(more or {}),
    }
    if city is not None:
        answers["city"] = city
    async with database.transaction() as work:
        reporter = await work.chats.meet(77001234567, language="ru")
        dana = await work.chats.meet(101, language="ru")
        await add_report(work, reporter, number, answers=answers, publishing=publishing)
        held = await work.queue.claim_next(dana, until=work.now + LONG)
        assert held is not None
        assert await work.decisions.decide(held, dana, decision, publish_at_most=publish_at_most, case_id=into)
    return answers


async def post_due(database: Database, channel: Chat, schedule: DailyAt = SIX_IN_THE_EVENING) -> int:
    async with database.transaction() as work:
        return await desk(work, schedule).post_due(channel)


async def preview(database: Database) -> Digest:
    async with database.transaction() as work:
        return await desk(work).preview()


async def posted(database: Database) -> list[str]:
    return [words for _, words in await send_all(database)]


def periods(location: Location) -> list[tuple[datetime, datetime, int]]:
    """Return the periods that have their digest, each with how many reports stand in it."""
    rows = sql(location, "SELECT period_start_ms, period_end_ms, reports FROM digests ORDER BY id")
    return [
        (datetime.fromtimestamp(start / 1000, UTC), datetime.fromtimestamp(end / 1000, UTC), reports)
        for start, end, reports in rows
    ]


# When


async def test_while_nothing_was_ever_approved_no_period_begins(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    await approved(database, 1, decision=Decision.REJECTED)
    clock.now = MOMENT + 3 * DAY
    assert await post_due(database, channel) == 0
    assert (periods(location), await posted(database)) == ([], [])


async def test_nothing_is_posted_before_the_moment(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT - timedelta(milliseconds=1)
    assert await post_due(database, channel) == 0
    assert (periods(location), await posted(database)) == ([], [])


async def test_the_first_period_is_the_day_in_which_the_first_report_was_approved(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    assert await post_due(database, channel) == 1
    assert periods(location) == [(MOMENT - DAY, MOMENT, 1)]
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_digest_is_posted_exactly_once(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    assert await post_due(database, channel) == 1
    assert await post_due(database, channel) == 0
    clock.now = MOMENT + DAY - timedelta(milliseconds=1)
    assert await post_due(database, channel) == 0
    assert len(periods(location)) == 1
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_digest_whose_transaction_failed_is_made_again(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    async with undone(database) as work:
        assert await desk(work).post_due(channel) == 1
    assert (periods(location), await posted(database)) == ([], [])
    assert await post_due(database, channel) == 1
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_digest_raced_by_two_processes_is_made_once(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT + 2 * DAY
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(Database.open(location, FIRST_KEY, clock=clock)) for _ in range(2)]
        made = await asyncio.gather(*(post_due(other, channel) for other in others))
    assert sorted(made) == [0, 3]
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_missed_periods_are_made_up_in_order_and_those_with_nothing_to_tell_are_not_posted(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT + 2 * DAY - timedelta(hours=3)
    await approved(database, 2)
    await approved(database, 3)
    clock.now = MOMENT + 3 * DAY + timedelta(hours=1)
    assert await post_due(database, channel) == 4
    assert periods(location) == [(MOMENT + n * DAY - DAY, MOMENT + n * DAY, (1, 0, 2, 0)[n]) for n in range(4)]
    assert await posted(database) == ["05.01-06.01", "1 reports", "07.01-08.01", "2 reports"]


async def test_an_empty_period_is_noted_so_that_the_next_begins_at_its_end(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    for days in range(3):
        clock.now = MOMENT + days * DAY
        assert await post_due(database, channel) == 1
    assert [reports for _, _, reports in periods(location)] == [1, 0, 0]
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_report_decided_at_the_very_moment_stands_in_that_moments_digest(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - DAY - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT - DAY
    await post_due(database, channel)
    clock.now = MOMENT
    await approved(database, 2)
    assert await post_due(database, channel) == 1
    assert [reports for _, _, reports in periods(location)] == [1, 1]


async def test_a_decision_that_comes_after_its_digest_joins_the_next(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    await post_due(database, channel)
    await approved(database, 2)
    clock.now = MOMENT + timedelta(seconds=1)
    await approved(database, 3)
    assert await post_due(database, channel) == 0
    clock.now = MOMENT + DAY
    assert await post_due(database, channel) == 1
    assert await posted(database) == ["05.01-06.01", "1 reports", "06.01-07.01", "2 reports"]
    assert column(location, "SELECT digest_id FROM reports ORDER BY id") == [1, 2, 2]


async def test_a_moment_moved_within_the_day_makes_one_period_shorter_and_skips_nothing(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT + timedelta(hours=2)
    await post_due(database, channel)
    eight = DailyAt(at=time(20, 0), zone=ALMATY)
    assert await post_due(database, channel, eight) == 1
    assert [(start, end) for start, end, _ in periods(location)] == [
        (MOMENT - DAY, MOMENT),
        (MOMENT, MOMENT + timedelta(hours=2)),
    ]


async def test_a_digest_is_a_broadcast_to_the_channel_and_each_page_is_said_once(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    await post_due(database, channel)
    sent = await send_all(database)
    assert {(due.chat_key, due.priority) for due, _ in sent} == {(channel.key, Priority.BROADCASTS)}
    assert column(location, "SELECT dedupe_key FROM outbox ORDER BY id") == [
        "digest:2022-01-06T12:00:00+00:00:1",
        "digest:2022-01-06T12:00:00+00:00:2",
    ]


# What


async def test_what_may_not_be_published_at_all_stands_in_no_digest_and_begins_no_period(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - 2 * DAY - timedelta(hours=3)
    await approved(database, 1, publishing=Publishing.NOT_AT_ALL)
    clock.now = MOMENT - timedelta(hours=3)
    assert (await preview(database)).reports == 0
    assert await post_due(database, channel) == 0
    await approved(database, 2)
    clock.now = MOMENT + DAY
    assert await post_due(database, channel) == 2
    assert periods(location) == [(MOMENT - DAY, MOMENT, 1), (MOMENT, MOMENT + DAY, 0)]
    assert column(location, "SELECT digest_id FROM reports ORDER BY id") == [None, 1]


async def test_what_was_rejected_stands_in_no_digest(database: Database, clock: Clock) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1, decision=Decision.REJECTED)
    assert (await preview(database)).cities == ()


async def test_a_person_is_named_only_where_the_reporter_agreed(database: Database) -> None:
    city = Answer.pressed(value="almaty")
    named = await approved(database, 1, city=city)
    await approved(database, 2, city=city, publishing=Publishing.WITHOUT_NAME)
    await approved(database, 3, city=city, publishing=Publishing.NOT_AT_ALL)
    await approved(database, 4, city=city, publishing=Publishing.WITHOUT_NAME)
    digest = await preview(database)
    published = {key: named[key] for key in ("name", "city", "date", "charge")}
    assert digest.cities == (CityGroup(place="almaty", named=(Entry(published),), unnamed=2),)
    assert digest.reports == 3
    for number in (2, 3, 4):
        assert f"Person {number}" not in repr(digest)


@pytest.mark.parametrize(
    "agreed",
    [
        {"publishing": Publishing.INITIALS},
        {"publish_at_most": Publishing.INITIALS},
        {"publishing": Publishing.INITIALS, "publish_at_most": Publishing.INITIALS},
    ],
    ids=["as the reporter agreed", "as the coordinator decided", "as both"],
)
async def test_with_initials_no_word_as_said_is_published(database: Database, agreed: dict[str, Any]) -> None:
    said_so = {"city": said("дом Садырбаевой", value="almaty"), "charge": said("Садырбаева, 272")}
    await approved(database, 1, city=said_so["city"], more={"charge": said_so["charge"]}, **agreed)
    digest = await preview(database)
    read = {"city": Answer.pressed(value="almaty"), "date": Answer.pressed(value="2022-01-05")}
    assert digest.cities == (CityGroup(place="almaty", named=(Entry(read, initials="P."),), unnamed=0),)


async def test_a_person_whom_the_coordinator_keeps_unnamed_is_counted_only(database: Database) -> None:
    city = Answer.pressed(value="almaty")
    await approved(database, 1, city=city, publish_at_most=Publishing.WITHOUT_NAME)
    digest = await preview(database)
    assert digest.cities == (CityGroup(place="almaty", named=(), unnamed=1),)


async def test_words_said_beside_a_place_are_not_published_with_it(database: Database) -> None:
    city = said("Өскемен", value="oskemen")
    city = city.model_copy(update={"words": (*city.words, Words(message_id=11, text="Серік Ахметов"))})
    await approved(database, 1, city=city, publishing=Publishing.WITHOUT_NAME)
    digest = await preview(database)
    assert digest.cities == (CityGroup(place="oskemen", named=(), unnamed=1),)


async def test_an_answer_to_a_question_no_longer_asked_is_not_published(database: Database) -> None:
    await approved(database, 1, more={"village": said("Unasked")})
    assert "Unasked" not in repr(await preview(database))


async def test_what_is_not_for_publishing_is_left_out_of_a_named_entry(database: Database) -> None:
    await approved(database, 1)
    digest = await preview(database)
    assert "conditions" not in digest.cities[0].named[0].answers
    assert "beating" not in repr(digest)


async def test_cities_stand_with_the_most_people_first_then_by_name_and_unknown_places_last(
    database: Database,
) -> None:
    for number, place in enumerate(["taraz", "", "semey", "", "aktau", "taraz", ""], start=1):
        await approved(database, number, city=Answer.pressed(value=place) if place else said("у вокзала"))
    await approved(database, 8, city=None)
    digest = await preview(database)
    assert [(group.place, len(group.named)) for group in digest.cities] == [
        ("taraz", 2),
        ("aktau", 1),
        ("semey", 1),
        (None, 4),
    ]


async def test_a_place_pressed_and_a_place_written_are_one(database: Database) -> None:
    await approved(database, 1, city=Answer.pressed(value="almaty"))
    await approved(database, 2, city=said("Алма-Ата", value="almaty"), publishing=Publishing.WITHOUT_NAME)
    (group,) = (await preview(database)).cities
    assert (len(group.named), group.unnamed) == (1, 1)


async def test_people_of_one_city_stand_in_the_order_in_which_they_were_approved(
    database: Database, clock: Clock
) -> None:
    city = Answer.pressed(value="almaty")
    for number in (3, 1, 2):
        clock.forward(minutes=1)
        await approved(database, number, city=city)
    (group,) = (await preview(database)).cities
    assert [entry.answers["name"].text for entry in group.named] == ["Person 3", "Person 1", "Person 2"]


# Preview


async def test_a_person_of_several_reports_stands_once_by_the_one_of_which_most_may_be_shown(
    database: Database,
) -> None:
    await approved(database, 1, publishing=Publishing.WITHOUT_NAME)
    named = await approved(database, 2, into=1)
    await approved(database, 3, publishing=Publishing.INITIALS, into=1)
    await approved(database, 4, publishing=Publishing.WITHOUT_NAME)
    async with database.transaction() as work:
        dana = await work.chats.meet(101, language="ru")
        assert await work.cases.merge(2, 1, dana)  # the case of the fourth report
    digest = await preview(database)
    assert digest.reports == 4
    (city,) = digest.cities
    assert [entry.answers["name"] for entry in city.named] == [named["name"]]
    assert city.unnamed == 0


async def test_a_preview_tells_what_was_approved_since_the_last_digest_and_changes_nothing(
    database: Database, channel: Chat, location: Location, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    digest = await preview(database)
    assert (digest.start, digest.end, digest.reports) == (None, clock.now, 1)
    clock.now = MOMENT
    await post_due(database, channel)
    now = clock.forward(hours=1)
    await approved(database, 2)
    for _ in range(2):
        digest = await preview(database)
        assert (digest.start, digest.end, digest.reports) == (MOMENT, now, 1)
    assert len(periods(location)) == 1
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_preview_of_nothing_is_empty(database: Database, clock: Clock) -> None:
    assert await preview(database) == Digest(start=None, end=clock.now, reports=0, cities=())


# Editing what was posted


async def mend(database: Database) -> int:
    async with database.transaction() as work:
        return await desk(work).mend_outdated()


async def take_back(database: Database, report_id: int, *, publishing: Publishing | None = None) -> None:
    """Let the reporter withdraw a report, or agree to less."""
    async with database.transaction() as work:
        reporter = await work.chats.meet(77001234567, language="ru")
        follow_up = FollowUp(work, today=work.now.date())
        if publishing is None:
            await follow_up.withdraw(reporter, report_id)
        else:
            await follow_up.change_consent(
                reporter, report_id, lambda given: given.model_copy(update={"publishing": publishing})
            )


async def edits(database: Database) -> list[tuple[int, str | None]]:
    """Send all that waits, and return which messages that edits, and to what."""
    async with database.transaction() as work:
        due = await work.outbox.claim_due(until=work.now + LONG, most=100)
        found = []
        for one in due:
            chat = await work.chats.get(one.chat_key)
            assert chat is not None
            message = one.open(chat)
            assert isinstance(message, Replace)
            found.append((message.message_id, message.html))
            await work.outbox.settle([settled(work, one.key)])
    return found + (await edits(database) if found else [])


@pytest.mark.parametrize("publishing", [None, Publishing.NOT_AT_ALL, Publishing.WITHOUT_NAME])
async def test_a_digest_is_edited_when_a_reporter_takes_something_back(
    database: Database, channel: Chat, clock: Clock, publishing: Publishing | None
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    await approved(database, 2)
    clock.now = MOMENT
    await post_due(database, channel)
    await posted(database)
    clock.forward(days=20)
    await take_back(database, 2, publishing=publishing)
    assert await mend(database) == 1
    left = "1 reports" if publishing is not Publishing.WITHOUT_NAME else "2 reports"
    assert await edits(database) == [(1, "05.01-06.01"), (2, left)]
    assert await mend(database) == 0
    assert await edits(database) == []


async def test_what_a_reporter_agrees_to_beyond_changes_no_digest(
    database: Database, channel: Chat, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1, publishing=Publishing.WITHOUT_NAME)
    clock.now = MOMENT
    await post_due(database, channel)
    await posted(database)
    await take_back(database, 1, publishing=Publishing.WITH_NAME)
    assert await mend(database) == 0


async def test_a_page_of_which_nothing_is_left_says_so(database: Database, channel: Chat, clock: Clock) -> None:
    def by_number(digest: Digest) -> Sequence[Say]:
        return [Say(html=f"report {number}") for number in range(1, digest.reports + 1)]

    def paged(work: UnitOfWork) -> DigestDesk:
        return DigestDesk(work, schedule=SIX_IN_THE_EVENING, render=by_number, empty_page=Say(html="empty"))

    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    await approved(database, 2)
    clock.now = MOMENT
    async with database.transaction() as work:
        await paged(work).post_due(channel)
    assert await posted(database) == ["report 1", "report 2"]
    await take_back(database, 1)
    async with database.transaction() as work:
        await paged(work).mend_outdated()
    assert await edits(database) == [(1, "report 1"), (2, "empty")]


async def test_a_page_that_still_waits_is_said_differently_at_once(
    database: Database, channel: Chat, clock: Clock
) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    await approved(database, 2)
    clock.now = MOMENT
    await post_due(database, channel)
    await take_back(database, 2)
    assert await mend(database) == 1
    assert await posted(database) == ["05.01-06.01", "1 reports"]


async def test_a_page_on_its_way_is_edited_once_it_has_arrived(database: Database, channel: Chat, clock: Clock) -> None:
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    clock.now = MOMENT
    await post_due(database, channel)
    async with database.transaction() as work:
        (first,) = await work.outbox.claim_due(until=work.now + LONG, most=1)
    await take_back(database, 1)
    assert await mend(database) == 0
    async with database.transaction() as work:
        await work.outbox.settle([settled(work, first.key, message_id=71)])
    assert await posted(database) == ["1 reports"]
    assert await mend(database) == 1
    assert await edits(database) == [(71, "05.01-06.01"), (1, "0 reports")]


async def test_what_is_taken_back_while_a_digest_is_being_made_is_not_in_it(database: Database, clock: Clock) -> None:
    """It is read, then withdrawn by another process, then marked."""
    clock.now = MOMENT - timedelta(hours=3)
    await approved(database, 1)
    await approved(database, 2)
    async with database.transaction() as work:
        read = await work.reports.to_digest(until=work.now)
    await take_back(database, 1)
    await take_back(database, 2, publishing=Publishing.INITIALS)
    async with database.transaction() as work:
        digest_id = await work.digests.add(work.now - DAY, work.now, reports=2)
        assert digest_id is not None
        marked = await work.reports.mark_digested(digest_id, read)
    assert [(report.report_id, report.publish_as) for report in marked] == [(2, Publishing.INITIALS)]
