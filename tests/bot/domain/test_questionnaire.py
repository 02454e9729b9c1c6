from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SUBMIT
from bot.domain.questionnaire import LONGEST_MESSAGE, QUESTIONNAIRE, Choice, Kind, Question, Questionnaire

YES, NO = Choice(key="yes"), Choice(key="no")


def questions(*keys: str) -> tuple[Question, ...]:
    return tuple(Question(key=key, kind=Kind.WORDS) for key in keys)


@pytest.mark.parametrize("kind", [Kind.NAME, Kind.PLACE, Kind.DATE, Kind.WORDS])
def test_a_question_that_has_no_buttons_of_its_own_cannot_have_choices(kind: Kind) -> None:
    with pytest.raises(ValidationError, match=r"question mood: .* do not go together"):
        Question(key="mood", kind=kind, choices=(YES,))


@pytest.mark.parametrize("kind", [Kind.CHARGE, Kind.CHOICES])
def test_a_question_with_buttons_needs_choices(kind: Kind) -> None:
    with pytest.raises(ValidationError, match=r"question mood: .* do not go together"):
        Question(key="mood", kind=kind)


def test_no_choice_can_stand_twice_under_a_question() -> None:
    with pytest.raises(ValidationError, match=r"question mood: choices twice: \['yes'\]"):
        Question(key="mood", kind=Kind.CHOICES, choices=(YES, NO, YES))


@pytest.mark.parametrize("key", ["", "City", "city:1", "1st", "_city", "город", "a" * 17, "two words", "city\n"])
def test_a_question_key_that_cannot_be_packed_into_a_button_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="key"):
        Question(key=key, kind=Kind.WORDS)


@pytest.mark.parametrize("key", ["", "Yes", "yes:1", "1st", "_yes", "да", "a" * 25, "not now", "yes\n"])
def test_a_choice_key_that_cannot_be_packed_into_a_button_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="key"):
        Choice(key=key)


@pytest.mark.parametrize("length", [0, -1, LONGEST_MESSAGE + 1])
def test_an_answer_has_at_least_one_character_and_at_most_a_message(length: int) -> None:
    with pytest.raises(ValidationError, match="max_length"):
        Question(key="mood", kind=Kind.WORDS, max_length=length)


@pytest.mark.parametrize(
    ("kind", "values"),
    [(Question, {"key": "mood", "kind": Kind.WORDS}), (Choice, {"key": "yes"})],
)
def test_a_misspelt_property_is_refused(kind: type[Question | Choice], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="optionnal"):
        kind.model_validate(values | {"optionnal": True})


def test_an_unknown_kind_of_question_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        Question.model_validate({"key": "mood", "kind": "photo"})


def test_no_question_can_stand_twice() -> None:
    with pytest.raises(ValidationError, match="must be unique"):
        Questionnaire(version=1, questions=questions("mood", "city", "mood"))


@pytest.mark.parametrize("step", [CONSENT, REVIEW, PUBLISHING, SUBMIT])
def test_no_question_can_have_the_name_of_another_step(step: str) -> None:
    with pytest.raises(ValidationError, match="none of"):
        Questionnaire(version=1, questions=questions("mood", step))


def test_a_questionnaire_needs_a_question() -> None:
    with pytest.raises(ValidationError, match="questions"):
        Questionnaire(version=1, questions=())


@pytest.mark.parametrize("version", [0, -1])
def test_versions_are_counted_from_one(version: int) -> None:
    with pytest.raises(ValidationError, match="version"):
        Questionnaire(version=version, questions=questions("mood"))


def test_a_questionnaire_cannot_be_changed_once_it_is_built() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        QUESTIONNAIRE.version = 2  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        QUESTIONNAIRE["city"].publishable = False  # type: ignore[misc]


def test_questions_are_found_by_their_keys() -> None:
    two = Questionnaire(version=1, questions=questions("mood", "town"))
    assert two["town"].key == "town"
    assert two.get("town") is two["town"]
    assert "town" in two
    assert two.get("village") is None
    assert "village" not in two
    with pytest.raises(KeyError, match="village"):
        two["village"]


def test_questions_are_kept_in_the_order_they_are_asked() -> None:
    three = Questionnaire(version=1, questions=questions("mood", "town", "age"))
    assert list(three.keys()) == ["mood", "town", "age"]
    assert len(three) == 3


def test_choices_are_found_by_their_keys() -> None:
    question = Question(key="mood", kind=Kind.CHOICES, choices=(YES, NO))
    assert question.choice("no") is NO
    assert question.choice("maybe") is None


def test_the_five_questions_are_asked_in_this_order() -> None:
    assert list(QUESTIONNAIRE.keys()) == ["name", "city", "date", "charge", "conditions"]


def test_how_a_person_is_held_is_never_publishable() -> None:
    published = {question.key for question in QUESTIONNAIRE.questions if question.publishable}
    assert published == {"name", "city", "date", "charge"}


def test_what_cannot_wait_is_urgent() -> None:
    urgent = {choice.key for choice in QUESTIONNAIRE["conditions"].choices if choice.urgent}
    assert urgent == {"whereabouts_unknown", "torture", "sexual_violence", "no_medical_care"}


def test_only_no_complaints_cannot_stand_beside_other_conditions() -> None:
    assert [choice.key for choice in QUESTIONNAIRE["conditions"].choices if choice.alone] == ["no_complaints"]
