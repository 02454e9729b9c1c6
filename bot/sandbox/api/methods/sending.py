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
from bot.sandbox.world.media import ALBUM_FAMILIES, Details
from bot.sandbox.world.model import Chat, ChatType, Message
from bot.sandbox.world.visibility import origin_of
from bot.sandbox.world.world import World

_MEDIA_MEMBERS = frozenset(
    {"type", "media", "caption", "parse_mode", "caption_entities", "has_spoiler", "duration", "title", "performer"}
)


def send_message(world: World, arguments: Arguments) -> JsonObject:
    """Send a text."""
    return _send(world, arguments, text_content(arguments))


def send_photo(world: World, arguments: Arguments) -> JsonObject:
    """Send a picture."""
    return _send_media(world, arguments, "photo")


def send_document(world: World, arguments: Arguments) -> JsonObject:
    """Send a file."""
    return _send_media(world, arguments, "document")


def send_voice(world: World, arguments: Arguments) -> JsonObject:
    """Send a voice message."""
    return _send_media(world, arguments, "voice")


def send_audio(world: World, arguments: Arguments) -> JsonObject:
    """Send music or another recording."""
    return _send_media(world, arguments, "audio")


def send_video(world: World, arguments: Arguments) -> JsonObject:
    """Send a film."""
    return _send_media(world, arguments, "video")


def send_video_note(world: World, arguments: Arguments) -> JsonObject:
    """Send a round video message."""
    return _send_media(world, arguments, "video_note")


def send_animation(world: World, arguments: Arguments) -> JsonObject:
    """Send a film without sound."""
    return _send_media(world, arguments, "animation")


def send_media_group(world: World, arguments: Arguments) -> list[JsonObject]:
    """Send an album of 2-10: pictures and films together, or files, or recordings."""
    media = arguments.json_objects("media") or []
    if not spec.ALBUM_MIN <= len(media) <= spec.ALBUM_MAX:
        raise bad_request(f"wrong number of media: {spec.ALBUM_MIN} to {spec.ALBUM_MAX} expected")
    kinds = [_album_kind(item) for item in media]
    if len({ALBUM_FAMILIES[kind] for kind in kinds}) > 1:
        raise bad_request("documents and audio cannot be grouped with anything else in one album")
    chat = world.directory.writable(arguments.chat())
    reply_to = answered_message(chat, arguments)
    # Everything that can be wrong is looked at before a file is kept or a message is counted.
    captions = [_album_caption(item) for item in media]
    files = [media_of(world.media, arguments, kind, item.get("media")) for kind, item in zip(kinds, media, strict=True)]
    details = [_album_details(item) for item in media]
    world.count_against_limits(chat)
    contents = [
        file.keep(world.media, about) | caption for file, about, caption in zip(files, details, captions, strict=True)
    ]
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


def _send_media(world: World, arguments: Arguments, kind: str) -> JsonObject:
    # Everything that can be wrong is looked at before a file is kept.
    caption = caption_of(arguments)
    chat = world.directory.writable(arguments.chat())
    markup = markup_of(arguments, chat)
    reply_to = answered_message(chat, arguments)
    file = media_of(world.media, arguments, kind, arguments.text(kind))
    spoiler: JsonObject = {"has_media_spoiler": True} if arguments.flag("has_spoiler") else {}
    details = Details(arguments.integer("duration") or 0, arguments.text("title"), arguments.text("performer"))
    world.count_against_limits(chat)
    content = file.keep(world.media, details) | caption | spoiler
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
    """Read the caption of one InputMedia."""
    caption, mode, entities = item.get("caption"), item.get("parse_mode"), item.get("caption_entities")
    if not all(value is None or isinstance(value, str) for value in (caption, mode)):
        raise bad_request("can't parse InputMedia: caption and parse_mode must be of type String")
    if entities is not None and not (isinstance(entities, list) and all(isinstance(e, dict) for e in entities)):
        raise bad_request("can't parse InputMedia: caption_entities must be an Array of MessageEntity")
    return caption_content(caption, mode, entities)


def _album_kind(item: JsonObject) -> str:
    """Check what one InputMedia says besides its file and its caption, and tell its kind."""
    kind = item.get("type")
    strange = sorted(item.keys() - _MEDIA_MEMBERS)
    if not isinstance(kind, str) or kind not in ALBUM_FAMILIES or strange:
        raise not_implemented(f"{strange[0] if strange else kind} in albums")
    return kind


def _album_details(item: JsonObject) -> Details:
    duration, title, performer = item.get("duration") or 0, item.get("title"), item.get("performer")
    strings = all(value is None or isinstance(value, str) for value in (title, performer))
    if not isinstance(duration, int) or not strings:
        raise bad_request("can't parse InputMedia: duration must be an Integer, title and performer of type String")
    return Details(duration, title, performer)


def _source(world: World, arguments: Arguments, verb: str, done: str) -> tuple[Chat, Message]:
    """Find the message to forward or to copy."""
    chat = world.directory.readable(arguments.chat("from_chat_id"))
    message = chat.messages.get(arguments.integer("message_id") or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.protected or message.service:
        raise bad_request(f"the message can't be {done}")
    return chat, message
