import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import Person, SandboxClient, SandboxServer
from bot.sandbox.api.methods import HANDLERS
from tests.bot.sandbox.support import BUTTONS, Api, Clock

HANDLERS_BUT_GET_ME = {name: handler for name, handler in HANDLERS.items() if name != "getme"}
Received = tuple[dict[str, Any], str | None]


class Pauses:
    """Stands for sleeping: notes how long it was to be and does not wait."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)


class Receiver:
    """A bot's own web server; it answers what it is told to, then 200."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Received] = asyncio.Queue()
        self.answers: list[web.Response] = []
        self.refuses: Callable[[dict[str, Any]], bool] = lambda _: False
        self.open = asyncio.Event()
        self.open.set()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.queue.put_nowait((update, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        await self.open.wait()
        if self.refuses(update):
            return web.Response(status=500)
        return self.answers.pop(0) if self.answers else web.Response()

    async def next(self) -> dict[str, Any]:
        """Wait for the next update."""
        return (await self.queue.get())[0]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    receiver.open.set()
    await runner.cleanup()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def server(clock: Clock, pauses: Pauses) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(clock=clock, wait=pauses) as running:
        yield running


async def test_what_was_waiting_is_delivered_with_the_secret(api: Api, mother: Person, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url, secret_token="s3cret")
    await mother.send("hello")
    start, secret = await receiver.queue.get()
    assert (start["message"]["text"], secret) == ("/start", "s3cret")
    assert (await receiver.next())["message"]["text"] == "hello"


@pytest.mark.usefixtures("mother")
async def test_polling_and_a_webhook_exclude_each_other(
    api: Api, receiver: Receiver, telegram: SandboxClient, clock: Clock
) -> None:
    (update,) = await api.updates()
    poll = asyncio.create_task(api.call("getUpdates", offset=update["update_id"] + 1, timeout=50))
    while await telegram.pending_updates():
        pass
    await api.ok("setWebhook", url=receiver.url)
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert await api.refused("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await api.ok("deleteWebhook")
    assert await api.updates() == []
    clock.forward(seconds=1)
    await api.ok("setWebhook", url=receiver.url)
    await api.ok("setWebhook", url="")
    assert (await api.ok("getWebhookInfo"))["url"] == ""


@pytest.mark.usefixtures("mother")
async def test_failures_are_repeated_at_once_then_ever_more_slowly(
    api: Api, receiver: Receiver, pauses: Pauses
) -> None:
    receiver.answers = [web.Response(status=500) for _ in range(8)]
    await api.ok("setWebhook", url=receiver.url)
    updates = [await receiver.next() for _ in range(9)]
    assert len({update["update_id"] for update in updates}) == 1
    assert pauses.asked == [2, 4, 8, 16, 32, 60, 60]
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


@pytest.mark.usefixtures("mother")
async def test_retry_after_is_honoured_up_to_an_hour(api: Api, receiver: Receiver, pauses: Pauses) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": value}) for value in ("17", "99999")]
    await api.ok("setWebhook", url=receiver.url)
    for _ in range(3):
        await receiver.next()
    assert pauses.asked == [17, 3600]


async def test_a_failing_message_holds_back_its_chat_but_no_press(api: Api, mother: Person, receiver: Receiver) -> None:
    await api.say(mother, reply_markup=BUTTONS)
    receiver.refuses = lambda update: "message" in update
    await api.ok("setWebhook", url=receiver.url)
    await mother.send("second")
    await mother.press("Yes")
    seen: list[str] = []
    while "callback_query" not in seen:
        update = await receiver.next()
        seen += update.keys() - {"update_id"}
        assert update.get("message", {}).get("text") != "second"
    receiver.refuses = lambda _: False
    while (await receiver.next()).get("message", {}).get("text") != "second":
        pass


async def test_chats_do_not_wait_for_each_other(
    api: Api, telegram: SandboxClient, mother: Person, receiver: Receiver
) -> None:
    receiver.refuses = lambda update: bool(update["message"]["chat"]["id"] == mother.id)
    await api.ok("setWebhook", url=receiver.url)
    other = await telegram.person("Other")
    await other.send("/start")
    while (await receiver.next())["message"]["chat"]["id"] != other.id:
        pass


async def test_one_connection_serves_one_queue_after_another(
    api: Api, telegram: SandboxClient, receiver: Receiver
) -> None:
    people = [await telegram.person(name) for name in "abc"]
    for person in people:
        await person.send("/start")
    receiver.open.clear()
    await api.ok("setWebhook", url=receiver.url, max_connections=1)
    first = await receiver.next()
    for _ in range(20):
        await api.ok("getMe")
    assert receiver.queue.empty()
    receiver.queue.put_nowait((first, None))
    receiver.open.set()
    assert [(await receiver.next())["message"]["chat"]["id"] for _ in people] == [person.id for person in people]


@pytest.mark.usefixtures("mother")
async def test_a_method_in_the_answer_is_carried_out(api: Api, mother: Person, receiver: Receiver) -> None:
    nonsense = [web.json_response({"method": name}) for name in ("noSuchMethod", "sendMessage", "deleteWebhook")]
    call = {"method": "sendMessage", "chat_id": mother.id, "text": "from the answer"}
    receiver.answers = [*nonsense, web.Response(text="ok"), web.json_response(call)]
    await api.ok("setWebhook", url=receiver.url)
    for text in "abcd":
        await mother.send(text)
    assert (await mother.wait_for("from the answer", after=0)).from_bot


async def test_an_update_can_come_twice(api: Api, telegram: SandboxClient, mother: Person, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    await receiver.next()
    await telegram.fault(kind="duplicate_update", chat=mother)
    await mother.send("twice")
    first, second = await receiver.next(), await receiver.next()
    assert first == second


async def test_pending_updates_can_be_dropped(
    api: Api, telegram: SandboxClient, mother: Person, receiver: Receiver
) -> None:
    await api.ok("setWebhook", url=receiver.url, drop_pending_updates=True, allowed_updates=["message"])
    await mother.send("hello")
    assert (await receiver.next())["message"]["text"] == "hello"
    info = await api.ok("getWebhookInfo")
    assert (info["url"], info["allowed_updates"], info["max_connections"]) == (receiver.url, ["message"], 40)
    receiver.refuses = lambda update: "message" in update
    await mother.send("again")
    await receiver.next()
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert await telegram.pending_updates() == 0


@pytest.mark.usefixtures("mother")
async def test_a_bot_that_is_away_is_an_error_to_read_about(api: Api, receiver: Receiver) -> None:
    gone = receiver.url.replace("/hook", "/nowhere")
    receiver.answers = []
    await api.ok("setWebhook", url=gone)
    while "last_error_message" not in (info := await api.ok("getWebhookInfo")):
        pass
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org/"}, "bad webhook: the sandbox calls only this machine, such as 127.0.0.1"),
        ({"url": "http://10.0.0.1/"}, "bad webhook: the sandbox calls only this machine, such as 127.0.0.1"),
        ({"url": "http://127.0.0.1/", "ip_address": "10.0.0.1"}, "bad webhook: the sandbox calls only this machine"),
        ({"url": "http://127.0.0.1/", "max_connections": 0}, "max_connections must be between 1 and 100"),
        ({"url": "http://127.0.0.1/", "max_connections": 101}, "max_connections must be between 1 and 100"),
        ({"url": "http://127.0.0.1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "a" * 257}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "allowed_updates": ["x"]}, "unknown update type 'x' in allowed_updates"),
    ],
)
async def test_refuses_webhooks(api: Api, given: dict[str, Any], words: str) -> None:
    assert (await api.refused("setWebhook", **given)).startswith(f"Bad Request: {words}")
    assert (await api.ok("getWebhookInfo"))["url"] == ""


async def test_a_webhook_is_set_at_most_once_a_second(api: Api, receiver: Receiver, clock: Clock) -> None:
    await api.ok("setWebhook", url=receiver.url)
    body = await api.call("setWebhook", url=receiver.url)
    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 1})
    clock.forward(seconds=1)
    await api.ok("setWebhook", url=receiver.url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:80/", "bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://127.0.0.1:8000/", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    ],
)
async def test_telegrams_own_rules_can_be_asked_for(clock: Clock, url: str, words: str) -> None:
    async with (
        SandboxServer(clock=clock, allow_http_webhooks=False) as server,
        aiohttp.ClientSession() as session,
    ):
        api = Api(session, server.url, server.token)
        assert await api.refused("setWebhook", url=url) == f"Bad Request: {words}"


async def test_a_crash_over_an_answer_does_not_end_the_delivery(
    api: Api, mother: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr("bot.sandbox.api.bot_api.HANDLERS", {"getme": crash, **HANDLERS_BUT_GET_ME})
    receiver.answers = [web.json_response({"method": "getMe"})]
    await api.ok("setWebhook", url=receiver.url)
    await mother.send("second")
    assert (await receiver.next())["message"]["text"] == "/start"
    assert (await receiver.next())["message"]["text"] == "second"


async def test_a_queue_that_waits_holds_no_connection(clock: Clock, receiver: Receiver) -> None:
    waiting = asyncio.Event()

    async def wait(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with (
        SandboxServer(clock=clock, wait=wait) as server,
        SandboxClient(server.url) as telegram,
        aiohttp.ClientSession() as session,
    ):
        failing, other = await telegram.person("Failing"), await telegram.person("Other")
        await failing.send("/start")
        receiver.refuses = lambda update: bool(update["message"]["chat"]["id"] == failing.id)
        await Api(session, server.url, server.token).ok("setWebhook", url=receiver.url, max_connections=1)
        await waiting.wait()
        await other.send("/start")
        while (await receiver.next())["message"]["chat"]["id"] != other.id:
            pass
