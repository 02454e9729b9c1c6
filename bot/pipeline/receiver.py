"""The receiver: long polling that acknowledges only what is committed.

`getUpdates` with an offset acknowledges everything below it. The offset is moved after the batch is committed, handled
or as it came, and lives in memory only: after a crash Telegram delivers again, and ids seen before are passed over.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.pipeline.faults import describe
from bot.pipeline.inbox import Inbox
from bot.pipeline.telegram_bot import BATCH, POLL_SECONDS, TelegramBot, retry_seconds

log = structlog.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds, or less where the process is to stop."""
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_DATABASE_PAUSE_SECONDS = 5.0
_GATHER_SECONDS = 0.005
_STANDBY_SECONDS = 0.1
"""How often a process in waiting looks whether it is to poll now."""


class Receiver:
    """Takes updates from Telegram and has them handled, a batch at a time.

    A full batch goes into the inbox: Telegram has more, and is asked for it while that one is handled.
    """

    def __init__(self, *, bot: TelegramBot, inbox: Inbox, allowed: Sequence[str], may_poll: Callable[[], bool]) -> None:
        self._bot = bot
        self._inbox = inbox
        self._allowed = allowed
        self._may_poll = may_poll
        self._offset: int | None = None
        self._under_way: asyncio.Task[None] | None = None
        """A batch out of the inbox that is being handled while Telegram is asked for the next."""
        self._looks_for_left = True
        """Whether there may be something in the inbox that nobody is handling."""

    async def take(self, *, timeout_seconds: int = POLL_SECONDS) -> int:
        """Ask once for updates, handle and commit them; return how many came. The next call acknowledges them.

        As many as `BATCH` are only begun with by then; `catch_up` waits for them.

        Raises:
            telegram.error.TelegramError: Telegram could not be asked.
            Exception: the database failed. What it did not take comes again from Telegram or from the inbox.
        """
        if self._looks_for_left:
            await self.catch_up()
            await self._inbox.handle_left()
            self._looks_for_left = False
        raw_updates = await self._bot.raw_updates(
            offset=self._offset, timeout_seconds=timeout_seconds, allowed=self._allowed
        )
        await self.catch_up()
        if len(raw_updates) >= BATCH:
            await self._inbox.keep(raw_updates)
            self._under_way = asyncio.create_task(self._inbox.handle(raw_updates, kept=True))
        elif raw_updates:
            await self._inbox.handle(raw_updates, kept=False)
        if raw_updates:
            self._offset = max(raw["update_id"] for raw in raw_updates) + 1
        return len(raw_updates)

    async def catch_up(self) -> None:
        """Wait until all that was taken is handled.

        Raises:
            Exception: the database failed; what is in the inbox is tried again.
        """
        if self._under_way is None:
            return
        await asyncio.wait([self._under_way])  # who is cancelled in here does not cancel that
        under_way, self._under_way = self._under_way, None
        try:
            under_way.result()
        except Exception:
            self._looks_for_left = True
            raise

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Take updates until told to stop, while it is this process that polls; wait longer after each failure."""
        failures = 0
        while not stopping():
            if not self._may_poll():
                self._looks_for_left = True
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
        with contextlib.suppress(Exception):  # what is not handled now stays in the inbox
            await self.catch_up()

    async def let_go(self, running: "asyncio.Task[None]") -> None:
        """Stop waiting for updates. A batch that is being handled is finished and committed first."""
        async with self._inbox.busy:
            running.cancel()

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
