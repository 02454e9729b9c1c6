"""/wipe: taking away the messages of a chat, on both sides, before the phone is in other hands."""

from telegram import Update

from handlers.callbacks import WIPE, WipeAction
from handlers.context import CHOICE, BotContext
from handlers.intake import show_screen
from handlers.team.notices import tell_of_withdrawals
from handlers.views import wipe as views


async def on_wipe(_update: Update, context: BotContext) -> None:
    """Ask whether to take the messages away."""
    context.say(views.question(context.texts), about=CHOICE)


async def on_wipe_press(update: Update, context: BotContext) -> None:
    """Take the messages away, with the reports that were sent if that is wanted, or keep them.

    The button to delete does so however old it is, and pressed twice: after the first time little is left to be done.
    """
    query = update.callback_query
    match (query.data if query and query.data else "").removeprefix(f"{WIPE}:"):
        case WipeAction.DELETE:
            await _wipe(context)
        case WipeAction.WITHDRAW:
            await tell_of_withdrawals(context, await context.follow_up.withdraw_all(context.chat))
            await _wipe(context)
        case WipeAction.KEEP:
            await _keep(context, message_id=query.message.message_id if query and query.message else 0)
        case _:
            context.toast(context.texts.plain("toast.stale"))


async def _wipe(context: BotContext) -> None:
    await context.wiping.begin(context.chat, update_id=context.turn.update_id)
    context.turn.note("chat_wiped")
    context.toast(context.texts.plain("toast.wiping"))


async def _keep(context: BotContext, *, message_id: int) -> None:
    """Say that nothing is taken away, and ask again what was being asked."""
    context.say(views.kept(message_id, context.texts))
    if interview := await context.intake.current_or_none(context.chat):
        await show_screen(context, interview)
