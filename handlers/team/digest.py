"""/digest: what the next digest would say, for a coordinator's eyes."""

from telegram import Update

from bot.domain.audit import AuditAct
from handlers.context import BotContext
from handlers.views.digest import preview

ABOUT = "found:digest"
"""What the pages are about: they show names, and are taken back as all that does."""


async def on_digest(_update: Update, context: BotContext) -> None:
    """Show the next digest as it stands. Nothing is posted."""
    digest = await context.digests.preview()
    context.turn.work.audit.note(await context.coordinator(), AuditAct.READ_DIGEST, reports=digest.reports)
    for page in preview(digest, context.texts):
        context.say(page, about=ABOUT)
