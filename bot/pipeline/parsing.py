"""A raw update as python-telegram-bot's object.

Two kinds make up almost all that comes, a plain message and a button press, and are put together here from their few
parts: the library's own way looks for each of a hundred things that a message may hold. All else it reads itself.
"""

from datetime import UTC, datetime
from typing import Any

from telegram import Bot, CallbackQuery, Chat, InaccessibleMessage, Message, MessageEntity, Update, User

# The library's objects are frozen, and look at every one of their hundred attributes twice while they are made. These
# are the same objects without that guard; nothing here changes them.


class _Message(Message):
    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


class _CallbackQuery(CallbackQuery):
    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


class _Update(Update):
    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


class _User(User):
    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


class _Chat(Chat):
    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


_PLAIN = frozenset({"message_id", "date", "chat", "from", "text", "entities"})


def parse(raw: dict[str, Any], bot: Bot) -> Update:
    """Read an update.

    Raises:
        Exception: the library cannot read it.
    """
    match raw:
        case {"callback_query": query}:
            return _Update(raw["update_id"], callback_query=_press(query, bot))
        case {"message": {"text": str(), "from": _} as message} if message.keys() <= _PLAIN:
            return _Update(raw["update_id"], message=_plain_message(message, bot))
        case _:
            return Update.de_json(raw, bot)


def _press(query: dict[str, Any], bot: Bot) -> CallbackQuery:
    """Read a button press, and of the message it stands under, which this bot wrote itself, only the place."""
    message = query.get("message")
    return _CallbackQuery(
        id=query["id"],
        from_user=_User.de_json(query["from"], bot),
        chat_instance=query["chat_instance"],
        message=message and InaccessibleMessage(_Chat.de_json(message["chat"], bot), message["message_id"]),
        data=query.get("data"),
    )


def _plain_message(message: dict[str, Any], bot: Bot) -> Message:
    read = _Message(
        message_id=message["message_id"],
        date=datetime.fromtimestamp(message["date"], UTC),
        chat=_Chat.de_json(message["chat"], bot),
        from_user=_User.de_json(message["from"], bot),
        text=message["text"],
        entities=MessageEntity.de_list(message.get("entities") or [], bot),
    )
    read.set_bot(bot)
    return read
