"""The inbox: what is committed as it came, before it is handled.

While Telegram has more than one poll brings, the next poll need not wait until the last batch is handled: it
acknowledges that batch once it is on the disk as it came. Handling it and fetching the next then take the time of one.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bot.pipeline.worker import Acknowledgement, Worker
from storage.database import Database


class Inbox:
    """Keeps batches, and has them handled, one after the other."""

    def __init__(
        self, *, database: Database, worker: Worker, acknowledge: Callable[[Sequence[Acknowledgement]], None]
    ) -> None:
        self._database = database
        self._worker = worker
        self._acknowledge = acknowledge
        self.busy = asyncio.Lock()
        """Held while a batch is being kept or handled, which nobody should cancel."""

    async def keep(self, raw_updates: Sequence[dict[str, Any]]) -> None:
        """Commit a batch as it came. After this it may be acknowledged.

        Raises:
            Exception: the database failed.
        """
        async with self.busy:
            await self._database.perform(lambda work: work.inbox.keep(raw_updates))

    async def handle(self, raw_updates: Sequence[dict[str, Any]], *, kept: bool) -> None:
        """Handle a batch, commit it, and answer its button presses; `kept`: it leaves the inbox with that.

        Raises:
            Exception: the database failed; a batch that was kept stays in the inbox.
        """
        async with self.busy:
            self._acknowledge(await self._worker.handle(raw_updates, kept=kept))

    async def handle_left(self) -> None:
        """Handle what was kept and that nobody is handling: a process that is no more left it behind.

        Raises:
            Exception: the database failed; what was not handled stays in the inbox.
        """
        async with self._database.snapshot() as work:
            batches = await work.inbox.batches()
        for raw_updates in batches:
            await self.handle(raw_updates, kept=True)
