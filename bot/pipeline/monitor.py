"""The monitor: is the bot alive, is it ready, and its figures; over HTTP, for this machine alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog
from aiohttp import hdrs, web
from prometheus_client.exposition import choose_encoder

from bot.pipeline.faults import describe
from bot.pipeline.metrics import Metrics, Standing
from storage.figures import Figures

log = structlog.get_logger(__name__)

T = TypeVar("T")

HOST = "127.0.0.1"
"""The figures tell how busy the group is: they leave this machine only where its keeper lets them."""
ANSWER_SECONDS = 2.0


class Pulse:
    """When each loop was last seen going round.

    `silences` gives, by loop, the longest time in seconds that may pass between two beats; it has to be longer than
    the longest that one round can take. `clock` is monotonic, in seconds. What begins counts as a beat of all.
    """

    def __init__(self, silences: Mapping[str, float], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._silences = dict(silences)
        self._clock = clock
        self._beats = dict.fromkeys(silences, clock())

    def beat(self, loop: str) -> None:
        """Say that a loop goes round.

        Raises:
            KeyError: nobody watches a loop of this name.
        """
        if loop not in self._silences:
            raise KeyError(loop)
        self._beats[loop] = self._clock()

    def silent(self) -> list[str]:
        """Return the loops that stopped: those whose last beat is longer ago than it may be."""
        now = self._clock()
        return [loop for loop, most in self._silences.items() if now - self._beats[loop] > most]


class Monitor:
    """An HTTP server at 127.0.0.1: `/healthz`, `/readyz`, `/metrics`. Port 0 takes a free one.

    `ready` returns None, or in one line what is missing; `read_figures` reads the database; whatever either raises
    means that it is not there. Neither is waited for longer than `answer_seconds`.
    """

    def __init__(
        self,
        *,
        port: int,
        metrics: Metrics,
        pulse: Pulse,
        ready: Callable[[], Awaitable[str | None]],
        read_figures: Callable[[], Awaitable[Figures]],
        is_poller: Callable[[], bool],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._port = port
        self._metrics = metrics
        self._pulse = pulse
        self._ready = _Question(ready, seconds=answer_seconds)
        self._figures = _Question(read_figures, seconds=answer_seconds)
        self._is_poller = is_poller
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens at; the one that was asked for while it does not listen."""
        return self._port if self._runner is None else int(self._runner.addresses[0][1])

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the port is taken.
        """
        application = web.Application()
        application.add_routes(
            [
                web.get("/healthz", self._answer_health),
                web.get("/readyz", self._answer_readiness),
                web.get("/metrics", self._answer_metrics),
            ]
        )
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Hang up."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()
        await asyncio.gather(self._ready.forget(), self._figures.forget())

    async def __aenter__(self) -> Self:
        """Begin to listen; see `start`."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        await self.stop()

    async def _answer_health(self, _request: web.Request) -> web.Response:
        silent = self._pulse.silent()
        return _line(f"stopped: {', '.join(silent)}" if silent else None)

    async def _answer_readiness(self, _request: web.Request) -> web.Response:
        try:
            missing = await self._ready.ask()
        except Exception as error:  # noqa: BLE001  whatever went wrong, it is not ready
            log.warning("not_ready", error=describe(error))
            missing = f"no answer: {type(error).__name__}"
        return _line(missing)

    async def _answer_metrics(self, request: web.Request) -> web.Response:
        try:
            figures = await self._figures.ask()
        except Exception as error:  # noqa: BLE001  what is counted in memory is told all the same
            log.warning("figures_unreadable", error=describe(error))
            figures = None
        encode, content_type = choose_encoder(request.headers.get(hdrs.ACCEPT, ""))
        body = encode(Standing(self._metrics, figures, is_poller=self._is_poller()))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})


class _Question(Generic[T]):
    """Something to be asked at most once at a time: who asks meanwhile gets the same answer.

    A database that hangs is so asked once, and not once more with every scrape.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], *, seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asking: asyncio.Task[T] | None = None

    async def ask(self) -> T:
        """Return the answer.

        Raises:
            TimeoutError: there is none in time; it is waited for on the side.
            Exception: what asking raised.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._answer())
            self._asking.add_done_callback(_look_at)
        asking = self._asking
        await asyncio.wait({asking}, timeout=self._seconds)
        if not asking.done():
            raise TimeoutError
        return asking.result()

    async def forget(self) -> None:
        """Wait no longer for an answer that is still out."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=self._seconds)

    async def _answer(self) -> T:
        return await self._ask()


def _look_at(task: asyncio.Task[T]) -> None:
    """Take note of an error that nobody waits for any more: asyncio would log it with its words."""
    if not task.cancelled():
        task.exception()


def _line(problem: str | None) -> web.Response:
    """Return 200 and "ok", or 503 and the problem."""
    status = HTTPStatus.OK if problem is None else HTTPStatus.SERVICE_UNAVAILABLE
    return web.Response(status=status, text=f"{problem or 'ok'}\n")
