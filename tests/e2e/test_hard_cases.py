"""What a careful reader of the code found could go wrong. Each went wrong once."""

import pytest

from bot.app import open_app
from bot.domain.interview import Interview
from bot.domain.message import Say
from bot.pipeline.worker import RETRY_WAITS
from bot.sandbox import Person
from bot.settings import Settings
from storage.outgoing import Priority
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import begin, report
from tests.storage.support import sql


async def draft(stage: Stage, person: Person) -> Interview:
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(person.id, language="en")
        interview = (await work.conversations.get(chat)).interview
    assert interview is not None
    return interview


async def asked_for_a_reason(stage: Stage) -> Person:
    dina, _ = stage.cast.coordinators
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("in words"))
    return dina


async def test_words_after_another_message_of_the_bot_are_no_reason(stage: Stage) -> None:
    dina = await asked_for_a_reason(stage)
    await stage.do(dina.send("/queue"))
    await stage.do(dina.send("let me first call the family"))
    async with stage.app.database.transaction() as work:
        assert await work.reports.count_by_state() == {"waiting": 1}


async def test_words_after_back_are_no_reason(stage: Stage) -> None:
    dina = await asked_for_a_reason(stage)
    await stage.do(dina.press("Back"))
    await stage.do(dina.send("let me first call the family"))
    async with stage.app.database.transaction() as work:
        assert await work.reports.count_by_state() == {"waiting": 1}


async def test_a_digest_waits_for_the_right_to_post(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await report(stage, await stage.person("Nurlan"), name="Named Person")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve", exact=True))
    await stage.cast.channel.add_bot("member")
    stage.clock.move(hours=8)
    await stage.tick()
    await stage.cast.channel.refresh()
    assert not [message for message in stage.cast.channel.messages if message.from_bot]
    await stage.cast.channel.add_bot("admin")
    stage.clock.move(minutes=10)
    await stage.tick()
    await stage.cast.channel.refresh()
    assert [message for message in stage.cast.channel.messages if "Named Person" in message.text]


async def test_who_comes_back_after_blocking_is_asked_anew_and_answers_that(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(nurlan.id, language="en")
        await work.outbox.add(
            chat, Say(html="Report ABC: read and accepted."), priority=Priority.PEOPLE, key="decided:1"
        )
    await nurlan.send("Kairat Sultanbek")
    await stage.app.receiver.take(timeout_seconds=0)
    await nurlan.block_bot()
    await stage.app.settle()
    stage.clock.move(minutes=5)
    await stage.do(nurlan.unblock_bot())
    await stage.do(nurlan.send("/start"))
    stage.clock.move(seconds=30)
    await stage.do(nurlan.send("Semey"))
    answers = (await draft(stage, nurlan)).answers
    assert {key: answer.text for key, answer in answers.items()} == {"name": "Kairat Sultanbek", "city": "Semey"}


async def test_yesterday_is_the_day_before_it_was_said(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(2):
        await stage.do(nurlan.press("Skip"))
    said = await nurlan.send("yesterday")
    stage.clock.move(hours=14)
    await stage.do(nurlan.refresh())
    assert (await draft(stage, nurlan)).answers["date"].reading.value == "2022-01-19"
    stage.clock.move(days=3)
    await stage.do(nurlan.edit(said, "Yesterday"))
    assert (await draft(stage, nurlan)).answers["date"].reading.value == "2022-01-19"


async def test_words_that_crossed_a_press_of_back_overwrite_nothing(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send("Kairat Sultanbek"))
    await nurlan.send("Semey")
    await nurlan.press("Back")
    raw = await stage.app.bot.raw_updates(offset=None, timeout_seconds=0, allowed=("message", "callback_query"))
    ours = raw[-2:]
    await stage.app.worker.handle([update for update in ours if "callback_query" in update])
    await stage.app.sender.drain()
    await stage.app.worker.handle([update for update in ours if "message" in update])
    await stage.app.sender.drain()
    await stage.look()
    assert "came before the question below" in nurlan.last_from_bot.text
    assert (await draft(stage, nurlan)).answers["name"].text == "Kairat Sultanbek"


async def test_a_story_that_the_client_cut_in_two_is_kept_whole(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(3):
        await stage.do(nurlan.press("Skip"))
    await nurlan.send("a" * 4096)
    await stage.do(nurlan.send("what matters most"))
    assert (await draft(stage, nurlan)).answers["charge"].text.endswith("a\nwhat matters most")


async def test_a_chat_whose_key_is_spoiled_stops_nobody(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(nurlan.id, language="en")
        await work.outbox.add(chat, Say(html="x"), priority=Priority.PEOPLE, key="x")
    _spoil(stage, "chats", f"chat_key = '{chat.key}'")
    await stage.do(nurlan.send("hello"))
    for wait in RETRY_WAITS:
        stage.clock.now += wait
        await stage.tick()
    await stage.do(stage.cast.mother.send("/start"))
    assert "Здесь можно сообщить" in stage.cast.mother.last_from_bot.text
    async with stage.app.database.transaction() as work:
        assert await work.updates.count_dead() == 1


async def test_words_that_no_encoding_takes_stop_nobody(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    broken = {
        "update_id": 5,
        "message": {
            "message_id": 900,
            "date": 1642669200,
            "chat": {"id": nurlan.id, "type": "private", "first_name": "x"},
            "from": {"id": nurlan.id, "is_bot": False, "first_name": "x"},
            "text": "name \ud83d",
        },
    }
    await stage.app.worker.handle([broken])
    await stage.do(stage.cast.mother.send("/start"))
    assert "Здесь можно сообщить" in stage.cast.mother.last_from_bot.text


async def test_the_teams_group_follows_a_changed_default_language(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    async with stage.app.database.transaction() as work:
        await stage.app.worker.team(work)
    changed = settings.model_copy(update={"default_language": "ru"})
    async with open_app(changed, clock=clock) as app:
        russian = Stage(app, stage.telegram, stage.cast, clock)
        await report(russian, await russian.person("Nurlan"))
        await russian.tick()
    await stage.cast.group.refresh()
    assert any("№ 1 ·" in message.text for message in stage.cast.group.messages)


@pytest.mark.parametrize("secret", ["token", "id", "name"])
async def test_what_a_program_prints_of_its_parts_gives_nothing_away(
    stage: Stage, settings: Settings, secret: str
) -> None:
    dina, _ = stage.cast.coordinators
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(dina.id, language="en")
        await work.chats.rename(chat, "Unmistakable")
        known = await work.chats.get(chat.key)
    secrets = {"token": settings.bot_token.get_secret_value(), "id": str(dina.id), "name": "Unmistakable"}
    assert secrets[secret] not in repr((stage.app.bot, known))


def _spoil(stage: Stage, table: str, where: str) -> None:
    spoil = f"UPDATE {table} SET wrapped_key = :spoiled WHERE {where}"  # noqa: S608  ours
    sql(stage.app.settings.location(), spoil, spoiled=bytes(60))
