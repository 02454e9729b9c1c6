"""The Bot API as the pipeline uses it: raw updates in, outgoing messages out."""

import os
import ssl
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.domain.message import Sendable
from bot.pipeline.calls import call_of
from bot.pipeline.http import Origin
from bot.pipeline.multipart import Upload
from bot.pipeline.transport import NotThere, Transport

POLL_SECONDS = 50
"""The longest a poll may wait for updates (Telegram's limit)."""
CONNECTIONS = 256
"""To the Bot API: as many requests can be under way at once."""
DOWNLOADS = 4
"""Files that are fetched at once: each is held in memory, twice for a moment, before it is on the disk."""
UPLOADS = 2
"""Pictures and files that are sent at once: each is held in memory, three times for a moment."""
BATCH = 100
"""The most updates one poll returns (Telegram's limit)."""


class TelegramBot(ExtBot[None]):
    """python-telegram-bot's bot, over our transport, with updates as they came."""

    def __init__(self, token: str, api_url: str) -> None:
        # python-telegram-bot's own way to have waits as timedelta now, and no warning at every 429.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        # One for all: to read the system's certificates takes 20 ms. A local server on plain http needs none.
        tls = ssl.create_default_context() if Origin.of(api_url)[0].is_secure else None
        self._http = Transport(connections=CONNECTIONS, tls=tls)
        self._polling = Transport(connections=1, tls=tls)
        self._files = Transport(connections=DOWNLOADS, tls=tls)
        self._uploads = Transport(connections=UPLOADS, tls=tls)
        super().__init__(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=self._http,
            get_updates_request=self._polling,
        )

    def __repr__(self) -> str:
        """Name the class alone: the library's own form shows the token."""
        return f"{type(self).__name__}()"

    async def raw_updates(
        self, *, offset: int | None, timeout_seconds: int, allowed: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Ask for updates and return them unread: one that cannot be parsed must not hold back the others.

        Every update below `offset` is thereby acknowledged, and Telegram forgets it.

        Raises:
            telegram.error.TelegramError: see python-telegram-bot.
        """
        data: dict[str, Any] = {"timeout": timeout_seconds, "limit": BATCH, "allowed_updates": list(allowed)}
        if offset is not None:
            data["offset"] = offset
        updates = await self._polling.call(f"{self.base_url}/getUpdates", data, read_seconds=timeout_seconds + 10)
        return list(updates) if isinstance(updates, list) else []

    async def deliver(self, chat_id: int, message: Sendable, upload: Upload | None = None) -> int | None:
        """Carry out one outgoing message; return the id of the message it made or changed, if any.

        `upload` is what a picture or a file carries.

        Raises:
            telegram.error.TelegramError: see python-telegram-bot.
            ValueError: the message carries bytes, and there are none.
        """
        call = call_of(chat_id, message, upload)
        if upload is None:
            result = await self.call(call.method, call.parameters)
        else:
            result = await self._uploads.upload(f"{self.base_url}/{call.method}", call.parameters, upload)
        return int(result["message_id"]) if isinstance(result, dict) else None

    async def acknowledge(self, query_id: str, toast: str) -> None:
        """Answer a button press, with words over the button where there are any.

        Raises:
            telegram.error.TelegramError: see python-telegram-bot.
        """
        words = {"text": toast} if toast else {}
        await self.call("answerCallbackQuery", {"callback_query_id": query_id, **words})

    async def fetch(self, file_id: str, *, most_bytes: int, seconds: float) -> bytes:
        """Return the content of a file that somebody sent.

        Raises:
            TooLarge, NotThere: see `Transport.download`.
            telegram.error.TelegramError: see python-telegram-bot.
        """
        file = await self.call("getFile", {"file_id": file_id})
        path = file.get("file_path") if isinstance(file, dict) else None
        if not isinstance(path, str):
            raise NotThere
        address = f"{self.base_file_url}/{quote(path)}"
        return await self._files.download(address, most_bytes=most_bytes, seconds=seconds)

    async def shutdown(self) -> None:
        """Hang up on all connections."""
        await super().shutdown()
        await self._files.shutdown()
        await self._uploads.shutdown()

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """Call a method of the Bot API and return its result, unread.

        The library's own methods build and read objects that nobody here looks at: for a message that was most of
        the cost of sending it.

        Raises:
            telegram.error.TelegramError: see python-telegram-bot.
        """
        return await self._http.call(f"{self.base_url}/{method}", parameters)


def retry_seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait (`parameters.retry_after`)."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
