import inspect

import pytest

from bot.domain import errors
from bot.domain.errors import (
    CancelPending,
    DomainError,
    Holding,
    Misreading,
    NotChanged,
    NotUnderstood,
    NotYours,
    QueueEmpty,
    StaleButton,
    TooEarly,
)

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_a_person_is_told_kindly_is_caught_by_one_name(kind: type[Exception]) -> None:
    assert issubclass(kind, DomainError)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_is_wrong(kind: type[Exception]) -> None:
    assert (kind.__doc__ or "").rstrip().endswith(".")


def test_errors_carry_what_the_answer_needs() -> None:
    assert StaleButton(screens_ago=3).screens_ago == 3
    assert QueueEmpty(claimed_by_others=2).claimed_by_others == 2
    assert NotUnderstood(Misreading.TOO_LONG, limit=200).limit == 200
    assert NotYours(7, Holding.CLAIMED, "Dana").holder == "Dana"
    too_long = NotUnderstood(Misreading.TOO_LONG, limit=200)
    not_changed = NotChanged("city", too_long)
    assert (not_changed.question, not_changed.problem) == ("city", too_long)


def test_words_that_wait_for_a_button_are_not_mistaken_for_words_not_understood() -> None:
    assert not issubclass(NotChanged, NotUnderstood)
    assert not issubclass(CancelPending, StaleButton | NotUnderstood)
    assert not issubclass(TooEarly, StaleButton | NotUnderstood | NotChanged)


def test_where_a_report_stands_is_told_in_eight_ways() -> None:
    assert [holding.value for holding in Holding] == [
        "approved",
        "rejected",
        "withdrawn",
        "claimed",
        "waiting",
        "yours_already",
        "old_card",
        "seen",
    ]


def test_errors_of_equal_content_are_still_different_errors() -> None:
    one, other = NotUnderstood(Misreading.EMPTY), NotUnderstood(Misreading.EMPTY)
    assert one != other
    assert len({one, other}) == 2
