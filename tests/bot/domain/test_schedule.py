from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.schedule import DailyAt, Daytime

# Their clocks change at 02:00, at midnight, by half an hour, in the other half of the year, once (Almaty), or never.
ZONES = [
    "Asia/Almaty",
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
]
SCHEDULES = st.builds(
    DailyAt,
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive


def _changes_its_clocks(zone: ZoneInfo, day: datetime) -> bool:
    return day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset()


_DAYS = [datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(365 * 3)]
CHANGES = [(zone, day) for zone in map(ZoneInfo, ZONES) for day in _DAYS if _changes_its_clocks(zone, day)]


@st.composite
def near_a_change_of_clocks(draw: st.DrawFn) -> tuple[DailyAt, datetime]:
    """Draw a schedule, and a moment within a day and a half of a change of its zone's clocks."""
    zone, day = draw(st.sampled_from(CHANGES))
    moment = day + timedelta(minutes=draw(st.integers(-720, 2160)))
    at = time(draw(st.sampled_from([0, 1, 2, 3, 23])), draw(st.sampled_from([0, 1, 30, 59])))
    return DailyAt(at, zone), moment


def check(daily: DailyAt, moment: datetime) -> None:
    before, after = daily.last_before(moment), daily.next_after(moment)
    assert before <= moment < after
    assert daily.next_after(before) == after
    assert daily.last_before(after) == after
    assert daily.last_before(after - timedelta.resolution) == before
    assert timedelta(hours=22) <= after - before <= timedelta(hours=26)


@settings(deadline=None, max_examples=200)
@given(SCHEDULES, MOMENTS)
def test_periods_touch_and_never_overlap(daily: DailyAt, moment: datetime) -> None:
    check(daily, moment)


@settings(deadline=None, max_examples=200)
@given(near_a_change_of_clocks())
def test_periods_touch_when_the_clocks_change(case: tuple[DailyAt, datetime]) -> None:
    check(*case)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("at", [time(2, 30), time(23, 59)], ids=str)
def test_two_years_have_one_digest_for_every_local_day(name: str, at: time) -> None:
    daily = DailyAt(at, ZoneInfo(name))
    moment = datetime(2022, 6, 1, 12, tzinfo=UTC)
    seen = []
    for _ in range(2 * 365):
        moment = daily.next_after(moment)
        seen.append(moment.astimezone(daily.zone).date())
    assert seen == [seen[0] + timedelta(days=day) for day in range(2 * 365)]


def test_a_moment_on_the_dot_ends_one_period_and_begins_the_next() -> None:
    daily = DailyAt(time(20, 0), ZoneInfo("Asia/Almaty"))
    dot = datetime(2022, 1, 6, 14, 0, tzinfo=UTC)  # 20:00 in Almaty, then six hours ahead of UTC
    assert daily.last_before(dot) == dot
    assert daily.next_after(dot) == dot + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "at", "after", "expected"),
    [
        # 02:30 does not exist on 27 March 2022 in Berlin: it is the moment 02:30 would have been, 03:30 there.
        ("Europe/Berlin", time(2, 30), "2022-03-26T12:00+00:00", ["2022-03-27T01:30", "2022-03-28T00:30"]),
        # 02:30 comes twice on 30 October 2022: the first one counts.
        ("Europe/Berlin", time(2, 30), "2022-10-29T12:00+00:00", ["2022-10-30T00:30", "2022-10-31T01:30"]),
        # Almaty went from UTC+6 to UTC+5 at the end of 29 February 2024.
        ("Asia/Almaty", time(20, 0), "2024-02-29T00:00+00:00", ["2024-02-29T14:00", "2024-03-01T15:00"]),
    ],
)
def test_the_local_time_holds_over_a_change_of_clocks(zone: str, at: time, after: str, expected: list[str]) -> None:
    daily = DailyAt(at, ZoneInfo(zone))
    moment = datetime.fromisoformat(after)
    for day in expected:
        moment = daily.next_after(moment)
        assert moment.isoformat(timespec="minutes") == f"{day}+00:00"


@pytest.mark.parametrize(
    ("local", "next_day"),
    [
        ("2022-01-06T08:59:59", "2022-01-06T09:00"),
        ("2022-01-06T09:00", None),
        ("2022-01-06T20:59:59", None),
        ("2022-01-06T21:00", "2022-01-07T09:00"),
        ("2022-01-06T23:59", "2022-01-07T09:00"),
        ("2022-01-06T00:00", "2022-01-06T09:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Almaty", "America/St_Johns"])
def test_nobody_is_written_to_at_night_unasked(zone: str, local: str, next_day: str | None) -> None:
    daytime = Daytime(ZoneInfo(zone))
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    morning = datetime.fromisoformat(next_day or local).replace(tzinfo=ZoneInfo(zone))
    assert daytime.holds(moment) == (next_day is None)
    assert daytime.earliest(moment) == morning


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), moment=MOMENTS)
def test_the_next_day_is_never_far(zone: str, moment: datetime) -> None:
    daytime = Daytime(ZoneInfo(zone))
    earliest = daytime.earliest(moment)
    assert daytime.holds(earliest)
    assert timedelta(0) <= earliest - moment <= timedelta(hours=14)
