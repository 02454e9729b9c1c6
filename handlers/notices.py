"""Telling the team what reporters did. Notices name numbers and nothing else."""

from bot.domain.message import Replace, Say
from bot.services.follow_up import Changed
from bot.services.intake import Submitted
from bot.texts import Texts
from handlers.callbacks import card_of
from handlers.context import BotContext
from handlers.views import moderation as views
from storage.chats import Chat
from storage.outbox import Priority

_MOST_WAITING = 3
"""Notices that may wait for the group at once. A group takes 20 messages a minute (Telegram's limit): in a rush of
reports a further notice would come hours late, and /queue says the same."""


async def announce(context: BotContext, submitted: Submitted) -> None:
    """Tell the coordinators' group, where there is one, that a report came in; in a rush, only of urgent ones."""
    group = context.turn.team.coordinators
    if group is None or (not submitted.urgent and await _is_in_a_rush(context, group)):
        return
    counts = await context.moderation.queue()
    message = views.notice(
        submitted.report_id,
        urgent=submitted.urgent,
        waiting=counts.waiting,
        texts=_texts(context, group),
    )
    context.turn.tell(group, message, priority=Priority.NOTICES, once=f"notice:report:{submitted.report_id}")


async def tell_of_change(
    context: BotContext, report_id: int, what: str, *, holder: Chat | None = None, once: str | None = None
) -> None:
    """Tell the coordinators' group, in a rush only whoever has the report in hand.

    `what` is "added" or "consented". `once` names what is told of only once though it comes in several updates.
    """
    group, key = context.turn.team.coordinators, once or str(context.turn.update_id)
    if group is not None and not await _is_in_a_rush(context, group):
        _tell_group(context, group, report_id, what, key=key)
    if holder is not None:
        context.turn.tell(
            holder,
            views.changed(report_id, what, _texts(context, holder)),
            priority=Priority.COORDINATORS,
            once=f"changed:{report_id}:{key}",
        )


async def tell_of_withdrawal(context: BotContext, changed: Changed) -> None:
    """Tell the team that a report was withdrawn, and take its cards off every coordinator's screen."""
    report_id, group = changed.claim.report_id, context.turn.team.coordinators
    if group is not None:
        _tell_group(context, group, report_id, "withdrawn", key=str(context.turn.update_id))
    chats, outbox = context.turn.work.chats, context.turn.work.outbox
    for telegram_id in sorted(context.desk.access.coordinator_ids):
        coordinator = await chats.get(chats.key_of(telegram_id))
        if coordinator is None:
            continue
        await outbox.drop_unsent(coordinator, about=card_of(report_id))
        words = str(_texts(context, coordinator)("not_yours.withdrawn", report=report_id))
        for message_id in await outbox.messages_about_any(coordinator, about=card_of(report_id)):
            context.turn.tell(
                coordinator,
                Replace(message_id=message_id, html=words),
                priority=Priority.COORDINATORS,
                once=f"withdrawn:{report_id}:{coordinator.key}:{message_id}",
            )


def _tell_group(context: BotContext, group: Chat, report_id: int, what: str, *, key: str) -> None:
    message = Say(html=str(_texts(context, group)(f"notice.{what}", report=report_id)))
    context.turn.tell(group, message, priority=Priority.NOTICES, once=f"notice:{what}:{report_id}:{key}")


async def _is_in_a_rush(context: BotContext, group: Chat) -> bool:
    return await context.turn.work.outbox.count_waiting(group, Priority.NOTICES) >= _MOST_WAITING


def _texts(context: BotContext, chat: Chat) -> Texts:
    return context.desk.catalogues.in_language(chat.language)
