"""Intake: what becomes of words - on time, too early, and edited."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answer import Answer, AnswerState, Reading, Words
from bot.domain.errors import ButtonsOnly, Misreading, NotChanged, NotUnderstood, TooEarly
from bot.domain.press import Action
from bot.services.hearing import Note
from tests.bot.services.support import Person, noted, standing, words
from tests.storage.support import START, Clock

SECOND = timedelta(seconds=1)


async def test_words_are_kept_exactly_as_said(mother: Person) -> None:
    await mother.agree()
    assert noted(await mother.say("  Серік \n Ахметов <b>", message_id=7)) == ("city", Note.ANSWERED, "name")
    assert (await standing(mother)).answers == {"name": Answer(words=words((7, "  Серік \n Ахметов <b>")))}


@pytest.mark.parametrize(
    ("said", "value"), [("Алма-Ата", "almaty"), ("г. Семей", "semey"), ("Өскемен", "oskemen"), ("в ауле", None)]
)
async def test_a_place_is_recognised_or_kept_as_said(mother: Person, said: str, value: str | None) -> None:
    await mother.reach("city")
    assert noted(await mother.say(said, message_id=7)) == ("date", Note.ANSWERED, "city")
    assert (await standing(mother)).answers["city"] == Answer(words=words((7, said)), reading=Reading(value=value))


@pytest.mark.parametrize(
    ("said", "value"), [("05.01.2022", "2022-01-05"), ("5.1", "2022-01-05"), ("вчера", "2022-01-05")]
)
async def test_a_date_is_read(mother: Person, said: str, value: str) -> None:
    await mother.reach("date")
    assert noted(await mother.say(said)) == ("charge", Note.ANSWERED, "date")
    assert (await standing(mother)).answers["date"].reading.value == value


async def test_a_day_in_words_is_counted_from_the_day_where_the_people_are(mother: Person, clock: Clock) -> None:
    clock.now = datetime(2022, 1, 5, 20, 0, tzinfo=UTC)
    await mother.reach("date")
    await mother.say("сегодня")
    assert (await standing(mother)).answers["date"].reading.value == "2022-01-06"


async def test_a_day_in_words_is_counted_from_the_day_on_which_they_were_sent(mother: Person, clock: Clock) -> None:
    await mother.reach("date")
    sent_at = clock.now
    clock.forward(days=2)
    await mother.say("вчера", message_id=3, sent_at=sent_at)
    assert (await standing(mother)).answers["date"].reading.value == "2022-01-05"
    await mother.edit(3, "позавчера", sent_at=sent_at)
    assert (await standing(mother)).answers["date"].reading.value == "2022-01-04"


async def test_words_that_are_no_date_are_kept_as_said_and_the_person_is_told(mother: Person) -> None:
    await mother.reach("date")
    assert noted(await mother.say("после митинга", message_id=7)) == ("charge", Note.KEPT_AS_SAID, "date")
    assert (await standing(mother)).answers["date"] == Answer(words=words((7, "после митинга")))


@pytest.mark.parametrize(
    ("step", "said", "why", "limit"),
    [
        ("date", "31.02.2022", Misreading.NOT_A_DATE, None),
        ("date", "07.01.2022", Misreading.FUTURE_DATE, None),
        ("name", "Я" * 201, Misreading.TOO_LONG, 200),
        ("city", " \n ", Misreading.EMPTY, None),
    ],
)
async def test_words_that_do_not_fit_are_refused_and_change_nothing(
    mother: Person, step: str, said: str, why: Misreading, limit: int | None
) -> None:
    await mother.reach(step)
    before = await standing(mother)
    with pytest.raises(NotUnderstood) as problem:
        await mother.say(said)
    assert (problem.value.why, problem.value.limit) == (why, limit)
    assert await mother.interview() == before


async def test_words_as_long_as_they_may_be_are_taken(mother: Person) -> None:
    await mother.agree()
    assert noted(await mother.say("Я" * 200)) == ("city", Note.ANSWERED, "name")


async def test_a_story_in_several_messages_stands_beside_the_choices_until_a_button_closes_them(
    mother: Person,
) -> None:
    await mother.reach("conditions")
    screen = await mother.screen()
    await mother.press(Action.MARK, "injured")
    assert noted(await mother.say("Руку сломали", message_id=7)) == ("conditions", Note.GO_ON, "conditions")
    await mother.press(Action.MARK, "beating")
    assert noted(await mother.say("и не кормят", message_id=8)) == ("conditions", Note.GO_ON, "conditions")
    assert await mother.screen() == screen
    assert noted(await mother.press(Action.DONE)) == ("review", Note.ANSWERED, "conditions")
    assert (await standing(mother)).answers["conditions"] == Answer(
        words=words((7, "Руку сломали"), (8, "и не кормят")), reading=Reading(choices=("beating", "injured"))
    )


async def test_a_piece_of_a_story_sent_twice_on_a_bad_line_is_kept_once(mother: Person) -> None:
    await mother.reach("conditions")
    for message_id in (7, 8):
        progress = await mother.say("Руку сломали", message_id=message_id)
        assert noted(progress) == ("conditions", Note.GO_ON, "conditions")
    assert (await standing(mother)).answers["conditions"].words == words((7, "Руку сломали"))


async def test_words_alone_close_the_choices_as_well(mother: Person) -> None:
    await mother.reach("conditions")
    await mother.say("Руку сломали", message_id=7)
    await mother.press(Action.DONE)
    assert (await standing(mother)).answers["conditions"] == Answer(words=words((7, "Руку сломали")))


async def test_a_story_may_be_four_messages_long_and_one_that_grows_longer_keeps_what_was_told(
    mother: Person,
) -> None:
    await mother.reach("conditions")
    for letter in "АБВ":
        await mother.say(letter * 4096)
    await mother.say("Г" * 4000)
    before = await standing(mother)
    with pytest.raises(NotUnderstood) as problem:
        await mother.say("Я" * 93)  # with four line breaks between the messages
    assert (problem.value.why, problem.value.limit) == (Misreading.TOO_LONG, 4 * 4096)
    assert await mother.interview() == before
    assert noted(await mother.say("Я" * 92)) == ("conditions", Note.GO_ON, "conditions")


@pytest.mark.parametrize(
    ("typed", "state"),
    [("Не знаю.", AnswerState.UNKNOWN), ("skip", AnswerState.SKIPPED), (" Өткізу ", AnswerState.SKIPPED)],
)
async def test_the_words_of_a_button_are_that_button(mother: Person, typed: str, state: AnswerState) -> None:
    await mother.reach("city")
    assert noted(await mother.say(typed)) == ("date", Note.ANSWERED, "city")
    assert (await standing(mother)).answers["city"] == Answer(state=state)


async def test_back_and_done_may_be_typed(mother: Person) -> None:
    await mother.reach("conditions")
    assert noted(await mother.say("назад")) == ("charge", None, None)
    await mother.say("не говорят за что")
    await mother.press(Action.MARK, "beating")
    assert noted(await mother.say("Готово!")) == ("review", Note.ANSWERED, "conditions")


@pytest.mark.parametrize("typed", ["Готово", "не знаю точно"])
async def test_words_that_are_no_button_here_are_an_answer(mother: Person, typed: str) -> None:
    await mother.reach("charge")
    await mother.say(typed, message_id=7)
    assert (await standing(mother)).answers["charge"] == Answer(words=words((7, typed)))


@pytest.mark.parametrize("step", ["consent", "review", "publishing", "submit"])
async def test_a_screen_without_a_question_takes_buttons_only(mother: Person, step: str) -> None:
    if step == "consent":
        await mother.begin()
    else:
        await mother.reach(step)
    before = await standing(mother)
    with pytest.raises(ButtonsOnly):
        await mother.say("Серік")
    assert await mother.interview() == before


# Words that came too early


async def test_words_older_than_the_question_belong_to_the_one_before(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.see(message_id=5)
    before = await standing(mother)
    assert noted(await mother.say("Ахметов", message_id=4)) == ("city", Note.ADDED, "name")
    after = await standing(mother)
    assert after.answers == {"name": Answer(words=words((3, "Серік"), (4, "Ахметов")))}
    assert after.screen == before.screen
    assert noted(await mother.say("Алматы", message_id=6)) == ("date", Note.ANSWERED, "city")


async def test_words_sent_twice_on_a_bad_line_are_kept_once(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.see(message_id=5)
    before = await standing(mother)
    assert noted(await mother.say("Серік", message_id=4)) == ("city", Note.ANSWERED, "name")
    assert await mother.interview() == before


async def test_while_the_question_is_on_its_way_all_words_belong_to_the_one_before(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.see(message_id=None, attempts=0)
    assert noted(await mother.say("Ахметов", message_id=4)) == ("city", Note.ADDED, "name")
    assert noted(await mother.say("Тоже он", message_id=6)) == ("city", Note.ADDED, "name")
    assert (await standing(mother)).answers["name"].text == "Серік\nАхметов\nТоже он"


@pytest.mark.parametrize(("attempts", "message_id"), [(1, None), (2, None), (2, 4)])
@pytest.mark.parametrize(("sent_at", "note"), [(START, Note.ADDED), (START + SECOND, Note.ANSWERED)])
async def test_where_a_send_was_lost_the_date_of_the_words_decides(
    mother: Person, attempts: int, message_id: int | None, sent_at: datetime, note: Note
) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.see(message_id=message_id, attempts=attempts)
    assert (await mother.say("Алматы", message_id=9, sent_at=sent_at)).note is note


async def test_words_before_the_first_question_was_seen_answer_it(mother: Person) -> None:
    await mother.agree()
    await mother.see(message_id=None, attempts=0)
    assert noted(await mother.say("Серік")) == ("city", Note.ANSWERED, "name")


async def test_words_on_a_screen_shown_long_ago_answer_it(mother: Person) -> None:
    await mother.reach("city")
    assert noted(await mother.say("Алматы", message_id=1)) == ("date", Note.ANSWERED, "city")


@pytest.mark.parametrize("early", ["вечером", "31.12.2999", "31.02.2022"])
@pytest.mark.parametrize("pressed", [True, False])
async def test_a_date_stays_read_whatever_words_are_added(mother: Person, early: str, *, pressed: bool) -> None:
    await mother.reach("date")
    if pressed:
        await mother.press(Action.DATE, "2022-01-05")
    else:
        await mother.say("05.01.2022", message_id=3)
    await mother.see(message_id=5)
    assert noted(await mother.say(early, message_id=4)) == ("charge", Note.ADDED, "date")
    answer = (await standing(mother)).answers["date"]
    assert answer.reading == Reading(value="2022-01-05")
    assert answer.words[-1] == Words(message_id=4, text=early)


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_place_stays_recognised_whatever_words_are_added(mother: Person, *, pressed: bool) -> None:
    await mother.reach("city")
    if pressed:
        await mother.press(Action.PICK, "almaty")
    else:
        await mother.say("Алматы", message_id=3)
    await mother.see(message_id=5)
    assert noted(await mother.say("у вокзала", message_id=4)) == ("date", Note.ADDED, "city")
    answer = (await standing(mother)).answers["city"]
    assert answer.reading == Reading(value="almaty")
    assert answer.words[-1] == Words(message_id=4, text="у вокзала")


async def test_choices_stay_chosen_whatever_words_are_added(mother: Person) -> None:
    await mother.reach("conditions")
    await mother.press(Action.MARK, "beating")
    await mother.press(Action.DONE)
    await mother.see(message_id=5)
    assert noted(await mother.say("и не кормят", message_id=4)) == ("review", Note.ADDED, "conditions")
    assert (await standing(mother)).answers["conditions"] == Answer(
        words=words((4, "и не кормят")), reading=Reading(choices=("beating",))
    )


@pytest.mark.parametrize("action", [Action.SKIP, Action.UNKNOWN])
async def test_words_added_to_an_answer_passed_over_make_it_an_answer(mother: Person, action: Action) -> None:
    await mother.reach("date")
    await mother.press(action)
    await mother.see(message_id=5)
    assert noted(await mother.say("05.01.2022", message_id=4)) == ("charge", Note.ADDED, "date")
    assert (await standing(mother)).answers["date"] == Answer(
        state=AnswerState.GIVEN, words=words((4, "05.01.2022")), reading=Reading(value="2022-01-05")
    )


async def test_words_that_would_make_an_answer_too_long_are_refused_and_change_nothing(mother: Person) -> None:
    await mother.agree()
    await mother.say("Я" * 200, message_id=3)
    await mother.see(message_id=20)
    for message_id, letter in enumerate("АБ", start=4):
        assert noted(await mother.say(letter * 200, message_id=message_id)) == ("city", Note.ADDED, "name")
    before = await standing(mother)
    for text, limit in (("В" * 201, 200), ("В" * 198, 800)):
        with pytest.raises(NotChanged) as refused:
            await mother.say(text, message_id=6)
        problem = refused.value.problem
        assert (refused.value.question, problem.why, problem.limit) == ("name", Misreading.TOO_LONG, limit)
        assert await mother.interview() == before
    assert noted(await mother.say("В" * 197, message_id=6)) == ("city", Note.ADDED, "name")


async def test_words_that_show_nothing_are_not_added(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.see(message_id=6)
    before = await standing(mother)
    with pytest.raises(NotChanged) as refused:
        await mother.say("\u200b", message_id=4)
    assert refused.value.problem.why is Misreading.EMPTY
    assert await mother.interview() == before


async def test_words_that_cross_the_way_back_do_not_overwrite_the_answer_there(mother: Person) -> None:
    await mother.reach("city")
    await mother.press(Action.PICK, "almaty")
    await mother.press(Action.BACK)
    await mother.see(message_id=9)
    before = await standing(mother)
    with pytest.raises(TooEarly):
        await mother.say("05.01", message_id=8)
    assert await mother.interview() == before
    assert noted(await mother.say("Семей", message_id=10)) == ("date", Note.ANSWERED, "city")


async def test_words_that_cross_the_way_back_to_the_choices_stand_beside_them(mother: Person) -> None:
    await mother.reach("conditions")
    await mother.press(Action.MARK, "beating")
    await mother.press(Action.DONE)
    await mother.press(Action.BACK)
    await mother.see(message_id=9)
    assert noted(await mother.say("и не кормят", message_id=8)) == ("conditions", Note.GO_ON, "conditions")


# Edited messages


async def test_an_edited_message_changes_the_answer_it_gave_and_stays_on_the_screen(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серик", message_id=3)
    await mother.say("Алматы", message_id=4)
    before = await standing(mother)
    assert noted(await mother.edit(3, "Серік")) == ("date", Note.CHANGED, "name")
    after = await standing(mother)
    assert after.answers["name"] == Answer(words=words((3, "Серік")))
    assert after.answers["city"] == before.answers["city"]
    assert (after.screen, after.step) == (before.screen, before.step)


async def test_one_of_several_messages_is_edited_in_its_place(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серик", message_id=3)
    await mother.see(message_id=6)
    await mother.say("Ахметов", message_id=4)
    await mother.edit(3, "Серік")
    assert (await standing(mother)).answers["name"].words == words((3, "Серік"), (4, "Ахметов"))


@pytest.mark.parametrize(
    ("step", "said", "edited", "value"),
    [
        ("city", "Алматы", "Шымкент", "shymkent"),
        ("city", "Алматы", "у вокзала", None),
        ("city", "у вокзала", "Алматы", "almaty"),
        ("date", "05.01.2022", "04.01.2022", "2022-01-04"),
        ("date", "05.01.2022", "не помню", None),
    ],
)
async def test_an_edited_answer_is_read_anew(
    mother: Person, step: str, said: str, edited: str, value: str | None
) -> None:
    await mother.reach(step)
    await mother.say(said, message_id=3)
    await mother.edit(3, edited)
    assert (await standing(mother)).answers[step] == Answer(words=words((3, edited)), reading=Reading(value=value))


async def test_words_edited_beside_choices_leave_the_choices(mother: Person) -> None:
    await mother.reach("conditions")
    await mother.press(Action.MARK, "beating")
    await mother.say("и не кормят", message_id=3)
    await mother.edit(3, "и не дают спать")
    assert (await standing(mother)).answers["conditions"] == Answer(
        words=words((3, "и не дают спать")), reading=Reading(choices=("beating",))
    )


@pytest.mark.parametrize(
    ("edited", "why"),
    [
        ("07.01.2022", Misreading.FUTURE_DATE),
        ("31.02.2022", Misreading.NOT_A_DATE),
        ("Я" * 501, Misreading.TOO_LONG),
    ],
)
async def test_an_edit_that_does_not_fit_leaves_the_old_words(mother: Person, edited: str, why: Misreading) -> None:
    await mother.reach("date")
    await mother.say("05.01.2022", message_id=3)
    before = await standing(mother)
    with pytest.raises(NotChanged) as refused:
        await mother.edit(3, edited)
    assert (refused.value.question, refused.value.problem.why) == ("date", why)
    assert await mother.interview() == before


async def test_an_edited_message_that_gave_no_answer_changes_nothing(mother: Person) -> None:
    await mother.agree()
    await mother.say("Серік", message_id=3)
    before = await standing(mother)
    assert await mother.edit(2, "Ахметов") is None
    assert await mother.interview() == before


async def test_a_pressed_date_stays_whatever_date_is_added(mother: Person) -> None:
    await mother.reach("date")
    await mother.press(Action.DATE, "2022-01-05")
    await mother.see(message_id=5)
    await mother.say("04.01.2022", message_id=4)
    assert (await standing(mother)).answers["date"].reading.value == "2022-01-05"


@pytest.mark.parametrize(
    ("step", "action", "value"), [("date", Action.DATE, "2022-01-05"), ("city", Action.PICK, "almaty")]
)
async def test_editing_words_added_to_a_pressed_answer_leaves_what_was_pressed(
    mother: Person, step: str, action: Action, value: str
) -> None:
    await mother.reach(step)
    await mother.press(action, value)
    await mother.see(message_id=5)
    await mother.say("вечером", message_id=4)
    await mother.edit(4, "поздно вечером")
    assert (await standing(mother)).answers[step] == Answer(
        words=words((4, "поздно вечером")), reading=Reading(value=value)
    )


@pytest.mark.parametrize(
    ("step", "first", "value"), [("date", "05.01.2022", "2022-01-05"), ("city", "Алматы", "almaty")]
)
async def test_editing_words_added_to_a_written_answer_leaves_what_was_read(
    mother: Person, step: str, first: str, value: str
) -> None:
    await mother.reach(step)
    await mother.say(first, message_id=3)
    await mother.see(message_id=5)
    await mother.say("вечером", message_id=4)
    await mother.edit(4, "поздно вечером")
    assert (await standing(mother)).answers[step].reading.value == value
