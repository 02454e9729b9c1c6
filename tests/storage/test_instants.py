from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.instants import from_ms, from_ms_or_none, to_ms

ZONES = st.builds(timezone, st.timedeltas(min_value=timedelta(hours=-14), max_value=timedelta(hours=14)))
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
MILLISECONDS = st.integers(min_value=-(2**42), max_value=2**42)


@given(MILLISECONDS)
def test_milliseconds_come_back_as_they_went(milliseconds: int) -> None:
    assert to_ms(from_ms(milliseconds)) == milliseconds


@given(MOMENTS)
def test_a_moment_of_any_zone_comes_back_the_same_to_the_millisecond_and_in_utc(moment: datetime) -> None:
    back = from_ms(to_ms(moment))
    assert back.tzinfo is UTC
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_what_was_later_is_never_stored_as_earlier(one: datetime, other: datetime) -> None:
    earlier, later = sorted([one, other])
    assert to_ms(earlier) <= to_ms(later)


def test_the_first_of_january_1970_is_zero() -> None:
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC)) == 0


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ms(datetime(2022, 1, 6, 12, 0))  # noqa: DTZ001  the mistake under test


def test_a_moment_that_has_not_come_is_none() -> None:
    assert from_ms_or_none(None) is None


def test_zero_milliseconds_is_a_moment_that_has_come() -> None:
    assert from_ms_or_none(0) == datetime(1970, 1, 1, tzinfo=UTC)
