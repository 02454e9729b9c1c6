"""/my: a person's own reports, and all that can be done with them once they are sent."""

from telegram import Message, Update

from bot.domain.addition import NEWS, AdditionKind
from bot.domain.answer import Words
from bot.domain.consent import Publishing
from bot.domain.errors import DraftInProgress, NoSuchReport, NotUnderstood
from bot.domain.interview import Interview
from bot.domain.message import Say
from bot.domain.press import NO, YES
from bot.services.changed import Changed
from bot.understanding.spoken_buttons import never_mind
from handlers import answering
from handlers.callbacks import FollowUpAction, FollowUpPress, unpack_follow_up_press
from handlers.context import CHOICE, BotContext, pressed
from handlers.intake import begin, show_screen
from handlers.team.notices import tell_of_change, tell_of_withdrawals
from handlers.views import my_reports as views
from handlers.views.help import first_steps

_ADD = "add"
"""What the request for an addition is about, with the report and the kind: `add:17:released`."""


async def on_my(_update: Update, context: BotContext) -> None:
    """Show the person's reports."""
    interview = await context.intake.current_or_none(context.chat)
    page = await context.follow_up.page(context.chat)
    is_unfinished = interview is not None and interview.report_id is None
    context.say(views.own_reports(page, context.texts, is_unfinished=is_unfinished))


async def on_my_press(update: Update, context: BotContext) -> None:
    """Carry out a button that belongs to a person's own report."""
    button = pressed(update)
    if button is None:
        return
    data, message_id = button
    try:
        await _carry_out(context, unpack_follow_up_press(data), message_id)
    except ValueError:
        context.toast(context.texts.plain("toast.stale"))
    except NoSuchReport:
        context.toast(context.texts.plain("toast.no_such_report"))
    except DraftInProgress:
        interview = await context.intake.current(context.chat)
        key = "problem.draft_in_progress" if interview.report_id is None else "problem.draft_in_further"
        await show_screen(context, interview, note=context.texts(key))


async def take_addition(message: Message, context: BotContext) -> bool:
    """Take words that were asked for as an addition to a report; False where they were not."""
    asked = await asked_for(message, context)
    if asked is None:
        return False
    report_id, kind = asked
    if never_mind(message.text or ""):
        context.say(Say(html=str(context.texts("my.nothing_added"))))
        return True
    words = Words(message_id=message.message_id, text=message.text or "")
    try:
        changed = await context.follow_up.add(context.chat, report_id, kind, words=words)
    except NotUnderstood as error:
        context.say(Say(html=str(context.texts(f"problem.{error.why}", limit=error.limit))))
        context.say(views.tell(report_id, kind, context.texts), about=about(report_id, kind))
    except NoSuchReport:
        context.say(Say(html=str(context.texts("my.gone"))))
    else:
        await _added(context, report_id, changed)
    return True


async def ask_again(context: BotContext) -> bool:
    """Ask once more for the addition that is being waited for; False where none is."""
    asked = _kind_asked(context.last_about)
    if asked is None:
        return False
    context.say(views.tell(*asked, context.texts), about=about(*asked))
    return True


async def take_correction(words: Words, context: BotContext) -> bool:
    """Take an edited message that is part of a submitted report; False where it is part of none."""
    own = await context.follow_up.correct(context.chat, words, update_id=context.turn.update_id)
    if own is None:
        return False
    context.say(Say(html=str(context.texts("my.corrected", code=own.receipt))))
    await tell_of_change(context, own.report_id, "added")
    return True


async def _carry_out(context: BotContext, press: FollowUpPress, message_id: int) -> None:
    follow_up, chat, texts, report_id = context.follow_up, context.chat, context.texts, press.report_id
    match press.action:
        case FollowUpAction.LIST:
            page = await follow_up.page(chat, older_than=report_id or None)
            context.say(views.in_place(views.own_reports(page, texts), message_id))
        case FollowUpAction.BEGIN:
            await begin(context)
        case FollowUpAction.STEPS:
            context.say(first_steps(texts))
        case FollowUpAction.FURTHER:
            await _show_begun(context, await follow_up.go_on(chat, report_id), "note.further")
        case FollowUpAction.ANOTHER:
            await _show_begun(context, await follow_up.report_another(chat, report_id), "note.another")
        case FollowUpAction.NEWS:
            await follow_up.view(chat, report_id)
            context.say(views.news(report_id, texts), about=about(report_id, AdditionKind.TOLD))
        case FollowUpAction.TELL:
            kind = AdditionKind(press.value) if press.value else AdditionKind.TOLD
            await follow_up.view(chat, report_id)
            context.say(views.tell(report_id, kind, texts), about=about(report_id, kind))
        case FollowUpAction.QUESTION | FollowUpAction.ANSWER_UNKNOWN | FollowUpAction.ANSWER_SKIP:
            await answering.press(context, press, message_id)
        case FollowUpAction.NOTE if AdditionKind(press.value) in {*NEWS, AdditionKind.MISTAKEN}:
            kind = AdditionKind(press.value)
            changed = await follow_up.note(chat, report_id, kind, update_id=context.turn.update_id)
            await _added(context, report_id, changed)
        case _:
            await _decide(context, press, message_id)


