"""Methods about the bot itself, its files, and its answers to button presses."""

from bot.sandbox import spec
from bot.sandbox.api.arguments import Arguments
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.wire import JsonObject, utf16_length
from bot.sandbox.world.world import World

NAME_MAX = 64


def get_me(world: World, _: Arguments) -> JsonObject:
    """Tell who the bot is."""
    # Privacy mode is on, as it is for every new bot.
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot.to_json() | abilities


def answer_callback_query(world: World, arguments: Arguments) -> bool:
    """Answer a button press, once and in time; people see a toast, an alert, or that the button stops spinning."""
    text = arguments.text("text") or ""
    if utf16_length(text) > spec.CALLBACK_ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    if arguments.text("url"):
        raise not_implemented("the parameter url")
    if (arguments.integer("cache_time") or 0) < 0:
        raise bad_request("cache_time must not be negative")
    query = world.queries.answer(arguments.text("callback_query_id") or "")
    shown = "alert" if arguments.flag("show_alert") else "toast"
    world.feed.add(
        shown if text else "answer",
        query.chat_id,
        who=world.bot.first_name,
        from_bot=True,
        text=text,
        message_id=query.message_id,
        to=query.person_id,
    )
    return True


def get_file(world: World, arguments: Arguments) -> JsonObject:
    """Tell where a file can be downloaded for an hour, if it is no larger than 20 MiB."""
    file = world.files.known(arguments.text("file_id") or "")
    if file.size > spec.DOWNLOAD_MAX:
        raise bad_request("file is too big")
    return file.to_json() | {"file_path": world.files.link(file)}


def set_my_commands(world: World, arguments: Arguments) -> bool:
    """Set the commands that people are offered."""
    commands = arguments.json_array("commands") or []
    world.profile.set_commands(commands, arguments.json_object("scope"), arguments.text("language_code"))
    return True


def get_my_commands(world: World, arguments: Arguments) -> list[JsonObject]:
    """List the commands of one scope and language."""
    return world.profile.commands(arguments.json_object("scope"), arguments.text("language_code"))


def delete_my_commands(world: World, arguments: Arguments) -> bool:
    """Forget the commands of one scope and language."""
    world.profile.delete_commands(arguments.json_object("scope"), arguments.text("language_code"))
    return True


def set_my_name(world: World, arguments: Arguments) -> bool:
    """Set the bot's name in a language."""
    return _set_text(world, arguments, "name", NAME_MAX)


def get_my_name(world: World, arguments: Arguments) -> JsonObject:
    """Read the bot's name in a language."""
    return {"name": world.profile.text("name", arguments.text("language_code")) or world.bot.first_name}


def set_my_description(world: World, arguments: Arguments) -> bool:
    """Set what an empty chat with the bot shows."""
    return _set_text(world, arguments, "description", spec.DESCRIPTION_MAX)


def get_my_description(world: World, arguments: Arguments) -> JsonObject:
    """Read what an empty chat with the bot shows."""
    return _text(world, arguments, "description")


def set_my_short_description(world: World, arguments: Arguments) -> bool:
    """Set what the bot's profile shows."""
    return _set_text(world, arguments, "short_description", spec.SHORT_DESCRIPTION_MAX)


def get_my_short_description(world: World, arguments: Arguments) -> JsonObject:
    """Read what the bot's profile shows."""
    return _text(world, arguments, "short_description")


def _set_text(world: World, arguments: Arguments, kind: str, limit: int) -> bool:
    world.profile.set_text(kind, arguments.text(kind) or "", arguments.text("language_code"), limit)
    return True


def _text(world: World, arguments: Arguments, kind: str) -> JsonObject:
    return {kind: world.profile.text(kind, arguments.text("language_code"))}
