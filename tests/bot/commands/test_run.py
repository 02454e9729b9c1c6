"""`run`, `migrate` and `export` beside a local Telegram."""

import asyncio
import json
import random
import signal
from pathlib import Path
from typing import Any

from bot.demo.process import environment
from bot.sandbox import SandboxClient
from bot.settings import Settings
from storage.crypto import MasterKeys
from storage.lock import running_alone
from tests.bot.commands.processes import Ended, run_bot, running, stop
from tests.e2e.plans import Given, Plan
from tests.e2e.robots import Robot, line
from tests.postgres import PostgresServer

ALL = 20
NO_SERVER = "postgresql://bot:hidden@127.0.0.1:1/reports"
NOT_REACHED = "DATABASE_URL: it cannot be used: Connection refused\n"


async def test_a_command_that_a_setting_stops_prints_one_line_and_ends_with_2(
    settings: Settings, tmp_path: Path
) -> None:
    good = environment(settings)
    nowhere = {**good, "DATABASE_URL": "sqlite:///nowhere/reports.db"}
    wrong_key = {**good, "MASTER_KEY": MasterKeys.generate()}
    wrong_token = {**good, "BOT_TOKEN": "123456:no-such-bot"}
    at_once = await asyncio.gather(
        run_bot("run", folder=tmp_path),
        run_bot("run", folder=tmp_path, **nowhere),
        run_bot("run", folder=tmp_path, **wrong_key),
        run_bot("migrate", folder=tmp_path, **wrong_key),
        run_bot("export", folder=tmp_path, **wrong_key),
        run_bot("export", folder=tmp_path, **{**good, "DATABASE_URL": NO_SERVER}),
    )
    ended = [*at_once, await run_bot("run", folder=tmp_path, **wrong_token)]  # one runs on a SQLite file at a time
    assert [one.code for one in ended] == [2] * len(ended)
    assert [one.out for one in ended] == [""] * len(ended)
    assert [one.err for one in ended] == [
        "BOT_TOKEN: it is not set\n",
        "DATABASE_URL: the database is not of this version; run `python -m bot migrate`\n",
        "MASTER_KEY: it does not open this database\n",
        "MASTER_KEY: it does not open this database\n",
        "MASTER_KEY: it does not open this database\n",
        NOT_REACHED,
        "BOT_TOKEN: Telegram does not know it\n",
    ]
    assert not (tmp_path / "nowhere").exists()


async def test_a_second_bot_on_one_sqlite_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    with running_alone(settings.location()):
        ended = await run_bot("run", folder=tmp_path, **environment(settings))
    where = settings.location()
    refused = f"DATABASE_URL: another process runs the bot on {where}; several need PostgreSQL\n"
    assert ended == Ended(2, "", refused)


async def test_two_bots_on_one_postgresql_database_are_one_bot(
    telegram: SandboxClient, settings: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.create_database()
    shared = {**environment(settings), "DATABASE_URL": url}
    migrated = await run_bot("migrate", folder=tmp_path, **shared)
    assert migrated == Ended(0, f"The database is ready: {url.rpartition('/')[2]} on 127.0.0.1\n", "")
    robot = Robot(await telegram.person("Aigerim", language_code="en"), "Aigerim")
    plan = Plan.draw(1, random.Random(1))  # noqa: S311  no secret
    async with running("run", folder=tmp_path, **shared) as one, running("run", folder=tmp_path, **shared) as other:
        await robot.report(plan)
        stopped = [await stop(process, signal.SIGTERM) for process in (one, other)]
    exported = await run_bot("export", folder=tmp_path, **shared)
    postgres.drop_database(url)

    assert [(ended.code, ended.out) for ended in stopped] == [(0, "")] * 2
    assert (exported.code, exported.err) == (0, "")
    (record,) = [json.loads(line) for line in exported.out.splitlines()]
    assert {key: _given(answer) for key, answer in record["answers"].items()} == {
        key: reply.given for key, reply in plan.replies.items()
    }


async def test_a_bot_told_to_stop_finishes_what_it_took_and_repeats_nothing_when_it_is_back(
    telegram: SandboxClient, settings: Settings, tmp_path: Path
) -> None:
    people = [await telegram.person(f"Reporter {number}", language_code="en") for number in range(ALL)]
    async with running("run", folder=tmp_path, **environment(settings)) as process:
        await asyncio.gather(*(person.send("/start") for person in people))
        await people[0].wait_for(line("screen.consent"))
        stopped = await stop(process, signal.SIGTERM)
    assert (stopped.code, stopped.out) == (0, "")
    events = [json.loads(line) for line in stopped.err.splitlines()]
    assert {event["level"] for event in events} == {"info"}
    assert events[-1]["event"] == "stopped"

    late = await telegram.person("Late", language_code="en")
    await late.send("/start")
    async with running("run", folder=tmp_path, **environment(settings)) as process:
        for person in (late, *people):
            await person.wait_for(line("screen.consent"))
        assert (await stop(process, signal.SIGTERM)).code == 0
    answers = [message.text for person in people for message in person.messages if message.from_bot]
    assert len(answers) == ALL


async def test_reports_are_exported_as_lines_of_json(
    telegram: SandboxClient, settings: Settings, tmp_path: Path
) -> None:
    robots = [Robot(await telegram.person(name, language_code="en"), name) for name in ("Aigerim", "Nurlan")]
    plans = [Plan.draw(number, random.Random(number)) for number in (1, 2)]  # noqa: S311  no secret
    async with running("run", folder=tmp_path, **environment(settings)):
        # Side by side: each takes a second to read a question.
        await asyncio.gather(*(robot.report(plan) for robot, plan in zip(robots, plans, strict=True)))
        # Beside a bot that runs.
        exported = await run_bot("export", "--format", "jsonl", folder=tmp_path, **environment(settings))

    assert (exported.code, exported.err) == (0, "")
    records = [json.loads(line) for line in exported.out.splitlines()]
    told = [(record["publishing"], {key: _given(one) for key, one in record["answers"].items()}) for record in records]
    expected = [(plan.publishing, {key: reply.given for key, reply in plan.replies.items()}) for plan in plans]
    assert told in (expected, expected[::-1])


def _given(answer: dict[str, Any]) -> Given:
    return Given(answer["state"], answer["words"], answer["value"], tuple(answer["choices"]))
