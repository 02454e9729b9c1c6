from typing import Any

import aiohttp
import pytest

from bot.sandbox import Person, RateLimits, SandboxClient, SandboxServer
from bot.sandbox.errors import ApiError
from bot.sandbox.world.pictures import check_picture
from tests.bot.sandbox.support import BUTTONS, Api, Clock, upload


async def test_a_message_has_everything_telegram_sends(api: Api, mother: Person) -> None:
    message = await api.say(
        mother,
        "<b>Hello</b>, https://a.kz",
        parse_mode="HTML",
        reply_markup=BUTTONS,
        protect_content=True,
        reply_parameters={"message_id": 1},
        link_preview_options={"is_disabled": True},
    )
    start = message.pop("reply_to_message")
    assert message == {
        "message_id": 2,
        "from": {"id": 7000000001, "is_bot": True, "first_name": "Sandbox", "username": "sandbox_bot"},
        "chat": {"id": mother.id, "type": "private", "first_name": "Aigerim"},
        "date": 1641470400,
        "text": "Hello, https://a.kz",
        "entities": [
            {"type": "bold", "offset": 0, "length": 5},
            {"type": "url", "offset": 7, "length": 12},
        ],
        "link_preview_options": {"is_disabled": True},
        "has_protected_content": True,
        "reply_markup": BUTTONS,
    }
    assert (start["message_id"], start["text"]) == (1, "/start")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🏟" * 2049}, "message is too long"),
        (
            {"text": "<div>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "div" at byte offset 0',
        ),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "reply_parameters": {}}, "can't parse reply_parameters: message_id expected"),
    ],
)
async def test_refuses_in_telegrams_words(api: Api, mother: Person, given: dict[str, Any], words: str) -> None:
    assert await api.refused("sendMessage", chat_id=mother.id, **given) == f"Bad Request: {words}"