async def _decide(context: BotContext, press: FollowUpPress, message_id: int) -> None:
    """Carry out what changes what may be done with a report, or takes it back."""
    follow_up, chat, texts, report_id = context.follow_up, context.chat, context.texts, press.report_id
    match press.action:
        case FollowUpAction.CONSENT:
            context.say(views.in_place(views.consent(await follow_up.view(chat, report_id), texts), message_id))
        case FollowUpAction.SHARE if press.value in {YES, NO}:
            await _agree(context, report_id, message_id, sharing=press.value == YES)
        case FollowUpAction.PUBLISH if await _is_more(context, report_id, Publishing(press.value)):
            asked = views.confirm_publishing(report_id, Publishing(press.value), texts)
            context.say(views.in_place(asked, message_id), about=CHOICE)
        case FollowUpAction.PUBLISH | FollowUpAction.PUBLISH_MORE:
            await _agree(context, report_id, message_id, publishing=Publishing(press.value))
        case FollowUpAction.ASK_TO_WITHDRAW:
            view = await follow_up.view(chat, report_id)
            context.say(views.in_place(views.confirm_withdrawal(view, texts), message_id), about=CHOICE)
        case FollowUpAction.WITHDRAW:
            changed = await follow_up.withdraw(chat, report_id)
            context.say(views.in_place(Say(html=str(texts("my.is_withdrawn"))), message_id))
            await tell_of_withdrawals(context, [changed])
        case _:
            view = await follow_up.view(chat, report_id)
            context.say(views.in_place(views.own_report(view, texts), message_id))


async def _added(context: BotContext, report_id: int, changed: Changed | None) -> None:
    """Say that an addition is saved, and ask again what was being asked."""
    view = await context.follow_up.view(context.chat, report_id)
    if changed is None or changed.addition is None:
        return context.say(views.own_report(view, context.texts))
    context.turn.note("report_added_to", report_id=report_id)
    await tell_of_change(context, report_id, "added", holder=changed.holder)
    note = views.added(view, changed.addition, context.texts)
    if interview := await context.intake.current_or_none(context.chat):
        return await show_screen(context, interview, note=note)
    return context.say(views.own_report(view, context.texts, note=note))


async def _is_more(context: BotContext, report_id: int, choice: Publishing) -> bool:
    view = await context.follow_up.view(context.chat, report_id)
    return choice.openness > view.consent.publishing.openness


async def _agree(context: BotContext, report_id: int, message_id: int, **update: bool | Publishing) -> None:
    """Change what may be done with a report, tell the team, and say what that means."""
    changed = await context.follow_up.change_consent(
        context.chat, report_id, lambda given: given.model_copy(update=update)
    )
    context.turn.note("consent_changed", report_id=report_id)
    await tell_of_change(context, report_id, "consented", holder=changed.holder)
    view = await context.follow_up.view(context.chat, report_id)
    note = context.texts("my.consent_lessened" if changed.publishes_less else "my.consent_changed")
    context.say(views.in_place(views.own_report(view, context.texts, note=note), message_id))


async def _show_begun(context: BotContext, begun: tuple[Interview, bool], note: str) -> None:
    """Show where the person stands. A button pressed twice asks the same question twice, and says nothing more."""
    interview, is_under_way = begun
    await show_screen(context, interview, note=None if is_under_way else context.texts(note))


def about(report_id: int, kind: AdditionKind) -> str:
    """Return what a message is about after which an addition is expected."""
    return f"{_ADD}:{report_id}:{kind}"


async def asked_for(message: Message, context: BotContext) -> tuple[int, AdditionKind] | None:
    """Return the report and the kind of addition that these words were asked for as, or None.

    A reply to the request settles it. Else the request must be the bot's last word in this chat, and seen: words that
    were on their way before it belong to what was asked before. Where it is not known yet whether the request arrived,
    the times decide, as they do in the interview.
    """
    outbox = context.turn.work.outbox
    if message.reply_to_message is not None:
        return _kind_asked(await context.replied_to(message.reply_to_message.message_id))
    asked = _kind_asked(context.last_about)
    if asked is None:
        return None
    for shown in await outbox.shown_about(context.chat, about(*asked)):
        if not shown.came_after(message_id=message.message_id, sent_at=message.date):
            return asked
    return None


def _kind_asked(about: str | None) -> tuple[int, AdditionKind] | None:
    what, _, rest = (about or "").partition(":")
    report_id, _, kind = rest.partition(":")
    return (int(report_id), AdditionKind(kind)) if what == _ADD else None
