"""Many reporters at once, bots that are killed again and again, a Telegram and a database that fail: nothing is lost.

The local Telegram and the people live in the test; each bot is a process of its own and is ended with SIGKILL. Some
waits here are not for a condition and are meant so: the moments of a kill and of a lost connection are random, and
people take a second to read.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.commands.sandbox import gather_cast, sandbox_settings
from bot.sandbox import FaultKind, SandboxClient
from bot.settings import Settings
from storage.schema import migrate
from tests.e2e.aftermath import (
    check_chats,
    check_nothing_is_held,
    check_reports,
    check_withdrawn,
    count,
    logged,
    until_count,
    until_everything_is_sent,
)
from tests.e2e.fleet import Bot, Fleet, gathered
from tests.e2e.plans import Later, Plan
from tests.e2e.poison import CHATS, PoisonedServer, poisons
from tests.e2e.robots import Robot
from tests.postgres import PostgresServer


@dataclass(frozen=True)
class Mode:
    """How the bot runs, and how much is done to it."""

    name: str
    on_postgres: bool
    is_posted: bool
    processes: int
    robots: int
    kills: int

    def __str__(self) -> str:
        return self.name


MODES = (
    Mode("sqlite-polling", on_postgres=False, is_posted=False, processes=1, robots=24, kills=10),
    Mode("sqlite-webhook", on_postgres=False, is_posted=True, processes=1, robots=14, kills=6),
    Mode("postgres-webhook-3", on_postgres=True, is_posted=True, processes=3, robots=14, kills=8),
    Mode("postgres-polling-failover", on_postgres=True, is_posted=False, processes=3, robots=14, kills=5),
)
LOST_CONNECTIONS = 4
"""How often all connections to PostgreSQL are lost; once of these because the server crashes."""
LOST_ANSWERS = 0.03
"""How many of a webhook's answers never reach Telegram, from 0 to 1."""
MOST_REPORTS = 6
"""Of one robot. Robots go on reporting until the last kill, so that every kill hits a bot at work."""
ONE_GOES_ON_OF, ONE_IS_WITHDRAWN_OF = 3, 6
LONGEST_SECONDS = 120
"""Whoever has no receipt by then is stuck."""
LONGEST_PAUSE_SECONDS = 1.0
"""Between two tries of the local Telegram to post an update; the real one waits longer and longer."""

TROUBLE: tuple[tuple[FaultKind, str | None], ...] = (
    ("flood", "sendMessage"),
    ("server_error", "sendMessage"),
    ("timeout_after_delivery", "sendMessage"),
    ("drop_connection", "sendMessage"),
    ("flood", "editMessageReplyMarkup"),
    ("timeout_after_delivery", "editMessageReplyMarkup"),
    ("timeout_after_delivery", "editMessageText"),
    ("drop_connection", "answerCallbackQuery"),
    ("duplicate_update", None),
)
POLLING_TROUBLE: tuple[tuple[FaultKind, str | None], ...] = (
    ("server_error", "getUpdates"),
    ("drop_connection", "getUpdates"),
    ("timeout_after_delivery", "getUpdates"),
)
POSTING_TROUBLE: tuple[tuple[FaultKind, str | None], ...] = (
    ("server_error", "setWebhook"),
    ("drop_connection", "setWebhook"),
)
EVENTS_BETWEEN_FAULTS = 15
UPSET = {"batch_failed", "watch_failed", "tick_failed", "fetcher_failed", "outbox_unreadable", "outcome_not_noted"}
"""What a loop says that lost its connection to the database."""

log = logging.getLogger(__name__)


