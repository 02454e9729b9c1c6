"""The sandbox itself: a local Telegram Bot API server, with people to talk to the bot."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.api.bot_api import BotApi
from bot.sandbox.api.downloads import Downloads
from bot.sandbox.api.webhook import Wait
from bot.sandbox.people.control_http import ControlHttp
from bot.sandbox.wire import Clock, system_clock
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.rate_limits import RateLimits
from bot.sandbox.world.world import BotAccount, World

# A token of the right form that opens nothing: an id, a colon and 35 characters.
BOT_ID = 7_000_000_001
TOKEN = f"{BOT_ID}:" + "sandbox-only-opens-nothing".ljust(35, "-")
# More than a bot may send (50 MB), so that the sandbox's own words are heard.
REQUEST_MAX = 60 * 1024 * 1024


class SandboxServer:
    """A local Telegram.

    The Bot API is at `{url}/bot<TOKEN>/<method>`, files at `{url}/file/bot<TOKEN>/<path>`, the control API at
    `{url}/sandbox`. `port` 0 takes a free one. `wait` sleeps between two attempts of a webhook. Started again after
    it was stopped, it begins afresh, with nobody and nothing in it; only `ids`, if given, go on counting.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock = system_clock,
        ids: Ids | None = None,
        token: str = TOKEN,
        first_name: str = "Sandbox",
        username: str = "sandbox_bot",
        rate_limits: RateLimits | None = None,
        allow_http_webhooks: bool = True,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self._host = host
        self._port = port
        self._bot = BotAccount(token, first_name, username)
        self._clock = clock
        self._ids = ids
        self._rate_limits = rate_limits
        self._allow_http_webhooks = allow_http_webhooks
        self._wait = wait
        self._running: set[asyncio.Task[object]] = set()
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        """The bot's token."""
        return self._bot.token

    @property
    def username(self) -> str:
        """The bot's @name, without the @."""
        return self._bot.username

    @property
    def url(self) -> str:
        """The address, without a slash at the end; the server must be running."""
        if self._runner is None:
            raise RuntimeError("the sandbox is not running")
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def start(self) -> None:
        """Begin to listen; `OSError` if the port is taken."""
        runner = web.AppRunner(self._application(), handler_cancellation=True, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Hang up on everybody and forget everything."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _application(self) -> web.Application:
        world = World(self._bot, clock=self._clock, ids=self._ids or Ids(), rate_limits=self._rate_limits)
        api = BotApi(world, wait=self._wait, allow_http_webhooks=self._allow_http_webhooks)

        async def close(_: web.Application) -> None:
            await api.webhook.close()

        application = web.Application(client_max_size=REQUEST_MAX, middlewares=[self._noting])
        application.add_routes(
            [
                web.route("*", "/bot{token:[^/]+}/{method}", api.handle),
                web.route("*", "/file/bot{token:[^/]+}/{path:.+}", Downloads(world).handle),
                web.route("*", "/{bot:bot|file/bot}{path:.+}", api.nowhere),
                *ControlHttp(world).routes(),
            ]
        )
        application.on_shutdown.append(self._hang_up)
        application.on_cleanup.append(close)
        return application

    @web.middleware
    async def _noting(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note who is being served, so that those who wait can be sent away when the sandbox stops."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is served outside of any task")
        self._running.add(task)
        try:
            return await handler(request)
        finally:
            self._running.discard(task)

    async def _hang_up(self, _: web.Application) -> None:
        for task in self._running:
            task.cancel()
