"""Whose question some words answer: of questions that the bot asks the team outside the interview."""

from telegram import Message

from handlers.context import BotContext


async def about_of(message: Message, context: BotContext) -> str | None:
    """Return what the question was about that these words answer, or None.

    A reply to the question settles it. Some clients lose the reply: then the question must be the bot's last word,
    and no interview of the person's own in progress.
    """
    if message.reply_to_message is not None:
        return await context.replied_to(message.reply_to_message.message_id)
    about = context.last_about
    return None if about is None or await context.intake.in_progress(context.chat) else about
