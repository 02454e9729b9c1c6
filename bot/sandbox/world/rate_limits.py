"""Telegram's rate limits, as an option."""

import math
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox import spec
from bot.sandbox.errors import too_many_requests
from bot.sandbox.wire import Clock

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
# So many chats are remembered before those that have been silent are forgotten.
SWEEP_AT = 10_000


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Messages allowed: over all chats and per chat in a second, per group in a minute (Telegram's FAQ).

    `ValueError` for what allows none.
    """

    per_second: int = spec.MESSAGES_PER_SECOND
    per_chat_second: int = spec.MESSAGES_PER_SECOND_PER_CHAT
    per_group_minute: int = spec.MESSAGES_PER_MINUTE_PER_GROUP

    def __post_init__(self) -> None:
        if min(self.per_second, self.per_chat_second, self.per_group_minute) < 1:
            raise ValueError("a rate limit allows at least 1 message")


class Limiter:
    """Counts what was sent, in windows that slide; stricter than Telegram, which lets short bursts pass."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._sent: defaultdict[Hashable, deque[datetime]] = defaultdict(deque)

    @property
    def chats_remembered(self) -> int:
        """How many windows are kept."""
        return len(self._sent)

    def count(self, chat_id: int, *, group: bool) -> None:
        """Count one message; `ApiError` 429 with the seconds to wait when it is one too many."""
        now = self._clock()
        windows = [
            ("all", self._limits.per_second, SECOND),
            (("chat", chat_id), self._limits.per_chat_second, SECOND),
        ]
        if group:
            windows.append((("group", chat_id), self._limits.per_group_minute, MINUTE))
        wait = max(self._wait(key, allowed, span, now) for key, allowed, span in windows)
        if wait > timedelta(0):
            raise too_many_requests(max(1, math.ceil(wait.total_seconds())))
        for key, _, _ in windows:
            self._sent[key].append(now)
        self._sweep(now)

    def _wait(self, key: Hashable, allowed: int, span: timedelta, now: datetime) -> timedelta:
        sent = self._sent[key]
        while sent and now - sent[0] >= span:
            sent.popleft()
        return timedelta(0) if len(sent) < allowed else sent[-allowed] + span - now

    def _sweep(self, now: datetime) -> None:
        if len(self._sent) > SWEEP_AT:
            for key in [key for key, sent in self._sent.items() if not sent or now - sent[-1] >= MINUTE]:
                del self._sent[key]
