"""Noting that what is new of a decided report is seen, and what it says of the person."""

from bot.domain.case import CaseStatus
from bot.domain.message import Replace
from handlers.callbacks import number
from handlers.context import BotContext
from handlers.team.callbacks import CardPress
from handlers.team.cards import close_card
from handlers.team.views import updates as views


async def note_seen(context: BotContext, press: CardPress, message_id: int) -> None:
    """Note that what the card shows is seen, and take it off the screen.

    Raises:
        NotYours, ValueError: nothing is changed.
    """
    is_all = await _seen(context, press, up_to=number(press.value or "0"))
    await _close(context, press, views.seen(press.claim.report_id, message_id, context.texts, is_all=is_all))


async def note_status(context: BotContext, press: CardPress, message_id: int) -> None:
    """Do the same, and write into the case what became of the person, with this report as the source.

    Raises:
        NotYours, ValueError: nothing is changed.
    """
    named, _, up_to = press.value.partition(":")
    status, coordinator = CaseStatus(named), await context.coordinator()
    news = await context.updates.held(coordinator, press.claim)
    if news.case_id is None or status not in news.statuses:
        raise ValueError(press.value)
    source, seen_up_to = press.claim.report_id, number(up_to)
    await context.cases.add_status(coordinator, news.case_id, status, source=source, days=news.statuses[status])
    is_all = await _seen(context, press, up_to=seen_up_to)
    context.turn.note("case_changed", case_id=news.case_id, what=press.action.value)
    shown = views.seen_as(news, news.case_id, status, message_id, context.texts, is_all=is_all)
    await _close(context, press, shown)


async def _seen(context: BotContext, press: CardPress, *, up_to: int) -> bool:
    is_all = await context.updates.seen(await context.coordinator(), press.claim, up_to=up_to)
    context.turn.note("update_seen", report_id=press.claim.report_id)
    return is_all


async def _close(context: BotContext, press: CardPress, shown: Replace) -> None:
    await close_card(context, press.claim, shown.message_id)
    context.say(shown)
