"""What a person puts into a message: words, a file, a place, somebody's card; and whom it is forwarded from."""

from bot.sandbox import spec
from bot.sandbox.errors import ControlError
from bot.sandbox.people.control_bodies import NewMessage
from bot.sandbox.wire import JsonObject, seconds, utf16_length
from bot.sandbox.world.entities import plain_text
from bot.sandbox.world.files import NewFile
from bot.sandbox.world.media import CAPTIONED, FILE_KINDS, Details
from bot.sandbox.world.model import ChatType
from bot.sandbox.world.world import World


class Contents:
    """Makes contents of messages, as a client would. `ControlError` says what a client does not send."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, body: NewMessage, file: tuple[str, bytes] | None) -> JsonObject:
        """Make the content of a message; `file` is a name and a content."""
        if body.kind in FILE_KINDS:
            return self._media(body, file)
        if file is not None or body.size is not None:
            raise ControlError(f"a message of kind {body.kind} comes without a file")
        if body.kind == "text":
            return written(body.text)
        if body.text:
            raise ControlError(f"a message of kind {body.kind} has no caption")
        match body.kind:
            case "sticker":
                return self._world.media.sticker(body.emoji)
            case "location":
                return {"location": {"latitude": body.latitude, "longitude": body.longitude}}
        return {"contact": _contact(body)}

    def origin(self, body: NewMessage) -> JsonObject | None:
        """Write Telegram's MessageOrigin if the message is to look forwarded."""
        given = (body.forwarded_person, body.forwarded_name, body.forwarded_channel)
        if sum(value is not None for value in given) > 1:
            raise ControlError("a message is forwarded from one place")
        origin: JsonObject = {"date": seconds(self._world.clock())}
        if body.forwarded_person is not None:
            person = self._world.directory.person(body.forwarded_person)
            return origin | {"type": "user", "sender_user": person.to_json()}
        if body.forwarded_name is not None:
            return origin | {"type": "hidden_user", "sender_user_name": body.forwarded_name}
        if body.forwarded_channel is None:
            return None
        channel = self._world.directory.chat(body.forwarded_channel)
        if channel.type is not ChatType.CHANNEL:
            raise ControlError(f"chat {channel.id} is no channel")
        post = {"chat": self._world.chat_json(channel), "message_id": max(1, channel.last_message_id)}
        return origin | {"type": "channel"} | post

    def _media(self, body: NewMessage, file: tuple[str, bytes] | None) -> JsonObject:
        if (file is None) is (body.size is None):
            raise ControlError(f"a message of kind {body.kind} comes with a file, or with the size of one")
        if body.text and body.kind not in CAPTIONED:
            raise ControlError(f"a message of kind {body.kind} has no caption")
        name = body.filename
        if file is None:
            if body.kind == "photo":
                raise ControlError("a photo is never large: a client makes it smaller")
            new = NewFile(None, name, body.mime_type, body.size or 0)
        else:
            new = NewFile(file[1], file[0] if name is None else name, body.mime_type)
        # The caption is looked at before the file is kept.
        caption = written(body.text, caption=True)
        details = Details(body.duration, body.title, body.performer)
        return self._world.media.content_of(body.kind, new, details) | caption


def written(text: str, *, caption: bool = False) -> JsonObject:
    """Make the content of a message out of what a person typed; a client would split what is too long."""
    plain, entities = plain_text(text)
    if not plain and caption:
        return {}
    if not plain:
        raise ControlError("a text cannot be empty")
    limit = spec.CAPTION_MAX if caption else spec.TEXT_MAX
    if utf16_length(plain) > limit:
        raise ControlError(f"a text has at most {limit} characters; a real client would split it")
    names = ("caption", "caption_entities") if caption else ("text", "entities")
    content: JsonObject = {names[0]: plain}
    return content | ({names[1]: entities} if entities else {})


def _contact(body: NewMessage) -> JsonObject:
    if not body.phone_number or not body.first_name:
        raise ControlError("a contact has a phone_number and a first_name")
    card: JsonObject = {"phone_number": body.phone_number, "first_name": body.first_name}
    if body.last_name:
        card["last_name"] = body.last_name
    return card | ({} if body.user_id is None else {"user_id": body.user_id})
