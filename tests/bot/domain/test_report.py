from datetime import UTC, datetime

import pytest

from bot.domain.answer import Answer
from bot.domain.consent import Consent, Publishing, Use
from bot.domain.questionnaire import QUESTIONNAIRE, Choice
from bot.domain.report import Decision, RejectionReason, Report, is_urgent
from tests.bot.domain.support import said

CONDITIONS = QUESTIONNAIRE["conditions"].choices


@pytest.mark.parametrize("choice", CONDITIONS, ids=lambda choice: choice.key)
def test_a_report_is_urgent_where_a_chosen_condition_is(choice: Choice) -> None:
    assert is_urgent({"conditions": Answer.pressed(choices=[choice.key])}) is choice.urgent


def test_one_urgent_condition_among_many_is_enough() -> None:
    assert is_urgent({"conditions": Answer.pressed(choices=[choice.key for choice in CONDITIONS])})


@pytest.mark.parametrize("answer", [Answer.skipped(), Answer.unknown(), said("torture")])
def test_without_a_chosen_condition_nothing_is_urgent(answer: Answer) -> None:
    assert not is_urgent({"name": said("Asel"), "conditions": answer})


def test_no_answers_at_all_are_not_urgent() -> None:
    assert not is_urgent({})


def test_a_condition_of_another_version_of_the_questionnaire_is_not_urgent() -> None:
    assert not is_urgent({"conditions": Answer.pressed(choices=["long_gone"])})


def test_the_key_of_a_condition_under_another_question_is_not_urgent() -> None:
    assert not is_urgent({"city": Answer.pressed(choices=["torture"])})


def test_what_reports_store_about_decisions_keeps_its_spelling() -> None:
    assert [decision.value for decision in Decision] == ["approved", "rejected", "withdrawn"]
    assert [reason.value for reason in RejectionReason] == [
        "too_little",
        "duplicate",
        "not_a_detention",
        "abuse",
        "other",
    ]


def submitted(publishing: Publishing) -> Report:
    return Report(
        report_id=17,
        revision=1,
        questionnaire_version=1,
        consent=Consent(version=1, sharing=False, publishing=publishing),
        language="ru",
        submitted_at=datetime(2022, 1, 6, 8, 20, tzinfo=UTC),
        urgent=False,
        answers={},
    )


@pytest.mark.parametrize("publishing", Publishing)
def test_nothing_is_published_and_nothing_is_decided_by_what_the_reporter_agreed_to_alone(
    publishing: Publishing,
) -> None:
    report = submitted(publishing)
    assert report.consent.publishing is publishing
    assert report.publish_as is None
    assert (report.decision, report.decided_at, report.reason, report.reason_words) == (None, None, None, None)


def test_what_is_published_and_why_a_report_was_rejected_are_read_from_what_is_stored() -> None:
    stored = submitted(Publishing.WITH_NAME).model_dump() | {"publish_as": "without_name", "reason": "other"}
    report = Report.model_validate(stored)
    assert report.consent.publishing is Publishing.WITH_NAME
    assert report.publish_as is Publishing.WITHOUT_NAME
    assert report.reason is RejectionReason.OTHER


@pytest.mark.parametrize("publish_as", [None, *Publishing])
def test_nothing_is_published_that_no_coordinator_approved(publish_as: Publishing | None) -> None:
    report = submitted(Publishing.INITIALS).model_copy(update={"publish_as": publish_as})
    shows = {use for use in (Use.PUBLISH_NAME, Use.PUBLISH_INITIALS, Use.COUNT) if report.may(use)}
    assert (
        shows
        == {
            None: set(),
            Publishing.WITH_NAME: {Use.PUBLISH_INITIALS, Use.COUNT},
            Publishing.INITIALS: {Use.PUBLISH_INITIALS, Use.COUNT},
            Publishing.WITHOUT_NAME: {Use.COUNT},
            Publishing.NOT_AT_ALL: set(),
        }[publish_as]
    )
    assert report.may(Use.CHECK)
    assert not report.may(Use.PASSING_ON)
