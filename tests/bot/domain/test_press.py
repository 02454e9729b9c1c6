from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.errors import NothingChosen, StaleButton
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SHARING, SUBMIT, Interview
from bot.domain.press import NO, YES, Action, Press, carry_out
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from tests.bot.domain.support import ANSWERS, PLACES, QUESTIONS, STEPS, editing, interview_at

VALUES = (
    "",
    "long_gone",
    "2022-01-05",
    "2022-13-05",
    *Publishing,
    YES,
    NO,
    *QUESTIONS,
    *PLACES,
    *(choice.key for question in QUESTIONNAIRE.questions for choice in question.choices),
)
Working = set[tuple[Action, str]]


def whatever_it_carries(*actions: Action) -> Working:
    """Return buttons that carry nothing, and so work whatever they carry."""
    return {(action, value) for action in actions for value in VALUES}


def carrying(action: Action, *values: str) -> Working:
    return {(action, value) for value in values}


def by_kind(question: Question) -> Working:
    choices = [choice.key for choice in question.choices]
    match question.kind:
        case Kind.PLACE:
            return carrying(Action.PICK, *PLACES)
        case Kind.CHARGE | Kind.AGE | Kind.ONE:
            return carrying(Action.PICK, *choices)
        case Kind.DATE:
            return carrying(Action.DATE, "2022-01-05")
        case Kind.CHOICES:
            marks = carrying(Action.MARK, *choices) | carrying(Action.UNMARK, *choices)
            return marks | whatever_it_carries(Action.CLEAR)
        case Kind.NAME | Kind.WORDS:
            return set()


# "Done" is missing here: with nothing marked it is refused, and not as stale.
WORKS: dict[str, Working] = {
    CONSENT: whatever_it_carries(Action.AGREE, Action.BACK),
    REVIEW: whatever_it_carries(Action.REVIEWED, Action.BACK) | carrying(Action.EDIT, *QUESTIONS),
    SHARING: whatever_it_carries(Action.BACK) | carrying(Action.SHARE, YES, NO),
    PUBLISHING: whatever_it_carries(Action.BACK) | carrying(Action.PUBLISH, *Publishing),
    SUBMIT: whatever_it_carries(Action.BACK),
    **{
        question.key: whatever_it_carries(Action.SKIP, Action.UNKNOWN, Action.BACK) | by_kind(question)
        for question in QUESTIONNAIRE.questions
    },
}


PASSED_OVER = whatever_it_carries(Action.SKIP, Action.UNKNOWN)
DONE = whatever_it_carries(Action.DONE)
MANY = "conditions"
COLD = Words(message_id=9, text="he is cold")
BEGUN = {
    "marked": interview_at(MANY).mark("beating", on=True),
    "said": interview_at(MANY).told_more(COLD),
    "both": interview_at(MANY).told_more(COLD).mark("beating", on=True),
    "from the review": editing(MANY),
}


def press(interview: Interview, action: Action, value: str = "") -> Interview:
    return carry_out(interview, Press(interview.screen, action, value), places=PLACES)


def what_works(interview: Interview) -> Working:
    """Try every button there could be; let anything but a kind refusal out, and no change to the interview."""
    before = interview.model_dump_json()
    done = set()
    for action, value in product(Action, VALUES):
        try:
            press(interview, action, value)
        except (StaleButton, NothingChosen):
            continue
        finally:
            assert interview.model_dump_json() == before
        done.add((action, value))
    return done


@pytest.mark.parametrize("step", STEPS)
def test_every_screen_takes_its_own_buttons_and_no_others(step: str) -> None:
    assert what_works(interview_at(step)) == WORKS[step]


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_opened_from_the_review_takes_the_same_buttons(key: str) -> None:
    begun = editing(key).has_begun_choices
    assert begun is (key == MANY)
    assert what_works(editing(key)) == ((WORKS[key] - PASSED_OVER) | DONE if begun else WORKS[key])


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_what_is_marked_or_said_can_be_closed_or_cleared_and_not_passed_over(begun: Interview) -> None:
    assert what_works(begun) == (WORKS[MANY] - PASSED_OVER) | DONE
    for action in (Action.SKIP, Action.UNKNOWN):
        with pytest.raises(StaleButton) as stale:
            press(begun, action)
        assert stale.value.screens_ago == 0


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_once_cleared_a_question_of_choices_can_be_passed_over_again(begun: Interview) -> None:
    cleared = press(begun, Action.CLEAR)
    assert (cleared.step, cleared.screen, cleared.marked) == (MANY, begun.screen, ())
    assert MANY not in cleared.answers
    assert what_works(cleared) == WORKS[MANY]
    assert press(cleared, Action.SKIP).answers == {**ANSWERS, MANY: Answer.skipped()}
    assert press(cleared, Action.UNKNOWN).answers == {**ANSWERS, MANY: Answer.unknown()}


def test_marks_all_taken_away_can_be_passed_over_again() -> None:
    unmarked = press(press(interview_at(MANY), Action.MARK, "beating"), Action.UNMARK, "beating")
    assert what_works(unmarked) == WORKS[MANY]


@pytest.mark.parametrize("step", STEPS)
def test_any_button_that_works_ends_the_question_whether_to_delete(step: str) -> None:
    for interview in (interview_at(step), *(begun for begun in BEGUN.values() if begun.step == step)):
        working = what_works(interview)
        assert what_works(interview.asked_to_cancel()) == working
        for action, value in working:
            after = press(interview.asked_to_cancel(), action, value)
            assert not after.cancelling
            assert after == press(interview, action, value)


