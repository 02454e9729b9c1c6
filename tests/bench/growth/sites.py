"""The two databases of one engine: one that is empty but for what the acts need, and one that has served for years."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from storage.crypto import Vault
from storage.location import Location, PostgresDatabase, SQLiteFile
from storage.schema import migrate
from storage.unit_of_work import UnitOfWork
from tests.bench.growth.bot import COORDINATORS, GROUP, LAST_DIGEST, MASTER, NOW, Bot, Handlers
from tests.bench.growth.loading import analyse, load
from tests.bench.growth.past import Past, Team
from tests.bench.growth.servers import durable_postgres
from tests.storage.support import column

ENGINES = ("sqlite", "postgres")
EMPTY = 400
"""Decided reports in the database that counts as empty: of 300 of them the digest tells."""


class Site:
    """One database, and what is known of its past."""

    def __init__(self, location: Location, past: Past) -> None:
        self.location = location
        self._past = past
        self._codes = past.codes()
        self._waiting = 0

    @classmethod
    async def make(cls, location: Location, handlers: Handlers, *, reports: int) -> "Site":
        """Make the tables and fill them."""
        await migrate(location)
        async with Bot.open(location, handlers) as bot:
            wrapped = (await bot.sql("SELECT wrapped FROM secrets WHERE name = 'index key'"))[0][0]
            team = await bot.database.perform(_team)
        vault = Vault(MASTER, MASTER.unwrap(wrapped, place="index key"))
        past = Past(vault, team, reports=reports, now=NOW, last_digest=LAST_DIGEST)
        await load(location, past.served())
        if isinstance(location, PostgresDatabase):
            # By day, when nothing waits. A night's few thousand rows in a million are too few for another ANALYZE.
            await analyse(location)
        return cls(location, past)

    async def let_wait(self, waiting: int) -> None:
        """Let so many reports wait; as many or fewer did before."""
        last = column(self.location, "SELECT max(id) FROM reports")[0]
        last_notice = column(self.location, "SELECT max(id) FROM notices")[0]
        ids = range(last + 1, last + 1 + waiting - self._waiting)
        await load(self.location, self._past.waiting(ids, last_notice=last_notice))
        self._waiting = waiting

    @asynccontextmanager
    async def open(self, handlers: Handlers) -> AsyncIterator[Bot]:
        """Let a bot work on it."""
        async with Bot.open(self.location, handlers) as bot:
            bot.codes = self._codes
            yield bot


@contextmanager
def two_locations(engine: str, folder: Path) -> Iterator[tuple[Location, Location]]:
    """Give places for two databases."""
    if engine == "sqlite":
        yield SQLiteFile(folder / "empty.db"), SQLiteFile(folder / "full.db")
        return
    with durable_postgres(folder) as server:
        yield PostgresDatabase(server.create_database()), PostgresDatabase(server.create_database())


async def _team(work: UnitOfWork) -> Team:
    coordinators = tuple(work.chats.key_of(telegram_id) for telegram_id in COORDINATORS)
    return Team(coordinators=coordinators, group=work.chats.key_of(GROUP))
