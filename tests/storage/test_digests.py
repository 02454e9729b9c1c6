from datetime import timedelta

from storage.database import Database
from storage.location import Location
from tests.storage.support import START, sql

DAY = timedelta(days=1)


async def test_before_the_first_digest_no_period_has_ended(database: Database) -> None:
    async with database.transaction() as work:
        assert await work.digests.last_period_end() is None


async def test_the_last_period_is_the_latest_whatever_order_they_were_added_in(database: Database) -> None:
    async with database.transaction() as work:
        await work.digests.add(START + DAY, START + 2 * DAY, reports=3)
        await work.digests.add(START, START + DAY, reports=1)
        assert await work.digests.last_period_end() == START + 2 * DAY


async def test_a_period_gets_one_digest(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        first = await work.digests.add(START, START + DAY, reports=3)
        assert await work.digests.add(START, START + DAY, reports=5) is None
        assert await work.digests.add(START, START + 2 * DAY, reports=5) is None
        following = await work.digests.add(START + DAY, START + 2 * DAY, reports=5)
    assert first is not None
    assert following is not None
    rows = "SELECT id, kind, reports, period_end_ms - period_start_ms, made_at_ms FROM digests ORDER BY id"
    day_ms, now_ms = 24 * 60 * 60 * 1000, int(START.timestamp() * 1000)
    assert sql(location, rows) == [(first, "daily", 3, day_ms, now_ms), (following, "daily", 5, day_ms, now_ms)]
