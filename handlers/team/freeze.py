"""/freeze and /unfreeze: stopping all showing of personal data at once, and going on."""

from telegram import Update

from bot.domain.message import Say
from handlers.context import BotContext
from handlers.team.notices import take_all_away
from storage.outgoing import Priority


async def on_freeze(_update: Update, context: BotContext) -> None:
    """Stop all showing, without asking once more: a phone was taken."""
    lead = await context.coordinator()
    if not await context.staff.freeze(lead):
        return context.say(Say(html=str(context.texts("freeze.already"))))
    context.turn.note("frozen")
    for _, chat in await context.staff.chats():
        await take_all_away(context, chat)
    return await _tell_all(context, "freeze.frozen")


async def on_unfreeze(_update: Update, context: BotContext) -> None:
    """Go on, where whoever runs the bot gave leave as well."""
    lead = await context.coordinator()
    if not await context.turn.work.members.is_frozen():
        return context.say(Say(html=str(context.texts("freeze.not_frozen"))))
    if not await context.staff.thaw(lead):
        return context.say(Say(html=str(context.texts("freeze.needs_operator"))))
    context.turn.note("unfrozen")
    return await _tell_all(context, "freeze.thawed")


async def _tell_all(context: BotContext, key: str) -> None:
    """Answer here, and tell every other member in private who did it."""
    context.say(Say(html=str(context.texts(key, lead=context.first_name))))
    for _, chat in await context.staff.chats():
        if chat.key != context.chat.key:
            texts = context.desk.catalogues.in_language(chat.language)
            told = Say(html=str(texts(key, lead=context.first_name)))
            once = f"{key}:{context.turn.update_id}:{chat.key}"
            context.turn.tell(chat, told, priority=Priority.PEOPLE, once=once)
