"""The coordinators' side: /next, the buttons under a card, a reason in words."""

from collections.abc import Sequence

from telegram import Message, Update

from bot.domain.access import Act, Verdict
from bot.domain.errors import Holding, NotYours, QueueEmpty, UndoTooLate
from bot.domain.message import Delete, Replace, Say
from bot.domain.report import RejectionReason, Report
from bot.services.matching import candidates_or_none
from handlers.callbacks import number
from handlers.context import BotContext, pressed
from handlers.team import asking, blocking, correcting, opening, updates
from handlers.team.asked import asked_beside
from handlers.team.callbacks import (
    ACTS,
    CardAction,
    CardPress,
    pack_about,
    unpack_card_press,
    unpack_decision,
)
from handlers.team.cards import close_card, close_with, show_card
from handlers.team.cases import open_case_of
from handlers.team.files import show_card_files
from handlers.team.guard import taken_as
from handlers.team.rejection_notes import LONGEST_NOTE
from handlers.team.views import moderation as views
from handlers.team.views.candidates import cases_of
from handlers.team.views.card_keyboards import PUBLISH_AT_MOST, card_keyboard, more_keyboard, reasons_keyboard
from handlers.team.views.queue import nothing_to_claim
from handlers.views.interview import status
from storage.chats import Chat
from storage.decisions import Made
from storage.outgoing import Priority
from storage.reports import Claim

REASON = "reason"


async def on_next(_update: Update, context: BotContext) -> None:
    """Claim the next report and show its card."""
    await show_next(context, cities=await context.cities())


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
        if error.state in {Holding.YOURS_ALREADY, Holding.SEEN}:
            return None  # a doubled press: the card already says what was done
        await close_card(context, press.claim, message_id)
        context.say(views.closed(error, message_id, context.texts))


async def take_reason(message: Message, context: BotContext) -> bool:
    """Take a coordinator's words that were asked for as a reason; False where they were not.

    Who the person is, is looked up only where words were asked for: most people only report.
    """
    claim = await asked_beside(message, context, REASON)
    if claim is None:
        return False
    return await taken_as(context, Act.REJECT, lambda: _reject_in_words(context, claim, message))


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
            await show_next(context, cities=await context.cities())
        case CardAction.ATTACH:
            made = await context.moderation.approve(coordinator, claim, into=number(press.value))
            await _finish(context, claim, made, message_id)
            await show_next(context, cities=await context.cities())
        case CardAction.REASON if press.value == RejectionReason.OTHER:
            await _undecided(context, coordinator, claim)
            context.say(views.ask_reason(claim, texts), about=pack_about(claim, REASON))
        case CardAction.REASON:
            made = await context.moderation.reject(coordinator, claim, RejectionReason(press.value))
            await _finish(context, claim, made, message_id)
        case CardAction.REJECT:
            await _undecided(context, coordinator, claim)
            context.say(Replace(message_id=message_id, keyboard=reasons_keyboard(claim, texts)))
        case CardAction.MORE:
            report = await _undecided(context, coordinator, claim)
            kept = await context.evidence.of_report(report.report_id)
            is_lead = await context.judge(Act.HISTORY) is Verdict.YES
            keyboard = more_keyboard(claim, texts, has_files=bool(kept), is_lead=is_lead)
            context.say(Replace(message_id=message_id, keyboard=keyboard))
        case CardAction.BACK:
            report = await _undecided(context, coordinator, claim)
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
            await close_card(context, claim, message_id)
            context.say(views.released(claim, message_id, texts))
        case _:
            await _hand_on(context, press, message_id)


