"""Delivery by webhook: in order, repeated until it succeeds, and never to anywhere but this machine."""

import asyncio
import ipaddress
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp
import orjson
from yarl import URL

from bot.sandbox import spec
from bot.sandbox.errors import bad_request, too_many_requests
from bot.sandbox.wire import Clock, JsonObject, seconds
from bot.sandbox.world.updates import QueueKey, Update, UpdateQueue

Wait = Callable[[float], Awaitable[object]]
Execute = Callable[[JsonObject], None]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
DEFAULT_CONNECTIONS = 40
# core.telegram.org/bots/api#setwebhook
PORTS = frozenset({80, 88, 443, 8443})
SET_INTERVAL = timedelta(seconds=1)
BACKOFF_FIRST, BACKOFF_MAX, RETRY_AFTER_MAX = 2.0, 60.0, 3600.0
ANSWER_TIMEOUT = aiohttp.ClientTimeout(total=60)
_SECRET = re.compile(rf"[A-Za-z0-9_-]{{1,{spec.SECRET_TOKEN_MAX}}}")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What setWebhook asked for."""

    url: str
    secret_token: str | None = None
    max_connections: int = DEFAULT_CONNECTIONS
    ip_address: str | None = None


class Webhook:
    """Posts updates to the bot's address.

    Updates of one queue go one after another, those of different queues side by side. `wait` sleeps between two
    attempts; `execute` carries out a method that the bot put into its answer.
    """

    def __init__(self, updates: UpdateQueue, clock: Clock, *, wait: Wait, execute: Execute, allow_http: bool) -> None:
        self._updates = updates
        self._clock = clock
        self._wait = wait
        self._execute = execute
        self._allow_http = allow_http
        self._settings: WebhookSettings | None = None
        self._set_at: datetime | None = None
        self._queues: defaultdict[QueueKey, deque[Update]] = defaultdict(deque)
        self._workers: dict[QueueKey, asyncio.Task[None]] = {}
        self._connections = asyncio.Semaphore(DEFAULT_CONNECTIONS)
        self._session: aiohttp.ClientSession | None = None
        self._last_error: tuple[datetime, str] | None = None
        updates.listen(self._enqueue)

    @property
    def active(self) -> bool:
        """Whether a webhook is set."""
        return self._settings is not None

    def check(self, settings: WebhookSettings) -> None:
        """Check settings: `ApiError` 400 for what Telegram refuses, 429 when set oftener than once a second."""
        try:
            url = URL(settings.url)
        except ValueError as error:
            raise bad_request("bad webhook: invalid URL specified") from error
        if url.scheme not in ({"https", "http"} if self._allow_http else {"https"}):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if not self._allow_http and url.port not in PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        for address in filter(None, (url.host or "nowhere", settings.ip_address)):
            if not _is_loopback(address):
                raise bad_request("bad webhook: the sandbox calls only this machine, such as 127.0.0.1")
        if not 1 <= settings.max_connections <= spec.CONNECTIONS_MAX:
            raise bad_request(f"max_connections must be between 1 and {spec.CONNECTIONS_MAX}")
        if settings.secret_token is not None and not _SECRET.fullmatch(settings.secret_token):
            raise bad_request("secret token contains unallowed characters or is too long")
        if self._set_at is not None and self._clock() - self._set_at < SET_INTERVAL:
            raise too_many_requests(1)

    def set(self, settings: WebhookSettings) -> None:
        """Deliver to a new address from now on; `check` has found nothing wrong with the settings."""
        self._set_at = self._clock()
        self.remove()
        self._settings = settings
        self._connections = asyncio.Semaphore(settings.max_connections)
        for update in self._updates.pending():
            self._enqueue(update)

    def remove(self) -> None:
        """Stop delivering; what is queued stays queued."""
        self._settings, self._last_error = None, None
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()
        self._queues.clear()

    def info(self) -> JsonObject:
        """Write Telegram's WebhookInfo."""
        settings = self._settings or WebhookSettings("")
        shown: JsonObject = {
            "url": settings.url,
            "has_custom_certificate": False,
            "pending_update_count": self._updates.count(),
        }
        if self._settings is not None:
            shown["max_connections"] = settings.max_connections
        if settings.ip_address:
            shown["ip_address"] = settings.ip_address
        if self._last_error is not None:
            moment, words = self._last_error
            shown |= {"last_error_date": seconds(moment), "last_error_message": words}
        if self._updates.allowed != spec.DEFAULT_UPDATE_TYPES:
            shown["allowed_updates"] = sorted(self._updates.allowed)
        return shown

    async def close(self) -> None:
        """Stop delivering for good."""
        workers = list(self._workers.values())
        self.remove()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _enqueue(self, update: Update) -> None:
        if self._settings is None:
            return
        self._queues[update.queue].append(update)
        if update.queue not in self._workers:
            self._workers[update.queue] = asyncio.create_task(self._work(update.queue, self._settings))

    async def _work(self, key: QueueKey, settings: WebhookSettings) -> None:
        """Deliver one queue until it is empty; a failing update holds back those behind it."""
        queue = self._queues[key]
        while queue:
            update = queue[0]
            if self._updates.holds(update):
                await self._deliver(update, settings)
                self._updates.confirm(update)
            # One that is to come twice is still held, and stays at the head of its queue.
            if not self._updates.holds(update):
                queue.popleft()
        del self._workers[key], self._queues[key]

    async def _deliver(self, update: Update, settings: WebhookSettings) -> None:
        """Post an update until it is accepted or too old: again at once, then after 2, 4, 8 ... seconds."""
        pause = 0.0
        while self._updates.holds(update):
            # A queue that waits to try again holds no connection: others are served meanwhile.
            async with self._connections:
                asked = await self._post(update, settings)
            if asked is None:
                return
            delay = min(asked, RETRY_AFTER_MAX) or pause
            if delay:
                await self._wait(delay)
            pause = min(pause * 2, BACKOFF_MAX) or BACKOFF_FIRST

    async def _post(self, update: Update, settings: WebhookSettings) -> float | None:
        """Post once. None: accepted; else the seconds that the bot asked us to wait, or 0."""
        headers = {"Content-Type": "application/json"}
        if settings.secret_token is not None:
            headers[SECRET_HEADER] = settings.secret_token
        try:
            async with self._connection().post(
                settings.url, data=orjson.dumps(update.to_json()), headers=headers, allow_redirects=False
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._last_error = (self._clock(), f"Connection failed: {type(error).__name__}")
            return 0.0
        if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            self._carry_out(body)
            return None
        words = f"Wrong response from the webhook: {response.status} {response.reason}"
        self._last_error = (self._clock(), words)
        asked = response.headers.get("Retry-After", "")
        return float(asked) if asked.isdecimal() else 0.0

    def _carry_out(self, body: bytes) -> None:
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self._execute(call)

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=ANSWER_TIMEOUT)
        return self._session


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
