from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.answer import Answer, Words
from bot.domain.consent import Publishing
from bot.domain.errors import NothingChosen, StaleButton
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SHARING, SUBMIT, Interview
from bot.domain.questionnaire import QUESTIONNAIRE, Kind
from bot.domain.shown import Shown
from tests.bot.domain.support import (
    ANSWERS,
    FIRST_SCREEN,
    QUESTIONS,
    STEPS,
    an_answer,
    editing,
    interview_at,
    one_on,
    said,
)

FIRST, LAST = QUESTIONS[0], QUESTIONS[-1]
MANY = "conditions"
CONDITIONS = tuple(choice.key for choice in QUESTIONNAIRE[MANY].choices)
ALONE = next(choice.key for choice in QUESTIONNAIRE[MANY].choices if choice.alone)
TOGETHER = tuple(key for key in CONDITIONS if key != ALONE)


def test_the_road_is_consent_every_question_review_sharing_publishing_submit() -> None:
    interview = Interview(screen=FIRST_SCREEN)
    steps = [interview.step]
    while interview.step != SUBMIT:
        interview = one_on(interview)
        steps.append(interview.step)
    assert steps == [CONSENT, *QUESTIONS, REVIEW, SHARING, PUBLISHING, SUBMIT]
    assert interview.answers == ANSWERS
    assert interview.publishing is Publishing.WITHOUT_NAME


def test_every_change_of_step_gives_the_screen_the_next_number() -> None:
    screens = [interview_at(step).screen for step in STEPS]
    assert screens == list(range(FIRST_SCREEN, FIRST_SCREEN + len(STEPS)))


@pytest.mark.parametrize("step", STEPS)
def test_a_question_is_asked_on_its_own_step_only(step: str) -> None:
    question = interview_at(step).question
    assert (question.key if question else None) == (step if step in QUESTIONS else None)


@pytest.mark.parametrize(("step", "before"), list(zip(STEPS[2:], STEPS[1:], strict=False)))
def test_back_goes_to_the_screen_before(step: str, before: str) -> None:
    interview = interview_at(step)
    back = interview.back()
    assert back.step == before
    assert back.screen == interview.screen + 1
    assert back.answers == interview.answers
    assert interview.can_go_back


@pytest.mark.parametrize("step", [CONSENT, FIRST])
def test_there_is_no_way_back_before_the_first_question(step: str) -> None:
    interview = interview_at(step)
    assert not interview.can_go_back
    assert interview.back() == interview


def test_going_back_to_the_first_question_and_on_again_loses_nothing() -> None:
    interview = interview_at(SUBMIT)
    for _ in STEPS[1:-1]:
        interview = interview.back()
    assert interview.step == FIRST
    assert interview.answers == ANSWERS
    assert interview.publishing is Publishing.WITHOUT_NAME


@pytest.mark.parametrize("key", QUESTIONS)
def test_an_answer_changed_from_the_review_returns_to_the_review(key: str) -> None:
    opened = editing(key)
    assert opened.step == key
    assert opened.from_review
    assert opened.can_go_back
    changed = opened.answered(Answer.unknown())
    assert changed.step == REVIEW
    assert changed.answers == {**ANSWERS, key: Answer.unknown()}
    assert not changed.from_review
    assert changed.last_answered == key
    assert changed.screen == interview_at(REVIEW).screen + 2


@pytest.mark.parametrize("key", QUESTIONS)
def test_back_from_an_edit_returns_to_the_review_unchanged(key: str) -> None:
    returned = editing(key).back()
    assert returned.step == REVIEW
    assert returned.answers == ANSWERS
    assert not returned.from_review
    assert returned.reviewed().step == SHARING


def test_after_an_edit_the_straight_road_goes_on_as_before() -> None:
    returned = editing(LAST).back().back()
    assert returned.step == LAST
    assert returned.answered(an_answer(LAST)).step == REVIEW


@pytest.mark.parametrize("step", [step for step in STEPS if step != REVIEW])
def test_answers_are_opened_for_a_change_from_the_review_only(step: str) -> None:
    with pytest.raises(StaleButton):
        interview_at(step).edit(FIRST)


@pytest.mark.parametrize("key", ["", "age", CONSENT, REVIEW, SHARING, PUBLISHING, SUBMIT])
def test_what_is_no_question_cannot_be_opened(key: str) -> None:
    with pytest.raises(StaleButton):
        interview_at(REVIEW).edit(key)


