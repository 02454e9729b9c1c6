"""/queue: what waits and in whose hands it is, and the buttons under it."""

from collections.abc import Callable

from telegram import Update

from bot.domain.access import Act, Verdict
from bot.domain.message import Retract, Say
from bot.services.overview import overview
from bot.texts import Texts
from handlers.context import BotContext
from handlers.team.callbacks import QueueAction, QueuePress, card_of, claim_to_break, unpack_queue
from handlers.team.moderation import show_next
from handlers.team.notices import take_away
from handlers.team.queue_callbacks import case_to_break
from handlers.team.views import queue as views
from handlers.team.views.case import taken_away


async def on_queue(_update: Update, context: BotContext) -> None:
    """Show what waits."""
    context.say(await _shown(context))


async def on_queue_press(update: Update, context: BotContext) -> None:
    """Carry out a button that belongs to the queue."""
    query = update.callback_query
    try:
        press = unpack_queue((query and query.data) or "")
        await _carry_out(context, press)
    except ValueError:
        context.toast(context.texts.plain("toast.stale"))


async def _carry_out(context: BotContext, press: QueuePress) -> None:
    match press.action:
        case QueueAction.NEXT:
            await show_next(context, cities=await context.cities())
        case QueueAction.ANY:
            await show_next(context, cities=())
        case QueueAction.CITY if press.value in context.desk.reader.places:
            await show_next(context, cities=[press.value], also_urgent=False)
        case QueueAction.BREAK:
            await _break_claim(context, press)
        case QueueAction.BREAK_CASE:
            await _break_case(context, press)
        case _:
            raise ValueError(press.value)


async def _break_claim(context: BotContext, press: QueuePress) -> None:
    """Take a report out of another's hands, and its card off that screen.

    Raises:
        ValueError: this bot never made such a button.
    """
    claim = claim_to_break(press)
    held = await context.moderation.break_claim(await context.coordinator(), claim)
    if held is None:
        return context.toast(context.texts.plain("toast.not_so_held"))
    context.turn.note("claim_broken", report_id=claim.report_id)

    def gone(texts: Texts) -> Retract:
        return Retract(about=card_of(claim.report_id), html=str(texts("card.broken", report=claim.report_id)))

    await _take_from(context, held.coordinator_key, gone, once=f"broken:{claim.report_id}:{claim.revision}")
    context.toast(context.texts.plain("toast.broken", report=claim.report_id))
    return context.say(await _shown(context))


async def _break_case(context: BotContext, press: QueuePress) -> None:
    """Close a case that another has open, and take its page off that screen.

    Raises:
        ValueError: this bot never made such a button.
    """
    claim = case_to_break(press)
    opened = await context.cases.break_claim(await context.coordinator(), claim)
    if opened is None:
        return context.toast(context.texts.plain("toast.not_so_held"))
    context.turn.note("case_broken", case_id=claim.case_id)

    def gone(texts: Texts) -> Retract:
        return taken_away(claim.case_id, texts("case.broken", case=claim.case_id))

    await _take_from(context, opened.holder_key, gone, once=f"case_broken:{claim.case_id}:{claim.revision}")
    context.toast(context.texts.plain("toast.case_broken", case=claim.case_id))
    return context.say(await _shown(context))


async def _take_from(context: BotContext, holder_key: str, gone: Callable[[Texts], Retract], *, once: str) -> None:
    """Take off a holder's screen what a lead took out of that holder's hands, and say so in the holder's language."""
    holder = await context.turn.work.chats.get(holder_key)
    if holder is not None:
        await take_away(context, holder, gone(context.desk.catalogues.in_language(holder.language)), once=once)


async def _shown(context: BotContext) -> Say:
    """Return what waits, with names and buttons only for who may be shown reports, here and now."""
    seen = await overview(context.turn.work, context.desk.reader.country.places.places_by_key)
    if await context.judge(Act.NEXT) is not Verdict.YES:
        return views.queue(seen, context.texts)
    breaks = await context.judge(Act.BREAK_CLAIM) is Verdict.YES
    cares = bool(await context.cities())
    return views.queue_for_coordinator(seen, context.texts, own=context.chat.key, breaks=breaks, cares=cares)
