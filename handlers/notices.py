"""Notices to the coordinators' group. They name numbers and nothing else."""

from bot.services.intake import Submitted
from handlers.context import BotContext
from handlers.views import moderation as views
from storage.outbox import Priority


async def announce(context: BotContext, submitted: Submitted) -> None:
    """Tell the coordinators' group, where there is one, that a report came in."""
    group = context.turn.team.coordinators
    if group is None:
        return
    counts = await context.moderation.queue()
    message = views.notice(
        submitted.report_id,
        urgent=submitted.urgent,
        waiting=counts.waiting,
        texts=context.desk.catalogues.in_language(group.language),
    )
    context.turn.tell(group, message, priority=Priority.NOTICES, dedupe_key=f"notice:report:{submitted.report_id}")
