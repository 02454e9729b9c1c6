import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.answer import Answer, AnswerState, Reading, Words

WORDS = st.builds(Words, message_id=st.integers(1, 2**53), text=st.text())
READINGS = st.builds(
    Reading,
    value=st.none() | st.just("almaty") | st.dates().map(str),
    choices=st.lists(st.sampled_from(["beating", "torture"]), unique=True).map(tuple),
)
ANSWERS = st.builds(
    Answer, state=st.sampled_from(AnswerState), words=st.lists(WORDS, max_size=4).map(tuple), reading=READINGS
)


def test_the_text_is_the_messages_joined_by_line_breaks() -> None:
    answer = Answer(words=(Words(message_id=1, text="Asel\n"), Words(message_id=2, text=" Bekova")))
    assert answer.text == "Asel\n\n Bekova"


def test_a_pressed_answer_has_no_words() -> None:
    answer = Answer.pressed(value="almaty")
    assert answer.state is AnswerState.GIVEN
    assert answer.text == ""
    assert answer.reading == Reading(value="almaty")


def test_pressed_choices_keep_their_order() -> None:
    assert Answer.pressed(choices=iter(["torture", "beating"])).reading.choices == ("torture", "beating")


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Answer.unknown(), AnswerState.UNKNOWN), (Answer.skipped(), AnswerState.SKIPPED)],
)
def test_an_answer_that_is_none_says_and_means_nothing(answer: Answer, state: AnswerState) -> None:
    assert answer.state is state
    assert answer.words == ()
    assert answer.reading == Reading()


def test_a_new_message_is_added_at_the_end() -> None:
    first, second = Words(message_id=5, text="one"), Words(message_id=3, text="two")
    assert Answer(words=(first,)).with_words(second) == (first, second)


def test_an_edited_message_takes_the_place_of_its_old_words() -> None:
    first, second = Words(message_id=1, text="one"), Words(message_id=2, text="two")
    edited = Words(message_id=1, text="ONE")
    assert Answer(words=(first, second)).with_words(edited) == (edited, second)


def test_adding_words_leaves_the_answer_as_it_was() -> None:
    answer = Answer(words=(Words(message_id=1, text="one"),))
    answer.with_words(Words(message_id=2, text="two"))
    assert answer.text == "one"


@settings(deadline=None)
@given(ANSWERS)
def test_an_answer_survives_being_stored_as_json(answer: Answer) -> None:
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_an_answer_with_a_field_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="mood"):
        Answer.model_validate_json('{"state": "given", "mood": "calm"}')
