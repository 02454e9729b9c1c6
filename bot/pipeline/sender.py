"""The sender: what was committed goes out, each chat in order, and the outcome is noted.

Most messages come straight from the worker that committed them, already leased. The others wait in the outbox until
their turn comes: those behind another of their chat, those put off, those that a process which is no more left behind.
The Bot API has no idempotency key. Where the outcome of a send is lost (a crash, a time-out) the message is sent again:
perhaps twice, never not at all.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog
from telegram.error import TelegramError

from bot.domain.message import LookedUp, Sendable
from bot.pipeline.allowance import Allowance
from bot.pipeline.carrier import Carrier
from bot.pipeline.delivery import Later, Moved, PersonGone, Refused, Result, Sent, outcome_of
from bot.pipeline.faults import describe
from bot.pipeline.instead import instead_of
from bot.pipeline.lookups import Lookups
from bot.pipeline.metrics import Metrics
from bot.pipeline.opening import open_due
from bot.pipeline.outcomes import Outcomes
from bot.pipeline.pace import Pace
from bot.pipeline.receiver import Pause
from bot.pipeline.telegram_bot import CONNECTIONS, TelegramBot
from bot.pipeline.worker import Acknowledgement
from storage.chats import Chat
from storage.database import Database
from storage.outgoing import HandOver, Leased, Outcome, Settlement
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_AT_ONCE = CONNECTIONS
"""Messages under way at once. Twice what one batch can say: with Telegram far away a batch is done before what the one
before it said has arrived, and would else wait in the outbox."""
_LEASE = timedelta(seconds=90)
"""How long a message is one sender's: longer than any one request can take, so that it is not under way twice."""
_IDLE_SECONDS = 1.0
"""How often to look for what another process, or the clock, left to be sent."""
GATHER_SECONDS = 0.03
"""How long outcomes wait for a batch of updates to be written with."""
GATHER_SECONDS_OF_SEVERAL = 0.002
"""The same where other processes handle updates too, and wait to know what was seen."""
_OUTCOME_SECONDS = 1.0
_ALLOWANCE_SECONDS = 0.05
"""How soon to ask again where all processes together have sent as much as they may."""
_FORGOTTEN_SECONDS = 5.0
_TROUBLE_SECONDS = 1.0
_STOP_SECONDS = 5.0
"""How long what is under way may take when the process is to stop."""


