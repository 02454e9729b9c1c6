"""Just enough HTTP/1.1 to serve a bot: keep-alive, a body with its length or in chunks, a far end that can be far away.

It is written for speed and for well-behaved clients. The strict server is `bot.sandbox`.
"""

import asyncio
from collections.abc import Callable
from typing import cast

_END_OF_HEAD = b"\r\n\r\n"
_OK = b"200 OK"


class RoundTrip:
    """How far away the other end is: half of it is spent on the way in, half on the way out."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.one_way_seconds = seconds / 2


class Exchange:
    """One request, and the way to answer it, at once or later."""

    __slots__ = ("_connection", "body", "target")

    def __init__(self, connection: "Connection", target: bytes, body: bytes) -> None:
        self._connection = connection
        self.target = target
        self.body = body

    @property
    def open(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self._connection.lost

    def reply(self, body: bytes, *, status: bytes = _OK) -> None:
        """Answer with a JSON body."""
        self._connection.send(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )


Handle = Callable[[Exchange], None]


class Connection(asyncio.Protocol):
    """A connection of a bot."""

    def __init__(self, handle: Handle, round_trip: RoundTrip) -> None:
        self._handle = handle
        self._round_trip = round_trip
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the protocol's signature
        """Note that nobody waits any more."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Take what came, and hand on every request that is complete."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer:
            taken = self._take(self._buffer)
            if taken is None:
                return
            exchange, self._buffer = taken
            if self._round_trip.one_way_seconds:
                self._loop.call_later(self._round_trip.one_way_seconds, self._handle, exchange)
            else:
                self._handle(exchange)

    def send(self, answer: bytes) -> None:
        """Send an answer, after the time that the way takes."""
        if self._round_trip.one_way_seconds:
            self._loop.call_later(self._round_trip.one_way_seconds, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self.lost:
            self._transport.write(answer)

    def _take(self, buffer: bytes) -> tuple[Exchange, bytes] | None:
        """Return the first request and what stands behind it, or None while it is not complete."""
        end = buffer.find(_END_OF_HEAD)
        if end < 0:
            return None
        head = buffer[:end]
        start = end + len(_END_OF_HEAD)
        target = head[: head.index(b"\r\n")].split(b" ", 2)[1]
        length = content_length(head)
        if length is None:
            return self._take_chunks(target, buffer, start)
        if len(buffer) < start + length:
            return None
        return Exchange(self, target, buffer[start : start + length]), buffer[start + length :]

    def _take_chunks(self, target: bytes, buffer: bytes, start: int) -> tuple[Exchange, bytes] | None:
        parts = []
        while True:
            end = buffer.find(b"\r\n", start)
            if end < 0:
                return None
            size = int(buffer[start:end].split(b";")[0], 16)
            start = end + 2
            if len(buffer) < start + size + 2:
                return None
            parts.append(buffer[start : start + size])
            start += size + 2
            if size == 0:
                return Exchange(self, target, b"".join(parts)), buffer[start:]


def content_length(head: bytes) -> int | None:
    """Return the length of the body that follows a head; None where it comes in chunks."""
    lower = head.lower()
    place = lower.find(b"\r\ncontent-length:")
    if place >= 0:
        place += len(b"\r\ncontent-length:")
        end = lower.find(b"\r\n", place)
        return int(lower[place:] if end < 0 else lower[place:end])
    return None if b"\r\ntransfer-encoding: chunked" in lower else 0
