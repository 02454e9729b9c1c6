"""The composition root: the one place that builds the parts and joins them. Nothing is built at import."""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeChat, Update
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.domain.access import Access
from bot.domain.schedule import DailyAt
from bot.pipeline.faults import describe
from bot.pipeline.receiver import Receiver
from bot.pipeline.sender import Pace, Sender
from bot.pipeline.telegram_bot import TelegramBot, retry_seconds
from bot.pipeline.ticker import Ticker
from bot.pipeline.worker import TeamChats, Worker
from bot.services.digest import DigestDesk
from bot.services.turn import Choose, Turn
from bot.settings import Settings
from bot.texts import Catalogues
from bot.understanding.places import Gazetteer
from bot.understanding.reading import Reader
from handlers.application import ALLOWED_UPDATES, BotApplication, build_application
from handlers.context import Desk
from storage.database import Clock, Database

log = structlog.get_logger(__name__)

_START_WAITS_SECONDS = (1, 2, 5, 10, 30)
"""Between tries to reach Telegram at the start; the last one repeats."""
EVERYONES_COMMANDS = ("start", "status", "cancel", "help")
COORDINATORS_COMMANDS = ("next", "queue", "digest")


def utc_now() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class App:
    """The joined parts of a running bot."""

    settings: Settings
    database: Database
    bot: TelegramBot
    worker: Worker
    receiver: Receiver
    sender: Sender
    ticker: Ticker
    catalogues: Catalogues

    async def settle(self) -> None:
        """Handle every update that waits and send all that is due: one deterministic round, for tests and demos."""
        while await self.receiver.take(timeout_seconds=0):
            await self.sender.drain()
        await self.sender.drain()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; then finish what is in hand."""
        await self.sender.recover()
        log.info("started", coordinators=len(self.settings.coordinator_ids))

        async def pause(seconds: float) -> None:
            try:
                await asyncio.wait_for(stop.wait(), timeout=seconds)
            except TimeoutError:
                return

        async with asyncio.TaskGroup() as tasks:
            offering = tasks.create_task(self._offer_commands())
            receiving = tasks.create_task(self.receiver.run(stopping=stop.is_set, pause=pause))
            tasks.create_task(self.sender.run(stopping=stop.is_set))
            tasks.create_task(self.ticker.run(stopping=stop.is_set, pause=pause))
            await stop.wait()
            offering.cancel()
            await self.receiver.let_go(receiving)
            self.sender.wake()
        log.info("stopped")

    async def _offer_commands(self) -> None:
        """Fill the menu of commands, in every language. A menu that is missing for a day harms nobody."""
        try:
            for language in self.catalogues.languages:
                await self.bot.set_my_commands(self._commands(EVERYONES_COMMANDS, language), language_code=language)
            default = self.catalogues.default
            await self.bot.set_my_commands(self._commands(EVERYONES_COMMANDS, default))
            for coordinator in sorted(self.settings.coordinator_ids):
                commands = self._commands((*COORDINATORS_COMMANDS, *EVERYONES_COMMANDS), default)
                await self.bot.set_my_commands(commands, scope=BotCommandScopeChat(coordinator))
        except TelegramError as error:
            log.warning("commands_not_offered", error=describe(error))

    def _commands(self, names: tuple[str, ...], language: str) -> list[BotCommand]:
        texts = self.catalogues.in_language(language)
        return [BotCommand(name, texts.plain(f"command.{name}")) for name in names]


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Clock = utc_now, choose: Choose = secrets.choice, pace: Pace | None = None
) -> AsyncIterator[App]:
    """Build the bot over an open database and an open connection to Telegram; close both at the end.

    Raises:
        telegram.error.InvalidToken: Telegram does not know the token.
        storage.crypto.WrongKey: the master key does not open the database.
    """
    catalogues = Catalogues.load(default=settings.default_language, zone=settings.zone)
    bot = TelegramBot(settings.bot_token.get_secret_value(), settings.bot_api_url)
    desk = Desk(
        catalogues=catalogues,
        access=Access(settings.coordinator_ids),
        reader=Reader(Gazetteer.load()),
        zone=settings.zone,
        schedule=DailyAt(settings.digest_at, settings.zone),
        choose=choose,
    )
    application = build_application(bot, desk)
    async with Database.open(settings.location(), settings.master_keys(), clock=clock) as database:
        try:
            await _reach_telegram(application)
            yield _join(settings, database, bot, desk, application, pace=pace)
        finally:
            await application.shutdown()
            await bot.shutdown()  # the application forgets it where it was never initialized itself


async def run_until_signal(settings: Settings) -> None:
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
        async with open_app(settings) as app:
            running.set()
            await app.run(stop)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


def _join(
    settings: Settings,
    database: Database,
    bot: TelegramBot,
    desk: Desk,
    application: BotApplication,
    *,
    pace: Pace | None,
) -> App:
    async def dispatch(raw: dict[str, Any], turn: Turn) -> None:
        """Parse an update and run its handler within the turn."""
        desk.turn = turn
        try:
            await application.process_update(Update.de_json(raw, bot))
        finally:
            desk.turn = None
        if turn.error is not None:
            raise turn.error

    team = TeamChats(coordinators=settings.coordinator_chat_id, digest=settings.digest_chat_id)
    sender = Sender(bot=bot, database=database, pace=pace)
    worker = Worker(database=database, dispatch=dispatch, catalogues=desk.catalogues, team=team, settled=sender.settled)
    receiver = Receiver(bot=bot, worker=worker, acknowledge=sender.acknowledge, allowed=ALLOWED_UPDATES)
    ticker = Ticker(
        database=database,
        worker=worker,
        desk=lambda work: DigestDesk(work, schedule=desk.schedule, render=desk.render_digest),
        wake=sender.wake,
    )
    return App(settings, database, bot, worker, receiver, sender, ticker, desk.catalogues)


async def _reach_telegram(application: BotApplication) -> None:
    """Ask Telegram who we are, as often as it takes: a server may start before its network does."""
    tries = 0
    while True:
        try:
            return await application.initialize()
        except (NetworkError, RetryAfter) as error:
            wait: float = _START_WAITS_SECONDS[min(tries, len(_START_WAITS_SECONDS) - 1)]
            if isinstance(error, RetryAfter):
                wait = retry_seconds(error)
            tries += 1
            log.warning("telegram_not_reached", error=describe(error), next_try_seconds=wait)
            await asyncio.sleep(wait)
