"""Methods that put messages into chats."""

from bot.sandbox import spec
from bot.sandbox.arguments import Arguments
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.methods.content import (
    answered_message,
    caption_content,
    caption_of,
    markup_of,
    media_content,
    text_content,
)
from bot.sandbox.model import Chat, ChatType, Message
from bot.sandbox.people import origin_of
from bot.sandbox.wire import JsonObject
from bot.sandbox.world import World

# Only these may stand together in an album here.
_ALBUM_KINDS = frozenset({"photo", "document"})
_MEDIA_MEMBERS = frozenset({"type", "media", "caption", "parse_mode", "caption_entities", "has_spoiler"})


def send_message(world: World, arguments: Arguments) -> JsonObject:
    """Send a text."""
    return _send(world, arguments, text_content(arguments))


def send_photo(world: World, arguments: Arguments) -> JsonObject:
    """Send a picture."""
    spoiler: JsonObject = {"has_media_spoiler": True} if arguments.flag("has_spoiler") else {}
    return _send_media(world, arguments, "photo", spoiler)


def send_document(world: World, arguments: Arguments) -> JsonObject:
    """Send a file."""
    return _send_media(world, arguments, "document", {})


def send_media_group(world: World, arguments: Arguments) -> list[JsonObject]:
    """Send an album of 2-10 pictures or 2-10 files."""
    media = arguments.json_objects("media") or []
    if not spec.ALBUM_MIN <= len(media) <= spec.ALBUM_MAX:
        raise bad_request(f"wrong number of media: {spec.ALBUM_MIN} to {spec.ALBUM_MAX} expected")
    if len({item.get("type") for item in media}) > 1:
        raise bad_request("documents and photos cannot be grouped in one album")
    chat = world.directory.writable(arguments.chat())
    contents = [_album_item(world, arguments, item) for item in media]
    album = world.ids.album()
    return [world.message_json(_post(world, arguments, chat, content, album=album)) for content in contents]


def forward_message(world: World, arguments: Arguments) -> JsonObject:
    """Forward a message, which keeps its origin."""
    source, message = _source(world, arguments, "forward", "forwarded")
    chat = world.directory.writable(arguments.chat())
    origin = origin_of(world, source, message)
    return world.message_json(_post(world, arguments, chat, message.content, origin=origin))


def copy_message(world: World, arguments: Arguments) -> JsonObject:
    """Send the content of a message anew; a new caption replaces the old one."""
    _, message = _source(world, arguments, "copy", "copied")
    content = message.content
    if arguments.text("caption") is not None and "text" not in content:
        kept = {name: value for name, value in content.items() if not name.startswith("caption")}
        content = kept | caption_of(arguments)
    markup = markup_of(arguments)
    chat = world.directory.writable(arguments.chat())
    reply_to = answered_message(chat, arguments)
    copy = _post(world, arguments, chat, content, markup=markup, reply_to=reply_to)
    return {"message_id": copy.message_id}


def _send_media(world: World, arguments: Arguments, kind: str, extra: JsonObject) -> JsonObject:
    # Everything that can be wrong is looked at before the file is kept.
    caption = caption_of(arguments)
    world.directory.writable(arguments.chat())
    media = media_content(world.files, arguments, kind, arguments.text(kind))
    return _send(world, arguments, media | caption | extra)


def _send(world: World, arguments: Arguments, content: JsonObject) -> JsonObject:
    markup = markup_of(arguments)
    chat = world.directory.writable(arguments.chat())
    reply_to = answered_message(chat, arguments)
    return world.message_json(_post(world, arguments, chat, content, markup=markup, reply_to=reply_to))


def _post(
    world: World,
    arguments: Arguments,
    chat: Chat,
    content: JsonObject,
    *,
    markup: JsonObject | None = None,
    reply_to: int | None = None,
    album: str | None = None,
    origin: JsonObject | None = None,
) -> Message:
    world.count_against_limits(chat)
    is_post = chat.type is ChatType.CHANNEL
    return world.post(
        chat,
        content,
        sender=None if is_post else world.bot.to_json(),
        author=chat.title if is_post else world.bot.first_name,
        from_bot=True,
        markup=markup,
        protected=arguments.flag("protect_content"),
        reply_to=reply_to,
        album=album,
        origin=origin,
    )


def _album_item(world: World, arguments: Arguments, item: JsonObject) -> JsonObject:
    kind = item.get("type")
    strange = sorted(item.keys() - _MEDIA_MEMBERS)
    if kind not in _ALBUM_KINDS or strange:
        raise not_implemented(f"{strange[0] if strange else kind} in albums")
    caption = caption_content(item.get("caption"), item.get("parse_mode"), item.get("caption_entities"))
    return media_content(world.files, arguments, kind, item.get("media")) | caption


def _source(world: World, arguments: Arguments, verb: str, done: str) -> tuple[Chat, Message]:
    """Find the message to forward or to copy."""
    chat = world.directory.readable(arguments.chat("from_chat_id"))
    message = chat.messages.get(arguments.integer("message_id") or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.protected or message.service:
        raise bad_request(f"the message can't be {done}")
    return chat, message
