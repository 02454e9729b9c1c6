"""/blocked and /unblock: the list of those who are blocked, and what they sent meanwhile."""

from telegram import Update

from bot.domain.errors import QueueEmpty
from bot.domain.message import Say
from handlers.callbacks import number
from handlers.context import BotContext
from handlers.team.callbacks import TeamAction, TeamPress
from handlers.team.cards import show_card
from handlers.team.views import blocking as views
from handlers.views.my_reports import in_place


async def on_blocked(_update: Update, context: BotContext) -> None:
    """List who is blocked, by a number and without anything that says who."""
    context.say(views.blocked(await context.blocking.every(), context.texts))


async def on_unblock(_update: Update, context: BotContext) -> None:
    """Let back into the queue what somebody sent, by the number in the list."""
    try:
        block = number((context.args or ("",))[0])
    except ValueError:
        return context.say(Say(html=str(context.texts("unblock.how"))))
    return context.say(await _unblock(context, block))


async def press(context: BotContext, press: TeamPress, place: int) -> None:
    """Carry out a button under the list."""
    if press.action is TeamAction.UNBLOCK:
        return context.say(in_place(await _unblock(context, press.number), place))
    try:
        report = await context.blocking.look(await context.coordinator(), press.number)
    except QueueEmpty:
        return context.toast(context.texts.plain("blocked.nothing"))
    return await show_card(context, report)


async def _unblock(context: BotContext, block: int) -> Say:
    is_unblocked = await context.blocking.unblock(await context.coordinator(), block)
    if is_unblocked:
        context.turn.note("reporter_unblocked", number=block)
    key = "unblock.done" if is_unblocked else "unblock.nobody"
    return Say(html=str(context.texts(key, number=block)))
