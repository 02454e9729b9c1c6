"""The worker: a batch of updates, each chat in order, in one transaction, committed before anything is acknowledged.

A failing update is undone to its savepoint, set aside sealed, and tried again with growing waits; what follows it in
its chat waits behind it. After the last try it stays as a dead letter, the coordinators are told, and the chat goes on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.domain.message import Say
from bot.pipeline.arrival import Arrival
from bot.pipeline.faults import describe
from bot.pipeline.metrics import Metrics, UpdateOutcome
from bot.pipeline.raw import chat_of, is_by_hand, language_of, pressed_query_id
from bot.services.turn import Event, Team, Turn
from bot.texts import Catalogues
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.outgoing import HandOver, Leased, Priority, Settlement
from storage.unit_of_work import UnitOfWork
from storage.updates import DeferredUpdate, Written

log = structlog.get_logger(__name__)

Dispatch = Callable[[dict[str, Any], Turn], Awaitable[None]]
"""Parses a raw update and runs its handler within the turn; raises what the handler raised."""


class Outlet(Protocol):
    """What the worker asks of whoever sends."""

    async def settled(self, telegram_ids: Iterable[int]) -> set[int]:
        """Wait a moment for what is being sent to these chats; return those it is still under way to."""

    def terms(self, *, now: datetime) -> HandOver:
        """Say how many messages could go out at once, and how fast a chat may be written to."""

    def outcomes(self) -> AbstractAsyncContextManager[Sequence[Settlement]]:
        """Hand out what became of messages, to be written; what is not written by the end of the block is kept."""

    def take(self, leased: Sequence[Leased], *, waiting: Iterable[Chat]) -> None:
        """Send these, now that they are committed; `waiting` are the chats for which others wait in the outbox."""


RETRY_WAITS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""How long to wait before each new try of a failing update; after the last it is given up."""
_BEHIND_WAIT = timedelta(seconds=2)
"""For an update behind another of its chat, or behind a question whose way to the person is not over yet."""
_ELSEWHERE_WAITS_SECONDS = (0.01, 0.02, 0.04, 0.08)
"""How long to wait for another process to note that its message arrived; mostly the first is enough."""
_MOST_RETRIED = 100
_AT_A_STRETCH = 10
"""Updates handled before the event loop may do something else. Most of them wait for nothing, a few milliseconds all
together."""
_LONGEST_TOAST = 200
"""Characters of an answer to a button press (Telegram's limit)."""


@dataclass(frozen=True)
class TeamChats:
    """The Telegram ids of the team's chats, where they are set."""

    coordinators: int | None
    digest: int | None


@dataclass(frozen=True)
class Acknowledgement:
    """A button press to be answered now that what it did is committed."""

    query_id: str
    toast: str


@dataclass
class _Batch:
    """One transaction's updates, and what is to be said of them once it is committed."""

    work: UnitOfWork
    team: Team
    held: set[str] = field(default_factory=set)
    """Chats whose updates wait behind one that failed."""
    fresh: set[int] = field(default_factory=set)
    """Updates that were not seen before."""
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    outcomes: Counter[UpdateOutcome] = field(default_factory=Counter)

    def note(self, event: str, **ids: str | int) -> None:
        self.events.append(Event(event, ids))

    def add(self, turn: Turn, query_id: str | None) -> None:
        """Keep what a handled update leaves to be done after the commit."""
        self.events += turn.events
        if query_id is not None:
            self.acknowledgements.append(Acknowledgement(query_id, turn.toast[:_LONGEST_TOAST]))


