import asyncio
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import SandboxClient, SandboxError, SandboxServer
from tests.bot.sandbox.support import Api


async def test_takes_a_free_port_and_gives_it_back() -> None:
    async with SandboxServer() as server:
        url = server.url
        async with aiohttp.ClientSession() as session, session.get(f"{url}/sandbox") as response:
            assert response.status == 200
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{url}/sandbox")


async def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = SandboxServer(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await server.start()


async def test_has_no_address_before_it_runs() -> None:
    server = SandboxServer()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url
    await server.stop()


async def test_stopping_sends_away_those_who_wait() -> None:
    server = SandboxServer()
    await server.start()
    async with SandboxClient(server.url) as telegram:
        poll = asyncio.create_task(telegram.events(after=0, wait=50))
        await telegram.pending_updates()
        await server.stop()
        with pytest.raises(SandboxError, match="cannot be reached"):
            await poll


async def test_the_bot_can_have_another_name_and_token() -> None:
    token = "123456:another"
    async with (
        SandboxServer(token=token, first_name="Helper", username="helper_bot") as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/bot{token}/getMe") as response,
    ):
        bot = (await response.json())["result"]
    assert (bot["id"], bot["first_name"], bot["username"]) == (123456, "Helper", "helper_bot")


def test_the_token_has_the_right_form() -> None:
    bot_id, _, secret = SandboxServer().token.partition(":")
    assert bot_id.isdecimal()
    assert len(secret) == 35


async def test_started_again_it_begins_afresh_and_webhooks_deliver() -> None:
    received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def hook(request: web.Request) -> web.Response:
        received.put_nowait(await request.json())
        return web.Response()

    application = web.Application()
    application.router.add_post("/hook", hook)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    server = SandboxServer()
    for _ in range(2):
        await server.start()
        async with SandboxClient(server.url) as telegram, aiohttp.ClientSession() as session:
            assert await telegram.events() == []
            person = await telegram.person("Aigerim")
            assert person.id == 6_000_000_001
            await Api(session, server.url, server.token).ok("setWebhook", url=url)
            await person.send("/start")
            assert (await received.get())["message"]["text"] == "/start"
        await server.stop()
    await runner.cleanup()
