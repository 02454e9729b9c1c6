"""The interview: what a reporter presses, writes, edits or sends."""

from dataclasses import replace

from markupsafe import Markup
from telegram import Message, Update

from bot.domain.answer import Words
from bot.domain.errors import (
    ButtonsOnly,
    CancelPending,
    InvalidReceipt,
    NotChanged,
    NothingChosen,
    NothingInProgress,
    NotUnderstood,
    StaleButton,
    TooEarly,
    TooManyReports,
    UnknownReceipt,
)
from bot.domain.interview import CONSENT, REVIEW, Interview
from bot.domain.message import Say
from bot.domain.press import Action, Press
from bot.services.intake import Progress
from bot.understanding.spoken_buttons import says_thanks
from handlers.callbacks import unpack_press
from handlers.context import BotContext, message_of
from handlers.team.notices import tell_of_further
from handlers.views import interview as views
from handlers.views.evidence import files
from handlers.views.keyboards import language_keyboard
from handlers.views.my_reports import not_noted


async def show_screen(context: BotContext, interview: Interview, *, note: Markup | None = None) -> None:
    """Show the current screen."""
    shown = await _files(context, interview)
    screen = views.screen(interview, context.texts, today=context.intake.today, note=note, files=shown)
    context.show(_with_languages(context, interview, screen))


async def begin(context: BotContext) -> None:
    """Begin a report, or go on with the one in progress."""
    interview, resumed = await context.intake.begin(context.chat)
    key = "note.resumed" if interview.report_id is None else "note.resumed_further"
    note = context.texts(key) if resumed and interview.step != CONSENT else None
    await show_screen(context, interview, note=note)


async def show_after(
    context: BotContext, progress: Progress, *, remark: Markup | None = None, once: str | None = None
) -> None:
    """Show the screen after a step, and tell the team where it added to a stored report."""
    await tell_of_further(context, progress.added)
    today, shown = context.intake.today, await _files(context, progress.interview)
    screen = views.after(progress, context.texts, today=today, remark=remark, files=shown)
    context.show(screen, once=once)


async def show_again(context: BotContext, problem: Markup, *, once: str | None = None) -> None:
    """Show the same screen again, with what was wrong, or what was taken, above it."""
    interview = await context.intake.current(context.chat)
    today, shown = context.intake.today, await _files(context, interview)
    screen = views.again(interview, problem, context.texts, today=today, files=shown)
    context.show(_with_languages(context, interview, screen), once=once)


async def _files(context: BotContext, interview: Interview) -> Markup | None:
    """Return what the review says of files. No other screen speaks of them, and asks for them."""
    if interview.step != REVIEW:
        return None
    evidence = context.evidence
    if interview.report_id is not None:
        return files(await evidence.of_report(interview.report_id), context.texts)
    return files(await evidence.of_draft(context.chat), context.texts)


def _with_languages(context: BotContext, interview: Interview, screen: Say) -> Say:
    """Add the buttons that change the language, which stand on the first screen only."""
    if interview.step != CONSENT:
        return screen
    languages = language_keyboard(context.desk.catalogues, current=context.chat.language)
    return replace(screen, keyboard=(*screen.keyboard, *languages))


async def on_press(update: Update, context: BotContext) -> None:
    """Carry out a button of the interview."""
    query = update.callback_query
    if query is None or query.data is None:
        return
    try:
        press = unpack_press(query.data)
        await _carry_out(context, press, message_id=query.message.message_id if query.message else 0)
    except ValueError:
        context.toast(context.texts.plain("toast.stale"))
    except NothingInProgress:
        context.toast(context.texts.plain("toast.closed"))
    except NothingChosen:
        context.toast(context.texts.plain("toast.nothing_chosen"))
    except StaleButton as stale:
        await _stale(context, stale)


async def on_words(update: Update, context: BotContext) -> None:
    """Take one answer and ask the next question."""
    message = message_of(update)
    await _hear(context, Words(message_id=message.message_id, text=message.text or ""), message)


async def mend_answer(words: Words, message: Message, context: BotContext) -> bool:
    """Let an edited message change the answer it gave; False where it gave none that is still open."""
    try:
        progress = await context.intake.mend(context.chat, words, sent_at=message.date)
    except NothingInProgress:
        return False
    except NotChanged as error:
        await show_again(context, views.problem(error, context.texts))
        return True
    if progress is None:
        return False
    await show_after(context, progress)
    return True


async def answer_useless_edit(context: BotContext) -> None:
    """Say that an edited message is part of nothing that can be changed."""
    if not await context.intake.in_progress(context.chat):
        return context.say(Say(html=str(context.texts("problem.edited_too_late"))))
    return await show_again(context, context.texts("problem.edited_elsewhere"))


async def _hear(context: BotContext, words: Words, message: Message) -> None:
    try:
        progress = await context.intake.hear(context.chat, words, sent_at=message.date)
    except NothingInProgress:
        return await _answer_outside(context, words.text)
    except CancelPending:
        interview = await context.intake.current(context.chat)
        note = context.texts("problem.buttons_only")
        return context.say(views.confirm_cancel(interview, context.texts, note=note))
    except (ButtonsOnly, TooEarly, NotUnderstood, NotChanged) as error:
        return await show_again(context, views.problem(error, context.texts))
    return await show_after(context, progress)


async def _answer_outside(context: BotContext, said: str) -> None:
    """Answer words outside an interview: a receipt code asks after its report, whatever stands around it."""
    try:
        code, decision = await context.intake.status(said)
    except (InvalidReceipt, UnknownReceipt):
        if says_thanks(said):
            return context.say(Say(html=str(context.texts("note.thanks"))))
        return context.say(not_noted(await context.follow_up.page(context.chat), context.texts))
    return context.say(views.status(code, decision, context.texts))


async def _carry_out(context: BotContext, press: Press, *, message_id: int) -> None:
    match press.action:
        case Action.DROP:
            await context.intake.drop(context.chat, press.screen)
            context.say(Say(html=str(context.texts("cancel.done"))))
        case Action.KEEP:
            await show_screen(context, await context.intake.keep(context.chat, press.screen))
        case Action.CANCEL:
            context.say(
                views.confirm_cancel(await context.intake.ask_to_cancel(context.chat, press.screen), context.texts)
            )
        case Action.SUBMIT:
            await _submit(context, press)
        case Action.REVIEWED if await context.intake.finish(context.chat, press.screen) is not None:
            context.say(Say(html=str(context.texts("further.finished"))))
        case Action.MARK | Action.UNMARK | Action.CLEAR:
            progress = await context.intake.press(context.chat, press)
            today = context.intake.today
            context.say(views.marked(progress.interview, message_id, context.texts, today=today))
        case _:
            progress = await context.intake.press(context.chat, press)
            await show_after(context, progress)


async def _submit(context: BotContext, press: Press) -> None:
    try:
        submitted = await context.intake.submit(context.chat, press.screen)
    except TooManyReports as error:
        return await show_again(
            context, context.texts("problem.too_many_reports", at=context.texts.moment(error.until))
        )
    context.turn.note("report_submitted", report_id=submitted.report_id, urgent=submitted.urgent)
    return context.say(views.receipt(submitted.report_id, submitted.receipt, context.texts))


async def _stale(context: BotContext, stale: StaleButton) -> None:
    """Answer an old button. One screen back it is most likely a doubled press; further back, show where we are."""
    context.toast(context.texts.plain("toast.stale"))
    if stale.screens_ago > 1:
        await show_screen(context, await context.intake.current(context.chat))
