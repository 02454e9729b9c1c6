"""Intake: beginning, pressing, cancelling, submitting, asking after a report."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answer import Answer
from bot.domain.consent import CONSENT_VERSION, Publishing
from bot.domain.errors import (
    CancelPending,
    InvalidReceipt,
    NothingChosen,
    NothingInProgress,
    StaleButton,
    UnknownReceipt,
)
from bot.domain.interview import Interview
from bot.domain.press import Action
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, Report
from bot.services.hearing import Note
from storage.database import Database
from storage.location import Location
from tests.bot.services.support import Person, meet, noted, standing, words
from tests.storage.support import START, Clock, agreed, column, scripted, undone

SECOND = timedelta(seconds=1)


async def test_the_first_interview_begins_with_the_consent_on_screen_1(mother: Person) -> None:
    assert await mother.begin() == (Interview(screen=1, step="consent"), False)
    assert await mother.interview() == Interview(screen=1, step="consent")


async def test_an_interview_in_progress_is_gone_on_with(mother: Person) -> None:
    await mother.reach("city")
    before = await standing(mother)
    assert await mother.begin() == (before, True)
    assert await mother.interview() == before


async def test_an_interview_is_in_progress_from_its_beginning_to_its_end(mother: Person) -> None:
    async def in_progress() -> bool:
        async with mother.turn() as (_, chat, intake):
            return await intake.in_progress(chat)

    assert not await in_progress()
    await mother.begin()
    assert await in_progress()
    await mother.drop()
    assert not await in_progress()


async def test_two_people_are_interviewed_apart(database: Database, mother: Person) -> None:
    father = Person(database, 5)
    await mother.reach("date")
    await father.reach("name")
    await mother.say("05.01.2022")
    assert (await standing(father)).answers == {}
    assert (await standing(mother)).step == "charge"


@pytest.mark.parametrize("happens", ["current", "press", "say", "edit", "cancel", "keep", "drop", "submit"])
async def test_without_an_interview_there_is_nothing_to_go_on_with(mother: Person, happens: str) -> None:
    async def current() -> None:
        async with mother.turn() as (_, chat, intake):
            await intake.current(chat)

    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "current": current,
        "press": lambda: mother.press(Action.AGREE),
        "say": lambda: mother.say("Серік"),
        "edit": lambda: mother.edit(1, "Серік"),
        "cancel": mother.cancel,
        "keep": mother.keep,
        "drop": mother.drop,
        "submit": mother.submit,
    }
    with pytest.raises(NothingInProgress):
        await steps[happens]()


async def test_today_is_the_day_it_is_where_the_people_are(mother: Person, clock: Clock) -> None:
    clock.now = datetime(2022, 1, 5, 17, 59, tzinfo=UTC)
    async with mother.turn() as (_, _, intake):
        assert intake.today.isoformat() == "2022-01-05"
    clock.now = datetime(2022, 1, 5, 18, 0, tzinfo=UTC)
    async with mother.turn() as (_, _, intake):
        assert intake.today.isoformat() == "2022-01-06"


# Pressing


async def test_a_press_goes_on_and_is_stored(mother: Person) -> None:
    await mother.begin()
    progress = await mother.press(Action.AGREE)
    assert noted(progress) == ("name", None, None)
    assert await mother.interview() == progress.interview


@pytest.mark.parametrize("action", [Action.SKIP, Action.UNKNOWN])
async def test_a_press_that_answers_says_which_question_it_answered(mother: Person, action: Action) -> None:
    await mother.agree()
    assert noted(await mother.press(action)) == ("city", Note.ANSWERED, "name")


async def test_going_back_and_marking_answer_nothing(mother: Person) -> None:
    await mother.reach("conditions")
    assert noted(await mother.press(Action.MARK, "beating")) == ("conditions", None, None)
    assert noted(await mother.press(Action.UNMARK, "beating")) == ("conditions", None, None)
    assert noted(await mother.press(Action.BACK)) == ("charge", None, None)


async def test_an_answer_changed_from_the_review_returns_there(mother: Person) -> None:
    await mother.reach("review")
    await mother.press(Action.EDIT, "city")
    assert noted(await mother.press(Action.PICK, "semey")) == ("review", Note.ANSWERED, "city")
    assert (await standing(mother)).answers["city"].reading.value == "semey"


@pytest.mark.parametrize("screens_ago", [1, 2, -1])
async def test_a_button_of_another_screen_is_stale_and_changes_nothing(mother: Person, screens_ago: int) -> None:
    await mother.reach("city")
    before = await standing(mother)
    with pytest.raises(StaleButton) as stale:
        await mother.press(Action.SKIP, screen=before.screen - screens_ago)
    assert stale.value.screens_ago == screens_ago
    assert await mother.interview() == before


async def test_choices_closed_with_none_chosen_change_nothing(mother: Person) -> None:
    await mother.reach("conditions")
    before = await standing(mother)
    with pytest.raises(NothingChosen):
        await mother.press(Action.DONE)
    assert await mother.interview() == before


# Cancelling and dropping


async def test_while_cancelling_is_asked_about_no_words_are_taken(mother: Person) -> None:
    await mother.reach("city")
    screen = await mother.screen()
    asked = await mother.cancel()
    assert (asked.cancelling, asked.screen, asked.step) == (True, screen, "city")
    with pytest.raises(CancelPending):
        await mother.say("да")
    assert await mother.interview() == asked


async def test_what_is_kept_goes_on_where_it_was(mother: Person) -> None:
    await mother.reach("city")
    before = await standing(mother)
    await mother.cancel()
    assert await mother.keep() == before
    assert noted(await mother.say("Алматы")) == ("date", Note.ANSWERED, "city")


async def test_nothing_is_kept_by_an_old_button(mother: Person) -> None:
    await mother.reach("city")
    asked = await mother.cancel()
    with pytest.raises(StaleButton):
        await mother.keep(screen=asked.screen - 1)
    assert await mother.interview() == asked


@pytest.mark.parametrize("goes_on", ["by beginning", "by a button"])
async def test_going_on_answers_whether_to_cancel(mother: Person, goes_on: str) -> None:
    await mother.reach("city")
    await mother.cancel()
    if goes_on == "by beginning":
        _, in_progress = await mother.begin()
        assert in_progress
    else:
        await mother.press(Action.SKIP)
    assert (await standing(mother)).cancelling is False
    await mother.say("Алматы")


async def test_what_is_cancelled_is_dropped(mother: Person) -> None:
    await mother.reach("city")
    await mother.cancel()
    await mother.drop()
    assert await mother.interview() is None


async def test_a_dropped_draft_is_forgotten_and_its_screens_never_come_again(mother: Person) -> None:
    await mother.reach("city")
    last = await mother.screen()
    await mother.drop()
    assert await mother.interview() is None
    assert await mother.begin() == (Interview(screen=last + 1), False)


async def test_a_draft_is_not_dropped_by_an_old_button(mother: Person) -> None:
    await mother.reach("city")
    before = await standing(mother)
    with pytest.raises(StaleButton):
        await mother.drop(screen=before.screen - 1)
    assert await mother.interview() == before


# Submitting


async def test_a_submitted_report_is_stored_as_said_and_the_interview_is_over(database: Database) -> None:
    mother = Person(database, choose=scripted("23456789"))
    await mother.agree()
    await mother.say("Серік", message_id=3)
    await mother.press(Action.PICK, "almaty")
    await mother.press(Action.DATE, "2022-01-05")
    await mother.press(Action.UNKNOWN)
    await mother.press(Action.MARK, "no_medical_care")
    await mother.press(Action.DONE)
    await mother.press(Action.REVIEWED)
    await mother.press(Action.SHARE, "yes")
    await mother.press(Action.PUBLISH, "without_name")
    last = await mother.screen()
    submitted = await mother.submit()
    assert submitted.receipt.code[:-1] == "23456789"
    assert submitted.urgent is True
    async with mother.turn() as (work, chat, _):
        assert await work.reports.get(submitted.report_id) == Report(
            report_id=submitted.report_id,
            revision=1,
            questionnaire_version=QUESTIONNAIRE.version,
            consent=agreed(Publishing.WITHOUT_NAME, sharing=True, version=CONSENT_VERSION),
            language="ru",
            submitted_at=START,
            urgent=True,
            answers={
                "name": Answer(words=words((3, "Серік"))),
                "city": Answer.pressed(value="almaty"),
                "date": Answer.pressed(value="2022-01-05"),
                "charge": Answer.unknown(),
                "conditions": Answer.pressed(choices=("no_medical_care",)),
            },
        )
        report = await work.reports.standing(submitted.report_id)
        assert report is not None
        assert report.reporter_key == chat.key
    assert await mother.interview() is None
    assert await mother.screen() == last


async def test_a_report_has_its_answers_in_the_order_of_the_questions_whatever_order_the_draft_has(
    mother: Person,
) -> None:
    backwards = {key: Answer.unknown() for key in reversed(list(QUESTIONNAIRE.keys()))}
    draft = Interview(screen=9, step="submit", answers=backwards, publishing=Publishing.WITH_NAME)
    async with mother.turn() as (work, chat, _):
        await work.conversations.save(chat, draft)
    report_id = (await mother.submit()).report_id
    async with mother.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    assert list(report.answers) == list(QUESTIONNAIRE.keys())


async def test_a_report_in_which_nothing_is_pressing_is_not_urgent(mother: Person) -> None:
    await mother.reach("submit")
    assert (await mother.submit()).urgent is False


async def test_a_second_press_on_submit_stores_nothing_more(mother: Person, location: Location) -> None:
    await mother.reach("submit")
    screen = await mother.screen()
    await mother.submit()
    with pytest.raises(NothingInProgress):
        await mother.submit(screen=screen)
    await mother.begin()
    with pytest.raises(StaleButton):
        await mother.submit(screen=screen)
    assert column(location, "SELECT count(*) FROM reports") == [1]


async def test_a_submission_that_was_undone_can_be_made_again(
    database: Database, mother: Person, location: Location
) -> None:
    await mother.reach("submit")
    before = await standing(mother)
    async with undone(database) as work:
        chat, intake = await mother.at(work)
        await intake.submit(chat, before.screen)
    assert await mother.interview() == before
    await mother.submit()
    assert column(location, "SELECT count(*) FROM reports") == [1]


@pytest.mark.parametrize("step", ["name", "review", "publishing"])
async def test_nothing_is_submitted_before_the_last_screen(mother: Person, location: Location, step: str) -> None:
    await mother.reach(step)
    before = await standing(mother)
    with pytest.raises(StaleButton):
        await mother.submit()
    assert await mother.interview() == before
    assert column(location, "SELECT count(*) FROM reports") == [0]


async def test_nothing_is_submitted_by_an_old_button(mother: Person, location: Location) -> None:
    await mother.reach("submit")
    await mother.press(Action.BACK)
    await mother.press(Action.PUBLISH, "with_name")
    with pytest.raises(StaleButton):
        await mother.submit(screen=await mother.screen() - 2)
    assert column(location, "SELECT count(*) FROM reports") == [0]


async def test_one_person_can_report_again(mother: Person, location: Location) -> None:
    mother.choose = scripted("2222222233333333")
    for _ in range(2):
        await mother.reach("submit")
        await mother.submit()
    assert column(location, "SELECT count(DISTINCT origin) FROM reports") == [2]


async def test_a_receipt_that_is_taken_is_not_given_again(mother: Person) -> None:
    mother.choose = scripted("22222222222222222222222233333333")
    codes = []
    for _ in range(2):
        await mother.reach("submit")
        codes.append((await mother.submit()).receipt.code[:-1])
    assert codes == ["22222222", "33333333"]


# Asking after a report


async def submitted(person: Person) -> Receipt:
    await person.reach("submit")
    return (await person.submit()).receipt


async def test_a_report_waits_until_it_is_decided(mother: Person) -> None:
    receipt = await submitted(mother)
    async with mother.turn() as (_, _, intake):
        assert await intake.status(str(receipt)) == (receipt, None)


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.REJECTED])
async def test_anyone_who_has_the_code_is_told_the_decision(
    database: Database, mother: Person, decision: Decision
) -> None:
    receipt = await submitted(mother)
    dana = await meet(database, 101)
    async with database.transaction() as work:
        held = await work.queue.claim_next(dana, until=work.now + SECOND)
        assert held is not None
        assert await work.decisions.decide(held, dana, decision)
    async with Person(database, 5).turn() as (_, _, intake):
        assert await intake.status(f" {receipt.code.lower()} ") == (receipt, decision)


async def test_a_code_is_found_among_other_words(mother: Person) -> None:
    receipt = await submitted(mother)
    async with mother.turn() as (_, _, intake):
        assert await intake.status(f"Код: {receipt}, что с ним?") == (receipt, None)


@pytest.mark.parametrize("said", ["", "Серік", "222-222-222", "2222"])
async def test_what_cannot_be_a_code_is_refused(mother: Person, said: str) -> None:
    async with mother.turn() as (_, _, intake):
        with pytest.raises(InvalidReceipt):
            await intake.status(said)


async def test_a_code_that_no_report_has_is_unknown(mother: Person) -> None:
    await submitted(mother)
    async with mother.turn() as (_, _, intake):
        with pytest.raises(UnknownReceipt):
            await intake.status(Receipt.issue(scripted("23456789")).code)
