"""What a handler raised must undo its turn: python-telegram-bot would log it and go on as if nothing were lost."""

from handlers.context import BotContext


async def on_error(_update: object, context: BotContext) -> None:
    """Mark the turn as failed; the worker undoes it and sets the update aside."""
    context.turn.error = context.error
