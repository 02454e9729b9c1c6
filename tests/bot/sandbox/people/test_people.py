from typing import Any

import pytest

from bot.sandbox import Group, Person, SandboxClient, SandboxError
from tests.bot.sandbox.support import BUTTONS, Api, Clock


async def last(api: Api) -> dict[str, Any]:
    return (await api.updates())[-1]


async def test_a_message_reaches_the_bot_as_telegram_writes_it(api: Api, mother: Person) -> None:
    assert await last(api) == {
        "update_id": 700000001,
        "message": {
            "message_id": 1,
            "from": {"id": mother.id, "is_bot": False, "first_name": "Aigerim", "language_code": "ru"},
            "chat": {"id": mother.id, "type": "private", "first_name": "Aigerim"},
            "date": 1641470400,
            "text": "/start",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        },
    }
    assert mother.id > 2**32


async def test_an_answer_names_what_it_answers(api: Api, mother: Person) -> None:
    question = await api.say(mother, "Name?")
    await mother.send("Askar", reply_to=question["message_id"])
    assert (await last(api))["message"]["reply_to_message"]["text"] == "Name?"
    with pytest.raises(SandboxError, match="there is no message 99"):
        await mother.send("Askar", reply_to=99)


async def test_other_kinds_of_messages(api: Api, mother: Person) -> None:
    await mother.send_voice(b"opus", duration=7)
    await mother.send_sticker("😢")
    await mother.send_location(43.2, 76.9)
    await mother.send_contact("+77010000000", "Aigerim", user_id=mother.id)
    voice, sticker, location, contact = (update["message"] for update in (await api.updates())[1:])
    assert (voice["voice"]["duration"], voice["voice"]["mime_type"], voice["voice"]["file_size"]) == (7, "audio/ogg", 4)
    assert sticker["sticker"]["emoji"] == "😢"
    assert location["location"] == {"latitude": 43.2, "longitude": 76.9}
    assert contact["contact"] == {"phone_number": "+77010000000", "first_name": "Aigerim", "user_id": mother.id}


async def test_an_album_is_separate_messages_with_one_id(api: Api, mother: Person) -> None:
    await mother.send_photo(b"a", caption="both", album="x")
    await mother.send_photo(b"b", album="x")
    await mother.send_document(b"c", album="y")
    first, second, third = (update["message"] for update in (await api.updates())[1:])
    assert first["media_group_id"] == second["media_group_id"] != third["media_group_id"]
    assert first["caption"] == "both"


class TestEditing:
    async def test_an_edit_is_an_update_of_its_own(self, api: Api, mother: Person, clock: Clock) -> None:
        sent = await mother.send("old")
        clock.forward(seconds=9)
        await mother.edit(sent, "new")
        update = await last(api)
        assert (update["edited_message"]["text"], update["edited_message"]["edit_date"]) == ("new", 1641470409)
        assert mother.last_message.text == "new"

    async def test_a_caption_can_be_edited(self, api: Api, mother: Person) -> None:
        photo = await mother.send_photo(b"a", caption="old")
        await mother.edit(photo, "new")
        assert (await last(api))["edited_message"]["caption"] == "new"

    async def test_only_ones_own(self, api: Api, mother: Person) -> None:
        await api.say(mother)
        seen = await mother.wait_for("hello")
        with pytest.raises(SandboxError, match="only one's own messages can be edited"):
            await mother.edit(seen, "new")

    async def test_not_to_the_same(self, mother: Person) -> None:
        with pytest.raises(SandboxError, match="the same as the old one"):
            await mother.edit(mother.last_message, "/start")

    async def test_not_what_was_forwarded(self, mother: Person) -> None:
        forwarded = await mother.forward(mother.last_message)
        with pytest.raises(SandboxError, match="forwarded"):
            await mother.edit(forwarded, "new")


