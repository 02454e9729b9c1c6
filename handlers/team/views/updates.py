"""The short card of what is new of a decided report."""

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from bot.domain.addition import AdditionKind
from bot.domain.answer import days_of
from bot.domain.case import CaseStatus
from bot.domain.further_questions import find_question
from bot.domain.message import Replace, Say
from bot.domain.report import Decision, Report
from bot.services.updates import News
from bot.texts import Texts
from handlers.team.views.card_keyboards import update_keyboard
from handlers.team.views.case_menus import open_case_button
from handlers.team.views.moderation import addition_lines, next_row
from handlers.views.answers import label, understood
from handlers.views.asking import question_lines
from handlers.views.pages import lines, pages
from storage.reports import Claim


def update(news: News, texts: Texts, *, files: Markup | None, until: datetime) -> list[Say]:
    """Show what is new to the coordinator who has it until then; the last message carries the buttons.

    `files` is what it says of all that was sent besides words, where some of that is new.
    """
    report = news.report
    written = [*_lines(news, texts, files), Markup(), texts("card.until", until=texts.moment(until))]
    shown = pages(written)
    claim = Claim(report.report_id, report.revision)
    has_case = news.case_id is not None
    keyboard = update_keyboard(claim, texts, has_case=has_case, up_to=news.up_to, statuses=news.statuses)
    return [
        Say(html=str(page), protected=True, keyboard=keyboard if number == len(shown) else ())
        for number, page in enumerate(shown, start=1)
    ]


def seen(report_id: int, message_id: int, texts: Texts, *, is_all: bool) -> Replace:
    """Take what was new off the screen. `is_all`: nothing more came meanwhile."""
    return Replace(message_id=message_id, html=str(_outcome(report_id, texts, is_all=is_all)), keyboard=next_row(texts))


def seen_as(news: News, case_id: int, status: CaseStatus, message_id: int, texts: Texts, *, is_all: bool) -> Replace:
    """Say as well that what became of the person stands in the case now, with the way to mend that."""
    days = news.statuses.get(status)
    noted = texts(
        "update.status",
        case=case_id,
        status=texts.plain(f"case.status.{status}"),
        day=texts.days(*days_of(days)) if days else texts.plain("case.day_unknown"),
    )
    return Replace(
        message_id=message_id,
        html=str(lines([_outcome(news.report.report_id, texts, is_all=is_all), noted])),
        keyboard=((open_case_button(case_id, texts),), *next_row(texts)),
    )


def _outcome(report_id: int, texts: Texts, *, is_all: bool) -> Markup:
    return texts("update.seen" if is_all else "update.more", report=report_id)


def _lines(news: News, texts: Texts, files: Markup | None) -> Iterator[Markup]:
    report = news.report
    if news.case_id is None:
        yield texts("update.head", report=report.report_id)
    else:
        yield texts("update.head_case", report=report.report_id, case=news.case_id)
    if report.decision is Decision.WITHDRAWN:
        yield texts("update.withdrawn")
        return
    yield from _answer_line("name", report, texts)
    yield Markup()
    yield from question_lines(news.questions, news.additions, texts)
    yield from addition_lines(news.additions, texts)
    yield from _noted_lines(news, texts, files)


def _noted_lines(news: News, texts: Texts, files: Markup | None) -> Iterator[Markup]:
    """Show what stands with the report itself: each once, as it is now, with when it was last changed."""
    report = news.report
    latest = {(kept.addition.kind, kept.addition.question): kept.received_at for kept in news.additions}
    for (kind, question), received_at in latest.items():
        at = texts.moment(received_at)
        match kind:
            case AdditionKind.FURTHER:
                yield texts("update.further", at=at)
                yield from _answer_line(question or "", report, texts)
            case AdditionKind.EVIDENCE:
                yield texts("update.evidence", at=at)
                if files:
                    yield files
            case AdditionKind.CONSENT:
                yield texts("update.consent", at=at)
                yield texts("card.publishing", publishing=texts.plain(f"publishing.{report.consent.publishing}"))
                sharing = texts.plain("sharing.yes" if report.consent.sharing else "sharing.no")
                yield texts("card.sharing", sharing=sharing)


def _answer_line(key: str, report: Report, texts: Texts) -> Iterator[Markup]:
    question, answer = find_question(key), report.answers.get(key)
    if question is not None and answer is not None:
        yield texts("answer.line", label=label(question, texts), answer=understood(question, answer, texts))
