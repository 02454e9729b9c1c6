"""What people send besides words, and how it reaches the bot."""

from typing import Any

import pytest

from bot.sandbox import AlbumItem, Person, SandboxClient, SandboxError
from tests.bot.sandbox.support import Api, Clock

MIB = 1024 * 1024


async def last(api: Api) -> dict[str, Any]:
    update = (await api.updates())[-1]
    message: dict[str, Any] = update.get("message") or update["edited_message"]
    return message


async def content(api: Api, file: dict[str, Any]) -> bytes:
    """Download a file as a bot does."""
    path = (await api.ok("getFile", file_id=file["file_id"]))["file_path"]
    async with api.session.get(f"{api.url}/file{api.base.removeprefix(api.url)}/{path}") as response:
        assert response.status == 200
        return await response.read()


def described(file: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a file what every one has, and differently."""
    assert file["file_id"] != file["file_unique_id"]
    return {name: value for name, value in file.items() if name not in {"file_id", "file_unique_id", "thumbnail"}}


async def test_each_kind_is_written_as_telegram_writes_it(api: Api, mother: Person) -> None:
    still = {"width": 640, "height": 360, "duration": 5}
    film = {"file_size": 4, "mime_type": "video/mp4"}
    await mother.send_voice(b"voic", duration=5)
    assert described((await last(api))["voice"]) == {"file_size": 4, "mime_type": "audio/ogg", "duration": 5}
    await mother.send_audio(b"audi", filename="a.mp3", duration=5, title="Call", performer="Phone")
    tags = {"duration": 5, "title": "Call", "performer": "Phone"}
    named = {"file_size": 4, "mime_type": "audio/mpeg", "file_name": "a.mp3"}
    assert described((await last(api))["audio"]) == named | tags
    await mother.send_video(b"vide", filename="v.mp4", duration=5)
    assert described((await last(api))["video"]) == film | still | {"file_name": "v.mp4"}
    await mother.send_video_note(b"note", duration=5)
    assert described((await last(api))["video_note"]) == {"file_size": 4, "length": 240, "duration": 5}
    await mother.send_animation(b"anim", filename="g.mp4", duration=5)
    message = await last(api)
    assert described(message["animation"]) == film | still | {"file_name": "g.mp4"}
    assert described(message["document"]) == film | {"file_name": "g.mp4"}
    assert message["document"]["file_id"] == message["animation"]["file_id"]
    assert mother.last_message.kind == "animation"
    await mother.send_document(b"docu", filename="list.bin", mime_type="text/x-own")
    own = {"file_size": 4, "mime_type": "text/x-own", "file_name": "list.bin"}
    assert described((await last(api))["document"]) == own
    await mother.send_document(b"docu", filename="")
    assert "file_name" not in (await last(api))["document"]
    await mother.send_contact("+7", "Dina", last_name="A.")
    assert (await last(api))["contact"] == {"phone_number": "+7", "first_name": "Dina", "last_name": "A."}


async def test_behind_each_kind_are_its_own_bytes(api: Api, mother: Person) -> None:
    await mother.send_photo(b"photo")
    *_, largest = (await last(api))["photo"]
    assert await content(api, largest) == b"photo"
    for kind, send in (
        ("voice", mother.send_voice),
        ("audio", mother.send_audio),
        ("video", mother.send_video),
        ("video_note", mother.send_video_note),
        ("animation", mother.send_animation),
        ("document", mother.send_document),
    ):
        sent = await send(kind.encode())
        about = (await last(api))[kind]
        assert await content(api, about) == await mother.download(sent) == kind.encode()
        assert sent.kind == kind
        if "thumbnail" in about:
            assert await content(api, about["thumbnail"]) != kind.encode()


@pytest.mark.parametrize("kind", ["photo", "voice", "audio", "video", "animation", "document"])
async def test_a_caption_is_sent_and_edited_and_taken_away(api: Api, mother: Person, kind: str) -> None:
    sent = await getattr(mother, f"send_{kind}")(b"x", caption="see https://a.kz")
    message = await last(api)
    assert message["caption"] == "see https://a.kz"
    assert [entity["type"] for entity in message["caption_entities"]] == ["url"]
    await mother.edit_caption(sent, "new")
    edited = await last(api)
    assert (edited["caption"], "caption_entities" in edited, edited[kind]) == ("new", False, message[kind])
    await mother.edit_caption(sent, "")
    assert "caption" not in await last(api)


async def test_what_has_no_caption_cannot_get_one(api: Api, mother: Person) -> None:
    note = await mother.send_video_note(b"x")
    sticker = await mother.send_sticker()
    for message, words in ((note, "a message of kind video_note has no caption"), (sticker, "has no caption")):
        with pytest.raises(SandboxError, match=words):
            await mother.edit_caption(message, "new")
    for kind in ("sticker", "location", "contact"):
        body = {"person": mother.id, "kind": kind, "text": "words"}
        async with api.session.post(f"{api.url}/sandbox/messages", json=body) as response:
            assert (response.status, (await response.json())["error"]) == (
                400,
                f"a message of kind {kind} has no caption",
            )
    with pytest.raises(SandboxError, match="at most 1024 characters"):
        await mother.send_photo(b"x", caption="x" * 1025)


class TestLargeFiles:
    @pytest.mark.parametrize("size", [20 * MIB + 1, 30 * MIB, 4000 * MIB])
    async def test_are_declared_and_refused(self, api: Api, mother: Person, size: int) -> None:
        sent = await mother.send_document(filename="film.mkv", size=size)
        about = (await last(api))["document"]
        assert (about["file_size"], about["file_name"]) == (size, "film.mkv")
        assert await api.refused("getFile", file_id=about["file_id"]) == "Bad Request: file is too big"
        with pytest.raises(SandboxError, match="only the size of this file was declared"):
            await mother.download(sent)

    async def test_video_and_audio_too(self, api: Api, mother: Person) -> None:
        await mother.send_video(size=30 * MIB, caption="the square")
        assert (await last(api))["video"]["file_size"] == 30 * MIB
        await mother.send_audio(size=30 * MIB)
        assert (await last(api))["audio"]["file_size"] == 30 * MIB

    async def test_at_the_limit_bytes_are_given(self, api: Api, mother: Person) -> None:
        await mother.send_document(bytes(20 * MIB))
        assert len(await content(api, (await last(api))["document"])) == 20 * MIB

    async def test_a_file_has_bytes_or_a_size(self, mother: Person) -> None:
        for content_, size in ((None, None), (b"x", 1)):
            with pytest.raises(SandboxError, match="comes with a file, or with the size of one"):
                await mother.send_document(content_, size=size)


class TestAlbums:
    async def test_are_messages_with_one_id(self, api: Api, mother: Person) -> None:
        items = [AlbumItem("photo", b"1", caption="both"), AlbumItem("video", b"2"), AlbumItem("photo", b"3")]
        seen = await mother.send_album(items)
        arrived = [update["message"] for update in (await api.updates())[1:]]
        assert len({message["media_group_id"] for message in arrived}) == 1
        assert [message.get("caption") for message in arrived] == ["both", None, None]
        assert [message.kind for message in seen] == ["photo", "video", "photo"]
        papers = await mother.send_album([AlbumItem("document", b"1", filename="a.pdf"), AlbumItem("document", b"2")])
        assert {message.album for message in papers} != {message.album for message in seen}
        assert papers[0].file is not None
        assert papers[0].file.name == "a.pdf"

    async def test_are_forwarded_as_albums(self, mother: Person) -> None:
        seen = await mother.send_album([AlbumItem("photo", b"1"), AlbumItem("photo", b"2")])
        again = [await mother.forward(message, album="again") for message in seen]
        assert len({message.album for message in again}) == 1
        assert again[0].album != seen[0].album
        assert (await mother.forward(seen[0])).album is None

    async def test_do_not_hold_everything(self, mother: Person) -> None:
        for items in ([AlbumItem("photo", b"1")], [AlbumItem("photo", b"1")] * 11):
            with pytest.raises(SandboxError, match="2 to 10"):
                await mother.send_album(items)
        with pytest.raises(SandboxError, match="of kind document does not fit into this album"):
            await mother.send_album([AlbumItem("photo", b"1"), AlbumItem("document", b"2")])
        for _ in range(10):
            await mother.send_photo(b"x", album="full")
        with pytest.raises(SandboxError, match="at most 10"):
            await mother.send_photo(b"x", album="full")
        gif = await mother.send_animation(b"x")
        with pytest.raises(SandboxError, match="of kind animation cannot be part of an album"):
            await mother.forward(gif, album="gifs")


class TestForwarded:
    async def test_from_a_person_a_hidden_one_and_a_channel(
        self, api: Api, telegram: SandboxClient, mother: Person
    ) -> None:
        dina = await telegram.person("Dina", last_name="A.")
        news = await telegram.channel("News", username="news_kz", bot=None)
        at = {"date": 1641470400}
        seen = await mother.send_photo(b"x", caption="c", forwarded_from=dina)
        origin = (await last(api))["forward_origin"]
        user = {"id": dina.id, "is_bot": False, "first_name": "Dina", "last_name": "A."}
        assert origin == at | {"type": "user", "sender_user": user}
        assert seen.forwarded_from == "Dina A."
        seen = await mother.send_voice(b"x", forwarded_from="Somebody")
        origin = (await last(api))["forward_origin"]
        assert origin == at | {"type": "hidden_user", "sender_user_name": "Somebody"}
        assert seen.forwarded_from == "Somebody"
        seen = await mother.send("news", forwarded_from=news)
        chat = {"id": news.id, "type": "channel", "title": "News", "username": "news_kz"}
        origin = (await last(api))["forward_origin"]
        assert origin == at | {"type": "channel", "chat": chat, "message_id": 1}
        assert seen.forwarded_from == "News"

    async def test_whatever_is_in_them(self, api: Api, mother: Person) -> None:
        sent = [
            await mother.send("x", forwarded_from="A"),
            await mother.send_photo(b"x", forwarded_from="A"),
            await mother.send_document(b"x", forwarded_from="A"),
            await mother.send_video(b"x", forwarded_from="A"),
            await mother.send_audio(b"x", forwarded_from="A"),
            await mother.send_animation(b"x", forwarded_from="A"),
            await mother.send_voice(b"x", forwarded_from="A"),
            await mother.send_video_note(b"x", forwarded_from="A"),
            await mother.send_sticker(forwarded_from="A"),
            await mother.send_location(43, 76, forwarded_from="A"),
            await mother.send_contact("+7", "B", forwarded_from="A"),
            *await mother.send_album([AlbumItem("photo", b"1"), AlbumItem("photo", b"2")], forwarded_from="A"),
        ]
        arrived = [update["message"] for update in (await api.updates())[1:]]
        assert len(sent) == len(arrived)
        assert {message["forward_origin"]["sender_user_name"] for message in arrived} == {"A"}
        with pytest.raises(SandboxError, match="a forwarded"):
            await mother.edit_caption(sent[1], "new")

    async def test_a_file_keeps_its_ids_and_a_post_its_date(
        self, api: Api, telegram: SandboxClient, mother: Person, clock: Clock
    ) -> None:
        news = await telegram.channel("News", members=[mother])
        post = await mother.send_document(b"x", chat=news)
        assert post.file is not None
        clock.forward(days=1)
        forwarded = await mother.forward(post)
        arrived = await last(api)
        assert (arrived["date"], arrived["forward_origin"]["date"]) == (1641556800, 1641470400)
        assert arrived["document"]["file_id"] == post.file.file_id
        assert forwarded.file == post.file

    async def test_from_one_place_only(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team", members=[mother])
        for given, words in (
            ({"forwarded_name": "A", "forwarded_person": mother.id}, "a message is forwarded from one place"),
            ({"forwarded_channel": team.id}, f"chat {team.id} is no channel"),
        ):
            body = {"person": mother.id, "text": "x"} | given
            async with api.session.post(f"{api.url}/sandbox/messages", json=body) as response:
                assert (response.status, (await response.json())["error"]) == (400, words)
