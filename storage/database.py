"""The database: the way to every transaction, on either engine."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar

from storage.adapter import load_queries
from storage.crypto import ChainKey, MasterKeys, Vault, WrongKey
from storage.engines import Engine, open_engine
from storage.location import Location
from storage.recent import Opened
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
Clock = Callable[[], datetime]

_INDEX_KEY, _AUDIT_KEY = "index key", "audit key"
_TRIES = 10
"""How often a transaction is begun anew that another one was in the way of."""
_FIRST_WAIT_SECONDS = 0.005


class Database:
    """An open database."""

    def __init__(self, engine: Engine, queries: Any, *, vault: Vault, audit_key: ChainKey, clock: Clock) -> None:
        self._engine = engine
        self._queries = queries
        self._vault = vault
        self._audit_key = audit_key
        self._opened = Opened()
        self._clock = clock
        self.process = secrets.token_hex(8)
        """Names this process among those that share the database."""

    @classmethod
    @asynccontextmanager
    async def open(cls, location: Location, master: MasterKeys, *, clock: Clock) -> AsyncIterator[Self]:
        """Open a migrated database, and close it at the end.

        Raises:
            WrongKey: the master key is not the one this database was made with.
            OSError: the server cannot be reached.
        """
        async with open_engine(location) as engine:
            queries = load_queries(engine)
            index_key, audit_key = await _open_secrets(engine, queries, master)
            yield cls(engine, queries, vault=Vault(master, index_key), audit_key=ChainKey(audit_key), clock=clock)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction; commit when the block ends, roll back when it raises.

        Durable: once it is committed, no crash takes it back. Otherwise the last commits may be lost to a power cut,
        which is for what would then only be done again.
        """
        async with self._engine.transaction(durable=durable) as connection:
            work = self._work(connection)
            try:
                yield work
                await work.write()
            finally:
                work.close()

    async def perform(self, act: Callable[[UnitOfWork], Awaitable[T]], *, durable: bool = True) -> T:
        """Run `act` in a transaction and return what it returns; do all of it again where another was in the way.

        `act` must have no effects outside the transaction.
        """
        wait_seconds = _FIRST_WAIT_SECONDS
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self.transaction(durable=durable) as work:
                    return await act(work)
            except Exception as error:
                if not tries_left or not self._engine.is_conflict(error):
                    raise
            await asyncio.sleep(wait_seconds)
            wait_seconds *= 2
        raise AssertionError("the last try returns or raises")

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[UnitOfWork]:
        """Read the database as it is now, for as long as it takes, and hold up nobody. Nothing can be written."""
        async with self._engine.snapshot() as connection:
            work = self._work(connection)
            yield work
            work.audit.refuse_notes()

    async def empty_log(self) -> None:
        """Let nothing that was deleted stand in the database's log any longer, where that is ours to keep."""
        await self._engine.empty_log()

    def now(self) -> datetime:
        """Return the time it is, by the clock that transactions go by."""
        return self._clock()

    def is_trouble(self, error: BaseException) -> bool:
        """Say whether the database itself failed (full, gone, corrupt), and not what was asked of it."""
        return self._engine.is_trouble(error)

    def _work(self, connection: Any) -> UnitOfWork:
        return UnitOfWork(
            connection,
            self._queries,
            vault=self._vault,
            audit_key=self._audit_key,
            opened=self._opened,
            now=self._clock(),
            process=self.process,
        )


async def _open_secrets(engine: Engine, queries: Any, master: MasterKeys) -> tuple[bytes, bytes]:
    """Return the index key and the audit's key, which are made where the database has none yet."""
    try:
        async with engine.transaction(durable=True) as connection:
            index_key = await _open_secret(connection, queries, master, _INDEX_KEY)
            return index_key, await _open_secret(connection, queries, master, _AUDIT_KEY)
    except WrongKey:
        raise WrongKey("the master key does not open this database") from None


async def _open_secret(connection: Any, queries: Any, master: MasterKeys, name: str) -> bytes:
    """Read a key of the database itself, or make it.

    Raises:
        WrongKey: it does not open. What the same transaction made is then undone with it.
    """
    wrapped = await queries.secrets.get_secret(connection, name=name)
    while wrapped is None:
        await queries.secrets.add_secret(connection, name=name, wrapped=master.wrap_new(place=name))
        wrapped = await queries.secrets.get_secret(connection, name=name)
    return master.unwrap(wrapped, place=name)
