"""What storage asks of an engine."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

Row = Any
"""A row: its columns by name."""


class Write(NamedTuple):
    """One write, once for each of its sets of parameters."""

    sql: str
    parameters: Sequence[Mapping[str, Any]]


class Connection(Protocol):
    """A connection within a transaction."""

    async def rows(self, sql: str, parameters: Mapping[str, Any], *, first: Sequence[Write] = ()) -> Sequence[Row]:
        """Run one statement and return what it returns; `first` these writes, in as few trips as the engine can."""

    async def write(self, writes: Sequence[Write]) -> None:
        """Run writes, in order, in as few trips as the engine can."""


class Engine(Protocol):
    """An open database of one kind."""

    def translate(self, sql: str) -> str:
        """Return a named query in this engine's words. The queries are written for both; see storage/sql."""

    def transaction(self, *, durable: bool) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction; commit when the block ends, roll back when it raises."""

    def snapshot(self) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction that reads one moment, writes nothing, and holds up nobody."""

    async def empty_log(self) -> None:
        """Empty the log of what was written lately, where it is ours to keep: deleted keys still stand in it."""

    def is_conflict(self, error: BaseException) -> bool:
        """Say whether another transaction was in the way, so that doing the same again may succeed."""

    def is_trouble(self, error: BaseException) -> bool:
        """Say whether the database itself failed (full, gone, corrupt), and not what was asked of it."""
