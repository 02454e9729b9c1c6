"""Forms with a file in them, as aiohttp reads them."""

import pytest
from aiohttp import web

from bot.pipeline.multipart import Upload, form
from bot.pipeline.transport import Transport
from tests.bot.pipeline.test_transport import serving


async def test_a_form_arrives_as_it_was_written() -> None:
    content = b"\x89PNG\r\n--\r\n\0\xff"

    async def handler(request: web.Request) -> web.Response:
        read = await request.post()
        file = read["photo"]
        assert isinstance(file, web.FileField)
        assert (file.filename, file.file.read()) == ("a1.png", content)
        return web.json_response({"ok": True, "result": {key: read[key] for key in read if key != "photo"}})

    parameters = {"chat_id": -5, "caption": 'Сәлем\r\n<b>"7"</b>', "protect_content": True, "reply_markup": {"a": [1]}}
    async with Transport(connections=1) as transport, serving(handler) as url:
        assert await transport.upload(url, parameters, Upload("photo", "a1.png", content)) == {
            "chat_id": "-5",
            "caption": 'Сәлем\r\n<b>"7"</b>',
            "protect_content": "true",
            "reply_markup": '{"a":[1]}',
        }


@pytest.mark.parametrize("name", ['a"; filename="b', "a\r\nb", "имя", ""])
def test_a_name_that_would_be_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        form({}, Upload("photo", name, b"x"))
    with pytest.raises(ValueError, match="letters"):
        form({name: "x"}, Upload("photo", "a.png", b"x"))


def test_what_is_sent_is_not_shown() -> None:
    assert "secret" not in repr(Upload("photo", "a.png", b"secret")) + repr(form({}, Upload("photo", "a", b"secret")))
