"""What the Bot API makes of requests that are no proper calls, and of faults that meet a call."""

import aiohttp
import pytest

from bot.sandbox import Person, SandboxClient
from tests.bot.sandbox.support import BUTTONS, Api


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH"])
async def test_other_verbs_are_refused(api: Api, verb: str) -> None:
    for path in (f"{api.base}/getMe", f"{api.url}/file{api.base.removeprefix(api.url)}/photos/x.jpg"):
        async with api.session.request(verb, path) as response:
            assert response.status == 405
            assert await response.json() == {"ok": False, "error_code": 405, "description": "Method Not Allowed"}


@pytest.mark.parametrize("path", ["", "/", "/getMe/more", "/test/getMe"])
async def test_other_paths_are_not_found(api: Api, path: str) -> None:
    for base in (api.base, f"{api.url}/file{api.base.removeprefix(api.url)}"):
        if base != api.base and path not in {"", "/"}:
            continue
        async with api.session.get(base + path) as response:
            assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_the_time_to_wait_stands_in_a_header_too(api: Api, telegram: SandboxClient, mother: Person) -> None:
    await telegram.fault("flood", retry_after=7)
    async with api.session.post(f"{api.base}/sendMessage", json={"chat_id": mother.id, "text": "x"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")


async def test_a_refused_call_does_not_use_up_a_time_out(api: Api, telegram: SandboxClient, mother: Person) -> None:
    await telegram.fault("timeout_after_delivery", hold=0)
    assert await api.refused("sendMessage", chat_id=mother.id, text="") == "Bad Request: message text is empty"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api.say(mother, "lost")
    await api.say(mother, "found")


async def test_faults_of_a_chat_meet_the_answers_to_its_presses(
    api: Api, telegram: SandboxClient, mother: Person
) -> None:
    other = await telegram.person("Other")
    await other.send("/start")
    presses = []
    for person in (mother, other):
        await api.say(person, reply_markup=BUTTONS)
        presses.append((await person.press("Yes")).query_id)
    await telegram.fault("flood", chat=mother)
    await api.ok("answerCallbackQuery", callback_query_id=presses[1])
    assert "Too Many Requests" in await api.refused("answerCallbackQuery", callback_query_id=presses[0])
    await api.ok("answerCallbackQuery", callback_query_id=presses[0])
