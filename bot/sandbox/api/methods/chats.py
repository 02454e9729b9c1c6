"""Methods that look at chats, and small things done in them."""

from bot.sandbox import spec
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.errors import bad_request
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.membership import Membership
from bot.sandbox.world.model import IN_CHARGE, PRESENT, Chat, ChatType, Message, Status
from bot.sandbox.world.render import member_json
from bot.sandbox.world.world import World

_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
_REACTIONS_MAX = 11


def get_chat(world: World, arguments: Arguments) -> JsonObject:
    """Describe a chat."""
    chat = world.directory.readable(arguments.chat())
    about: JsonObject = {
        "accent_color_id": 0,
        "max_reaction_count": _REACTIONS_MAX,
        "accepted_gift_types": _NO_GIFTS,
    }
    pinned = [message for message in chat.messages.values() if message.pinned]
    if pinned:
        about["pinned_message"] = world.message_json(pinned[-1])
    return world.chat_json(chat) | about


def get_chat_member(world: World, arguments: Arguments) -> JsonObject:
    """Tell what somebody is in a chat."""
    chat = world.directory.readable(arguments.chat())
    user_id = arguments.integer("user_id")
    if user_id == world.bot.id:
        return member_json(world.bot.to_json(), chat.bot or Status.LEFT, chat)
    person = None if user_id is None else world.directory.find_person(user_id)
    if person is None:
        raise bad_request("user not found")
    if chat.type is ChatType.PRIVATE:
        if person.id != chat.id:
            raise bad_request("user not found")
        return member_json(person.to_json(), Status.MEMBER, chat)
    return member_json(person.to_json(), chat.members.get(person.id, Status.LEFT), chat)


def get_chat_member_count(world: World, arguments: Arguments) -> int:
    """Count who is in a chat, the bot included."""
    chat = world.directory.readable(arguments.chat())
    people = sum(status in PRESENT for status in chat.members.values())
    return 2 if chat.type is ChatType.PRIVATE else people + 1


def get_chat_administrators(world: World, arguments: Arguments) -> list[JsonObject]:
    """List who is in charge of a group or a channel."""
    chat = world.directory.readable(arguments.chat())
    if chat.type is ChatType.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    found = [
        member_json(world.directory.person(member).to_json(), status, chat)
        for member, status in chat.members.items()
        if status in IN_CHARGE
    ]
    if chat.bot is Status.ADMINISTRATOR:
        found.append(member_json(world.bot.to_json(), chat.bot, chat))
    return found


def leave_chat(world: World, arguments: Arguments) -> bool:
    """Leave a group or a channel."""
    chat = world.directory.readable(arguments.chat())
    if chat.type is ChatType.PRIVATE:
        raise bad_request("chat member status can't be changed in private chats")
    Membership(world).bot_leaves(chat)
    return True


def send_chat_action(world: World, arguments: Arguments) -> bool:
    """Show people that the bot is busy."""
    action = arguments.text("action") or ""
    if action not in spec.CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.directory.writable(arguments.chat())
    world.feed.add("action", chat.id, who=world.bot.first_name, from_bot=True, text=action)
    return True


def pin_chat_message(world: World, arguments: Arguments) -> bool:
    """Pin a message."""
    chat = _pinnable(world, arguments)
    message = chat.messages.get(arguments.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    _pin(world, message, pinned=True)
    return True


def unpin_chat_message(world: World, arguments: Arguments) -> bool:
    """Unpin a message, or the one pinned last."""
    chat = _pinnable(world, arguments)
    wanted = arguments.integer("message_id")
    pinned = [m for m in chat.messages.values() if m.pinned and wanted in {None, m.message_id}]
    if not pinned:
        raise bad_request("message to unpin not found")
    _pin(world, pinned[-1], pinned=False)
    return True


def _pinnable(world: World, arguments: Arguments) -> Chat:
    chat = world.directory.writable(arguments.chat())
    if chat.type is not ChatType.PRIVATE and chat.bot not in IN_CHARGE:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


def _pin(world: World, message: Message, *, pinned: bool) -> None:
    message.pinned = pinned
    world.show("pin", message)
