"""Several bots on one database, each a process of its own, and what stands between Telegram and them."""

import asyncio
import contextlib
import logging
import random
import re
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.demo.process import BotProcess, environment
from bot.pipeline.webhook import SECRET_HEADER
from bot.sandbox.wire import JsonObject
from bot.settings import Settings

HOST = "127.0.0.1"
PATH = "/updates"
SECRET = "only-Telegram-knows"
PORTS = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections: nobody else takes one while a bot is being restarted."""
QUIET = {"COORDINATOR_CHAT_ID": "", "DIGEST_CHAT_ID": ""}
"""Notices to a group are limited to 20 a minute: waiting for them would be most of a test."""
_POLLS = re.compile(r"^detention_bot_is_poller 1(\.0)?$", re.MULTILINE)
_BETWEEN_LOOKS_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 60.0

log = logging.getLogger(__name__)


def free_port() -> int:
    """Return a port on which nobody listens."""
    while True:
        port = random.choice(PORTS)  # noqa: S311  no secret
        with contextlib.suppress(OSError), socket.create_server((HOST, port)):
            return port


@dataclass(frozen=True)
class Bot:
    """One process of the fleet."""

    process: BotProcess
    log: Path
    listens_at: int
    """The port at which updates are posted to it."""
    monitored_at: int

    async def polls(self, session: aiohttp.ClientSession) -> bool:
        """Ask its monitor whether it is the one that polls; one that does not answer is not."""
        try:
            async with session.get(f"http://{HOST}:{self.monitored_at}/metrics") as response:
                return bool(_POLLS.search(await response.text()))
        except (aiohttp.ClientError, TimeoutError):
            return False


class Front:
    """What stands before bots that are posted to: it hands each request to one of them, whichever.

    Whoever asks is told 502 where that one cannot be reached, or hangs up in the middle, and also where an answer
    gets lost: `lost` is how many of the answers that is, from 0 to 1. Then Telegram posts the same once more.
    """

    def __init__(self, session: aiohttp.ClientSession, chance: random.Random, *, lost: float) -> None:
        self._session = session
        self._chance = chance
        self._lost = lost
        self._port = free_port()
        self.bots: Sequence[Bot] = ()

    @property
    def url(self) -> str:
        """The address that Telegram is told."""
        return f"http://{HOST}:{self._port}{PATH}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Pass requests on within the block."""
        application = web.Application()
        application.router.add_post(PATH, self._pass_on)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
            yield
        finally:
            await runner.cleanup()

    async def post(self, update: JsonObject) -> None:
        """Post an update as Telegram would, until it is taken."""
        while True:
            async with self._session.post(self.url, json=update, headers={SECRET_HEADER: SECRET}) as response:
                if response.status == HTTPStatus.OK:
                    return
            await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)

    async def _pass_on(self, request: web.Request) -> web.Response:
        living = [bot for bot in self.bots if bot.process.running]
        if not living:
            return web.Response(status=HTTPStatus.BAD_GATEWAY)
        url = f"http://{HOST}:{self._chance.choice(living).listens_at}{PATH}"
        kept = {name: request.headers[name] for name in ("Content-Type", SECRET_HEADER) if name in request.headers}
        try:
            async with self._session.post(url, data=await request.read(), headers=kept) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            return web.Response(status=HTTPStatus.BAD_GATEWAY)
        if status == HTTPStatus.OK and self._chance.random() < self._lost:
            return web.Response(status=HTTPStatus.BAD_GATEWAY)
        return web.Response(status=status)


class Fleet:
    """The bots, and, where Telegram posts to them, their front. None of them may end unless it is told to."""

    def __init__(self, bots: Sequence[Bot], front: Front | None, session: aiohttp.ClientSession) -> None:
        self.bots = bots
        self.front = front
        self._session = session

    async def start(self) -> None:
        """Start those that do not run."""
        for bot in self.bots:
            if not bot.process.running:
                await bot.process.start()

    async def kill(self, bot: Bot) -> None:
        """End one with SIGKILL."""
        self.check()
        await bot.process.kill()

    async def stop(self) -> float:
        """Let all end with SIGTERM, each with exit code 0; return how many seconds that took."""
        self.check()
        began = time.monotonic()
        assert await asyncio.gather(*(bot.process.stop() for bot in self.bots)) == [0] * len(self.bots)
        return time.monotonic() - began

    def check(self) -> None:
        """Check that nobody has ended by itself."""
        for bot in self.bots:
            assert bot.process.running, f"it ended by itself: {bot.log.read_text(encoding='utf-8')[-1000:]}"

    async def polling(self) -> list[Bot]:
        """Return those that say they poll."""
        asked = await asyncio.gather(*(bot.polls(self._session) for bot in self.bots))
        return [bot for bot, polls in zip(self.bots, asked, strict=True) if polls]

    async def poller(self) -> Bot:
        """Wait until one of those that live polls, and return it."""
        async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
            while True:
                if polling := await self.polling():
                    return polling[0]
                await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)


@asynccontextmanager
async def gathered(
    settings: Settings,
    folder: Path,
    *,
    processes: int,
    is_posted: bool = False,
    lost: float = 0.0,
    chance: random.Random | None = None,
    changed: Mapping[str, str] | None = None,
) -> AsyncIterator[Fleet]:
    """Gather bots that are not started yet; what still runs at the end of the block is killed.

    `is_posted`: Telegram posts to them by way of a front, which loses some answers (`lost`, from 0 to 1).
    """
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        contextlib.AsyncExitStack() as stack,
    ):
        front = Front(session, chance or random.Random(), lost=lost) if is_posted else None  # noqa: S311  no secret
        posted = {} if front is None else {"WEBHOOK_URL": front.url, "WEBHOOK_SECRET": SECRET}
        bots = []
        for number in range(processes):
            listens_at, monitored_at, path = free_port(), free_port(), folder / f"bot-{number}.log"
            ports = {"LISTEN": f"{HOST}:{listens_at}", "MONITOR_PORT": str(monitored_at)}
            process = BotProcess(environment(settings, **{**QUIET, **posted, **ports, **(changed or {})}), path)
            bots.append(Bot(await stack.enter_async_context(process), path, listens_at, monitored_at))
        if front is not None:
            front.bots = bots
            await stack.enter_async_context(front.listening())
        yield Fleet(bots, front, session)
