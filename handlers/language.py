"""/language: changing the language at any moment, also in the middle of a question."""

from telegram import Update

from bot.domain.message import Say
from handlers.callbacks import LANGUAGE
from handlers.context import BotContext
from handlers.intake import show_screen
from handlers.my_reports import ask_again
from handlers.views.keyboards import language_keyboard


async def on_language(_update: Update, context: BotContext) -> None:
    """Offer the languages, each in its own words."""
    keyboard = language_keyboard(context.desk.catalogues)
    # What is expected next stays expected: an addition to a report, a choice.
    context.say(Say(html=str(context.texts("screen.language")), keyboard=keyboard), about=context.last_about)


async def on_language_press(update: Update, context: BotContext) -> None:
    """Go on in the chosen language, and ask again what was being asked. Such a button never grows old."""
    query = update.callback_query
    chosen = (query.data if query and query.data else "").removeprefix(f"{LANGUAGE}:")
    if chosen not in context.desk.catalogues.languages:
        return context.toast(context.texts.plain("toast.stale"))
    await context.speak(chosen)
    if await ask_again(context):
        return None
    if interview := await context.intake.current_or_none(context.chat):
        return await show_screen(context, interview)
    return context.say(Say(html=str(context.texts("note.language"))))
