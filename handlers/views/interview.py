"""The screens of the interview."""

from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from bot.domain.answer import Answer
from bot.domain.errors import ButtonsOnly, NotChanged, NotUnderstood, TooEarly
from bot.domain.interview import CONSENT, REVIEW, SUBMIT, Interview
from bot.domain.message import Replace, Say
from bot.domain.questionnaire import Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.services.hearing import Note
from bot.services.intake import Progress
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.views.answers import as_said, in_full, label, understood
from handlers.views.keyboards import cancel_keyboard, done_keyboard, keyboard
from handlers.views.my_reports import after_submit
from handlers.views.pages import lines, paragraphs, shorten

_SHOWN = 300
"""How much of a long answer is repeated to the person who gave it. All of it is kept."""
_SHOWN_OF_CHOICES = 600
"""The same of chosen conditions: enough for all of them."""


def screen(
    interview: Interview,
    texts: Texts,
    *,
    today: date,
    note: Markup | None = None,
    told: bool = False,
    files: Markup | None = None,
) -> Say:
    """Show the current screen, with what just happened above it. `told`: the note gives the answer so far.

    `files` is what the review says of what was sent besides words.
    """
    body = _body(interview, texts, told=told, files=files)
    html = paragraphs([note, body]) if note else body
    return Say(html=str(html), keyboard=keyboard(interview, texts, today=today))


def after(
    progress: Progress,
    texts: Texts,
    *,
    today: date,
    remark: Markup | None = None,
    files: Markup | None = None,
) -> Say:
    """Show the screen after a step, with an echo of what was understood."""
    notes = [note for note in (remark, _note(progress, texts)) if note]
    if progress.warns:
        notes.append(texts("note.private_number"))
    if progress.comforts:
        notes.append(texts("note.comfort" if progress.interview.report_id is None else "note.comfort_further"))
    if progress.note is Note.GO_ON:  # all the choices again under each line of a story would fill the phone
        return Say(html=str(lines(notes)), keyboard=done_keyboard(progress.interview, texts))
    told = progress.about == progress.interview.step
    note = lines(notes) if notes else None
    return screen(progress.interview, texts, today=today, note=note, told=told, files=files)


def again(interview: Interview, problem: Markup, texts: Texts, *, today: date, files: Markup | None = None) -> Say:
    """Show the same screen again, with what was wrong above it. The long first screen is not said twice."""
    if interview.step == CONSENT:
        return Say(html=str(problem), keyboard=keyboard(interview, texts, today=today))
    return screen(interview, texts, today=today, note=problem, files=files)


def problem(error: ButtonsOnly | TooEarly | NotUnderstood | NotChanged, texts: Texts) -> Markup:
    """Say why words were not taken, and, where they belong to an earlier question, which answer stays as it was."""
    match error:
        case ButtonsOnly():
            return texts("problem.buttons_only")
        case TooEarly():
            return texts("problem.too_early")
        case NotUnderstood():
            return texts(f"problem.{error.why}", limit=error.limit)
        case NotChanged():
            name = texts.plain(f"question.{error.question}.label")
            return texts("problem.not_changed", label=name, problem=problem(error.problem, texts))


def marked(interview: Interview, message_id: int, texts: Texts, *, today: date) -> Replace:
    """Show what is chosen now, on the message where it was pressed."""
    return Replace(message_id=message_id, keyboard=keyboard(interview, texts, today=today))


def confirm_cancel(interview: Interview, texts: Texts, *, note: Markup | None = None) -> Say:
    """Ask before the draft is deleted."""
    question = texts("cancel.confirm")
    return Say(
        html=str(paragraphs([note, question]) if note else question),
        keyboard=cancel_keyboard(interview, texts),
    )


def receipt(report_id: int, code: Receipt, texts: Texts) -> Say:
    """Say that the report is saved, give its code, and offer what can be done next."""
    return Say(html=str(texts("receipt", code=code)), keyboard=after_submit(report_id, texts))


def status(code: Receipt, decision: Decision | None, texts: Texts) -> Say:
    """Say where a report stands."""
    return Say(html=str(texts(f"status.{decision or 'waiting'}", code=code)))


def _body(interview: Interview, texts: Texts, *, told: bool = False, files: Markup | None = None) -> Markup:
    """Write the current screen. `told`: the answer so far stands in the note above it."""
    question = interview.question
    if question is not None and interview.doubts:
        return _in_doubt(question, interview, texts)
    if question is not None:
        path = interview.path
        parts = [_asked(question.key, path.index(question.key) + 1, len(path), texts)]
        if (earlier := interview.answers.get(question.key)) and not told:
            parts.append(texts("answer.so_far", answer=_echo(question, earlier, texts)))
        return lines(parts)
    match interview.step:
        case step if step == REVIEW:
            head = texts("screen.review" if interview.report_id is None else "screen.further_review")
            parts = [head, _summary(interview, texts)]
            return paragraphs([*parts, files] if files else parts)
        case step if step == SUBMIT:
            publishing = texts(f"publishing.{interview.publishing}")
            sharing = texts("sharing.yes" if interview.sharing else "sharing.no")
            return texts("screen.submit", publishing=publishing, sharing=sharing)
        case step:
            return texts(f"screen.{step}")


def _in_doubt(question: Question, interview: Interview, texts: Texts) -> Markup:
    """Ask which of the things that may be meant it is; where it is one, whether it is that."""
    said = shorten(visible(interview.answers[question.key].text), limit=_SHOWN)
    meanings = [in_full(question, doubt, texts) for doubt in interview.doubts]
    if len(meanings) == 1:
        return texts("doubt.one", label=label(question, texts), words=said, meaning=meanings[0])
    listed = lines(texts("doubt.meaning", meaning=meaning) for meaning in meanings)
    return texts("doubt.several", label=label(question, texts), words=said, meanings=listed)


@lru_cache(maxsize=256)
def _asked(key: str, number: int, total: int, texts: Texts) -> Markup:
    """Write a question, and which of how many it is. Everybody reads the same."""
    progress = texts("progress", number=number, total=total)
    return lines([progress, texts(f"question.{key}")])


def _summary(interview: Interview, texts: Texts) -> Markup:
    answers = interview.in_order()
    return lines(_line(interview.questionnaire[key], answer, texts) for key, answer in answers.items())


def _line(question: Question, answer: Answer, texts: Texts) -> Markup:
    return texts("answer.line", label=label(question, texts), answer=_echo(question, answer, texts))


def _echo(question: Question, answer: Answer, texts: Texts) -> Markup:
    """Repeat an answer to the person who gave it: what was understood, and the words where they differ."""
    limit = _SHOWN_OF_CHOICES if question.kind is Kind.CHOICES else _SHOWN
    read = understood(question, answer, texts)
    shown = shorten(read, limit=limit)
    if said := as_said(question, answer, read):
        return texts("answer.as_said", answer=shown, words=shorten(said, limit=_SHOWN))
    return escape(shown)


def _note(progress: Progress, texts: Texts) -> Markup | None:
    if progress.note is None or progress.about is None:
        return None
    if progress.interview.step == REVIEW and progress.note is Note.ANSWERED:
        return None  # the review below shows it
    question = progress.interview.questionnaire[progress.about]
    if progress.note is Note.GO_ON:
        latest = progress.interview.answers[question.key].words[-1]
        return texts("note.go_on", words=shorten(visible(latest.text), limit=_SHOWN))
    line = _line(question, progress.interview.answers[question.key], texts)
    return texts(f"note.{progress.note}", line=line)
