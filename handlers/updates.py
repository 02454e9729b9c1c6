"""What is new of a decided report: its short card, and noting that it is seen."""

from bot.domain.addition import AdditionKind
from bot.domain.message import Replace
from bot.domain.report import Report
from handlers.callbacks import number
from handlers.cards import CARD, close_card
from handlers.context import BotContext
from handlers.team_callbacks import CardPress, pack_about
from handlers.views import moderation as cards
from handlers.views import updates as views
from handlers.views.evidence import files
from storage.reports import Claim


async def show_update(context: BotContext, report: Report) -> None:
    """Show what is new of a decided report to the coordinator who has it in hand."""
    context.turn.note("update_in_hand", report_id=report.report_id, revision=report.revision)
    news = await context.updates.news(report)
    has_files = any(kept.addition.kind is AdditionKind.EVIDENCE for kept in news.additions)
    kept = files(await context.evidence.of_report(report.report_id), context.texts) if has_files else None
    until = context.turn.work.now + context.desk.lease
    for page in views.update(news, context.texts, files=kept, until=until):
        context.show_card(page, about=pack_about(Claim(report.report_id, report.revision), CARD))


async def note_seen(context: BotContext, press: CardPress, message_id: int) -> None:
    """Note that what the card shows is seen, and take it off the screen.

    Raises:
        NotYours, ValueError: nothing is changed.
    """
    up_to = number(press.value or "0")
    is_all = await context.updates.seen(await context.coordinator(), press.claim, up_to=up_to)
    context.turn.note("update_seen", report_id=press.claim.report_id)
    await close_card(context, press.claim, message_id)
    shown = context.texts("update.seen" if is_all else "update.more", report=press.claim.report_id)
    context.say(Replace(message_id=message_id, html=str(shown), keyboard=cards.next_row(context.texts)))
