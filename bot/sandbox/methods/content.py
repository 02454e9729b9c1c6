"""What a message is made of, read out of a call's arguments."""

from typing import Any

from bot.sandbox import spec
from bot.sandbox.arguments import Arguments
from bot.sandbox.entities import format_text
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.files import Files
from bot.sandbox.keyboards import INLINE, check_markup
from bot.sandbox.model import Chat
from bot.sandbox.wire import JsonObject, utf16_length


def text_content(arguments: Arguments) -> JsonObject:
    """Read a text: 1-4096 UTF-16 units after markup is parsed."""
    given = arguments.text("text") or ""
    if not given:
        raise bad_request("message text is empty")
    text, entities = format_text(
        given, parse_mode=arguments.text("parse_mode"), entities=arguments.json_objects("entities")
    )
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > spec.TEXT_MAX:
        raise bad_request("message is too long")
    content: JsonObject = {"text": text} | ({"entities": entities} if entities else {})
    preview = arguments.json_object("link_preview_options")
    return content | ({"link_preview_options": preview} if preview else {})


def caption_content(caption: str | None, parse_mode: str | None, given: list[JsonObject] | None) -> JsonObject:
    """Read a caption: 0-1024 UTF-16 units after markup is parsed."""
    if not caption:
        return {}
    text, entities = format_text(caption, parse_mode=parse_mode, entities=given)
    if utf16_length(text) > spec.CAPTION_MAX:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    content: JsonObject = {"caption": text}
    return content | ({"caption_entities": entities} if entities else {})


def caption_of(arguments: Arguments) -> JsonObject:
    """Read the caption parameters of a call."""
    return caption_content(
        arguments.text("caption"), arguments.text("parse_mode"), arguments.json_objects("caption_entities")
    )


def markup_of(arguments: Arguments, *, inline_only: bool = False) -> JsonObject | None:
    """Read and check the keyboard."""
    markup = arguments.json_object("reply_markup")
    if markup is None:
        return None
    checked = check_markup(markup, inline_only=inline_only)
    # An inline keyboard without buttons is none; it is how one is taken away.
    return None if INLINE in checked and not any(checked[INLINE]) else checked


def media_content(files: Files, arguments: Arguments, kind: str, source: Any) -> JsonObject:
    """Read a photo or a document: an upload, or the file_id of something sent before."""
    if not isinstance(source, str) or not source:
        raise bad_request(f"there is no {kind} in the request")
    if source.startswith(("http://", "https://")):
        raise not_implemented("files by address: it fetches nothing from the network")
    if not source.startswith("attach://"):
        file = files.known(source)
        return files.content_of(kind, file.content, file.name)
    upload = arguments.uploads.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    return files.content_of(kind, upload.content, upload.name)


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