async def _hand_on(context: BotContext, press: CardPress, message_id: int) -> None:
    """Let another module carry out what is its own."""
    claim = press.claim
    match press.action:
        case CardAction.ASK:
            await asking.request(context, claim)
        case CardAction.NOT_ASKING:
            await asking.give_up(context, claim, message_id)
        case CardAction.SEEN | CardAction.SEEN_NEXT:
            await updates.note_seen(context, press, message_id)
            if press.action is CardAction.SEEN_NEXT:
                await show_next(context, cities=await context.cities())
        case CardAction.SEEN_STATUS:
            await updates.note_status(context, press, message_id)
            await show_next(context, cities=await context.cities())
        case CardAction.BLOCK:
            await blocking.confirm(context, claim, message_id)
        case CardAction.BLOCK_SURE:
            await blocking.block(context, claim, message_id)
        case CardAction.HISTORY:
            await opening.show_history(context, claim)
        case CardAction.CLOSE:
            await close_card(context, claim, message_id)
            context.say(Delete(message_id=message_id))
        case _ if ACTS[press.action] is Act.CORRECT:
            await correcting.on_press(context, press, message_id)


async def _undecided(context: BotContext, coordinator: Chat, claim: Claim) -> Report:
    """Return the report in hand, which is to be decided.

    Raises:
        NotYours: it is not in this coordinator's hands.
        ValueError: it is decided, and only what is new of it is in hand: no button for this was shown.
    """
    report = await context.moderation.held(coordinator, claim)
    if report.decision is not None:
        raise ValueError(claim.report_id)
    return report


async def _reject_in_words(context: BotContext, claim: Claim, message: Message) -> None:
    words = (message.text or "").strip()
    if not words or len(words) > LONGEST_NOTE:
        problem = context.texts("problem.too_long", limit=LONGEST_NOTE)
        context.say(Say(html=str(problem)))
        return context.say(views.ask_reason(claim, context.texts), about=pack_about(claim, REASON))
    coordinator = await context.coordinator()
    try:
        made = await context.moderation.reject(coordinator, claim, RejectionReason.OTHER, words=words)
    except NotYours as error:
        return context.say(Say(html=str(views.not_yours(error, context.texts))))
    context.turn.note(f"report_{made.decision}", report_id=claim.report_id)
    shown = views.decided(claim, made, 0, context.texts)
    return await close_with(context, claim, shown.html or "", shown.keyboard or ())


async def on_undo(update: Update, context: BotContext) -> None:
    """Undo a decision, and show the report again."""
    button = pressed(update)
    if button is None:
        return None
    data, message_id = button
    try:
        report_id, decision_id = unpack_decision(data)
        coordinator = await context.coordinator()
        as_lead = await context.judge(Act.UNDO_ANY) is Verdict.YES
        reopened = await context.moderation.undo(coordinator, report_id, decision_id, as_lead=as_lead)
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    except UndoTooLate as error:
        return context.toast(context.texts.plain(f"toast.undo.{error.why}"))
    context.turn.note("decision_undone", report_id=report_id)
    context.say(Replace(message_id=message_id, html=str(context.texts("card.undone", report=report_id))))
    if reopened.reporter is not None and not reopened.reporter.gone:
        texts = context.desk.catalogues.in_language(reopened.reporter.language)
        told = status(reopened.receipt, None, texts)
        once = f"reopened:{report_id}:{decision_id}"
        context.turn.tell(reopened.reporter, told, priority=Priority.PEOPLE, once=once)
    return await show_card(context, await context.moderation.held(coordinator, reopened.claim))


async def _finish(context: BotContext, claim: Claim, made: Made, message_id: int) -> None:
    """Take the card off the screen, and say how to undo it. Its reporter is told when that is over."""
    context.turn.note(f"report_{made.decision}", report_id=claim.report_id)
    await close_card(context, claim, message_id)
    context.say(views.decided(claim, made, message_id, context.texts))


async def show_next(context: BotContext, *, cities: Sequence[str], also_urgent: bool = True) -> None:
    """Claim the next report of these places (none: of any) and show its card; or say that there is none."""
    within = context.desk.reader.country.places.within(cities)
    try:
        report = await context.moderation.next(await context.coordinator(), cities=within, also_urgent=also_urgent)
    except QueueEmpty as empty:
        return context.say(nothing_to_claim(empty, context.texts))
    return await show_card(context, report)
