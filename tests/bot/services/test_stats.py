"""The figures of moderation: by local days, on both engines, with nobody's withdrawal counted as a decision."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.services.stats import Load, ModerationStats, StatsDesk
from storage.database import Database
from storage.instants import to_ms
from storage.location import Location
from storage.stats import Times
from tests.storage.support import START, Clock, insert

ALMATY = ZoneInfo("Asia/Almaty")
REPORTER = "a" * 32
TODAY = START.astimezone(ALMATY).date()


class Past:
    """Writes reports straight into the tables, and reads the figures."""

    def __init__(self, location: Location, database: Database) -> None:
        self._location = location
        self._database = database
        self._reports = 0
        insert(
            location,
            "chats",
            chat_key=REPORTER,
            wrapped_key=b"k",
            sealed_telegram_id=b"s",
            language="ru",
            created_at_ms=1,
        )

    async def coordinator(self, telegram_id: int, name: str | None) -> str:
        async with self._database.transaction() as work:
            chat = await work.chats.meet(telegram_id, language="ru")
            if name is not None:
                await work.chats.rename(chat, name)
            return chat.key

    def report(
        self, at: datetime, *, after: timedelta | None = None, by: str | None = None, decision: str = "approved"
    ) -> None:
        """Add a report; `after` it was decided."""
        self._reports += 1
        number = self._reports
        sealed: dict[str, Any] = {"sealed_receipt": b"s", "wrapped_key": b"k"}
        if decision == "withdrawn":
            sealed = {}
        decided: dict[str, Any] = {"queued_at_ms": to_ms(at)}
        if after is not None:
            publish_as = "with_name" if decision == "approved" else None
            decided = {
                "decision": decision,
                "publish_as": publish_as,
                "decided_by": by,
                "decided_at_ms": to_ms(at + after),
            }
        insert(
            self._location,
            "reports",
            origin=f"o{number}",
            receipt_key=f"r{number}",
            chat_key=REPORTER,
            questionnaire_version=1,
            consent_version=1,
            language="ru",
            publishing="with_name",
            urgent=0,
            revision=1,
            submitted_at_ms=to_ms(at),
            **sealed,
            **decided,
        )

    async def stats(self, *, days: int = 3, zone: ZoneInfo = ALMATY) -> ModerationStats:
        async with self._database.snapshot() as work:
            return await StatsDesk(work, zone=zone).read(days=days)


@pytest.fixture
def past(location: Location, database: Database) -> Past:
    return Past(location, database)


def local(days_ago: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the local day so many days ago."""
    day = TODAY - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ALMATY)


async def test_where_nothing_came_there_is_nothing_to_say(past: Past) -> None:
    stats = await past.stats()
    assert [day.day for day in stats.days] == [TODAY - timedelta(days=back) for back in (2, 1, 0)]
    assert (stats.submitted, stats.times, stats.waiting, stats.loads) == (0, Times(0), 0, [])


async def test_days_are_local_ones_and_what_waits_is_counted_at_the_end_of_each(past: Past) -> None:
    dana = await past.coordinator(101, "Dana")
    past.report(local(5, 12))  # waits since before
    past.report(local(2, 23, 59), after=timedelta(minutes=2), by=dana)  # decided on the next day
    past.report(local(1, 0))
    past.report(local(1, 12), after=timedelta(hours=1), by=dana, decision="rejected")
    past.report(local(9, 12), after=timedelta(hours=1), by=dana)  # long done with
    stats = await past.stats()
    assert [(day.submitted, day.times.decided, day.waiting) for day in stats.days] == [(1, 0, 2), (2, 2, 2), (0, 0, 2)]
    assert (stats.submitted, stats.times.decided, stats.waiting) == (3, 2, 2)


async def test_what_its_reporter_took_back_leaves_the_queue_and_is_nobodys_decision(past: Past) -> None:
    past.report(local(2, 12), after=timedelta(days=1), by=REPORTER, decision="withdrawn")
    stats = await past.stats()
    assert [(day.submitted, day.times, day.waiting) for day in stats.days] == [
        (1, Times(0), 1),
        (0, Times(0), 0),
        (0, Times(0), 0),
    ]
    assert stats.loads == []


@pytest.mark.parametrize(
    ("minutes", "median", "p95"),
    [([7], 7, 7), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), (range(1, 101), 50, 95), (range(1, 21), 10, 19)],
)
async def test_percentiles_are_by_the_nearest_rank(past: Past, minutes: list[int], median: int, p95: int) -> None:
    dana = await past.coordinator(101, "Dana")
    for took in minutes:
        past.report(local(1, 10), after=timedelta(minutes=took), by=dana)
    expected = Times(len(minutes), timedelta(minutes=median), timedelta(minutes=p95))
    stats = await past.stats()
    assert (stats.days[1].times, stats.times) == (expected, expected)


async def test_who_decided_most_comes_first(past: Past) -> None:
    dana, askar = await past.coordinator(101, "Дана"), await past.coordinator(102, None)
    for by, decided in ((dana, 1), (askar, 2)):
        for _ in range(decided):
            past.report(local(1, 10), after=timedelta(minutes=1), by=by)
    past.report(local(30, 10), after=timedelta(minutes=1), by=dana)
    assert (await past.stats()).loads == [Load(None, 2), Load("Дана", 1)]


async def test_a_day_on_which_clocks_are_changed_is_as_long_as_it_is(past: Past, clock: Clock) -> None:
    clock.now = datetime(2022, 3, 28, 10, tzinfo=UTC)
    past.report(datetime(2022, 3, 26, 23, 30, tzinfo=UTC))  # 00:30 in Berlin on the short day
    past.report(datetime(2022, 3, 27, 21, 30, tzinfo=UTC))  # 23:30 of the same day
    past.report(datetime(2022, 3, 27, 22, 0, tzinfo=UTC))  # midnight
    stats = await past.stats(days=2, zone=ZoneInfo("Europe/Berlin"))
    assert [(day.day, day.submitted) for day in stats.days] == [(date(2022, 3, 27), 2), (date(2022, 3, 28), 1)]
