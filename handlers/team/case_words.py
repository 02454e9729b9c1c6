"""What is asked for in words about a case: a note, a tag, a day, the number of another case."""

from datetime import date, timedelta

from telegram import Message

from bot.domain.access import Act
from bot.domain.case import LONGEST_NOTE, LONGEST_TAG, CaseStatus
from bot.domain.errors import CaseNotYours
from bot.domain.message import Delete, Say
from bot.services.case_page import CasePage
from bot.understanding import dates
from bot.understanding.dates import DateStatus
from handlers.callbacks import number
from handlers.context import BotContext
from handlers.team.asked import about_of
from handlers.team.case_callbacks import CaseAsked, CaseQuestion, StatusDay, question_about, unpack_question
from handlers.team.case_screen import show_below, show_page
from handlers.team.guard import taken_as
from handlers.team.views import case as views
from storage.cases import CaseClaim

_LONGEST = {CaseAsked.NOTE: LONGEST_NOTE, CaseAsked.TAG: LONGEST_TAG}
_ACTS = {CaseAsked.NUMBER: Act.MERGE}
"""What giving these words is; anything else changes the case."""


def ask(context: BotContext, asked: CaseAsked, claim: CaseClaim, *values: str) -> None:
    """Ask for words about a case, as a reply."""
    question = Say(html=str(context.texts(f"case.ask.{asked}", case=claim.case_id)), asks_for_reply=True)
    context.say(question, about=question_about(CaseQuestion(asked, claim, values)))


def days_of(day: StatusDay, *, today: date) -> str | None:
    """Return the day of a button as a reading has it; None: it is not known."""
    ago = {StatusDay.TODAY: 0, StatusDay.YESTERDAY: 1}.get(day)
    return None if ago is None else (today - timedelta(days=ago)).isoformat()


async def take(message: Message, context: BotContext) -> bool:
    """Take words that were asked for about a case; False where they were not."""
    about = await about_of(message, context)
    question = unpack_question(about) if about else None
    if question is None:
        return False
    act = _ACTS.get(question.asked, Act.EDIT_CASE)
    return await taken_as(context, act, lambda: _hear(message, context, question))


async def _hear(message: Message, context: BotContext, question: CaseQuestion) -> None:
    try:
        page = await _answered(context, question, (message.text or "").strip())
    except CaseNotYours as error:
        return context.say(Say(html=str(views.not_yours(error, context.texts))))
    except ValueError:
        problem = context.texts(f"case.not_taken.{question.asked}", limit=_LONGEST.get(question.asked))
        context.say(Say(html=str(problem)))
        return ask(context, question.asked, question.claim, *question.values)
    about = question_about(question)
    for asked in (message.message_id, *await context.turn.work.outbox.messages_about(context.chat, about)):
        context.say(Delete(message_id=asked))  # what was written about a person stands on the page, and nowhere else
    return None if page is None else await show_page(context, page)


async def _answered(context: BotContext, question: CaseQuestion, words: str) -> CasePage | None:
    """Do what the words are for, and return the page as it is then; None where it is shown already.

    Raises:
        CaseNotYours: the case is not open in this coordinator's hands, or there is none of that number.
        ValueError: the words are not what was asked for.
    """
    coordinator, case_id = await context.coordinator(), question.claim.case_id
    if not words or len(words) > _LONGEST.get(question.asked, LONGEST_NOTE):
        raise ValueError(question.asked)
    match question.asked:
        case CaseAsked.NOTE:
            return await context.cases.add_note(coordinator, case_id, words)
        case CaseAsked.TAG:
            return await context.cases.add_tag(coordinator, case_id, " ".join(words.removeprefix("#").split()))
        case CaseAsked.DAY:
            days = _read_days(words, today=context.intake.today)
            status, source = question.values
            page = await context.cases.again(coordinator, case_id)
            return await context.cases.set_status(
                coordinator, page.claim, CaseStatus(status), source=number(source) or None, days=days
            )
        case CaseAsked.NUMBER:
            other = number(words.removeprefix("№").strip())
            page = await context.cases.again(coordinator, case_id)
            root, reports = await context.cases.other(coordinator, page.claim, other)
            await show_below(context, page, views.confirm_join(page, root, reports, context.texts))
            return None


def _read_days(words: str, *, today: date) -> str:
    read = dates.parse(words, today)
    if read.start is None or read.status not in {DateStatus.OK, DateStatus.RANGE}:
        raise ValueError(read.status)
    return read.start.isoformat() if read.end is None else f"{read.start}/{read.end}"
