"""The transport, against servers that answer, are silent, hang up, talk nonsense, or are not there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.pipeline.http import Origin
from bot.pipeline.telegram_bot import retry_seconds
from bot.pipeline.transport import NotSent, NotThere, TooLarge, Transport

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
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


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """Serve byte by byte."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/bot{SECRET}/getMe"


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async with Transport(connections=2) as opened:
        yield opened


def answering(body: object, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    return handler


async def test_the_status_and_the_body_come_back(transport: Transport) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=418, text="tea")

    async with serving(handler) as url:
        assert await transport.do_request(url, "POST") == (418, b"tea")


async def test_a_call_sends_its_parameters_as_json_and_returns_the_result(transport: Transport) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.method == "POST"
        assert request.content_type == "application/json"
        assert request.headers["Host"].startswith("127.0.0.1:")
        return web.json_response({"ok": True, "result": await request.json()})

    async with serving(handler) as url:
        given = {"chat_id": 5, "text": "Сәлем, <b>Айгерім</b>", "reply_markup": {"inline_keyboard": []}}
        assert await transport.call(url, given) == given


async def test_an_answer_in_pieces_of_any_size_is_put_together(transport: Transport) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        for byte in head + b'5\r\n{"ok"\r\n7\r\n:true,"\r\na\r\nresult":1}\r\n0\r\n\r\n':
            writer.write(bytes([byte]))
            await writer.drain()
        writer.close()

    async with talking(talk) as url:
        assert await transport.call(url, {}) == 1


async def test_connections_are_used_again_and_are_no_more_than_agreed(transport: Transport) -> None:
    clients: set[object] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        clients.add(request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True, "result": 1})

    async with serving(handler) as url:
        await asyncio.gather(*(transport.call(url, {}) for _ in range(20)))
    assert len(clients) == 2


async def test_a_connection_that_was_closed_meanwhile_is_not_used_again(transport: Transport) -> None:
    async def handler(_request: web.Request) -> web.Response:
        response = web.json_response({"ok": True, "result": 1})
        response.force_close()
        return response

    async with serving(handler) as url:
        for _ in range(3):
            assert await transport.call(url, {}) == 1


async def test_silence_is_a_time_out_whose_outcome_is_not_known(transport: Transport) -> None:
    silent = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await silent.wait()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(TimedOut):
            await transport.do_request(url, "POST", read_timeout=0.05)


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(transport: Transport) -> None:
    asked: list[bytes] = []
    late = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        asked.append(await request.read())
        if len(asked) == 1:
            await late.wait()
        return web.json_response({"ok": True, "result": len(asked)})

    async with serving(handler) as url:
        with pytest.raises(TimedOut):
            await transport.call(url, {}, read_seconds=0.05)
        late.set()
        assert await transport.call(url, {}) == 2


async def test_a_server_that_is_not_there_is_a_network_error_that_does_not_name_the_address(
    transport: Transport,
) -> None:
    with pytest.raises(NotSent) as raised:
        await transport.do_request(f"http://127.0.0.1:1/bot{SECRET}/getMe", "POST")
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_server_that_hangs_up_is_a_network_error(transport: Transport) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(NetworkError) as raised:
            await transport.do_request(url, "POST")
        assert not isinstance(raised.value, NotSent)


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}"])
async def test_what_is_no_whole_answer_is_a_network_error(transport: Transport, words: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(words)
        writer.close()

    async with talking(talk) as url:
        with pytest.raises(NetworkError):
            await transport.do_request(url, "POST")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"ok": False, "description": "Bad Request: chat not found"}, BadRequest),
        (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}, Forbidden),
        (409, {"ok": False, "description": "Conflict: terminated by other getUpdates request"}, Conflict),
        (429, {"ok": False, "parameters": {"retry_after": 7}}, RetryAfter),
        (502, {"ok": False}, NetworkError),
    ],
)
async def test_what_telegram_refuses_is_the_librarys_error(
    transport: Transport, status: int, body: object, error: type[TelegramError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as the bot has it
    async with serving(answering(body, status)) as url:
        with pytest.raises(error) as raised:
            await transport.call(url, {})
    if isinstance(raised.value, RetryAfter):
        assert retry_seconds(raised.value) == 7


async def test_an_answer_that_is_not_json_is_an_error_that_does_not_quote_it(transport: Transport) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text="Айгерім said")

    async with serving(handler) as url:
        with pytest.raises(TelegramError) as raised:
            await transport.call(url, {})
    assert "said" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "origin", "path", "name"),
    [
        ("https://api.telegram.org/bot1:x/getMe", Origin("api.telegram.org", 443, True), "/bot1:x/getMe", None),
        ("http://127.0.0.1:8081/", Origin("127.0.0.1", 8081, False), "/", "127.0.0.1:8081"),
        ("http://[::1]:8081/a?b=1", Origin("::1", 8081, False), "/a?b=1", "[::1]:8081"),
    ],
)
def test_an_address_is_split_into_whom_to_ask_and_what(url: str, origin: Origin, path: str, name: str | None) -> None:
    assert Origin.of(url) == (origin, path)
    assert origin.name == (name or origin.host)


# Downloads


def giving(content: bytes, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=content)

    return handler


async def test_a_file_comes_back_as_it_is_and_the_connection_stays_open(transport: Transport) -> None:
    ports = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.method == "GET"
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername"))
        return web.Response(body=bytes(range(256)))

    async with serving(handler) as url:
        for _ in range(2):
            assert await transport.download(url, most_bytes=256, seconds=5) == bytes(range(256))
    assert len(ports) == 1


async def test_of_a_file_that_is_too_large_no_more_is_read_and_the_next_one_comes_whole(transport: Transport) -> None:
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        if request.query_string == "small":
            return web.Response(body=b"small")
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 2**30:
            await response.write(bytes(2**16))
            sent += 2**16
        return response

    async with serving(handler) as url:
        with pytest.raises(TooLarge):
            await transport.download(url, most_bytes=2**18, seconds=5)
        assert await transport.download(f"{url}?small", most_bytes=2**18, seconds=5) == b"small"
    assert sent < 2**29


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotThere), (410, NotThere), (429, NetworkError), (500, NetworkError)]
)
async def test_what_is_no_file_is_an_error_that_names_no_address(
    transport: Transport, status: int, error: type[TelegramError]
) -> None:
    async with serving(giving(b"not this", status)) as url:
        with pytest.raises(error) as raised:
            await transport.download(url, most_bytes=2**18, seconds=5)
    assert SECRET not in str(raised.value)


async def test_without_tls_nothing_is_sent_to_an_address_that_asks_for_it(transport: Transport) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        raise AssertionError("it was asked in the clear")

    async with serving(refuse) as url:
        with pytest.raises(NotSent, match="TLS"):
            await transport.call(url.replace("http:", "https:"), {})
