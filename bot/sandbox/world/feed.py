"""The event feed: everything a person could see, numbered, with a way to wait for more."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.sandbox.wire import Clock, JsonObject

KEPT_OVERALL = 100_000
KEPT_PER_CHAT = 5_000
PAGE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One visible thing that happened; `bot.sandbox.client.seen.Event` says what the members mean."""

    seq: int
    at: datetime
    chat: int
    who: str
    from_bot: bool
    kind: str
    text: str
    message_id: int | None
    to: int | None
    message: JsonObject | None

    @property
    def followers(self) -> set[int]:
        """The chats that show it: its own, and that of the person whom alone it was shown."""
        return {self.chat} if self.to is None else {self.chat, self.to}

    def to_json(self) -> JsonObject:
        """Write one element of the feed."""
        return {name: getattr(self, name) for name in self.__slots__} | {"at": self.at.isoformat()}


class Page(NamedTuple):
    """What one look at the feed gives.

    `missed` when events in between are no longer kept; `more` when there are later ones, for the next look.
    """

    entries: list[Entry]
    missed: bool
    more: bool = False


class Feed:
    """Numbered events, bounded: the oldest are forgotten first, `kept` overall and `kept_per_chat` in a chat."""

    def __init__(self, clock: Clock, *, kept: int = KEPT_OVERALL, kept_per_chat: int = KEPT_PER_CHAT) -> None:
        self._clock = clock
        self._kept = kept
        self._all: deque[Entry] = deque()
        self._of_chat: defaultdict[int, deque[Entry]] = defaultdict(lambda: deque(maxlen=kept_per_chat))
        # The number of the last event that each chat (None: anybody) has forgotten.
        self._forgotten: defaultdict[int | None, int] = defaultdict(int)
        self._waiting: defaultdict[int | None, set[asyncio.Future[None]]] = defaultdict(set)
        self._seq = 0

    @property
    def seq(self) -> int:
        """The number of the newest event."""
        return self._seq

    @property
    def next_seq(self) -> int:
        """The number that the next event will have."""
        return self._seq + 1

    def add(
        self,
        kind: str,
        chat: int,
        *,
        who: str,
        from_bot: bool = False,
        text: str = "",
        message_id: int | None = None,
        to: int | None = None,
        message: JsonObject | None = None,
    ) -> int:
        """Write down that something happened, wake those who wait, and return its number."""
        self._seq += 1
        entry = Entry(self._seq, self._clock(), chat, who, from_bot, kind, text, message_id, to, message)
        if len(self._all) >= self._kept:
            self._forget_oldest()
        self._all.append(entry)
        for follower in entry.followers:
            self._append(self._of_chat[follower], follower, entry)
            self._wake(follower)
        self._wake(None)
        return self._seq

    def after(self, seq: int, chat: int | None = None) -> Page:
        """List up to 1,000 events after number `seq`; of one chat only, together with toasts shown to that person."""
        kept: Sequence[Entry] = self._all if chat is None else self._of_chat.get(chat, deque())
        newer = _newer(kept, seq)
        missed = seq < self._forgotten.get(chat, 0)
        return Page(newer[:PAGE_MAX], missed=missed, more=len(newer) > PAGE_MAX)

    async def wait(self, seq: int, chat: int | None, timeout: float) -> Page:  # noqa: ASYNC109  not an error
        """Wait up to `timeout` seconds for something after number `seq`; an empty page when there is nothing."""
        page = self.after(seq, chat)
        if page.entries or page.missed or timeout <= 0:
            return page
        future = asyncio.get_running_loop().create_future()
        self._waiting[chat].add(future)
        try:
            # Not asyncio.timeout: nothing coming is an answer, not an error.
            await asyncio.wait({future}, timeout=timeout)
        finally:
            self._stop_waiting(chat, future)
        return self.after(seq, chat)

    def _forget_oldest(self) -> None:
        """Forget the oldest event, in the lists of its chats too."""
        oldest = self._all.popleft()
        self._forgotten[None] = oldest.seq
        for follower in oldest.followers:
            of_chat = self._of_chat.get(follower)
            if of_chat and of_chat[0] is oldest:
                of_chat.popleft()
                self._forgotten[follower] = oldest.seq
                if not of_chat:
                    del self._of_chat[follower]

    def _append(self, kept: deque[Entry], follower: int, entry: Entry) -> None:
        if len(kept) == kept.maxlen:
            self._forgotten[follower] = kept[0].seq
        kept.append(entry)

    def _wake(self, follower: int | None) -> None:
        for future in self._waiting.pop(follower, ()):
            if not future.done():
                future.set_result(None)

    def _stop_waiting(self, chat: int | None, future: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(chat)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[chat]


def _newer(kept: Sequence[Entry], seq: int) -> list[Entry]:
    """Take the newer ones from the right, where they are, however long the feed has become."""
    found: list[Entry] = []
    for entry in reversed(kept):
        if entry.seq <= seq:
            break
        found.append(entry)
    return found[::-1]
