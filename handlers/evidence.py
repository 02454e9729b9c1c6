"""Evidence: what a person sends besides words, and what cannot be taken."""

from datetime import datetime

from markupsafe import Markup
from telegram import Message, MessageOriginChannel, Update

from bot.domain.addition import AdditionKind
from bot.domain.answer import Words
from bot.domain.errors import (
    FileTooLarge,
    NoSuchReport,
    NotAgreed,
    NotChanged,
    NothingInProgress,
    NotUnderstood,
    TooEarly,
    TooManyFiles,
)
from bot.domain.evidence import ContactCard, Contents, EvidenceKind, Place
from bot.domain.interview import Interview
from bot.domain.message import Say
from handlers import answering
from handlers.context import BotContext, message_of
from handlers.intake import show_after, show_again
from handlers.my_reports import about, asked_for
from handlers.team.notices import tell_of_change
from handlers.views import evidence as views
from handlers.views import interview as screens
from handlers.views.pages import lines
from storage.own_reports import OwnReport


async def on_evidence(update: Update, context: BotContext) -> None:
    """Take what was sent besides words; what is written under it is heard as an answer as well."""
    message = message_of(update)
    kind, contents = what_was_sent(message)
    asked = await asked_for(message, context)
    report_id = asked[0] if asked else None
    try:
        question = None if asked else await answering.question_of(message, context)
        if question is not None:
            report_id = question.report_id
        taken = await context.evidence.take(context.chat, kind, contents, sent_at=message.date, asked_for=report_id)
        remark = views.taken(kind, context.texts, receipt=taken.own.receipt if taken.own else None)
        if kind in _SPOKEN and taken.interview is not None and taken.interview.question is not None:
            remark = lines([remark, context.texts("evidence.not_heard")])
        if taken.own is not None:
            more = about(*asked) if asked else None
            if question is not None:
                await answering.answer_besides_words(context, question, message)
                more = None if taken.interview else about(question.report_id, AdditionKind.TOLD)
            return await _add_to_report(context, message, taken.own, taken.interview, remark, more=more)
    except NoSuchReport:
        return context.say(Say(html=str(context.texts("my.gone"))))
    except NotAgreed:
        remark = context.texts("evidence.agree_first")
    except NothingInProgress:
        remark = lines([context.texts("evidence.no_report"), context.texts("problem.to_begin")])
    except (FileTooLarge, TooManyFiles) as error:
        # An album is answered once; a part of it that is not taken is told of all the same.
        return await _go_on(context, message, views.refused(error, context.texts), what=type(error).__name__)
    return await _go_on(context, message, remark)


async def on_not_taken(update: Update, context: BotContext) -> None:
    """Answer a sticker, a poll, a story: it is not taken, and the question stays."""
    message = message_of(update)
    remark = context.texts("problem.not_taken")
    if not await context.intake.in_progress(context.chat):
        remark = lines([remark, context.texts("problem.to_begin")])
    await _go_on(context, message, remark)


async def on_recaptioned(update: Update, context: BotContext) -> None:
    """Change what was written under a piece of evidence, and the answer that these words gave, if they gave one."""
    message = update.edited_message
    if message is None:
        return None
    caption = message.caption or ""
    is_changed = await context.evidence.recaption(context.chat, message.message_id, caption)
    try:
        words = Words(message_id=message.message_id, text=caption)
        progress = await context.intake.mend(context.chat, words, sent_at=message.date) if caption else None
    except NothingInProgress:
        key = "evidence.recaptioned" if is_changed else "problem.edited_too_late"
        return context.say(Say(html=str(context.texts(key))))
    except NotChanged as error:
        return await show_again(context, screens.problem(error, context.texts))
    if progress is not None:
        return await show_after(context, progress)
    remark = context.texts("evidence.recaptioned" if is_changed else "problem.edited_elsewhere")
    if not await context.intake.in_progress(context.chat):
        return context.say(Say(html=str(remark)))
    return await show_again(context, remark)


