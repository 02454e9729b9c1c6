"""Chats: people, the coordinators' group, the digest's channel. Known by an HMAC; the Telegram id is kept sealed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.rate import NO_LIMIT, Rate
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.instants import to_ms, to_us
from storage.recent import OpenedChat, OpenedChats, SealedChat
from storage.session import Known, Session, Writes

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
    wiped: bool = False
    """Its messages were taken away at the person's wish: the bot is silent here until that person writes or presses."""
    blocked: bool = False
    """The team blocked the person: what comes from here waits in a list of its own. The person is not told."""
    last_about: str | None = None
    """What the newest answer in this chat was about before this transaction, where it was about anything."""
    free_at_us: int = 0
    """When as much may be sent here as ever may be at once (see `bot.domain.rate`)."""


@dataclass(frozen=True)
class ChatRates:
    """How fast a chat may be written to."""

    person: Rate = NO_LIMIT
    group: Rate = NO_LIMIT

    def of(self, chat: Chat) -> Rate:
        """Return the rate of a chat. The Telegram ids of groups and channels are negative."""
        return self.person if chat.telegram_id > 0 else self.group


class Chats:
    """The chats within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, opened: OpenedChats, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._opened = opened
        self._now = now
        self._keys: dict[int, str] = {}
        self._rows: dict[str, Row] = {}
        self._known: Known[str, Chat] = Known()
        self._free_at_us: dict[str, int] = {}
        self._last_about: dict[str, str | None] = {}
        self._unwritten: set[str] = set()
        """The keys of the chats of which either of the two is to be written."""
        session.gather(self._known, self._write)

    def key_of(self, telegram_id: int) -> str:
        """Return the key under which a Telegram id is known."""
        key = self._keys.get(telegram_id)
        if key is None:
            key = self._keys[telegram_id] = self._vault.chat_key(telegram_id)
        return key

    async def hold(self, visitors: Mapping[int, str]) -> None:
        """Make these chats known, new ones in the language given, and keep them from every other transaction.

        `visitors` gives the language by Telegram id. The rows are locked in the order of their keys, so that two
        transactions with the same chats wait for each other and not for ever.
        """
        if not visitors:
            return
        ids = {self.key_of(telegram_id): telegram_id for telegram_id in visitors}
        await self._lock(list(ids))
        if fresh := sorted(key for key in ids if key not in self._rows):
            await self._queries.add_chats(
                self._session, [self._new_row(key, ids[key], visitors[ids[key]]) for key in fresh]
            )
            await self._lock(fresh)

    async def hold_known(self, keys: Collection[str]) -> None:
        """Keep these chats, those of them that are known, from every other transaction."""
        await self._lock(list(keys))

    async def load(self, keys: Collection[str]) -> None:
        """Read many chats in one trip, so that `get` need not go for each."""
        if keys:
            rows = self._queries.get_chats(self._session, chat_keys=sorted(keys))
            self._rows |= {row["chat_key"]: row async for row in rows}

    async def get(self, key: str) -> Chat | None:
        """Return the chat with this key, or None.

        Raises:
            WrongKey: it was sealed under a key that is not here.
        """
        if known := self._known.get(key):
            return known
        row = self._rows.get(key)
        if row is None:  # not kept among the rows: the turn that reads it may be the one that made it, and be undone
            row = await self._queries.get_chat(self._session, chat_key=key)
        return None if row is None else self._note(self._open(row))

    async def meet(self, telegram_id: int, *, language: str) -> Chat:
        """Return the chat with this Telegram id; a new one speaks `language`."""
        key = self.key_of(telegram_id)
        chat = await self.get(key)
        while chat is None:
            await self._queries.add_chats(self._session, [self._new_row(key, telegram_id, language)])
            chat = await self.get(key)
        return chat

    async def speak(self, chat: Chat, language: str) -> None:
        """Remember the language a chat chose."""
        await self._queries.set_chat_language(self._session, chat_key=chat.key, language=language)
        self._note(replace(chat, language=language))

    async def rename(self, chat: Chat, name: str) -> None:
        """Remember a coordinator's first name, sealed."""
        sealed = chat.data_key.seal(name.encode(), place=_NAME_PLACE)
        await self._queries.set_chat_name(self._session, chat_key=chat.key, sealed_name=sealed)
        self._note(replace(chat, name=name))

    async def move(self, chat: Chat, telegram_id: int) -> None:
        """Follow a group that became a supergroup and so got another Telegram id."""
        sealed = chat.data_key.seal(str(telegram_id).encode(), place=_ID_PLACE)
        await self._queries.set_chat_telegram_id(self._session, chat_key=chat.key, sealed_telegram_id=sealed)
        self._note(replace(chat, telegram_id=telegram_id))

    async def set_gone(self, chat: Chat, *, gone: bool) -> None:
        """Note that a chat cannot be reached any more, or that it is back."""
        at = to_ms(self._now) if gone else None
        await self._queries.set_chat_gone(self._session, chat_key=chat.key, gone_at_ms=at)
        self._note(replace(chat, gone=gone))

    async def set_wiped(self, chat: Chat, *, wiped: bool) -> Chat:
        """Note that the bot is to be silent in a chat from now on, or may speak again; return the chat as it is now."""
        at = to_ms(self._now) if wiped else None
        await self._queries.set_chat_wiped(self._session, chat_key=chat.key, wiped_at_ms=at)
        return self._note(replace(chat, wiped=wiped))

    async def set_blocked(self, chat: Chat, *, blocked: bool) -> None:
        """Note that what comes from a chat is held back from now on, or no longer."""
        at = to_ms(self._now) if blocked else None
        await self._queries.set_chat_blocked(self._session, chat_key=chat.key, blocked_at_ms=at)
        self._note(replace(chat, blocked=blocked))

    def spend(self, chat: Chat, rate: Rate) -> timedelta:
        """Take one message off what a chat may be sent now; return how long to wait where there is nothing left."""
        now_us = to_us(self._now)
        free_at_us = self._free_at_us.get(chat.key, chat.free_at_us)
        granted, after_us = rate.grant(1, free_at_us=free_at_us, now_us=now_us)
        if granted and rate.is_limited:
            self._free_at_us[chat.key] = after_us
            self._unwritten.add(chat.key)
        return timedelta(microseconds=0 if granted else rate.wait_us(free_at_us=free_at_us, now_us=now_us))

    def note_about(self, chat: Chat, about: str | None) -> None:
        """Note what the newest answer in a chat is about. For people who only report that is mostly nothing."""
        if about != self._last_about.get(chat.key, chat.last_about):
            self._last_about[chat.key] = about
            self._unwritten.add(chat.key)

    async def _lock(self, keys: list[str]) -> None:
        rows = self._queries.hold_chats(self._session, chat_keys=sorted(keys))
        self._rows |= {row["chat_key"]: row async for row in rows}

    def _new_row(self, key: str, telegram_id: int, language: str) -> dict[str, object]:
        data_key, wrapped_key = self._vault.new_key()
        return {
            "chat_key": key,
            "wrapped_key": wrapped_key,
            "sealed_telegram_id": data_key.seal(str(telegram_id).encode(), place=_ID_PLACE),
            "language": language,
            "created_at_ms": to_ms(self._now),
        }

    def _open(self, row: Row) -> Chat:
        sealed = (row["chat_key"], row["wrapped_key"], row["sealed_telegram_id"], row["sealed_name"])
        opened = self._opened.get(sealed)
        if opened is None:
            opened = self._unseal(sealed)
            self._opened.put(sealed, opened)
        data_key, telegram_id, name = opened
        return Chat(
            key=row["chat_key"],
            telegram_id=telegram_id,
            language=row["language"],
            data_key=data_key,
            name=name,
            gone=row["gone_at_ms"] is not None,
            wiped=row["wiped_at_ms"] is not None,
            blocked=row["blocked_at_ms"] is not None,
            last_about=row["last_about"],
            free_at_us=row["free_at_us"],
        )

    def _unseal(self, sealed: SealedChat) -> OpenedChat:
        _, wrapped_key, sealed_id, sealed_name = sealed
        data_key = self._vault.open_key(wrapped_key)
        telegram_id = int(data_key.open(sealed_id, place=_ID_PLACE))
        name = None if sealed_name is None else data_key.open(sealed_name, place=_NAME_PLACE).decode()
        return data_key, telegram_id, name

    def _note(self, chat: Chat) -> Chat:
        self._known.put(chat.key, chat)
        if not self._session.in_turn:
            self._known.keep()
        return chat

    async def _write(self, writes: Writes) -> None:
        keys, self._unwritten = sorted(self._unwritten), set()
        free = [{"chat_key": key, "free_at_us": self._free_at_us[key]} for key in keys if key in self._free_at_us]
        await self._queries.set_free_at(writes, free)
        abouts = [{"chat_key": key, "last_about": self._last_about[key]} for key in keys if key in self._last_about]
        await self._queries.set_last_about(writes, abouts)
