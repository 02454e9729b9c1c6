from typing import Any

import pytest

from bot.sandbox import Person, SandboxClient, SandboxError
from tests.bot.sandbox.support import BUTTONS, Api, Clock

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def named(message: dict[str, Any]) -> dict[str, Any]:
    return {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}


async def test_an_edit_shows_and_is_dated(api: Api, mother: Person, clock: Clock) -> None:
    sent = await api.say(mother, "old")
    clock.forward(seconds=5)
    edited = await api.ok("editMessageText", **named(sent), text="<b>new</b>", parse_mode="HTML")
    assert (edited["text"], edited["edit_date"], edited["date"]) == ("new", 1641470405, 1641470400)
    await mother.refresh()
    assert (mother.last_message.html, mother.last_message.edited) == ("<b>new</b>", True)


async def test_an_edit_without_a_keyboard_takes_it_away(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "old", reply_markup=BUTTONS)
    edited = await api.ok("editMessageText", **named(sent), text="new")
    assert "reply_markup" not in edited


async def test_the_same_again_is_not_modified(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "x", reply_markup=BUTTONS)
    assert await api.refused("editMessageText", **named(sent), text="x", reply_markup=BUTTONS) == NOT_MODIFIED
    assert await api.refused("editMessageReplyMarkup", **named(sent), reply_markup=BUTTONS) == NOT_MODIFIED
    await api.ok("editMessageReplyMarkup", **named(sent))
    empty: dict[str, Any] = {"inline_keyboard": []}
    assert await api.refused("editMessageReplyMarkup", **named(sent), reply_markup=empty) == NOT_MODIFIED


async def test_editing_ones_own_has_no_age_limit(
    api: Api, telegram: SandboxClient, mother: Person, clock: Clock
) -> None:
    chats = [
        await telegram.group("Team"),
        await telegram.group("Old", supergroup=False),
        await telegram.channel("News"),
    ]
    for chat in [*chats, mother]:
        sent = await api.say(chat, "old")
        clock.forward(days=400)
        assert (await api.ok("editMessageText", **named(sent), text="new"))["text"] == "new"


async def test_captions_are_edited(api: Api, mother: Person) -> None:
    file_id = (await mother.send_photo(b"x")).file
    assert file_id is not None
    sent = await api.ok("sendPhoto", chat_id=mother.id, photo=file_id.file_id, caption="old")
    edited = await api.ok("editMessageCaption", **named(sent), caption="new")
    assert (edited["caption"], "photo" in edited) == ("new", True)
    assert "caption" not in await api.ok("editMessageCaption", **named(sent))


async def test_what_cannot_be_edited(api: Api, mother: Person) -> None:
    text = await api.say(mother)
    with_keyboard = await api.say(mother, reply_markup={"keyboard": [["a"]]})
    photo = await mother.send_photo(b"x")
    assert photo.file is not None
    picture = await api.ok("sendPhoto", chat_id=mother.id, photo=photo.file.file_id)
    there = {"chat_id": mother.id, "text": "new"}
    words = {
        "message to edit not found": await api.refused("editMessageText", message_id=99, **there),
        "message can't be edited": await api.refused("editMessageText", message_id=1, **there),
        "message identifier is not specified": await api.refused("editMessageText", **there),
        "there is no text in the message to edit": await api.refused("editMessageText", **named(picture), text="x"),
        "there is no caption in the message to edit": await api.refused("editMessageCaption", **named(text)),
    }
    for expected, given in words.items():
        assert given == f"Bad Request: {expected}"
    refused = await api.refused("editMessageText", **named(with_keyboard), text="x")
    assert refused == "Bad Request: message can't be edited"


