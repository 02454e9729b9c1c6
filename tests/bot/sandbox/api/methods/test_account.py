from typing import Any

import pytest

from bot.sandbox import Person, SandboxServer
from tests.bot.sandbox.support import BUTTONS, Api, Clock

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def press(api: Api, mother: Person) -> str:
    await api.say(mother, reply_markup=BUTTONS)
    return (await mother.press("Yes")).query_id


async def test_a_press_is_answered_once(api: Api, mother: Person) -> None:
    query = await press(api, mother)
    assert await api.ok("answerCallbackQuery", callback_query_id=query, text="saved", show_alert=True) is True
    await mother.refresh()
    assert [(toast.text, toast.alert) for toast in mother.toasts] == [("saved", True)]
    assert await api.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD


async def test_a_press_is_answered_in_time(api: Api, mother: Person, clock: Clock) -> None:
    query, other = await press(api, mother), await press(api, mother)
    clock.forward(seconds=150)
    await api.ok("answerCallbackQuery", callback_query_id=query)
    clock.forward(seconds=1)
    assert await api.refused("answerCallbackQuery", callback_query_id=other) == TOO_OLD
    assert await api.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "x" * 201}, "Bad Request: MESSAGE_TOO_LONG"),
        ({"url": "http://a.kz"}, "Not Implemented: the sandbox does not support the parameter url"),
        ({"cache_time": -1}, "Bad Request: cache_time must not be negative"),
    ],
)
async def test_a_wrong_answer_leaves_the_press_open(
    api: Api, mother: Person, given: dict[str, Any], words: str
) -> None:
    query = await press(api, mother)
    assert await api.refused("answerCallbackQuery", callback_query_id=query, **given) == words
    await api.ok("answerCallbackQuery", callback_query_id=query, text="x" * 200)


async def test_files_are_downloaded_byte_by_byte(server: SandboxServer, api: Api, mother: Person) -> None:
    await mother.send_photo(b"0123456789")
    update = (await api.updates())[-1]
    file = await api.ok("getFile", file_id=update["message"]["photo"][-1]["file_id"])
    assert file["file_size"] == 10
    async with api.session.get(f"{server.url}/file/bot{server.token}/{file['file_path']}") as response:
        assert await response.read() == b"0123456789"
    async with api.session.get(f"{server.url}/file/bot{server.token}/photos/other.jpg") as response:
        assert response.status == 404


async def test_a_file_over_20_mib_is_too_big(api: Api, mother: Person) -> None:
    sent = await mother.send_document(bytes(20 * 1024 * 1024 + 1))
    assert sent.file is not None
    assert await api.refused("getFile", file_id=sent.file.file_id) == "Bad Request: file is too big"
    assert (await api.refused("getFile", file_id="x")).startswith("Bad Request: wrong file_id")


async def test_commands_by_language_and_scope(api: Api) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    await api.ok("setMyCommands", commands=commands, language_code="ru")
    scope = {"type": "chat", "chat_id": -1}
    await api.ok("setMyCommands", commands=[{"command": "/queue", "description": "q"}], scope=scope)
    assert await api.ok("getMyCommands") == []
    assert await api.ok("getMyCommands", language_code="ru") == commands
    assert await api.ok("getMyCommands", scope=scope) == [{"command": "queue", "description": "q"}]
    await api.ok("deleteMyCommands", language_code="ru")
    assert await api.ok("getMyCommands", language_code="ru") == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "x", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "x", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": ["x"]}, "can't parse BotCommand: an Object with command and description expected"),
        ({"commands": [], "language_code": "rus"}, "invalid language code specified"),
        ({"commands": [], "scope": {"type": "x"}}, "can't parse BotCommandScope: unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat"}}, "can't parse BotCommandScope: chat_id expected"),
    ],
)
async def test_refuses_commands(api: Api, given: dict[str, Any], words: str) -> None:
    assert await api.refused("setMyCommands", **given) == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("name", "parameter", "limit"),
    [("Description", "description", 512), ("ShortDescription", "short_description", 120), ("Name", "name", 64)],
)
async def test_what_the_bot_says_about_itself(api: Api, name: str, parameter: str, limit: int) -> None:
    await api.ok(f"setMy{name}", **{parameter: "x" * limit})
    await api.ok(f"setMy{name}", **{parameter: "по-русски", "language_code": "ru"})
    assert await api.ok(f"getMy{name}") == {parameter: "x" * limit}
    assert await api.ok(f"getMy{name}", language_code="ru") == {parameter: "по-русски"}
    assert await api.ok(f"getMy{name}", language_code="kk") == {parameter: "x" * limit}
    words = await api.refused(f"setMy{name}", **{parameter: "x" * (limit + 1)})
    assert words == f"Bad Request: {parameter} is too long"
