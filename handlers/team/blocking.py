"""Blocking who sent the report in hand. The person notices nothing."""

from bot.domain.errors import OfTheTeam
from bot.domain.message import Replace
from handlers.context import BotContext
from handlers.team.cards import close_card
from handlers.team.views import moderation as cards
from handlers.team.views.card_keyboards import block_keyboard
from storage.reports import Claim


async def confirm(context: BotContext, claim: Claim, message_id: int) -> None:
    """Ask once more.

    Raises:
        NotYours: the report is not in this coordinator's hands.
    """
    try:
        await context.blocking.check(await context.coordinator(), claim)
    except OfTheTeam:
        return context.toast(context.texts.plain("block.member"))
    return context.say(Replace(message_id=message_id, keyboard=block_keyboard(claim, context.texts)))


async def block(context: BotContext, claim: Claim, message_id: int) -> None:
    """Hold back all that the person sent and will send, and take the card off the screen.

    Raises:
        NotYours: the report is not in this coordinator's hands.
    """
    try:
        number = await context.blocking.block(await context.coordinator(), claim)
    except OfTheTeam:
        return context.toast(context.texts.plain("block.member"))
    context.turn.note("reporter_blocked", number=number or 0)
    await close_card(context, claim, message_id)
    shown = context.texts("block.done", report=claim.report_id)
    return context.say(Replace(message_id=message_id, html=str(shown), keyboard=cards.next_row(context.texts)))