@pytest.mark.parametrize(
    ("right", "go"),
    [
        (REVIEW, Interview.reviewed),
        (SHARING, lambda interview: interview.share(sharing=False)),
        (PUBLISHING, lambda interview: interview.publish(Publishing.WITH_NAME)),
    ],
)
@pytest.mark.parametrize("step", STEPS)
def test_review_sharing_and_publishing_are_closed_on_their_own_screens_only(
    step: str, right: str, go: Callable[[Interview], Interview]
) -> None:
    interview = interview_at(step)
    if step == right:
        assert go(interview).screen == interview.screen + 1
    else:
        with pytest.raises(StaleButton):
            go(interview)


@pytest.mark.parametrize("sharing", [True, False])
def test_the_answer_about_passing_on_can_be_changed_and_is_kept_on_the_way_back(sharing: bool) -> None:  # noqa: FBT001
    publishing = interview_at(SHARING).share(sharing=sharing)
    assert (publishing.step, publishing.sharing) == (PUBLISHING, sharing)
    assert publishing.back().sharing is sharing
    assert publishing.back().share(sharing=not sharing).sharing is not sharing


@pytest.mark.parametrize("choice", Publishing)
def test_the_choice_about_publishing_can_be_changed_and_is_kept_on_the_way_back(choice: Publishing) -> None:
    submit = interview_at(SUBMIT).back().publish(choice)
    assert submit.publishing is choice
    assert submit.back().back().publishing is choice


@pytest.mark.parametrize(("ago", "screen"), [(0, FIRST_SCREEN + 6), (1, FIRST_SCREEN + 5), (6, FIRST_SCREEN)])
def test_a_button_says_how_many_screens_ago_it_was_current(ago: int, screen: int) -> None:
    interview = interview_at(REVIEW)
    assert interview.screen == FIRST_SCREEN + 6
    if ago == 0:
        interview.pressed_on(screen)
    else:
        with pytest.raises(StaleButton) as stale:
            interview.pressed_on(screen)
        assert stale.value.screens_ago == ago


def test_a_button_of_a_screen_to_come_is_not_the_current_one_either() -> None:
    with pytest.raises(StaleButton):
        interview_at(REVIEW).pressed_on(FIRST_SCREEN + 7)


def test_words_sent_too_early_belong_to_the_question_just_answered() -> None:
    assert interview_at("date").last_answered == "city"
    assert interview_at(REVIEW).last_answered == LAST


def test_after_going_back_words_belong_to_no_earlier_question() -> None:
    assert interview_at("date").back().last_answered is None
    assert editing("city").last_answered is None
    assert interview_at(PUBLISHING).last_answered is None


def test_answers_are_kept_in_the_order_of_the_questions_however_they_came() -> None:
    backwards = interview_at("name")
    for key in reversed(QUESTIONS):
        backwards = backwards.reworded(key, ANSWERS[key])
    assert list(backwards.answers) != list(QUESTIONS)
    assert list(backwards.in_order().items()) == list(ANSWERS.items())


def test_questions_not_answered_and_those_of_another_version_are_not_in_order() -> None:
    interview = Interview(screen=1, answers={"long_gone": said("x"), "date": ANSWERS["date"], "name": ANSWERS["name"]})
    assert list(interview.in_order()) == ["name", "date"]


def test_rewording_changes_one_answer_and_nothing_on_the_screen() -> None:
    interview = interview_at(MANY).mark(TOGETHER[0], on=True)
    reworded = interview.reworded("name", said("Asel Bekova"))
    assert reworded.answers == {**interview.answers, "name": said("Asel Bekova")}
    assert reworded.model_copy(update={"answers": interview.answers}) == interview


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOGETHER)))
def test_marks_stand_in_the_questionnaires_order_each_once(pressed: list[str]) -> None:
    interview = interview_at(MANY)
    for choice in pressed:
        interview = interview.mark(choice, on=True)
    assert interview.marked == tuple(key for key in TOGETHER if key in pressed)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), st.booleans())), st.sampled_from(CONDITIONS), st.booleans())
