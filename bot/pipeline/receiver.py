"""The receiver: long polling that acknowledges only what is committed.

`getUpdates` with an offset acknowledges everything below it. The offset is moved after the worker has committed the
batch and lives in memory only: after a crash Telegram delivers again, and ids seen before are passed over.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.pipeline.faults import describe
from bot.pipeline.telegram_bot import BATCH, POLL_SECONDS, TelegramBot, retry_seconds
from bot.pipeline.worker import Acknowledgement, Worker

log = structlog.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds, or less where the process is to stop."""
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_DATABASE_PAUSE_SECONDS = 5.0
_GATHER_SECONDS = 0.005
_STANDBY_SECONDS = 0.1
"""How often a process in waiting looks whether it is to poll now."""


class Receiver:
    """Takes updates from Telegram and hands them to the worker."""

    def __init__(
        self,
        *,
        bot: TelegramBot,
        worker: Worker,
        acknowledge: Callable[[Sequence[Acknowledgement]], None],
        allowed: Sequence[str],
        may_poll: Callable[[], bool],
    ) -> None:
        self._bot = bot
        self._worker = worker
        self._acknowledge = acknowledge
        self._allowed = allowed
        self._may_poll = may_poll
        self._offset: int | None = None
        self._handling = asyncio.Lock()

    async def take(self, *, timeout_seconds: int = POLL_SECONDS) -> int:
        """Ask once for updates, handle and commit them; return how many came. The next call acknowledges them.

        Raises:
            telegram.error.TelegramError: Telegram could not be asked.
            Exception: the database failed; nothing was kept, and the same updates come again.
        """
        raw_updates = await self._bot.raw_updates(
            offset=self._offset, timeout_seconds=timeout_seconds, allowed=self._allowed
        )
        if raw_updates:
            await self._handle(raw_updates)
        return len(raw_updates)

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Take updates until told to stop, while it is this process that polls; wait longer after each failure."""
        failures = 0
        while not stopping():
            if not self._may_poll():
                await pause(_STANDBY_SECONDS)
                continue
            try:
                if 1 < await self.take() < BATCH:
                    # Several write at once: the next poll waits a moment, and brings more of what they write. After
                    # as many as one poll brings, more wait already.
                    await asyncio.sleep(_GATHER_SECONDS)
                failures = 0
            except asyncio.CancelledError:
                if not stopping():
                    raise
            except TelegramError as error:
                failures += 1
                await self._report(error, pause, failures)
            except Exception as error:  # noqa: BLE001  the receiver must outlive a full disk
                failures += 1
                log.error("batch_failed", error=describe(error))  # noqa: TRY400  a traceback would quote words
                await pause(min(_LONGEST_DATABASE_PAUSE_SECONDS, _wait(failures)))

    async def let_go(self, running: "asyncio.Task[None]") -> None:
        """Stop waiting for updates. A batch that is being handled is finished and committed first."""
        async with self._handling:
            running.cancel()

    async def _handle(self, raw_updates: list[dict[str, Any]]) -> None:
        async with self._handling:
            acknowledgements = await self._worker.handle(raw_updates)
        self._offset = max(raw["update_id"] for raw in raw_updates) + 1
        self._acknowledge(acknowledgements)

    async def _report(self, error: Exception, pause: Pause, failures: int) -> None:
        if isinstance(error, Conflict) and "webhook" in error.message:
            # It was set by an earlier run, with other settings; while it is set Telegram answers no poll.
            with contextlib.suppress(TelegramError):
                await self._bot.call("deleteWebhook", {})
        event = "another_poller" if isinstance(error, Conflict) else "poll_failed"
        log.warning(event, error=describe(error))
        await pause(retry_seconds(error) if isinstance(error, RetryAfter) else _wait(failures))


def _wait(failures: int) -> float:
    return min(_LONGEST_PAUSE_SECONDS, 0.5 * float(2 ** min(failures, 10)))
