"""The further questions: what they may ask, and an interview that goes through them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.answer import Answer, Reading
from bot.domain.consent import Consent, Publishing
from bot.domain.errors import NothingChosen, StaleButton
from bot.domain.further_questions import ALL_QUESTIONS, FURTHER_QUESTIONS, find_question
from bot.domain.interview import REVIEW, SUBMIT, Interview
from bot.domain.press import Action, Press, carry_out
from bot.domain.questionnaire import QUESTIONNAIRE, Choice, Condition, Kind, Question, Questionnaire
from bot.domain.report import Report, is_hard, is_urgent
from tests.bot.domain.support import an_answer, said
from tests.storage.support import START

KEYS = FURTHER_QUESTIONS.keys()
NEVER = ("iin", "passport", "document", "address", "birth_date", "phone")
"""What a record of a detention never asks for (shared data, intake_fields.csv)."""


def further(**answers: Answer) -> Interview:
    return Interview.further(17, screen=3, answers=answers)


def report(**answers: Answer) -> Report:
    return Report(
        report_id=17,
        revision=1,
        questionnaire_version=3,
        consent=Consent(version=2, sharing=True, publishing=Publishing.INITIALS),
        language="kk",
        submitted_at=START,
        urgent=False,
        answers=answers,
    )


def test_every_key_is_found_and_none_stands_in_both_parts() -> None:
    keys = [question.key for question in ALL_QUESTIONS]
    assert keys == [*QUESTIONNAIRE.keys(), *KEYS]
    assert len(set(keys)) == len(keys)
    assert [find_question(key) for key in keys] == list(ALL_QUESTIONS)
    assert find_question("long_gone") is None
    assert not set(NEVER) & set(keys)


def test_only_the_way_to_the_reporter_is_kept_apart() -> None:
    assert [question.key for question in ALL_QUESTIONS if question.kept_apart] == ["contact"]
    assert not any(question.publishable for question in FURTHER_QUESTIONS.questions)


def test_the_further_questions_begin_at_the_first_that_has_no_answer() -> None:
    assert further().step == KEYS[0]
    assert further(status=Answer.unknown(), name=said("Асель")).step == KEYS[1]
    assert further(status=Answer.unknown(), name=said("Асель")).answers == {"status": Answer.unknown()}
    everything = {key: Answer.unknown() for key in KEYS}
    assert further(**everything).step == REVIEW


def test_the_road_ends_at_the_review() -> None:
    interview = further()
    for key in KEYS:
        assert interview.step == key
        question = FURTHER_QUESTIONS[key]
        interview = interview.answered(said("so") if question.kind is Kind.WORDS else Answer.unknown())
    assert interview.step == REVIEW
    assert list(interview.in_order()) == list(KEYS)
    with pytest.raises(StaleButton):
        interview.reviewed()


@pytest.mark.parametrize(
    ("status", "left_out"), [("released", {"held_at"}), ("died", {"held_at", "medical", "lawyer"})]
)
def test_what_makes_no_sense_is_not_asked(status: str, left_out: set[str]) -> None:
    interview = further().answered(Answer.pressed(value=status))
    assert set(KEYS) - set(interview.path) == left_out
    assert interview.step not in left_out


def test_an_answer_that_makes_no_sense_any_more_is_dropped() -> None:
    everything = {key: Answer.unknown() for key in KEYS} | {"held_at": said("в СИЗО")}
    changed = further(**everything).edit("status").answered(Answer.pressed(value="released"))
    assert changed.step == REVIEW
    assert "held_at" not in changed.answers
    assert "held_at" in further(**everything).edit("status").answered(Answer.pressed(value="held")).answers


@pytest.mark.parametrize("key", [key for key in KEYS if FURTHER_QUESTIONS[key].kind in {Kind.ONE, Kind.AGE}])
def test_one_tap_answers_a_question_of_one_choice(key: str) -> None:
    at = Interview(screen=5, step=key, report_id=17)
    choice = FURTHER_QUESTIONS[key].choices[0].key
    after = carry_out(at, Press(5, Action.PICK, choice))
    assert after.answers[key] == Answer.pressed(value=choice)
    assert after.step != key
    with pytest.raises(StaleButton):
        carry_out(at, Press(5, Action.PICK, "forged"))


def test_a_question_of_the_first_part_is_none_of_the_further_ones() -> None:
    with pytest.raises(StaleButton):
        further(**{key: Answer.unknown() for key in KEYS}).edit("name")


@pytest.mark.parametrize(
    ("answers", "urgent", "hard"),
    [
        ({"status": Answer.pressed(value="hospital")}, True, False),
        ({"status": Answer.pressed(value="died")}, True, True),
        ({"status": Answer.pressed(value="held")}, False, False),
        ({"age": Answer.pressed(value="minor")}, True, False),
        ({"age": Answer.pressed(value="adult")}, False, False),
        ({"medical": Answer.pressed(choices=["medicine"])}, True, False),
        ({"medical": Answer.pressed(choices=["no_needs"])}, False, False),
        ({"medical": said("нужен инсулин")}, True, False),
        ({"medical": Answer.unknown()}, False, False),
        ({"conditions": Answer.pressed(choices=["beating"])}, False, True),
        ({"steps": said("писали в прокуратуру")}, False, False),
    ],
)
def test_what_is_urgent_and_what_is_hard_to_tell(answers: dict[str, Answer], *, urgent: bool, hard: bool) -> None:
    assert (is_urgent(answers), is_hard(answers)) == (urgent, hard)


def test_a_condition_must_be_of_an_earlier_question_and_of_its_choices() -> None:
    condition = Condition(question="mood", choices=frozenset({"good"}))
    asked = Question(key="why", kind=Kind.WORDS, ask_unless=condition)
    mood = Question(key="mood", kind=Kind.ONE, choices=(Choice(key="good"),))
    assert Questionnaire(version=1, questions=(mood, asked))
    for wrong in [(asked, mood), (asked,), (mood.model_copy(update={"choices": (Choice(key="bad"),)}), asked)]:
        with pytest.raises(ValidationError, match="its condition is of no earlier"):
            Questionnaire(version=1, questions=wrong)


# Another person


def test_another_person_keeps_consent_and_is_offered_city_and_date() -> None:
    first = report(name=said("Асель"), city=Answer.pressed(value="almaty"), date=Answer.pressed(value="2022-01-05"))
    another = Interview.another(first, screen=9)
    assert (another.step, another.answers, another.sharing, another.publishing) == (
        "name",
        {},
        True,
        Publishing.INITIALS,
    )
    assert another.another_after == 17
    city = another.answered(said("Серік"))
    assert city.suggestion == Reading(value="almaty")
    taken = carry_out(city, Press(city.screen, Action.BEFORE))
    assert taken.answers["city"] == Answer(reading=Reading(value="almaty"))
    assert not taken.tells_of_the_same_event
    taken = carry_out(taken, Press(taken.screen, Action.BEFORE))
    assert taken.tells_of_the_same_event
    with pytest.raises(StaleButton):
        carry_out(taken, Press(taken.screen, Action.BEFORE))
    for _ in ("charge", "conditions"):
        taken = taken.answered(Answer.unknown())
    assert taken.step == REVIEW
    assert taken.reviewed().step == SUBMIT
    assert taken.reviewed().back().back().back().step == REVIEW


@pytest.mark.parametrize("city", ["shymkent", None])
def test_people_detained_elsewhere_were_not_detained_together(city: str | None) -> None:
    another = Interview.another(report(city=Answer.pressed(value="almaty")), screen=9).answered(said("Серік"))
    answer = Answer.pressed(value=city) if city else Answer.skipped()
    assert not another.answered(answer).tells_of_the_same_event


def test_where_nothing_was_understood_nothing_is_suggested() -> None:
    another = Interview.another(report(city=said("у нас"), date=Answer.unknown()), screen=9)
    assert another.suggestions == {}
    assert not another.tells_of_the_same_event


def test_of_several_people_told_of_together_the_first_is_named() -> None:
    second = report().model_copy(update={"together_with": 12})
    assert Interview.another(second, screen=1).another_after == 12


# Any way through either part ends at a review with answers that fit together


STEPS = st.lists(st.tuples(st.sampled_from(Action), st.integers(0, 30)), max_size=60)


def press_of(interview: Interview, action: Action, number: int) -> Press:
    """Return a press that may fit the screen: its value is one that the question has."""
    question = interview.question
    choices = [choice.key for choice in question.choices] if question else []
    values = {
        Action.DATE: ["2022-01-05", "2022-01-06"],
        Action.EDIT: list(interview.path),
        Action.SHARE: ["yes", "no"],
        Action.PUBLISH: [choice.value for choice in Publishing],
    }.get(action, choices)
    return Press(interview.screen, action, values[number % len(values)] if values else "")


@pytest.mark.parametrize("start", [Interview(screen=1), Interview.further(17, screen=1, answers={})])
@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_any_presses_lead_to_a_review_with_answers_that_fit_together(
    start: Interview, steps: list[tuple[Action, int]]
) -> None:
    interview = start
    for action, number in steps:
        before = interview
        try:
            interview = carry_out(interview, press_of(interview, action, number))
        except (StaleButton, NothingChosen):
            assert interview == before
        assert set(interview.answers) <= set(interview.path)
        assert Interview.model_validate_json(interview.model_dump_json()) == interview
    taps = 0
    while interview.step not in {REVIEW, SUBMIT, "sharing", "publishing"}:
        if interview.has_begun_choices:
            interview = interview.closed_choices()
        elif interview.question is None:
            interview = interview.agreed()
        else:
            interview = interview.answered(an_answer(interview.step))
        taps += 1
        assert taps <= len(interview.questionnaire) + 1
    while interview.step != REVIEW:
        interview = interview.back()
    assert set(interview.answers) == set(interview.path)
    assert list(interview.in_order()) == list(interview.path)