def test_a_doubled_press_is_one_press(before: list[tuple[str, bool]], choice: str, on: bool) -> None:  # noqa: FBT001
    interview = interview_at(MANY)
    for key, marked in before:
        interview = interview.mark(key, on=marked)
    once = interview.mark(choice, on=on)
    assert once.mark(choice, on=on) == once
    assert (choice in once.marked) is on
    assert ALONE not in once.marked or once.marked == (ALONE,)
    assert once.screen == interview.screen


def test_no_complaints_stands_alone_whichever_is_pressed_first() -> None:
    interview = interview_at(MANY).mark(TOGETHER[0], on=True).mark(TOGETHER[1], on=True)
    alone = interview.mark(ALONE, on=True)
    assert alone.marked == (ALONE,)
    assert alone.mark(TOGETHER[1], on=True).marked == (TOGETHER[1],)


@pytest.mark.parametrize("step", [step for step in STEPS if step != MANY])
def test_a_choice_of_another_question_cannot_be_marked(step: str) -> None:
    with pytest.raises(StaleButton):
        interview_at(step).mark(TOGETHER[0], on=True)


@pytest.mark.parametrize("on", [True, False])
def test_a_choice_that_is_none_cannot_be_marked(on: bool) -> None:  # noqa: FBT001
    with pytest.raises(StaleButton):
        interview_at(MANY).mark("long_gone", on=on)


def test_closing_the_choices_takes_the_marks_as_the_answer() -> None:
    closed = interview_at(MANY).mark(TOGETHER[2], on=True).mark(TOGETHER[0], on=True).closed_choices()
    assert closed.step == REVIEW
    assert closed.answers[MANY] == Answer.pressed(choices=[TOGETHER[0], TOGETHER[2]])
    assert closed.marked == ()


def test_choices_are_not_closed_with_nothing_marked() -> None:
    interview = interview_at(MANY)
    with pytest.raises(NothingChosen):
        interview.closed_choices()
    with pytest.raises(NothingChosen):
        interview.mark(TOGETHER[0], on=True).mark(TOGETHER[0], on=False).closed_choices()


def test_skipping_earlier_is_no_answer_to_close_the_choices_with() -> None:
    with pytest.raises(NothingChosen):
        interview_at(MANY).answered(Answer.skipped()).back().closed_choices()


def test_marks_and_words_are_found_again_on_the_way_back() -> None:
    words = (Words(message_id=9, text="he is cold"),)
    answer = Answer.pressed(choices=[TOGETHER[3]]).model_copy(update={"words": words})
    review = interview_at(MANY).answered(answer)
    for opened in (review.back(), review.edit(MANY)):
        assert opened.marked == (TOGETHER[3],)
        closed = opened.mark(TOGETHER[0], on=True).closed_choices()
        assert closed.answers[MANY].words == words
        assert closed.answers[MANY].reading.choices == (TOGETHER[0], TOGETHER[3])


def test_words_alone_are_enough_to_close_the_choices() -> None:
    review = interview_at(MANY).answered(said("he is cold"))
    assert review.back().closed_choices().answers[MANY] == said("he is cold")


def test_marks_are_shown_on_their_own_question_only() -> None:
    review = interview_at(REVIEW)
    shown = {key: review.edit(key).marked for key in QUESTIONS}
    assert {key for key, marked in shown.items() if marked} == {MANY}
    assert {question.key for question in QUESTIONNAIRE.questions if question.kind is Kind.CHOICES} == {MANY}


# --- A question of choices, in several messages and presses ----------------------------------------------------------

COLD = Words(message_id=9, text="he is cold")
HUNGRY = Words(message_id=8, text="and hungry")


def told(*words: Words, marks: tuple[str, ...] = ()) -> Answer:
    return Answer.pressed(choices=marks).model_copy(update={"words": words})


def test_words_are_added_to_a_question_of_choices_without_leaving_it() -> None:
    asked = interview_at(MANY)
    once = asked.told_more(COLD)
    assert once == asked.reworded(MANY, told(COLD))
    assert once.told_more(HUNGRY) == asked.reworded(MANY, told(COLD, HUNGRY))


def test_marks_and_words_stand_together_whichever_came_first() -> None:
    words_first = interview_at(MANY).told_more(COLD).mark(TOGETHER[1], on=True).told_more(HUNGRY)
    marks_first = interview_at(MANY).mark(TOGETHER[1], on=True).told_more(COLD).told_more(HUNGRY)
    assert words_first == marks_first
    assert words_first.marked == (TOGETHER[1],)
    closed = words_first.closed_choices()
    assert closed.step == REVIEW
    assert closed.last_answered == MANY
    assert closed.answers[MANY] == told(COLD, HUNGRY, marks=(TOGETHER[1],))


