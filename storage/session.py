"""One transaction as the repositories use it: statements, and writes that wait until a batch can make them together.

Most updates change one row and say one thing. Done one by one, that is a trip to the database each; gathered over a
batch, it is one trip for all. What waits is written before any statement that could see it is missing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from storage.engines import Connection, Row, Write

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Writes:
    """Takes the place of the connection where what was kept is written: it gathers the writes of all repositories."""

    def __init__(self) -> None:
        self.gathered: list[Write] = []

    async def write(self, writes: Sequence[Write]) -> None:
        """Add writes."""
        self.gathered += writes


Writer = Callable[[Writes], Awaitable[None]]
"""Writes what a repository kept."""
_SAVEPOINT = Write("SAVEPOINT one_update", ({},))
_ROLL_BACK = Write("ROLLBACK TO SAVEPOINT one_update", ({},))
_RELEASE = Write("RELEASE SAVEPOINT one_update", ({},))
_ASIDE = Write("SAVEPOINT aside", ({},))
_BACK_FROM_ASIDE = Write("ROLLBACK TO SAVEPOINT aside", ({},))
_END_ASIDE = Write("RELEASE SAVEPOINT aside", ({},))


class Gathered(Protocol):
    """What a repository changed in this transaction and may not have written yet."""

    def keep(self) -> object:
        """Keep what the turn at hand changed."""

    def drop(self) -> None:
        """Forget what the turn at hand changed."""


class Known(Generic[K, V]):
    """Rows that this transaction has read or changed, by their keys; the turn at hand can still be undone."""

    def __init__(self) -> None:
        self._kept: dict[K, V] = {}
        self._turn: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return the row as this transaction sees it, or None where it has not met it."""
        return self._turn.get(key) or self._kept.get(key)

    def put(self, key: K, value: V) -> None:
        """Note how the row is now."""
        self._turn[key] = value

    def keep(self) -> dict[K, V]:
        """Keep what the turn changed, and return it."""
        changed, self._turn = self._turn, {}
        self._kept |= changed
        return changed

    def drop(self) -> None:
        """Forget what the turn changed."""
        self._turn = {}


class Queued(Generic[V]):
    """Rows that wait to be written, in order; those of the turn at hand can still be undone."""

    def __init__(self) -> None:
        self._kept: list[V] = []
        self._turn: list[V] = []

    def put(self, value: V) -> None:
        """Add a row."""
        self._turn.append(value)

    def keep(self) -> None:
        """Keep what the turn added."""
        self._kept += self._turn
        self._turn = []

    def drop(self) -> None:
        """Forget what the turn added."""
        self._turn = []

    def take(self) -> list[V]:
        """Return what was kept, to be written now."""
        kept, self._kept = self._kept, []
        return kept


class Session:
    """A connection in a transaction, with turns that can be undone one by one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: list[Gathered] = []
        self._writers: list[Writer] = []
        self._in_turn = False
        self._has_savepoint = False
        self._first: list[Write] = []
        """What goes with the next trip, before all else."""

    def gather(self, gathered: Gathered, write: Writer | None = None) -> None:
        """Take part in every turn; `write` writes what was kept."""
        self._gathered.append(gathered)
        if write is not None:
            self._writers.append(write)

    @property
    def in_turn(self) -> bool:
        """Whether what is changed now can still be undone alone."""
        return self._in_turn

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Run one statement. What earlier turns left to be written is written first; what this one did is not seen."""
        return await self._connection.rows(sql, parameters, first=await self._room())

    async def write(self, writes: Sequence[Write]) -> None:
        """Run writes, in order."""
        await self._connection.write([*await self._room(), *writes])

    async def flush(self) -> None:
        """Write all that was kept, and what waited for a trip."""
        first, self._first = self._first, []
        if together := [*first, *await self._kept()]:
            await self._connection.write(together)

    def close(self) -> None:
        """Let go of those who take part: they hold this session, and such a ring waits long for the collector."""
        self._gathered.clear()
        self._writers.clear()

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Keep what the block changed, or, where it raises, undo just that and raise on. Turns do not nest.

        A turn that runs no statement costs no savepoint.
        """
        return _Turn(self)

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Read within a turn or outside of one; a statement that fails spoils nothing else. Only for what reads.

        PostgreSQL refuses everything after a failed statement, up to a savepoint: this is one.
        """
        await self.write([_ASIDE])
        try:
            yield
        except BaseException:
            await self._connection.write([_BACK_FROM_ASIDE, _END_ASIDE])
            raise
        await self._connection.write([_END_ASIDE])

    def begin_turn(self) -> None:
        """Let what is changed from here on be undone alone."""
        if self._in_turn:
            raise RuntimeError("turns follow one another; they do not nest")
        self._in_turn = True

    async def end_turn(self, *, failed: bool) -> None:
        """Keep what was changed since the turn began, or undo it."""
        self._in_turn = False
        for gathered in self._gathered:
            if failed:
                gathered.drop()
            else:
                gathered.keep()
        if self._has_savepoint:
            self._has_savepoint = False
            if failed:
                await self._connection.write([_ROLL_BACK, _RELEASE])
            else:
                self._first.append(_RELEASE)

    async def _room(self) -> list[Write]:
        """Return what is to be written before a statement: what was kept, and in a turn, where to go back to."""
        if self._has_savepoint:
            return []
        first, self._first = self._first, []
        first += await self._kept()
        if self._in_turn:
            first.append(_SAVEPOINT)
            self._has_savepoint = True
        return first

    async def _kept(self) -> list[Write]:
        """Return the writes of all that was kept. Whoever came later leans on who came before, and so writes first."""
        writes = Writes()
        for write in reversed(self._writers):
            await write(writes)
        return writes.gathered


class _Turn(AbstractAsyncContextManager[None]):
    """One turn. A class, because every update goes through one: a generator would cost three times as much."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __aenter__(self) -> None:
        self._session.begin_turn()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.end_turn(failed=kind is not None)
