"""The Bot API as python-telegram-bot knows it: methods, parameters, limits.

This is the only module of the sandbox that imports `telegram`. It takes from it signatures and figures, no
behaviour, so a new version of python-telegram-bot brings the sandbox a new version of the Bot API.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from types import MappingProxyType

from telegram import Bot
from telegram.constants import (
    BotCommandLimit,
    BotDescriptionLimit,
    BulkRequestLimit,
    CallbackQueryLimit,
    ChatAction,
    FileSizeLimit,
    FloodLimit,
    InlineKeyboardButtonLimit,
    KeyboardButtonStyle,
    MediaGroupLimit,
    MessageEntityType,
    MessageLimit,
    PollingLimit,
    UpdateType,
    WebhookLimit,
)

TEXT_MAX = int(MessageLimit.MAX_TEXT_LENGTH)
CAPTION_MAX = int(MessageLimit.CAPTION_LENGTH)
CALLBACK_DATA_MIN = int(InlineKeyboardButtonLimit.MIN_CALLBACK_DATA)
CALLBACK_DATA_MAX = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
CALLBACK_ANSWER_MAX = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
COMMAND_MAX = int(BotCommandLimit.MAX_COMMAND)
COMMAND_DESCRIPTION_MAX = int(BotCommandLimit.MAX_DESCRIPTION)
COMMANDS_MAX = int(BotCommandLimit.MAX_COMMAND_NUMBER)
DESCRIPTION_MAX = int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH)
SHORT_DESCRIPTION_MAX = int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)
UPDATES_MAX = int(PollingLimit.MAX_LIMIT)
DELETE_MAX = int(BulkRequestLimit.MAX_LIMIT)
ALBUM_MIN = int(MediaGroupLimit.MIN_MEDIA_LENGTH)
ALBUM_MAX = int(MediaGroupLimit.MAX_MEDIA_LENGTH)
CONNECTIONS_MAX = int(WebhookLimit.MAX_CONNECTIONS_LIMIT)
SECRET_TOKEN_MAX = int(WebhookLimit.MAX_SECRET_TOKEN_LENGTH)
MESSAGES_PER_SECOND = int(FloodLimit.MESSAGES_PER_SECOND)
MESSAGES_PER_SECOND_PER_CHAT = int(FloodLimit.MESSAGES_PER_SECOND_PER_CHAT)
MESSAGES_PER_MINUTE_PER_GROUP = int(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP)
ENTITIES_MAX = int(MessageLimit.MESSAGE_ENTITIES)
# The library's constants speak of 20 MB; what Telegram refuses is beyond 20 MiB (tdlib/telegram-bot-api, getFile).
DOWNLOAD_MAX = 20 * 1024 * 1024
UPLOAD_MAX = int(FileSizeLimit.FILESIZE_UPLOAD)
# As above: the library says 10 MB, Telegram 10 MiB.
PHOTO_MAX = 10 * 1024 * 1024

# House rules: the server only says that a markup is too long, and draws no more than 8 buttons in a row.
KEYBOARD_BUTTONS_MAX = 100
KEYBOARD_ROW_MAX = 8

UPDATE_TYPES = frozenset(str(kind.value) for kind in UpdateType)
# What getUpdates and setWebhook leave out unless asked (core.telegram.org/bots/api#getupdates).
DEFAULT_UPDATE_TYPES = UPDATE_TYPES - {"chat_member", "message_reaction", "message_reaction_count"}
CHAT_ACTIONS = frozenset(str(action.value) for action in ChatAction)
# A tuple: whatever JSON holds can be looked for in it.
BUTTON_STYLES = tuple(str(style.value) for style in KeyboardButtonStyle)
ENTITY_TYPES = frozenset(str(kind.value) for kind in MessageEntityType)


class Kind(Enum):
    """What a parameter's value is."""

    INTEGER = auto()
    BOOLEAN = auto()
    FLOAT = auto()
    STRING = auto()
    CHAT = auto()
    FILE = auto()
    JSON = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method."""

    name: str
    kind: Kind
    required: bool


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Bot API, spelled as Telegram spells it."""

    name: str
    parameters: Mapping[str, Parameter]


@cache
def methods() -> Mapping[str, Method]:
    """All methods of the Bot API by name in lower case; names are case-insensitive on Telegram."""
    found = {}
    for name in dir(Bot):
        attribute = getattr(Bot, name)
        if re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)+", name) and inspect.iscoroutinefunction(attribute):
            found[name.lower()] = Method(name, MappingProxyType(_parameters(attribute)))
    return MappingProxyType(found)


def _parameters(method: object) -> dict[str, Parameter]:
    """Read a signature.

    What python-telegram-bot itself sends stands before the asterisk; after it come time-outs, `api_kwargs` and
    conveniences such as `reply_to_message_id`, which it turns into something else, and Telegram no longer takes.
    """
    signature = inspect.signature(method)  # type: ignore[arg-type]  # a method of Bot
    return {
        parameter.name: Parameter(parameter.name, _kind(parameter), parameter.default is parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.name != "self"
    }


def _kind(parameter: inspect.Parameter) -> Kind:
    """Tell the kind from the annotation's words: many are forward references that cannot be resolved."""
    words = set(re.findall(r"[A-Za-z_]\w*", str(parameter.annotation)))
    if "FileInput" in words:
        return Kind.FILE
    if "Sequence" in words:
        return Kind.JSON
    if {"int", "str"} <= words:
        return Kind.CHAT
    plain = {"int": Kind.INTEGER, "bool": Kind.BOOLEAN, "float": Kind.FLOAT, "str": Kind.STRING}
    return next((kind for word, kind in plain.items() if word in words), Kind.JSON)
