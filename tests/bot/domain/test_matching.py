"""How two reports are weighed against each other."""

from datetime import date

import pytest

from bot.domain.matching import Agreement, Comparison, Facts, NameMatch, compare


def compared(one: Facts, other: Facts) -> Comparison:
    return compare(one, other, name=NameMatch.SAME, similarity=1.0)


def days(first: int, last: int) -> Facts:
    return Facts(days=(date(2022, 1, first), date(2022, 1, last)))


@pytest.mark.parametrize(
    ("one", "other", "apart", "score"),
    [
        (days(5, 5), days(5, 5), 0, 75),
        (days(5, 7), days(6, 9), 0, 75),
        (days(5, 5), days(6, 6), 1, 75),
        (days(9, 9), days(5, 6), 3, 70),
        (days(5, 5), days(19, 19), 14, 65),
        (days(5, 5), days(20, 20), 15, 50),
        (days(5, 5), Facts(), None, 60),
    ],
)
def test_days_count_by_how_far_they_are_apart(one: Facts, other: Facts, apart: int | None, score: int) -> None:
    for found in (compared(one, other), compared(other, one)):
        assert (found.days_apart, found.score) == (apart, score)


@pytest.mark.parametrize(
    ("one", "other", "birth"),
    [
        (Facts(born=(1987, 1987)), Facts(born=(1987, 1988)), Agreement.SAME),
        (Facts(born=(1987, 1987)), Facts(born=(1988, 1988)), Agreement.SAME),
        (Facts(born=(1987, 1987)), Facts(born=(1989, 1990)), Agreement.OTHER),
        (Facts(age="minor"), Facts(age="adult"), Agreement.OTHER),
        (Facts(age="adult"), Facts(age="adult"), Agreement.UNKNOWN),
        (Facts(born=(1987, 1987)), Facts(), Agreement.UNKNOWN),
    ],
)
def test_births_agree_where_one_year_fits_both(one: Facts, other: Facts, birth: Agreement) -> None:
    assert compared(one, other).birth is compared(other, one).birth is birth


def test_what_differs_weighs_more_than_what_is_not_known_and_less_than_nothing() -> None:
    same, unknown, other = (compared(Facts(city="almaty"), Facts(city=city)) for city in ("almaty", None, "semey"))
    assert (same.score, unknown.score, other.score) == (75, 60, 50)
    one = Facts(born=(1987, 1987))
    assert [compared(one, Facts(born=born)).score for born in ((1987, 1987), None, (1995, 1995))] == [70, 60, 35]