def test_the_same_message_told_again_takes_the_place_of_its_old_words() -> None:
    mended = COLD.model_copy(update={"text": "he was cold"})
    interview = interview_at(MANY).told_more(COLD).told_more(HUNGRY).told_more(mended)
    assert interview.answers[MANY] == told(mended, HUNGRY)


@pytest.mark.parametrize("passed_over", [Answer.skipped(), Answer.unknown()])
def test_words_make_an_answer_of_what_was_passed_over(passed_over: Answer) -> None:
    again = interview_at(MANY).answered(passed_over).back()
    assert not again.has_begun_choices
    assert again.told_more(COLD).answers[MANY] == told(COLD)


def test_marks_taken_away_again_are_not_in_what_is_told_afterwards() -> None:
    interview = interview_at(MANY).mark(TOGETHER[0], on=True).told_more(COLD)
    interview = interview.mark(TOGETHER[0], on=False).told_more(HUNGRY)
    assert interview.answers[MANY] == told(COLD, HUNGRY)
    assert interview.closed_choices().answers[MANY] == told(COLD, HUNGRY)


def test_choices_have_begun_once_something_is_marked_or_said() -> None:
    asked = interview_at(MANY)
    assert not asked.has_begun_choices
    assert asked.mark(TOGETHER[0], on=True).has_begun_choices
    assert asked.told_more(COLD).has_begun_choices
    assert not asked.mark(TOGETHER[0], on=True).mark(TOGETHER[0], on=False).has_begun_choices
    assert asked.told_more(COLD).mark(TOGETHER[0], on=True).mark(TOGETHER[0], on=False).has_begun_choices


@pytest.mark.parametrize("step", STEPS)
def test_choices_have_begun_on_their_own_question_only(step: str) -> None:
    answers = {**ANSWERS, step: told(COLD, marks=(TOGETHER[0],))}
    interview = interview_at(step).model_copy(update={"answers": answers, "marked": (TOGETHER[0],)})
    assert interview.has_begun_choices is (step == MANY)


@pytest.mark.parametrize("opened", [interview_at(MANY), editing(MANY)], ids=["asked", "from the review"])
def test_clearing_forgets_marks_and_words_and_stays(opened: Interview) -> None:
    cleared = opened.mark(TOGETHER[2], on=True).told_more(COLD).cleared()
    others = {key: answer for key, answer in ANSWERS.items() if key != MANY}
    assert cleared == opened.model_copy(update={"marked": (), "answers": others})
    assert not cleared.has_begun_choices
    assert cleared.cleared() == cleared
    with pytest.raises(NothingChosen):
        cleared.closed_choices()


def test_going_back_loses_neither_marks_nor_words() -> None:
    begun = interview_at(MANY).mark(TOGETHER[2], on=True).told_more(COLD).mark(TOGETHER[0], on=True)
    back = begun.back()
    assert back.step == QUESTIONS[-2]
    assert back.marked == ()
    assert back.answers == {**begun.answers, MANY: told(COLD, marks=(TOGETHER[0], TOGETHER[2]))}
    again = back.answered(back.answers[back.step])
    assert (again.step, again.marked) == (MANY, (TOGETHER[0], TOGETHER[2]))
    assert again.closed_choices().answers[MANY] == told(COLD, marks=(TOGETHER[0], TOGETHER[2]))


def test_marks_alone_are_kept_on_the_way_back_as_well() -> None:
    back = interview_at(MANY).mark(TOGETHER[2], on=True).back()
    assert back.answers[MANY] == Answer.pressed(choices=[TOGETHER[2]])


def test_going_back_to_the_review_keeps_what_was_marked_and_said_there() -> None:
    opened = editing(MANY).mark(TOGETHER[4], on=True).told_more(COLD)
    returned = opened.back()
    assert returned.step == REVIEW
    assert not returned.from_review
    marks = (*ANSWERS[MANY].reading.choices, TOGETHER[4])
    assert returned.answers == {**ANSWERS, MANY: told(COLD, marks=marks)}


