"""One HTTP/1.1 request at a time over a connection that stays open. llhttp (httptools) reads; asyncio carries.

A full HTTP client spends four to eight times the processor time of this on a request (docs/performance.md), mostly on
what the Bot API never does: redirects, cookies, compression, streaming.
"""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
from aiohappyeyeballs import start_connection

_HAPPY_EYEBALLS_SECONDS = 0.25
"""How long the first address of a host may take before the next is tried beside it (RFC 8305)."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than the caller takes. The rest of it was not read."""


class ConnectionBroke(Exception):
    """The connection ended before the answer did. Whether the request was carried out is not known."""


@dataclass(frozen=True)
class Origin:
    """Whom a connection leads to."""

    host: str
    port: int
    is_secure: bool

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, url: str) -> tuple["Origin", str]:
        """Split an address into the origin and the path that is asked of it."""
        parts = urlsplit(url)
        is_secure = parts.scheme == "https"
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return cls(parts.hostname or "", parts.port or (443 if is_secure else 80), is_secure), path

    @property
    def name(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    body: bytes
    stays_open: bool
    """Whether the connection may be used again."""


class HttpConnection(asyncio.Protocol):
    """An open connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._body: list[bytes] = []
        self._room: int | None = None
        """How many more bytes of a body are taken; None where it does not matter."""

    @classmethod
    async def open(cls, origin: Origin, *, tls: ssl.SSLContext | None) -> "HttpConnection":
        """Connect.

        Raises:
            OSError: nobody answers there, or it is not whom it should be.
        """
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        # For hosts whose IPv6 leads nowhere: uvloop's own connecting would wait for each address in turn.
        connected = await start_connection(addresses, happy_eyeballs_delay=_HAPPY_EYEBALLS_SECONDS, interleave=1)
        secured: dict[str, Any] = {"ssl": tls, "server_hostname": origin.host} if origin.is_secure else {}
        _, connection = await loop.create_connection(cls, sock=connected, **secured)
        return connection

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    async def exchange(self, request: bytes, *, seconds: float, most_bytes: int | None = None) -> Answer:
        """Send a request and return the answer. Where it fails or is cancelled the connection is of no more use.

        Raises:
            ConnectionBroke: there is no whole answer.
            AnswerTooLarge: its body has more than `most_bytes`.
            TimeoutError: there is none within so many seconds.
        """
        if self._transport is None or not self.is_open:
            raise ConnectionBroke
        self._room = most_bytes
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._transport.write(request)
        timer = loop.call_later(seconds, self._give_up)
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def _give_up(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(TimeoutError())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that the connection stands."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        """Read a piece of the answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Let whoever waits know that no answer will come."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionBroke())

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body (called by the parser); of one that is too large, nothing more."""
        if self._room is not None:
            self._room -= len(body)
            if self._room < 0:
                self._body = []
                if self._answer is not None and not self._answer.done():
                    self._answer.set_exception(AnswerTooLarge())
                return
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Hand over the answer (called by the parser). One that nobody asked for ends the connection."""
        body, self._body = b"".join(self._body), []
        answer = Answer(self._parser.get_status_code(), body, self._parser.should_keep_alive())
        if self._answer is None or self._answer.done():
            self.close()
        else:
            self._answer.set_result(answer)


def get(origin: Origin, path: str) -> bytes:
    """Write a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: {origin.name}\r\n\r\n".encode("ascii")


def post(origin: Origin, path: str, body: bytes, *, content_type: str) -> bytes:
    """Write a POST request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {origin.name}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
