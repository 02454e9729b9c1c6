import io

import aiohttp
import pytest

from bot.sandbox import Person
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.errors import ApiError
from bot.sandbox.spec import methods
from tests.bot.sandbox.support import Api

BROKEN_FORM = b'--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n1'


async def test_all_four_encodings_mean_the_same(api: Api, mother: Person) -> None:
    fields = {"chat_id": str(mother.id), "text": "hello", "protect_content": "true"}
    form = aiohttp.FormData(fields)
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    url = f"{api.base}/sendMessage"
    calls = [
        api.session.get(url, params=fields),
        api.session.post(url, data=form),
        api.session.post(url, data=multipart),
        api.session.post(url, json={"chat_id": mother.id, "text": "hello", "protect_content": True}),
    ]
    for call in calls:
        async with call as response:
            message = (await response.json())["result"]
            assert (message["text"], message["has_protected_content"]) == ("hello", True)
            assert message["chat"]["id"] == mother.id


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"chat_id": 1, "text": "x", "reply_to_message_id": 1}, "unknown parameter reply_to_message_id of sendMessage"),
        ({"chat_id": 1, "text": "x", "disable_web_page_preview": True}, "unknown parameter disable_web_page_preview"),
        ({"chat_id": 1}, "message text is empty"),
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": "x", "text": "x"}, "parameter chat_id must be a chat's id or its @name"),
        ({"chat_id": True, "text": "x"}, "parameter chat_id must be a chat's id or its @name"),
        ({"chat_id": 1, "text": 5}, "parameter text must be a string"),
        ({"chat_id": 1, "text": "x", "protect_content": "maybe"}, "parameter protect_content must be true or false"),
        ({"chat_id": 1, "text": "x", "reply_markup": "{"}, "parameter reply_markup must be JSON"),
        ({"chat_id": 1, "text": "x", "reply_markup": "[]"}, "can't parse reply_markup: an Object expected"),
        ({"chat_id": 1, "text": "x", "entities": {}}, "can't parse entities: an Array expected"),
        ({"chat_id": 1, "text": "x", "entities": [1]}, "can't parse entities: an Array of Objects expected"),
    ],
)
async def test_refuses_what_is_wrong_with_a_parameter(api: Api, given: dict[str, object], words: str) -> None:
    assert (await api.refused("sendMessage", **given)).startswith(f"Bad Request: {words}")


@pytest.mark.parametrize("name", ["business_connection_id", "message_effect_id"])
async def test_says_plainly_what_it_does_not_support(api: Api, mother: Person, name: str) -> None:
    words = await api.refused("sendMessage", chat_id=mother.id, text="x", **{name: "1"})
    assert words == f"Not Implemented: the sandbox does not support the parameter {name}"


async def test_a_parameter_given_twice_is_refused(api: Api) -> None:
    async with api.session.post(f"{api.base}/sendMessage?text=x", json={"text": "y"}) as response:
        assert (await response.json())["description"] == "Bad Request: parameter text is given twice"


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"{", "application/json", "can't parse the request as JSON"),
        (b"[1]", "application/json", "can't parse the request: an Object expected"),
        (b'{"text": "\\ud83d"}', "application/json", "can't parse the request as JSON"),
        (BROKEN_FORM, "multipart/form-data; boundary=x", "can't parse the request"),
        (b"text=x", "multipart/form-data", "can't parse the request"),
    ],
)
async def test_refuses_what_cannot_be_read(api: Api, body: bytes, content_type: str, words: str) -> None:
    headers = {"Content-Type": content_type}
    async with api.session.post(f"{api.base}/sendMessage", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["description"] == f"Bad Request: {words}"


async def test_a_missing_parameter_is_named(api: Api, mother: Person) -> None:
    words = await api.refused("getChatMember", chat_id=mother.id)
    assert words == 'Bad Request: parameter "user_id" is required'


async def test_a_file_that_is_far_too_large_is_refused(api: Api, mother: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(mother.id)})
    form.add_field("document", io.BytesIO(bytes(51 * 1024 * 1024)), filename="big.bin")
    async with api.session.post(f"{api.base}/sendDocument", data=form) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"


def test_null_is_as_good_as_absent() -> None:
    arguments = Arguments(methods()["getupdates"], {"offset": None, "limit": 5}, {})
    assert (arguments.integer("offset"), arguments.integer("limit")) == (None, 5)


def test_numbers_may_be_written_as_text() -> None:
    arguments = Arguments(methods()["sendlocation"], {"chat_id": "-100", "latitude": "1.5", "longitude": 2}, {})
    assert arguments.chat() == -100


@pytest.mark.parametrize("value", ["x", True])
def test_a_fraction_must_be_one(value: object) -> None:
    with pytest.raises(ApiError):
        Arguments(methods()["sendlocation"], {"chat_id": 1, "latitude": value, "longitude": 2}, {})


JUNK = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
UNFINISHED = {"Content-Type": "multipart/form-data; boundary=x"}
BAD_HEADERS = b"--x\r\nno colon here\r\n\r\n1\r\n--x--\r\n"
BAD_ENCODING = b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Encoding: gzip\r\n\r\n1\r\n--x--\r\n'
BAD_TRANSFER = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"not gzip at all", JUNK),
        (BAD_HEADERS, UNFINISHED),
        (BAD_ENCODING, UNFINISHED),
        (BAD_TRANSFER, UNFINISHED),
        (b"--y\r\n", UNFINISHED),
        (b"text=x", {"Content-Type": "application/x-www-form-urlencoded; charset=none"}),
    ],
)
async def test_broken_requests_are_the_bots_own_fault(api: Api, body: bytes, headers: dict[str, str]) -> None:
    async with api.session.post(f"{api.base}/sendMessage", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["description"].startswith("Bad Request: ")


async def test_all_parts_together_are_bounded(api: Api, mother: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(mother.id)})
    for name in "ab":
        form.add_field(name, io.BytesIO(bytes(26 * 1024 * 1024)), filename="half.bin")
    async with api.session.post(f"{api.base}/sendDocument", data=form) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"


async def test_only_a_file_comes_as_a_file(api: Api, mother: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(mother.id)})
    form.add_field("text", b"hello", filename="text.txt")
    async with api.session.post(f"{api.base}/sendMessage", data=form) as response:
        assert (await response.json())["description"] == "Bad Request: parameter text of sendMessage came as a file"


async def test_a_file_is_given_once(api: Api, mother: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(mother.id), "document": "attach://document"})
    form.add_field("document", b"x", filename="x.txt")
    async with api.session.post(f"{api.base}/sendDocument", data=form) as response:
        assert response.status == 400
    form = aiohttp.FormData({"chat_id": str(mother.id)})
    for _ in range(2):
        form.add_field("document", b"x", filename="x.txt")
    async with api.session.post(f"{api.base}/sendDocument", data=form) as response:
        assert (await response.json())["description"] == "Bad Request: file document is given twice"


async def test_names_must_be_utf8(api: Api, mother: Person) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for disposition in (b'name="\xff"', b'name="document"; filename="\xff.txt"'):
        body = b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n1\r\n--x--\r\n"
        url = f"{api.base}/sendDocument?chat_id={mother.id}"
        async with api.session.post(url, data=body, headers=headers) as response:
            assert (await response.json())["description"] == "Bad Request: strings must be encoded in UTF-8"
