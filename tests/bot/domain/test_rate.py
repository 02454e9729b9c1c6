from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rate import NO_LIMIT, Rate

SECOND_US = 1_000_000
RATES = st.builds(Rate, burst=st.integers(1, 50), seconds=st.sampled_from([1, 3, 60]))
STEPS = st.lists(
    st.tuples(st.integers(0, 2 * SECOND_US), st.integers(1, 60)),
    min_size=1,
    max_size=60,
)
"""Whoever asks, asks after so many microseconds, for so many."""


def granted_at(rate: Rate, steps: list[tuple[int, int]]) -> list[int]:
    """Return the moments at which something was granted, one for each that was."""
    moments: list[int] = []
    free_at_us = now_us = 0
    for wait_us, want in steps:
        now_us += wait_us
        granted, free_at_us = rate.grant(want, free_at_us=free_at_us, now_us=now_us)
        assert 0 <= granted <= want
        moments += [now_us] * granted
    return moments


def test_a_whole_burst_may_be_done_at_once_and_nothing_more() -> None:
    rate = Rate(3)
    granted, free_at_us = rate.grant(10, free_at_us=0, now_us=5)
    assert granted == 3
    assert rate.grant(1, free_at_us=free_at_us, now_us=5) == (0, free_at_us)


@pytest.mark.parametrize("rate", [Rate(30), Rate(7), Rate(20, seconds=60), Rate(3, seconds=3), Rate(1)])
def test_a_burst_may_be_taken_bit_by_bit(rate: Rate) -> None:
    for size in range(1, rate.burst + 1):
        free_at_us = taken = 0
        while taken + size <= rate.burst:
            granted, free_at_us = rate.grant(size, free_at_us=free_at_us, now_us=0)
            assert granted == size
            taken += granted
        assert rate.grant(rate.burst, free_at_us=free_at_us, now_us=0)[0] == rate.burst - taken


def test_after_a_burst_it_goes_on_evenly() -> None:
    rate = Rate(4, seconds=2)
    _, free_at_us = rate.grant(4, free_at_us=0, now_us=0)
    assert free_at_us == 2 * SECOND_US
    moments = granted_at(rate, [(0, 4), *[(100_000, 4)] * 30])
    assert moments[:4] == [0] * 4
    assert {later - earlier for earlier, later in pairwise(moments[3:])} == {SECOND_US // 2}


def test_after_a_pause_there_is_one_burst_and_not_two() -> None:
    assert granted_at(Rate(3), [(0, 9), (3600 * SECOND_US, 9)]) == [0] * 3 + [3600 * SECOND_US] * 3


def test_a_clock_that_steps_back_grants_nothing_more() -> None:
    rate = Rate(3)
    _, free_at_us = rate.grant(3, free_at_us=0, now_us=10 * SECOND_US)
    assert rate.grant(3, free_at_us=free_at_us, now_us=0) == (0, free_at_us)


def test_without_a_limit_everything_may_be_done_and_nothing_is_kept_in_mind() -> None:
    assert not NO_LIMIT.is_limited
    assert NO_LIMIT.grant(1000, free_at_us=7, now_us=0) == (1000, 7)
    assert NO_LIMIT.wait_us(free_at_us=10**15, now_us=0) == 0


@given(RATES, STEPS)
def test_one_may_be_done_once_the_wait_is_over_and_not_before(rate: Rate, steps: list[tuple[int, int]]) -> None:
    free_at_us = now_us = 0
    for pause_us, want in steps:
        now_us += pause_us
        _, free_at_us = rate.grant(want, free_at_us=free_at_us, now_us=now_us)
    wait_us = rate.wait_us(free_at_us=free_at_us, now_us=now_us)
    assert rate.grant(1, free_at_us=free_at_us, now_us=now_us + wait_us + 1)[0] == 1
    if wait_us:
        assert rate.grant(1, free_at_us=free_at_us, now_us=now_us + wait_us - 2)[0] == 0


@given(RATES, STEPS)
def test_in_any_span_there_is_one_burst_and_what_the_span_adds(rate: Rate, steps: list[tuple[int, int]]) -> None:
    moments = granted_at(rate, steps)
    for number, start in enumerate(moments):
        for count, end in enumerate(moments[number:], start=1):
            grown = (end - start) * rate.burst / (rate.seconds * SECOND_US)
            assert count <= rate.burst + grown + 0.02


@given(st.integers(1, 100), st.sampled_from([1, 3, 60]), STEPS)
def test_within_a_limit_there_is_never_more_than_that_in_any_span_of_its_seconds(
    limit: int, seconds: int, steps: list[tuple[int, int]]
) -> None:
    moments = granted_at(Rate.within(limit, seconds), steps)
    for first, last in zip(moments, moments[limit:], strict=False):
        assert last - first >= 0.99 * seconds * SECOND_US


@pytest.mark.parametrize(("limit", "seconds", "burst"), [(30, 1, 5), (20, 60, 3), (1, 1, 1), (2, 1, 1), (6, 1, 1)])
def test_within_a_limit_a_few_may_be_done_at_once_and_most_of_it_over_time(
    limit: int, seconds: int, burst: int
) -> None:
    rate = Rate.within(limit, seconds)
    assert rate.burst == burst
    spans, steps = 36, 100
    done = len(granted_at(rate, [(seconds * SECOND_US // steps, limit)] * spans * steps))
    evenly = limit - burst or limit
    assert 0.95 * spans * evenly <= done <= spans * evenly + burst


def test_within_a_limit_of_0_everything_may_be_done() -> None:
    assert not Rate.within(0, 1).is_limited
