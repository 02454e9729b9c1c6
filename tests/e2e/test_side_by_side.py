"""What happens at the same time, on PostgreSQL: within one process, and in two."""

import asyncio
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import asyncpg
import pytest

from bot.app import App, open_app
from bot.commands.sandbox import Cast
from bot.sandbox import SandboxClient
from bot.settings import Settings
from storage.outgoing import Due, HandOver, Outcome, Settlement
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import begin, report

ON_POSTGRES = pytest.mark.parametrize("databases", ["postgres"], indirect=True)


@ON_POSTGRES
async def test_words_said_while_another_process_sends_the_next_question_are_no_answer_to_it(
    stage: Stage, settings: Settings, clock: Clock
) -> None:
    mother = stage.cast.mother
    async with open_app(settings, clock=clock) as other:
        due = await _next_question_under_way(stage, other)
        await mother.send("Райгуль")
        await other.receiver.take(timeout_seconds=0)
        # It arrives.
        async with stage.app.database.transaction() as work:
            await work.outbox.postpone(due.key, until=work.now, not_delivered=True)
        await stage.app.sender.drain()
        clock.move(seconds=3)
        await stage.tick()
    assert any("✓ Имя: Садырбаева" in message.text for message in mother.messages)
    assert not any("Город: Райгуль" in message.text for message in mother.messages)


@ON_POSTGRES
async def test_words_said_a_moment_before_another_process_notes_that_the_question_arrived_are_its_answer(
    stage: Stage, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother, arriving = stage.cast.mother, []

    async def arrive() -> None:
        async with stage.app.database.transaction() as work:
            seen_before = mother.messages[-1].message_id
            await work.outbox.settle([Settlement(due.key, Outcome.SENT, work.now, message_id=seen_before)])

    async with open_app(settings, clock=clock) as other:
        due = await _next_question_under_way(stage, other)
        await mother.send("Алматы")

        looks, terms = count(1), other.sender.terms

        def look(*, now: datetime) -> HandOver:
            if next(looks) == 2:  # it looked once, saw that the question was under way, and looks again
                arriving.append(asyncio.create_task(arrive()))
            return terms(now=now)

        monkeypatch.setattr(other.sender, "terms", look)
        await other.receiver.take(timeout_seconds=0)
        await asyncio.gather(*arriving)
        await other.sender.drain()
    await stage.look()
    assert arriving, "it did not look again"
    assert "Город: Алматы" in mother.last_from_bot.text


@ON_POSTGRES
async def test_what_fails_is_the_fault_of_its_own_update_and_not_of_the_one_handled_beside_it(
    settings: Settings, telegram: SandboxClient, cast: Cast, clock: Clock
) -> None:
    url = settings.database_url
    async with open_app(settings, clock=clock) as app:
        stage = Stage(app, telegram, cast, clock)
        nurlan, (dina, _) = await stage.person("Nurlan"), cast.coordinators
        await report(stage, nurlan)
        watching, first, second = [await asyncpg.connect(url) for _ in range(3)]
        # No card can be shown of a report with a file whose key does not open.
        await watching.execute(
            "INSERT INTO evidence"
            " (origin, chat_key, report_id, kind, state, wrapped_key, sealed, received_at_ms, not_before_ms)"
            r" SELECT 'broken', chat_key, id, 'photo', 'kept', '\x00', '\x00', 1, 1 FROM reports"
        )
        async with app.database.transaction() as work:
            raw = _status(nurlan.id)
            key = work.chats.key_of(nurlan.id)
            await work.updates.defer(raw, chat_key=key, error="?", attempts=1, at=clock(), wait=timedelta(0))

        await first.execute("BEGIN; LOCK TABLE report_answers IN ACCESS EXCLUSIVE MODE")
        await dina.send("/next")
        failing = asyncio.create_task(app.receiver.take(timeout_seconds=0))
        await _waiting(watching, 1)
        locking = asyncio.create_task(second.execute("BEGIN; LOCK TABLE reports IN ACCESS EXCLUSIVE MODE"))
        await _waiting(watching, 2)
        beside = asyncio.create_task(app.worker.retry_due())
        await _waiting(watching, 3)
        await first.execute("COMMIT")
        await asyncio.gather(failing, locking)
        await second.execute("COMMIT")
        await beside

        set_aside = await watching.fetch("SELECT update_id FROM deferred_updates")
        claimed = await watching.fetchval("SELECT count(*) FROM reports WHERE claimed_by IS NOT NULL")
        for connection in (watching, first, second):
            await connection.close()
    assert claimed == 0, "a claim was committed although its handler failed"
    assert [row["update_id"] for row in set_aside] != [raw["update_id"]], "the wrong update was set aside"
    assert len(set_aside) == 1


async def _next_question_under_way(stage: Stage, other: App) -> Due:
    """Let the mother give a name, and one of two processes begin to send the next question, on a slow line."""
    for app in (stage.app, other):
        await app.watch.begin(alone=False)
    await begin(stage, stage.cast.mother, {"agree": "Согласиться"})
    await stage.cast.mother.send("Садырбаева")
    stage.app.sender.wake()  # the question is not handed over, but waits in the outbox
    await stage.app.receiver.take(timeout_seconds=0)
    async with stage.app.database.transaction() as work:
        (due,) = await work.outbox.claim_due(until=work.now + timedelta(seconds=90), most=1)
    stage.clock.move(seconds=2)
    return due


async def _waiting(connection: Any, many: int) -> None:
    """Wait until so many connections wait for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(10):
        while True:
            if await connection.fetchval(query) >= many:
                return
            await asyncio.sleep(0.01)


def _status(person: int) -> dict[str, Any]:
    return {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1_642_000_000,
            "chat": {"id": person, "type": "private", "first_name": "Nurlan"},
            "from": {"id": person, "is_bot": False, "first_name": "Nurlan"},
            "text": "/status KBG-KBM-3J8",
            "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
        },
    }
