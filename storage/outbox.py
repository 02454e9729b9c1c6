"""The outbox: what was said, committed with what is stored, waiting to be sent, in order in each chat."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.message import UNSEEN, Outgoing, Retract, Say, Wipe, to_json
from bot.domain.shown import Shown
from storage.chats import Chat, Chats
from storage.instants import from_ms_or_none, to_ms
from storage.outgoing import OUTGOING_PLACE, BusyChats, Due, HandOver, Leased, Outcome, Posted, Priority, Settlement
from storage.session import Known, Queued, Session, Writes

_ALMOST_A_MILLISECOND = timedelta(microseconds=999)


@dataclass(frozen=True)
class _Said:
    chat: Chat
    message: Outgoing
    json: bytes
    priority: Priority
    key: str
    about: str | None
    may_be_repeated: bool
    is_answer: bool


class Outbox:
    """The outbox within one transaction."""

    def __init__(self, session: Session, queries: Any, *, chats: Chats, now: datetime, process: str) -> None:
        self._session = session
        self._chats = chats
        self._queries = queries
        self._now = now
        self._process = process
        self._said: Queued[_Said] = Queued()
        self._answers: Known[str, _Said] = Known()
        """The newest answer in each chat, by its key."""
        self._hand_over = HandOver(most=0, until=now)
        self._spoken_to: set[str] = set()
        self.handed_over: list[Leased] = []
        """What the sender is to send once this transaction is committed."""
        self.left_waiting: list[Chat] = []
        """The chats for which something was written that is not handed over."""
        session.gather(self._answers)
        session.gather(self._said, self._write)

    def hand_over(self, terms: HandOver, *, busy: Collection[str]) -> None:
        """Let the sender take the first new message of each chat, as far as it has room.

        `busy` are the keys of the chats in which something waits already.
        """
        self._hand_over = terms
        self._spoken_to = set(busy)

    async def add(
        self,
        chat: Chat,
        message: Outgoing,
        *,
        priority: Priority,
        key: str,
        about: str | None = None,
        may_be_repeated: bool = False,
        is_answer: bool = False,
    ) -> None:
        """Put a message in the outbox. Where `key` was used before, that is nothing, nor in a chat that was wiped.

        `about` lets the message be found again by what it shows ("card:17"); it never holds personal data.
        `may_be_repeated` says that the key may have been used before; such a message is never handed over.
        `is_answer`: it answers what the person just did, and so says what the next words are for (`last_about`).
        """
        if chat.wiped and not isinstance(message, UNSEEN):
            return
        # As JSON in the turn: words that cannot be written (half an emoji) are the fault of one update, and not of all.
        said = _Said(chat, message, to_json(message), priority, key, about, may_be_repeated, is_answer)
        self._said.put(said)
        if is_answer:
            self._answers.put(chat.key, said)
        if not self._session.in_turn:
            self._said.keep()
            self._answers.keep()

    def last_about(self, chat: Chat) -> str | None:
        """Return what the newest answer in a chat is about, with what this transaction says."""
        newest = self._answers.get(chat.key)
        return chat.last_about if newest is None else newest.about

    async def claim_due(self, *, until: datetime, most: int) -> Sequence[Due]:
        """Lease the next messages to send, at most one a chat, until the given moment."""
        rows = [
            row
            async for row in self._queries.claim_due(
                self._session,
                now_ms=to_ms(self._now),
                leased_until_ms=to_ms(until),
                leased_by=self._process,
                most=most,
            )
        ]
        ordered = sorted(rows, key=lambda row: (row["priority"], row["id"]))
        return [
            Due(
                key=row["dedupe_key"],
                chat_key=row["chat_key"],
                priority=Priority(row["priority"]),
                attempts=row["attempts"],
                sealed=row["sealed"],
            )
            for row in ordered
        ]

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Note the end of messages' ways and forget their words."""
        rows = [
            {
                "dedupe_key": one.key,
                "outcome": one.outcome.value,
                "message_id": one.message_id,
                "settled_at_ms": to_ms(one.settled_at),
            }
            for one in settlements
        ]
        await self._queries.settle(self._session, rows)

    async def postpone(self, key: str, *, until: datetime, not_delivered: bool) -> None:
        """Send again later. `not_delivered`: Telegram certainly did not deliver it, so nobody can have seen it."""
        not_before_ms = to_ms(until + _ALMOST_A_MILLISECOND)  # never a moment too early
        await self._queries.postpone(
            self._session,
            dedupe_key=key,
            not_before_ms=not_before_ms,
            refunded=int(not_delivered),
            process=self._process,
        )

    async def settle_chat(self, chat: Chat, outcome: Outcome) -> None:
        """Settle everything that still waits for a chat."""
        await self._queries.settle_chat(
            self._session, chat_key=chat.key, outcome=outcome.value, settled_at_ms=to_ms(self._now)
        )

    async def silence(self, chat: Chat) -> None:
        """Settle what waits for a chat, and take back what this transaction handed over; what is under way goes on."""
        await self._queries.settle_waiting(
            self._session, chat_key=chat.key, outcome=Outcome.GONE.value, settled_at_ms=to_ms(self._now)
        )
        # After that statement: what earlier turns said is handed over as it is written, before it. Should this turn be
        # undone, the sender finds leases of its own that it does not know of, and sends those messages.
        taken_back = [one for one in self.handed_over if one.chat.key == chat.key]
        self.handed_over = [one for one in self.handed_over if one not in taken_back]
        await self.settle([Settlement(one.key, Outcome.GONE, self._now) for one in taken_back])

    async def is_under_way(self, chat: Chat, *, besides: str) -> bool:
        """Say whether a message of a chat, besides the one with this key, is in a sender's hands."""
        under_way = await self._queries.count_under_way(self._session, chat_key=chat.key, besides=besides)
        return int(under_way) > 0

    async def release_leases(self) -> None:
        """Take back what processes that are no more had leased."""
        await self._queries.release_leases(self._session)

    async def release_forgotten(self, *, under_way: Collection[str]) -> None:
        """Take back what this process has leased, but for the messages that it knows to be under way."""
        await self._queries.release_forgotten(self._session, process=self._process, under_way=sorted(under_way))

    async def busy(self, chat_keys: Collection[str]) -> BusyChats:
        """Return which of these chats have messages that wait to be sent, or are under way."""
        rows = self._queries.busy_chats(
            self._session, chat_keys=sorted(chat_keys), process=self._process, now_ms=to_ms(self._now)
        )
        found = {row["chat_key"]: bool(row["elsewhere"]) async for row in rows}
        return BusyChats(frozenset(found), frozenset(key for key, elsewhere in found.items() if elsewhere))

    async def find(self, key: str) -> Posted | None:
        """Return the message that was put in the outbox under a key, or None."""
        row = await self._queries.find_message(self._session, dedupe_key=key)
        if row is None:
            return None
        is_settled = row["settled_at_ms"] is not None
        is_under_way = not is_settled and row["leased_until_ms"] > to_ms(self._now)
        return Posted(row["dedupe_key"], row["chat_key"], row["message_id"], is_settled, is_under_way)

    async def reword(self, chat: Chat, key: str, message: Say) -> bool:
        """Say something else in the place of a message that still waits; False where it is being sent."""
        sealed = chat.data_key.seal(to_json(message), place=OUTGOING_PLACE)
        row = await self._queries.reword(self._session, dedupe_key=key, sealed=sealed, now_ms=to_ms(self._now))
        return row is not None

    async def messages_about(self, chat: Chat, about: str) -> list[int]:
        """Return the ids of the messages sent to a chat about something, oldest first."""
        rows = self._queries.messages_about(self._session, chat_key=chat.key, about=about)
        return [row["message_id"] async for row in rows]

    async def shown_about(self, chat: Chat, about: str) -> list[Shown]:
        """Return when the messages about something reached a chat, oldest first, those that are under way included."""
        rows = self._queries.shown_about(self._session, chat_key=chat.key, about=about)
        return [
            Shown(row["attempts"], from_ms_or_none(row["first_attempt_at_ms"]), row["message_id"]) async for row in rows
        ]

    async def messages_about_any(self, chat: Chat, *, about: str) -> list[int]:
        """Return the ids of the messages sent to a chat about anything that begins so ("card:17:"), oldest first."""
        rows = self._queries.messages_about_any(self._session, chat_key=chat.key, beginning=about)
        return [row["message_id"] async for row in rows]

    async def drop_unsent(self, chat: Chat, *, about: str) -> None:
        """Give up what waits to be said in a chat about anything that begins so."""
        await self._queries.drop_unsent(
            self._session, chat_key=chat.key, beginning=about, outcome=Outcome.REFUSED.value, now_ms=to_ms(self._now)
        )

    async def sent_to(self, chat: Chat, *, since: datetime) -> list[int]:
        """Return the ids of the messages that were first sent to a chat since then."""
        rows = self._queries.sent_to(self._session, chat_key=chat.key, since_ms=to_ms(since))
        return [row["message_id"] async for row in rows]

    async def what_about(self, chat: Chat, message_id: int) -> str | None:
        """Return what a sent message was about, or None."""
        about: str | None = await self._queries.what_about(self._session, chat_key=chat.key, message_id=message_id)
        return about

    async def count_waiting(self, chat: Chat, priority: Priority) -> int:
        """Return how many messages of one priority wait to be sent to a chat."""
        waiting = await self._queries.count_waiting(self._session, chat_key=chat.key, priority=int(priority))
        return int(waiting)

    async def count_pressing(self, priority: Priority, *, most: int) -> int:
        """Return how many messages of this priority or a higher one wait in all chats; `most` where there are more."""
        return int(await self._queries.count_pressing(self._session, priority=int(priority), most=most))

    async def never_arrived(self, keys: Collection[str]) -> set[str]:
        """Return which of these messages nobody got: Telegram refused them, or there was nobody there."""
        if not keys:
            return set()
        rows = self._queries.never_arrived(self._session, dedupe_keys=sorted(keys))
        return {row["dedupe_key"] async for row in rows}

    async def count_unsettled(self) -> int:
        """Return how many messages wait to be sent."""
        return int(await self._queries.count_unsettled(self._session))

    async def forget_settled(self, *, before: datetime, most: int) -> int:
        """Forget what was sent long ago, looking at so many of the oldest messages; return how many were forgotten."""
        rows = self._queries.forget_settled(self._session, before_ms=to_ms(before), most=most)
        return len([row async for row in rows])

    async def _write(self, writes: Writes) -> None:
        await self._queries.add_outgoing(writes, [self._row(said) for said in self._said.take()])

    def _row(self, said: _Said) -> dict[str, object]:
        goes_now = self._is_handed_over(said)
        if said.is_answer:
            self._chats.note_about(said.chat, said.about)
        self._spoken_to.add(said.chat.key)
        if goes_now and not isinstance(said.message, Retract):
            self.handed_over.append(Leased(said.key, said.chat, said.priority, attempts=1, message=said.message))
        else:
            self.left_waiting.append(said.chat)
        now_ms = to_ms(self._now)
        return {
            "chat_key": said.chat.key,
            "priority": int(said.priority),
            "dedupe_key": said.key,
            "about": said.about,
            "sealed": said.chat.data_key.seal(said.json, place=OUTGOING_PLACE),
            "created_at_ms": now_ms,
            "attempts": int(goes_now),
            "first_attempt_at_ms": now_ms if goes_now else None,
            "leased_until_ms": to_ms(self._hand_over.until) if goes_now else 0,
            "leased_by": self._process if goes_now else None,
        }

    def _is_handed_over(self, said: _Said) -> bool:
        terms, chat = self._hand_over, said.chat
        if isinstance(said.message, (Wipe, Retract)):  # not before it is certain that nothing is under way to the chat
            return False
        if len(self.handed_over) >= terms.most or said.may_be_repeated or chat.gone or chat.key in self._spoken_to:
            return False
        return not self._chats.spend(chat, terms.rates.of(chat))
