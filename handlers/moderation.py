"""The coordinators' side: /queue, /next, the buttons under a card, a reason in words."""

from telegram import Message, Update

from bot.domain.access import Act, Verdict
from bot.domain.errors import Holding, NotYours, QueueEmpty
from bot.domain.message import Delete, Replace, Say
from bot.domain.report import RejectionReason
from bot.services.matching import candidates_or_none
from bot.services.moderation import CLAIM_LASTS, Decided
from handlers.callbacks import CardAction, CardPress, pack_about, unpack_about, unpack_card_press
from handlers.context import BotContext, pressed
from handlers.views import moderation as views
from handlers.views.candidates import candidate_lines
from handlers.views.evidence import files
from handlers.views.interview import status
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
    coordinator = await context.coordinator()
    try:
        report = await context.moderation.next(coordinator)
    except QueueEmpty as empty:
        return context.say(views.nothing_to_claim(empty, context.texts))
    context.turn.note("report_in_hand", report_id=report.report_id, revision=report.revision)
    about = pack_about(Claim(report.report_id, report.revision), CARD)
    until = context.turn.work.now + CLAIM_LASTS
    additions = await context.moderation.additions(report.report_id)
    kept = files(await context.evidence.of_report(report.report_id), context.texts)
    captions = await context.evidence.captions(report.report_id)
    candidates, fault = await candidates_or_none(context.turn.work, report)
    if fault is not None:
        context.turn.note("candidates_not_checked", report_id=report.report_id, error=type(fault).__name__)
    alike = candidate_lines(candidates, context.texts)
    for page in views.card(
        report, context.texts, until=until, additions=additions, files=kept, captions=captions, candidates=alike
    ):
        context.show_card(page, about=about)
    return None


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
            at_most = views.PUBLISH_AT_MOST[press.action]
            outcome = await context.moderation.approve(coordinator, claim, publish_at_most=at_most)
            await _finish(context, claim, outcome, message_id)
        case CardAction.REASON if press.value == RejectionReason.OTHER:
            await context.moderation.held(coordinator, claim)
            context.say(views.ask_reason(claim, texts), about=pack_about(claim, REASON))
        case CardAction.REASON:
            outcome = await context.moderation.reject(coordinator, claim, RejectionReason(press.value))
            await _finish(context, claim, outcome, message_id)
        case CardAction.REJECT:
            await context.moderation.held(coordinator, claim)
            context.say(Replace(message_id=message_id, keyboard=views.reasons_keyboard(claim, texts)))
        case CardAction.BACK:
            report = await context.moderation.held(coordinator, claim)
            keyboard = views.card_keyboard(claim, texts, publishing=report.consent.publishing)
            context.say(Replace(message_id=message_id, keyboard=keyboard))
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
        outcome = await context.moderation.reject(coordinator, claim, RejectionReason.OTHER, words=words)
    except NotYours as error:
        return context.say(Say(html=str(views.not_yours(error, context.texts))))
    cards = await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD))
    return await _finish(context, claim, outcome, cards[-1] if cards else 0)


async def _finish(context: BotContext, claim: Claim, outcome: Decided, message_id: int) -> None:
    """Take the card off the screen, and tell the reporter in the neutral words that /status uses."""
    context.turn.note(f"report_{outcome.decision}", report_id=outcome.report_id)
    await _close_card(context, claim, message_id)
    context.say(views.decided(outcome, message_id, context.texts))
    if outcome.reporter is not None and not outcome.reporter.gone:
        texts = context.desk.catalogues.in_language(outcome.reporter.language)
        context.turn.tell(
            outcome.reporter,
            status(outcome.receipt, outcome.decision, texts),
            priority=Priority.PEOPLE,
            once=f"decided:{outcome.report_id}",
        )


async def _close_card(context: BotContext, claim: Claim, kept: int) -> None:
    """Delete the other pages of a card; the one with the buttons is replaced by its outcome."""
    for message_id in await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, CARD)):
        if message_id != kept:
            context.say(Delete(message_id=message_id))
