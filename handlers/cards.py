"""The card of a report in hand: put on the screen, and taken off it."""

from bot.domain.audit import AuditAct
from bot.domain.message import Delete
from bot.domain.report import Report
from bot.services.matching import candidates_or_none
from handlers.context import BotContext
from handlers.team_callbacks import pack_about
from handlers.views import moderation as views
from handlers.views.candidates import candidate_lines, cases_of
from handlers.views.evidence import files
from storage.reports import Claim

CARD = "card"
"""What the messages are about that show a report in hand."""


async def show_card(context: BotContext, report: Report) -> None:
    """Show the card of a report to the coordinator who has it in hand."""
    context.turn.note("report_in_hand", report_id=report.report_id, revision=report.revision)
    about = pack_about(Claim(report.report_id, report.revision), CARD)
    until = context.turn.work.now + context.desk.lease
    additions = await context.moderation.additions(report.report_id)
    kept = files(await context.evidence.of_report(report.report_id), context.texts)
    captions = await context.evidence.captions(report.report_id)
    candidates, fault = await candidates_or_none(context.turn.work, report)
    if fault is not None:
        context.turn.note("candidates_not_checked", report_id=report.report_id, error=type(fault).__name__)
    if candidates:
        audit = context.turn.work.audit
        audit.note(context.chat, AuditAct.READ_CANDIDATES, report_id=report.report_id, candidates=len(candidates))
    alike = candidate_lines(candidates, context.texts)
    shown = views.card(
        report,
        context.texts,
        until=until,
        additions=additions,
        files=kept,
        captions=captions,
        candidates=alike,
        cases=cases_of(candidates),
    )
    for page in shown:
        context.show_card(page, about=about)


async def close_card(context: BotContext, claim: Claim, kept: int) -> None:
    """Delete the other pages of a card; the one with the buttons is replaced by its outcome."""
    for message_id in await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD)):
        if message_id != kept:
            context.say(Delete(message_id=message_id))
