"""The sender: what was committed goes out, each chat in order, and the outcome is noted.

The Bot API has no idempotency key. Where the outcome of a send is lost (a crash, a time-out) the message is sent again:
perhaps twice, never not at all.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from aiolimiter import AsyncLimiter
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.pipeline.faults import describe
from bot.pipeline.telegram_bot import TelegramBot, retry_seconds
from bot.pipeline.transport import NotSent
from bot.pipeline.worker import Acknowledgement
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.outbox import Due, Outcome

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=90)
"""Longer than any one request can take, so that a leased message is surely not under way elsewhere."""
_LONGEST_WAIT = timedelta(minutes=5)
_TEAM_CHAT_WAIT = timedelta(minutes=5)
"""Before trying a group or channel again that does not let the bot write: somebody has to mend its rights."""
_UNREACHED_WAIT = timedelta(seconds=3)
_IDLE_SECONDS = 5.0
_OUTCOME_SECONDS = 1.0
_TROUBLE_SECONDS = 1.0
_NOT_MODIFIED = "message is not modified"
_NO_RIGHTS = (
    "not enough rights",
    "need administrator rights",
    "no rights to send",
    "no write access",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
)
"""Telegram's words, with 400 and not 403, where a bot may not post in a group or channel."""
_NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid")


@dataclass(frozen=True)
class Pace:
    """How fast Telegram lets a bot speak (the usual figures of its FAQ)."""

    per_second: float = 30
    per_group_minute: float = 20


@dataclass(frozen=True)
class _Leased:
    due: Due
    chat: Chat


