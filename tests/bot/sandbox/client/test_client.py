import asyncio

import pytest

from bot.sandbox import Button, NoSuchButton, NotSeen, Person, SandboxClient, SandboxError, SandboxServer
from tests.bot.sandbox.support import BUTTONS, Api


async def test_shows_what_the_chat_shows(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "<b>2 of 5</b>", parse_mode="HTML", reply_markup=BUTTONS, protect_content=True)
    await mother.refresh()
    seen = mother.last_message
    assert (seen.message_id, seen.text, seen.html) == (sent["message_id"], "2 of 5", "<b>2 of 5</b>")
    assert seen.buttons == ((Button("Yes", data="y"), Button("No", data="n")),)
    assert (seen.labels, seen.keyboard) == (("Yes", "No"), "inline")
    assert (seen.from_bot, seen.protected, seen.edited, seen.author) == (True, True, False, "Sandbox")
    assert mother.last_from_bot == seen
    assert [message.text for message in mother.messages] == ["/start", "2 of 5"]


async def test_edits_and_deletions_are_followed(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "old")
    there = {"chat_id": mother.id, "message_id": sent["message_id"]}
    await api.ok("editMessageText", **there, text="new")
    await mother.refresh()
    assert mother.last_message.text == "new"
    await api.ok("deleteMessage", **there)
    await mother.refresh()
    assert mother.last_message.text == "/start"


async def test_what_is_gone_is_remembered_as_it_looked_last(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "old")
    there = {"chat_id": mother.id, "message_id": sent["message_id"]}
    await api.ok("editMessageText", **there, text="new")
    waiting = asyncio.create_task(mother.wait_until_gone(sent["message_id"]))
    await api.ok("deleteMessage", **there)
    await waiting
    await mother.delete(mother.messages[0])
    assert [message.text for message in mother.deleted] == ["/start", "new"]
    assert mother.messages == ()
    with pytest.raises(NotSeen, match="the deletion of message 99"):
        await mother.wait_until_gone(99, timeout=0.001)


