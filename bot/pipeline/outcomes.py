"""What became of messages, until it is written: together with the next batch of updates, or soon after on its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from storage.outgoing import Settlement


class Outcomes:
    """Outcomes that wait to be written. A crash before that means a message sent once more, never one not sent."""

    def __init__(self) -> None:
        self._waiting: list[Settlement] = []
        self._writing = asyncio.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, settlement: Settlement) -> None:
        """Note what became of a message."""
        self._waiting.append(settlement)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Sequence[Settlement]]:
        """Hand out all that wait; they count as written at the end of the block, or, where it raises, wait on.

        Blocks follow one another, so that whoever reads the outbox within a block misses no outcome known before it.
        """
        async with self._writing:
            writing, self._waiting = self._waiting, []
            try:
                yield writing
            except BaseException:
                self._waiting = writing + self._waiting
                raise