def test_going_back_from_choices_not_begun_answers_nothing() -> None:
    assert MANY not in interview_at(MANY).back().answers
    skipped = interview_at(MANY).answered(Answer.skipped()).back()
    assert skipped.back().answers[MANY] == Answer.skipped()


# --- Whether to delete everything ------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_asking_whether_to_delete_changes_nothing_else(step: str) -> None:
    interview = interview_at(step)
    assert not interview.cancelling
    asked = interview.asked_to_cancel()
    assert asked.cancelling
    assert asked != interview
    assert asked.kept() == interview
    assert interview.kept() == interview
    assert asked.asked_to_cancel() == asked


@pytest.mark.parametrize("step", STEPS[:-1])
def test_the_next_screen_no_longer_asks_whether_to_delete(step: str) -> None:
    assert one_on(interview_at(step).asked_to_cancel()) == one_on(interview_at(step))


@pytest.mark.parametrize("step", STEPS[2:])
def test_the_screen_before_no_longer_asks_whether_to_delete(step: str) -> None:
    assert interview_at(step).asked_to_cancel().back() == interview_at(step).back()


def test_a_draft_stored_before_it_could_ask_whether_to_delete_asks_nothing() -> None:
    assert not Interview.model_validate_json('{"screen": 1}').cancelling


# --- Kept between updates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_an_interview_survives_being_stored_on_every_step(step: str) -> None:
    for interview in (interview_at(step), interview_at(step).asked_to_cancel()):
        assert Interview.model_validate_json(interview.model_dump_json()) == interview


def test_choices_begun_survive_being_stored() -> None:
    interview = interview_at(MANY).mark(TOGETHER[0], on=True).told_more(COLD)
    assert Interview.model_validate_json(interview.model_dump_json()) == interview


@pytest.mark.parametrize("key", QUESTIONS)
def test_an_interview_opened_from_the_review_survives_being_stored(key: str) -> None:
    interview = editing(key)
    assert Interview.model_validate_json(interview.model_dump_json()) == interview


def test_an_interview_with_a_field_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="mood"):
        Interview.model_validate_json('{"screen": 1, "mood": "calm"}')


FIRST_SENT = datetime(2022, 1, 6, 12, 0, 30, 900_000, tzinfo=UTC)
SAME_SECOND = FIRST_SENT.replace(microsecond=0)


def shown(*, attempts: int, message_id: int | None, at: datetime | None = FIRST_SENT) -> Shown:
    return Shown(attempts=attempts, first_attempt_at=at, message_id=message_id)


@pytest.mark.parametrize(
    ("screen", "message_id", "sent_at", "early"),
    [
        # Never tried to send: nobody can have seen it.
        (shown(attempts=0, message_id=None, at=None), 10**9, FIRST_SENT + timedelta(days=1), True),
        (shown(attempts=0, message_id=None), 10**9, FIRST_SENT + timedelta(days=1), True),
        (shown(attempts=1, message_id=None, at=None), 10**9, FIRST_SENT + timedelta(days=1), True),
        # One send, and it succeeded: ids settle it, whatever the clocks say.
        (shown(attempts=1, message_id=50), 49, FIRST_SENT + timedelta(hours=1), True),
        (shown(attempts=1, message_id=50), 51, FIRST_SENT - timedelta(hours=1), False),
        # The outcome of a send was lost: the date settles it, by the second, in favour of "too early".
        (shown(attempts=1, message_id=None), 10**9, SAME_SECOND - timedelta(seconds=1), True),
        (shown(attempts=1, message_id=None), 10**9, SAME_SECOND, True),
        (shown(attempts=1, message_id=None), 1, SAME_SECOND + timedelta(seconds=1), False),
        # Sent again after a lost outcome: the second id proves nothing about when the first was seen.
        (shown(attempts=2, message_id=50), 49, SAME_SECOND + timedelta(seconds=1), False),
        (shown(attempts=2, message_id=50), 51, SAME_SECOND, True),
        (shown(attempts=3, message_id=None), 10**9, SAME_SECOND + timedelta(seconds=1), False),
    ],
)
def test_words_came_early_where_the_screen_could_not_have_been_seen(
    screen: Shown,
    message_id: int,
    sent_at: datetime,
    early: bool,  # noqa: FBT001
) -> None:
    assert screen.came_after(message_id=message_id, sent_at=sent_at) is early
