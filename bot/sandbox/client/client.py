"""Drive the sandbox as people do: write, press, wait for an answer. Works across processes, over HTTP alone."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from bot.sandbox.client.group import BotRole, Channel, Group
from bot.sandbox.client.http import NoSuchButton, NotSeen, SandboxError, Transport
from bot.sandbox.client.person import Person
from bot.sandbox.client.seen import Event
from bot.sandbox.client.view import ChatView, Desk
from bot.sandbox.wire import FaultKind

__all__ = ["Channel", "Group", "NoSuchButton", "NotSeen", "Person", "SandboxClient", "SandboxError"]


class SandboxClient:
    """Everybody who talks to the bot of one sandbox.

    Every method raises `SandboxError`, with the server's words, for what the sandbox refuses.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self._transport = Transport(self._url)
        self._desk = Desk(self._transport)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.close()

    async def person(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002  Telegram's word
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> Person:
        """Create somebody who has Telegram, and has not written to the bot yet."""
        body = {
            "name": name,
            "id": id,
            "last_name": last_name,
            "username": username,
            "language_code": language_code,
        }
        answer = await self._transport.post("/sandbox/people", body)
        return Person(self._desk, answer["id"], name)

    async def group(
        self,
        title: str,
        *,
        members: Sequence[Person] = (),
        supergroup: bool = True,
        bot: BotRole | None = "member",
        id: int | None = None,  # noqa: A002  Telegram's word
    ) -> Group:
        """Create a group; the first of `members` owns it."""
        body = {
            "title": title,
            "members": [person.id for person in members],
            "supergroup": supergroup,
            "bot": bot,
            "id": id,
        }
        answer = await self._transport.post("/sandbox/groups", body)
        return Group(self._desk, answer["id"], title)

    async def channel(
        self,
        title: str,
        *,
        members: Sequence[Person] = (),
        bot: BotRole | None = "admin",
        username: str | None = None,
        id: int | None = None,  # noqa: A002  Telegram's word
    ) -> Channel:
        """Create a channel; the first of `members` owns it, and only owner and bot can post."""
        body = {
            "title": title,
            "members": [person.id for person in members],
            "bot": bot,
            "username": username,
            "id": id,
        }
        answer = await self._transport.post("/sandbox/channels", body)
        return Channel(self._desk, answer["id"], title)

    async def fault(
        self,
        kind: FaultKind,
        *,
        chat: ChatView | int | None = None,
        method: str | None = None,
        times: int = 1,
        retry_after: int = 3,
        status: int = 502,
        hold: float = 0.05,
    ) -> None:
        """Let the next `times` calls go wrong: of `method` (any if None), in `chat` (any if None).

        The method `download` means the address of a file; it and getFile concern no chat.
        `flood` says to come back after `retry_after` seconds; `server_error` has `status` 500 or 502;
        `timeout_after_delivery` does what was asked, answers nothing and hangs up after `hold` seconds;
        `drop_connection` does nothing and hangs up; `delay` does it all, `hold` seconds late; `cut_download` hangs
        up in the middle of a file; `duplicate_update` delivers the chat's next updates twice.
        """
        body = {
            "kind": kind,
            "chat": chat.id if isinstance(chat, ChatView) else chat,
            "method": method,
            "times": times,
            "retry_after": retry_after,
            "status": status,
            "hold": hold,
        }
        await self._transport.post("/sandbox/faults", body)

    async def clear_faults(self) -> None:
        """Let everything work again."""
        await self._transport.post("/sandbox/faults/clear", {})

    async def events(self, *, after: int = 0, chat: ChatView | None = None, wait: float = 0.0) -> list[Event]:
        """List what visibly happened after event number `after`, oldest first.

        With `wait` (seconds, at most 50) the answer is held back until there is something. Raises `SandboxError`
        when the sandbox has forgotten some of them: it keeps 100,000 overall and 5,000 of a chat.
        """
        query = {} if chat is None else {"chat": chat.id}
        found: list[Event] = []
        more = True
        while more:
            answer = await self._transport.get("/sandbox/events", wait=wait, after=after, **query)
            if answer["missed"]:
                raise SandboxError(f"the sandbox no longer knows everything that happened after event {after}")
            found += [Event.from_json(data) for data in answer["events"]]
            more = answer["more"]
            after = found[-1].seq if found else after
        return found

    async def pending_updates(self) -> int:
        """How many updates the bot has not confirmed yet."""
        answer = await self._transport.get("/sandbox/updates")
        return int(answer["pending"])