class Sender:
    """Sends the outbox, several chats at once."""

    def __init__(
        self,
        *,
        bot: TelegramBot,
        carrier: Carrier,
        lookups: Lookups,
        database: Database,
        pace: Pace,
        metrics: Metrics,
        at_once: int = _AT_ONCE,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self._bot = bot
        self._carrier = carrier
        self._lookups = lookups
        self._database = database
        self._at_once = at_once
        self._gather_seconds = gather_seconds
        self._metrics = metrics
        self._rates = pace.chats
        self._allowance = Allowance(database, pace.overall)
        self._outcomes = Outcomes()
        self._running: dict[asyncio.Task[None], str] = {}
        """What is under way, and the key of its message."""
        self._answering: set[asyncio.Task[None]] = set()
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._forgotten_at = 0.0
        self._behind = True
        """Whether the outbox may hold something that could go out now."""
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Say that something new was committed to the outbox, or that it is time to stop."""
        self._behind = True
        self._wake.set()

    def acknowledge(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        """Answer button presses, each once and on a best effort: a press not answered only blinks a little longer."""
        for one in acknowledgements:
            task = asyncio.create_task(self._answer(one))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    def terms(self, *, now: datetime) -> HandOver:
        """Say how many messages could go out at once: none while others wait, for who said it first is served first."""
        return HandOver(most=0 if self._behind else self._claimable, until=now + _LEASE, rates=self._rates)

    def outcomes(self) -> AbstractAsyncContextManager[Sequence[Settlement]]:
        """Hand out what became of messages, to be written; what is not written by the end of the block is kept."""
        return self._outcomes.writing()

    def take(self, leased: Sequence[Leased], *, waiting: Iterable[Chat]) -> None:
        """Send these, now that they are committed; `waiting` are the chats for which others wait in the outbox."""
        self._send_all(leased, followed=False)
        for chat in waiting:
            task = self._in_flight.get(chat.telegram_id)
            if task is None or task.done():
                self.wake()
            else:
                task.add_done_callback(self._let_follow)

    async def settled(self, telegram_ids: Iterable[int]) -> set[int]:
        """Wait a moment for what is being sent to these chats right now; return those it is still under way to.

        What a person writes while a question is on its way can only be told from an answer to it by the id that
        Telegram gives the question. That id is mostly some milliseconds away.
        """
        under_way = {chat: task for chat in telegram_ids if (task := self._in_flight.get(chat)) and not task.done()}
        if under_way:
            await asyncio.wait(under_way.values(), timeout=_OUTCOME_SECONDS)
        return {chat for chat, task in under_way.items() if not task.done()}

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Send until told to stop; then finish what is under way."""
        while not stopping():
            self._wake.clear()
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001  the sender must outlive a full disk
                log.error("outbox_unreadable", error=describe(error))  # noqa: TRY400  a traceback would quote words
                self._behind = True
                await pause(_TROUBLE_SECONDS)
        await self._finish(within_seconds=_STOP_SECONDS)
        try:
            await self._exchange(most=0)
        except Exception as error:  # noqa: BLE001  what is not noted is sent again
            log.warning("left_unsaid", error=describe(error))

    async def drain(self) -> None:
        """Send all that is due now, and what becomes due by that, and wait until it is settled."""
        self._forgotten_at = 0.0
        await self._allowance.refill()
        while await self._exchange(most=self._claimable) or self._running or self._answering:
            await self._finish()
            await self._allowance.refill()
        self._behind = False

    @property
    def _free(self) -> int:
        return self._at_once - len(self._running)

    @property
    def _claimable(self) -> int:
        return min(self._free, self._allowance.stock())

    async def _round(self) -> None:
        """Do what is to be done now; then wait for a send that ended, something committed, or a little while."""
        self._in_flight = {chat: task for chat, task in self._in_flight.items() if not task.done()}
        if not self._behind:
            if self._outcomes:
                await asyncio.sleep(self._gather_seconds)
                await self._exchange(most=0)
            return await self._wait(_IDLE_SECONDS)
        await self._allowance.refill()
        if most := self._claimable:
            self._behind = False  # what ends or is committed from here on says so again
            self._behind |= await self._exchange(most=most) == most
        else:
            await self._exchange(most=0)
            await self._wait(_ALLOWANCE_SECONDS if self._free else _IDLE_SECONDS)
        return None

    async def _exchange(self, *, most: int) -> int:
        """Write the outcomes that wait, lease what may go out now, and send it; return how many messages that is."""
        async with self._outcomes.writing() as outcomes:
            if not most and not outcomes:
                return 0
            # Of the same moment as the outcomes: what was sent since is neither forgotten nor to be settled yet.
            under_way = set(self._running.values())
            leased, claimed = await self._database.perform(
                lambda work: self._write_and_lease(work, outcomes, under_way, most), durable=False
            )
        # What is behind a message of a chat in the outbox, only the outbox knows.
        self._send_all(leased, followed=True)
        return claimed

    async def _write_and_lease(
        self, work: UnitOfWork, outcomes: Sequence[Settlement], under_way: Collection[str], most: int
    ) -> tuple[list[Leased], int]:
        """Return what is to be sent now, and how much was claimed: what was done in the outbox alone as well."""
        await work.outbox.settle(outcomes)
        if not most:
            return [], 0
        if self._looks_for_forgotten():
            await work.outbox.release_forgotten(under_way=under_way)
        due = await work.outbox.claim_due(until=work.now + _LEASE, most=most)
        await work.chats.load([one.chat_key for one in due])
        opened = [await open_due(work, one, self._rates) for one in due]
        for wait in (one for one in opened if isinstance(one, timedelta)):
            self._wake_in(wait)
        return [one for one in opened if isinstance(one, Leased)], len(due)

    def _looks_for_forgotten(self) -> bool:
        """Say whether it is time to look for leases that this process does not know of: that reads all that waits."""
        now = asyncio.get_running_loop().time()
        if now < self._forgotten_at:
            return False
        self._forgotten_at = now + _FORGOTTEN_SECONDS
        return True

    def _send_all(self, leased: Sequence[Leased], *, followed: bool) -> None:
        self._allowance.spend(len(leased))
        for one in leased:
            # At most one message a chat is leased at a time, so the chat's id names the send.
            task = asyncio.create_task(self._send(one))
            self._in_flight[one.chat.telegram_id] = task
            self._running[task] = one.key
            task.add_done_callback(self._ended)
            if followed:
                task.add_done_callback(self._let_follow)

    async def _send(self, leased: Leased) -> None:
        if isinstance(leased.message, LookedUp):
            await self._lookups.carry_out(leased, leased.message)
            return self.wake()
        began = time.monotonic()
        result = await self._carrier.deliver(leased, leased.message)
        seconds = time.monotonic() - began
        self._metrics.message(outcome_of(result), leased.priority, seconds=seconds)
        return await self._note(leased, result)

    async def _note(self, leased: Leased, result: Result) -> None:
        match result:
            case Sent(message_id=message_id):
                self._settle(leased, Outcome.SENT, message_id)
            case Refused(event=event, error=error):
                log.error(event, message=leased.key, error=describe(error))
                await self._refused(leased, instead_of(leased.message, error))
            case Later(event=event, error=error):
                log.warning(event, message=leased.key, attempts=leased.attempts, error=describe(error))
                await self._postpone(leased, result)
            case PersonGone():
                await self._let_go(leased)
            case Moved(telegram_id=telegram_id):
                await self._follow(leased, telegram_id)

    def _settle(self, leased: Leased, outcome: Outcome, message_id: int | None = None) -> None:
        self._outcomes.add(Settlement(leased.key, outcome, self._database.now(), message_id))

    async def _postpone(self, leased: Leased, later: Later) -> None:
        async def postpone(work: UnitOfWork) -> None:
            until = work.now + later.wait
            await work.outbox.postpone(leased.key, until=until, not_delivered=later.not_delivered)

        await self._database.perform(postpone, durable=False)
        self._wake_in(later.wait)

    async def _refused(self, leased: Leased, instead: Sequence[Sendable]) -> None:
        """Settle what Telegram will never take, and put into the outbox what is to be done in its place."""
        if not instead:
            return self._settle(leased, Outcome.REFUSED)

        async def replace(work: UnitOfWork) -> None:
            for number, message in enumerate(instead):
                key = f"{leased.key}/{number}"
                await work.outbox.add(leased.chat, message, priority=leased.priority, key=key)
            await work.outbox.settle([Settlement(leased.key, Outcome.REFUSED, work.now)])

        await self._database.perform(replace, durable=False)
        return self.wake()

    async def _let_go(self, leased: Leased) -> None:
        async def let_go(work: UnitOfWork) -> None:
            await work.chats.set_gone(leased.chat, gone=True)
            await work.outbox.settle_chat(leased.chat, Outcome.GONE)

        log.info("person_gone", chat=leased.chat.key)
        await self._database.perform(let_go, durable=False)

    async def _follow(self, leased: Leased, telegram_id: int) -> None:
        async def follow(work: UnitOfWork) -> None:
            await work.chats.move(leased.chat, telegram_id)
            await work.outbox.postpone(leased.key, until=work.now, not_delivered=True)

        log.warning("group_became_supergroup", chat=leased.chat.key)
        await self._database.perform(follow)
        self.wake()

    async def _answer(self, one: Acknowledgement) -> None:
        try:
            await self._bot.acknowledge(one.query_id, one.toast)
            self._metrics.acknowledged()
        except TelegramError as error:
            self._metrics.acknowledged(reached=False)
            log.info("press_not_answered", error=describe(error))

    def _wake_in(self, wait: timedelta) -> None:
        asyncio.get_running_loop().call_later(wait.total_seconds(), self.wake)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a send that ended. One that could not note its outcome keeps its lease, and is sent again after it."""
        self._running.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("outcome_not_noted", error=describe(error))
        self._wake.set()

    def _let_follow(self, _task: asyncio.Task[None]) -> None:
        self.wake()

    async def _finish(self, *, within_seconds: float | None = None) -> None:
        """Wait for what is under way. What takes too long is given up, and sent again by whoever comes next."""
        deadline = None if within_seconds is None else asyncio.get_running_loop().time() + within_seconds
        while under_way := self._running.keys() | self._answering:
            left = None if deadline is None else deadline - asyncio.get_running_loop().time()
            if left is not None and left <= 0:
                for task in under_way:
                    task.cancel()
                left = None
            await asyncio.wait(under_way, timeout=left)
        self._in_flight.clear()

    async def _wait(self, seconds: float) -> None:
        """Wait until woken; by the end of the time, look whether there is something to send."""
        try:
            await asyncio.wait_for(self._wake.wait(), timeout=seconds)
        except TimeoutError:
            self._behind = True