class Sender:
    """Sends the outbox, several chats at once."""

    def __init__(self, *, bot: TelegramBot, database: Database, pace: Pace | None = None, at_once: int = 16) -> None:
        pace = pace or Pace()
        self._bot = bot
        self._database = database
        self._at_once = at_once
        self._overall = AsyncLimiter(pace.per_second, 1)
        self._per_group_minute = pace.per_group_minute
        self._groups: dict[str, AsyncLimiter] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    async def recover(self) -> None:
        """Take back what an earlier process had leased when it died. This is the only sender of the database."""
        async with self._database.transaction() as work:
            await work.outbox.release_leases()

    def wake(self) -> None:
        """Say that something new was committed to the outbox, or that it is time to stop."""
        self._wake.set()

    def acknowledge(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        """Answer button presses, each once and on a best effort: a press not answered only blinks a little longer."""
        for one in acknowledgements:
            task = asyncio.create_task(self._answer(one))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        self.wake()

    async def settled(self, telegram_ids: Iterable[int]) -> set[int]:
        """Wait a moment for what is being sent to these chats right now; return those it is still under way to.

        What a person writes while a question is on its way can only be told from an answer to it by the id that
        Telegram gives the question. That id is mostly some milliseconds away.
        """
        under_way = {chat: task for chat in telegram_ids if (task := self._in_flight.get(chat)) and not task.done()}
        if under_way:
            await asyncio.wait(under_way.values(), timeout=_OUTCOME_SECONDS)
        return {chat for chat, task in under_way.items() if not task.done()}

    async def run(self, *, stopping: Callable[[], bool]) -> None:
        """Send until told to stop; then finish what is under way."""
        while not stopping():
            self._wake.clear()
            try:
                if not await self._start_due() and not stopping():
                    await self._rest()
            except Exception as error:  # noqa: BLE001  the sender must outlive a full disk
                log.error("outbox_unreadable", error=describe(error))  # noqa: TRY400  a traceback would quote words
                await self._wait(_TROUBLE_SECONDS)
        await self._finish()

    async def drain(self) -> None:
        """Send all that is due now, and what becomes due by that, and wait until it is settled."""
        while await self._start_due() or self._running:
            await self._finish()

    async def _start_due(self) -> int:
        self._in_flight = {chat: task for chat, task in self._in_flight.items() if not task.done()}
        room = self._at_once - len(self._running)
        if room <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return 1
        leased = await self._lease(room)
        for one in leased:
            # At most one message a chat is leased at a time, so the chat's id names the send.
            self._in_flight[one.chat.telegram_id] = self._spawn(self._send(one))
        return len(leased)

    async def _lease(self, most: int) -> list[_Leased]:
        async with self._database.transaction(durable=False) as work:
            due = await work.outbox.claim_due(until=work.now + _LEASE, most=most)
            leased = []
            for one in due:
                try:
                    chat = await work.chats.get(one.chat_key)
                except WrongKey as error:
                    log.error("chat_unreadable", chat=one.chat_key, error=describe(error))  # noqa: TRY400  no words
                    await work.outbox.postpone(one.outbox_id, until=work.now + _TEAM_CHAT_WAIT, not_delivered=True)
                    continue
                if chat is None:
                    await work.outbox.settle(one.outbox_id, Outcome.GONE)
                elif chat.gone:
                    await work.outbox.settle_chat(chat, Outcome.GONE)
                else:
                    leased.append(_Leased(one, chat))
            return leased

    async def _send(self, leased: _Leased) -> None:
        due, chat = leased.due, leased.chat
        if not await self._group_has_room(chat):
            return await self._postpone(due, timedelta(seconds=60 / self._per_group_minute), not_delivered=True)
        await self._overall.acquire()
        try:
            message_id = await self._bot.deliver(chat.telegram_id, due.open(chat))
        except RetryAfter as error:
            log.info("asked_to_wait", outbox_id=due.outbox_id, seconds=retry_seconds(error))
            await self._postpone(due, timedelta(seconds=retry_seconds(error)), not_delivered=True)
        except ChatMigrated as error:
            await self._follow(leased, error.new_chat_id)
        except Forbidden as error:
            await self._unreachable(leased, error)
        except BadRequest as error:
            await self._refused(leased, error)
        except NotSent as error:
            log.warning("telegram_not_reached", outbox_id=due.outbox_id, error=describe(error))
            await self._postpone(due, _UNREACHED_WAIT, not_delivered=True)
        except TelegramError as error:
            wait = min(_LONGEST_WAIT, timedelta(seconds=2 ** min(due.attempts - 1, 10)))
            log.warning("send_failed", outbox_id=due.outbox_id, attempts=due.attempts, error=describe(error))
            await self._postpone(due, wait, not_delivered=False)
        except Exception as error:  # noqa: BLE001  a message that cannot be read must not hold back its chat
            log.error("send_impossible", outbox_id=due.outbox_id, error=describe(error))  # noqa: TRY400  no words
            await self._settle(due, Outcome.REFUSED)
        else:
            await self._settle(due, Outcome.SENT, message_id=message_id)

    async def _refused(self, leased: _Leased, error: BadRequest) -> None:
        words = error.message.lower()
        if _NOT_MODIFIED in words:
            return await self._settle(leased.due, Outcome.SENT)
        if any(sign in words for sign in (*_NOBODY_THERE, *_NO_RIGHTS)):
            return await self._unreachable(leased, error)
        log.error("send_refused", outbox_id=leased.due.outbox_id, error=describe(error))
        return await self._settle(leased.due, Outcome.REFUSED)

    async def _unreachable(self, leased: _Leased, error: TelegramError) -> None:
        """Let a person who is gone go; try a team chat again later, for its rights can be mended."""
        due, chat = leased.due, leased.chat
        if chat.telegram_id < 0:
            log.error("team_chat_unreachable", chat=chat.key, error=describe(error))
            return await self._postpone(due, _TEAM_CHAT_WAIT, not_delivered=True)
        log.info("person_gone", chat=chat.key)
        async with self._database.transaction(durable=False) as work:
            await work.chats.set_gone(chat, gone=True)
            await work.outbox.settle_chat(chat, Outcome.GONE)
        return None

    async def _follow(self, leased: _Leased, telegram_id: int) -> None:
        log.warning("group_became_supergroup", chat=leased.chat.key)
        async with self._database.transaction() as work:
            await work.chats.move(leased.chat, telegram_id)
            await work.outbox.postpone(leased.due.outbox_id, until=work.now, not_delivered=True)
        self.wake()

    async def _settle(self, due: Due, outcome: Outcome, *, message_id: int | None = None) -> None:
        async with self._database.transaction(durable=False) as work:
            await work.outbox.settle(due.outbox_id, outcome, message_id=message_id)
        self.wake()

    async def _postpone(self, due: Due, wait: timedelta, *, not_delivered: bool) -> None:
        async with self._database.transaction(durable=False) as work:
            await work.outbox.postpone(due.outbox_id, until=work.now + wait, not_delivered=not_delivered)
        self.wake()

    async def _answer(self, one: Acknowledgement) -> None:
        try:
            await self._bot.answer_callback_query(one.query_id, text=one.toast or None)
        except TelegramError as error:
            log.info("press_not_answered", error=describe(error))

    async def _group_has_room(self, chat: Chat) -> bool:
        """Take a place of a group's minute, or say that there is none. A person's chat has no such minute."""
        if chat.telegram_id > 0:
            return True
        limiter = self._groups.setdefault(chat.key, AsyncLimiter(self._per_group_minute, 60))
        if not limiter.has_capacity():
            return False
        await limiter.acquire()
        return True

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a send that ended. One that could not note its outcome keeps its lease, and is sent again after it."""
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("outcome_not_noted", error=describe(error))

    async def _finish(self) -> None:
        while under_way := self._running | self._answering:
            await asyncio.wait(under_way)
        self._in_flight.clear()

    async def _rest(self) -> None:
        """Wait for something to be committed, for a message's time to come, or a little while."""
        async with self._database.transaction(durable=False) as work:
            due = await work.outbox.next_due()
            seconds = _IDLE_SECONDS if due is None else (due - work.now).total_seconds()
        await self._wait(min(_IDLE_SECONDS, max(seconds, 0.02)))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout=seconds)
