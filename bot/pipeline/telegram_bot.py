"""The Bot API as the pipeline uses it: raw updates in, outgoing messages out."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.domain.message import Delete, Keyboard, Replace, Say
from bot.pipeline.transport import AiohttpRequest

POLL_SECONDS = 50
"""The longest a poll may wait for updates (Telegram's limit)."""
BATCH = 100
"""The most updates one poll returns (Telegram's limit)."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram must not fetch addresses that someone put into an answer."""


class TelegramBot(ExtBot[None]):
    """python-telegram-bot's bot, over our transport, with updates as they came."""

    def __init__(self, token: str, api_url: str) -> None:
        # python-telegram-bot's own way to have waits as timedelta now, and no warning at every 429.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        super().__init__(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=AiohttpRequest(),
            get_updates_request=AiohttpRequest(connections=1),
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
        updates = await self._post("getUpdates", data, read_timeout=timeout_seconds + 10)
        return list(updates) if isinstance(updates, list) else []

    async def deliver(self, chat_id: int, message: Say | Replace | Delete) -> int | None:
        """Carry out one outgoing message; return the id of the message it made or changed, if any.

        Raises:
            telegram.error.TelegramError: see python-telegram-bot.
        """
        match message:
            case Say():
                markup = ForceReply(selective=True) if message.asks_for_reply else _markup(message.keyboard)
                sent = await self.send_message(
                    chat_id,
                    message.html,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup,
                    protect_content=message.protected,
                    link_preview_options=_NO_PREVIEW,
                )
                return sent.message_id
            case Replace(html=None):
                await self.edit_message_reply_markup(
                    chat_id, message.message_id, reply_markup=_markup(message.keyboard)
                )
                return message.message_id
            case Replace():
                await self.edit_message_text(
                    message.html or "",
                    chat_id,
                    message.message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=_markup(message.keyboard),
                    link_preview_options=_NO_PREVIEW,
                )
                return message.message_id
            case Delete():
                await self.delete_message(chat_id, message.message_id)
                return None


def retry_seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait (`parameters.retry_after`)."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in keyboard]
    return InlineKeyboardMarkup(rows)
