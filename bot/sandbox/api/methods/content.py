"""What a message is made of, read out of a call's arguments."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox import spec
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.entities import format_text
from bot.sandbox.world.files import NewFile
from bot.sandbox.world.keyboards import INLINE, check_markup
from bot.sandbox.world.media import Details, MediaShelf
from bot.sandbox.world.model import Chat, ChatType
from bot.sandbox.world.pictures import check_picture


def text_content(arguments: Arguments) -> JsonObject:
    """Read a text: 1-4096 UTF-16 units after markup is parsed."""
    given = arguments.text("text") or ""
    if not given:
        raise bad_request("message text is empty")
    text, entities = format_text(
        given,
        limit=spec.TEXT_MAX,
        too_long="message is too long",
        parse_mode=arguments.text("parse_mode"),
        entities=arguments.json_objects("entities"),
    )
    if not text:
        raise bad_request("text must be non-empty")
    content: JsonObject = {"text": text} | ({"entities": entities} if entities else {})
    preview = arguments.json_object("link_preview_options")
    return content | ({"link_preview_options": preview} if preview else {})


def caption_content(caption: str | None, parse_mode: str | None, given: list[JsonObject] | None) -> JsonObject:
    """Read a caption: 0-1024 UTF-16 units after markup is parsed."""
    if not caption:
        return {}
    text, entities = format_text(
        caption, limit=spec.CAPTION_MAX, too_long="message caption is too long", parse_mode=parse_mode, entities=given
    )
    if not text:
        return {}
    content: JsonObject = {"caption": text}
    return content | ({"caption_entities": entities} if entities else {})


def caption_of(arguments: Arguments) -> JsonObject:
    """Read the caption parameters of a call."""
    return caption_content(
        arguments.text("caption"), arguments.text("parse_mode"), arguments.json_objects("caption_entities")
    )


def markup_of(arguments: Arguments, chat: Chat | None) -> JsonObject | None:
    """Read and check the keyboard of a message for `chat`; without a chat, of a message that is edited."""
    markup = arguments.json_object("reply_markup")
    if markup is None:
        return None
    kind = None if chat is None else chat.type
    inline_only = kind in {None, ChatType.CHANNEL}
    checked = check_markup(markup, inline_only=inline_only, private=kind is ChatType.PRIVATE)
    # An inline keyboard without buttons is none; it is how one is taken away.
    return None if INLINE in checked and not any(checked[INLINE]) else checked


@dataclass(frozen=True, slots=True)
class Media:
    """A file that may be sent: a new one, which is not kept yet, or the content of a message sent before."""

    kind: str
    source: NewFile | JsonObject

    def keep(self, shelf: MediaShelf, details: Details) -> JsonObject:
        """Keep a new file, and write the member of a message that holds it."""
        if isinstance(self.source, NewFile):
            return shelf.content_of(self.kind, self.source, details)
        return self.source


def media_of(shelf: MediaShelf, arguments: Arguments, kind: str, source: Any) -> Media:
    """Find and check a file: an upload, or the file_id of something sent before as the same `kind`."""
    if not isinstance(source, str) or not source:
        raise bad_request(f"there is no {kind} in the request")
    if source.startswith(("http://", "https://")):
        raise not_implemented("files by address: it fetches nothing from the network")
    if not source.startswith("attach://"):
        return Media(kind, shelf.known(kind, source))
    upload = arguments.uploads.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    new = NewFile(upload.content, upload.name)
    new.check()
    if kind == "photo":
        check_picture(upload.content)
    return Media(kind, new)


def answered_message(chat: Chat, arguments: Arguments) -> int | None:
    """Read `reply_parameters`: the id of the message answered, which must be there unless the bot does not mind."""
    given = arguments.json_object("reply_parameters")
    if given is None:
        return None
    strange = sorted(given.keys() - {"message_id", "chat_id", "allow_sending_without_reply"})
    if strange or given.get("chat_id", chat.id) != chat.id:
        raise not_implemented(f"{strange[0] if strange else 'another chat'} in reply_parameters")
    message_id = given.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request("can't parse reply_parameters: message_id expected")
    if message_id in chat.messages:
        return message_id
    if given.get("allow_sending_without_reply") is True:
        return None
    raise bad_request("message to be replied not found")
