"""Whose question some words answer: of questions that the bot asks the team outside the interview."""

from telegram import Message

from handlers.context import BotContext
from handlers.team.callbacks import unpack_about
from storage.reports import Claim


async def about_of(message: Message, context: BotContext) -> str | None:
    """Return what the question was about that these words answer, or None.

    A reply to the question settles it. Some clients lose the reply: then the question must be the bot's last word,
    and no question of an interview of the person's own open, to which the words may belong as well.
    """
    if message.reply_to_message is not None:
        return await context.replied_to(message.reply_to_message.message_id)
    about = context.last_about
    return None if about is None or await is_at_a_question(context) else about


async def is_at_a_question(context: BotContext) -> bool:
    """Say whether words may answer a question of an interview of the person's own: one is open, and waits for words.

    Whoever only pressed Start, or has only buttons left to press, can mean the bot's last word alone.
    """
    interview = await context.intake.current_or_none(context.chat)
    return interview is not None and interview.question is not None


async def asked_beside(message: Message, context: BotContext, what: str) -> Claim | None:
    """Return the report beside whose card these words were asked for, as a message about `what`; or None.

    Words that are no reply belong to it only while it is still in hand.
    """
    about = await about_of(message, context)
    claim = unpack_about(about, what) if about else None
    if claim is None or message.reply_to_message is not None:
        return claim
    # Only looked at: whether the person may still do anything is asked after this, and no lease goes on before.
    standing = await context.turn.work.reports.standing(claim.report_id)
    is_held = standing is not None and (standing.claimed_by, standing.revision) == (context.chat.key, claim.revision)
    return claim if is_held else None
