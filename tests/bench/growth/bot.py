"""The bot over one database, with its real handlers and services, and no Telegram to wait for."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.draft import DraftTerms
from bot.domain.schedule import DailyAt, Daytime
from bot.pipeline.metrics import Metrics
from bot.pipeline.pace import Pace
from bot.pipeline.parsing import parse
from bot.pipeline.telegram_bot import TelegramBot
from bot.pipeline.ticker import Ticker
from bot.pipeline.worker import TeamChats, Worker
from bot.sandbox import SandboxServer
from bot.services.asking import ANSWER_AWAITED
from bot.services.drafts import DraftDesk
from bot.services.moderation import CLAIM_LASTS
from bot.services.notices import NoticeDesk
from bot.services.rounds import Rounds
from bot.services.staff import seat
from bot.services.turn import Choose, Turn
from bot.texts import Catalogues
from bot.understanding.country import Country
from bot.understanding.reading import Reader
from handlers.application import BotApplication, build_application, handle
from handlers.context import Desk
from handlers.team.views.notices import NoticeMessages
from handlers.team.views.rounds import RoundsMessages
from handlers.views.drafts import DraftMessages
from storage.chats import Chat
from storage.crypto import MasterKeys
from storage.database import Database
from storage.engines import Engine, open_engine
from storage.location import Location
from storage.outgoing import HandOver, Leased, Outcome, Settlement
from storage.sealed_files import SealedFiles
from storage.unit_of_work import UnitOfWork

MASTER = MasterKeys({1: bytes(range(32))})
ZONE = ZoneInfo("Asia/Almaty")
SCHEDULE = DailyAt(time(20, 0), ZONE)
DRAFT_TERMS = DraftTerms(Daytime(ZONE), remind_after=timedelta(hours=24), expires_after=timedelta(days=30))
REPORTS_A_DAY = 50
NOW = datetime(2022, 1, 20, 0, 0, tzinfo=UTC)
"""06:00 in Almaty: the next digest is due long after the measuring."""
LAST_DIGEST = SCHEDULE.last_before(NOW)
COORDINATORS = tuple(range(101, 111))
GROUP, CHANNEL = -1001, -1002
_LEASE = timedelta(seconds=90)
AT_ONCE = 128
"""Messages that the sender leases together."""


@dataclass
class Clock:
    """A clock that is moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Outlet:
    """What the worker asks of a sender, one whose messages all arrive at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent: list[str] = []
        self._message_ids = count(1)

    async def settled(self, _telegram_ids: Iterable[int]) -> set[int]:
        """Return nothing: nothing is under way."""
        return set()

    def terms(self, *, now: datetime) -> HandOver:
        """Take whatever may be sent."""
        return HandOver(most=AT_ONCE, until=now + _LEASE, rates=Pace().chats)

    @asynccontextmanager
    async def outcomes(self) -> AsyncIterator[Sequence[Settlement]]:
        """Hand out what was sent since."""
        now = self._database.now()
        yield [Settlement(key, Outcome.SENT, now, next(self._message_ids)) for key in self._sent]
        self._sent = []

    def take(self, leased: Sequence[Leased], *, waiting: Iterable[Chat]) -> None:  # noqa: ARG002  `exchange` looks
        """Send these."""
        self._sent += [one.key for one in leased]

    async def exchange(self, *, settles: bool = True) -> None:
        """Write what became of messages and lease those that wait, in one transaction, as the sender does.

        `settles` False: what is leased stays under way.
        """
        async with self.outcomes() as outcomes:

            async def write_and_lease(work: UnitOfWork) -> list[str]:
                await work.outbox.settle(outcomes)
                due = await work.outbox.claim_due(until=work.now + _LEASE, most=AT_ONCE)
                await work.chats.load([one.chat_key for one in due])
                for one in due:
                    chat = await work.chats.get(one.chat_key)
                    assert chat
                    one.open(chat)
                return [one.key for one in due]

            keys = await self._database.perform(write_and_lease, durable=False)
        self._sent += keys if settles else []


@dataclass(frozen=True)
class Handlers:
    """The handlers, joined as the bot joins them. Several databases may use them, one after another."""

    telegram: TelegramBot
    application: BotApplication
    desk: Desk

    @classmethod
    @asynccontextmanager
    async def open(cls, choose: Choose) -> AsyncIterator["Handlers"]:
        """Join them. A local server tells the bot its name, which is all that is asked of Telegram here."""
        async with SandboxServer() as server:
            telegram = TelegramBot(server.token, server.url)
            desk = Desk(
                catalogues=Catalogues.load(default="ru", zone=ZONE, country=Country.load("kz")),
                reader=Reader(Country.load("kz")),
                zone=ZONE,
                schedule=SCHEDULE,
                choose=choose,
                reports_a_day=REPORTS_A_DAY,
                files=SealedFiles(Path()),  # nobody sends any
                evidence_per_day=0,
                lease=CLAIM_LASTS,
                answer_awaited=ANSWER_AWAITED,
            )
            application = build_application(telegram, desk)
            await application.initialize()
            try:
                yield cls(telegram, application, desk)
            finally:
                await application.shutdown()

    async def dispatch(self, raw: dict[str, Any], turn: Turn) -> None:
        """Parse an update and run its handler within the turn."""
        await handle(parse(raw, self.telegram), turn, self.application)


@dataclass
class Bot:
    """A bot at work on one database."""

    database: Database
    engine: Engine
    """The same database, for what is put right between two measurements."""
    worker: Worker
    outlet: Outlet
    clock: Clock
    metrics: Metrics
    desk: Desk
    codes: list[str] = field(default_factory=list)
    """Receipt codes that somebody may ask after."""

    @classmethod
    @asynccontextmanager
    async def open(cls, location: Location, handlers: Handlers) -> AsyncIterator["Bot"]:
        """Open a migrated database; coordinators and the group become known to it."""
        clock = Clock()
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database.open(location, MASTER, clock=clock))
            engine = await stack.enter_async_context(open_engine(location))
            outlet, metrics = Outlet(database), Metrics()
            worker = Worker(
                database=database,
                dispatch=handlers.dispatch,
                catalogues=handlers.desk.catalogues,
                team=TeamChats(coordinators=GROUP, digest=CHANNEL),
                outlet=outlet,
                metrics=metrics,
            )
            bot = cls(database, engine, worker, outlet, clock, metrics, handlers.desk)
            await database.perform(_meet_the_team)
            await database.perform(lambda work: seat(work, frozenset(COORDINATORS), language="ru"))
            await database.perform(worker.team)
            await bot.ticker.tick()  # cleans, which the next ticks of this hour do not
            yield bot

    def __post_init__(self) -> None:
        self.ticker = self.new_ticker()

    def new_ticker(self) -> Ticker:
        """Return a ticker that has not cleaned yet."""
        return Ticker(
            database=self.database,
            worker=self.worker,
            desk=self.desk.digests,
            drafts=lambda work: DraftDesk(work, terms=DRAFT_TERMS, words=DraftMessages(self.desk.catalogues)),
            rounds=lambda work: Rounds(work, lease=CLAIM_LASTS, words=RoundsMessages(self.desk.catalogues)),
            notices=lambda work: NoticeDesk(work, words=NoticeMessages(self.desk.catalogues)),
            wake=lambda: None,
            metrics=self.metrics,
        )

    async def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement of our own."""
        async with self.engine.transaction(durable=False) as connection:
            return [tuple(row) for row in await connection.rows(statement, {})]


async def _meet_the_team(work: UnitOfWork) -> None:
    for number, telegram_id in enumerate(COORDINATORS):
        chat = await work.chats.meet(telegram_id, language="ru")
        await work.chats.rename(chat, f"Coordinator {number}")
