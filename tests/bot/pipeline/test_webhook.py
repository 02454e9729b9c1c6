"""The webhook, over real HTTP: what is answered with 200 was handled, and everything else comes again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.pipeline.webhook import SECRET_HEADER, Webhook
from bot.sandbox import SandboxClient, SandboxServer

SECRET = "s3cret-token"
PATH = "/hook/7"
SIGNED = {SECRET_HEADER: SECRET}
LIMIT = 2000

Update = dict[str, Any]


class Bot:
    """What stands behind the webhook: notes the batches it is given, waits at its gate, and may fail."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.failures: list[Exception] = []

    async def handle(self, updates: list[Update]) -> None:
        self.batches.append([update["update_id"] for update in updates])
        self.arrived.set()
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)

    def hold(self) -> None:
        self.gate.clear()
        self.arrived.clear()


class Telegram:
    """Posts updates as Telegram does."""

    def __init__(self, session: aiohttp.ClientSession, webhook: Webhook) -> None:
        self._session = session
        self._webhook = webhook
        self.url = f"http://127.0.0.1:{webhook.port}{PATH}"

    async def post(self, update: object, **request: Any) -> int:
        """Post an update and return the status of the answer."""
        request.setdefault("headers", SIGNED)
        return await self.send(json=update, **request)

    async def send(self, method: str = "POST", url: str | None = None, **request: Any) -> int:
        async with self._session.request(method, url or self.url, **request) as response:
            assert await response.read() == b"" or response.status in {HTTPStatus.NOT_FOUND, 405}
            return response.status

    async def leave(self, *update_ids: int) -> list[asyncio.Task[int]]:
        """Post updates one after another without waiting for the answers; return once they all wait."""
        posts = []
        for update_id in update_ids:
            before = self._webhook.waiting
            posts.append(asyncio.create_task(self.post({"update_id": update_id})))
            await until(lambda before=before: self._webhook.waiting > before)  # type: ignore[misc]
        return posts


async def until(holds: Callable[[], bool]) -> None:
    """Let the server work until something holds."""
    while not holds():  # noqa: ASYNC110  what is waited for lies in the server, which has no event for it
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(webhook: Webhook) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection on which anything can be said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", webhook.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def head(more: str, *, secret: str = SECRET) -> bytes:
    """Return the head of a request, with more headers."""
    lines = (f"POST {PATH} HTTP/1.1", "Host: bot", f"{SECRET_HEADER}: {secret}", more, "", "")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