class TestWaiting:
    async def test_for_words_that_come_later(self, api: Api, mother: Person) -> None:
        waiting = asyncio.create_task(mother.wait_for("of 5"))
        await api.say(mother, "something else")
        await api.say(mother, "2 of 5")
        assert (await waiting).text == "2 of 5"

    async def test_for_words_that_are_there_already(self, api: Api, mother: Person) -> None:
        await api.say(mother, "2 of 5")
        assert (await mother.wait_for("of 5")).text == "2 of 5"

    async def test_for_an_edit(self, api: Api, mother: Person) -> None:
        sent = await api.say(mother, "old")
        await api.ok("editMessageText", chat_id=mother.id, message_id=sent["message_id"], text="2 of 5")
        assert (await mother.wait_for("of 5")).edited

    async def test_for_what_a_callable_accepts(self, api: Api, mother: Person) -> None:
        await api.say(mother, "x", reply_markup=BUTTONS)
        assert (await mother.wait_for(lambda message: "Yes" in message.labels)).text == "x"

    async def test_only_what_comes_after_ones_own_last_action(self, api: Api, mother: Person) -> None:
        await api.say(mother, "saved")
        await mother.send("another")
        with pytest.raises(NotSeen):
            await mother.wait_for("saved", timeout=0.001)
        assert (await mother.wait_for("saved", after=0)).text == "saved"

    async def test_one_after_another(self, api: Api, mother: Person) -> None:
        for _ in range(2):
            await api.say(mother, "saved")
        first = await mother.wait_for("saved")
        second = await mother.wait_for("saved", after=first)
        assert second.message_id > first.message_id

    async def test_names_what_did_not_come_and_what_came(self, api: Api, mother: Person) -> None:
        await api.say(mother, "something else")
        await mother.refresh()
        with pytest.raises(NotSeen) as failure:
            await mother.wait_for("2 of 5", timeout=0.001)
        assert "'2 of 5' did not appear in Person(6000000001)" in str(failure.value)
        assert "the last message begins 'something else'" in str(failure.value)
        assert isinstance(failure.value, AssertionError)

    async def test_does_not_take_ones_own_words(self, mother: Person) -> None:
        with pytest.raises(NotSeen):
            await mother.wait_for("/start", timeout=0.001, after=0)

    async def test_in_a_group_after_a_members_action(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        team = await telegram.group("Team", members=[mother])
        await api.say(team, "approved", reply_markup=BUTTONS)
        await team.wait_for("approved")
        await mother.press("Yes", chat=team)
        with pytest.raises(NotSeen):
            await team.wait_for("approved", timeout=0.001)

    async def test_many_wait_at_once(self, api: Api, telegram: SandboxClient) -> None:
        people = [await telegram.person(f"Person {number}") for number in range(30)]
        for person in people:
            await person.send("/start")
        waiting = asyncio.gather(*(person.wait_for("hello") for person in people))
        for person in people:
            await api.say(person)
        assert {seen.chat_id for seen in await waiting} == {person.id for person in people}


class TestToasts:
    async def test_are_shown_to_the_one_who_pressed(self, api: Api, telegram: SandboxClient, mother: Person) -> None:
        dina = await telegram.person("Dina")
        team = await telegram.group("Team", members=[dina, mother])
        await api.say(team, reply_markup=BUTTONS)
        press = await dina.press("Yes", chat=team)
        await api.ok("answerCallbackQuery", callback_query_id=press.query_id, text="Taken", show_alert=True)
        toast = await dina.wait_for_toast("Take")
        assert (toast.text, toast.alert) == ("Taken", True)
        await mother.refresh()
        assert mother.toasts == ()

    async def test_are_shown_once_however_many_look(self, api: Api, mother: Person) -> None:
        await api.say(mother, reply_markup=BUTTONS)
        press = await mother.press("Yes")
        await api.ok("answerCallbackQuery", callback_query_id=press.query_id, text="Taken")
        await asyncio.gather(mother.refresh(), mother.refresh())
        assert [toast.text for toast in mother.toasts] == ["Taken"]

    async def test_that_do_not_come_are_named(self, mother: Person) -> None:
        with pytest.raises(NotSeen, match="'saved' did not appear"):
            await mother.wait_for_toast("saved", timeout=0.001)


async def test_an_unknown_button_names_the_labels_there_are(api: Api, mother: Person) -> None:
    await api.say(mother, reply_markup=BUTTONS)
    with pytest.raises(NoSuchButton, match="there are: 'Yes', 'No'") as refusal:
        await mother.press("Maybe")
    assert refusal.value.labels == ("Yes", "No")


async def test_a_button_of_one_message(api: Api, mother: Person) -> None:
    first = await api.say(mother, "first", reply_markup=BUTTONS)
    await api.say(mother, "second", reply_markup=BUTTONS)
    seen = await mother.wait_for("first")
    assert (await mother.press("Yes", message=seen)).message_id == first["message_id"]
    assert (await mother.press("Yes", message=first["message_id"])).message_id == first["message_id"]


async def test_downloads_what_the_bot_sent(mother: Person) -> None:
    sent = await mother.send_document(b"name", filename="list.txt")
    assert await mother.download(sent) == b"name"
    assert sent.file is not None
    assert (sent.file.name, sent.file.mime_type, sent.file.size) == ("list.txt", "text/plain", 4)
    with pytest.raises(ValueError, match="has no file"):
        await mother.download(mother.messages[0])


async def test_events_tell_the_whole_story(api: Api, telegram: SandboxClient, mother: Person) -> None:
    await api.say(mother, "2 of 5", reply_markup=BUTTONS)
    press = await mother.press("Yes")
    await api.ok("answerCallbackQuery", callback_query_id=press.query_id)
    events = await telegram.events()
    assert [(event.seq, event.who, event.kind, event.text) for event in events] == [
        (1, "Aigerim", "message", "/start"),
        (2, "Sandbox", "message", "2 of 5"),
        (3, "Aigerim", "press", "Yes"),
        (4, "Sandbox", "answer", ""),
    ]
    assert [button.text for button in events[1].buttons[0]] == ["Yes", "No"]
    assert [event.seq for event in await telegram.events(after=2, chat=mother)] == [3, 4]


async def test_another_client_sees_the_same(server: SandboxServer, api: Api, mother: Person) -> None:
    await api.say(mother)
    await mother.refresh()
    async with SandboxClient(server.url) as other:
        assert (await other.events(chat=mother))[-1].message == mother.last_message


async def test_an_empty_chat_has_no_last_message(telegram: SandboxClient) -> None:
    person = await telegram.person("Dina")
    with pytest.raises(NotSeen, match="there is no message in"):
        _ = person.last_message
    with pytest.raises(NotSeen, match="there is no message of the bot"):
        _ = person.last_from_bot


async def test_a_feed_that_has_forgotten_is_made_up_for(api: Api, mother: Person) -> None:
    """More happens than the feed keeps (5,000 events a chat) before anybody looks."""
    gone = (await api.say(mother, "gone"))["message_id"]
    first = (await api.say(mother, "0"))["message_id"]
    await mother.refresh()
    await api.ok("deleteMessage", chat_id=mother.id, message_id=gone)
    for number in range(1, 5_002):
        await api.ok("editMessageText", chat_id=mother.id, message_id=first, text=str(number))
    await mother.refresh()
    assert [message.text for message in mother.messages] == ["/start", "5001"]
    assert [message.text for message in mother.deleted] == ["gone"]


async def test_what_the_server_refuses_is_raised_in_its_words(mother: Person) -> None:
    with pytest.raises(SandboxError, match="there is no message 99 in chat 6000000001"):
        await mother.send("x", reply_to=99)
