"""Opening a certain report: from what was found, or by its number. One that waits is claimed, a decided one shown."""

import re

from telegram import Update

from bot.domain.access import Act, Verdict
from bot.domain.audit import AuditAct
from bot.domain.errors import NoSuchReport, NotYours
from bot.domain.message import Say
from bot.services.audit import history
from bot.services.opening import Opening, Settled, WaitsForAnswer
from handlers.context import BotContext, message_of
from handlers.team.callbacks import pack_about, unpack_open
from handlers.team.cards import CARD, show_card
from handlers.team.views import opening as views
from handlers.team.views.history import history as history_view
from handlers.team.views.moderation import not_yours
from storage.reports import Claim

_NUMBER = re.compile(r"\D*(\d{1,18})\D*")
"""A report's number as people write it: "17", "no. 17", "№17"."""


async def on_report(update: Update, context: BotContext) -> None:
    """Open the report whose number stands behind the command."""
    found = _NUMBER.fullmatch((message_of(update).text or "").partition(" ")[2])
    if found is None:
        return context.say(Say(html=str(context.texts("report.ask"))))
    if (why := await _open(context, int(found[1]))) is not None:
        return context.say(Say(html=why))
    return None


async def on_open(update: Update, context: BotContext) -> None:
    """Open a report that was found."""
    query = update.callback_query
    try:
        report_id = unpack_open((query and query.data) or "")
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    if (why := await _open(context, report_id)) is not None:
        return context.toast(why)
    return None


async def show_history(context: BotContext, claim: Claim) -> None:
    """Show a lead what was done with a report. It need not be in the lead's hands: nothing people said is in it."""
    work = context.turn.work
    shown = await history(work, claim.report_id)
    work.audit.note(await context.coordinator(), AuditAct.READ_HISTORY, report_id=claim.report_id)
    context.show_card(history_view(shown, context.texts), about=pack_about(claim, CARD))


async def _open(context: BotContext, report_id: int) -> str | None:
    """Show a report; where it cannot be shown, return why. Plain text."""
    texts, is_lead = context.texts, await context.judge(Act.UNDO_ANY) is Verdict.YES
    try:
        opening = Opening(context.turn.work, lease=context.desk.lease)
        opened = await opening.open(await context.coordinator(), report_id, is_lead=is_lead)
    except NoSuchReport:
        return texts.plain("report.none", report=report_id)
    except WaitsForAnswer:
        return texts.plain("report.waits_for_answer", report=report_id)
    except NotYours as error:
        return str(not_yours(error, texts).striptags())
    if isinstance(opened, Settled):
        about = f"{pack_about(Claim(report_id, opened.report.revision), CARD)}:look"
        await context.turn.work.searches.note_look(context.chat, about)
        context.show_card(views.settled(opened, texts, is_lead=is_lead), about=about)
    else:
        await show_card(context, opened)
    return None
