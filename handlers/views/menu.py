"""The menu of commands of one chat, in its language."""

from collections.abc import Iterable

from bot.domain.message import Command, Menu
from bot.texts import Texts


def menu(commands: Iterable[str], texts: Texts) -> Menu:
    """Return the menu with these commands; with none, the chat is offered what everybody is."""
    return Menu(tuple(Command(command, texts.plain(f"command.{command}")) for command in commands))
