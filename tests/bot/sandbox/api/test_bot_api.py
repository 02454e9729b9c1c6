import asyncio
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from bot.sandbox import Person, SandboxClient, SandboxServer
from tests.bot.sandbox.support import Api


async def test_a_wrong_token_is_unauthorized(server: SandboxServer, api: Api) -> None:
    async with api.session.get(f"{server.url}/bot123:wrong/getMe") as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    async with api.session.get(f"{server.url}/file/bot123:wrong/photos/file_0.jpg") as response:
        assert response.status == 401


async def test_the_colon_of_a_token_may_be_escaped(server: SandboxServer, api: Api) -> None:
    url = URL(f"{server.url}/bot{quote(server.token, safe='')}/getMe", encoded=True)
    assert "%3A" in str(url)
    async with api.session.get(url) as response:
        assert (await response.json())["result"]["username"] == server.username


async def test_names_of_methods_are_case_insensitive(api: Api) -> None:
    assert (await api.ok("GETME")) == (await api.ok("getMe"))


async def test_an_unknown_method_is_not_found(api: Api) -> None:
    assert await api.call("sendNonsense") == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_method_of_telegram_that_is_missing_here_says_so(api: Api, mother: Person) -> None:
    body = await api.call("sendDice", chat_id=mother.id)
    assert body["error_code"] == 501
    assert body["description"] == "Not Implemented: the sandbox does not support the method sendDice"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limit": 0}, "limit must be between 1 and 100"),
        ({"limit": 101}, "limit must be between 1 and 100"),
        ({"timeout": 51}, "timeout must be between 0 and 50 seconds"),
        ({"allowed_updates": ["massage"]}, "unknown update type 'massage' in allowed_updates"),
    ],
)
async def test_get_updates_takes_no_nonsense(api: Api, given: dict[str, object], words: str) -> None:
    assert await api.refused("getUpdates", **given) == f"Bad Request: {words}"


async def test_a_long_poll_ends_when_somebody_writes(api: Api, mother: Person) -> None:
    (first,) = await api.updates()
    poll = asyncio.create_task(api.updates(first["update_id"] + 1, timeout=50))
    await mother.send("hello")
    (update,) = await poll
    assert update["message"]["text"] == "hello"


