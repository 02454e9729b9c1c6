"""/stats: what moderation has done these days, in words and as a picture."""

from telegram import Update

from handlers.context import BotContext
from handlers.views import stats as views


async def on_stats(_update: Update, context: BotContext) -> None:
    """Show the figures: the words first, for a picture may fail."""
    stats = await context.stats.read()
    for page in views.words(stats, context.texts):
        context.say(page)
    context.say(views.picture(stats, context.texts))
