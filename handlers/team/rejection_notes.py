"""A note beside the reason of a rejection, as long as the rejection can be undone. Its reporter never sees it."""

from telegram import Message, Update

from bot.domain.access import Act
from bot.domain.errors import NoteTooLate
from bot.domain.message import Delete, Say
from handlers.context import BotContext, pressed
from handlers.team.asked import about_of
from handlers.team.callbacks import NOTE, pack_note, unpack_decision
from handlers.team.guard import taken_as
from handlers.team.views import moderation as views

LONGEST_NOTE = 1000
"""Characters a reason or a note in words may have."""


async def on_note(update: Update, context: BotContext) -> None:
    """Ask for the note."""
    button = pressed(update)
    try:
        report_id, decision_id = unpack_decision(button[0] if button else "")
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    return _ask(context, report_id, decision_id)


async def take_note(message: Message, context: BotContext) -> bool:
    """Take a coordinator's words that were asked for as a note; False where they were not."""
    about = await about_of(message, context)
    if about is None or not about.startswith(f"{NOTE}:"):
        return False
    report_id, decision_id = unpack_decision(about)
    return await taken_as(context, Act.REJECT, lambda: _add(context, report_id, decision_id, message))


async def _add(context: BotContext, report_id: int, decision_id: int, message: Message) -> None:
    words = (message.text or "").strip()
    if not words or len(words) > LONGEST_NOTE:
        context.say(Say(html=str(context.texts("problem.too_long", limit=LONGEST_NOTE))))
        return _ask(context, report_id, decision_id)
    try:
        await context.moderation.add_note(await context.coordinator(), report_id, decision_id, words)
    except NoteTooLate:
        return context.say(Say(html=str(context.texts("card.note_too_late", report=report_id))))
    context.turn.note("note_added", report_id=report_id)
    context.say(Delete(message_id=message.message_id))  # what stands in the database need not stay on the phone
    return context.say(Say(html=str(context.texts("card.note_kept", report=report_id))))


def _ask(context: BotContext, report_id: int, decision_id: int) -> None:
    context.say(views.ask_note(report_id, context.texts), about=pack_note(report_id, decision_id))
