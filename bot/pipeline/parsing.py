"""A raw update as python-telegram-bot's object.

Two kinds make up almost all that comes, a plain message and a button press, and are put together here from their few
parts: the library's own way looks for each of a hundred things that a message may hold. All else it reads itself.
"""

from datetime import UTC, datetime
from typing import Any

from telegram import Bot, CallbackQuery, Chat, InaccessibleMessage, Message, MessageEntity, Update, User


class _Open:
    """The library's objects without their guard against change, which looks twice at each of a hundred attributes.

    Nothing here changes them. Both methods are given back: with one of them alone every attribute would still be set by
    way of Python, at three times the cost of a whole message.
    """

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


class _Message(_Open, Message):
    __slots__ = ()


class _CallbackQuery(_Open, CallbackQuery):
    __slots__ = ()


class _Update(_Open, Update):
    __slots__ = ()


class _User(_Open, User):
    __slots__ = ()


class _Chat(_Open, Chat):
    __slots__ = ()


class _InaccessibleMessage(_Open, InaccessibleMessage):
    __slots__ = ()


_PLAIN = frozenset({"message_id", "date", "chat", "from", "text", "entities"})


def parse(raw: dict[str, Any], bot: Bot) -> Update:
    """Read an update.

    Raises:
        Exception: the library cannot read it.
    """
    match raw:
        case {"callback_query": query}:
            return _Update(raw["update_id"], callback_query=_press(query))
        case {"message": {"text": str(), "from": _} as message} if message.keys() <= _PLAIN:
            return _Update(raw["update_id"], message=_plain_message(message, bot))
        case _:
            return Update.de_json(raw, bot)


def _press(query: dict[str, Any]) -> CallbackQuery:
    """Read a button press, and of the message it stands under, which this bot wrote itself, only the place."""
    message = query.get("message")
    return _CallbackQuery(
        id=query["id"],
        from_user=_user(query["from"]),
        chat_instance=query["chat_instance"],
        message=message and _InaccessibleMessage(_chat(message["chat"]), message["message_id"]),
        data=query.get("data"),
    )


def _plain_message(message: dict[str, Any], bot: Bot) -> Message:
    read = _Message(
        message_id=message["message_id"],
        date=datetime.fromtimestamp(message["date"], UTC),
        chat=_chat(message["chat"]),
        from_user=_user(message["from"]),
        text=message["text"],
        entities=MessageEntity.de_list(entities, bot) if (entities := message.get("entities")) else (),
    )
    read.set_bot(bot)
    return read


def _user(user: dict[str, Any]) -> User:
    """Read who it is; what else Telegram says of a person nobody here asks for."""
    return _User(user["id"], user["first_name"], user["is_bot"], language_code=user.get("language_code"))


def _chat(chat: dict[str, Any]) -> Chat:
    """Read which chat it is, and of what kind."""
    return _Chat(chat["id"], chat["type"])
