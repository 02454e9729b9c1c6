"""Receiving by webhook: telling Telegram where to post, and handing what it posts to the worker."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.pipeline.faults import describe
from bot.pipeline.inbox import Inbox
from bot.pipeline.receiver import Pause
from bot.pipeline.telegram_bot import TelegramBot, retry_seconds
from bot.pipeline.webhook import Webhook

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 30.0
_TROUBLE_SECONDS = 1.0
_MOST_CONNECTIONS = 100
"""As many updates can be under way to us at once (Telegram's limit), and so as many can share a commit."""


class PostReceiver:
    """Takes updates that Telegram posts to this process, or to any other at the same address."""

    def __init__(
        self, *, bot: TelegramBot, inbox: Inbox, webhook: Webhook, url: str, secret: str, allowed: Sequence[str]
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._webhook = webhook
        self._url = url
        self._secret = secret
        self._allowed = allowed

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Listen, tell Telegram the address, and have what comes handled until told to stop.

        Raises:
            OSError: the address of LISTEN is taken, or is not one of this machine.
        """
        async with self._webhook, asyncio.TaskGroup() as tasks:
            announcing = tasks.create_task(self._begin(stopping, pause))
            await self._webhook.run(stopping=stopping, pause=pause)
            announcing.cancel()

    async def let_go(self, _running: "asyncio.Task[None]") -> None:
        """Accept nothing more. A batch that is being handled is finished, committed and answered first."""
        await self._webhook.stop()

    async def _begin(self, stopping: Callable[[], bool], pause: Pause) -> None:
        """Handle what was left while this bot still polled; then let Telegram post."""
        while not stopping():
            try:
                await self._inbox.handle_left()
            except Exception as error:  # noqa: BLE001  a database that is away comes back
                log.error("batch_failed", error=describe(error))  # noqa: TRY400  a traceback would quote words
                await pause(_TROUBLE_SECONDS)
            else:
                return await self._announce(stopping, pause)
        return None

    async def _announce(self, stopping: Callable[[], bool], pause: Pause) -> None:
        """Tell Telegram where to post, as often as it takes. Several processes say the same, which changes nothing."""
        wait = 1.0
        while not stopping():
            try:
                await self._bot.call("setWebhook", self._parameters())
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("webhook_not_set", error=describe(error))
                await pause(retry_seconds(error) if isinstance(error, RetryAfter) else wait)
                wait = min(_LONGEST_PAUSE_SECONDS, 2 * wait)
            else:
                log.info("webhook_set")
                return

    def _parameters(self) -> dict[str, Any]:
        return {
            "url": self._url,
            "secret_token": self._secret,
            "allowed_updates": list(self._allowed),
            "max_connections": _MOST_CONNECTIONS,
        }
