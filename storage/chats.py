"""Chats: people, the coordinators' group, the digest's channel. Known by an HMAC; the Telegram id is kept sealed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiosqlite

from storage.crypto import DataKey, Vault
from storage.instants import to_ms

_ID_PLACE = "chat id"
_NAME_PLACE = "chat name"


@dataclass(frozen=True)
class Chat:
    """One chat, open for this transaction."""

    key: str
    telegram_id: int = field(repr=False)
    language: str
    data_key: DataKey = field(repr=False)
    name: str | None = field(default=None, repr=False)
    """First name, kept for coordinators only, so that others can be told who decided."""
    gone: bool = False
    """Blocked the bot, or is deleted: nothing more can be sent."""


class Chats:
    """The chats within one transaction."""

    def __init__(self, connection: aiosqlite.Connection, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._connection = connection
        self._queries = queries
        self._vault = vault
        self._now = now

    def key_of(self, telegram_id: int) -> str:
        """Return the key under which a Telegram id is known."""
        return self._vault.chat_key(telegram_id)

    async def get(self, key: str) -> Chat | None:
        """Return the chat with this key, or None."""
        row = await self._queries.get_chat(self._connection, chat_key=key)
        if row is None:
            return None
        data_key = self._vault.open_key(row["wrapped_key"])
        name = row["sealed_name"]
        return Chat(
            key=key,
            telegram_id=int(data_key.open(row["sealed_telegram_id"], place=_ID_PLACE)),
            language=row["language"],
            data_key=data_key,
            name=None if name is None else data_key.open(name, place=_NAME_PLACE).decode(),
            gone=row["gone_at_ms"] is not None,
        )

    async def meet(self, telegram_id: int, *, language: str) -> Chat:
        """Return the chat with this Telegram id; a new one speaks `language`."""
        key = self.key_of(telegram_id)
        if known := await self.get(key):
            return known
        data_key, wrapped_key = self._vault.new_key()
        await self._queries.add_chat(
            self._connection,
            chat_key=key,
            wrapped_key=wrapped_key,
            sealed_telegram_id=data_key.seal(str(telegram_id).encode(), place=_ID_PLACE),
            language=language,
            created_at_ms=to_ms(self._now),
        )
        return Chat(key=key, telegram_id=telegram_id, language=language, data_key=data_key)

    async def speak(self, chat: Chat, language: str) -> None:
        """Remember the language a chat chose."""
        await self._queries.set_chat_language(self._connection, chat_key=chat.key, language=language)

    async def rename(self, chat: Chat, name: str) -> None:
        """Remember a coordinator's first name, sealed."""
        sealed = chat.data_key.seal(name.encode(), place=_NAME_PLACE)
        await self._queries.set_chat_name(self._connection, chat_key=chat.key, sealed_name=sealed)

    async def move(self, chat: Chat, telegram_id: int) -> None:
        """Follow a group that became a supergroup and so got another Telegram id."""
        sealed = chat.data_key.seal(str(telegram_id).encode(), place=_ID_PLACE)
        await self._queries.set_chat_telegram_id(self._connection, chat_key=chat.key, sealed_telegram_id=sealed)

    async def set_gone(self, chat: Chat, *, gone: bool) -> None:
        """Note that a chat cannot be reached any more, or that it is back."""
        await self._queries.set_chat_gone(
            self._connection, chat_key=chat.key, gone_at_ms=to_ms(self._now) if gone else None
        )
