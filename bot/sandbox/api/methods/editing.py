"""Methods that change or remove messages."""

from datetime import timedelta

from bot.sandbox import spec
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.api.methods.content import caption_of, markup_of, text_content
from bot.sandbox.errors import bad_request
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.keyboards import kind_of
from bot.sandbox.world.media import CAPTIONED
from bot.sandbox.world.model import IN_CHARGE, Chat, ChatType, Message
from bot.sandbox.world.world import World

# A bot can delete for everybody what is younger (core.telegram.org/bots/api#deletemessage).
DELETABLE = timedelta(hours=48)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, arguments: Arguments) -> JsonObject:
    """Change the text. Without `reply_markup` the keyboard goes away."""
    new = text_content(arguments)
    message = _editable(world, arguments)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _change(world, message, new, markup_of(arguments, None))


def edit_message_caption(world: World, arguments: Arguments) -> JsonObject:
    """Change the caption. Without `reply_markup` the keyboard goes away."""
    caption = caption_of(arguments)
    message = _editable(world, arguments)
    if message.content.keys().isdisjoint(CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    return _change(world, message, kept | caption, markup_of(arguments, None))


def edit_message_reply_markup(world: World, arguments: Arguments) -> JsonObject:
    """Change the keyboard alone, or take it away."""
    message = _editable(world, arguments)
    return _change(world, message, message.content, markup_of(arguments, None))


def delete_message(world: World, arguments: Arguments) -> bool:
    """Delete a message for everybody."""
    chat = world.directory.writable(arguments.chat())
    message = chat.messages.get(arguments.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to delete not found")
    refused = _why_not(world, chat, message)
    if refused is not None:
        raise bad_request(refused)
    world.remove(chat, message, who=world.bot.first_name, from_bot=True)
    return True


def delete_messages(world: World, arguments: Arguments) -> bool:
    """Delete 1-100 messages; those that are gone already are passed over. Where one must stay, all do."""
    ids = _identifiers(arguments)
    chat = world.directory.writable(arguments.chat())
    found = [chat.messages[message_id] for message_id in dict.fromkeys(ids) if message_id in chat.messages]
    refused = next((words for message in found if (words := _why_not(world, chat, message)) is not None), None)
    if refused is not None:
        raise bad_request(refused)
    for message in found:
        world.remove(chat, message, who=world.bot.first_name, from_bot=True)
    return True


def _identifiers(arguments: Arguments) -> list[int]:
    """Read `message_ids`, in the words of tdlib/telegram-bot-api (get_message_ids)."""
    ids = arguments.json_array("message_ids")
    if not ids:
        # Telegram lets an empty list pass; who asks for nothing has not looked at what is there.
        raise bad_request("message identifiers are not specified")
    if len(ids) > spec.DELETE_MAX:
        raise bad_request("too many message identifiers specified")
    if not all(isinstance(item, int) and not isinstance(item, bool) and item > 0 for item in ids):
        raise bad_request("invalid message identifier specified")
    return ids


def _why_not(world: World, chat: Chat, message: Message) -> str | None:
    """Say why a message cannot be deleted, or nothing."""
    if world.clock() - message.date >= DELETABLE:
        return "message can't be deleted for everyone"
    others = not message.from_bot and chat.type is not ChatType.PRIVATE
    return "message can't be deleted" if others and chat.bot not in IN_CHARGE else None


def _editable(world: World, arguments: Arguments) -> Message:
    """Find the bot's own message that a call names."""
    message_id = arguments.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    chat = world.directory.writable(arguments.chat())
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    # Telegram also refuses to edit what carries a reply keyboard (tdlib/td, can_edit_message).
    own = message.from_bot and message.origin is None and not message.service
    if not own or kind_of(message.markup) not in {None, "inline"}:
        raise bad_request("message can't be edited")
    return message


def _change(world: World, message: Message, content: JsonObject, markup: JsonObject | None) -> JsonObject:
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    world.count_against_limits(world.directory.chat(message.chat_id))
    message.content, message.markup = content, markup
    message.edit_date = world.clock()
    world.show("edit", message)
    return world.message_json(message)
