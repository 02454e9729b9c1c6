"""The updates that wait for the bot: fetched by getUpdates, or pushed by webhook."""

import asyncio
from collections import deque
from itertools import islice
from typing import Protocol

from tests.bench.telegram.http import Exchange

MOST_AT_ONCE = 100
"""The most updates that one poll returns (Telegram's limit)."""
_CONFLICT = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'


class Push(Protocol):
    """Somebody who brings updates to the bot instead."""

    def push(self, chat_id: int, update: bytes) -> None:
        """Bring one update, after those of the same chat."""


class Feed:
    """Updates in the order in which they came; each stays until it is acknowledged."""

    def __init__(self) -> None:
        self._updates: deque[tuple[int, int, bytes]] = deque()
        self._last_id = 0
        self._handed_id = 0
        """The last update that a bot got."""
        self._poll: tuple[Exchange, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_flushing = False
        self._push: Push | None = None
        self._loop = asyncio.get_running_loop()

    def __len__(self) -> int:
        return len(self._updates)

    @property
    def is_polled(self) -> bool:
        """Whether a bot waits for updates."""
        return self._poll is not None and self._poll[0].open

    def put(self, chat_id: int, content: bytes) -> None:
        """Add an update: `content` is its JSON without the brace and the id at its beginning."""
        self._last_id += 1
        update = b'{"update_id":%d,%b' % (self._last_id, content)
        if self._push is not None:
            self._push.push(chat_id, update)
            return
        self._updates.append((self._last_id, chat_id, update))
        if self._poll is not None and not self._is_flushing:
            # A moment later, so that what comes in the same moment goes in the same answer.
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def poll(self, exchange: Exchange, *, offset: int, limit: int, timeout_seconds: float) -> None:
        """Acknowledge everything below the offset, and answer with what is there, now or when it comes."""
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        self._end_poll(_CONFLICT, status=b"409 Conflict")
        if self._updates or timeout_seconds <= 0:
            exchange.reply(self._answer(limit))
            return
        self._poll = exchange, limit
        self._timer = self._loop.call_later(timeout_seconds, self._end_poll, b'{"ok":true,"result":[]}')

    def push_to(self, push: Push | None) -> None:
        """From now on give updates to `push`; what waits goes there too. None: keep them for polls again."""
        self._push = push
        if push is None:
            return
        self._end_poll(_CONFLICT, status=b"409 Conflict")
        while self._updates:
            _, chat_id, update = self._updates.popleft()
            push.push(chat_id, update)

    def drop(self) -> set[int]:
        """Forget what no bot has got; return the chats it came from."""
        dropped = set()
        while self._updates and self._updates[-1][0] > self._handed_id:
            dropped.add(self._updates.pop()[1])
        return dropped

    def _flush(self) -> None:
        self._is_flushing = False
        if self._poll is not None and self._updates:
            exchange, limit = self._poll
            self._forget_poll()
            exchange.reply(self._answer(limit))  # where nobody is there any more, the updates stay

    def _answer(self, limit: int) -> bytes:
        handed = list(islice(self._updates, min(limit, MOST_AT_ONCE)))
        if handed:
            self._handed_id = max(self._handed_id, handed[-1][0])
        return b'{"ok":true,"result":[%b]}' % b",".join(update for _, _, update in handed)

    def _end_poll(self, answer: bytes, status: bytes = b"200 OK") -> None:
        if self._poll is not None:
            exchange, _ = self._poll
            self._forget_poll()
            exchange.reply(answer, status=status)

    def _forget_poll(self) -> None:
        self._poll = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
