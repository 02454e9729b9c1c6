"""What a message shows to others: whether the bot sees it, and where a forwarded one comes from."""

from bot.sandbox.wire import JsonObject, seconds
from bot.sandbox.world.model import IN_CHARGE, PRESENT, Chat, ChatType, Message
from bot.sandbox.world.world import World


def origin_of(world: World, chat: Chat, message: Message) -> JsonObject:
    """Write Telegram's MessageOrigin of what is forwarded; of a forwarded message it stays what it was."""
    if message.origin is not None:
        return message.origin
    origin: JsonObject = {"date": seconds(message.date)}
    if message.sender is None:
        return origin | {"type": "channel", "chat": world.chat_json(chat), "message_id": message.message_id}
    return origin | {"type": "user", "sender_user": message.sender}


def bot_hears(world: World, chat: Chat, message: Message) -> bool:
    """Tell whether the bot is shown a message: in groups privacy mode hides most (core.telegram.org/bots/features)."""
    if chat.type is ChatType.PRIVATE:
        return True
    if chat.bot in IN_CHARGE:
        return True
    if chat.type is ChatType.CHANNEL or chat.bot not in PRESENT:
        return False
    answered = None if message.reply_to is None else chat.messages.get(message.reply_to)
    return message.service or (answered is not None and answered.from_bot) or _is_command(world, message)


def _is_command(world: World, message: Message) -> bool:
    first = next(iter(message.entities), None)
    if first is None or first["type"] != "bot_command" or first["offset"] != 0:
        return False
    _, _, addressee = message.text[: first["length"]].partition("@")
    return not addressee or addressee.casefold() == world.bot.username.casefold()