async def test_two_pollers_get_telegrams_words(api: Api, telegram: SandboxClient) -> None:
    polls = [asyncio.create_task(api.call("getUpdates", timeout=50)) for _ in range(2)]
    (ended,), (waiting,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    assert ended.result()["error_code"] == 409
    assert ended.result()["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    person = await telegram.person("Dina")
    await person.send("/start")
    assert len((await waiting)["result"]) == 1


async def test_a_poll_whose_client_is_gone_takes_nothing(api: Api, mother: Person) -> None:
    (first,) = await api.updates()
    poll = asyncio.create_task(api.updates(first["update_id"] + 1, timeout=50))
    await api.ok("getMe")
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await mother.send("hello")
    assert len(await api.updates(first["update_id"] + 1)) == 1


@pytest.mark.usefixtures("mother")
async def test_unread_updates_are_counted(api: Api, telegram: SandboxClient) -> None:
    assert await telegram.pending_updates() == 1
    (update,) = await api.updates()
    assert await telegram.pending_updates() == 1
    await api.updates(update["update_id"] + 1)
    assert await telegram.pending_updates() == 0


class TestFaults:
    async def test_blocked(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="blocked", chat=mother)
        words = await api.refused("sendMessage", chat_id=mother.id, text="x")
        assert words == "Forbidden: bot was blocked by the user"
        await api.say(mother)

    async def test_flood(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="flood", chat=mother, times=2, retry_after=7, method="sendMessage")
        for _ in range(2):
            body = await api.call("sendMessage", chat_id=mother.id, text="x")
            assert body["error_code"] == 429
            assert body["description"] == "Too Many Requests: retry after 7"
            assert body["parameters"] == {"retry_after": 7}
        await api.say(mother)

    async def test_an_internal_error_is_json(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="server_error", status=500)
        body = await api.call("sendMessage", chat_id=mother.id, text="x")
        assert body == {"ok": False, "error_code": 500, "description": "Internal Server Error"}

    async def test_a_bad_gateway_is_a_page(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="server_error")
        async with api.session.post(f"{api.base}/sendMessage", json={"chat_id": mother.id, "text": "x"}) as response:
            assert (response.status, response.content_type) == (502, "text/html")
        await mother.refresh()
        assert mother.last_message.text == "/start"

    async def test_delivered_but_never_answered(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="timeout_after_delivery", chat=mother, hold=0)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await api.say(mother, "lost")
        await mother.refresh()
        assert mother.last_message.text == "lost"

    async def test_a_client_may_give_up_waiting(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="timeout_after_delivery", chat=mother, hold=300)
        call = asyncio.create_task(api.say(mother, "lost"))
        await mother.wait_for("lost")
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await api.say(mother, "found")

    async def test_dropped_before_delivery(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="drop_connection", chat=mother)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await api.say(mother, "lost")
        await mother.refresh()
        assert mother.last_message.text == "/start"

    async def test_an_update_comes_twice(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        (start,) = await api.updates()
        await telegram.fault(kind="duplicate_update", chat=mother)
        await mother.send("once")
        (update,) = await api.updates(start["update_id"] + 1)
        after = update["update_id"] + 1
        assert await api.updates(after) == [update]
        assert await api.updates(after) == []

    async def test_faults_can_be_cleared(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="flood", times=5)
        await telegram.clear_faults()
        await api.say(mother)


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("getUpdates", {"allowed_updates": [{}]}, "can't parse allowed_updates: an Array of String expected"),
        ("setMyCommands", {"commands": [], "scope": {"type": []}}, "can't parse BotCommandScope"),
        ("sendMediaGroup", {"media": [{"type": []}, {"type": []}]}, None),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": 5}] * 2}, "there is no photo in the request"),
        ("sendMediaGroup", {"media": [{"type": "photo", "caption": 5}] * 2}, "can't parse InputMedia"),
        ("sendMediaGroup", {"media": [{"type": "photo", "parse_mode": []}] * 2}, "can't parse InputMedia"),
        ("sendMediaGroup", {"media": [{"type": "photo", "caption_entities": [1]}] * 2}, "can't parse InputMedia"),
    ],
)
async def test_wrong_types_are_the_bots_own_fault(
    api: Api, mother: Person, method: str, given: dict[str, object], words: str | None
) -> None:
    chat = {"chat_id": mother.id} if method.startswith("send") else {}
    body = await api.call(method, **chat, **given)
    assert body["error_code"] == (501 if words is None else 400)
    assert (words or "") in body["description"]


async def test_a_number_without_end_is_plain_text(api: Api, mother: Person) -> None:
    started = asyncio.get_running_loop().time()
    text = f"&#{'9' * 4000};"
    assert (await api.say(mother, text, parse_mode="HTML"))["text"] == text
    assert (await api.call("sendMessage", chat_id=mother.id, text=f"&#{'9' * 5000};", parse_mode="HTML"))[
        "description"
    ] == "Bad Request: message is too long"
    assert asyncio.get_running_loop().time() - started < 5


async def test_what_nobody_foresaw_is_still_json(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr("bot.sandbox.api.bot_api.HANDLERS", {"getme": crash})
    assert await api.call("getMe") == {"ok": False, "error_code": 500, "description": "Internal Server Error"}


@pytest.mark.parametrize("markup", ["", "<b>", "<i>a</i> "])
async def test_a_far_too_long_text_is_refused_at_once(api: Api, mother: Person, markup: str) -> None:
    started = asyncio.get_running_loop().time()
    text = (markup or "/a https://b.kz @cde #f ") * 20_000
    words = await api.refused("sendMessage", chat_id=mother.id, text=text[:60_000], parse_mode="HTML")
    assert words == "Bad Request: text is too long"
    assert asyncio.get_running_loop().time() - started < 1
