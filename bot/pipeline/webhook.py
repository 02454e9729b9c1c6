"""The webhook: updates that Telegram posts, answered with 200 only once they are committed.

Requests wait in memory. One loop takes all that wait, has them handled and committed as one batch, and answers them
together. Whatever is answered otherwise, or not at all, Telegram posts again, for 24 hours.
"""

import asyncio
import hmac
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import orjson
import structlog
from aiohttp import web

from bot.pipeline.faults import describe

log = structlog.get_logger(__name__)

Handle = Callable[[list[dict[str, Any]]], Awaitable[None]]
"""Handles and commits a batch of raw updates; raises where nothing was kept."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
MAX_BODY_BYTES = 1024 * 1024
"""Far above any update: those hold a few kilobytes."""
BODY_SECONDS = 10.0
"""How long a body may take. aiohttp itself would wait for ever for the rest of one whose chunks are broken."""
_LINGERING_SECONDS = 1.0
"""How long a refused request may go on sending before the connection is closed."""
_LAST_WORDS_SECONDS = 2.0
"""How long a request may take once the process is to stop. Telegram posts again what is cut off."""
_LARGEST_ID = 2**63 - 1
"""What a column of the database holds."""
_LONGEST_PAUSE_SECONDS = 5.0
_RETRY_AFTER = {"Retry-After": "1"}


@dataclass(frozen=True)
class _Waiting:
    """An update whose request waits to be answered."""

    update: dict[str, Any]
    status: asyncio.Future[HTTPStatus]

    def answer(self, status: HTTPStatus) -> None:
        if not self.status.done():  # the server may have cancelled the request meanwhile
            self.status.set_result(status)


class Webhook:
    """An HTTP server for one path, and the loop that has its updates handled.

    TLS is the business of a proxy before it. At most `most` updates make a batch, in the order in which they came. At
    most `most_requests` requests are read or wait at once, which bounds the memory to so many bodies. Port 0 takes a
    free one. Once stopped it stays so.

    Raises:
        ValueError: the secret is empty: then everybody would know it.
    """

    def __init__(
        self,
        *,
        handle: Handle,
        host: str,
        port: int,
        path: str,
        secret: str,
        most: int = 100,
        most_requests: int = 1000,
        max_body_bytes: int = MAX_BODY_BYTES,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        if not secret:
            raise ValueError("the webhook needs a secret")
        self._handle = handle
        self._host = host
        self._port = port
        self._path = path or "/"
        self._secret = secret.encode()
        self._most = most
        self._most_requests = most_requests
        self._max_body_bytes = max_body_bytes
        self._body_seconds = body_seconds
        self._requests = 0
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._handling = asyncio.Lock()
        self._closed = False
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens at; the one that was asked for while it does not listen."""
        return self._port if self._runner is None else int(self._runner.addresses[0][1])

    @property
    def waiting(self) -> int:
        """How many updates wait for the next batch."""
        return len(self._waiting)

    async def start(self) -> None:
        """Begin to listen. What comes before `run` waits for it.

        Raises:
            OSError: the address is taken, or is not one of this machine.
        """
        application = web.Application(client_max_size=self._max_body_bytes)
        application.router.add_post(self._path, self._take)
        runner = web.AppRunner(
            application,
            # Whether a client waits for the answer or not, its update is handled.
            handler_cancellation=False,
            access_log=None,
            logger=_silent_logger(),
            # A few compressed bytes must not unfold into a megabyte; Telegram does not compress.
            auto_decompress=False,
            lingering_time=_LINGERING_SECONDS,
            shutdown_timeout=_LAST_WORDS_SECONDS,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Answer the batch in hand once it is handled, everything else with 503, and hang up. `run` ends."""
        self._close()
        async with self._handling:
            pass
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        """Begin to listen; see `start`."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; see `stop`."""
        await self.stop()

    async def run(self, *, stopping: Callable[[], bool], pause: Callable[[float], Awaitable[None]]) -> None:
        """Have waiting updates handled, until `stop`; wait a little longer (seconds) after each batch that fails.

        However it ends, nothing is accepted after it: an update that nobody handles must not look as if it waited.
        """
        failures = 0
        try:
            while batch := await self._next_batch(stopping):
                async with self._handling:
                    kept = await self._keep(batch)
                failures = 0 if kept else failures + 1
                if failures:
                    await pause(min(_LONGEST_PAUSE_SECONDS, 0.25 * 2 ** min(failures, 10)))
        finally:
            self._close()

    async def _next_batch(self, stopping: Callable[[], bool]) -> list[_Waiting]:
        """Wait for updates and take them; none where it is time to stop."""
        await self._wake.wait()
        if self._closed or stopping():
            return []
        batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        if not self._waiting:
            self._wake.clear()
        return batch

    async def _keep(self, batch: list[_Waiting]) -> bool:
        """Have a batch handled, answer all of it, and say whether it was kept."""
        status = HTTPStatus.SERVICE_UNAVAILABLE
        try:
            await self._handle([one.update for one in batch])
            status = HTTPStatus.OK
        except Exception as error:  # noqa: BLE001  the webhook must outlive a full disk
            log.error("batch_failed", error=describe(error))  # noqa: TRY400  a traceback would quote words
        finally:
            for one in batch:
                one.answer(status)
        return status is HTTPStatus.OK

    def _close(self) -> None:
        """Send away all that waits, and all that comes."""
        self._closed = True
        while self._waiting:
            self._waiting.popleft().answer(HTTPStatus.SERVICE_UNAVAILABLE)
        self._wake.set()

    async def _take(self, request: web.Request) -> web.Response:
        """Answer one request. What can be refused by its head is refused before its body is read."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return _response(HTTPStatus.UNAUTHORIZED)
        if (request.content_length or 0) > self._max_body_bytes:
            return _response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._closed:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE)
        if self._requests >= self._most_requests:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER)
        self._requests += 1
        try:
            return _response(await self._take_in(request))
        finally:
            self._requests -= 1

    async def _take_in(self, request: web.Request) -> HTTPStatus:
        """Read an update, wait until it is handled, and return the status to answer with."""
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        except TimeoutError:
            return HTTPStatus.REQUEST_TIMEOUT
        update = _update_in(body)
        if update is None:
            return HTTPStatus.BAD_REQUEST
        if self._closed:
            return HTTPStatus.SERVICE_UNAVAILABLE
        waiting = _Waiting(update, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._wake.set()
        return await waiting.status


def _update_in(body: bytes) -> dict[str, Any] | None:
    """Return the update that a body holds, or None where it holds none."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and _is_id(found.get("update_id")) else None


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_ID  # isinstance would take True for a number


def _response(status: HTTPStatus, headers: dict[str, str] | None = None) -> web.Response:
    """Return an empty answer. Whoever is refused has to connect again."""
    response = web.Response(status=status, headers=headers)
    if status is not HTTPStatus.OK:
        response.force_close()
    return response


def _silent_logger() -> logging.Logger:
    """Return a logger that says nothing: aiohttp's writes a line, with the address, for all garbage that is sent."""
    return logging.Logger("webhook", level=logging.CRITICAL + 1)  # noqa: LOG001  it must not outlive the server