class TestDeleting:
    async def test_a_message_goes_away(self, api: Api, mother: Person) -> None:
        sent = await api.say(mother)
        assert await api.ok("deleteMessage", **named(sent)) is True
        await mother.refresh()
        assert [message.text for message in mother.messages] == ["/start"]
        assert await api.refused("deleteMessage", **named(sent)) == "Bad Request: message to delete not found"

    async def test_in_private_a_persons_own_too(self, api: Api, mother: Person) -> None:
        await api.ok("deleteMessage", chat_id=mother.id, message_id=1)
        await mother.refresh()
        assert mother.messages == ()

    async def test_not_after_48_hours(self, api: Api, mother: Person, clock: Clock) -> None:
        sent = await api.say(mother)
        clock.forward(hours=48)
        words = await api.refused("deleteMessage", **named(sent))
        assert words == "Bad Request: message can't be deleted for everyone"

    @pytest.mark.parametrize("role", ["member", "admin"])
    async def test_in_groups_only_administrators_delete_others(
        self, api: Api, telegram: SandboxClient, mother: Person, role: Any
    ) -> None:
        team = await telegram.group("Team", members=[mother], bot=role)
        theirs = await mother.send("hello", chat=team)
        body = await api.call("deleteMessage", chat_id=team.id, message_id=theirs.message_id)
        assert body.get("description") == (None if role == "admin" else "Bad Request: message can't be deleted")

    async def test_many_at_once_pass_over_what_is_gone(self, api: Api, mother: Person) -> None:
        sent = await api.say(mother)
        assert await api.ok("deleteMessages", chat_id=mother.id, message_ids=[1, sent["message_id"], 99]) is True
        await mother.refresh()
        assert mother.messages == ()

    async def test_many_at_once_pass_over_what_is_too_old(self, api: Api, mother: Person, clock: Clock) -> None:
        old = await api.say(mother, "old")
        clock.forward(hours=48)
        new, theirs = await api.say(mother, "new"), await mother.send("theirs")
        ids = [1, old["message_id"], new["message_id"], theirs.message_id]
        assert await api.ok("deleteMessages", chat_id=mother.id, message_ids=ids) is True
        await mother.wait_until_gone(new["message_id"])
        await mother.wait_until_gone(theirs)
        assert [message.text for message in mother.messages] == ["/start", "old"]

    async def test_ids_of_another_chat_are_not_touched(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        dina = await telegram.person("Dina")
        hers = await dina.send("/start")
        assert await api.ok("deleteMessages", chat_id=mother.id, message_ids=[hers.message_id]) is True
        there = {"chat_id": mother.id, "message_id": hers.message_id}
        assert await api.refused("deleteMessage", **there) == "Bad Request: message to delete not found"
        await dina.refresh()
        assert dina.messages == (hers,)

    async def test_what_is_deleted_can_be_neither_pressed_nor_answered_nor_edited(
        self, api: Api, mother: Person
    ) -> None:
        sent = await api.say(mother, reply_markup=BUTTONS)
        seen = await mother.wait_for("hello")
        await api.ok("deleteMessages", chat_id=mother.id, message_ids=[sent["message_id"]])
        with pytest.raises(SandboxError, match="there are: none at all"):
            await mother.press("Yes")
        with pytest.raises(SandboxError, match="there is no message"):
            await mother.send("x", reply_to=seen)
        refused = await api.refused("editMessageText", **named(sent), text="x")
        assert refused == "Bad Request: message to edit not found"

    @pytest.mark.parametrize(
        ("ids", "words"),
        [
            ([], "message identifiers are not specified"),
            (list(range(1, 102)), "too many message identifiers specified"),
            (["1"], "invalid message identifier specified"),
            ([1, 0], "invalid message identifier specified"),
        ],
    )
    async def test_many_at_once_are_1_to_100(self, api: Api, mother: Person, ids: list[Any], words: str) -> None:
        refused = await api.refused("deleteMessages", chat_id=mother.id, message_ids=ids)
        assert refused == f"Bad Request: {words}"


async def test_empty_rows_make_no_difference(api: Api, mother: Person) -> None:
    sent = await api.say(mother, reply_markup=BUTTONS)
    more_rows = {"inline_keyboard": [[], *BUTTONS["inline_keyboard"], []]}
    there = {"chat_id": mother.id, "message_id": sent["message_id"]}
    words = await api.refused("editMessageReplyMarkup", **there, reply_markup=more_rows)
    assert words.startswith("Bad Request: message is not modified")
