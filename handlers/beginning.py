"""Beginning a report, or going on with the one in progress."""

from bot.domain.interview import CONSENT
from handlers.context import BotContext
from handlers.intake import show_screen


async def begin(context: BotContext) -> None:
    """Show the first screen, or the one where the person stands."""
    interview, resumed = await context.intake.begin(context.chat)
    key = "note.resumed" if interview.report_id is None else "note.resumed_further"
    note = context.texts(key) if resumed and interview.step != CONSENT else None
    await show_screen(context, interview, note=note)