@dataclass
class Storm:
    """What goes wrong at the same time, and who lives through it."""

    mode: Mode
    server: PoisonedServer
    telegram: SandboxClient
    settings: Settings
    fleet: Fleet
    robots: Sequence[Robot]
    postgres: PostgresServer | None
    chance: random.Random
    kills: list[int] = field(default_factory=list)
    """How many updates were pending when a bot was killed."""
    poisoned: list[int] = field(default_factory=list)
    """The ids of the updates that nobody can read."""

    async def rage(self) -> None:
        """Let everybody report while everything fails; then in peace, until each has a receipt."""
        peace = asyncio.Event()
        numbers = iter(range(1, len(self.robots) * MOST_REPORTS + 1))
        try:
            async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
                trouble = tasks.create_task(self._make_trouble())
                for robot in self.robots[1:]:
                    tasks.create_task(self._report_until(peace, robot, numbers))
                harm = [self._kill_again_and_again(), self._lose_connections(), self._poison(numbers)]
                await asyncio.wait([tasks.create_task(each) for each in harm])
                peace.set()
                trouble.cancel()
                await self.telegram.clear_faults()
        except TimeoutError:
            stuck = [
                f"{robot.name} waits for {robot.waits_for} under {robot.person.last_message.text!r}"
                for robot in self.robots
                if robot.waits_for != "nothing"
            ]
            raise AssertionError("; ".join(stuck)) from None

    async def _report_until(self, peace: asyncio.Event, robot: Robot, numbers: Iterator[int]) -> None:
        while not robot.receipts or (not peace.is_set() and len(robot.receipts) < MOST_REPORTS):
            await robot.report(self._plan(next(numbers)))

    def _plan(self, number: int) -> Plan:
        """Make up a report; a few of them have more to come after the receipt, and of those a few are withdrawn."""
        plan = Plan.draw(number, self.chance)
        if number % ONE_GOES_ON_OF:
            return plan
        return replace(plan, later=Later.draw(number, self.chance, withdraws=number % ONE_IS_WITHDRAWN_OF == 0))

    async def _kill_again_and_again(self) -> None:
        """Once the bots work, let a random time pass, kill one, and start it again."""
        await self.fleet.start()
        for _ in range(self.mode.kills):
            last = (await self.telegram.events())[-1].seq
            while not any(event.from_bot for event in await self.telegram.events(after=last, wait=10)):
                pass
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            victim = await self._victim()
            self.kills.append(await self.telegram.pending_updates())
            await self.fleet.kill(victim)
            await self.fleet.start()

    async def _victim(self) -> Bot:
        """Choose one of those that are posted to; of those that poll, the one that does."""
        if self.mode.is_posted or self.mode.processes == 1:
            return self.chance.choice(self.fleet.bots)
        return await self.fleet.poller()

    async def _lose_connections(self) -> None:
        """Take the database away for a moment, again and again; once by a crash."""
        if self.postgres is None:
            return
        url = self.settings.database_url
        for number in range(LOST_CONNECTIONS):
            await asyncio.sleep(self.chance.uniform(1.0, 4.0))
            if number == LOST_CONNECTIONS // 2:
                await asyncio.to_thread(self.postgres.restart)
            else:
                await asyncio.to_thread(self.postgres.kill_connections, url)

    async def _poison(self, numbers: Iterator[int]) -> None:
        """Send what nobody can read; also in the chat of somebody who then writes once more, and waits behind it."""
        robot = self.robots[0]
        await robot.report(self._plan(next(numbers)))
        stranger = await self.telegram.person("Stranger")
        for update in poisons(stranger=stranger.id, coming_back=robot.person.id):
            self.poisoned.append(update["update_id"])
            if self.fleet.front is None:
                self.server.mix_in(update)
            else:
                await self.fleet.front.post(update)
        taken = f"seen_updates WHERE update_id <= {self.poisoned[-1]}"
        await until_count(self.settings, taken, len(self.poisoned), seconds=LONGEST_SECONDS)
        await robot.person.send("One more word")

    async def _make_trouble(self) -> None:
        """Let something go wrong with Telegram every few events."""
        last = seen = 0
        has_spoken = False
        await self.telegram.fault("duplicate_update", times=3)  # chance might leave it out
        trouble = TROUBLE + (POSTING_TROUBLE if self.mode.is_posted else POLLING_TROUBLE)
        while True:
            events = await self.telegram.events(after=seen, wait=10)
            seen = events[-1].seq if events else seen
            has_spoken = has_spoken or any(event.from_bot for event in events)
            # While the bot is silent people press again and again: that must not bring more trouble still.
            if has_spoken and seen - last >= EVENTS_BETWEEN_FAULTS:
                last, has_spoken = seen, False
                kind, method = self.chance.choice(trouble)
                await self.telegram.fault(
                    kind,
                    method=method,
                    # Each failed poll makes the bot wait twice as long as the one before.
                    times=1 if method == "getUpdates" else self.chance.randint(1, 3),
                    retry_after=1,
                    status=self.chance.choice([500, 502]),
                )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [2022])
