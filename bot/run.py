"""Running the bot: its loops side by side, until it is told to stop."""

import asyncio
import contextlib
import gc
import math
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import structlog

from bot.app import App, open_app
from bot.domain.access import Role
from bot.pipeline.faults import describe
from bot.pipeline.lag import measured_lag
from bot.pipeline.menu import offer_commands
from bot.pipeline.monitor import Monitor, Pulse
from bot.pipeline.receiver import Pause
from bot.settings import Settings
from storage.engines import is_away
from storage.figures import Figures
from storage.schema import DatabaseAway, check_schema

log = structlog.get_logger(__name__)

_DATABASE_WAIT_SECONDS = 2.0
_SILENCES_SECONDS = {"receiver": 120.0, "sender": 60.0, "ticker": 60.0, "fetcher": 60.0, "watch": 30.0}
"""How long a loop may take for one round before it counts as stopped; a poll alone lasts up to a minute."""

_OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""Python looks for garbage after 700 new objects, many times within one batch; what a batch makes lasts to its end."""


class Loop(Protocol):
    """What goes round until it is told to stop."""

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Go round. `pause` waits, and less long where it is time to stop."""


class Source(Loop, Protocol):
    """Whoever takes updates: by asking Telegram, or by being posted to."""

    async def let_go(self, running: "asyncio.Task[None]") -> None:
        """Stop. A batch that is being handled is finished and committed first."""


async def run_until_signal(settings: Settings, *, alone: bool) -> None:
    """Run the bot until SIGTERM or SIGINT. Before Telegram is reached there is nothing to finish: then it just ends."""
    stop, running = asyncio.Event(), asyncio.Event()
    main = asyncio.current_task()

    def on_signal() -> None:
        stop.set()
        if main is not None and not running.is_set():
            main.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        async with AsyncExitStack() as stack:
            app = await _reached(settings, stack)
            # What was imported and built stays: the garbage collector need not look through it ever again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
            running.set()
            await run(app, stop, alone=alone)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


async def run(app: App, stop: asyncio.Event, *, alone: bool = True) -> None:
    """Run until `stop` is set; then finish what is in hand. `alone`: no other process shares the database."""

    async def pause(seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=seconds)

    await _begin(app, stop, pause, alone=alone)
    log.info("started", leads=len(app.settings.lead_ids))
    receiver: Source = app.posts or app.receiver
    pulse = Pulse(_SILENCES_SECONDS if app.posts is None else {**_SILENCES_SECONDS, "receiver": math.inf})
    loops: dict[str, Loop] = {
        "receiver": receiver,
        "sender": app.sender,
        "ticker": app.ticker,
        "fetcher": app.fetcher,
        "watch": app.watch,
    }
    async with _monitored(app, pulse), asyncio.TaskGroup() as tasks:
        offering = tasks.create_task(_offer(app))
        running = {
            name: tasks.create_task(loop.run(stopping=_beating(pulse, name, stop), pause=pause))
            for name, loop in loops.items()
        }
        await stop.wait()
        offering.cancel()
        await receiver.let_go(running["receiver"])
        app.sender.wake()
    await _end(app)
    log.info("stopped")


async def _offer(app: App) -> None:
    group_id = app.settings.coordinator_chat_id
    await offer_commands(app.bot, app.catalogues, await _members(app), group_id=group_id)


@asynccontextmanager
async def _monitored(app: App, pulse: Pulse) -> AsyncIterator[None]:
    """Let whoever looks after the bot look at it, where a port is set for that."""
    if not app.settings.monitor_port:
        yield
        return

    async def read_figures() -> Figures:
        async with app.database.snapshot() as work:
            return await work.figures.read()

    async def ready() -> None:
        async with app.database.snapshot() as work:
            await work.processes.beats()

    monitor = Monitor(
        port=app.settings.monitor_port,
        metrics=app.metrics,
        pulse=pulse,
        ready=ready,
        read_figures=read_figures,
        is_poller=lambda: app.watch.polls,
    )
    async with monitor, measured_lag(app.metrics):
        yield


async def _members(app: App) -> list[tuple[int, Role]]:
    async with app.database.transaction(durable=False) as work:
        return [
            (chat.telegram_id, member.role)
            for member in await work.members.every()
            if (chat := await work.chats.get(member.chat_key)) is not None
        ]


async def _reached(settings: Settings, stack: AsyncExitStack) -> App:
    """Open the bot, and wait for the database as long as it takes: a server may start before its database does.

    Raises:
        SchemaOutdated, DatabaseUnusable: waiting would not help.
    """
    while True:
        try:
            await check_schema(settings.location())
            return await stack.enter_async_context(open_app(settings))
        except Exception as error:
            if not (isinstance(error, DatabaseAway) or is_away(error)):
                raise
            log.warning("database_not_reached", error=describe(error))
        await asyncio.sleep(_DATABASE_WAIT_SECONDS)


async def _begin(app: App, stop: asyncio.Event, pause: Pause, *, alone: bool) -> None:
    while not stop.is_set():
        try:
            return await app.watch.begin(alone=alone)
        except Exception as error:
            if not app.database.is_trouble(error):
                raise
            log.warning("database_not_reached", error=describe(error))
            await pause(_DATABASE_WAIT_SECONDS)
    return None


async def _end(app: App) -> None:
    try:
        await app.watch.end()
    except Exception as error:  # noqa: BLE001  the others notice it all the same, a little later
        log.warning("left_unsaid", error=describe(error))


def _beating(pulse: Pulse, loop: str, stop: asyncio.Event) -> Callable[[], bool]:
    """Return what a loop asks at every round: whether to stop. Asking shows that it goes round."""

    def stopping() -> bool:
        pulse.beat(loop)
        return stop.is_set()

    return stopping