async def test_deleting_is_not_told_to_the_bot(api: Api, telegram: SandboxClient, mother: Person) -> None:
    await api.say(mother)
    pending = await telegram.pending_updates()
    for message in (*mother.messages, await mother.wait_for("hello")):
        await mother.delete(message)
    assert mother.messages == ()
    assert await telegram.pending_updates() == pending


async def test_forwarding_tells_the_origin(api: Api, mother: Person) -> None:
    await mother.forward(mother.last_message)
    origin = (await last(api))["message"]["forward_origin"]
    assert (origin["type"], origin["sender_user"]["id"]) == ("user", mother.id)


async def test_protected_content_is_not_forwarded(api: Api, mother: Person) -> None:
    await api.say(mother, protect_content=True)
    with pytest.raises(SandboxError, match="protected"):
        await mother.forward(await mother.wait_for("hello"))


class TestPressing:
    async def test_a_press_reaches_the_bot(self, api: Api, mother: Person) -> None:
        sent = await api.say(mother, reply_markup=BUTTONS)
        press = await mother.press("Yes")
        query = (await last(api))["callback_query"]
        assert (query["id"], query["data"], query["from"]["id"]) == (press.query_id, "y", mother.id)
        assert query["message"]["message_id"] == sent["message_id"] == press.message_id

    async def test_twice_is_two_queries(self, api: Api, mother: Person) -> None:
        await api.say(mother, reply_markup=BUTTONS)
        assert (await mother.press("Yes")).query_id != (await mother.press("Yes")).query_id

    async def test_a_button_that_is_gone_cannot_be_pressed(self, api: Api, mother: Person) -> None:
        sent = await api.say(mother, reply_markup=BUTTONS)
        await api.ok("editMessageReplyMarkup", chat_id=mother.id, message_id=sent["message_id"])
        with pytest.raises(SandboxError, match="there are: none at all"):
            await mother.press("Yes")

    async def test_a_link_is_no_button_to_press(self, api: Api, mother: Person) -> None:
        await api.say(mother, reply_markup={"inline_keyboard": [[{"text": "Site", "url": "http://a.kz"}]]})
        with pytest.raises(SandboxError, match="opens a link"):
            await mother.press("Site")

    async def test_a_reply_keyboard_types_its_label(self, api: Api, mother: Person) -> None:
        await api.say(mother, reply_markup={"keyboard": [["Қазақша", {"text": "Русский"}]]})
        press = await mother.press("Русский")
        assert press.query_id == ""
        assert (await last(api))["message"]["text"] == "Русский"

    async def test_a_bot_that_left_cannot_be_asked(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team", members=[mother])
        await api.say(team, reply_markup=BUTTONS)
        await team.remove_bot()
        with pytest.raises(SandboxError, match="no longer in this chat"):
            await mother.press("Yes", chat=team)


class TestBlocking:
    async def test_is_told_to_the_bot(self, api: Api, mother: Person) -> None:
        await mother.block_bot()
        blocked = (await last(api))["my_chat_member"]
        assert (blocked["old_chat_member"]["status"], blocked["new_chat_member"]["status"]) == ("member", "kicked")
        assert blocked["chat"]["type"] == "private"
        await mother.unblock_bot()
        unblocked = (await last(api))["my_chat_member"]
        assert unblocked["new_chat_member"]["status"] == "member"

    async def test_silences_the_person_too(self, mother: Person) -> None:
        await mother.block_bot()
        with pytest.raises(SandboxError, match="unblock it first"):
            await mother.send("hello")

    async def test_is_done_once(self, telegram: SandboxClient, mother: Person) -> None:
        with pytest.raises(SandboxError, match="not blocked"):
            await mother.unblock_bot()
        await mother.block_bot()
        with pytest.raises(SandboxError, match="blocked already"):
            await mother.block_bot()
        stranger = await telegram.person("Stranger")
        with pytest.raises(SandboxError, match="has not written"):
            await stranger.block_bot()

    async def test_who_is_gone_does_nothing_more(self, mother: Person) -> None:
        await mother.deactivate()
        with pytest.raises(SandboxError, match="deleted the account"):
            await mother.send("hello")


class TestPrivacyMode:
    @pytest.fixture
    async def team(self, telegram: SandboxClient, mother: Person) -> Group:
        return await telegram.group("Team", members=[mother], bot="member")

    @pytest.mark.parametrize("text", ["/queue", "/queue@Sandbox_Bot now"])
    async def test_commands_are_heard(self, api: Api, mother: Person, team: Group, text: str) -> None:
        await mother.send(text, chat=team)
        assert (await last(api))["message"]["text"] == text

    @pytest.mark.parametrize("text", ["hello", "see /queue", "/queue@other_bot"])
    async def test_other_talk_is_not(self, telegram: SandboxClient, mother: Person, team: Group, text: str) -> None:
        pending = await telegram.pending_updates()
        await mother.send(text, chat=team)
        assert await telegram.pending_updates() == pending
        assert team.last_message.text == text

    async def test_answers_to_the_bot_are_heard(self, api: Api, mother: Person, team: Group) -> None:
        asked = await api.say(team, "Name?")
        await mother.send("Askar", chat=team, reply_to=asked["message_id"])
        assert (await last(api))["message"]["text"] == "Askar"

    async def test_answers_to_others_are_not(self, telegram: SandboxClient, mother: Person, team: Group) -> None:
        said = await mother.send("hello", chat=team)
        pending = await telegram.pending_updates()
        await mother.send("hello again", chat=team, reply_to=said)
        assert await telegram.pending_updates() == pending

    async def test_an_administrator_hears_everything(self, api: Api, mother: Person, team: Group) -> None:
        await team.add_bot("admin")
        await mother.send("hello", chat=team)
        assert (await last(api))["message"]["text"] == "hello"


class TestWhoMayWriteWhere:
    async def test_members_only(self, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team")
        with pytest.raises(SandboxError, match="is not a member"):
            await mother.send("hello", chat=team)

    async def test_nobody_in_a_strangers_private_chat(self, telegram: SandboxClient, mother: Person) -> None:
        other = await telegram.person("Other")
        with pytest.raises(SandboxError, match="somebody else's private chat"):
            await other.send("hello", chat=mother)

    async def test_the_owner_posts_in_a_channel(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        reader = await telegram.person("Reader")
        news = await telegram.channel("Digest", members=[mother, reader])
        post = await mother.send("news", chat=news)
        assert (await last(api))["channel_post"]["sender_chat"]["id"] == news.id
        await mother.edit(post, "more news")
        assert (await last(api))["edited_channel_post"]["text"] == "more news"
        with pytest.raises(SandboxError, match="only the owner"):
            await reader.send("news", chat=news)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
    async def test_texts_have_1_to_4096_characters(self, mother: Person, text: str) -> None:
        with pytest.raises(SandboxError):
            await mother.send(text)

    async def test_in_a_group_only_administrators_delete_others(
        self, api: Api, telegram: SandboxClient, mother: Person
    ) -> None:
        dina = await telegram.person("Dina")
        team = await telegram.group("Team", members=[mother, dina])
        await api.say(team)
        seen = await team.wait_for("hello")
        with pytest.raises(SandboxError, match="only one's own"):
            await dina.delete(seen)
        await mother.delete(seen)
        assert seen not in team.messages


async def test_an_edited_message_loses_its_old_entities(api: Api, mother: Person) -> None:
    sent = await mother.send("/help and https://a.kz")
    await mother.edit(sent, "nothing special")
    assert "entities" not in (await last(api))["edited_message"]
    photo = await mother.send_photo(b"x", caption="https://a.kz")
    await mother.edit(photo, "plain")
    edited = (await last(api))["edited_message"]
    assert edited["caption"] == "plain"
    assert "caption_entities" not in edited
    assert edited["photo"]
