"""What the client says when the sandbox is away, hangs, or has forgotten."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.sandbox import NotSeen, Person, SandboxClient, SandboxError
from bot.sandbox.client.http import Transport
from bot.sandbox.client.view import ChatView, Desk
from bot.sandbox.world.feed import KEPT_PER_CHAT
from tests.bot.sandbox.support import Api


@pytest.fixture
async def hung_url() -> AsyncIterator[str]:
    """Run a server that never answers, and give its address."""

    async def hang(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", hang)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_waiting_ends_in_time_though_the_server_hangs(hung_url: str) -> None:
    loop = asyncio.get_running_loop()
    transport = Transport(hung_url)
    started = loop.time()
    with pytest.raises(NotSeen):
        await ChatView(Desk(transport), 1, "x").wait_for("hello", timeout=1)
    assert 1 <= loop.time() - started < 2
    await transport.close()


async def test_silence_is_an_error_of_the_clients_own(hung_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.client.http.PATIENCE", 0.05)
    async with SandboxClient(hung_url) as telegram:
        with pytest.raises(SandboxError, match=r"cannot be reached: .*Timeout"):
            await telegram.pending_updates()
        with pytest.raises(SandboxError, match=r"cannot be reached: .*Timeout"):
            await telegram.person("Aigerim")


async def test_absence_is_an_error_of_the_clients_own() -> None:
    async with SandboxClient("http://127.0.0.1:9") as telegram:
        with pytest.raises(SandboxError, match=r"the sandbox at http://127\.0\.0\.1:9 cannot be reached"):
            await telegram.events()


async def test_events_are_never_silently_incomplete(api: Api, telegram: SandboxClient, mother: Person) -> None:
    sent = await api.say(mother)
    for number in range(KEPT_PER_CHAT):
        await api.ok("editMessageText", chat_id=mother.id, message_id=sent["message_id"], text=str(number))
    with pytest.raises(SandboxError, match="no longer knows everything that happened after event 0"):
        await telegram.events(chat=mother)
    assert len(await telegram.events(after=2, chat=mother)) == KEPT_PER_CHAT
    assert len(await telegram.events()) == KEPT_PER_CHAT + 2
