"""Updates pushed to the bot: several connections, and of a chat one update at a time, in order."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from tests.bench.telegram.http import RoundTrip, content_length

_RETRY_SECONDS = 0.5
_END_OF_HEAD = b"\r\n\r\n"

Execute = Callable[[bytes], None]
"""Carries out a call that the bot put into its answer to an update."""


class Webhook:
    """Brings updates to an address. The next of a chat goes only after the one before was taken with 2xx.

    With `ports`, the connections are shared out among these, as a proxy in front of several processes would do it.
    """

    def __init__(
        self,
        url: str,
        *,
        secret: str,
        connections: int,
        round_trip: RoundTrip,
        execute: Execute,
        ports: Sequence[int] = (),
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        ports = ports or (parts.port or 80,)
        self._head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self._waiting: dict[int, deque[bytes]] = {}
        self._ready: deque[int] = deque()
        self._round_trip = round_trip
        self._execute = execute
        self._news = asyncio.Semaphore(0)
        self._tasks = [asyncio.ensure_future(self._serve(ports[number % len(ports)])) for number in range(connections)]
        self.url = url

    def __len__(self) -> int:
        return sum(len(updates) for updates in self._waiting.values())

    def push(self, chat_id: int, update: bytes) -> None:
        """Bring one update, after those of the same chat."""
        before = self._waiting.get(chat_id)
        if before is not None:
            before.append(update)
            return
        self._waiting[chat_id] = deque([update])
        self._ready.append(chat_id)
        self._news.release()

    def close(self) -> None:
        """Stop bringing updates."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, port: int) -> None:
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                await self._news.acquire()
                chat_id = self._ready.popleft()
                try:
                    connection = connection or await asyncio.open_connection(self._host, port)
                    is_taken = await self._bring(connection, self._waiting[chat_id][0])
                except (OSError, EOFError):
                    is_taken, connection = False, None
                self._after(chat_id, is_taken=is_taken)
        finally:
            if connection is not None:
                connection[1].close()

    def _after(self, chat_id: int, *, is_taken: bool) -> None:
        if not is_taken:
            asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._make_ready, chat_id)
            return
        updates = self._waiting[chat_id]
        updates.popleft()
        if updates:
            self._make_ready(chat_id)
        else:
            del self._waiting[chat_id]

    def _make_ready(self, chat_id: int) -> None:
        self._ready.append(chat_id)
        self._news.release()

    async def _bring(self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], update: bytes) -> bool:
        reader, writer = connection
        if self._round_trip.one_way_seconds:
            await asyncio.sleep(self._round_trip.one_way_seconds)
        writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(update), update))
        head = (await reader.readuntil(_END_OF_HEAD)).removesuffix(_END_OF_HEAD)
        length = content_length(head)
        body = await reader.readexactly(length) if length else b""
        if self._round_trip.one_way_seconds:
            await asyncio.sleep(self._round_trip.one_way_seconds)
        is_taken = head.split(b" ", 2)[1].startswith(b"2")
        if is_taken and body.startswith(b"{"):
            self._execute(body)
        return is_taken
