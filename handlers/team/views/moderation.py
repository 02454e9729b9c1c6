"""What coordinators see: the card of a report, and what became of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from bot.domain.addition import ONLY_NOTED
from bot.domain.answer import Meaning
from bot.domain.errors import Holding, NotYours
from bot.domain.evidence import EvidenceKind
from bot.domain.further_questions import ALL_QUESTIONS, find_question
from bot.domain.message import Button, Keyboard, Replace, Say
from bot.domain.questionnaire import Question
from bot.domain.report import Report
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.team.callbacks import NEXT, pack_note, pack_undo
from handlers.team.views.card_keyboards import card_keyboard
from handlers.team.views.case_menus import open_case_button
from handlers.views.answers import as_said, is_outside_events, label, on_a_button, understood
from handlers.views.asking import question_lines
from handlers.views.pages import pages, pieces, shorten
from storage.additions import KeptAddition
from storage.decisions import Made
from storage.questions import KeptQuestion
from storage.reports import Claim

_PIECE = 3000
"""Longest run of one answer on a card's page; well under a message, so that its label fits beside it."""
_SHOWN_BEFORE = 200
"""How much is shown of what was understood before a correction."""


def card(
    report: Report,
    texts: Texts,
    *,
    until: datetime,
    additions: Sequence[KeptAddition] = (),
    files: Markup | None = None,
    captions: Sequence[tuple[EvidenceKind, str]] = (),
    candidates: Sequence[Markup] = (),
    cases: Sequence[int] = (),
    questions: Sequence[KeptQuestion] = (),
) -> list[Say]:
    """Show a report to the coordinator who has it until then; the last message carries the buttons.

    `files` is what it says of what was sent besides words, and `captions` what was written under each; `questions`
    are what the team asked the reporter. `candidates` are the lines on reports that may tell of the same person, and
    `cases` those it can be attached to.
    """
    beside = (
        *_caption_lines(_said_nowhere_else(captions, report), texts),
        *addition_lines(additions, texts),
        *candidates,
    )
    asked = question_lines(questions, additions, texts)
    written = (*_card_lines(report, texts, files, asked), *beside)
    shown = pages([*written, texts("card.until", until=texts.moment(until))])
    claim = Claim(report.report_id, report.revision)
    keyboard = card_keyboard(claim, texts, publishing=report.consent.publishing, cases=cases)
    return [
        Say(
            html=str(page),
            protected=True,
            keyboard=keyboard if number == len(shown) else (),
        )
        for number, page in enumerate(shown, start=1)
    ]


def decided(claim: Claim, made: Made, message_id: int, texts: Texts) -> Replace:
    """Take the report off the coordinator's screen and say what was decided: a phone can be taken away."""
    html = texts(f"card.{made.decision}", report=claim.report_id, case=made.case_id or "")
    undo = Button(text=texts.plain("button.undo"), callback_data=pack_undo(claim.report_id, made.decision_id))
    note = Button(text=texts.plain("button.add_note"), callback_data=pack_note(claim.report_id, made.decision_id))
    beside = note if made.case_id is None else open_case_button(made.case_id, texts)
    return Replace(message_id=message_id, html=str(html), keyboard=((undo, beside), *next_row(texts)))


def released(claim: Claim, message_id: int, texts: Texts) -> Replace:
    """Take the report off the screen of the coordinator who gave it back."""
    html = texts("card.released", report=claim.report_id)
    return Replace(message_id=message_id, html=str(html), keyboard=next_row(texts))


def changed(report_id: int, what: str, texts: Texts) -> Say:
    """Tell the coordinator who has a report in hand that its reporter changed it."""
    return Say(html=str(texts(f"notice.{what}", report=report_id)), keyboard=next_row(texts))


def not_yours(error: NotYours, texts: Texts) -> Markup:
    """Say who has the report, or who decided it."""
    holder = error.holder or texts.plain("coordinator.nameless")
    at = texts.moment(error.at) if error.at else ""
    return texts(f"not_yours.{error.state}", report=error.report_id, holder=holder, at=at)


