"""The further questions: each answer goes to the stored report with the step that gave it."""

import pytest

from bot.domain.answer import Answer, Reading
from bot.domain.errors import DraftInProgress, NoSuchReport, NothingInProgress
from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.domain.press import Action
from bot.services.follow_up import FollowUp
from bot.services.hearing import Note
from storage.database import Database
from tests.bot.services.support import Person, noted, standing, words


async def submitted(person: Person) -> int:
    await person.reach("submit")
    return (await person.submit()).report_id


async def go_on(person: Person, report_id: int) -> None:
    async with person.turn() as (work, chat, intake):
        await FollowUp(work, today=intake.today).go_on(chat, report_id)


async def answers(person: Person, report_id: int) -> dict[str, Answer]:
    """Return what the report has to the further questions."""
    async with person.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    return {key: answer for key, answer in report.answers.items() if key in FURTHER_QUESTIONS}


async def is_urgent(person: Person, report_id: int) -> bool:
    async with person.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    return report.urgent


async def test_each_answer_is_in_the_report_as_soon_as_it_is_given(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.PICK, "held")
    assert await answers(mother, report_id) == {"status": Answer.pressed(value="held")}
    progress = await mother.say("СИЗО на Сейфуллина")
    assert noted(progress) == ("age", Note.ANSWERED, "held_at")
    assert (await answers(mother, report_id))["held_at"].text == "СИЗО на Сейфуллина"
    await mother.press(Action.SKIP)
    assert (await answers(mother, report_id))["age"] == Answer.skipped()


async def test_an_answer_changed_takes_the_place_of_the_one_before(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.PICK, "held")
    await mother.say("в изоляторе")
    await mother.press(Action.BACK)
    await mother.press(Action.BACK)
    await mother.press(Action.PICK, "released")
    assert await answers(mother, report_id) == {"status": Answer.pressed(value="released")}


async def test_words_that_came_too_early_and_words_that_are_edited_reach_the_report(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.UNKNOWN)
    await mother.say("в СИЗО", message_id=2001)
    await mother.see(message_id=2010)
    await mother.say("на Сейфуллина", message_id=2005)
    assert (await answers(mother, report_id))["held_at"].words == words((2001, "в СИЗО"), (2005, "на Сейфуллина"))
    await mother.edit(2001, "в ИВС")
    assert (await answers(mother, report_id))["held_at"].words == words((2001, "в ИВС"), (2005, "на Сейфуллина"))


async def test_what_is_asked_back_waits_until_it_is_known(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.PICK, "released")
    await mother.say("2004 года")  # 17 or 18 in January 2022
    assert "age" not in await answers(mother, report_id)
    assert [doubt.value for doubt in (await standing(mother)).doubts] == ["minor", "adult"]
    await mother.press(Action.MEANT, "0")
    age = (await answers(mother, report_id))["age"]
    assert (age.text, age.reading) == ("2004 года", Reading(value="minor"))
    assert await is_urgent(mother, report_id)


async def test_what_is_left_at_ones_words_is_kept_in_them(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.PICK, "released")
    await mother.say("2004 года")
    await mother.press(Action.AS_SAID)
    age = (await answers(mother, report_id))["age"]
    assert (age.text, age.reading) == ("2004 года", Reading())
    assert not await is_urgent(mother, report_id)


async def test_a_typed_yes_is_the_button(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    while (await standing(mother)).step != "warrant":
        await mother.press(Action.UNKNOWN)
    await mother.say("Нет")
    await mother.say("соседи, но боятся")
    given = await answers(mother, report_id)
    assert given["warrant"].reading.value == "no"
    assert (given["witnesses"].reading.value, given["witnesses"].text) == (None, "соседи, но боятся")


async def test_cleared_choices_leave_the_report(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    while (await standing(mother)).step != "medical":
        await mother.press(Action.UNKNOWN)
    await mother.say("инсулин")
    assert (await answers(mother, report_id))["medical"].text == "инсулин"
    await mother.press(Action.CLEAR)
    assert "medical" not in await answers(mother, report_id)


async def test_finishing_ends_the_interview_and_keeps_the_answers(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    await mother.press(Action.PICK, "held")
    async with mother.turn() as (_, chat, intake):
        assert await intake.finish(chat) == report_id
    assert await mother.interview() is None
    await go_on(mother, report_id)
    at = await standing(mother)
    assert (at.step, at.answers) == ("held_at", {"status": Answer.pressed(value="held")})


async def test_a_new_report_is_not_finished_that_way(mother: Person) -> None:
    await mother.reach("review")
    screen = await mother.screen()
    async with mother.turn() as (_, chat, intake):
        assert await intake.finish(chat, screen) is None
    assert (await standing(mother)).step == "review"


async def test_nothing_else_can_be_begun_while_a_report_is_filled_in(mother: Person) -> None:
    report_id = await submitted(mother)
    await mother.reach("city")
    before = await standing(mother)
    with pytest.raises(DraftInProgress):
        await go_on(mother, report_id)
    assert await standing(mother) == before


async def test_nobody_adds_to_the_report_of_another(database: Database, mother: Person) -> None:
    report_id = await submitted(mother)
    with pytest.raises(NoSuchReport):
        await go_on(Person(database, 5), report_id)


async def test_a_report_withdrawn_from_another_phone_takes_no_more_answers(mother: Person) -> None:
    report_id = await submitted(mother)
    await go_on(mother, report_id)
    async with mother.turn() as (work, chat, intake):
        await FollowUp(work, today=intake.today).withdraw(chat, report_id)
    assert await mother.interview() is None
    with pytest.raises(NothingInProgress):
        await mother.press(Action.PICK, "held")


@pytest.mark.parametrize("text", ["Серік, больше не могу об этом", "қорқамын"])
async def test_somebody_in_distress_is_told_once_that_they_may_stop(mother: Person, text: str) -> None:
    await mother.agree()
    assert (await mother.say(text)).comforts
    assert not (await mother.say("Алматы, мне страшно")).comforts


async def test_what_is_hard_to_tell_is_met_with_a_kind_word(mother: Person) -> None:
    await mother.reach("conditions")
    assert not (await mother.press(Action.MARK, "torture")).comforts
    assert (await mother.press(Action.DONE)).comforts
    await mother.press(Action.BACK)
    assert not (await mother.press(Action.DONE)).comforts
