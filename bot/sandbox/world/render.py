"""Chats, members and messages the way Telegram writes them, and the way people see them."""

from collections.abc import Callable

from bot.sandbox.wire import JsonObject, seconds
from bot.sandbox.world import media
from bot.sandbox.world.entities import to_html
from bot.sandbox.world.keyboards import INLINE, kind_of, rows_of
from bot.sandbox.world.model import Chat, ChatType, Message, Person, Status

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
_GROUP_RIGHTS = ("can_pin_messages",)
_FILE_NAMES = {"photo": "photo.jpg", "voice": "voice.ogg", "video_note": "video.mp4"}


def chat_json(chat: Chat, person: Person | None) -> JsonObject:
    """Write Telegram's Chat; `person` is whose private chat it is."""
    shown: JsonObject = {"id": chat.id, "type": str(chat.type)}
    if person is None:
        names: JsonObject = {"title": chat.title, "username": chat.username}
    else:
        names = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "username": person.username,
        }
    return shown | {name: value for name, value in names.items() if value is not None}


def member_json(user: JsonObject, status: Status, chat: Chat) -> JsonObject:
    """Write Telegram's ChatMember."""
    member: JsonObject = {"user": user, "status": str(status)}
    if status is Status.CREATOR:
        member["is_anonymous"] = False
    elif status is Status.KICKED:
        member["until_date"] = 0
    elif status is Status.ADMINISTRATOR:
        rights = (*_RIGHTS, *(_CHANNEL_RIGHTS if chat.type is ChatType.CHANNEL else _GROUP_RIGHTS))
        # An administrator of our own making may do everything but appoint others.
        member |= {right: right != "can_promote_members" for right in rights}
        member |= {"can_be_edited": False, "is_anonymous": False}
    return member


def message_json(
    message: Message, chat: JsonObject, find: Callable[[int, int], Message | None], *, nested: bool = False
) -> JsonObject:
    """Write Telegram's Message; `find` looks up what it answers, by chat and message id."""
    shown: JsonObject = {
        "message_id": message.message_id,
        "chat": chat,
        "date": seconds(message.date),
        **message.content,
    }
    if message.sender is None:
        shown["sender_chat"] = chat
    else:
        shown["from"] = message.sender
    if message.edit_date is not None:
        shown["edit_date"] = seconds(message.edit_date)
    if message.protected:
        shown["has_protected_content"] = True
    if message.album is not None:
        shown["media_group_id"] = message.album
    if message.origin is not None:
        shown["forward_origin"] = message.origin
    # Telegram sends inline keyboards back, never the others.
    if message.markup is not None and INLINE in message.markup:
        shown["reply_markup"] = message.markup
    answered = None if nested or message.reply_to is None else find(message.chat_id, message.reply_to)
    if answered is not None:
        shown["reply_to_message"] = message_json(answered, chat, find, nested=True)
    return shown


def seen_json(message: Message, seq: int) -> JsonObject:
    """Write what `bot.sandbox.client.seen.SeenMessage` reads; `seq` numbers the event that changed it last."""
    return {
        "chat": message.chat_id,
        "message_id": message.message_id,
        "seq": seq,
        "date": message.date.isoformat(),
        "author": message.author,
        "author_id": message.sender_id,
        "from_bot": message.from_bot,
        "kind": kind_of_content(message),
        "text": message.text,
        "html": to_html(message.text, message.entities),
        "buttons": rows_of(message.markup),
        "keyboard": kind_of(message.markup),
        "protected": message.protected,
        "reply_to": message.reply_to,
        "edited": message.edit_date is not None,
        "pinned": message.pinned,
        "album": message.album,
        "forwarded_from": None if message.origin is None else _origin_name(message.origin),
        "file": _file(message),
    }


def _origin_name(origin: JsonObject) -> str:
    """Say what a client shows behind "Forwarded from"."""
    match origin["type"]:
        case "user":
            user = origin["sender_user"]
            return f"{user['first_name']} {user.get('last_name') or ''}".rstrip()
        case "hidden_user":
            return str(origin["sender_user_name"])
    return str(origin["chat"]["title"])


def kind_of_content(message: Message) -> str:
    """Say what is in a message, in one word."""
    return "service" if message.service else media.kind_of(message.content)


def _file(message: Message) -> JsonObject | None:
    kind = kind_of_content(message)
    if kind not in media.FILE_KINDS:
        return None
    file = message.content[kind]
    file = file[-1] if kind == "photo" else file
    return {
        "file_id": file["file_id"],
        "name": file.get("file_name", _FILE_NAMES.get(kind)),
        "mime_type": file.get("mime_type"),
        "size": file["file_size"],
    }
