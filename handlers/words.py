"""Plain words in a private chat: whose question they answer."""

from telegram import Update

from bot.domain.answer import Words
from bot.domain.message import Say
from handlers import answering, intake, my_reports
from handlers.context import CHOICE, BotContext
from handlers.team import asking, case_words, cities, correcting, finding, moderation, rejection_notes

_ASKED_FOR = (
    moderation.take_reason,
    asking.take_question,
    cities.take_words,
    finding.take_search,
    correcting.take_words,
    case_words.take,
    rejection_notes.take_note,
    answering.take_answer,
)
"""Who takes words that were asked for, one after the other, before any button that is waited for is asked about."""


async def on_words(update: Update, context: BotContext) -> None:
    """Take words as what they were asked for as: a member's reason or cities, an addition to a report, an answer."""
    message = update.message
    if message is None:
        return None
    for take in _ASKED_FOR:
        if await take(message, context):
            return None
    if context.last_about == CHOICE:
        return context.say(Say(html=str(context.texts("problem.press_above"))), about=CHOICE)
    if await my_reports.take_addition(message, context):
        return None
    return await intake.on_words(update, context)


async def on_edited(update: Update, context: BotContext) -> None:
    """Let an edited message change the answer it gave; once that is submitted, the new words are an addition."""
    message = update.edited_message
    if message is None or not message.text:
        return
    words = Words(message_id=message.message_id, text=message.text)
    if await intake.mend_answer(words, message, context) or await my_reports.take_correction(words, context):
        return
    await intake.answer_useless_edit(context)