class Pauses:
    """Stands for sleeping: notes how long it was to be and does not wait."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def make(bot: Bot, **settings: Any) -> Webhook:
    usual: dict[str, Any] = {"port": 0, "path": PATH, "secret": SECRET, "max_body_bytes": LIMIT}
    return Webhook(handle=bot.handle, host="127.0.0.1", **usual | settings)


@asynccontextmanager
async def running(webhook: Webhook, pauses: Pauses) -> AsyncIterator[Telegram]:
    async with asyncio.TaskGroup() as tasks, aiohttp.ClientSession() as session, webhook:
        tasks.create_task(webhook.run(stopping=lambda: False, pause=pauses))
        yield Telegram(session, webhook)


@pytest.fixture
def webhook(bot: Bot) -> Webhook:
    return make(bot)


@pytest.fixture
async def telegram(webhook: Webhook, pauses: Pauses) -> AsyncIterator[Telegram]:
    async with running(webhook, pauses) as joined:
        yield joined


async def test_an_update_is_answered_once_it_is_handled(telegram: Telegram, bot: Bot) -> None:
    bot.hold()
    post = asyncio.create_task(telegram.post({"update_id": 1}))
    await bot.arrived.wait()
    assert not post.done()
    bot.gate.set()
    assert await post == HTTPStatus.OK
    assert bot.batches == [[1]]


async def test_what_comes_meanwhile_is_one_batch_in_the_order_in_which_it_came(telegram: Telegram, bot: Bot) -> None:
    bot.hold()
    first = asyncio.create_task(telegram.post({"update_id": 1}))
    await bot.arrived.wait()
    # A repeated update is the worker's to pass over.
    posts = await telegram.leave(5, 3, 4, 3)
    bot.gate.set()
    assert await asyncio.gather(first, *posts) == [HTTPStatus.OK] * 5
    assert bot.batches == [[1], [5, 3, 4, 3]]


async def test_a_batch_has_its_limit(bot: Bot, pauses: Pauses) -> None:
    async with running(make(bot, most=2), pauses) as telegram:
        bot.hold()
        first = asyncio.create_task(telegram.post({"update_id": 1}))
        await bot.arrived.wait()
        posts = await telegram.leave(2, 3, 4)
        bot.gate.set()
        assert await asyncio.gather(first, *posts) == [HTTPStatus.OK] * 4
    assert bot.batches == [[1], [2, 3], [4]]


async def test_what_came_before_the_loop_waits_for_it(bot: Bot, pauses: Pauses) -> None:
    webhook = make(bot)
    async with aiohttp.ClientSession() as session, webhook:
        (post,) = await Telegram(session, webhook).leave(1)
        loop = asyncio.create_task(webhook.run(stopping=lambda: False, pause=pauses))
        assert await post == HTTPStatus.OK
        await webhook.stop()
        await loop


async def test_a_batch_that_was_not_kept_comes_again_and_says_nothing_of_its_words(
    telegram: Telegram, bot: Bot, pauses: Pauses
) -> None:
    bot.failures = [OSError("Unmistakable")]
    bot.hold()
    with capture_logs() as logged:
        first = asyncio.create_task(telegram.post({"update_id": 1}))
        await bot.arrived.wait()
        posts = await telegram.leave(2, 3)
        bot.gate.set()
        assert await first == HTTPStatus.SERVICE_UNAVAILABLE
        assert await asyncio.gather(*posts) == [HTTPStatus.OK] * 2
    assert [line["event"] for line in logged] == ["batch_failed"]
    assert logged[0]["error"].startswith("OSError at test_webhook.py:")
    assert "Unmistakable" not in str(logged)
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK
    assert bot.batches == [[1], [2, 3], [1]]
    assert pauses.asked == [0.5]


async def test_the_whole_batch_is_refused_where_it_was_not_kept(telegram: Telegram, bot: Bot) -> None:
    bot.hold()
    first = asyncio.create_task(telegram.post({"update_id": 1}))
    await bot.arrived.wait()
    posts = await telegram.leave(2, 3)
    bot.failures = [OSError(), OSError()]
    bot.gate.set()
    assert await asyncio.gather(first, *posts) == [HTTPStatus.SERVICE_UNAVAILABLE] * 3
    assert bot.batches == [[1], [2, 3]]


async def test_pauses_grow_while_nothing_is_kept_and_begin_anew_after_that(
    telegram: Telegram, bot: Bot, pauses: Pauses
) -> None:
    bot.failures = [OSError() for _ in range(6)]
    statuses = [await telegram.post({"update_id": 1}) for _ in range(7)]
    assert statuses == [HTTPStatus.SERVICE_UNAVAILABLE] * 6 + [HTTPStatus.OK]
    bot.failures = [OSError()]
    await telegram.post({"update_id": 2})
    await until(lambda: len(pauses.asked) == 7)
    assert pauses.asked == [0.5, 1, 2, 4, 5, 5, 0.5]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "s3cret"}, {SECRET_HEADER: SECRET + "\u0451"}]
)
async def test_without_the_secret_nothing_is_read(telegram: Telegram, bot: Bot, headers: dict[str, str]) -> None:
    assert await telegram.post({"update_id": 1}, headers=headers) == HTTPStatus.UNAUTHORIZED
    assert bot.batches == []


@pytest.mark.parametrize(
    ("secret", "length", "status"),
    [("wrong", 10, 401), ("wrong", 10**9, 401), (SECRET + "\udcff", 10, 401), (SECRET, LIMIT + 1, 413)],
)
async def test_what_the_head_gives_away_is_refused_before_the_body_comes(
    telegram: Telegram, webhook: Webhook, secret: str, length: int, status: int
) -> None:
    async with connected(webhook) as (reader, writer):
        writer.write(head(f"Content-Length: {length}", secret=secret))
        assert f" {status} ".encode() in await reader.readline()
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK


async def test_an_update_of_the_greatest_length_is_taken_and_a_longer_one_is_not(telegram: Telegram, bot: Bot) -> None:
    frame = len('{"update_id":1,"words":""}')
    body = '{"update_id":1,"words":"%s"}'
    longest = (body % ("x" * (LIMIT - frame))).encode()
    assert await telegram.send(data=longest, headers=SIGNED) == HTTPStatus.OK
    assert await telegram.send(data=longest + b" ", headers=SIGNED) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert bot.batches == [[1]]


async def test_a_body_of_no_stated_length_has_the_same_limit(telegram: Telegram, bot: Bot) -> None:
    async def chunks(size: int) -> AsyncIterator[bytes]:
        yield b'{"update_id": 1}'
        yield b" " * size

    assert await telegram.send(data=chunks(10), headers=SIGNED) == HTTPStatus.OK
    assert await telegram.send(data=chunks(LIMIT), headers=SIGNED) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert bot.batches == [[1]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff",
        b"[" * 1500,
        b'[{"update_id": 1}]',
        b'"update_id"',
        b"1",
        b"null",
        b"{}",
        b'{"update_id": null}',
        b'{"update_id": true}',
        b'{"update_id": "1"}',
        b'{"update_id": 1.0}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 99999999999999999999}',
    ],
)
async def test_what_is_no_update_is_refused(telegram: Telegram, bot: Bot, body: bytes) -> None:
    assert await telegram.send(data=body, headers=SIGNED) == HTTPStatus.BAD_REQUEST
    assert bot.batches == []


async def test_the_greatest_id_is_taken(telegram: Telegram) -> None:
    assert await telegram.post({"update_id": 2**63 - 1}) == HTTPStatus.OK


async def test_a_compressed_body_is_not_unfolded(telegram: Telegram) -> None:
    assert await telegram.post({"update_id": 1}, compress="gzip") == HTTPStatus.BAD_REQUEST


async def test_a_broken_chunk_is_refused(telegram: Telegram, webhook: Webhook) -> None:
    async with connected(webhook) as (reader, writer):
        writer.write(head("Transfer-Encoding: chunked") + b"10\r\n0123456789abcdef no end of a chunk\r\n")
        assert b" 400 " in await reader.readline()
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK


async def test_a_body_that_does_not_end_is_not_waited_for(bot: Bot, pauses: Pauses) -> None:
    webhook = make(bot, body_seconds=0.05)
    async with running(webhook, pauses) as telegram, connected(webhook) as (reader, writer):
        writer.write(head("Content-Length: 20") + b'{"update_id": ')
        assert b" 408 " in await reader.readline()
        assert await telegram.post({"update_id": 1}) == HTTPStatus.OK


async def test_there_is_one_path_and_one_method(telegram: Telegram, bot: Bot) -> None:
    assert await telegram.post({"update_id": 1}, url=f"{telegram.url}/more") == HTTPStatus.NOT_FOUND
    assert await telegram.post({"update_id": 1}, url=telegram.url.removesuffix(PATH) + "/") == HTTPStatus.NOT_FOUND
    assert await telegram.send("GET", headers=SIGNED) == HTTPStatus.METHOD_NOT_ALLOWED
    assert bot.batches == []


async def test_garbage_leaves_no_line_in_the_log(
    telegram: Telegram, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(webhook) as (reader, writer):
        writer.write(head("Content-Length: many"))
        assert b" 400 " in await reader.readline()
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK
    assert [record for record in caplog.records if "aiohttp" in record.name or "127.0.0.1" in record.message] == []


async def test_who_hangs_up_changes_nothing(telegram: Telegram, bot: Bot) -> None:
    bot.hold()
    first = asyncio.create_task(telegram.post({"update_id": 1}))
    await bot.arrived.wait()
    gone, there = await telegram.leave(2, 3)
    for post in (first, gone):
        post.cancel()
    await asyncio.wait({first, gone})
    bot.gate.set()
    assert await there == HTTPStatus.OK
    assert bot.batches == [[1], [2, 3]]
    assert await telegram.post({"update_id": 4}) == HTTPStatus.OK


async def test_more_than_can_wait_is_asked_to_come_again_in_a_second(bot: Bot, pauses: Pauses) -> None:
    webhook = make(bot, most_requests=3)
    async with running(webhook, pauses) as telegram, aiohttp.ClientSession() as session:
        bot.hold()
        first = asyncio.create_task(telegram.post({"update_id": 1}))
        await bot.arrived.wait()
        posts = await telegram.leave(2, 3)
        async with session.post(telegram.url, json={"update_id": 4}, headers=SIGNED) as response:
            assert (response.status, response.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "1")
        bot.gate.set()
        assert await asyncio.gather(first, *posts) == [HTTPStatus.OK] * 3
        assert await telegram.post({"update_id": 4}) == HTTPStatus.OK


async def test_stopping_finishes_the_batch_in_hand_and_sends_the_rest_away(
    telegram: Telegram, webhook: Webhook, bot: Bot
) -> None:
    bot.hold()
    first = asyncio.create_task(telegram.post({"update_id": 1}))
    await bot.arrived.wait()
    posts = await telegram.leave(2, 3)
    stop = asyncio.create_task(webhook.stop())
    assert await asyncio.gather(*posts) == [HTTPStatus.SERVICE_UNAVAILABLE] * 2
    async with connected(webhook) as (reader, writer):
        writer.write(head("Content-Length: 10"))  # and no body: it is not waited for
        assert b" 503 " in await reader.readline()
    assert not first.done()
    assert not stop.done()
    bot.gate.set()
    assert await first == HTTPStatus.OK
    await stop
    with pytest.raises(aiohttp.ClientConnectorError):
        await telegram.post({"update_id": 5})
    assert bot.batches == [[1]]


async def test_a_body_that_is_under_way_when_it_stops_comes_again(
    telegram: Telegram, webhook: Webhook, bot: Bot
) -> None:
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK
    body = b'{"update_id": 2}'
    async with connected(webhook) as (reader, writer):
        writer.write(head(f"Content-Length: {len(body)}\r\nExpect: 100-continue"))
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
        stop = asyncio.create_task(webhook.stop())
        writer.write(body)
        assert b" 503 " in await reader.readline()
        await stop
    assert bot.batches == [[1]]


async def test_the_loop_ends_by_itself_where_it_is_told_to_stop(bot: Bot, pauses: Pauses) -> None:
    webhook, stop = make(bot), asyncio.Event()
    async with aiohttp.ClientSession() as session, webhook:
        telegram = Telegram(session, webhook)
        loop = asyncio.create_task(webhook.run(stopping=stop.is_set, pause=pauses))
        assert await telegram.post({"update_id": 1}) == HTTPStatus.OK
        stop.set()
        assert await telegram.post({"update_id": 2}) == HTTPStatus.SERVICE_UNAVAILABLE
        await loop
    assert bot.batches == [[1]]


async def test_nobody_waits_for_a_loop_that_was_ended(bot: Bot, pauses: Pauses) -> None:
    webhook = make(bot)
    async with aiohttp.ClientSession() as session, webhook:
        telegram = Telegram(session, webhook)
        loop = asyncio.create_task(webhook.run(stopping=lambda: False, pause=pauses))
        bot.hold()
        first = asyncio.create_task(telegram.post({"update_id": 1}))
        await bot.arrived.wait()
        posts = await telegram.leave(2)
        loop.cancel()
        assert await asyncio.gather(first, *posts) == [HTTPStatus.SERVICE_UNAVAILABLE] * 2
        assert await telegram.post({"update_id": 3}) == HTTPStatus.SERVICE_UNAVAILABLE
        await asyncio.wait({loop})
        assert loop.cancelled()


async def test_a_port_that_is_taken_is_an_error(telegram: Telegram, webhook: Webhook, bot: Bot) -> None:
    with pytest.raises(OSError, match="address"):
        await make(bot, port=webhook.port).start()
    assert await telegram.post({"update_id": 1}) == HTTPStatus.OK


async def test_an_address_without_a_path_is_the_root(bot: Bot, pauses: Pauses) -> None:
    async with running(make(bot, path=""), pauses) as telegram:
        assert await telegram.post({"update_id": 1}, url=telegram.url.removesuffix(PATH)) == HTTPStatus.OK


def test_an_empty_secret_is_none(bot: Bot) -> None:
    with pytest.raises(ValueError, match="secret"):
        make(bot, secret="")


async def test_the_local_telegram_delivers_again_what_was_not_kept(
    telegram: Telegram, bot: Bot, pauses: Pauses
) -> None:
    bot.failures = [OSError()]
    async with SandboxServer(wait=pauses) as server, SandboxClient(server.url) as client:
        hook = {"url": telegram.url, "secret_token": SECRET}
        url = f"{server.url}/bot{server.token}/setWebhook"
        async with aiohttp.ClientSession() as session, session.post(url, json=hook) as response:
            assert response.status == HTTPStatus.OK
        person = await client.person("Aigerim")
        await person.send("/start")
        while await client.pending_updates():
            pass
    assert len(bot.batches) == 2
    assert bot.batches[0] == bot.batches[1]
