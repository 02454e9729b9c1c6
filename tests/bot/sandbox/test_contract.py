"""The server driven by python-telegram-bot's own client, which stands for every bot written with it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatMemberAdministrator,
    ChatMemberOwner,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.sandbox import AlbumItem, Person, SandboxClient, SandboxServer

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Skip", callback_data="s"), InlineKeyboardButton("Site", "http://a.kz")]]
)


@pytest.fixture
async def bot(server: SandboxServer) -> AsyncIterator[Bot]:
    made = Bot(server.token, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot")
    async with made:
        yield made


async def last_update(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def test_get_me(bot: Bot, server: SandboxServer) -> None:
    assert (await bot.get_me()).username == server.username


async def test_a_message_with_html_and_a_keyboard(bot: Bot, mother: Person) -> None:
    message = await bot.send_message(
        mother.id,
        "<b>2 of 5</b> &amp; <a href='http://a.kz'>more</a>",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        reply_parameters=ReplyParameters(1),
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    assert message.text_html == '<b>2 of 5</b> &amp; <a href="http://a.kz">more</a>'
    assert message.reply_markup == KEYBOARD
    assert message.has_protected_content
    assert message.link_preview_options == LinkPreviewOptions(is_disabled=True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "/start"
    assert (await mother.wait_for("2 of 5")).labels == ("Skip", "Site")


async def test_reply_to_message_id_becomes_reply_parameters(bot: Bot, mother: Person) -> None:
    message = await bot.send_message(mother.id, "x", reply_to_message_id=1, allow_sending_without_reply=True)
    assert message.reply_to_message is not None


async def test_a_reply_keyboard_is_pressed(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.id, "Language?", reply_markup=ReplyKeyboardMarkup([["Қазақша", "Русский"]]))
    await mother.press("Русский")
    message = (await last_update(bot)).message
    assert message is not None
    assert message.text == "Русский"


async def test_entities_of_ones_own(bot: Bot, mother: Person) -> None:
    entity = MessageEntity(MessageEntity.BOLD, 0, 1)
    assert (await bot.send_message(mother.id, "x", entities=[entity])).entities == (entity,)


async def test_press_answer_edit_delete(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.id, "2 of 5", reply_markup=KEYBOARD)
    await mother.press("Skip")
    query = (await last_update(bot)).callback_query
    assert query is not None
    assert query.data == "s"
    assert await query.answer("Skipped")
    edited = await query.edit_message_text("3 of 5")
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    await mother.refresh()
    assert (mother.last_message.text, mother.last_message.labels) == ("3 of 5", ())
    assert [toast.text for toast in mother.toasts] == ["Skipped"]
    assert await query.delete_message()
    await mother.refresh()
    assert mother.last_message.text == "/start"


async def test_updates_parse_whatever_people_do(bot: Bot, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], supergroup=False, bot="admin")
    await mother.send("hello", chat=team)
    await team.migrate()
    await mother.send_photo(b"x", caption="c", album="a")
    await mother.send_voice(b"x")
    await mother.send_audio(b"x", title="t", performer="p", forwarded_from=mother)
    await mother.send_video(b"x", caption="c", forwarded_from="Somebody")
    await mother.send_video_note(b"x", forwarded_from=await telegram.channel("News"))
    await mother.send_animation(b"x")
    await mother.edit_caption(await mother.send_document(b"x", caption="a"), "b")
    await mother.send_album([AlbumItem("video", b"1"), AlbumItem("photo", b"2")])
    await mother.send_sticker()
    await mother.send_location(43, 76)
    await mother.send_contact("+7", "A", last_name="B")
    await mother.edit(await mother.send("a"), "b")
    await mother.forward(mother.last_message)
    await mother.block_bot()
    for update in await bot.get_updates():
        assert update.effective_chat is not None
        assert update.api_kwargs == {}


async def test_files(bot: Bot, mother: Person) -> None:
    await mother.send_photo(b"0123456789")
    message = (await last_update(bot)).message
    assert message is not None
    file = await bot.get_file(message.photo[-1])
    assert bytes(await file.download_as_bytearray()) == b"0123456789"
    sent = await bot.send_document(mother.id, b"a,b", filename="all.csv", caption="<i>All</i>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption_html) == ("all.csv", "<i>All</i>")
    await bot.send_document(mother.id, sent.document)
    await bot.send_photo(mother.id, b"\xff\xd8\xff")
    album = await bot.send_media_group(mother.id, [InputMediaPhoto(b"GIF81", caption="c"), InputMediaPhoto(b"GIF82")])
    assert album[0].media_group_id == album[1].media_group_id
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("x")


async def test_recordings_are_downloaded_and_sent_again(bot: Bot, mother: Person) -> None:
    for kind in ("voice", "audio", "video", "video_note", "animation"):
        await getattr(mother, f"send_{kind}")(kind.encode(), duration=5)
        message = (await last_update(bot)).message
        assert message is not None
        about: Any = message.effective_attachment
        file = await bot.get_file(about.file_id)
        assert bytes(await file.download_as_bytearray()) == kind.encode()
        send = getattr(bot, f"send_{kind}")
        again = await send(mother.id, about)
        assert again.effective_attachment == about
        new = await send(mother.id, b"new", duration=timedelta(seconds=7))
        assert new.effective_attachment.file_size == 3
    again = await bot.send_voice(mother.id, b"x")
    assert again.voice is not None
    with pytest.raises(BadRequest, match="Can't use file of type voicenote as photo"):
        await bot.send_photo(mother.id, again.voice.file_id)


async def test_what_is_too_big_is_not_given(bot: Bot, mother: Person) -> None:
    await mother.send_document(filename="film.mkv", size=30 * 1024 * 1024)
    message = (await last_update(bot)).message
    assert message is not None
    assert message.document is not None
    assert message.document.file_size == 30 * 1024 * 1024
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(message.document)


async def test_copy_forward_pin_action(bot: Bot, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="admin")
    copy = await bot.copy_message(team.id, mother.id, 1)
    forwarded = await bot.forward_message(team.id, mother.id, 1)
    assert forwarded.forward_origin is not None
    assert copy.message_id != forwarded.message_id
    assert await bot.pin_chat_message(team.id, forwarded.message_id)
    assert await bot.send_chat_action(team.id, "typing")
    assert await bot.delete_messages(team.id, [copy.message_id, forwarded.message_id])


async def test_chats_and_members(bot: Bot, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="admin")
    assert (await bot.get_chat(team.id)).title == "Team"
    owner, itself = await bot.get_chat_administrators(team.id)
    assert isinstance(owner, ChatMemberOwner)
    assert isinstance(itself, ChatMemberAdministrator)
    assert itself.can_delete_messages
    assert (await bot.get_chat_member(team.id, mother.id)).status == "creator"
    assert await bot.get_chat_member_count(team.id) == 2
    assert await bot.leave_chat(team.id)


async def test_commands_and_descriptions(bot: Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("start", "Begin")], scope=scope, language_code="ru")
    assert await bot.get_my_commands(scope=scope, language_code="ru") == (BotCommand("start", "Begin"),)
    assert await bot.delete_my_commands(scope=scope, language_code="ru")
    assert await bot.set_my_description("Reports")
    assert (await bot.get_my_description()).description == "Reports"
    assert await bot.set_my_short_description("Reports")


async def test_a_long_poll_by_the_library(bot: Bot, mother: Person) -> None:
    first = await last_update(bot)
    poll = asyncio.create_task(bot.get_updates(offset=first.update_id + 1, timeout=50, allowed_updates=["message"]))
    await mother.send("hello")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "hello"


async def test_a_webhook_by_the_library(bot: Bot) -> None:
    url = "https://127.0.0.1:8443/hook"
    assert await bot.set_webhook(url, secret_token="s", max_connections=3, allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates) == (url, 3, ("message",))
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    assert await bot.delete_webhook(drop_pending_updates=True)


class TestErrors:
    async def test_bad_requests(self, bot: Bot, mother: Person) -> None:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(1, "x")
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(mother.id, "x" * 4097)
        with pytest.raises(BadRequest, match="Can't parse entities: unsupported start tag"):
            await bot.send_message(mother.id, "<div>", parse_mode="HTML")
        long = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(mother.id, "x", reply_markup=long)
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query("1")
        sent = await bot.send_message(mother.id, "x")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("x")
        await sent.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await sent.edit_text("y")

    async def test_forbidden(self, bot: Bot, mother: Person) -> None:
        await mother.block_bot()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(mother.id, "x")

    async def test_migrated(self, bot: Bot, telegram: SandboxClient) -> None:
        team = await telegram.group("Team", supergroup=False)
        new = await team.migrate()
        with pytest.raises(ChatMigrated) as migrated:
            await bot.send_message(team.id, "x")
        assert migrated.value.new_chat_id == new.id

    async def test_flood(
        self, bot: Bot, telegram: SandboxClient, mother: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PTB_TIMEDELTA", "true")  # what the library recommends, and will do by itself
        await telegram.fault(kind="flood", chat=mother, retry_after=7)
        with pytest.raises(RetryAfter) as flood:
            await bot.send_message(mother.id, "x")
        assert flood.value.retry_after == timedelta(seconds=7)

    @pytest.mark.parametrize("status", [500, 502])
    async def test_server_errors(self, bot: Bot, telegram: SandboxClient, status: int) -> None:
        await telegram.fault(kind="server_error", status=status)
        with pytest.raises(NetworkError):
            await bot.get_me()

    async def test_timed_out_though_delivered(self, bot: Bot, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="timeout_after_delivery", chat=mother, hold=60)
        with pytest.raises(TimedOut):
            await bot.send_message(mother.id, "lost", read_timeout=0.1)
        await mother.wait_for("lost")

    async def test_dropped(self, bot: Bot, telegram: SandboxClient, mother: Person) -> None:
        await telegram.fault(kind="drop_connection", chat=mother)
        with pytest.raises(NetworkError):
            await bot.send_message(mother.id, "lost")

    async def test_unknown_method(self, bot: Bot) -> None:
        with pytest.raises(EndPointNotFound):
            await bot.do_api_request("sendNonsense")

    async def test_wrong_token(self, server: SandboxServer) -> None:
        wrong = Bot("1:wrong", base_url=f"{server.url}/bot")
        with pytest.raises(InvalidToken):
            await wrong.initialize()
        await wrong.shutdown()

    async def test_two_pollers(self, server: SandboxServer, bot: Bot) -> None:
        async with Bot(server.token, base_url=f"{server.url}/bot") as other:
            polls = [asyncio.create_task(one.get_updates(timeout=50)) for one in (bot, other)]
            (ended,), (waiting,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await ended
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
