"""The transport, against servers that answer, are silent, or are not there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import NetworkError, TimedOut

from bot.pipeline.transport import AiohttpRequest, NotSent

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "123:secret"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    application = web.Application()
    application.add_routes([web.route("*", "/{path:.*}", handler)])
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/bot{SECRET}/getMe"
    finally:
        await runner.cleanup()


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as opened:
        yield opened


async def test_the_status_and_the_body_come_back(transport: AiohttpRequest) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=418, text="tea")

    async with serving(handler) as url:
        assert await transport.do_request(url, "POST") == (418, b"tea")


async def test_silence_is_a_time_out_whose_outcome_is_not_known(transport: AiohttpRequest) -> None:
    silent = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await silent.wait()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(TimedOut):
            await transport.do_request(url, "POST", read_timeout=0.05)


async def test_a_server_that_is_not_there_is_a_network_error_that_does_not_name_the_address(
    transport: AiohttpRequest,
) -> None:
    with pytest.raises(NotSent) as raised:
        await transport.do_request(f"http://127.0.0.1:1/bot{SECRET}/getMe", "POST")
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_server_that_hangs_up_is_a_network_error(transport: AiohttpRequest) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(NetworkError) as raised:
            await transport.do_request(url, "POST")
        assert not isinstance(raised.value, NotSent)


async def test_it_says_so_where_it_was_not_opened() -> None:
    with pytest.raises(RuntimeError, match="not initialized"):
        await AiohttpRequest().do_request("http://127.0.0.1:1/", "POST")
