"""HTTP for python-telegram-bot: a pool of open connections to the Bot API, and no address, token or answer in a log."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.pipeline.http import Answer, AnswerTooLarge, ConnectionBroke, HttpConnection, Origin, get, post
from bot.pipeline.multipart import Form, Upload, form

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 20.0
_UPLOAD_SECONDS = 50.0
"""For a request with a file in it, on its way up as well."""
_IDLE_SECONDS = 30.0
"""A connection that was not used for so long may have been closed on its way; a new one is surer."""
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class NotSent(NetworkError):
    """There was no connection, so Telegram certainly carried nothing out."""


class TooLarge(TelegramError):
    """What Telegram sent has more bytes than are taken."""

    def __init__(self) -> None:
        super().__init__("the file is too large")


class NotThere(TelegramError):
    """Telegram has nothing at this address, or no longer."""

    def __init__(self) -> None:
        super().__init__("there is no such file")


class Transport(BaseRequest):
    """Sends the Bot API's requests over at most `connections` connections; with `tls` where an address asks for it."""

    def __init__(self, *, connections: int, tls: ssl.SSLContext | None = None) -> None:
        self._room = asyncio.Semaphore(connections)
        self._idle: list[tuple[float, HttpConnection]] = []
        self._tls = tls

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer where the caller does not say."""
        return _READ_SECONDS

    async def initialize(self) -> None:
        """Do nothing: connections are opened as they are needed."""

    async def shutdown(self) -> None:
        """Hang up on all connections that nobody uses."""
        while self._idle:
            self._idle.pop()[1].close()

    async def call(self, url: str, parameters: Mapping[str, Any], *, read_seconds: float = _READ_SECONDS) -> Any:
        """Call a method with its parameters as one JSON object, which the Bot API takes as well; return the result.

        Raises:
            telegram.error.TelegramError: as for any other request.
        """
        body: Any = orjson.dumps(parameters)
        answer = await self._request_wrapper(url, "POST", body, read_timeout=read_seconds)
        return self.parse_json_payload(answer)["result"]

    async def upload(
        self, url: str, parameters: Mapping[str, Any], upload: Upload, *, read_seconds: float = _UPLOAD_SECONDS
    ) -> Any:
        """Call a method with its parameters and a file; return the result.

        Raises:
            telegram.error.TelegramError: as for any other request.
        """
        body: Any = form(parameters, upload)
        answer = await self._request_wrapper(url, "POST", body, read_timeout=read_seconds)
        return self.parse_json_payload(answer)["result"]

    async def download(self, url: str, *, most_bytes: int, seconds: float) -> bytes:
        """Return what stands at an address, all of it within so many seconds.

        Raises:
            TooLarge: it has more than `most_bytes`; no more than that was read.
            NotThere: Telegram says so.
            TimedOut, NetworkError: as for any other request. No message holds the address, which holds the token.
        """
        origin, path = Origin.of(url)
        answer = await self._ask(origin, get(origin, path), seconds=seconds, most_bytes=most_bytes)
        if answer.status == HTTPStatus.OK:
            return answer.body
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise NotThere
        raise NetworkError(f"the answer's status is {answer.status}")

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer.

        Raises:
            TelegramError: it is no JSON. The library's own form would log what the answer holds.
        """
        try:
            answer: dict[str, Any] = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise TelegramError("the answer is not JSON") from None
        return answer

    async def do_request(  # noqa: PLR0917  python-telegram-bot's signature
        self,
        url: str,
        method: str,  # noqa: ARG002  the library posts everything
        request_data: RequestData | Form | bytes | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  writing counts as reading the answer
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  one for all
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  whoever waits for room waits
    ) -> tuple[int, bytes]:
        """Send one request and return the status and the body.

        Raises:
            TimedOut: no answer in time: whether Telegram carried it out is not known.
            NotSent: there was no connection.
            NetworkError: the connection failed later: whether Telegram carried it out is not known.

        No error's message holds the address, which holds the token.
        """
        origin, path = Origin.of(url)
        body, content_type = _body(request_data)
        request = post(origin, path, body, content_type=content_type)
        answer = await self._ask(origin, request, seconds=_seconds(read_timeout))
        return answer.status, answer.body

    async def _ask(self, origin: Origin, request: bytes, *, seconds: float, most_bytes: int | None = None) -> Answer:
        async with self._room:
            connection = await self._connection(origin)
            answer = await _exchange(connection, request, seconds=seconds, most_bytes=most_bytes)
            if answer.stays_open:
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()
        return answer

    async def _connection(self, origin: Origin) -> HttpConnection:
        """Return an open connection: the one used last, or a new one.

        Raises:
            NotSent: nobody answers there, or it asks for TLS and there is none: nothing goes in the clear.
        """
        if origin.is_secure and self._tls is None:
            raise NotSent("there is no TLS for this address")
        while self._idle:
            used_at, connection = self._idle.pop()
            if connection.is_open and time.monotonic() - used_at < _IDLE_SECONDS:
                return connection
            connection.close()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await HttpConnection.open(origin, tls=self._tls)
        except OSError as error:  # a TimeoutError and a TLS error are OSErrors too
            raise NotSent(type(error).__name__) from None


async def _exchange(connection: HttpConnection, request: bytes, *, seconds: float, most_bytes: int | None) -> Answer:
    try:
        return await connection.exchange(request, seconds=seconds, most_bytes=most_bytes)
    except AnswerTooLarge:
        raise TooLarge from None
    except TimeoutError:
        raise TimedOut from None
    except ConnectionBroke:
        raise NetworkError("the connection broke") from None


def _seconds(value: Any) -> float:
    return _READ_SECONDS if isinstance(value, DefaultValue) or value is None else float(value)


def _body(request_data: RequestData | Form | bytes | None) -> tuple[bytes, str]:
    """Return the body of a request and its type."""
    if isinstance(request_data, Form):
        return request_data.body, request_data.content_type
    if isinstance(request_data, bytes):
        return request_data, _JSON
    if request_data is None:
        return b"", _FORM
    if request_data.contains_files:
        raise NotImplementedError("files are sent by `upload`")
    return urlencode(request_data.json_parameters).encode("ascii"), _FORM
