"""The worker: a batch of updates, each chat in order, in one transaction, committed before anything is acknowledged.

A failing update is undone to its savepoint, set aside sealed, and tried again with growing waits; what follows it in
its chat waits behind it. After the last try it stays as a dead letter, the coordinators are told, and the chat goes on.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from bot.domain.message import Say
from bot.pipeline.faults import describe
from bot.pipeline.raw import chat_of, language_of, pressed_query_id
from bot.services.turn import Event, Team, Turn
from bot.texts import Catalogues
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database, is_disk_trouble
from storage.outbox import Priority
from storage.unit_of_work import UnitOfWork
from storage.updates import DeferredUpdate

log = structlog.get_logger(__name__)

Dispatch = Callable[[dict[str, Any], Turn], Awaitable[None]]
"""Parses a raw update and runs its handler within the turn; raises what the handler raised."""

Settled = Callable[[Iterable[int]], Awaitable[set[int]]]
"""Waits a moment for what is being sent to these chats (Telegram ids); returns those it is still under way to."""

RETRY_WAITS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""How long to wait before each new try of a failing update; after the last it is given up."""
_BEHIND_WAIT = timedelta(seconds=2)
"""For an update behind another of its chat, or behind a question whose way to the person is not over yet."""
_MOST_RETRIED = 100
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
    held: set[str]
    """Chats whose updates wait behind one that failed."""
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def note(self, event: str, **ids: str | int) -> None:
        self.events.append(Event(event, ids))

    def add(self, turn: Turn, query_id: str | None) -> None:
        """Keep what a handled update leaves to be done after the commit."""
        self.events += turn.events
        if query_id is not None:
            self.acknowledgements.append(Acknowledgement(query_id, turn.toast[:_LONGEST_TOAST]))

    def write_events(self) -> None:
        for event in self.events:
            log.info(event.name, **event.ids)


class Worker:
    """Handles updates. What an update causes is that update's fault alone; only the database stops a batch."""

    def __init__(
        self, *, database: Database, dispatch: Dispatch, catalogues: Catalogues, team: TeamChats, settled: Settled
    ) -> None:
        self._database = database
        self._dispatch = dispatch
        self._catalogues = catalogues
        self._team_chats = team
        self._settled = settled

    async def handle(self, raw_updates: Sequence[dict[str, Any]]) -> list[Acknowledgement]:
        """Handle a batch and commit it. Only after this may the batch be acknowledged.

        Raises:
            sqlite3.Error: the database failed; nothing is kept, and the batch must be handled again.
        """
        under_way = await self._settled({chat["id"] for raw in raw_updates if (chat := chat_of(raw))})
        async with self._database.transaction() as work:
            held = await work.updates.held_chats() | {work.chats.key_of(chat) for chat in under_way}
            batch = _Batch(work, await self.team(work), held)
            for raw in raw_updates:
                await self._take(batch, raw)
        log.info("batch_committed", updates=len(raw_updates))
        batch.write_events()
        return batch.acknowledgements

    async def retry_due(self) -> int:
        """Try the deferred updates that are due again, and return how many those were."""
        async with self._database.transaction() as work:
            batch = _Batch(work, await self.team(work), set())
            due = await work.updates.due(at=work.now, most=_MOST_RETRIED)
            for update in due:
                await self._take_again(batch, update)
        batch.write_events()
        return len(due)

    async def team(self, work: UnitOfWork) -> Team:
        """Return the team's chats, made known to the database where they are new."""
        language = self._catalogues.default
        ids = (self._team_chats.coordinators, self._team_chats.digest)
        coordinators, digest = [
            None if telegram_id is None else await _team_chat(work, telegram_id, language) for telegram_id in ids
        ]
        return Team(coordinators=coordinators, digest=digest)

    async def _take(self, batch: "_Batch", raw: dict[str, Any]) -> None:
        work, update_id = batch.work, raw["update_id"]
        if not await work.updates.see(update_id, at=work.now):
            return batch.note("update_seen_before", update_id=update_id)
        chat_key = work.chats.key_of(chat_of(raw).get("id", 0))
        query_id = pressed_query_id(raw)
        turn = Turn(work=work, team=batch.team)
        if chat_key in batch.held:
            batch.add(turn, query_id)
            return await _defer(work, raw, chat_key, error="waits", attempts=0, wait=_BEHIND_WAIT)
        if error := await self._attempt(turn, raw):
            await _defer(work, raw, chat_key, error=error, attempts=1, wait=RETRY_WAITS[0])
            batch.held.add(chat_key)
            log.error("update_deferred", update_id=update_id, chat=chat_key, error=error)
        batch.add(turn, query_id)
        return None

    async def _take_again(self, batch: "_Batch", update: DeferredUpdate) -> None:
        work = batch.work
        turn = Turn(work=work, team=batch.team)
        error = await self._attempt(turn, update.raw)
        if error is None:
            await work.updates.drop(update.update_id)
            batch.add(turn, None)
        elif update.attempts < len(RETRY_WAITS):
            wait = RETRY_WAITS[update.attempts]
            await work.updates.retry_later(update.update_id, error=error, at=work.now + wait)
        else:
            await self._give_up(work, batch.team, update, error)

    async def _attempt(self, turn: Turn, raw: dict[str, Any]) -> str | None:
        """Handle one update; undo it and return what went wrong where something did."""
        try:
            async with turn.work.savepoint():
                await self._meet(turn, raw)
                await self._dispatch(raw, turn)
                await turn.flush()
        except Exception as error:  # whatever a handler raises is this update's fault alone
            if is_disk_trouble(error):
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
            if turn.chat.gone and "my_chat_member" not in raw:
                await turn.work.chats.set_gone(turn.chat, gone=False)
            return
        team = (turn.team.coordinators, turn.team.digest)
        turn.chat = next((ours for ours in team if ours and ours.telegram_id == chat["id"]), None)

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
        for chat, key, priority in told:
            if chat is not None:
                texts = self._catalogues.in_language(chat.language)
                message = Say(html=str(texts(key, update_id=update.update_id)))
                await work.outbox.add(
                    chat, message, priority=priority, dedupe_key=f"dead:{update.update_id}:{priority}"
                )


async def _team_chat(work: UnitOfWork, telegram_id: int, language: str) -> Chat:
    chat = await work.chats.meet(telegram_id, language=language)
    if chat.language != language:  # the setting was changed
        await work.chats.speak(chat, language)
    return chat


async def _defer(
    work: UnitOfWork, raw: dict[str, Any], chat_key: str, *, error: str, attempts: int, wait: timedelta
) -> None:
    await work.updates.defer(raw, chat_key=chat_key, error=error, attempts=attempts, at=work.now, wait=wait)