def test_a_button_that_is_refused_leaves_the_question_whether_to_delete_open() -> None:
    asked = interview_at(MANY).asked_to_cancel()
    for action in (Action.DONE, Action.PICK):
        with pytest.raises((NothingChosen, StaleButton)):
            press(asked, action)
        assert asked.cancelling


def test_what_buttons_on_phones_carry_keeps_its_spelling() -> None:
    assert [action.value for action in Action] == [
        "agree", "pick", "before", "date", "mark", "unmark", "done", "clear", "skip", "unknown", "back", "meant",
        "said", "edit", "ok", "share", "pub", "submit", "drop", "keep", "cancel",
    ]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_nothing_chosen_is_said_of_done_alone(step: str) -> None:
    refused = set()
    for action, value in product(Action, VALUES):
        try:
            press(interview_at(step), action, value)
        except NothingChosen:
            refused.add(action)
        except StaleButton:
            continue
    assert refused == ({Action.DONE} if step == "conditions" else set())


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.BACK])
def test_a_step_that_this_version_does_not_know_takes_no_button_and_breaks_nothing(action: Action) -> None:
    stranded = Interview(screen=7, step="long_gone")
    for value in VALUES:
        with pytest.raises(StaleButton):
            press(stranded, action, value)


@pytest.mark.parametrize("ago", [1, 2, -1])
@pytest.mark.parametrize("step", STEPS)
def test_a_button_of_another_screen_does_nothing(step: str, ago: int) -> None:
    interview = interview_at(step)
    for action in Action:
        with pytest.raises(StaleButton) as stale:
            carry_out(interview, Press(interview.screen - ago, action))
        assert stale.value.screens_ago == ago


@pytest.mark.parametrize("key", QUESTIONS)
def test_any_question_can_be_skipped_or_not_known(key: str) -> None:
    assert press(interview_at(key), Action.SKIP).answers[key] == Answer.skipped()
    assert press(interview_at(key), Action.UNKNOWN).answers[key] == Answer.unknown()


@pytest.mark.parametrize("place", PLACES)
def test_a_pressed_place_is_the_answer(place: str) -> None:
    after = press(interview_at("city"), Action.PICK, place)
    assert after.answers["city"] == Answer.pressed(value=place)
    assert after.step == "date"


@pytest.mark.parametrize("forged", ["", "paris", "Almaty", "none", "almaty "])
def test_a_place_that_there_is_not_cannot_be_picked(forged: str) -> None:
    with pytest.raises(StaleButton):
        press(interview_at("city"), Action.PICK, forged)


def test_where_no_place_is_known_none_can_be_picked() -> None:
    asked = interview_at("city")
    with pytest.raises(StaleButton):
        carry_out(asked, Press(asked.screen, Action.PICK, PLACES[0]))


@settings(deadline=None)
@given(st.dates())
def test_a_pressed_day_is_the_answer(day: date) -> None:
    after = press(interview_at("date"), Action.DATE, day.isoformat())
    assert after.answers["date"] == Answer.pressed(value=day.isoformat())


@pytest.mark.parametrize("value", ["", "today", "05.01.2022", "2022-02-31", "2022-1-5", "0000-00-00", "9" * 60])
def test_a_day_that_is_none_is_a_stale_button(value: str) -> None:
    with pytest.raises(StaleButton):
        press(interview_at("date"), Action.DATE, value)


@pytest.mark.parametrize("choice", [choice.key for choice in QUESTIONNAIRE["conditions"].choices])
def test_a_condition_is_marked_and_unmarked_on_its_screen(choice: str) -> None:
    interview = interview_at("conditions")
    marked = press(interview, Action.MARK, choice)
    assert marked.marked == (choice,)
    assert press(marked, Action.UNMARK, choice) == interview


def test_done_closes_the_marked_conditions_with_the_words_beside_them() -> None:
    assert press(BEGUN["both"], Action.DONE).answers[MANY] == Answer(
        words=(COLD,), reading=Reading(choices=("beating",))
    )


def test_done_closes_the_marked_conditions() -> None:
    marked = press(interview_at("conditions"), Action.MARK, "torture")
    assert press(marked, Action.DONE).answers["conditions"] == Answer.pressed(choices=["torture"])


@pytest.mark.parametrize("choice", Publishing)
def test_any_way_of_publishing_leads_to_the_last_screen(choice: Publishing) -> None:
    after = press(interview_at(PUBLISHING), Action.PUBLISH, choice)
    assert after.publishing is choice
    assert after.step == SUBMIT


@pytest.mark.parametrize("key", QUESTIONS)
def test_an_edit_button_opens_its_question(key: str) -> None:
    after = press(interview_at(REVIEW), Action.EDIT, key)
    assert (after.step, after.from_review) == (key, True)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(VALUES), st.integers(0, 1)), max_size=60))
def test_the_screens_number_rises_by_one_with_each_change_of_step_and_only_then(
    presses: list[tuple[Action, str, int]],
) -> None:
    interview = Interview(screen=1)
    for action, value, ago in presses:
        try:
            after = carry_out(interview, Press(interview.screen - ago, action, value))
        except (StaleButton, NothingChosen):
            continue
        assert after.screen - interview.screen == (after.step != interview.step)
        assert set(interview.answers) - set(after.answers) <= ({MANY} if action is Action.CLEAR else set())
        interview = after
