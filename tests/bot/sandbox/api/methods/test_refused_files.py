import aiohttp
import pytest

from bot.sandbox import Person, RateLimits, SandboxClient, SandboxServer
from tests.bot.sandbox.support import Api, Clock, upload


@pytest.mark.parametrize(
    "given",
    [
        {"reply_markup": '{"inline_keyboard": [[{"text": "x"}]]}'},
        {"reply_parameters": '{"message_id": 99}'},
        {"caption": "<div>", "parse_mode": "HTML"},
        {"chat_id": "99"},
    ],
)
async def test_a_refused_file_is_not_kept(api: Api, mother: Person, given: dict[str, str]) -> None:
    body = await upload(api, "sendDocument", {"chat_id": str(mother.id)} | given, document=("a.txt", b"secret"))
    assert body["error_code"] == 400
    assert await kept(api, mother) == 1


async def test_an_album_with_one_wrong_file_keeps_none(api: Api, mother: Person) -> None:
    media = '[{"type": "document", "media": "attach://a"}, {"type": "document", "media": "attach://b"}]'
    fields = {"chat_id": str(mother.id), "media": media}
    body = await upload(api, "sendMediaGroup", fields, a=("a.txt", b"secret"))
    assert body["error_code"] == 400
    body = await upload(api, "sendMediaGroup", fields, a=("a.txt", b"secret"), b=("b.txt", b""))
    assert body["error_code"] == 400
    assert await kept(api, mother) == 1


async def kept(api: Api, mother: Person) -> int:
    """Count the files the sandbox has had, the one sent now included: their ids are counted through."""
    body = await upload(api, "sendDocument", {"chat_id": str(mother.id)}, document=("last.txt", b"x"))
    return int(body["result"]["document"]["file_id"].removeprefix("SandboxFile"))


async def test_an_album_counts_once_against_the_limits_and_a_refused_one_keeps_nothing(clock: Clock) -> None:
    async with (
        SandboxServer(clock=clock, rate_limits=RateLimits(per_chat_second=1)) as server,
        SandboxClient(server.url) as telegram,
        aiohttp.ClientSession() as session,
    ):
        api = Api(session, server.url, server.token)
        mother = await telegram.person("Aigerim")
        await mother.send("/start")
        media = '[{"type": "document", "media": "attach://a"}, {"type": "document", "media": "attach://b"}]'
        fields, files = {"chat_id": str(mother.id), "media": media}, {"a": ("a.txt", b"a"), "b": ("b.txt", b"b")}
        assert (await upload(api, "sendMediaGroup", fields, **files))["ok"]
        assert (await upload(api, "sendMediaGroup", fields, **files))["error_code"] == 429
        body = await upload(api, "sendDocument", {"chat_id": str(mother.id)}, document=("c.txt", b"c"))
        assert body["error_code"] == 429
        clock.forward(seconds=1)
        assert await kept(api, mother) == 3
