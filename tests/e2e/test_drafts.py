"""Drafts that nobody goes on with: reminded of once, by day, deleted when it was said, and by one process alone."""

import asyncio

from bot.app import open_app
from bot.commands.sandbox import Cast
from bot.sandbox import Person, SandboxClient
from bot.settings import Settings
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import ENGLISH, RUSSIAN, begin, code_in, report
from tests.e2e.test_side_by_side import ON_POSTGRES

NAME = "Kairat Sultanbek"


async def half_a_report(stage: Stage, person: Person) -> None:
    await begin(stage, person)
    await stage.do(person.send(NAME))


async def pass_days(stage: Stage, days: int) -> list[list[str]]:
    """Let days pass, and return what people were told unasked, day by day."""
    told = []
    for _ in range(days):
        before = _counts(stage)
        stage.clock.move(days=1)
        await stage.tick()
        told.append([person.messages[-1].text for person in stage.others if len(person.messages) > before[person.id]])
    return told


def _counts(stage: Stage) -> dict[int, int]:
    return {person.id: len(person.messages) for person in stage.others}


async def test_a_report_is_resumed_after_twenty_days_with_one_reminder_in_between(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    await half_a_report(stage, aigerim)
    told = await pass_days(stage, 20)
    assert [len(of_a_day) for of_a_day in told] == [1] + [0] * 19
    reminder = aigerim.last_from_bot
    assert "Nothing has been sent." in reminder.text
    assert "on 19 February 2022" in reminder.text
    assert NAME not in reminder.text
    await stage.do(aigerim.press("Go on"))
    assert "Question 2 of 5" in aigerim.last_from_bot.text
    for words in ("Semey", "05.01.2022"):
        await stage.do(aigerim.send(words))
    for _ in range(2):
        await stage.do(aigerim.press("Skip"))
    assert NAME in aigerim.last_from_bot.text
    for step in ("reviewed", "share", "with_name", "send"):
        await stage.do(aigerim.press(ENGLISH[step], exact=step == "send"))
    assert code_in(aigerim.last_from_bot)


async def test_words_after_a_reminder_answer_the_question_that_waits(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    await half_a_report(stage, aigerim)
    await pass_days(stage, 1)
    await stage.do(aigerim.send("Semey"))
    assert "✓ City: Semey" in aigerim.last_from_bot.text
    # The buttons under the reminder are of a screen that is gone.
    await stage.do(aigerim.press("Delete"))
    assert "no longer works" in str(aigerim.toasts[-1])
    assert "Question 3 of 5" in aigerim.last_from_bot.text


async def test_a_draft_is_deleted_on_the_day_that_was_named_and_that_is_said(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    await half_a_report(stage, aigerim)
    told = await pass_days(stage, 40)
    ((reminded, (reminder,)), (deleted, (farewell,))) = [(day, words) for day, words in enumerate(told, 1) if words]
    assert (reminded, deleted) == (1, 30)
    assert "on 19 February 2022" in reminder
    assert farewell.startswith("Your unfinished report is now deleted")
    assert NAME not in farewell
    await stage.do(aigerim.send("Semey"))
    assert "not saved" in aigerim.last_from_bot.text
    await stage.do(aigerim.send("/start"))
    assert aigerim.last_from_bot.labels[0].startswith("I agree")


async def test_the_reminder_offers_to_delete_and_asks_first(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    await half_a_report(stage, aigerim)
    await pass_days(stage, 1)
    await stage.do(aigerim.press("Delete"))
    assert "cannot be brought back" in aigerim.last_from_bot.text
    await stage.do(aigerim.press("Yes, delete it"))
    assert "deleted" in aigerim.last_from_bot.text
    assert not any(await pass_days(stage, 40))


async def test_at_night_nobody_is_reminded(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    stage.clock.move(hours=9)  # midnight
    await half_a_report(stage, aigerim)
    seen = len(aigerim.messages)
    stage.clock.move(hours=24)
    for _ in range(8):
        await stage.tick()
        assert len(aigerim.messages) == seen
        stage.clock.move(hours=1)
    stage.clock.move(hours=1)
    await stage.tick()
    assert len(aigerim.messages) == seen + 1


async def test_whoever_blocked_the_bot_is_not_written_to(stage: Stage) -> None:
    aigerim = await stage.person("Aigerim")
    await half_a_report(stage, aigerim)
    await stage.do(aigerim.block_bot())
    seen = len(aigerim.messages)
    await pass_days(stage, 31)
    await stage.do(aigerim.unblock_bot())
    assert len(aigerim.messages) == seen


async def test_with_reminders_off_a_warning_comes_two_days_before(
    settings: Settings, telegram: SandboxClient, cast: Cast, clock: Clock
) -> None:
    changed = settings.model_copy(update={"remind_after_hours": 0, "draft_expires_after_days": 5})
    async with open_app(changed, clock=clock) as app:
        stage = Stage(app, telegram, cast, clock)
        aigerim = await stage.person("Aigerim", "ru")
        await begin(stage, aigerim, RUSSIAN)
        told = await pass_days(stage, 8)
    assert [len(of_a_day) for of_a_day in told] == [0, 0, 1, 0, 1, 0, 0, 0]
    assert "Если ничего не делать, 25 января 2022 оно удалится само." in told[2][0]
    assert "удалено" in told[4][0]


@ON_POSTGRES
async def test_of_two_processes_that_tick_at_once_each_person_hears_once(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    people = [await stage.person(f"Person {number}") for number in range(6)]
    for person in people:
        await half_a_report(stage, person)
    async with open_app(settings, clock=clock) as other:
        for days, words in ((1, "Nothing has been sent"), (29, "now deleted")):
            seen = _counts(stage)
            clock.move(days=days)
            await asyncio.gather(stage.app.ticker.tick(), other.ticker.tick())
            await asyncio.gather(stage.app.sender.drain(), other.sender.drain())
            await stage.look()
            assert {len(person.messages) - seen[person.id] for person in people} == {1}
            assert all(words in person.last_from_bot.text for person in people)


async def test_one_report_too_many_is_kept_and_sent_later_and_coordinators_have_no_limit(
    settings: Settings, telegram: SandboxClient, cast: Cast, clock: Clock
) -> None:
    changed = settings.model_copy(update={"reports_per_person_day": 1})
    async with open_app(changed, clock=clock) as app:
        stage = Stage(app, telegram, cast, clock)
        aigerim, dina = await stage.person("Aigerim"), cast.coordinators[0]
        for _ in range(2):
            assert await report(stage, dina)
        await report(stage, aigerim)
        await begin(stage, aigerim)
        for _ in range(5):
            await stage.do(aigerim.press("Skip"))
        for step in ("reviewed", "share", "with_name", "send"):
            await stage.do(aigerim.press(ENGLISH[step], exact=step == "send"))
        assert aigerim.last_from_bot.text.startswith("Not sent yet")
        assert "21 January, 15:01" in aigerim.last_from_bot.text
        clock.move(days=1)
        await stage.do(aigerim.press("Send", exact=True))
        assert code_in(aigerim.last_from_bot)
