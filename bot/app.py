"""The composition root: the one place that builds the parts and joins them. Nothing is built at import."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import structlog
from telegram.error import NetworkError, RetryAfter

from bot.domain.questionnaire import QUESTIONNAIRE
from bot.domain.schedule import DailyAt
from bot.pipeline.carrier import Carrier
from bot.pipeline.drawing import Artist
from bot.pipeline.faults import describe
from bot.pipeline.fetcher import Fetcher
from bot.pipeline.inbox import Inbox
from bot.pipeline.lookups import Lookups
from bot.pipeline.metrics import Metrics
from bot.pipeline.pace import Pace
from bot.pipeline.parsing import parse
from bot.pipeline.posts import PostReceiver
from bot.pipeline.receiver import Receiver
from bot.pipeline.sender import GATHER_SECONDS, GATHER_SECONDS_OF_SEVERAL, Sender
from bot.pipeline.telegram_bot import TelegramBot, retry_seconds
from bot.pipeline.ticker import Ticker
from bot.pipeline.watch import Watch
from bot.pipeline.webhook import Webhook
from bot.pipeline.worker import TeamChats, Worker
from bot.services.drafts import DraftDesk
from bot.services.notices import NoticeDesk
from bot.services.rounds import Rounds
from bot.services.staff import seat
from bot.services.turn import Choose, Turn
from bot.settings import Settings
from bot.texts import Catalogues
from bot.understanding.country import Country
from bot.understanding.reading import Reader
from handlers.application import ALLOWED_UPDATES, BotApplication, build_application, handle
from handlers.context import Desk
from handlers.team.views.notices import NoticeMessages
from handlers.team.views.rounds import RoundsMessages
from handlers.views.drafts import DraftMessages
from storage.database import Clock, Database
from storage.location import SQLiteFile
from storage.sealed_files import SealedFiles

log = structlog.get_logger(__name__)

_START_WAITS_SECONDS = (1, 2, 5, 10, 30)
"""Between tries to reach Telegram at the start; the last one repeats."""


def utc_now() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Reference:
    """What is read from files at the start and never changes: the texts, and what answers are understood by."""

    catalogues: Catalogues
    reader: Reader

    @classmethod
    def read(cls, settings: Settings, *, today: date) -> Self:
        """Read it for the country and the languages of the settings. It takes a tenth of a second.

        Raises:
            bot.countries.WrongCountry: a table of the country's folder is not as it must be.
        """
        country = Country.load(settings.country)
        reader = Reader(country)
        reader.warm_up(QUESTIONNAIRE, today=today)
        return cls(Catalogues.load(default=settings.language, zone=settings.zone, country=country), reader)


@dataclass(frozen=True)
class App:
    """The joined parts of a running bot."""

    settings: Settings
    database: Database
    bot: TelegramBot
    worker: Worker
    receiver: Receiver
    posts: PostReceiver | None
    sender: Sender
    ticker: Ticker
    fetcher: Fetcher
    watch: Watch
    metrics: Metrics
    catalogues: Catalogues

    async def settle(self) -> None:
        """Handle all updates that wait, fetch and send all that is due: one deterministic round, for tests."""
        while await self.receiver.take(timeout_seconds=0):
            await self.receiver.catch_up()
            await self.sender.drain()
        await self.fetcher.drain()
        await self.sender.drain()


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    choose: Choose = secrets.choice,
    reference: Reference | None = None,
) -> AsyncIterator[App]:
    """Build the bot over an open database and an open connection to Telegram; close both at the end.

    `reference` spares a second bot of the same settings from reading it again.

    Raises:
        bot.countries.WrongCountry: a table of the country's folder is not as it must be.
        telegram.error.InvalidToken: Telegram does not know the token.
        storage.crypto.WrongKey: the master key does not open the database.
        storage.sealed_files.FolderUnusable: evidence cannot be kept where it is to be.
    """
    files = SealedFiles(settings.evidence_dir)
    files.prepare()
    reference = reference or Reference.read(settings, today=clock().date())
    bot = TelegramBot(settings.bot_token.get_secret_value(), settings.bot_api_url)
    desk = Desk(
        catalogues=reference.catalogues,
        reader=reference.reader,
        zone=settings.zone,
        schedule=DailyAt(settings.digest_at, settings.zone),
        choose=choose,
        reports_a_day=settings.reports_per_person_day,
        files=files,
        evidence_per_day=settings.evidence_per_person_day,
        lease=timedelta(minutes=settings.claim_minutes),
        answer_awaited=timedelta(hours=settings.ask_hours),
    )
    application = build_application(bot, desk)
    async with Database.open(settings.location(), settings.master_keys(), clock=clock) as database:
        try:
            await database.perform(lambda work: seat(work, settings.lead_ids, language=desk.catalogues.default))
            await _reach_telegram(application)
            yield _join(settings, database, bot, desk, application)
        finally:
            await application.shutdown()
            await bot.shutdown()  # the application forgets it where it was never initialized itself


def _join(
    settings: Settings,
    database: Database,
    bot: TelegramBot,
    desk: Desk,
    application: BotApplication,
) -> App:
    async def dispatch(raw: dict[str, Any], turn: Turn) -> None:
        """Parse an update and run its handler within the turn."""
        await handle(parse(raw, bot), turn, application)

    team = TeamChats(coordinators=settings.coordinator_chat_id, digest=settings.digest_chat_id)
    pace = Pace(settings.send_per_second, settings.send_per_chat_second, settings.send_per_group_minute)
    metrics = Metrics()
    is_alone = isinstance(settings.location(), SQLiteFile)
    sender = Sender(
        bot=bot,
        carrier=Carrier(bot=bot, database=database, files=desk.files, artist=Artist()),
        lookups=Lookups(database, tell_figures=desk.tell_figures),
        database=database,
        pace=pace,
        metrics=metrics,
        gather_seconds=GATHER_SECONDS if is_alone else GATHER_SECONDS_OF_SEVERAL,
    )
    worker = Worker(
        database=database,
        dispatch=dispatch,
        catalogues=desk.catalogues,
        team=team,
        outlet=sender,
        metrics=metrics,
    )
    watch = Watch(database, wants_to_poll=settings.webhook_url is None, wake=sender.wake)
    inbox = Inbox(database=database, worker=worker, acknowledge=sender.acknowledge)
    receiver = Receiver(bot=bot, inbox=inbox, allowed=ALLOWED_UPDATES, may_poll=lambda: watch.polls)
    terms, messages = settings.draft_terms, DraftMessages(desk.catalogues)
    ticker = Ticker(
        database=database,
        worker=worker,
        desk=desk.digests,
        drafts=lambda work: DraftDesk(work, terms=terms, words=messages),
        rounds=lambda work: Rounds(work, lease=desk.lease, words=RoundsMessages(desk.catalogues)),
        notices=lambda work: NoticeDesk(work, words=NoticeMessages(desk.catalogues)),
        wake=sender.wake,
        metrics=metrics,
    )
    fetcher = Fetcher(
        bot=bot,
        database=database,
        files=desk.files,
        catalogues=desk.catalogues,
        wake=sender.wake,
        metrics=metrics,
    )
    return App(
        settings=settings,
        database=database,
        bot=bot,
        worker=worker,
        receiver=receiver,
        posts=_posts(settings, bot, inbox),
        sender=sender,
        ticker=ticker,
        fetcher=fetcher,
        watch=watch,
        metrics=metrics,
        catalogues=desk.catalogues,
    )


def _posts(settings: Settings, bot: TelegramBot, inbox: Inbox) -> PostReceiver | None:
    """Return the receiver of what Telegram posts, where a webhook is set."""
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None

    async def handle(raw_updates: list[dict[str, Any]]) -> None:
        await inbox.handle(raw_updates, kept=False)

    host, port = settings.listens_at
    secret = settings.webhook_secret.get_secret_value()
    webhook = Webhook(handle=handle, host=host, port=port, path=urlsplit(settings.webhook_url).path, secret=secret)
    return PostReceiver(
        bot=bot, inbox=inbox, webhook=webhook, url=settings.webhook_url, secret=secret, allowed=ALLOWED_UPDATES
    )


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