@pytest.mark.parametrize("mode", MODES, ids=str)
async def test_no_report_is_lost_doubled_or_mixed_up_when_bots_are_killed_again_and_again(
    mode: Mode, seed: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(seed)  # noqa: S311  the same trouble every time
    began = time.monotonic()
    async with _storm(mode, chance, tmp_path, request) as storm:
        before_the_robots = await storm.telegram.pending_updates()
        await storm.rage()
        last = storm.poisoned[-1]
        # What was pressed again just before the peace may be set aside: its chat belonged to the bot that was killed.
        held = f"SELECT chat_key FROM deferred_updates WHERE update_id <= {last}"  # noqa: S608  our own number
        elsewhere = f"deferred_updates WHERE chat_key NOT IN ({held})"
        await until_count(storm.settings, elsewhere, 0, seconds=LONGEST_SECONDS)
        await until_everything_is_sent(storm.settings, seconds=LONGEST_SECONDS)
        # The first of each chat is tried again, and those behind it wait.
        await until_count(storm.settings, "deferred_updates WHERE attempts > 1", CHATS, seconds=LONGEST_SECONDS)
        assert await storm.fleet.stop() < 10
        acts = await check_chats(storm.telegram, storm.robots)

    assert len(storm.kills) == mode.kills
    assert any(pending > 0 for pending in storm.kills), "no kill hit a bot at work"
    assert await count(storm.settings, "seen_updates") == acts + before_the_robots + len(storm.poisoned)
    assert await count(storm.settings, "deferred_updates WHERE dead_at_ms IS NOT NULL") == 0
    assert await count(storm.settings, f"deferred_updates WHERE update_id <= {last}") == len(storm.poisoned)
    # The one more word, and what its writer had pressed again before it and Telegram posted late.
    behind = await count(storm.settings, f"deferred_updates WHERE update_id > {last}")
    assert 1 <= behind <= 1 + storm.robots[0].repeated
    assert await count(storm.settings, "outbox WHERE settled_at_ms IS NULL") == 0
    await check_nothing_is_held(storm.settings)
    await check_reports(storm.settings, storm.robots)
    await check_withdrawn(storm.settings, storm.robots)
    plans = [plan for robot in storm.robots for plan in robot.receipts.values()]
    assert any(plan.is_withdrawn for plan in plans)
    lines = list(logged([bot.log for bot in storm.fleet.bots]))
    _check_log(lines, storm)
    log.info(
        "%s, seed %s: %s robots, %s reports (%s gone on with, %s withdrawn), %s kills with %s updates "
        "pending, %s delivered twice, "
        "%s failed sends, %s failed batches, %s presses repeated, %.0f s",
        mode,
        seed,
        len(storm.robots),
        len(plans),
        sum(plan.later is not None for plan in plans),
        sum(plan.is_withdrawn for plan in plans),
        len(storm.kills),
        storm.kills,
        sum(line["event"] == "update_seen_before" for line in lines),
        sum(line["event"] in {"send_failed", "asked_to_wait"} for line in lines),
        sum(line["event"] == "batch_failed" for line in lines),
        sum(robot.repeated for robot in storm.robots),
        time.monotonic() - began,
    )


@asynccontextmanager
async def _storm(
    mode: Mode, chance: random.Random, folder: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Storm]:
    """Bring together everybody and everything; no bot is started yet."""

    async def wait(seconds: float) -> None:
        await asyncio.sleep(min(seconds, LONGEST_PAUSE_SECONDS))

    # Asked for here, so that SQLite's modes alone start no server.
    postgres: PostgresServer | None = request.getfixturevalue("postgres") if mode.on_postgres else None
    async with PoisonedServer(wait=wait) as server, SandboxClient(server.url) as telegram:
        settings = sandbox_settings(server.url, server.token, await gather_cast(telegram), folder)
        if postgres is not None:
            settings = settings.model_copy(update={"database_url": postgres.create_database()})
        await migrate(settings.location())
        robots = [
            Robot(await telegram.person(f"Robot {number}", language_code="en"), f"Robot {number}")
            for number in range(mode.robots)
        ]
        gathering = gathered(
            settings,
            folder,
            processes=mode.processes,
            is_posted=mode.is_posted,
            lost=LOST_ANSWERS,
            chance=chance,
        )
        async with gathering as fleet:
            yield Storm(mode, server, telegram, settings, fleet, robots, postgres, chance)


def _check_log(lines: Sequence[dict[str, object]], storm: Storm) -> None:
    """Check that nothing went wrong but what was meant to."""
    expected = {"update_deferred"} | (UPSET if storm.mode.on_postgres else set())
    errors = [line for line in lines if line["level"] in {"error", "critical"}]
    assert not [line for line in errors if line["event"] not in expected]
    assert {line["update_id"] for line in lines if line["event"] == "update_deferred"} <= set(storm.poisoned)
    assert [line for line in lines if line["event"] == "update_seen_before"], "nothing was delivered twice"
