"""What the bot says about itself: commands and descriptions, by language and scope."""

import json
import re

from bot.sandbox import spec
from bot.sandbox.errors import bad_request
from bot.sandbox.wire import JsonObject, utf16_length

SCOPES_MAX = 10_000
_COMMAND = re.compile(rf"[a-z0-9_]{{1,{spec.COMMAND_MAX}}}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"} | _CHAT_SCOPES


class Profile:
    """Commands and descriptions as the bot set them. `ApiError` 400 says what Telegram refuses."""

    def __init__(self) -> None:
        self._commands: dict[tuple[str, str], list[JsonObject]] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def set_commands(self, commands: list[object], scope: JsonObject | None, language: str | None) -> None:
        """Replace the commands of a scope and a language."""
        if len(commands) > spec.COMMANDS_MAX:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        if len(self._commands) >= SCOPES_MAX:
            raise bad_request("the sandbox is full: commands are set for too many scopes")
        self._commands[_key(scope, language)] = [_command(command) for command in commands]

    def commands(self, scope: JsonObject | None, language: str | None) -> list[JsonObject]:
        """List the commands of exactly this scope and language."""
        return self._commands.get(_key(scope, language), [])

    def delete_commands(self, scope: JsonObject | None, language: str | None) -> None:
        """Forget the commands of a scope and a language."""
        self._commands.pop(_key(scope, language), None)

    def set_text(self, kind: str, text: str, language: str | None, limit: int) -> None:
        """Set what `kind` names (such as `description`); an empty text removes it."""
        if utf16_length(text) > limit:
            raise bad_request(f"{kind} is too long")
        self._texts[kind, _language(language)] = text

    def text(self, kind: str, language: str | None) -> str:
        """Read a text, in the language asked for or else the default."""
        return self._texts.get((kind, _language(language))) or self._texts.get((kind, ""), "")


def _command(command: object) -> JsonObject:
    if not isinstance(command, dict) or not {"command", "description"} == command.keys():
        raise bad_request("can't parse BotCommand: an Object with command and description expected")
    name, description = command["command"], command["description"]
    if not isinstance(name, str) or not _COMMAND.fullmatch(name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16_length(description) <= spec.COMMAND_DESCRIPTION_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}


def _key(scope: JsonObject | None, language: str | None) -> tuple[str, str]:
    kind = (scope or {"type": "default"}).get("type")
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if kind in _CHAT_SCOPES and "chat_id" not in (scope or {}):
        raise bad_request("can't parse BotCommandScope: chat_id expected")
    return json.dumps(scope or {"type": "default"}, sort_keys=True), _language(language)


def _language(code: str | None) -> str:
    if not _LANGUAGE.fullmatch(code or ""):
        raise bad_request("invalid language code specified")
    return code or ""
