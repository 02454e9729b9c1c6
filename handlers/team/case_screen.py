"""A case on a coordinator's screen: one message that turns, changes, and goes away."""

from markupsafe import Markup

from bot.domain.message import Delete, Say
from bot.services.case_page import CasePage
from handlers.context import BotContext
from handlers.team.case_callbacks import page_about
from handlers.team.views import case as views
from storage.outgoing import Priority


async def show_page(context: BotContext, page: CasePage) -> None:
    """Show a case below all that was said, and take the page away that was shown before."""
    await show_below(context, page, views.case_page(page, context.texts))


async def show_below(context: BotContext, page: CasePage, shown: Say) -> None:
    """Show a page or a menu of a case below all that was said, and take away what was shown before."""
    for message_id in await context.turn.work.outbox.messages_about(context.chat, page_about(page.case_id)):
        context.say(Delete(message_id=message_id))
    context.show_card(shown, about=page_about(page.case_id))


async def take_away(context: BotContext, case_id: int, words: Markup) -> None:
    """Take all that shows a case off this screen; the words stand in its place."""
    taken = views.taken_away(case_id, words)
    await context.turn.work.outbox.drop_unsent(context.chat, about=taken.about)
    once = f"case_taken:{case_id}:{context.turn.update_id}"
    context.turn.tell(context.chat, taken, priority=Priority.COORDINATORS, once=once)
