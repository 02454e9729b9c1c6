"""A connection that notes each trip to the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.engines import Connection, Row


class Watched:
    """Passes everything on to a real connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.trips: list[str] = []
        """The first word of each statement, and of each write for many."""

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Run one statement."""
        self._note(sql)
        return await self._connection.rows(sql, parameters)

    async def many(self, sql: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run one write for many sets of parameters."""
        self._note(sql)
        await self._connection.many(sql, parameters)

    def _note(self, sql: str) -> None:
        lines = [line for line in sql.splitlines() if not line.startswith("--")]
        self.trips.append(" ".join(lines).split()[0])
