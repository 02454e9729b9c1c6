"""The ticker: what the clock brings. Schedules stand in the database; any tick can be missed without harm."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.pipeline.faults import describe
from bot.pipeline.worker import Worker
from bot.services.digest import DigestDesk
from storage.database import Database
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
_KEEP_SEEN = timedelta(hours=48)
"""Telegram delivers an update again for 24 hours."""
_KEEP_SETTLED = timedelta(days=7)
"""How long what was sent can be found again by its message; Telegram lets a message be deleted for 48 hours."""
_CLEAN_EVERY = timedelta(hours=1)


class Ticker:
    """Makes digests when they are due, tries deferred updates again, clears away what is old."""

    def __init__(
        self, *, database: Database, worker: Worker, desk: Callable[[UnitOfWork], DigestDesk], wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._worker = worker
        self._desk = desk
        self._wake = wake
        self._cleaned_at: datetime | None = None

    async def tick(self) -> None:
        """Do what is due now. What fails is logged, and the next tick does it."""
        done = 0
        for step in (self._retry, self._digests, self._clean):
            try:
                done += await step()
            except Exception as error:  # noqa: BLE001  one step that fails must not keep the others from their time
                log.error("tick_failed", step=step.__name__, error=describe(error))  # noqa: TRY400  no words in the log
        if done:
            self._wake()

    async def run(self, *, stopping: Callable[[], bool], pause: Callable[[float], Awaitable[None]]) -> None:
        """Tick until told to stop."""
        while not stopping():
            await self.tick()
            await pause(TICK_SECONDS)

    async def _retry(self) -> int:
        """Try again what is due; what waited behind a chat's first is due as soon as that is done."""
        retried = 0
        while now := await self._worker.retry_due():
            retried += now
        return retried

    async def _digests(self) -> int:
        async with self._database.transaction() as work:
            team = await self._worker.team(work)
            return 0 if team.digest is None else await self._desk(work).post_due(team.digest)

    async def _clean(self) -> int:
        async with self._database.transaction(durable=False) as work:
            if self._cleaned_at is not None and work.now - self._cleaned_at < _CLEAN_EVERY:
                return 0
            await work.updates.forget_seen(before=work.now - _KEEP_SEEN)
            await work.outbox.forget_settled(before=work.now - _KEEP_SETTLED)
            self._cleaned_at = work.now
            return 0
