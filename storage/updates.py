"""Updates: which were seen, which are set aside to be tried again, and which were given up (dead letters)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from storage.chats import Chat
from storage.crypto import Vault
from storage.instants import to_ms
from storage.session import Session

_PLACE = "update"
_NOWHERE = (None, None)


@dataclass(frozen=True)
class DeferredUpdate:
    """An update that failed, or that waits behind one of its chat that did."""

    update_id: int
    chat_key: str
    attempts: int
    raw: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """The place of a message that a person wrote in a private chat, and nothing of what is in it."""

    chat_key: str
    message_id: int


class Updates:
    """The updates within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault

    async def see(
        self, update_ids: Collection[int], *, at: datetime, written: Mapping[int, Written] | None = None
    ) -> set[int]:
        """Note updates as handled, and return which of them were not before: a redelivery is nothing.

        `written` gives, by update id, the messages that people wrote, so that they can be taken away (/wipe).
        Their chats are held by then, so that no other transaction is handling the same updates unseen; where one is
        all the same (an update of no chat), the second waits until the first is done.
        """
        places = {update_id: (one.chat_key, one.message_id) for update_id, one in (written or {}).items()}
        updates = [(update_id, *places.get(update_id, _NOWHERE)) for update_id in sorted(set(update_ids))]
        rows = self._queries.see(self._session, updates=orjson.dumps(updates).decode(), seen_at_ms=to_ms(at))
        return {row["update_id"] async for row in rows}

    async def written_in(self, chat: Chat, *, since: datetime, before_update: int) -> list[int]:
        """Return the ids of the messages that a person wrote, as far as they came since then and before an update."""
        rows = self._queries.written_in(
            self._session, chat_key=chat.key, since_ms=to_ms(since), before_update=before_update
        )
        return [row["message_id"] async for row in rows]

    async def held_chats(self) -> set[str]:
        """Return the keys of the chats whose updates must wait behind one that failed."""
        return {row["chat_key"] async for row in self._queries.held_chats(self._session)}

    async def defer(
        self, raw: dict[str, Any], *, chat_key: str, error: str, attempts: int, at: datetime, wait: timedelta
    ) -> None:
        """Set an update aside, sealed, to be tried after `wait`."""
        data_key, wrapped_key = self._vault.new_key()
        await self._queries.add_deferred(
            self._session,
            update_id=raw["update_id"],
            chat_key=chat_key,
            wrapped_key=wrapped_key,
            sealed=data_key.seal(json.dumps(raw).encode(), place=_PLACE),
            attempts=attempts,
            error=error,
            not_before_ms=to_ms(at + wait),
            deferred_at_ms=to_ms(at),
        )

    async def due_chats(self, *, at: datetime, most: int) -> set[str]:
        """Return the keys of the chats that have an update to try again now."""
        rows = self._queries.due_deferred(self._session, now_ms=to_ms(at), most=most)
        return {row["chat_key"] async for row in rows}

    async def due(self, *, at: datetime, most: int, chats: Collection[str]) -> list[DeferredUpdate]:
        """Return the updates of these chats to try again now, at most one a chat."""
        rows = [row async for row in self._queries.due_deferred(self._session, now_ms=to_ms(at), most=most)]
        return [
            DeferredUpdate(
                update_id=row["update_id"],
                chat_key=row["chat_key"],
                attempts=row["attempts"],
                raw=json.loads(self._vault.open_key(row["wrapped_key"]).open(row["sealed"], place=_PLACE)),
            )
            for row in rows
            if row["chat_key"] in chats
        ]

    async def retry_later(self, update_id: int, *, error: str, at: datetime) -> None:
        """Note one more failure and when to try next."""
        await self._queries.retry_deferred(self._session, update_id=update_id, error=error, not_before_ms=to_ms(at))

    async def bury(self, update_id: int, *, error: str, at: datetime) -> None:
        """Give an update up: it stays, sealed, as a dead letter, and its chat goes on."""
        await self._queries.bury_deferred(self._session, update_id=update_id, error=error, dead_at_ms=to_ms(at))

    async def drop(self, update_id: int) -> None:
        """Forget a deferred update that has been handled at last."""
        await self._queries.drop_deferred(self._session, update_id=update_id)

    async def count_dead(self) -> int:
        """Return how many dead letters there are."""
        return int(await self._queries.count_dead(self._session))

    async def forget_seen(self, *, before: datetime, most: int) -> int:
        """Forget ids of updates that Telegram cannot deliver again (it keeps them 24 hours); return how many."""
        rows = self._queries.forget_seen(self._session, before_ms=to_ms(before), most=most)
        return len([row async for row in rows])
