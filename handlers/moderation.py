"""The coordinators' side: /queue, /next, the buttons under a card, a reason in words."""

from telegram import Message, Update

from bot.domain.access import Act, Verdict
from bot.domain.errors import Holding, NotYours, QueueEmpty, UndoTooLate
from bot.domain.message import Delete, Replace, Say
from bot.domain.report import RejectionReason, Report
from bot.services.matching import candidates_or_none
from handlers.cases import open_case_of
from handlers.context import BotContext, pressed
from handlers.files import show_card_files, take_files_away
from handlers.team_callbacks import CardAction, CardPress, pack_about, unpack_about, unpack_card_press, unpack_undo
from handlers.views import moderation as views
from handlers.views.candidates import candidate_lines, cases_of
from handlers.views.card_keyboards import PUBLISH_AT_MOST, card_keyboard, more_keyboard, reasons_keyboard
from handlers.views.evidence import files
from handlers.views.interview import status
from storage.decisions import Made
from storage.outgoing import Priority
from storage.reports import Claim

CARD = "card"
REASON = "reason"
LONGEST_REASON = 1000
"""Characters a reason in words may have."""


async def on_queue(update: Update, context: BotContext) -> None:
    """Show how many reports wait and since when."""
    counts = await context.moderation.queue()
    private = update.effective_chat is not None and update.effective_chat.type == "private"
    context.say(views.queue(counts, context.texts, private=private))


async def on_next(_update: Update, context: BotContext) -> None:
    """Claim the next report and show its card."""
    await _show_next(context)


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


async def on_card_press(update: Update, context: BotContext) -> None:
    """Carry out a button under a card."""
    button = pressed(update)
    if button is None:
        return None
    data, message_id = button
    try:
        press = unpack_card_press(data)
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    try:
        await _carry_out(context, press, message_id)
    except ValueError:
        context.toast(context.texts.plain("toast.stale"))
    except NotYours as error:
        context.toast(str(views.not_yours(error, context.texts).striptags()))
        if error.state is Holding.YOURS_ALREADY:
            return None  # a doubled press: the card already says what was decided
        await _close_card(context, press.claim, message_id)
        context.say(views.closed(error, message_id, context.texts))


async def take_reason(message: Message, context: BotContext) -> bool:
    """Take a coordinator's words that were asked for as a reason; False where they were not.

    Who the person is, is looked up only where words were asked for: most people only report.
    """
    claim = await _reason_asked_for(message, context)
    verdict = Verdict.STRANGER if claim is None else await context.judge(Act.REJECT)
    if claim is None or verdict is Verdict.STRANGER:
        return False
    if verdict is Verdict.YES:
        await _reject_in_words(context, claim, message)
    else:
        context.say(Say(html=str(context.texts(f"refused.{verdict}"))))
    return True


async def _carry_out(context: BotContext, press: CardPress, message_id: int) -> None:
    coordinator = await context.coordinator()
    claim, texts = press.claim, context.texts
    match press.action:
        case CardAction.APPROVE | CardAction.APPROVE_INITIALS | CardAction.APPROVE_UNNAMED:
            at_most = PUBLISH_AT_MOST[press.action]
            made = await context.moderation.approve(coordinator, claim, publish_at_most=at_most)
            await _finish(context, claim, made, message_id)
        case CardAction.APPROVE_NEXT:
            made = await context.moderation.approve(coordinator, claim)
            await _finish(context, claim, made, message_id)
            await _show_next(context)
        case CardAction.ATTACH:
            made = await context.moderation.approve(coordinator, claim, into=int(press.value))
            await _finish(context, claim, made, message_id)
            await _show_next(context)
        case CardAction.REASON if press.value == RejectionReason.OTHER:
            await context.moderation.held(coordinator, claim)
            context.say(views.ask_reason(claim, texts), about=pack_about(claim, REASON))
        case CardAction.REASON:
            made = await context.moderation.reject(coordinator, claim, RejectionReason(press.value))
            await _finish(context, claim, made, message_id)
        case CardAction.REJECT:
            await context.moderation.held(coordinator, claim)
            context.say(Replace(message_id=message_id, keyboard=reasons_keyboard(claim, texts)))
        case CardAction.MORE:
            report = await context.moderation.held(coordinator, claim)
            kept = await context.evidence.of_report(report.report_id)
            is_lead = await context.judge(Act.HISTORY) is Verdict.YES
            keyboard = more_keyboard(claim, texts, has_files=bool(kept), is_lead=is_lead)
            context.say(Replace(message_id=message_id, keyboard=keyboard))
        case CardAction.BACK:
            report = await context.moderation.held(coordinator, claim)
            candidates, _ = await candidates_or_none(context.turn.work, report)
            keyboard = card_keyboard(claim, texts, publishing=report.consent.publishing, cases=cases_of(candidates))
            context.say(Replace(message_id=message_id, keyboard=keyboard))
        case CardAction.FILES:
            await show_card_files(context, press)
        case CardAction.CASE:
            await context.moderation.held(coordinator, claim)
            await open_case_of(context, claim.report_id)
        case CardAction.RELEASE:
            await context.moderation.release(coordinator, claim)
            context.turn.note("report_released", report_id=claim.report_id)
            await _close_card(context, claim, message_id)
            context.say(views.released(claim, message_id, texts))