class Worker:
    """Handles updates. What an update causes is that update's fault alone; only the database stops a batch."""

    def __init__(
        self,
        *,
        database: Database,
        dispatch: Dispatch,
        catalogues: Catalogues,
        team: TeamChats,
        outlet: Outlet,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._dispatch = dispatch
        self._catalogues = catalogues
        self._team_chats = team
        self._outlet = outlet
        self._metrics = metrics

    async def handle(self, raw_updates: Sequence[dict[str, Any]], *, kept: bool = False) -> list[Acknowledgement]:
        """Handle a batch and commit it. Only after this may it be acknowledged, or, where it was `kept`, be forgotten.

        Raises:
            Exception: the database failed (`Database.is_trouble`); nothing is kept, and the batch comes again.
        """
        began = time.monotonic()
        arrivals = [Arrival.of(raw) for raw in raw_updates]
        under_way = await self._outlet.settled({arrival.chat_id for arrival in arrivals if arrival.chat})
        batch, waits = None, iter(_ELSEWHERE_WAITS_SECONDS)
        while batch is None:
            wait_seconds = next(waits, None)
            batch = await self._try(arrivals, under_way, kept=kept, goes_on=wait_seconds is None)
            if batch is None:
                await asyncio.sleep(wait_seconds or 0)
        self._outlet.take(batch.work.outbox.handed_over, waiting=batch.work.outbox.left_waiting)
        log.info("batch_committed", updates=len(raw_updates))
        self._metrics.batch_handled(len(raw_updates), time.monotonic() - began)
        self._tell_of(batch)
        return batch.acknowledgements

    async def _try(
        self, arrivals: Sequence[Arrival], under_way: set[int], *, kept: bool, goes_on: bool
    ) -> _Batch | None:
        """Handle a batch; None where another process is sending to one of its chats, unless it `goes_on`."""
        terms = self._outlet.terms(now=self._database.now())
        async with self._outlet.outcomes() as outcomes:

            async def handle(work: UnitOfWork) -> _Batch | None:
                batch = await self._handle(
                    work, arrivals, under_way=under_way, outcomes=outcomes, terms=terms, goes_on=goes_on
                )
                if kept and batch is not None:
                    await work.inbox.forget(arrivals[0].update_id)
                return batch

            return await self._database.perform(handle)

    async def retry_due(self) -> int:
        """Try the deferred updates that are due again, and return how many those were."""
        batch = await self._database.perform(self._retry)
        if batch is None:
            return 0
        self._tell_of(batch)
        return batch.outcomes.total()

    async def _handle(
        self,
        work: UnitOfWork,
        arrivals: Sequence[Arrival],
        *,
        under_way: set[int],
        outcomes: Sequence[Settlement],
        terms: HandOver,
        goes_on: bool,
    ) -> _Batch | None:
        await work.outbox.settle(outcomes)
        await work.hold(
            {each.chat_id: self._catalogues.closest(language_of(each.raw)) for each in arrivals if each.is_private}
        )
        keys = {work.chats.key_of(each.chat_id) for each in arrivals}
        busy = await work.outbox.busy(keys)
        if busy.elsewhere and not goes_on:
            return None  # the outcomes are written, which the other process may be waiting for as well
        work.outbox.hand_over(terms, busy=busy.waiting)
        batch = _Batch(work, await self.team(work))
        written = {
            each.update_id: Written(work.chats.key_of(each.chat_id), message_id)
            for each in arrivals
            if (message_id := each.written_message_id) is not None
        }
        batch.fresh = await work.updates.see([each.update_id for each in arrivals], at=work.now, written=written)
        batch.held = await work.updates.held_chats() | busy.elsewhere | {work.chats.key_of(chat) for chat in under_way}
        for number, arrival in enumerate(arrivals, start=1):
            await self._take(batch, arrival)
            if number % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return batch

    async def _retry(self, work: UnitOfWork) -> _Batch | None:
        keys = await work.updates.due_chats(at=work.now, most=_MOST_RETRIED)
        if not keys:  # as at nearly every tick
            return None
        await work.chats.hold_known(keys)
        batch = _Batch(work, await self.team(work))
        # Asked again now that no other process can be trying the same.
        for update in await work.updates.due(at=work.now, most=_MOST_RETRIED, chats=keys):
            await self._take_again(batch, update)
        return batch

    async def team(self, work: UnitOfWork) -> Team:
        """Return the team's chats, made known to the database where they are new."""
        language = self._catalogues.default
        ids = (self._team_chats.coordinators, self._team_chats.digest)
        await work.chats.load([work.chats.key_of(telegram_id) for telegram_id in ids if telegram_id is not None])
        coordinators, digest = [
            None if telegram_id is None else await _team_chat(work, telegram_id, language) for telegram_id in ids
        ]
        return Team(coordinators=coordinators, digest=digest)

    async def _take(self, batch: _Batch, arrival: Arrival) -> None:
        work, raw, update_id = batch.work, arrival.raw, arrival.update_id
        if update_id not in batch.fresh:
            batch.outcomes["seen_before"] += 1
            return batch.note("update_seen_before", update_id=update_id)
        batch.fresh.remove(update_id)
        chat_key = work.chats.key_of(arrival.chat_id)
        query_id = pressed_query_id(raw)
        turn = Turn(work=work, team=batch.team, update_id=update_id)
        if chat_key in batch.held:
            batch.outcomes["deferred"] += 1
            batch.add(turn, query_id)
            return await _defer(work, raw, chat_key, error="waits", attempts=0, wait=_BEHIND_WAIT)
        if error := await self._attempt(turn, raw):
            await _defer(work, raw, chat_key, error=error, attempts=1, wait=RETRY_WAITS[0])
            batch.held.add(chat_key)
            batch.outcomes["deferred"] += 1
            log.error("update_deferred", update_id=update_id, chat=chat_key, error=error)
        else:
            batch.outcomes["handled"] += 1
        batch.add(turn, query_id)
        return None

    async def _take_again(self, batch: _Batch, update: DeferredUpdate) -> None:
        work = batch.work
        turn = Turn(work=work, team=batch.team, update_id=update.update_id)
        error = await self._attempt(turn, update.raw)
        if error is None:
            await work.updates.drop(update.update_id)
            batch.outcomes["handled"] += 1
            batch.add(turn, None)
        elif update.attempts < len(RETRY_WAITS):
            wait = RETRY_WAITS[update.attempts]
            await work.updates.retry_later(update.update_id, error=error, at=work.now + wait)
            batch.outcomes["deferred"] += 1
        else:
            batch.outcomes["given_up"] += 1
            await self._give_up(work, batch.team, update, error)

    async def _attempt(self, turn: Turn, raw: dict[str, Any]) -> str | None:
        """Handle one update; undo it and return what went wrong where something did."""
        try:
            async with turn.work.turn():
                await self._meet(turn, raw)
                await self._dispatch(raw, turn)
                await turn.flush()
        except Exception as error:  # whatever a handler raises is this update's fault alone
            if self._database.is_trouble(error):
                raise  # the whole batch is undone, and comes again
            turn.toast = ""
            turn.events.clear()
            return describe(error)
        return None

    async def _meet(self, turn: Turn, raw: dict[str, Any]) -> None:
        """Find the chat that an update comes from: a private one, or one of the team's."""
        chat = chat_of(raw)
        if not chat:
            return
        if chat.get("type", "private") == "private":
            language = self._catalogues.closest(language_of(raw))
            turn.chat = await turn.work.chats.meet(chat["id"], language=language)
            if "my_chat_member" in raw:
                return
            if turn.chat.gone:
                await turn.work.chats.set_gone(turn.chat, gone=False)
            if turn.chat.wiped and is_by_hand(raw):
                turn.chat = await turn.work.chats.set_wiped(turn.chat, wiped=False)
            return
        team = (turn.team.coordinators, turn.team.digest)
        turn.chat = next((ours for ours in team if ours and ours.telegram_id == chat["id"]), None)

    def _tell_of(self, batch: _Batch) -> None:
        """Log and count what a batch did, now that it is committed."""
        for event in batch.events:
            log.info(event.name, **event.ids)
        for outcome, times in batch.outcomes.items():
            self._metrics.update(outcome, times=times)

    async def _give_up(self, work: UnitOfWork, team: Team, update: DeferredUpdate, error: str) -> None:
        await work.updates.bury(update.update_id, error=error, at=work.now)
        log.error("update_given_up", update_id=update.update_id, chat=update.chat_key, error=error)
        try:
            reporter = await work.chats.get(update.chat_key)
        except WrongKey:
            reporter = None
        told = (
            (reporter, "problem.not_handled", Priority.PEOPLE),
            (team.coordinators, "notice.dead_letter", Priority.NOTICES),
        )
        for chat, words, priority in told:
            if chat is not None:
                texts = self._catalogues.in_language(chat.language)
                message = Say(html=str(texts(words, update_id=update.update_id)))
                key = f"dead:{update.update_id}:{priority}"
                await work.outbox.add(chat, message, priority=priority, key=key, may_be_repeated=True)


async def _team_chat(work: UnitOfWork, telegram_id: int, language: str) -> Chat:
    chat = await work.chats.meet(telegram_id, language=language)
    if chat.language != language:  # the setting was changed
        await work.chats.speak(chat, language)
    return chat


async def _defer(
    work: UnitOfWork, raw: dict[str, Any], chat_key: str, *, error: str, attempts: int, wait: timedelta
) -> None:
    await work.updates.defer(raw, chat_key=chat_key, error=error, attempts=attempts, at=work.now, wait=wait)
