"""Files over HTTP: for how long they can be had, and what goes wrong on the way."""

import asyncio
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from bot.sandbox import FaultKind, Person, SandboxClient, SandboxServer
from tests.bot.sandbox.support import Api, Clock

CONTENT = bytes(range(256)) * 400


@pytest.fixture
async def url(server: SandboxServer, api: Api, mother: Person) -> str:
    """Give the address of a file of 100 KiB that a person has sent."""
    sent = await mother.send_document(CONTENT, filename="list.txt")
    assert sent.file is not None
    path = (await api.ok("getFile", file_id=sent.file.file_id))["file_path"]
    return f"{server.url}/file/bot{server.token}/{path}"


async def status(api: Api, url: str | URL) -> int:
    async with api.session.get(url) as response:
        return response.status


async def test_the_colon_of_a_token_may_be_escaped(server: SandboxServer, api: Api, url: str) -> None:
    escaped = URL(url.replace(server.token, quote(server.token, safe="")), encoded=True)
    assert "%3A" in str(escaped)
    async with api.session.get(escaped) as response:
        assert await response.read() == CONTENT
    assert await status(api, url.replace(server.token, "1:wrong")) == 401


async def test_a_link_is_made_by_get_file_and_lives_an_hour(
    server: SandboxServer, api: Api, url: str, clock: Clock, mother: Person
) -> None:
    clock.forward(minutes=59)
    assert await status(api, url) == 200
    clock.forward(minutes=1)
    async with api.session.get(url) as response:
        assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    file = mother.last_message.file
    assert file is not None
    await api.ok("getFile", file_id=file.file_id)
    assert await status(api, url) == 200
    await mother.send_document(b"never asked for")
    assert await status(api, f"{server.url}/file/bot{server.token}/documents/file_1.bin") == 404


async def test_the_path_ends_as_the_name_does_and_tells_no_more(url: str) -> None:
    assert url.endswith("/documents/file_0.txt")


@pytest.mark.parametrize(
    ("kind", "code"), [("flood", 429), ("server_error", 502)], ids=["too many requests", "bad gateway"]
)
async def test_refusals(api: Api, telegram: SandboxClient, url: str, kind: FaultKind, code: int) -> None:
    await telegram.fault(kind, method="download", times=2, retry_after=7)
    await api.ok("getMe")
    assert [await status(api, url) for _ in range(3)] == [code, code, 200]


async def test_a_flood_says_how_long(api: Api, telegram: SandboxClient, url: str) -> None:
    await telegram.fault("flood", method="download", retry_after=7)
    async with api.session.get(url) as response:
        assert response.headers["Retry-After"] == "7"
        assert (await response.json())["parameters"] == {"retry_after": 7}


async def test_a_connection_breaks_in_the_middle(api: Api, telegram: SandboxClient, url: str) -> None:
    await telegram.fault("cut_download")
    await api.ok("getMe")
    async with api.session.get(url) as response:
        assert (response.status, response.content_length) == (200, len(CONTENT))
        assert await response.content.readexactly(len(CONTENT) // 2) == CONTENT[: len(CONTENT) // 2]
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
    assert await status(api, url) == 200


@pytest.mark.parametrize("kind", ["drop_connection", "timeout_after_delivery"])
async def test_nothing_comes(api: Api, telegram: SandboxClient, url: str, kind: FaultKind) -> None:
    # Twice: aiohttp's client asks once more by itself.
    await telegram.fault(kind, method="download", times=2, hold=0)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await status(api, url)
    assert await status(api, url) == 200


async def test_it_comes_late(api: Api, telegram: SandboxClient, url: str, mother: Person) -> None:
    """Whoever waits gets it; whoever gives up has not used anything up but the fault."""
    await telegram.fault("delay", method="download", hold=0)
    assert await status(api, url) == 200
    await telegram.fault("delay", method="sendMessage", hold=0)
    await api.say(mother, "late")
    await mother.wait_for("late")
    for method, call in (("download", status(api, url)), ("sendMessage", api.say(mother, "never"))):
        await telegram.fault("delay", method=method, hold=300)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 0.05)
    assert await status(api, url) == 200
    await mother.refresh()
    assert mother.last_message.text == "late"


async def test_get_file_fails_like_any_method(api: Api, telegram: SandboxClient, mother: Person) -> None:
    sent = await mother.send_voice(b"x")
    assert sent.file is not None
    await telegram.fault("flood", method="getFile", retry_after=7)
    body = await api.call("getFile", file_id=sent.file.file_id)
    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 7})
    await api.ok("getFile", file_id=sent.file.file_id)
