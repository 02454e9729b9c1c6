"""Intake: words that may mean several things."""

import pytest

from bot.domain.answer import Answer, AnswerState, Reading
from bot.domain.errors import ButtonsOnly, Misreading, NotUnderstood
from bot.domain.press import Action
from bot.services.hearing import Note
from tests.bot.services.support import Person, noted, standing, words


async def test_a_day_that_may_be_two_is_asked_back_and_the_right_one_taken(mother: Person) -> None:
    await mother.reach("date")
    await mother.say("01/05/2021", message_id=7)
    doubted = await standing(mother)
    assert doubted.step == "date"
    assert {doubt.value for doubt in doubted.doubts} == {"2021-01-05", "2021-05-01"}
    place = [doubt.value for doubt in doubted.doubts].index("2021-05-01")
    assert noted(await mother.press(Action.MEANT, str(place))) == ("charge", Note.ANSWERED, "date")
    answer = (await standing(mother)).answers["date"]
    assert answer == Answer(words=words((7, "01/05/2021")), reading=Reading(value="2021-05-01"))


@pytest.mark.parametrize("said", ["Да", "иә!", "Yes.", "верно"])
async def test_where_one_thing_may_be_meant_a_yes_may_be_typed(mother: Person, said: str) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    assert [doubt.value for doubt in (await standing(mother)).doubts] == ["CC:272/2"]
    assert noted(await mother.say(said)) == ("conditions", Note.ANSWERED, "charge")
    answer = (await standing(mother)).answers["charge"]
    assert answer == Answer(words=words((7, "участие в массовых беспорядках")), reading=Reading(value="CC:272/2"))


@pytest.mark.parametrize("said", ["Жоқ", "нет", "No.", "не то"])
async def test_a_no_means_that_it_was_not_understood_and_the_question_is_asked_again(mother: Person, said: str) -> None:
    await mother.reach("charge")
    await mother.say("терроризм", message_id=7)
    await mother.say(said)
    asked = await standing(mother)
    assert (asked.step, asked.doubts) == ("charge", ())
    assert asked.answers["charge"] == Answer(words=words((7, "терроризм")))


async def test_other_words_say_what_is_meant_and_the_first_ones_are_kept(mother: Person) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    assert noted(await mother.say("ст. 269", message_id=8)) == ("conditions", Note.ANSWERED, "charge")
    answer = (await standing(mother)).answers["charge"]
    first = (7, "участие в массовых беспорядках")
    assert answer == Answer(words=words(first, (8, "ст. 269")), reading=Reading(value="CC:269"))


async def test_words_that_say_nothing_of_it_are_kept_and_it_is_asked_again(mother: Person) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    doubts = (await standing(mother)).doubts
    await mother.say("телефон отобрали", message_id=8)
    at = await standing(mother)
    assert (at.step, at.doubts) == ("charge", doubts)
    assert at.answers["charge"].text == "участие в массовых беспорядках\nтелефон отобрали"
    await mother.say("да")
    assert (await standing(mother)).answers["charge"].reading.value == "CC:272/2"


async def test_a_yes_to_several_things_is_no_answer(mother: Person) -> None:
    await mother.reach("city")
    await mother.say("Тараз или Талдыкорган")
    with pytest.raises(ButtonsOnly):
        await mother.say("да")
    assert (await standing(mother)).answers["city"].text == "Тараз или Талдыкорган"


async def test_words_that_came_before_it_was_asked_are_read_together_with_the_first(mother: Person) -> None:
    await mother.reach("charge")
    await mother.see(message_id=10)
    await mother.say("участие в массовых беспорядках", message_id=11)
    await mother.see(message_id=20)
    assert noted(await mother.say("ст. 272 ч. 2", message_id=12)) == ("conditions", Note.ANSWERED, "charge")
    answer = (await standing(mother)).answers["charge"]
    assert answer.words == words((11, "участие в массовых беспорядках"), (12, "ст. 272 ч. 2"))
    assert answer.reading.value == "CC:272/2"


async def test_left_at_the_words_nothing_is_said_to_be_understood(mother: Person) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    await mother.press(Action.AS_SAID)
    assert (await standing(mother)).answers["charge"] == Answer(words=words((7, "участие в массовых беспорядках")))


async def test_a_message_edited_while_it_is_in_doubt_is_read_anew(mother: Person) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    progress = await mother.edit(7, "ст. 269 ч. 2")
    assert progress is not None
    assert noted(progress) == ("conditions", Note.ANSWERED, "charge")
    assert (await standing(mother)).answers["charge"].reading.value == "CC:269/2"


@pytest.mark.parametrize("text", ["не знаю", "пропустить", "точно не помню"])
async def test_who_does_not_know_what_is_meant_keeps_the_words(mother: Person, text: str) -> None:
    await mother.reach("charge")
    await mother.say("участие в массовых беспорядках", message_id=7)
    await mother.say(text)
    at = await standing(mother)
    assert at.step == ("conditions" if text != "точно не помню" else "charge")
    assert at.answers["charge"].text.startswith("участие в массовых беспорядках")
    assert at.answers["charge"].state is AnswerState.GIVEN


async def test_i_do_not_know_in_other_words_is_that_answer_and_the_words_are_kept(mother: Person) -> None:
    await mother.reach("date")
    assert noted(await mother.say("точно не помню", message_id=7)) == ("charge", Note.ANSWERED, "date")
    assert (await standing(mother)).answers["date"] == Answer(
        state=AnswerState.UNKNOWN, words=words((7, "точно не помню"))
    )


async def test_that_no_charge_is_known_is_an_answer(mother: Person) -> None:
    await mother.reach("charge")
    await mother.say("обвинение не предъявлено", message_id=7)
    assert (await standing(mother)).answers["charge"].reading.value == "none"
    await mother.press(Action.BACK)
    await mother.press(Action.PICK, "none")
    assert (await standing(mother)).answers["charge"] == Answer.pressed(value="none")


async def test_a_day_that_has_not_come_is_asked_again(mother: Person) -> None:
    await mother.reach("date")
    with pytest.raises(NotUnderstood) as problem:
        await mother.say("завтра")
    assert problem.value.why is Misreading.FUTURE_DATE
    assert (await standing(mother)).step == "date"
