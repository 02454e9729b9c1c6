"""The processes that share the database, and the duties that only one of them has."""

from typing import Any

from storage.session import Session

POLLING = "polling"


class Processes:
    """The processes within one transaction, seen by one of them."""

    def __init__(self, session: Session, queries: Any, *, process: str) -> None:
        self._session = session
        self._queries = queries
        self._process = process

    async def beat(self) -> bool:
        """Show that this process lives; False where it was not known, or counted as dead meanwhile."""
        row = await self._queries.beat(self._session, process=self._process)
        if row is None:
            await self._queries.join_in(self._session, process=self._process)
        return row is not None

    async def beats(self) -> dict[str, int]:
        """Return how often each process has shown that it lives."""
        return {row["process"]: row["beat"] async for row in self._queries.beats(self._session)}

    async def bury(self, process: str, *, beat: int) -> bool:
        """Count a process as dead that has not moved since this beat; its duties are free. False where it moved."""
        row = await self._queries.bury(self._session, process=process, beat=beat)
        if row is not None:
            await self._queries.free_duties(self._session, process=process)
        return row is not None

    async def leave(self) -> None:
        """Say that this process ends; its duties are free."""
        await self._queries.free_duties(self._session, process=self._process)
        await self._queries.leave(self._session, process=self._process)

    async def take_duty(self, duty: str) -> bool:
        """Take a duty that nobody has; say whether it is this process that has it."""
        await self._queries.take_duty(self._session, duty=duty, process=self._process)
        holder = await self._queries.holder_of(self._session, duty=duty)
        return bool(holder == self._process)
