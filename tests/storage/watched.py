"""A connection that notes each trip to the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.engines import Connection, Row, Write


class Watched:
    """Passes everything on to a real connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.trips: list[str] = []
        """The first word of each statement, and of each write for many; of several that go together, all these."""

    async def rows(self, sql: str, parameters: Mapping[str, Any], *, first: Sequence[Write] = ()) -> Sequence[Row]:
        """Run one statement, `first` these writes."""
        self.trips.append(" ".join([*(_word(write.sql) for write in first), _word(sql)]))
        return await self._connection.rows(sql, parameters, first=first)

    async def write(self, writes: Sequence[Write]) -> None:
        """Run writes."""
        self.trips.append(" ".join(_word(write.sql) for write in writes))
        await self._connection.write(writes)


def _word(sql: str) -> str:
    lines = [line for line in sql.splitlines() if not line.startswith("--")]
    return " ".join(lines).split()[0]
