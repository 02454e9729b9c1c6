"""The card of a report in hand: put on the screen, and taken off it."""

from bot.domain.addition import AdditionKind
from bot.domain.audit import AuditAct
from bot.domain.message import Delete, Keyboard, Replace, Retract, Say
from bot.domain.report import Report
from bot.services.matching import candidates_or_none
from handlers.context import BotContext
from handlers.team.callbacks import pack_about
from handlers.team.files import take_files_away
from handlers.team.views import moderation as views
from handlers.team.views.candidates import candidate_lines, cases_of
from handlers.team.views.updates import update as update_pages
from handlers.views.evidence import files
from storage.outgoing import Priority
from storage.reports import Claim

CARD = "card"
"""What the messages are about that show a report in hand."""


async def show_card(context: BotContext, report: Report) -> None:
    """Show the card of a report to the coordinator who has it in hand; of a decided one, what is new."""
    if report.decision is not None:
        return await _show_update(context, report)
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
        questions=await context.asking.of(report.report_id),
    )
    for page in shown:
        context.show_card(page, about=about)
    return None


async def close_card(context: BotContext, claim: Claim, kept: int) -> None:
    """Delete the other pages of a card; the one with the buttons is replaced by its outcome.

    A page that is not on the screen yet, for it was asked for once more a moment ago, never gets there, or goes again.
    """
    outbox, about = context.turn.work.outbox, pack_about(claim, CARD)
    shown = [page.message_id for page in await outbox.shown_about(context.chat, about)]
    for message_id in shown:
        if message_id is not None and message_id != kept:
            context.say(Delete(message_id=message_id))
    if None in shown:
        await outbox.drop_unsent(context.chat, about=about)
    if None in shown and await outbox.is_under_way(context.chat, besides=""):  # what that left is in a sender's hands
        retract = Retract(about=about, html=str(context.texts("taken_away")), deletes=True, besides=kept)
        once = f"card_taken:{about}:{context.turn.update_id}"
        context.turn.tell(context.chat, retract, priority=Priority.COORDINATORS, once=once)
    await take_files_away(context, claim)


async def close_with(context: BotContext, claim: Claim, html: str, keyboard: Keyboard) -> None:
    """Take a card off the screen after words, and say in its place what came of them."""
    pages = await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD))
    await close_card(context, claim, pages[-1] if pages else 0)
    if pages:
        context.say(Replace(message_id=pages[-1], html=html, keyboard=keyboard))
    else:
        context.say(Say(html=html, keyboard=keyboard))


async def _show_update(context: BotContext, report: Report) -> None:
    """Show what is new of a decided report to the coordinator who has it in hand."""
    context.turn.note("update_in_hand", report_id=report.report_id, revision=report.revision)
    news = await context.updates.news(report)
    has_files = any(kept.addition.kind is AdditionKind.EVIDENCE for kept in news.additions)
    kept = files(await context.evidence.of_report(report.report_id), context.texts) if has_files else None
    until = context.turn.work.now + context.desk.lease
    for page in update_pages(news, context.texts, files=kept, until=until):
        context.show_card(page, about=pack_about(Claim(report.report_id, report.revision), CARD))
