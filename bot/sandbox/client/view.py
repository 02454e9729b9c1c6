"""A chat as the client mirrors it: the event feed applied, one event after another."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from bot.sandbox.client.http import NotSeen, Transport
from bot.sandbox.client.seen import Event, SeenMessage, Toast

# One look at the feed holds its connection no longer than this, in seconds; a longer wait takes another look.
LONGEST_LOOK = 25.0
FIRST_WORDS = 60
# How much later than asked for an answer may come: so many seconds, or so large a part of the whole wait.
GRACE, GRACE_SHARE = 0.5, 0.1

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the views of one client share: the connection, and each other (by chat id)."""

    transport: Transport
    views: "dict[int, ChatView]" = field(default_factory=dict)

    async def acted(self, *chats: "int | ChatView", seq: int) -> None:
        """Note that the client did something in these chats: event `seq` shows it, and what comes later answers it."""
        views = {view for chat in chats if (view := self.views.get(chat) if isinstance(chat, int) else chat)}
        for view in views:
            view.mark(seq)
        for view in views:
            await view.refresh()


class ChatView:
    """What one chat shows now.

    `refresh` reads what is new; actions of the client do so by themselves.
    """

    def __init__(self, desk: Desk, chat_id: int, name: str) -> None:
        self._desk = desk
        self._transport = desk.transport
        self._messages: dict[int, SeenMessage] = {}
        self._deleted: dict[int, SeenMessage] = {}
        self._toasts: list[Toast] = []
        self._cursor = 0
        self._mark = 0
        self.id = chat_id
        self.name = name
        desk.views.setdefault(chat_id, self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id})"

    @property
    def messages(self) -> tuple[SeenMessage, ...]:
        """The messages visible now, oldest first: edited ones as they are, deleted ones gone."""
        return tuple(sorted(self._messages.values(), key=lambda message: message.message_id))

    @property
    def deleted(self) -> tuple[SeenMessage, ...]:
        """The messages that were shown and are gone, as they looked last, oldest first."""
        return tuple(sorted(self._deleted.values(), key=lambda message: message.message_id))

    @property
    def last_message(self) -> SeenMessage:
        """The newest message; `NotSeen` when there is none."""
        if not self._messages:
            raise NotSeen(f"there is no message in {self!r}")
        return self._messages[max(self._messages)]

    @property
    def last_from_bot(self) -> SeenMessage:
        """The bot's newest message; `NotSeen` when there is none."""
        ours = [message for message in self.messages if message.from_bot]
        if not ours:
            raise NotSeen(f"there is no message of the bot in {self!r}")
        return ours[-1]

    async def refresh(self) -> None:
        """Read what has happened since the last look."""
        await self._look(0.0)

    async def wait_for(
        self,
        words: str | Callable[[SeenMessage], bool],
        *,
        timeout: float = 10.0,  # noqa: ASYNC109  the error must name what was awaited
        after: SeenMessage | int | None = None,
    ) -> SeenMessage:
        """Wait until the bot says `words` (or something the callable accepts), in a new message or an edited one.

        Only what came after `after` (a message, or an event's number) counts; by default after the last thing
        that the client did in this chat, and `after=0` takes whatever the chat shows. Of several the earliest
        is returned. Raises `NotSeen` after `timeout` seconds.
        """
        mark = after.seq if isinstance(after, SeenMessage) else self._mark if after is None else after

        def found() -> SeenMessage | None:
            fitting = (m for m in self._messages.values() if m.from_bot and m.seq > mark and _fits(m, words))
            return min(fitting, key=lambda message: message.seq, default=None)

        return await self._until(found, words, timeout)

    async def wait_until_gone(
        self,
        message: SeenMessage | int,
        *,
        timeout: float = 10.0,  # noqa: ASYNC109  the error must name what was awaited
    ) -> None:
        """Wait until `message`, which was shown here, is deleted; `NotSeen` after `timeout` seconds."""
        gone = message.message_id if isinstance(message, SeenMessage) else message
        await self._until(lambda: self._deleted.get(gone), f"the deletion of message {gone}", timeout)

    async def wait_for_toast(
        self,
        words: str,
        *,
        timeout: float = 10.0,  # noqa: ASYNC109  the error must name what was awaited
        after: int | None = None,
    ) -> Toast:
        """Wait for a toast or an alert containing `words`; `after` (an event's number) as in `wait_for`."""
        mark = self._mark if after is None else after

        def found() -> Toast | None:
            return next((toast for toast in self._toasts if toast.seq > mark and words in toast.text), None)

        return await self._until(found, words, timeout)

    async def _until(self, found: Callable[[], _Found | None], awaited: object, seconds: float) -> _Found:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (result := found()) is None:
            left = deadline - loop.time()
            if left <= 0:
                raise NotSeen(f"{awaited!r} did not appear in {self!r} within {seconds:g} s; {self._last_words()}")
            # A sandbox that hangs must not hold the one who waits much longer than she wanted.
            with suppress(TimeoutError):
                async with asyncio.timeout(left + max(GRACE, seconds * GRACE_SHARE)):
                    await self._look(min(left, LONGEST_LOOK))
        return result

    def _last_words(self) -> str:
        if not self._messages:
            return "there is no message"
        return f"the last message begins {self.last_message.text[:FIRST_WORDS]!r}"

    def mark(self, seq: int) -> None:
        """Let waiting count only what comes after event `seq`."""
        self._mark = max(self._mark, seq)

    async def _look(self, wait: float) -> None:
        while await self._look_once(wait):
            wait = 0.0

    async def _look_once(self, wait: float) -> bool:
        """Apply one page of what is new; tells whether there is another."""
        answer = await self._transport.get("/sandbox/events", wait=wait, after=self._cursor, chat=self.id)
        for data in answer["events"]:
            event = Event.from_json(data)
            # Two looks may run at once (a waiting one and a refresh): whichever comes second finds it applied.
            if event.seq > self._cursor:
                self._apply(event)
                self._cursor = event.seq
        if answer["missed"]:
            await self._reread()
        return bool(answer["more"])

    async def _reread(self) -> None:
        """Start afresh with the messages: the feed no longer keeps everything since the last look."""
        answer = await self._transport.get(f"/sandbox/chats/{self.id}/messages")
        # Another look may have come further in the meantime.
        if answer["seq"] >= self._cursor:
            seen = [SeenMessage.from_json(data) for data in answer["messages"]]
            before, self._messages = self._messages, {message.message_id: message for message in seen}
            self._deleted |= {id_: message for id_, message in before.items() if id_ not in self._messages}
            self._cursor = answer["seq"]

    def _apply(self, event: Event) -> None:
        if event.kind in {"toast", "alert"}:
            self._toasts.append(Toast(event.seq, event.text, event.kind == "alert"))
        elif event.chat != self.id or event.message_id is None:
            return
        elif event.kind == "delete":
            gone = self._messages.pop(event.message_id, None)
            if gone is not None:
                self._deleted[event.message_id] = gone
        elif event.message is not None:
            self._messages[event.message_id] = event.message


def _fits(message: SeenMessage, words: str | Callable[[SeenMessage], bool]) -> bool:
    return words in message.text if isinstance(words, str) else words(message)
