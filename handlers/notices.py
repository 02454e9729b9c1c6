"""Notices to the coordinators' group. They name numbers and nothing else."""

from bot.services.intake import Submitted
from handlers.context import BotContext
from handlers.views import moderation as views
from storage.outbox import Priority

_MOST_WAITING = 3
"""Notices that may wait for the group at once. A group takes 20 messages a minute (Telegram's limit): in a rush of
reports a further notice would come hours late, and /queue says the same."""


async def announce(context: BotContext, submitted: Submitted) -> None:
    """Tell the coordinators' group, where there is one, that a report came in; in a rush, only of urgent ones."""
    group = context.turn.team.coordinators
    if group is None:
        return
    waiting = await context.turn.work.outbox.count_waiting(group, Priority.NOTICES)
    if waiting >= _MOST_WAITING and not submitted.urgent:
        return
    counts = await context.moderation.queue()
    message = views.notice(
        submitted.report_id,
        urgent=submitted.urgent,
        waiting=counts.waiting,
        texts=context.desk.catalogues.in_language(group.language),
    )
    context.turn.tell(group, message, priority=Priority.NOTICES, once=f"notice:report:{submitted.report_id}")
