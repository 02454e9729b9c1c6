"""Correcting what was understood of a report in hand, by buttons or in words. What people said is never changed."""

from markupsafe import Markup
from telegram import Message

from bot.domain.access import Act
from bot.domain.errors import ButtonsOnly, Holding, NothingChosen, NotUnderstood, NotYours
from bot.domain.message import Delete, Replace, Say
from bot.services.correcting import Correcting, Correction, Field, InDoubt, chosen
from bot.understanding.spoken_buttons import never_mind, says_no
from handlers.context import BotContext
from handlers.team.asked import about_of
from handlers.team.callbacks import CardAction, CardPress, pack_about, unpack_about
from handlers.team.cards import CARD, close_card, show_card
from handlers.team.guard import taken_as
from handlers.team.views import correcting as views
from handlers.team.views.moderation import not_yours
from handlers.views.interview import problem
from storage.reports import Claim

_ASKED = "fix"
"""Stands in what a question is about that asks for the right value ("card:17:3:fix:city").

It goes with the card: what is marked in it, or may be meant, is an answer.
"""


async def on_press(context: BotContext, press: CardPress, message_id: int) -> None:
    """Carry out a button that corrects.

    Raises:
        NotYours: the card is not this coordinator's any more.
        ValueError: no such button was ever made.
    """
    if press.action is CardAction.CORRECT and not press.value:
        report = await context.moderation.held(await context.coordinator(), press.claim)
        return context.say(Replace(message_id=message_id, keyboard=views.questions(report, context.texts)))
    if press.action is CardAction.CORRECT_LEAVE:
        return context.say(Delete(message_id=message_id))
    try:
        return await _carry_out(context, press, message_id)
    except NothingChosen:
        return context.toast(context.texts.plain("correct.nothing_chosen"))
    except NotYours as error:
        if error.state is not Holding.OLD_CARD:
            raise
        return context.toast(str(not_yours(error, context.texts).striptags()))  # pressed twice: it is done


async def take_words(message: Message, context: BotContext) -> bool:
    """Take a coordinator's words that were asked for as the right value; False where they were not."""
    about = await about_of(message, context)
    card, is_asked, key = (about or "").partition(f":{_ASKED}:")
    claim = unpack_about(card, CARD) if is_asked else None
    if about is None or claim is None:
        return False

    async def hear() -> None:
        said = message.text or ""
        if never_mind(said) and not says_no(said):  # a plain no may be the answer
            await _take_questions_away(context, about)
        else:
            await _correct_in_words(context, claim, key, message)

    return await taken_as(context, Act.CORRECT, hear)


async def _carry_out(context: BotContext, press: CardPress, message_id: int) -> None:
    coordinator, desk = await context.coordinator(), _desk(context)
    claim, (key, _, what) = press.claim, press.value.partition(".")
    match press.action:
        case CardAction.CORRECT:
            await _ask(context, await desk.field(coordinator, claim, key))
        case CardAction.CORRECT_MARK:
            field = await desk.field(coordinator, claim, key)
            keyboard = views.keyboard(field, context.texts, marked=chosen(field.question, what))
            context.say(Replace(message_id=message_id, keyboard=keyboard))
        case CardAction.CORRECT_TO:
            await _finish(context, claim, await desk.press(coordinator, claim, key, what), message_id)
        case CardAction.CORRECT_BACK:
            await _finish(context, claim, await desk.take_back(coordinator, claim, key), message_id)


async def _correct_in_words(context: BotContext, claim: Claim, key: str, message: Message) -> None:
    coordinator, desk = await context.coordinator(), _desk(context)
    try:
        said, today = message.text or "", context.intake.today
        correction = await desk.hear(coordinator, claim, key, said, today=today)
    except NotYours as error:
        return context.say(Say(html=str(not_yours(error, context.texts))))
    except ValueError:
        return context.say(Say(html=context.texts.plain("toast.stale")))
    except (ButtonsOnly, NotUnderstood) as error:
        return await _ask(context, await desk.field(coordinator, claim, key), note=problem(error, context.texts))
    except InDoubt as error:
        field = await desk.field(coordinator, claim, key)
        return await _ask(context, field, note=views.in_doubt(error, context.texts), doubt=error)
    asked = await context.turn.work.outbox.messages_about(context.chat, _about(claim, key))
    context.say(Delete(message_id=message.message_id))  # the card shows it, as long as it is shown
    return await _finish(context, claim, correction, asked[-1] if asked else None)


async def _ask(context: BotContext, field: Field, *, note: Markup | None = None, doubt: InDoubt | None = None) -> None:
    """Ask what an answer means in truth, in the place of an earlier such question."""
    about = _about(field.claim, field.question.key)
    await _take_questions_away(context, about)
    context.say(views.ask(field, context.texts, note=note, doubts=doubt.doubts if doubt else ()), about=about)


async def _finish(context: BotContext, before: Claim, correction: Correction, message_id: int | None) -> None:
    """Say in the question's place what came of it, and show the card as it reads now."""
    context.turn.note("report_corrected", report_id=before.report_id, question=correction.question)
    await close_card(context, before, message_id or 0)
    await _take_questions_away(context, _about(before, correction.question), kept=message_id)
    outcome = views.outcome(correction, context.texts)
    if message_id is None:
        context.say(outcome)
    else:
        context.say(Replace(message_id=message_id, html=outcome.html, keyboard=outcome.keyboard))
    await show_card(context, correction.report)


async def _take_questions_away(context: BotContext, about: str, *, kept: int | None = None) -> None:
    for message_id in await context.turn.work.outbox.messages_about(context.chat, about):
        if message_id != kept:
            context.say(Delete(message_id=message_id))


def _about(claim: Claim, key: str) -> str:
    return f"{pack_about(claim, CARD)}:{_ASKED}:{key}"


def _desk(context: BotContext) -> Correcting:
    return Correcting(context.turn.work, reader=context.desk.reader, lease=context.desk.lease)
