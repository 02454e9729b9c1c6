"""Noting that what is new of a decided report is seen."""

from bot.domain.message import Replace
from handlers.callbacks import number
from handlers.cards import close_card
from handlers.context import BotContext
from handlers.team_callbacks import CardPress
from handlers.views import moderation as cards


async def note_seen(context: BotContext, press: CardPress, message_id: int) -> None:
    """Note that what the card shows is seen, and take it off the screen.

    Raises:
        NotYours, ValueError: nothing is changed.
    """
    up_to = number(press.value or "0")
    is_all = await context.updates.seen(await context.coordinator(), press.claim, up_to=up_to)
    context.turn.note("update_seen", report_id=press.claim.report_id)
    await close_card(context, press.claim, message_id)
    shown = context.texts("update.seen" if is_all else "update.more", report=press.claim.report_id)
    context.say(Replace(message_id=message_id, html=str(shown), keyboard=cards.next_row(context.texts)))
