"""Methods that put messages into chats."""

from bot.sandbox import spec
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.api.methods.content import (
    answered_message,
    caption_content,
    caption_of,
    markup_of,
    media_of,
    text_content,
)
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.model import Chat, ChatType, Message
from bot.sandbox.world.visibility import origin_of
from bot.sandbox.world.world import World

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
    if any(item.get("type") != media[0].get("type") for item in media):
        raise bad_request("documents and photos cannot be grouped in one album")
    chat = world.directory.writable(arguments.chat())
    reply_to = answered_message(chat, arguments)
    # Everything that can be wrong is looked at before a file is kept or a message is counted.
    captions = [_album_caption(item) for item in media]
    files = [media_of(world.files, arguments, item["type"], item.get("media")) for item in media]
    world.count_against_limits(chat)
    contents = [file.keep(world.files) | caption for file, caption in zip(files, captions, strict=True)]
    album = world.ids.album()
    return [
        world.message_json(_post(world, arguments, chat, content, album=album, reply_to=reply_to))
        for content in contents
    ]


def forward_message(world: World, arguments: Arguments) -> JsonObject:
    """Forward a message, which keeps its origin."""
    source, message = _source(world, arguments, "forward", "forwarded")
    chat = world.directory.writable(arguments.chat())
    origin = origin_of(world, source, message)
    world.count_against_limits(chat)
    return world.message_json(_post(world, arguments, chat, message.content, origin=origin))


def copy_message(world: World, arguments: Arguments) -> JsonObject:
    """Send the content of a message anew; a new caption replaces the old one."""
    _, message = _source(world, arguments, "copy", "copied")
    content = message.content
    if arguments.text("caption") is not None and "text" not in content:
        kept = {name: value for name, value in content.items() if not name.startswith("caption")}
        content = kept | caption_of(arguments)
    chat = world.directory.writable(arguments.chat())
    markup = markup_of(arguments, chat)
    reply_to = answered_message(chat, arguments)
    world.count_against_limits(chat)
    copy = _post(world, arguments, chat, content, markup=markup, reply_to=reply_to)
    return {"message_id": copy.message_id}


def _send_media(world: World, arguments: Arguments, kind: str, extra: JsonObject) -> JsonObject:
    # Everything that can be wrong is looked at before a file is kept.
    caption = caption_of(arguments)
    chat = world.directory.writable(arguments.chat())
    markup = markup_of(arguments, chat)
    reply_to = answered_message(chat, arguments)
    file = media_of(world.files, arguments, kind, arguments.text(kind))
    world.count_against_limits(chat)
    content = file.keep(world.files) | caption | extra
    return world.message_json(_post(world, arguments, chat, content, markup=markup, reply_to=reply_to))


def _send(world: World, arguments: Arguments, content: JsonObject) -> JsonObject:
    chat = world.directory.writable(arguments.chat())
    markup = markup_of(arguments, chat)
    reply_to = answered_message(chat, arguments)
    world.count_against_limits(chat)
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


def _album_caption(item: JsonObject) -> JsonObject:
    """Check one InputMedia, all but its file, and read its caption."""
    kind = item.get("type")
    strange = sorted(item.keys() - _MEDIA_MEMBERS)
    if kind not in ("photo", "document") or strange:
        raise not_implemented(f"{strange[0] if strange else kind} in albums")
    caption, mode, entities = item.get("caption"), item.get("parse_mode"), item.get("caption_entities")
    if not all(value is None or isinstance(value, str) for value in (caption, mode)):
        raise bad_request("can't parse InputMedia: caption and parse_mode must be of type String")
    if entities is not None and not (isinstance(entities, list) and all(isinstance(e, dict) for e in entities)):
        raise bad_request("can't parse InputMedia: caption_entities must be an Array of MessageEntity")
    return caption_content(caption, mode, entities)


def _source(world: World, arguments: Arguments, verb: str, done: str) -> tuple[Chat, Message]:
    """Find the message to forward or to copy."""
    chat = world.directory.readable(arguments.chat("from_chat_id"))
    message = chat.messages.get(arguments.integer("message_id") or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.protected or message.service:
        raise bad_request(f"the message can't be {done}")
    return chat, message
