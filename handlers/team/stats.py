"""/stats: what moderation has done these days, in words and as a picture."""

from telegram import Update

from bot.domain.message import Figures
from handlers.context import BotContext


async def on_stats(_update: Update, context: BotContext) -> None:
    """Have the figures counted and said, once this turn is committed: nobody else is to wait for that."""
    context.say(Figures(otherwise=str(context.texts("stats.not_counted"))))
