"""PostgreSQL, by asyncpg: several processes, many writers.

Transactions run at READ COMMITTED: what must not change under a transaction is locked by it (its chats' rows) or
written by compare-and-set. Nothing but SQL is used, no LISTEN/NOTIFY and no advisory locks, so that other servers that
speak PostgreSQL's protocol remain possible.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import asyncpg

from storage.engines.engine import Write
from storage.location import PostgresDatabase

_CONNECTIONS = 8
"""In the pool of one process. The worker, the sender, the ticker and the monitor each hold one at most."""
_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 60.0
_STATEMENT_SECONDS = 15.0
"""After so long without an answer the server counts as gone."""
_BEGIN = {
    True: "BEGIN ISOLATION LEVEL READ COMMITTED",
    False: "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = off",
}
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TRY_AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_BLAMES_THE_STATEMENT = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.SyntaxOrAccessError,
)
_CONNECTION_GONE = ("closed", "closing", "released back")
"""asyncpg's words, in errors of one class with mistakes of ours, where a connection is no more."""
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


_AWAY = (
    OSError,  # a TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it starts, stops, or recovers from a crash
    asyncpg.InsufficientResourcesError,  # it has too many clients
    asyncpg.InternalClientError,
)


def is_away(error: BaseException) -> bool:
    """Say whether the server does not answer, or takes nobody in just now."""
    if isinstance(error, asyncpg.InterfaceError):
        return any(sign in str(error) for sign in _CONNECTION_GONE)
    return isinstance(error, _AWAY)


class PostgresConnection:
    """One connection of the pool, within a transaction."""

    def __init__(self, raw: Any, names: Mapping[str, Sequence[str]]) -> None:
        self.raw = raw
        self._names = names

    async def rows(
        self, sql: str, parameters: Mapping[str, Any], *, first: Sequence[Write] = ()
    ) -> Sequence[asyncpg.Record]:
        """Run a prepared statement, `first` these writes."""
        await self.write(first)
        rows: Sequence[asyncpg.Record] = await self.raw.fetch(sql, *self._in_order(sql, parameters))
        return rows

    async def write(self, writes: Sequence[Write]) -> None:
        """Run prepared statements, those with several sets of parameters sent together."""
        for sql, parameters in writes:
            if len(parameters) == 1:
                await self.rows(sql, parameters[0])
            else:
                await self.raw.executemany(sql, [self._in_order(sql, each) for each in parameters])

    def _in_order(self, sql: str, parameters: Mapping[str, Any]) -> list[Any]:
        return [parameters[name] for name in self._names.get(sql, ())]


class PostgresEngine:
    """A pool of connections to one database."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._names: dict[str, tuple[str, ...]] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, location: PostgresDatabase) -> AsyncIterator[Self]:
        """Connect, and close all connections at the end.

        Raises:
            OSError, asyncpg.PostgresError: the server cannot be reached, or does not let us in.
        """
        pool = await asyncpg.create_pool(
            location.url,
            min_size=0,
            max_size=_CONNECTIONS,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            reset=_leave_as_it_is,
            server_settings={"application_name": "detention-reports-bot"},
        )
        try:
            await pool.fetchval("SELECT 1")
            yield cls(pool)
        finally:
            await _close(pool)

    def translate(self, sql: str) -> str:
        """Return a query with its parameters numbered: `:name` becomes `$1`."""
        names = tuple(dict.fromkeys(_PARAMETER.findall(sql)))
        numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        self._names[numbered] = names
        return numbered

    @asynccontextmanager
    async def transaction(self, *, durable: bool) -> AsyncIterator[PostgresConnection]:
        """Begin a transaction; not durable: a crash of the server may undo the last of them."""
        async with self._begun(_BEGIN[durable]) as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[PostgresConnection]:
        """Read one moment."""
        async with self._begun(_BEGIN_READING) as connection:
            yield connection

    async def empty_log(self) -> None:
        """Do nothing: how long the server keeps its log, and dead rows, is its own to say."""

    def is_conflict(self, error: BaseException) -> bool:
        """Say whether the server asks to try again (SQLSTATE 40001, 40P01), or two wrote the same new row."""
        return isinstance(error, (*_TRY_AGAIN, asyncpg.UniqueViolationError))

    def is_trouble(self, error: BaseException) -> bool:
        """Say whether the server or the way to it failed, or asks for the whole transaction again."""
        if isinstance(error, asyncpg.InterfaceError):
            words = str(error)
            return not isinstance(error, ValueError) and any(sign in words for sign in _CONNECTION_GONE)
        if isinstance(error, asyncpg.PostgresError):
            return not isinstance(error, _BLAMES_THE_STATEMENT)
        return isinstance(error, (OSError, asyncpg.InternalClientError))  # a TimeoutError is an OSError

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[PostgresConnection]:
        # asyncpg's own `transaction()` would cover what went wrong with an error of its own.
        raw = await self._pool.acquire(timeout=_CONNECT_SECONDS)
        try:
            await raw.execute(begin)
            yield PostgresConnection(raw, self._names)
            await _commit(raw)
        except BaseException:
            await asyncio.shield(_roll_back(raw))
            raise
        finally:
            await asyncio.shield(self._pool.release(raw))


async def _commit(raw: Any) -> None:
    """Commit. Cancelled meanwhile: see it through first, for a rollback would cut the connection in mid-commit."""
    committing = asyncio.ensure_future(raw.execute("COMMIT"))
    try:
        await asyncio.shield(committing)
    except asyncio.CancelledError:
        await asyncio.wait([committing])
        if not committing.cancelled():
            committing.exception()
        raise


async def _roll_back(raw: Any) -> None:
    try:
        if raw.is_in_transaction():
            await raw.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        with suppress(asyncpg.InterfaceError):
            raw.terminate()  # the server rolls back what it no longer hears of


async def _leave_as_it_is(_connection: Any) -> None:
    """Nothing to reset: all that a transaction sets, it sets for itself alone. It saves a trip to the server."""


async def _close(pool: Any) -> None:
    try:
        await asyncio.wait_for(pool.close(), timeout=_CONNECT_SECONDS)
    except TimeoutError:
        pool.terminate()
