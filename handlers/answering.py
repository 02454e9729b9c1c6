"""A reporter answers what the team asked: by a reply, by plain words where that is the bot's last word, or a button."""

from markupsafe import Markup
from telegram import Message

from bot.domain.answer import Words
from bot.domain.asked import AskedOutcome
from bot.domain.errors import NoSuchQuestion, NoSuchReport, NotUnderstood
from bot.domain.message import Replace, Say
from bot.domain.press import Action
from bot.understanding.reading import visible
from bot.understanding.spoken_buttons import spoken_button
from handlers.callbacks import FollowUpAction, FollowUpPress, number
from handlers.context import BotContext
from handlers.intake import show_screen
from handlers.team.asked import is_at_a_question
from handlers.team.notices import tell_of_change
from handlers.views import asking as views
from storage.questions import KeptQuestion

_SPOKEN = {Action.UNKNOWN: AskedOutcome.UNKNOWN, Action.SKIP: AskedOutcome.SKIPPED}
_PRESSED = {
    FollowUpAction.ANSWER_UNKNOWN: AskedOutcome.UNKNOWN,
    FollowUpAction.ANSWER_SKIP: AskedOutcome.SKIPPED,
}


async def question_of(message: Message, context: BotContext) -> KeptQuestion | None:
    """Return the question of the team that a message answers, whatever became of it; or None.

    A reply to the question settles it, also while a report is being filled in. Else the question must be the bot's last
    word in this chat, and seen before the message was written.

    Raises:
        NoSuchReport: the report it was about is withdrawn.
    """
    if message.reply_to_message is not None:
        question_id = views.question_in(await context.replied_to(message.reply_to_message.message_id))
        return None if question_id is None else await context.answering.question(context.chat, question_id)
    question_id = views.question_in(context.last_about)
    if question_id is None or await is_at_a_question(context):
        return None
    for shown in await context.turn.work.outbox.shown_about(context.chat, views.about(question_id)):
        if not shown.came_after(message_id=message.message_id, sent_at=message.date):
            return await context.answering.question(context.chat, question_id)
    return None


async def take_answer(message: Message, context: BotContext) -> bool:
    """Take words that answer a question of the team; False where they do not."""
    try:
        question = await question_of(message, context)
        if question is None:
            return False
        await _answer(context, question, Words(message_id=message.message_id, text=message.text or ""))
    except NoSuchReport:
        context.say(Say(html=str(context.texts("my.gone"))))
    return True


async def answer_besides_words(context: BotContext, question: KeptQuestion, message: Message) -> None:
    """Note that what was sent besides words, and is kept by now, answers a question.

    Raises:
        NoSuchReport: the report is withdrawn.
    """
    context.turn.note("question_answered", report_id=question.report_id)
    if visible(message.caption or ""):
        words = Words(message_id=message.message_id, text=message.caption or "")
        await context.answering.answer(context.chat, question, words)
    else:
        await context.answering.answer_with_file(context.chat, question)


async def press(context: BotContext, press: FollowUpPress, message_id: int) -> None:
    """Carry out a button under a question, or the one that shows it again.

    Raises:
        NoSuchReport, ValueError: there is no such question of this person's; nothing is changed.
    """
    if press.action is FollowUpAction.QUESTION:
        open_one = await context.answering.open(context.chat, press.report_id)
        if open_one is None:
            return context.toast(context.texts.plain("question.closed"))
        return await _show(context, open_one)
    question = await context.answering.question(context.chat, number(press.value))
    if question.report_id != press.report_id:
        raise ValueError(press.value)
    try:
        html = await _decline(context, question, _PRESSED[press.action])
    except NoSuchQuestion:
        return context.toast(context.texts.plain("question.closed"))
    return context.say(Replace(message_id=message_id, html=str(html)))


async def _answer(context: BotContext, question: KeptQuestion, words: Words) -> None:
    spoken = _SPOKEN.get(spoken_button(words.text) or Action.BACK)
    if spoken is not None and question.outcome is None:
        return await _go_on(context, await _decline(context, question, spoken))
    try:
        changed = await context.answering.answer(context.chat, question, words)
    except NotUnderstood as error:
        context.say(Say(html=str(context.texts(f"problem.{error.why}", limit=error.limit))))
        return await _show(context, question)
    context.turn.note("question_answered", report_id=question.report_id)
    if changed is not None:
        what = "answered" if question.outcome is None else "added"  # one that comes late puts nothing back
        await tell_of_change(context, question.report_id, what, holder=changed.holder)
    code = await context.turn.work.reports.receipt(question.report_id)
    return await _go_on(context, context.texts("question.thanks", code=code))


async def _decline(context: BotContext, question: KeptQuestion, outcome: AskedOutcome) -> Markup:
    await context.answering.decline(context.chat, question.question_id, outcome)
    context.turn.note("question_declined", report_id=question.report_id)
    code = await context.turn.work.reports.receipt(question.report_id)
    return context.texts("question.declined", code=code)


async def _show(context: BotContext, question: KeptQuestion) -> None:
    code = await context.turn.work.reports.receipt(question.report_id)
    shown = views.question(question.report_id, question.question_id, question.words, code, context.texts)
    context.say(shown, about=views.about(question.question_id))


async def _go_on(context: BotContext, note: Markup) -> None:
    """Say what became of an answer; what was being filled in is asked again."""
    interview = await context.intake.current_or_none(context.chat)
    if interview is None:
        return context.say(Say(html=str(note)))
    return await show_screen(context, interview, note=note)
