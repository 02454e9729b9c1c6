"""/find: what to look for, the pages of what was found, and a way to open one of them."""

from telegram import Message, Update

from bot.domain.access import Act
from bot.domain.message import Replace, Say
from bot.services.finding import Found, SearchGone
from bot.understanding.search_words import LONGEST_SEARCH
from handlers.context import BotContext, message_of, pressed
from handlers.team.asked import about_of
from handlers.team.callbacks import found_of, unpack_page
from handlers.team.guard import taken_as
from handlers.team.views import finding as views

ASKED = "find"
"""What the question is about that asks what to look for."""


async def on_find(update: Update, context: BotContext) -> None:
    """Search for the words behind the command; ask for them where there are none."""
    text = (message_of(update).text or "").partition(" ")[2].strip()
    if text:
        return await _search(context, text)
    return context.say(views.ask(context.texts), about=ASKED)


async def take_search(message: Message, context: BotContext) -> bool:
    """Take words that were asked for as a search; False where they were not."""
    is_asked = await about_of(message, context) == ASKED
    return is_asked and await taken_as(context, Act.FIND, lambda: _search(context, message.text or ""))


async def on_page(update: Update, context: BotContext) -> None:
    """Turn to another page, in the same message."""
    button = pressed(update)
    if button is None:
        return None
    data, message_id = button
    try:
        search_id, page = unpack_page(data)
        found = await context.finding.turn_to(context.chat, search_id, page)
    except (ValueError, SearchGone):
        return context.toast(context.texts.plain("find.forgotten"))
    _note(context, found)
    shown = views.found(found, context.texts)
    return context.say(Replace(message_id=message_id, html=shown.html, keyboard=shown.keyboard))


async def _search(context: BotContext, text: str) -> None:
    if len(text) > LONGEST_SEARCH:
        return context.say(Say(html=str(context.texts("problem.too_long", limit=LONGEST_SEARCH))))
    found = await context.finding.begin(context.chat, text)
    if not isinstance(found, Found):
        return context.say(views.ask(context.texts), about=ASKED)
    _note(context, found)
    return context.say(views.found(found, context.texts), about=found_of(found.search_id))


def _note(context: BotContext, found: Found) -> None:
    context.turn.note("found", search=found.search_id, page=found.page, reports=len(found.reports))