def what_was_sent(message: Message) -> tuple[EvidenceKind, Contents]:
    """Return what a message holds besides words, as Telegram tells it."""
    common = {
        "message_id": message.message_id,
        "caption": message.caption or "",
        "album": message.media_group_id,
        "forwarded_from": _public_source(message),
        "first_sent_at": _first_sent_at(message),
    }
    if message.location is not None:
        venue, at = message.venue, message.location
        place = Place(
            latitude=at.latitude,
            longitude=at.longitude,
            title=venue.title if venue else None,
            address=venue.address if venue else None,
        )
        return EvidenceKind.LOCATION, Contents(**common, place=place)
    if message.contact is not None:
        names = (message.contact.first_name, message.contact.last_name)
        card = ContactCard(phone=message.contact.phone_number, name=" ".join(filter(None, names)))
        return EvidenceKind.CONTACT, Contents(**common, contact=card)
    for kind in _WITH_FILES:
        if file := getattr(message, kind):
            file = file[-1] if kind is EvidenceKind.PHOTO else file  # of a photo's sizes, the largest
            return kind, Contents(
                **common,
                file_id=file.file_id,
                name=getattr(file, "file_name", None),
                declared_type=getattr(file, "mime_type", None),
                declared_size=file.file_size,
            )
    raise RuntimeError("only messages with a file, a place or a contact are handled here")


async def _add_to_report(
    context: BotContext,
    message: Message,
    own: OwnReport,
    interview: Interview | None,
    remark: Markup,
    *,
    more: str | None,
) -> None:
    """Say that what was sent is with a stored report, and tell the team, once for an album.

    `more` is what the answer is about where an addition was asked for: what is sent next goes there as well.
    """
    album = f"{context.chat.key}:{message.media_group_id}" if message.media_group_id else None
    holder = await context.follow_up.holder(context.chat, own.report_id)
    await tell_of_change(context, own.report_id, "added", holder=holder, once=album)
    if interview is not None and interview.report_id == own.report_id:
        return await _go_on(context, message, remark)
    once, reply = _once(context, message), Say(html=str(remark))
    return context.say(reply, about=more) if once is None else context.turn.say_once(reply, once=once, about=more)


_SPOKEN = {EvidenceKind.VOICE, EvidenceKind.AUDIO, EvidenceKind.VIDEO_NOTE}
_WITH_FILES = (
    EvidenceKind.PHOTO,
    EvidenceKind.ANIMATION,  # comes as a document too
    EvidenceKind.VIDEO,
    EvidenceKind.VIDEO_NOTE,
    EvidenceKind.VOICE,
    EvidenceKind.AUDIO,
    EvidenceKind.DOCUMENT,
)


async def _go_on(context: BotContext, message: Message, remark: Markup, *, what: str = "taken") -> None:
    """Say what became of what was sent, and show the interview's screen, if there is one.

    An album is answered once for each thing that became of its parts: `what`.
    """
    interview = await context.intake.current_or_none(context.chat)
    if interview is None:
        reply = Say(html=str(remark))
        once = _once(context, message, what=what)
        return context.say(reply) if once is None else context.turn.say_once(reply, once=once)
    if interview.cancelling:
        return context.say(screens.confirm_cancel(interview, context.texts, note=remark))
    if message.caption and context.intake.could_answer(interview, message.caption):
        return await _hear_caption(context, message, interview, remark)
    return await show_again(context, remark, once=_once(context, message, interview, what=what))


async def _hear_caption(context: BotContext, message: Message, before: Interview, remark: Markup) -> None:
    words = Words(message_id=message.message_id, text=message.caption or "")
    try:
        progress = await context.intake.hear(context.chat, words, sent_at=message.date)
    except (TooEarly, NotUnderstood, NotChanged) as error:
        return await show_again(context, lines([remark, screens.problem(error, context.texts)]))
    has_gone_on = progress.interview.screen != before.screen
    once = _once(context, message, progress.interview) if has_gone_on else None
    return await show_after(context, progress, remark=remark, once=once)


def _once(
    context: BotContext, message: Message, interview: Interview | None = None, *, what: str = "taken"
) -> str | None:
    """Name the answer to an album, of which each part comes as a message of its own; None where it is no album."""
    if message.media_group_id is None:
        return None
    screen = 0 if interview is None else interview.screen
    return f"album:{context.chat.key}:{message.media_group_id}:{screen}:{what}"


def _public_source(message: Message) -> str | None:
    """Return the address of the post that was forwarded, where anybody can read it. Of people nothing is kept."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel) or not origin.chat.username:
        return None
    return f"https://t.me/{origin.chat.username}/{origin.message_id}"


def _first_sent_at(message: Message) -> datetime | None:
    return message.forward_origin.date if message.forward_origin else None