def closed(error: NotYours, message_id: int, texts: Texts) -> Replace:
    """Take a card that is no longer this coordinator's off the screen, and say why."""
    buttons = () if error.state is Holding.OLD_CARD else next_row(texts)
    return Replace(message_id=message_id, html=str(not_yours(error, texts)), keyboard=buttons)


def ask_reason(claim: Claim, texts: Texts) -> Say:
    """Ask for the reason in words, as a reply."""
    return Say(html=str(texts("card.ask_reason", report=claim.report_id)), asks_for_reply=True)


def ask_note(report_id: int, texts: Texts) -> Say:
    """Ask for a note beside the reason of a rejection, as a reply."""
    return Say(html=str(texts("card.ask_note", report=report_id)), asks_for_reply=True)


def _card_lines(report: Report, texts: Texts, files: Markup | None, asked: Iterator[Markup]) -> Iterator[Markup]:
    yield texts("card.head_urgent" if report.urgent else "card.head", report=report.report_id)
    yield texts("card.received", at=texts.moment(report.submitted_at), language=report.language)
    yield from asked
    if report.together_with is not None:
        yield texts("card.together", report=report.together_with)
    yield Markup()
    for question in ALL_QUESTIONS:
        answer = report.answers.get(question.key)
        if answer is None:
            continue
        read = understood(question, answer, texts)
        first, *rest = pieces(read, limit=_PIECE)
        yield texts("answer.line", label=label(question, texts), answer=first)
        for piece in rest:
            yield Markup("{}").format(piece)
        said = as_said(question, answer, read)
        for piece in pieces(said, limit=_PIECE) if said else ():
            yield texts("card.as_said", words=piece)
        if answer.before is not None:
            yield _corrected(question, answer.before, texts)
        if is_outside_events(question, answer, texts):
            yield texts("card.outside_events")
    yield Markup()
    if files:
        yield files
    yield texts("card.publishing", publishing=texts.plain(f"publishing.{report.consent.publishing}"))
    yield texts("card.sharing", sharing=texts.plain("sharing.yes" if report.consent.sharing else "sharing.no"))


def _corrected(question: Question, before: Meaning, texts: Texts) -> Markup:
    """Say that an answer was corrected, and what the bot had understood, where it had read something out of it."""
    if before.reading.value is None:
        return texts("card.corrected")
    was = shorten(on_a_button(question, before.reading, texts), limit=_SHOWN_BEFORE)
    return texts("card.corrected_from", before=was)


def _said_nowhere_else(
    captions: Sequence[tuple[EvidenceKind, str]], report: Report
) -> Sequence[tuple[EvidenceKind, str]]:
    """Leave out what stands among the answers already: words under a photo answer the question that was asked."""
    answered = {words.text for answer in report.answers.values() for words in answer.words}
    return [(kind, caption) for kind, caption in captions if caption not in answered]


def _caption_lines(captions: Sequence[tuple[EvidenceKind, str]], texts: Texts) -> Iterator[Markup]:
    for kind, caption in captions:
        for piece in pieces(visible(caption), limit=_PIECE):
            yield texts("card.caption", kind=texts.plain(f"evidence.kind.{kind}"), words=piece)


def addition_lines(additions: Sequence[KeptAddition], texts: Texts) -> Iterator[Markup]:
    """Show what was said of a report since it was submitted. Answers to the team stand beside their questions."""
    for kept in additions:
        addition = kept.addition
        if addition.kind in ONLY_NOTED or addition.asked is not None:
            continue
        what = texts.plain(f"addition.{addition.kind}")
        if addition.question is not None and (question := find_question(addition.question)):
            what = f"{what}: {label(question, texts)}"
        yield texts("card.addition", at=texts.moment(kept.received_at), what=what)
        for piece in pieces(visible(addition.words), limit=_PIECE) if addition.words else ():
            yield texts("card.as_said", words=piece)


def next_row(texts: Texts) -> Keyboard:
    """Return the button that asks for the next report."""
    return ((Button(text=texts.plain("button.next"), callback_data=NEXT),),)
