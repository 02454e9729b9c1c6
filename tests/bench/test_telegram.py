"""The Bot API side: each form of arguments, getUpdates with its offset, and the webhook's order."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.bench.support import Side, side

CHAT = 6_000_000_000


async def updates(telegram: Side, **given: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await telegram.call("getUpdates", **given)
    return found


async def test_what_is_not_acknowledged_comes_again() -> None:
    async with side() as telegram:
        await telegram.ask("write_ahead", people=3, each=1, first=0)
        first = await updates(telegram, limit=2)
        assert [update["update_id"] for update in first] == [1, 2]
        assert await updates(telegram, limit=2) == first
        assert [update["update_id"] for update in await updates(telegram, offset=3)] == [3]
        assert await updates(telegram, offset=4) == []


async def test_a_poll_waits_for_an_update() -> None:
    async with side() as telegram:
        poll = asyncio.create_task(updates(telegram, timeout=10))
        await telegram.until(lambda state: state["is_awaited"])
        await telegram.ask("write_ahead", people=2, each=1, first=0)
        assert len(await poll) == 2


async def test_a_second_poll_ends_the_first() -> None:
    async with side() as telegram:
        address = f"{telegram.url}/bot1:x/getUpdates"
        first = asyncio.create_task(telegram.session.post(address, json={"timeout": 10}))
        await telegram.until(lambda state: state["is_awaited"])
        await updates(telegram, timeout=0)
        async with await first as answer:
            assert answer.status == 409


def multipart() -> aiohttp.FormData:
    form = aiohttp.FormData({"chat_id": str(CHAT), "text": "Ä & b"})
    form._is_multipart = True  # the library's own way to choose it is a file
    return form


@pytest.mark.parametrize("form", ["json", "urlencoded", "query", "multipart", "chunked"])
async def test_every_form_of_arguments_is_understood(form: str) -> None:
    given = {"chat_id": str(CHAT), "text": "Ä & b"}

    async def chunks() -> Any:
        yield b'{"chat_id": "6000000000", '
        yield '"text": "Ä & b"}'.encode()

    ways: dict[str, dict[str, Any]] = {
        "json": {"json": given},
        "urlencoded": {"data": given},
        "query": {"params": given},
        "multipart": {"data": multipart()},
        "chunked": {"data": chunks()},
    }
    async with side() as telegram:
        await telegram.ask("write_ahead", people=1, each=1, first=0)
        async with telegram.session.post(f"{telegram.url}/bot1:x/sendMessage", **ways[form]) as answer:
            message = (await answer.json())["result"]
        assert (message["chat"]["id"], message["text"]) == (CHAT, "Ä & b")
        assert (await telegram.ask("state"))["replies"] == 1


async def test_a_webhook_brings_a_chats_next_update_only_after_the_one_before() -> None:
    came: list[tuple[int, int]] = []
    under_way: set[int] = set()
    refusals = iter([True, True])

    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "secret"
        update = await request.json()
        chat = update["message"]["chat"]["id"]
        assert chat not in under_way
        under_way.add(chat)
        await asyncio.sleep(0.01)
        under_way.discard(chat)
        if next(refusals, False):
            return web.Response(status=500)
        came.append((chat, update["update_id"]))
        return web.json_response({"method": "sendMessage", "chat_id": chat, "text": "heard"})

    application = web.Application()
    application.router.add_post("/hook", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with side() as telegram:
            await telegram.call("setWebhook", url=f"http://127.0.0.1:{port}/hook", secret_token="secret")
            await telegram.ask("write_ahead", people=3, each=4, first=0)
            await telegram.until(lambda state: state["replies"] == 12 and not state["unacknowledged"])
            await telegram.call("deleteWebhook")
    finally:
        await runner.cleanup()
    for chat in range(CHAT, CHAT + 3):
        assert len(ids := [update_id for whose, update_id in came if whose == chat]) == 4
        assert ids == sorted(ids)
