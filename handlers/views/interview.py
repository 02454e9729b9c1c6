"""The screens of the interview."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from markupsafe import Markup, escape

from bot.domain.answer import Answer
from bot.domain.consent import Publishing
from bot.domain.errors import ButtonsOnly, NotChanged, NotUnderstood, TooEarly
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SUBMIT, Interview
from bot.domain.message import Button, Keyboard, Replace, Say
from bot.domain.press import Action, Press
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.services.intake import Note, Progress
from bot.texts import Catalogues, Texts
from handlers.callbacks import pack
from handlers.views.answers import as_said, choice_label, label, understood
from handlers.views.pages import shorten

_SHOWN = 300
"""How much of a long answer is repeated to the person who gave it. All of it is kept."""
_SHOWN_OF_CHOICES = 600
"""The same of chosen conditions: enough for all of them."""
_DAYS = 6
"""How many days back stand on buttons; an earlier one is typed."""
_LINE = Markup("\n")
_PARAGRAPH = Markup("\n\n")


def screen(interview: Interview, texts: Texts, *, today: date, note: Markup | None = None, told: bool = False) -> Say:
    """Show the current screen, with what just happened above it. `told`: the note gives the answer so far."""
    body = _body(interview, texts, told=told)
    html = _PARAGRAPH.join([note, body]) if note else body
    return Say(html=str(html), keyboard=keyboard(interview, texts, today=today))


def after(progress: Progress, texts: Texts, *, today: date, remark: Markup | None = None) -> Say:
    """Show the screen after a step, with an echo of what was understood."""
    notes = [note for note in (remark, _note(progress, texts)) if note]
    told = progress.about == progress.interview.step
    return screen(progress.interview, texts, today=today, note=_LINE.join(notes) if notes else None, told=told)


def again(interview: Interview, problem: Markup, texts: Texts, *, today: date) -> Say:
    """Show the same screen again, with what was wrong above it. The long first screen is not said twice."""
    if interview.step == CONSENT:
        return Say(html=str(problem), keyboard=keyboard(interview, texts, today=today))
    return screen(interview, texts, today=today, note=problem)


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
            name = label(QUESTIONNAIRE[error.question], texts)
            return texts("problem.not_changed", label=name, problem=problem(error.problem, texts))


def marked(interview: Interview, message_id: int, texts: Texts, *, today: date) -> Replace:
    """Show what is chosen now, on the message where it was pressed."""
    return Replace(message_id=message_id, keyboard=keyboard(interview, texts, today=today))


def confirm_cancel(interview: Interview, texts: Texts, *, note: Markup | None = None) -> Say:
    """Ask before the draft is deleted."""
    question = texts("cancel.confirm")
    return Say(
        html=str(_PARAGRAPH.join([note, question]) if note else question),
        keyboard=(
            (_button(interview, texts, "button.drop", Action.DROP),),
            (_button(interview, texts, "button.keep", Action.KEEP),),
        ),
    )


def receipt(code: Receipt, texts: Texts) -> Say:
    """Say that the report is saved, and give its code."""
    return Say(html=str(texts("receipt", code=code)))


def status(code: Receipt, decision: Decision | None, texts: Texts) -> Say:
    """Say where a report stands."""
    return Say(html=str(texts(f"status.{decision or 'waiting'}", code=code)))


def keyboard(interview: Interview, texts: Texts, *, today: date) -> Keyboard:
    """Return the buttons of the current screen."""
    question = interview.question
    if question is not None:
        answers = _answer_buttons(interview, question, texts, today)
        return (*answers, *_way_buttons(interview, texts))
    match interview.step:
        case step if step == CONSENT:
            return ((_button(interview, texts, "button.agree", Action.AGREE),),)
        case step if step == REVIEW:
            return _review_buttons(interview, texts)
        case step if step == PUBLISHING:
            choices = (_publish_button(interview, texts, choice) for choice in Publishing)
            return (*((button,) for button in choices), *_back_row(interview, texts))
        case _:
            return ((_button(interview, texts, "button.submit", Action.SUBMIT),), *_back_row(interview, texts))


def language_row(interview: Interview, catalogues: Catalogues, current: str) -> Keyboard:
    """Return buttons for the other languages, each in its own words."""
    return tuple(
        (
            Button(
                label=catalogues.in_language(language).plain("language.name"),
                data=pack(Press(interview.screen, Action.LANGUAGE, language)),
            ),
        )
        for language in catalogues.languages
        if language != current
    )


def _body(interview: Interview, texts: Texts, *, told: bool = False) -> Markup:
    """Write the current screen. `told`: the answer so far stands in the note above it."""
    question = interview.question
    if question is not None:
        progress = texts("progress", number=QUESTIONNAIRE.number(question.key), total=len(QUESTIONNAIRE))
        lines = [progress, texts(f"question.{question.key}")]
        if (earlier := interview.answers.get(question.key)) and not told:
            lines.append(texts("answer.so_far", answer=_echo(question, earlier, texts)))
        return _LINE.join(lines)
    match interview.step:
        case step if step == REVIEW:
            return _PARAGRAPH.join([texts("screen.review"), _summary(interview.answers, texts)])
        case step if step == SUBMIT:
            publishing = texts(f"publishing.{interview.publishing}")
            return texts("screen.submit", publishing=publishing)
        case step:
            return texts(f"screen.{step}")


def _summary(answers: Mapping[str, Answer], texts: Texts) -> Markup:
    return _LINE.join(
        _line(question, answers[question.key], texts) for question in QUESTIONNAIRE.questions if question.key in answers
    )


def _line(question: Question, answer: Answer, texts: Texts) -> Markup:
    return texts("answer.line", label=label(question, texts), answer=_echo(question, answer, texts))


def _echo(question: Question, answer: Answer, texts: Texts) -> Markup:
    """Repeat an answer to the person who gave it: what was understood, and the words where they differ."""
    limit = _SHOWN_OF_CHOICES if question.kind is Kind.CHOICES else _SHOWN
    shown = shorten(understood(question, answer, texts), limit=limit)
    if said := as_said(question, answer, texts):
        return texts("answer.as_said", answer=shown, words=shorten(said, limit=_SHOWN))
    return escape(shown)


def _note(progress: Progress, texts: Texts) -> Markup | None:
    if progress.note is None or progress.about is None:
        return None
    if progress.interview.step == REVIEW and progress.note is Note.ANSWERED:
        return None  # the review below shows it
    question = QUESTIONNAIRE[progress.about]
    line = _line(question, progress.interview.answers[question.key], texts)
    return texts(f"note.{progress.note}", line=line)


def _answer_buttons(interview: Interview, question: Question, texts: Texts, today: date) -> Keyboard:
    match question.kind:
        case Kind.PLACE:
            return _rows(
                (
                    _labelled(interview, choice_label(question, choice.key, texts), Action.PICK, choice.key)
                    for choice in question.choices
                ),
                in_a_row=2,
            )
        case Kind.DATE:
            return _rows(_day_buttons(interview, texts, today), in_a_row=2)
        case Kind.CHOICES:
            return (*_choice_rows(interview, question, texts), (_button(interview, texts, "button.done", Action.DONE),))
        case Kind.NAME | Kind.WORDS:
            return ()


def _day_buttons(interview: Interview, texts: Texts, today: date) -> Iterable[Button]:
    for ago in range(_DAYS):
        day = today - timedelta(days=ago)
        name = {0: "button.today", 1: "button.yesterday"}.get(ago)
        shown = texts.plain(name, day=texts.short_day(day)) if name else texts.short_day(day)
        yield _labelled(interview, shown, Action.DATE, day.isoformat())


def _choice_rows(interview: Interview, question: Question, texts: Texts) -> Iterable[tuple[Button, ...]]:
    for choice in question.choices:
        is_marked = choice.key in interview.marked
        shown = ("☑ " if is_marked else "☐ ") + choice_label(question, choice.key, texts)
        # The button says what shall be, not "toggle": pressed twice on a slow line it still does one thing.
        yield (_labelled(interview, shown, Action.UNMARK if is_marked else Action.MARK, choice.key),)


def _way_buttons(interview: Interview, texts: Texts) -> Keyboard:
    if interview.has_begun_choices:
        # A finger that misses "Done" must not throw away what is chosen.
        return ((_button(interview, texts, "button.clear", Action.CLEAR),), *_back_row(interview, texts))
    ways = (
        _button(interview, texts, "button.unknown", Action.UNKNOWN),
        _button(interview, texts, "button.skip", Action.SKIP),
    )
    return (ways, *_back_row(interview, texts))


def _back_row(interview: Interview, texts: Texts) -> Keyboard:
    if not interview.can_go_back:
        return ()
    return ((_button(interview, texts, "button.back", Action.BACK),),)


def _review_buttons(interview: Interview, texts: Texts) -> Keyboard:
    edits = (
        _labelled(
            interview,
            texts.plain("button.edit", label=label(question, texts)),
            Action.EDIT,
            question.key,
        )
        for question in QUESTIONNAIRE.questions
    )
    return (*_rows(edits, in_a_row=2), (_button(interview, texts, "button.reviewed", Action.REVIEWED),))


def _publish_button(interview: Interview, texts: Texts, choice: Publishing) -> Button:
    return _labelled(interview, texts.plain(f"publishing.{choice}"), Action.PUBLISH, choice)


def _button(interview: Interview, texts: Texts, key: str, action: Action) -> Button:
    return _labelled(interview, texts.plain(key), action)


def _labelled(interview: Interview, shown: str, action: Action, value: str = "") -> Button:
    return Button(label=shown, data=pack(Press(interview.screen, action, value)))


def _rows(buttons: Iterable[Button], *, in_a_row: int) -> Keyboard:
    every = tuple(buttons)
    return tuple(every[place : place + in_a_row] for place in range(0, len(every), in_a_row))
