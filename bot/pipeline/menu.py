"""What Telegram shows of the bot before it says a word: its description, and the menu of commands."""

from collections.abc import Iterable

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.domain.access import Role, group_commands
from bot.domain.menus import EVERYONES_COMMANDS, commands_offered
from bot.pipeline.faults import describe
from bot.pipeline.telegram_bot import TelegramBot
from bot.texts import Catalogues

log = structlog.get_logger(__name__)


async def offer_commands(
    bot: TelegramBot, catalogues: Catalogues, members: Iterable[tuple[int, Role]], *, group_id: int | None = None
) -> None:
    """Fill the menus, and say what the bot is, in every language. What is missing of it for a day harms nobody.

    `members` are those of the team, by their Telegram ids, and `group_id` is its group. Whoever gets another role while
    the bot runs gets another menu through the outbox (`bot.domain.message.Menu`).
    """
    default = catalogues.default
    try:
        for language in (*catalogues.languages, None):
            texts = catalogues.in_language(language or default)
            commands = _commands(catalogues, EVERYONES_COMMANDS, texts.language)
            private = BotCommandScopeAllPrivateChats()
            await bot.set_my_commands(commands, scope=private, language_code=language)
            await bot.delete_my_commands(language_code=language)  # earlier versions offered them in groups as well
            await bot.set_my_description(texts.plain("about.description"), language_code=language)
            await bot.set_my_short_description(texts.plain("about.short_description"), language_code=language)
        for telegram_id, role in members:
            commands = _commands(catalogues, commands_offered(role), default)
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(telegram_id))
        if group_id is not None:
            commands = _commands(catalogues, group_commands(), default)
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(group_id))
    except TelegramError as error:
        log.warning("commands_not_offered", error=describe(error))


def _commands(catalogues: Catalogues, names: tuple[str, ...], language: str) -> list[BotCommand]:
    texts = catalogues.in_language(language)
    return [BotCommand(name, texts.plain(f"command.{name}")) for name in names]
