"""Correcting: which answer, what it means in truth, and what came of it. No text here holds an answer; a button may."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.domain.answer import Reading
from bot.domain.further_questions import ALL_QUESTIONS
from bot.domain.message import Button, Keyboard, Say
from bot.domain.questionnaire import Kind
from bot.domain.report import Report
from bot.services.correcting import AS_SAID, UNKNOWN, Correction, Field, InDoubt, marks_of, toggled
from bot.texts import Texts
from handlers.team.callbacks import CardAction, CardPress, pack_card
from handlers.views.answers import choice_label, label, on_a_button, place_name
from handlers.views.pages import paragraphs
from storage.reports import Claim

_SPEAKS_FOR_ITSELF = {Kind.NAME, Kind.WORDS}
"""Kinds of which the words are what is understood."""


def questions(report: Report, texts: Texts) -> Keyboard:
    """Return a button for each answer of a report that can be corrected, and the way back to the card's buttons."""
    claim = Claim(report.report_id, report.revision)
    buttons = [
        _button(claim, texts.plain("button.edit", label=label(question, texts)), CardAction.CORRECT, question.key)
        for question in ALL_QUESTIONS
        if question.key in report.answers
    ]
    return (*_rows(buttons, in_a_row=2), (_button(claim, texts.plain("button.back"), CardAction.BACK),))


def ask(field: Field, texts: Texts, *, note: Markup | None = None, doubts: Sequence[Reading] = ()) -> Say:
    """Ask what an answer means in truth; `doubts` is what words that were written may mean."""
    only_buttons = field.question.kind in {Kind.ONE, Kind.CHOICES}
    key = "correct.choose" if only_buttons else "correct.ask"
    question = texts(key, report=field.claim.report_id, label=label(field.question, texts))
    html = paragraphs([note, question]) if note else question
    marked = field.answer.reading.choices
    return Say(html=str(html), keyboard=keyboard(field, texts, marked=marked, doubts=doubts))


def in_doubt(error: InDoubt, texts: Texts) -> Markup:
    """Say that words were not understood for certain."""
    return texts("correct.in_doubt" if error.doubts else "correct.not_understood")


def keyboard(field: Field, texts: Texts, *, marked: tuple[str, ...], doubts: Sequence[Reading] = ()) -> Keyboard:
    """Return the buttons of a question, with what is marked where several can be chosen."""
    return (
        *_rows(_doubts(field, doubts, texts), in_a_row=1),
        *_options(field, marked, texts),
        tuple(_always(field, texts)),
        *_rows(_way_back(field, texts), in_a_row=1),
    )


def outcome(correction: Correction, texts: Texts) -> Say:
    """Say what came of a correction, with the way back."""
    report, key = correction.report, correction.question
    question = next(question for question in ALL_QUESTIONS if question.key == key)
    is_corrected = report.answers[key].before is not None
    text = "correct.done" if is_corrected else "correct.taken_back"
    html = texts(
        text if correction.is_done else "correct.answered_anew", report=report.report_id, label=label(question, texts)
    )
    if not (correction.is_done and is_corrected):
        return Say(html=str(html))
    claim = Claim(report.report_id, report.revision)
    return Say(
        html=str(html), keyboard=((_button(claim, texts.plain("button.uncorrect"), CardAction.CORRECT_BACK, key),),)
    )


def _options(field: Field, marked: tuple[str, ...], texts: Texts) -> Keyboard:
    question = field.question
    match question.kind:
        case Kind.PLACE:
            return _rows([_to(field, place_name(key, texts), key) for key in texts.country.buttons], in_a_row=2)
        case Kind.CHARGE | Kind.AGE | Kind.ONE:
            options = [_to(field, choice_label(question, one.key, texts), one.key) for one in question.choices]
            return _rows(options, in_a_row=1)
        case Kind.CHOICES:
            done = _to(field, texts.plain("button.done"), marks_of(question, marked))
            return (*_rows(_marks(field, marked, texts), in_a_row=1), (done,))
        case Kind.NAME | Kind.WORDS | Kind.DATE:
            return ()


def _marks(field: Field, marked: tuple[str, ...], texts: Texts) -> Iterator[Button]:
    question = field.question
    for choice in question.choices:
        shown = ("☑ " if choice.key in marked else "☐ ") + choice_label(question, choice.key, texts)
        # The button carries what shall be marked then: pressed twice on a slow line it still does one thing.
        after = marks_of(question, toggled(question, marked, choice.key))
        yield _button(field.claim, shown, CardAction.CORRECT_MARK, f"{question.key}.{after}")


def _doubts(field: Field, doubts: Sequence[Reading], texts: Texts) -> Iterator[Button]:
    for reading in doubts:
        yield _to(field, on_a_button(field.question, reading, texts), reading.value or "")


def _always(field: Field, texts: Texts) -> Iterator[Button]:
    yield _to(field, texts.plain("button.not_known"), UNKNOWN)
    reading = field.answer.reading
    if field.answer.words and (reading.value or reading.choices) and field.question.kind not in _SPEAKS_FOR_ITSELF:
        yield _to(field, texts.plain("button.words_alone"), AS_SAID)


def _way_back(field: Field, texts: Texts) -> Iterator[Button]:
    claim, key = field.claim, field.question.key
    if field.answer.before is not None:
        yield _button(claim, texts.plain("button.uncorrect"), CardAction.CORRECT_BACK, key)
    yield _button(claim, texts.plain("button.back"), CardAction.CORRECT_LEAVE)


def _to(field: Field, shown: str, what: str) -> Button:
    return _button(field.claim, shown, CardAction.CORRECT_TO, f"{field.question.key}.{what}")


def _button(claim: Claim, shown: str, action: CardAction, value: str = "") -> Button:
    return Button(text=shown, callback_data=pack_card(CardPress(claim, action, value)))


def _rows(buttons: Iterator[Button] | Sequence[Button], *, in_a_row: int) -> Keyboard:
    every = tuple(buttons)
    return tuple(every[place : place + in_a_row] for place in range(0, len(every), in_a_row))
