"""What counts as lost, wrong, doubled, missing, stuck."""

from typing import Any

from tests.bench.verdict import Verdict, judge

SAID = {"name": "Name-7-1 Аты-7-1", "city": "Village-7-1", "date": "01.02.2020"}


def person(**changed: Any) -> dict[str, Any]:
    return {
        "number": 7,
        "round": 1,
        "said": SAID,
        "acknowledged": sorted(SAID),
        "forgotten": 0,
        "seen_twice": 0,
        "is_done": True,
        **changed,
    }


def test_a_report_that_says_what_was_said_is_right() -> None:
    assert judge([person()], [SAID]) == Verdict(people=1)


def test_words_that_were_written_twice_are_right() -> None:
    assert judge([person()], [{**SAID, "city": "Village-7-1\nVillage-7-1"}]) == Verdict(people=1)


def test_an_answer_that_is_not_there_is_lost_only_if_it_was_acknowledged() -> None:
    report = {"name": SAID["name"], "city": SAID["city"]}
    assert judge([person()], [report]) == Verdict(people=1, lost=1)
    assert judge([person(acknowledged=["name", "city"])], [report]) == Verdict(people=1)


def test_an_answer_under_another_question_is_wrong() -> None:
    assert judge([person()], [{**SAID, "city": SAID["name"]}]) == Verdict(people=1, wrong=1)


def test_a_second_report_is_doubled() -> None:
    assert judge([person()], [SAID, SAID]) == Verdict(people=1, doubled=1)


def test_a_receipt_without_a_report_is_missing() -> None:
    assert judge([person()], []) == Verdict(people=1, missing=1)


def test_who_has_no_receipt_is_stuck() -> None:
    assert judge([person(is_done=False)], []) == Verdict(people=1, stuck=1)


def test_another_persons_report_is_nobodys() -> None:
    other = {"name": "Name-77-1 Аты-77-1"}
    assert judge([person()], [SAID, other]) == Verdict(people=1)