async def test_the_longest_text_is_measured_after_markup(api: Api, mother: Person) -> None:
    message = await api.say(mother, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(message["text"]) == 4096


async def test_answering_what_is_gone_can_be_allowed(api: Api, mother: Person) -> None:
    parameters = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.say(mother, reply_parameters=parameters)


async def test_quotes_are_not_supported(api: Api, mother: Person) -> None:
    parameters = {"message_id": 1, "quote": "x"}
    words = await api.refused("sendMessage", chat_id=mother.id, text="x", reply_parameters=parameters)
    assert words == "Not Implemented: the sandbox does not support quote in reply_parameters"


async def test_other_keyboards_are_kept_but_not_sent_back(api: Api, mother: Person) -> None:
    message = await api.say(mother, reply_markup={"keyboard": [["Kazakh", "Russian"]], "resize_keyboard": True})
    assert "reply_markup" not in message
    await mother.refresh()
    assert mother.last_message.keyboard == "reply"
    assert mother.last_message.labels == ("Kazakh", "Russian")


class TestWhoMayBeWrittenTo:
    async def test_nobody(self, api: Api) -> None:
        assert await api.refused("sendMessage", chat_id=1, text="x") == "Bad Request: chat not found"

    async def test_one_who_never_wrote(self, api: Api, telegram: SandboxClient) -> None:
        stranger = await telegram.person("Stranger")
        words = await api.refused("sendMessage", chat_id=stranger.id, text="x")
        assert words == "Forbidden: bot can't initiate conversation with a user"

    async def test_one_who_blocked_the_bot(self, api: Api, mother: Person) -> None:
        await mother.block_bot()
        words = await api.refused("sendMessage", chat_id=mother.id, text="x")
        assert words == "Forbidden: bot was blocked by the user"
        await mother.unblock_bot()
        await api.say(mother)

    async def test_one_who_is_gone(self, api: Api, mother: Person) -> None:
        await mother.deactivate()
        words = await api.refused("sendMessage", chat_id=mother.id, text="x")
        assert words == "Forbidden: user is deactivated"

    @pytest.mark.parametrize("kind", ["supergroup", "group"])
    async def test_a_group_that_removed_the_bot(self, api: Api, telegram: SandboxClient, kind: str) -> None:
        team = await telegram.group("Team", supergroup=kind == "supergroup")
        await team.remove_bot()
        words = await api.refused("sendMessage", chat_id=team.id, text="x")
        assert words == f"Forbidden: bot was kicked from the {kind} chat"

    async def test_a_group_the_bot_left(self, api: Api, telegram: SandboxClient) -> None:
        team = await telegram.group("Team")
        await api.ok("leaveChat", chat_id=team.id)
        words = await api.refused("sendMessage", chat_id=team.id, text="x")
        assert words == "Forbidden: bot is not a member of the supergroup chat"

    async def test_a_group_the_bot_has_never_seen(self, api: Api, telegram: SandboxClient) -> None:
        team = await telegram.group("Team", bot=None)
        assert await api.refused("sendMessage", chat_id=team.id, text="x") == "Bad Request: chat not found"

    async def test_a_channel_where_it_is_no_administrator(self, api: Api, telegram: SandboxClient) -> None:
        news = await telegram.channel("Digest", bot="member")
        words = await api.refused("sendMessage", chat_id=news.id, text="x")
        assert words == "Bad Request: need administrator rights in the channel chat"

    async def test_a_group_that_became_a_supergroup(self, api: Api, telegram: SandboxClient) -> None:
        team = await telegram.group("Team", supergroup=False)
        new = await team.migrate()
        body = await api.call("sendMessage", chat_id=team.id, text="x")
        assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
        assert body["parameters"] == {"migrate_to_chat_id": new.id}
        await api.say(new)

    async def test_a_public_channel_by_name(self, api: Api, telegram: SandboxClient) -> None:
        news = await telegram.channel("Digest", username="digest")
        message = await api.ok("sendMessage", chat_id="@Digest", text="x")
        assert message["chat"] == {"id": news.id, "type": "channel", "title": "Digest", "username": "digest"}
        assert message["sender_chat"]["id"] == news.id
        assert "from" not in message


async def test_ids_have_gaps_in_private_chats_and_none_in_supergroups(api: Api, telegram: SandboxClient) -> None:
    first, second = await telegram.person("A"), await telegram.person("B")
    for person in (first, second):
        await person.send("/start")
    team = await telegram.group("Team")
    basic = await telegram.group("Basic", supergroup=False)
    in_team = await api.say(team)
    assert [(await api.say(first))["message_id"], (await api.say(second))["message_id"]] == [4, 5]
    assert (await api.say(basic))["message_id"] == 6
    assert (await api.say(team))["message_id"] == in_team["message_id"] + 1


async def test_a_document_arrives_whole(api: Api, mother: Person) -> None:
    fields = {"chat_id": str(mother.id), "caption": "<i>All</i>", "parse_mode": "HTML"}
    body = await upload(api, "sendDocument", fields, document=("all.csv", b"name\nAskar\n"))
    document = body["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("all.csv", "text/csv", 11)
    assert body["result"]["caption_entities"] == [{"type": "italic", "offset": 0, "length": 3}]
    await mother.refresh()
    assert await mother.download(mother.last_message) == b"name\nAskar\n"
    again = await api.ok("sendDocument", chat_id=mother.id, document=document["file_id"])
    assert again["document"]["file_name"] == "all.csv"


async def test_a_photo_comes_in_sizes(api: Api, mother: Person) -> None:
    fields = {"chat_id": str(mother.id), "has_spoiler": "true"}
    body = await upload(api, "sendPhoto", fields, photo=("x.jpg", b"\xff\xd8\xff3456789"))
    sizes = body["result"]["photo"]
    assert [size["file_size"] for size in sizes] == [2, 2, 10]
    assert len({size["file_id"] for size in sizes}) == 3
    assert body["result"]["has_media_spoiler"] is True


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"photo": "unknown"}, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        ({"photo": "attach://nothing"}, "Bad Request: there is no photo in the request"),
        ({"photo": ""}, "Bad Request: there is no photo in the request"),
        ({}, 'Bad Request: parameter "photo" is required'),
        ({"photo": "x", "caption": "x" * 1025}, "Bad Request: message caption is too long"),
        ({"photo": "http://a.kz/x.jpg"}, "Not Implemented: the sandbox does not support files by address"),
    ],
)
async def test_refuses_photos(api: Api, mother: Person, given: dict[str, str], words: str) -> None:
    assert (await api.refused("sendPhoto", chat_id=mother.id, **given)).startswith(words)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "IMAGE_PROCESS_FAILED"),
        (png(1080, 1450)[:20], "IMAGE_PROCESS_FAILED"),
        (png(1080, 0), "IMAGE_PROCESS_FAILED"),
        (png(5001, 5000), "PHOTO_INVALID_DIMENSIONS"),
        (png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_refuses_what_is_no_picture(api: Api, mother: Person, content: bytes, words: str) -> None:
    body = await upload(api, "sendPhoto", {"chat_id": str(mother.id)}, photo=("x.png", content))
    assert body["description"] == f"Bad Request: {words}"
    as_document = await upload(api, "sendDocument", {"chat_id": str(mother.id)}, document=("x.png", content))
    assert as_document["ok"]


def test_refuses_a_picture_that_is_too_large() -> None:
    with pytest.raises(ApiError, match="file of size 10485763 bytes is too big for a photo"):
        check_picture(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))


