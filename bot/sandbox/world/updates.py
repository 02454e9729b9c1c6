"""The queue of updates: what the bot has not confirmed, in Telegram's order and for as long as Telegram keeps it."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile
from typing import NamedTuple

from bot.sandbox import spec
from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.wire import Clock, JsonObject

LIFETIME = timedelta(hours=24)
CALLBACK_LIFETIME = timedelta(seconds=150)
# Telegram forgets beyond its own bounds too; an unread sandbox must not fill the memory.
KEPT = 100_000
EXPIRY_INTERVAL = timedelta(seconds=1)
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class QueueKey(NamedTuple):
    """Updates with equal keys are delivered to a webhook one after another."""

    kind: str
    id: int


@dataclass(slots=True, eq=False)
class Update:
    """One update on its way; `repeats` is how often it will be served again although it was confirmed."""

    update_id: int
    type: str
    queue: QueueKey
    created: datetime
    body: JsonObject
    repeats: int = 0

    def to_json(self) -> JsonObject:
        """Write Telegram's Update."""
        return {"update_id": self.update_id, self.type: self.body}


class UpdateQueue:
    """Updates waiting for the bot, by polling or by webhook."""

    def __init__(self, clock: Clock, new_id: Callable[[], int], *, kept: int = KEPT) -> None:
        self._clock = clock
        self._new_id = new_id
        self._kept = kept
        self._pending: dict[int, Update] = {}
        self._replays: list[Update] = []
        self._allowed = spec.DEFAULT_UPDATE_TYPES
        self._waiting: asyncio.Future[None] | None = None
        self._ended_by = OTHER_POLLER
        self._expired_at = clock()
        self._listeners: list[Callable[[Update], None]] = []

    @property
    def allowed(self) -> frozenset[str]:
        """The types that the bot wants."""
        return self._allowed

    def allow(self, types: Collection[str] | None) -> None:
        """Remember the types that the bot wants from now on: None changes nothing, none at all means the default.

        Raises `ApiError` 400 for an unknown type, which Telegram would silently ignore.
        """
        if types is None:
            return
        unknown = next((kind for kind in types if kind not in spec.UPDATE_TYPES), None)
        if unknown is not None:
            raise bad_request(f"unknown update type {unknown!r} in allowed_updates")
        self._allowed = frozenset(types) or spec.DEFAULT_UPDATE_TYPES

    def listen(self, listener: Callable[[Update], None]) -> None:
        """Call `listener` with every update that is queued from now on."""
        self._listeners.append(listener)

    def add(self, kind: str, queue: QueueKey, body: JsonObject, *, repeats: int = 0) -> None:
        """Queue an update, if the bot wants its type."""
        if kind not in self._allowed:
            return
        if len(self._pending) >= self._kept:
            del self._pending[next(iter(self._pending))]
        update = Update(self._new_id(), kind, queue, self._clock(), body, repeats)
        self._pending[update.update_id] = update
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
        for listener in self._listeners:
            listener(update)

    def pending(self) -> list[Update]:
        """List what is not confirmed yet, without what has become too old."""
        self._expire()
        return [*self._replays, *self._pending.values()]

    def count(self) -> int:
        """Count what is not confirmed yet."""
        self._expire()
        return len(self._replays) + len(self._pending)

    def holds(self, update: Update) -> bool:
        """Tell whether an update is still to be delivered."""
        self._expire()
        return update.update_id in self._pending or update in self._replays

    def confirm(self, update: Update) -> None:
        """Forget one update, or serve it once more if it is to be repeated."""
        if update in self._replays:
            self._replays.remove(update)
        elif self._pending.pop(update.update_id, None) and update.repeats > 0:
            update.repeats -= 1
            self._replays.append(update)

    def drop(self) -> None:
        """Forget everything."""
        self._pending.clear()
        self._replays.clear()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:  # noqa: ASYNC109  Telegram's
        """Serve getUpdates: confirm what is below `offset`, then wait up to `timeout` seconds for something.

        A negative offset keeps that many of the newest. A poll that is waiting ends with 409 as soon as another
        begins: of two, the older loses.
        """
        self.end_poll(OTHER_POLLER)
        self._move_to(offset)
        found = self._serve(limit)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not found and (left := deadline - loop.time()) > 0:
            self._waiting = waiting = loop.create_future()
            await asyncio.wait({waiting}, timeout=left)
            if self._waiting is not waiting:
                raise conflict(self._ended_by)
            self._waiting = None
            found = self._serve(limit)
        return found

    def end_poll(self, why: str) -> None:
        """End a waiting poll with 409 and the words `why`."""
        waiting, self._waiting, self._ended_by = self._waiting, None, why
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _move_to(self, offset: int) -> None:
        self._expire()
        if offset < 0:
            done = list(self._pending.values())[:offset]
        else:
            # Ids only grow, so what is below the offset stands in front.
            done = list(takewhile(lambda update: update.update_id < offset, self._pending.values()))
        for update in done:
            self.confirm(update)

    def _serve(self, limit: int) -> list[Update]:
        # A repeated update comes once more whatever the offset: its confirmation got lost, so to speak.
        self._expire()
        served = list(islice(chain(self._replays, self._pending.values()), limit))
        self._replays = self._replays[len(served) :]
        return served

    def _expire(self) -> None:
        """Forget what is too old. Looking through everything once a second of the clock is often enough."""
        now = self._clock()
        if now - self._expired_at < EXPIRY_INTERVAL:
            return
        self._expired_at = now
        for update in [update for update in self._pending.values() if _expired(update, now)]:
            del self._pending[update.update_id]


def _expired(update: Update, now: datetime) -> bool:
    lifetime = CALLBACK_LIFETIME if update.type == "callback_query" else LIFETIME
    return now - update.created > lifetime
