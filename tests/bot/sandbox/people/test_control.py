import json

import aiohttp
import pytest

from bot.sandbox import Person, SandboxClient, SandboxError, SandboxServer
from tests.bot.sandbox.support import Api


async def post(api: Api, path: str, body: str) -> tuple[int, dict[str, object]]:
    """Send what `curl -d` sends: anything, called a form."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with api.session.post(f"{api.url}/sandbox{path}", data=body.encode(), headers=headers) as response:
        return response.status, await response.json()


async def test_the_index_names_every_endpoint_with_an_example(server: SandboxServer, api: Api) -> None:
    async with api.session.get(f"{server.url}/sandbox") as response:
        index = await response.json()
    assert index["bot"]["token"] == server.token
    assert index["bot"]["api"] == f"{server.url}/bot{server.token}/METHOD"
    assert len({endpoint["call"] for endpoint in index["endpoints"]}) == 20
    for endpoint in index["endpoints"]:
        assert endpoint["example"].startswith("curl ")
        assert f"{server.url}/sandbox/" in endpoint["example"]
    (sending,) = (endpoint for endpoint in index["endpoints"] if endpoint["call"] == "POST /sandbox/messages")
    assert sending["fields"]["size"] == "integer: in bytes, of a file that is only declared"
    assert "video_note" in sending["fields"]["kind"]


async def test_the_examples_work(server: SandboxServer, api: Api, mother: Person, telegram: SandboxClient) -> None:
    """Those of the index that need nothing but a person, in the order in which they are listed."""
    assert mother.id == 6000000001
    await telegram.group("Basic", supergroup=False, members=[mother])
    keyboard = {"inline_keyboard": [[{"text": "Skip", "callback_data": "x"}]]}
    await api.say(mother, reply_markup=keyboard)
    async with api.session.get(f"{server.url}/sandbox") as response:
        endpoints = (await response.json())["endpoints"]
    unfit = {"members", "deactivate", "delete", "edit"}
    for endpoint in endpoints:
        verb, _, path = endpoint["call"].partition(" ")
        if path.rsplit("/", 1)[-1] in unfit:
            continue
        if verb == "POST":
            status, body = await post(api, path.removeprefix("/sandbox"), endpoint["example"].split("'")[1])
        else:
            async with api.session.get(endpoint["example"].split("'")[1]) as response:
                status, body = response.status, await response.json()
        assert status == 200, (endpoint, body)


async def test_a_form_is_as_good_as_json(api: Api, mother: Person) -> None:
    status, body = await post(api, "/messages", f"person={mother.id}&text=from+a+form")
    assert (status, body["chat"]) == (200, mother.id)
    await mother.refresh()
    assert mother.last_message.text == "from a form"


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/people", "{}", 400, "name: Field required; the fields are: name, id, last_name, username, language_code"),
        ("/people", '{"nam": "x"}', 400, "name: Field required"),
        ("/people", '{"name": "x", "age": 5}', 400, "age: Extra inputs are not permitted"),
        ("/people", "{", 400, "this is not JSON"),
        ("/messages", '{"person": 5, "text": "x"}', 404, "there is no person 5"),
        ("/block", '{"person": 5}', 404, "there is no person 5"),
        ("/membership", '{"chat": 5, "bot": "admin"}', 404, "there is no chat 5"),
        (
            "/membership",
            '{"chat": 5, "bot": "king"}',
            400,
            "bot: Input should be 'member', 'admin', 'left' or 'kicked'",
        ),
        ("/faults", '{"kind": "flood", "method": "sendMesage"}', 400, "there is no method sendMesage"),
        ("/faults", '{"kind": "rain"}', 400, "kind: Input should be"),
        ("/faults", '{"kind": "flood", "times": 0}', 400, "times and retry_after must be at least 1"),
    ],
)
async def test_errors_are_a_sentence(api: Api, path: str, body: str, status: int, words: str) -> None:
    answer = await post(api, path, body)
    assert answer[0] == status
    assert str(answer[1]["error"]).startswith(words)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "photo"}, "comes with a file"),
        ({"kind": "contact"}, "a contact has a phone_number and a first_name"),
        ({"text": ""}, "a text cannot be empty"),
        ({"kind": "location", "latitude": 91}, "latitude: Input should be less than or equal to 90"),
    ],
)
async def test_messages_are_checked(api: Api, mother: Person, fields: dict[str, object], words: str) -> None:
    status, body = await post(api, "/messages", json.dumps({"person": mother.id} | fields))
    assert status == 400
    assert words in str(body["error"])


async def test_an_empty_file_is_refused(api: Api, mother: Person) -> None:
    form = aiohttp.FormData({"person": str(mother.id), "kind": "photo"})
    form.add_field("file", b"", filename="x.jpg")
    async with api.session.post(f"{api.url}/sandbox/messages", data=form) as response:
        assert (await response.json())["error"] == "Bad Request: file must be non-empty"


async def test_lists_the_chats(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="admin")
    async with api.session.get(f"{api.url}/sandbox/chats") as response:
        private, group = (await response.json())["chats"]
    assert (private["id"], private["type"], private["bot"]) == (mother.id, "private", "member")
    assert (group["id"], group["bot"]) == (team.id, "administrator")
    assert group["members"] == [{"id": mother.id, "name": "Aigerim", "status": "creator"}]


async def test_a_file_that_is_not_there(api: Api) -> None:
    async with api.session.get(f"{api.url}/sandbox/files/x") as response:
        assert (response.status, await response.json()) == (404, {"error": "there is no such file"})


LARGE = 1 << 60


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/people", {"name": "x", "id": LARGE}),
        ("/people", {"name": "x", "username": "no spaces"}),
        ("/people", {"name": "x", "username": "abc"}),
        ("/people", {"name": "x\0"}),
        ("/people", {"name": "x", "last_name": "\n"}),
        ("/people", {"name": "x", "language_code": "?"}),
        ("/groups", {"title": "x", "id": -LARGE}),
        ("/groups", {"title": "x\u0007"}),
        ("/messages", {"kind": "contact", "phone_number": "+7", "first_name": "x", "user_id": LARGE}),
        ("/messages", {"kind": "contact", "phone_number": "call me", "first_name": "x"}),
        ("/messages", {"text": "x", "duration": LARGE}),
        ("/messages", {"kind": "sticker", "emoji": "x" * 17}),
    ],
)
async def test_nothing_enters_that_could_not_be_told_to_the_bot(
    api: Api, mother: Person, fields: dict[str, object], path: str
) -> None:
    given = {"person": mother.id} | fields if path == "/messages" else fields
    assert (await post(api, path, json.dumps(given)))[0] == 400
    assert len(await api.updates()) == 1


async def test_names_of_accounts_are_unique(telegram: SandboxClient, server: SandboxServer) -> None:
    await telegram.person("A", username="aigerim")
    with pytest.raises(SandboxError, match="the name @Aigerim is taken"):
        await telegram.channel("B", username="Aigerim")
    with pytest.raises(SandboxError, match="is taken"):
        await telegram.person("C", username=server.username)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"--x\r\nno colon here\r\n\r\n1\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"text=x", {"Content-Type": "multipart/form-data"}),
        (b"text=x", {"Content-Type": "application/x-www-form-urlencoded; charset=none"}),
        (b"junk", {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff.txt"\r\n\r\n1\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
    ],
)
async def test_broken_requests_are_refused(api: Api, body: bytes, headers: dict[str, str]) -> None:
    async with api.session.post(f"{api.url}/sandbox/messages", data=body, headers=headers) as response:
        assert response.status == 400
        assert "cannot be read" in (await response.json())["error"]


async def test_a_look_at_the_feed_has_a_limit(api: Api, telegram: SandboxClient, mother: Person) -> None:
    sent = await api.say(mother)
    for number in range(1_000):
        await api.ok("editMessageText", chat_id=mother.id, message_id=sent["message_id"], text=str(number))
    async with api.session.get(f"{api.url}/sandbox/events") as response:
        page = await response.json()
    assert (len(page["events"]), page["more"], page["missed"]) == (1_000, True, False)
    assert [event.seq for event in await telegram.events()] == list(range(1, 1_003))
