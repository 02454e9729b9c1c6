"""The road itself: order, faults, failing updates, and acknowledging only what is committed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import asyncpg
import pytest

from bot.app import App, open_app
from bot.domain.message import Say
from bot.pipeline.worker import RETRY_WAITS
from bot.sandbox import SandboxServer
from bot.settings import Settings
from storage.outgoing import Priority
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import begin, report
from tests.e2e.poison import poisons
from tests.storage.support import sql


async def pending(server: SandboxServer) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/bot{server.token}/getWebhookInfo") as response,
    ):
        return int((await response.json())["result"]["pending_update_count"])


async def test_nothing_is_acknowledged_before_it_is_committed(stage: Stage, server: SandboxServer) -> None:
    mother = stage.cast.mother
    await stage.app.settle()
    await mother.send("/start")
    await stage.app.receiver.take(timeout_seconds=0)
    assert await pending(server) == 1
    async with stage.app.database.transaction() as work:
        assert await work.outbox.count_unsettled() == 1
    await stage.app.receiver.take(timeout_seconds=0)
    assert await pending(server) == 0


async def test_a_batch_that_cannot_be_committed_comes_again(stage: Stage, server: SandboxServer) -> None:
    mother = stage.cast.mother
    await stage.app.settle()
    await mother.send("/start")
    with broken_database(stage.app), pytest.raises((sqlite3.OperationalError, asyncpg.PostgresError)):
        await stage.app.receiver.take(timeout_seconds=0)
    assert await pending(server) == 1
    await stage.do(mother.refresh())
    assert "Здесь можно сообщить" in mother.last_from_bot.text


async def test_a_process_that_died_after_the_commit_does_not_handle_again(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, {"agree": "Согласиться"})
    await mother.send("Садырбаева Райгуль")
    stage.app.sender.wake()  # it is to find the answer in the outbox, and dies before that
    await stage.app.receiver.take(timeout_seconds=0)
    async with open_app(settings, clock=clock) as heir:
        await heir.watch.begin(alone=True)
        await heir.settle()
    await mother.refresh()
    assert sum("2 из 5" in message.text for message in mother.messages) == 1
    assert "✓ Имя: Садырбаева Райгуль" in mother.last_from_bot.text


async def test_a_send_whose_outcome_is_lost_is_sent_again(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.telegram.fault("timeout_after_delivery", chat=mother, method="sendMessage")
    await stage.do(mother.send("/start"))
    stage.clock.move(seconds=5)
    await stage.app.settle()
    await mother.refresh()
    assert sum("Здесь можно сообщить" in message.text for message in mother.messages) == 2


async def test_a_lease_that_its_own_process_does_not_know_of_holds_up_nobody(stage: Stage, clock: Clock) -> None:
    mother = stage.cast.mother
    await mother.send("/start")
    stage.app.sender.wake()  # the answer is not handed over, but waits in the outbox
    await stage.app.receiver.take(timeout_seconds=0)
    # As it is when the commit of a claim succeeds and its answer is lost with the connection; or when a database
    # that crashed takes back that the message was settled.
    async with stage.app.database.transaction() as work:
        assert await work.outbox.claim_due(until=work.now + timedelta(seconds=90), most=1)
    clock.move(seconds=5)
    await stage.app.settle()
    await mother.refresh()
    assert "Здесь можно сообщить" in mother.last_from_bot.text


async def test_an_answer_to_a_question_whose_outcome_was_lost_is_an_answer(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, {"agree": "Согласиться"})
    await stage.telegram.fault("timeout_after_delivery", chat=mother, method="sendMessage")
    await stage.do(mother.send("Садырбаева Райгуль"))
    await stage.do(mother.send("Семей"))
    stage.clock.move(seconds=5)
    await stage.app.settle()
    await mother.refresh()
    assert "✓ Город: Семей" in mother.last_from_bot.text


async def test_telegram_asking_to_wait_is_obeyed_and_nothing_is_lost(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.telegram.fault("flood", chat=mother, method="sendMessage", retry_after=7)
    await stage.do(mother.send("/start"))
    assert not [message for message in mother.messages if message.from_bot]
    stage.clock.move(seconds=5)
    await stage.app.settle()
    await mother.refresh()
    assert not [message for message in mother.messages if message.from_bot]
    stage.clock.move(seconds=3)
    await stage.app.settle()
    await mother.refresh()
    assert "Здесь можно сообщить" in mother.last_from_bot.text


async def test_one_chat_that_waits_does_not_hold_up_another(stage: Stage) -> None:
    mother, nurlan = stage.cast.mother, await stage.person("Nurlan")
    await stage.telegram.fault("flood", chat=mother, method="sendMessage", retry_after=60)
    await mother.send("/start")
    await stage.do(nurlan.send("/start"))
    assert "Here you can report" in nurlan.last_from_bot.text


async def test_replies_keep_their_order_through_faults(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, {"agree": "Согласиться"})
    for kind in ("server_error", "drop_connection", "flood"):
        await stage.telegram.fault(kind, chat=mother, method="sendMessage", retry_after=1)
    await stage.do(mother.send("Садырбаева Райгуль"))
    await stage.do(mother.press("Не знаю", message=mother.last_from_bot))
    for _ in range(6):
        stage.clock.move(seconds=10)
        await stage.app.settle()
    await mother.refresh()
    steps = [message.text for message in mother.messages if message.from_bot and "из 5" in message.text]
    numbers = [step[step.index(" из 5") - 1] for step in steps]
    assert numbers == sorted(numbers)
    assert numbers[-1] == "2"


async def test_an_update_that_cannot_be_parsed_holds_up_nobody(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.app.worker.handle([_broken(1, chat_id=nurlan.id)])
    await stage.do(stage.cast.mother.send("/start"))
    assert "Здесь можно сообщить" in stage.cast.mother.last_from_bot.text


async def test_no_update_that_cannot_be_read_holds_up_those_that_come_with_it(stage: Stage) -> None:
    nurlan, botagoz = await stage.person("Nurlan"), await stage.person("Botagoz")
    for update in poisons(stranger=nurlan.id, coming_back=botagoz.id):
        await stage.app.worker.handle([update])
    await stage.do(stage.cast.mother.send("/start"))
    assert "Здесь можно сообщить" in stage.cast.mother.last_from_bot.text


async def test_a_failing_update_is_retried_then_given_up_and_its_chat_goes_on(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.app.worker.handle([_broken(1, chat_id=nurlan.id)])
    await stage.do(nurlan.send("Kairat Sultanbek"))
    assert "1 of 5" in nurlan.last_from_bot.text
    for wait in RETRY_WAITS:
        stage.clock.now += wait
        await stage.tick()
    await stage.tick()
    assert any("Something went wrong on our side" in message.text for message in nurlan.messages)
    assert "✓ Name: Kairat Sultanbek" in nurlan.last_from_bot.text
    await stage.cast.group.refresh()
    assert "could not be handled" in stage.cast.group.messages[-1].text


async def test_people_are_answered_before_broadcasts_go_out(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    async with stage.app.database.transaction() as work:
        team = await stage.app.worker.team(work)
        assert team.digest is not None
        chat = await work.chats.meet(nurlan.id, language="en")
        await work.outbox.add(team.digest, Say(html="broadcast"), priority=Priority.BROADCASTS, key="broadcast")
        await work.outbox.add(chat, Say(html="answer"), priority=Priority.PEOPLE, key="answer")
        due = await work.outbox.claim_due(until=work.now, most=1)
    assert [one.priority for one in due] == [Priority.PEOPLE]


async def test_the_group_that_became_a_supergroup_is_followed(settings: Settings, stage: Stage, clock: Clock) -> None:
    dina, askar = stage.cast.coordinators
    basic = await stage.telegram.group("Basic", members=[dina, askar], supergroup=False)
    async with open_app(settings.model_copy(update={"coordinator_chat_id": basic.id}), clock=clock) as app:
        migrated = await basic.migrate()
        moved = Stage(app, stage.telegram, stage.cast, clock)
        await report(moved, await moved.person("Nurlan"))
        await moved.tick()
        await migrated.refresh()
    assert any("no. 1" in message.text for message in migrated.messages)


async def test_a_press_is_acknowledged_even_if_it_says_nothing(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    await stage.do(mother.press("Согласиться"))
    assert [event.kind for event in await stage.telegram.events()].count("answer") == 1


def _broken(update_id: int, *, chat_id: int) -> dict[str, Any]:
    """Return an update with a message that python-telegram-bot cannot parse."""
    return {"update_id": update_id, "message": {"chat": {"id": chat_id, "type": "private"}, "date": "not a number"}}


@contextmanager
def broken_database(app: App) -> Iterator[None]:
    """Take a table away, as a disk that fails would take the file."""
    location = app.settings.location()
    sql(location, "ALTER TABLE outbox RENAME TO taken_away")
    yield
    sql(location, "ALTER TABLE taken_away RENAME TO outbox")