async def test_an_album_is_several_messages_with_one_id(api: Api, mother: Person) -> None:
    media = '[{"type": "photo", "media": "attach://a", "caption": "c"}, {"type": "photo", "media": "attach://b"}]'
    fields = {"chat_id": str(mother.id), "media": media}
    body = await upload(api, "sendMediaGroup", fields, a=("a.jpg", b"\xff\xd8\xffa"), b=("b.gif", b"GIF89a"))
    first, second = body["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("c", False)


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ([{"type": "photo", "media": "x"}], "Bad Request: wrong number of media: 2 to 10 expected"),
        ([{"type": "photo"}, {"type": "document"}], "Bad Request: documents and audio cannot be grouped"),
        ([{"type": "animation"}] * 2, "Not Implemented: the sandbox does not support animation in albums"),
    ],
)
async def test_refuses_albums(api: Api, mother: Person, media: list[dict[str, str]], words: str) -> None:
    assert (await api.refused("sendMediaGroup", chat_id=mother.id, media=media)).startswith(words)


class TestForwardAndCopy:
    async def test_forwarding_names_the_origin(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team")
        forwarded = await api.ok("forwardMessage", chat_id=team.id, from_chat_id=mother.id, message_id=1)
        origin = forwarded["forward_origin"]
        assert (origin["type"], origin["sender_user"]["id"], forwarded["text"]) == ("user", mother.id, "/start")
        assert forwarded["from"]["is_bot"] is True

    async def test_forwarding_a_post_names_the_channel(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        news = await telegram.channel("Digest")
        post = await api.say(news, "news")
        given = {"from_chat_id": news.id, "message_id": post["message_id"]}
        forwarded = await api.ok("forwardMessage", chat_id=mother.id, **given)
        assert (forwarded["forward_origin"]["type"], forwarded["forward_origin"]["chat"]["id"]) == ("channel", news.id)

    async def test_copying_tells_the_new_id_only(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team")
        given = {"from_chat_id": mother.id, "message_id": 1, "reply_markup": BUTTONS}
        copy = await api.ok("copyMessage", chat_id=team.id, **given)
        seen = await team.wait_for("/start")
        assert copy == {"message_id": seen.message_id}
        assert seen.labels == ("Yes", "No")

    async def test_a_copy_can_have_another_caption(self, api: Api, mother: Person) -> None:
        photo = await mother.send_photo(b"x", caption="old")
        given = {"from_chat_id": mother.id, "message_id": photo.message_id, "caption": "new"}
        await api.ok("copyMessage", chat_id=mother.id, **given)
        seen = await mother.wait_for("new")
        assert seen.kind == "photo"

    @pytest.mark.parametrize(
        ("method", "missing", "protected"),
        [
            ("forwardMessage", "message to forward not found", "the message can't be forwarded"),
            ("copyMessage", "message to copy not found", "the message can't be copied"),
        ],
    )
    async def test_refusals(self, api: Api, mother: Person, method: str, missing: str, protected: str) -> None:
        secret = await api.say(mother, protect_content=True)
        given = {"chat_id": mother.id, "from_chat_id": mother.id}
        assert await api.refused(method, message_id=99, **given) == f"Bad Request: {missing}"
        words = await api.refused(method, message_id=secret["message_id"], **given)
        assert words == f"Bad Request: {protected}"


async def test_rate_limits_are_an_option(clock: Clock) -> None:
    async with (
        SandboxServer(clock=clock, rate_limits=RateLimits(per_chat_second=1)) as server,
        SandboxClient(server.url) as telegram,
        aiohttp.ClientSession() as session,
    ):
        api = Api(session, server.url, server.token)
        mother = await telegram.person("Aigerim")
        await mother.send("/start")
        sent = await api.say(mother)
        edit = {"chat_id": mother.id, "message_id": sent["message_id"], "text": "new"}
        for method, given in (("sendMessage", {"chat_id": mother.id, "text": "x"}), ("editMessageText", edit)):
            body = await api.call(method, **given)
            assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 1})
        clock.forward(seconds=1)
        await api.ok("editMessageText", **edit)
