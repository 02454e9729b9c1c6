"""/stats: the figures in words, then as a picture, in the coordinator's language; and menus out of the outbox."""

import sys

import pytest

from bot.domain.access import Role, commands_of, group_commands
from bot.domain.menus import EVERYONES_COMMANDS
from bot.domain.message import Menu
from bot.pipeline.menu import offer_commands
from bot.sandbox import Person
from handlers.views.menu import menu
from storage.outgoing import Priority
from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def decide(stage: Stage, coordinator: Person, *, after_minutes: int) -> None:
    """Let a coordinator approve the next report, so long after it came."""
    stage.clock.move(minutes=after_minutes)
    await stage.do(coordinator.send("/next"))
    await stage.do(coordinator.press("Approve"))


async def test_the_words_come_first_and_then_the_picture(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    for coordinator in (dina, askar):
        await stage.do(coordinator.send("/start"))
    nurlan = await stage.person("Nurlan")
    for name in ("First", "Second", "Third"):
        await report(stage, nurlan, name=name)
    await decide(stage, dina, after_minutes=130)
    await decide(stage, askar, after_minutes=60)
    await stage.do(dina.send("/stats"))
    words, picture = dina.messages[-2:]
    assert words.protected
    assert "Figures, 7 Jan – 20 Jan 2022" in words.text
    assert "Reports in: 3. Decided: 2. Waiting now: 1." in words.text
    assert "half took no longer than 2 h 10 min, and 95 of 100 no longer than 3 h 10 min" in words.text
    assert "\n20 Jan: 3, 2, 1 (2 h 10 min, 3 h 10 min)\n" in words.text
    assert words.text.endswith("Decided by coordinators\n• Askar: 1\n• Dina: 1")
    assert (picture.kind, picture.text) == ("photo", "Figures, 7 Jan – 20 Jan 2022")
    assert (await dina.download(picture)).startswith(b"\x89PNG")
    assert "matplotlib" not in sys.modules  # another process drew it


@pytest.mark.parametrize(
    ("language", "head"), [("ru", "Цифры, 7 янв. – 20 янв. 2022"), ("kk", "Сандар, 7 қаң. – 20 қаң. 2022")]
)
async def test_figures_are_in_the_coordinators_language(stage: Stage, language: str, head: str) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    async with stage.app.database.transaction() as work:
        await work.chats.speak(await work.chats.meet(dina.id, language=language), language)
    await stage.do(dina.send("/stats"))
    words, picture = dina.messages[-2:]
    assert head in words.text
    assert picture.text == head


async def test_figures_are_for_the_team_in_private(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    mother = stage.cast.mother
    for person in (mother, dina):
        await stage.do(person.send("/start"))
    await stage.do(mother.send("/stats"))
    await stage.do(dina.send("/stats", chat=stage.cast.group))
    await stage.cast.group.refresh()
    assert not [message for message in (*mother.messages, *stage.cast.group.messages) if "Figures" in message.text]


async def offered(stage: Stage, **scope: object) -> tuple[str, ...]:
    commands = await stage.app.bot.call("getMyCommands", {"scope": scope})
    return tuple(command["command"] for command in commands)


async def test_everybody_the_team_and_the_group_are_offered_menus_of_their_own(stage: Stage) -> None:
    dina, group = stage.cast.coordinators[0], stage.cast.group
    await offer_commands(stage.app.bot, stage.app.catalogues, [(dina.id, Role.LEAD)], group_id=group.id)
    assert await offered(stage, type="all_private_chats") == EVERYONES_COMMANDS
    assert await offered(stage, type="default") == ()
    assert await offered(stage, type="chat", chat_id=dina.id) == (*commands_of(Role.LEAD), *EVERYONES_COMMANDS)
    assert await offered(stage, type="chat", chat_id=group.id) == group_commands()


async def test_a_menu_goes_out_of_the_outbox_and_is_taken_away_even_where_the_bot_is_silent(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(mother.id, language="kk")
        texts = stage.app.catalogues.in_language("kk")
        await work.outbox.add(chat, menu(("queue", "help"), texts), priority=Priority.COORDINATORS, key="menu:1")
    await stage.app.sender.drain()
    assert await offered(stage, type="chat", chat_id=mother.id) == ("queue", "help")
    async with stage.app.database.transaction() as work:
        chat = await work.chats.set_wiped(await work.chats.meet(mother.id, language="kk"), wiped=True)
        await work.outbox.add(chat, Menu(), priority=Priority.COORDINATORS, key="menu:2")
    await stage.app.sender.drain()
    assert await offered(stage, type="chat", chat_id=mother.id) == ()
