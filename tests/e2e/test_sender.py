"""The sender: pace, people who are gone, and what Telegram will never take."""

import asyncio

from bot.app import App, open_app
from bot.domain.message import Replace, Say
from bot.settings import Settings
from storage.chats import Chat
from storage.outgoing import Priority
from tests.e2e.conftest import Clock, Stage


async def put(app: App, telegram_id: int, *words: str) -> Chat:
    async with app.database.transaction() as work:
        chat = await work.chats.meet(telegram_id, language="en")
        for one in words:
            await work.outbox.add(chat, Say(html=one), priority=Priority.NOTICES, key=f"{chat.key}:{one}")
    return chat


async def test_a_group_gets_no_more_than_its_share_of_a_minute(settings: Settings, stage: Stage, clock: Clock) -> None:
    limited = settings.model_copy(update={"send_per_group_minute": 18})
    async with open_app(limited, clock=clock) as app:
        await put(app, stage.cast.group.id, *(f"notice {number}" for number in range(5)))
        await app.sender.drain()
        await stage.cast.group.refresh()
        assert [message.text for message in stage.cast.group.messages if message.from_bot] == [
            "notice 0",
            "notice 1",
            "notice 2",
        ]
        async with app.database.transaction() as work:
            assert await work.outbox.count_unsettled() == 2


async def test_a_person_who_is_gone_keeps_nothing_waiting(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    await mother.block_bot()
    chat = await put(stage.app, mother.id, "first", "second")
    await stage.app.sender.drain()
    async with stage.app.database.transaction() as work:
        assert await work.outbox.count_unsettled() == 0
        known = await work.chats.get(chat.key)
        assert known is not None
        assert known.gone


async def test_what_telegram_will_never_take_holds_up_nobody(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    await put(stage.app, mother.id, "<div>no such tag</div>", "after it")
    await stage.app.sender.drain()
    await mother.refresh()
    assert mother.last_from_bot.text == "after it"


async def test_a_change_that_changes_nothing_is_done(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    shown = mother.last_from_bot
    chat = await put(stage.app, mother.id, "same")
    await stage.app.sender.drain()
    await mother.refresh()
    said = mother.last_from_bot
    async with stage.app.database.transaction() as work:
        for number in range(2):
            same = Replace(message_id=said.message_id, html="same")
            await work.outbox.add(chat, same, priority=Priority.PEOPLE, key=f"same {number}")
    await stage.app.sender.drain()
    async with stage.app.database.transaction() as work:
        assert await work.outbox.count_unsettled() == 0
    assert shown.message_id != said.message_id


async def test_messages_that_were_under_way_when_a_process_died_are_sent_by_the_next(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    await put(stage.app, mother.id, "under way")
    async with stage.app.database.transaction() as work:
        (due,) = await work.outbox.claim_due(until=work.now.replace(year=2030), most=5)
    async with open_app(settings, clock=clock) as heir:
        await heir.sender.drain()
        await mother.refresh()
        assert mother.last_from_bot.text != "under way"
        await heir.watch.begin(alone=True)
        await heir.sender.drain()
    await mother.refresh()
    assert mother.last_from_bot.text == "under way"
    assert due.attempts == 1


async def test_everything_arrives_in_order_under_telegrams_own_limits(stage: Stage) -> None:
    people = [await stage.person(f"Person {number}") for number in range(10)]
    for person in people:
        await person.send("/start")
    await stage.app.settle()
    await asyncio.gather(*(stage.telegram.fault("flood", chat=person, retry_after=2) for person in people))
    for person in people:
        await put(stage.app, person.id, "one", "two", "three")
    for _ in range(3):
        await stage.app.sender.drain()
        stage.clock.move(seconds=3)
    await stage.look()
    for person in people:
        assert [message.text for message in person.messages if message.from_bot][-3:] == ["one", "two", "three"]
