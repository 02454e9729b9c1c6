"""What belongs to every card: taking it off the screen, and the words that were asked for beside it."""

from telegram import Message

from bot.domain.errors import NotYours
from bot.domain.message import Delete, Keyboard, Replace, Say
from handlers.context import BotContext
from handlers.team_callbacks import pack_about, unpack_about
from storage.reports import Claim

CARD = "card"
"""What the pages of a card are about, with the report and its revision."""


async def close_card(context: BotContext, claim: Claim, kept: int) -> None:
    """Delete the other pages of a card; the one with the buttons is replaced by its outcome."""
    for message_id in await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD)):
        if message_id != kept:
            context.say(Delete(message_id=message_id))


async def close_with(context: BotContext, claim: Claim, html: str, keyboard: Keyboard) -> None:
    """Take a card off the screen after words, and say in its place what came of them."""
    pages = await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD))
    await close_card(context, claim, pages[-1] if pages else 0)
    if pages:
        context.say(Replace(message_id=pages[-1], html=html, keyboard=keyboard))
    else:
        context.say(Say(html=html, keyboard=keyboard))


async def asked_beside(message: Message, context: BotContext, what: str) -> Claim | None:
    """Return the report beside whose card these words were asked for, as a message about `what`; or None.

    A reply to the request settles it. Some clients lose the reply: then the request must be the bot's last word on
    any report, that report still in hand, and no interview of the coordinator's own in progress.
    """
    if message.reply_to_message is not None:
        about = await context.replied_to(message.reply_to_message.message_id)
        return unpack_about(about, what) if about else None
    about = context.last_about
    claim = unpack_about(about, what) if about else None
    if claim is None or await context.intake.in_progress(context.chat):
        return None
    try:
        await context.moderation.held(context.chat, claim)
    except NotYours:
        return None
    return claim