async def _reason_asked_for(message: Message, context: BotContext) -> Claim | None:
    """Return the report whose rejection these words explain, or None.

    A reply to the request settles it. Some clients lose the reply: then the request must be the bot's last word on
    any report, that report still in hand, and no interview of the coordinator's own in progress.
    """
    if message.reply_to_message is not None:
        about = await context.replied_to(message.reply_to_message.message_id)
        return unpack_about(about, REASON) if about else None
    about = context.last_about
    claim = unpack_about(about, REASON) if about else None
    if claim is None or await context.intake.in_progress(context.chat):
        return None
    try:
        await context.moderation.held(context.chat, claim)
    except NotYours:
        return None
    return claim


async def _reject_in_words(context: BotContext, claim: Claim, message: Message) -> None:
    words = (message.text or "").strip()
    if not words or len(words) > LONGEST_REASON:
        problem = context.texts("problem.too_long", limit=LONGEST_REASON)
        context.say(Say(html=str(problem)))
        return context.say(views.ask_reason(claim, context.texts), about=pack_about(claim, REASON))
    coordinator = await context.coordinator()
    try:
        made = await context.moderation.reject(coordinator, claim, RejectionReason.OTHER, words=words)
    except NotYours as error:
        return context.say(Say(html=str(views.not_yours(error, context.texts))))
    cards = await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD))
    return await _finish(context, claim, made, cards[-1] if cards else 0)


async def on_undo(update: Update, context: BotContext) -> None:
    """Undo a decision, and show the report again."""
    query = update.callback_query
    if query is None or query.data is None or query.message is None:
        return None
    try:
        report_id, decision_id = unpack_undo(query.data)
        coordinator = await context.coordinator()
        as_lead = await context.judge(Act.UNDO_ANY) is Verdict.YES
        reopened = await context.moderation.undo(coordinator, report_id, decision_id, as_lead=as_lead)
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    except UndoTooLate:
        return context.toast(context.texts.plain("toast.undo_too_late"))
    context.turn.note("decision_undone", report_id=report_id)
    context.say(Replace(message_id=query.message.message_id, html=str(context.texts("card.undone", report=report_id))))
    if reopened.reporter is not None and not reopened.reporter.gone:
        texts = context.desk.catalogues.in_language(reopened.reporter.language)
        told = status(reopened.receipt, None, texts)
        once = f"reopened:{report_id}:{decision_id}"
        context.turn.tell(reopened.reporter, told, priority=Priority.PEOPLE, once=once)
    return await show_card(context, await context.moderation.held(coordinator, reopened.claim))


async def _finish(context: BotContext, claim: Claim, made: Made, message_id: int) -> None:
    """Take the card off the screen, and say how to undo it. Its reporter is told when that is over."""
    context.turn.note(f"report_{made.decision}", report_id=claim.report_id)
    await _close_card(context, claim, message_id)
    context.say(views.decided(claim, made, message_id, context.texts))


async def _show_next(context: BotContext) -> None:
    try:
        report = await context.moderation.next(await context.coordinator(), cities=await context.cities())
    except QueueEmpty as empty:
        return context.say(views.nothing_to_claim(empty, context.texts))
    return await show_card(context, report)


async def _close_card(context: BotContext, claim: Claim, kept: int) -> None:
    """Delete the other pages of a card; the one with the buttons is replaced by its outcome."""
    for message_id in await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD)):
        if message_id != kept:
            context.say(Delete(message_id=message_id))
    await take_files_away(context, claim)
