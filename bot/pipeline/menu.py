"""What Telegram shows of the bot before it says a word: its description, and the menu of commands."""

from collections.abc import Iterable

import structlog
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.pipeline.faults import describe
from bot.pipeline.telegram_bot import TelegramBot
from bot.texts import Catalogues

log = structlog.get_logger(__name__)

EVERYONES_COMMANDS = ("start", "my", "status", "steps", "language", "cancel", "wipe", "help")
COORDINATORS_COMMANDS = ("next", "queue", "find", "digest")


async def offer_commands(bot: TelegramBot, catalogues: Catalogues, coordinator_ids: Iterable[int]) -> None:
    """Fill the menu, and say what the bot is, in every language. What is missing of it for a day harms nobody."""
    default = catalogues.default
    try:
        for language in (*catalogues.languages, None):
            texts = catalogues.in_language(language or default)
            commands = _commands(catalogues, EVERYONES_COMMANDS, texts.language)
            await bot.set_my_commands(commands, language_code=language)
            await bot.set_my_description(texts.plain("about.description"), language_code=language)
            await bot.set_my_short_description(texts.plain("about.short_description"), language_code=language)
        for coordinator in sorted(coordinator_ids):
            commands = _commands(catalogues, (*COORDINATORS_COMMANDS, *EVERYONES_COMMANDS), default)
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(coordinator))
    except TelegramError as error:
        log.warning("commands_not_offered", error=describe(error))


def _commands(catalogues: Catalogues, names: tuple[str, ...], language: str) -> list[BotCommand]:
    texts = catalogues.in_language(language)
    return [BotCommand(name, texts.plain(f"command.{name}")) for name in names]
