"""A coordinator asks the reporter of the report in hand something, through the bot."""

from telegram import Message

from bot.domain.access import Act
from bot.domain.errors import CannotAsk, NotUnderstood, NotYours
from bot.domain.message import Delete, Say
from bot.services.asking import Asked
from handlers.context import BotContext
from handlers.team.asked import asked_beside
from handlers.team.callbacks import pack_about
from handlers.team.cards import close_with
from handlers.team.guard import taken_as
from handlers.team.views import moderation as cards
from handlers.views import asking as views
from storage.outgoing import Priority
from storage.reports import Claim

ASK = "ask"
"""What the request for a question in words is about, with the report and its revision."""


async def request(context: BotContext, claim: Claim) -> None:
    """Ask the coordinator for the question in words, where the reporter can be asked.

    Raises:
        NotYours: the report is not in this coordinator's hands.
    """
    try:
        await context.asking.check(await context.coordinator(), claim)
    except CannotAsk as error:
        return context.toast(context.texts.plain(f"not_askable.{error.why}"))
    return context.say(views.ask_question(claim, context.texts), about=pack_about(claim, ASK))


async def give_up(context: BotContext, claim: Claim, message_id: int) -> None:
    """Take the request away: nothing is asked.

    Raises:
        NotYours: the report is not in this coordinator's hands.
    """
    await context.moderation.held(await context.coordinator(), claim)
    context.say(Delete(message_id=message_id))


async def take_question(message: Message, context: BotContext) -> bool:
    """Take a coordinator's words that were asked for as a question; False where they were not."""
    claim = await asked_beside(message, context, ASK)
    if claim is None:
        return False
    return await taken_as(context, Act.ASK, lambda: _ask(context, claim, message.text or ""))


async def _ask(context: BotContext, claim: Claim, words: str) -> None:
    texts = context.texts
    try:
        asked = await context.asking.ask(await context.coordinator(), claim, words)
    except NotUnderstood as error:
        context.say(Say(html=str(texts(f"problem.{error.why}", limit=error.limit))))
        return context.say(views.ask_question(claim, texts), about=pack_about(claim, ASK))
    except CannotAsk as error:
        return context.say(Say(html=str(texts(f"not_askable.{error.why}"))))
    except NotYours as error:
        return context.say(Say(html=str(cards.not_yours(error, texts))))
    context.turn.note("question_asked", report_id=claim.report_id, question=asked.question_id)
    for message_id in await context.turn.work.outbox.messages_about(context.chat, pack_about(claim, ASK)):
        context.say(Delete(message_id=message_id))
    until = context.turn.work.now + context.desk.answer_awaited
    shown = texts("card.asked_until", report=claim.report_id, until=texts.moment(until))
    await close_with(context, claim, str(shown), cards.next_row(texts))
    return _tell(context, asked)


def _tell(context: BotContext, asked: Asked) -> None:
    """Put the question to the reporter: what is written there next answers it."""
    texts = context.desk.catalogues.in_language(asked.reporter.language)
    question = views.question(asked.report_id, asked.question_id, asked.words, asked.receipt, texts)
    once, about = f"question:{asked.question_id}", views.about(asked.question_id)
    context.turn.tell(asked.reporter, question, priority=Priority.PEOPLE, once=once, about=about, asks=True)
