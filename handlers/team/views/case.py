"""The page of a case: what its reports say of one detained person, side by side, and what the team wrote about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from bot.domain.answer import Answer, AnswerState, days_of
from bot.domain.case import StatusEntry
from bot.domain.errors import CaseNotYours
from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.domain.message import Keyboard, Retract, Say
from bot.domain.questionnaire import Question
from bot.domain.report import Report
from bot.services.case_page import RELATION, CasePage, Said, Source, Statement
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.team.case_callbacks import CaseAction, case_of
from handlers.team.views.candidates import who_and_where
from handlers.team.views.case_menus import confirm_keyboard, page_keyboard
from handlers.team.views.moderation import addition_lines
from handlers.views.answers import as_said, label, understood
from handlers.views.evidence import files
from handlers.views.pages import lines, pages, paragraphs, pieces, shorten

_PIECE = 1500
"""Longest run of words on a page; two of them and what stands beside fit into one message."""
_PAGE = 3500
"""Characters of a page: what is asked in a menu stands below it, in the same message."""
_ROOM = 3000
"""Characters of what a menu asks about."""
_MOST_COMPARED = 8
"""Reports of each side that are named where two cases are to be joined."""
_SHOWN_NAME = 24
_LONGEST_RELATION = 200
_LONGEST_LIST = 600
"""Characters of a list of tags, or of the numbers of reports."""


def case_page(page: CasePage, texts: Texts, *, number: int = 0) -> Say:
    """Show a page of a case; a long case has several, which are turned in the same message."""
    shown = _pages(page, texts)
    number = min(number, len(shown) - 1)
    keyboard = page_keyboard(page, texts, number=number, of=len(shown))
    return Say(html=str(shown[number]), protected=True, keyboard=keyboard)


def menu(page: CasePage, texts: Texts, question: Markup, keyboard: Keyboard) -> Say:
    """Ask something about a case in the place of its page. What is asked about stands in the question itself."""
    return Say(html=str(paragraphs([_head(page, texts), question])), protected=True, keyboard=keyboard)


def confirm_join(page: CasePage, other: int, reports: Sequence[Report], texts: Texts) -> Say:
    """Show both sides by name, and ask whether they are one person."""
    own = [source.report for source in page.sources]
    both = [
        texts("case.join_confirm", case=page.case_id, other=other),
        *_side(page.case_id, own, texts),
        *_side(other, reports, texts),
    ]
    return menu(page, texts, lines(both), confirm_keyboard(page, CaseAction.JOIN, other, texts))


def confirm_part(page: CasePage, case_id: int, texts: Texts) -> Say:
    """Ask whether a case is to be parted from this one.

    Raises:
        ValueError: it is not joined into it.
    """
    part = next((one for one in page.joined if one.case_id == case_id), None)
    if part is None:
        raise ValueError(case_id)
    question = texts("case.part_confirm", case=page.case_id, joined=case_id, reports=_numbers(part.reports))
    return menu(page, texts, question, confirm_keyboard(page, CaseAction.PART, case_id, texts))


def statements(said: Said, texts: Texts) -> Markup:
    """Show all that is said to a question, each with its reports, to pick one of them. Cut where it is long."""
    return pages(_said_lines(said, texts), limit=_ROOM)[0]


def not_yours(error: CaseNotYours, texts: Texts) -> Markup:
    """Say who has the case open, or that nobody has."""
    holder = error.holder or texts.plain("coordinator.nameless")
    return texts(f"case.not_yours.{error.state}", case=error.case_id, holder=holder)


def taken_away(case_id: int, words: Markup) -> Retract:
    """Put words in the place of all that shows a case; its files go."""
    return Retract(about=case_of(case_id), html=str(words))


def _pages(page: CasePage, texts: Texts) -> list[Markup]:
    return pages([*_head_lines(page, texts), *_body(page, texts)], limit=_PAGE)


def _head(page: CasePage, texts: Texts) -> Markup:
    return texts("case.head", case=page.case_id, status=texts.plain(f"case.status.{page.status}"))


def _head_lines(page: CasePage, texts: Texts) -> Iterator[Markup]:
    yield _head(page, texts)
    if page.asked_for is not None:
        yield texts("case.asked_for", asked=page.asked_for, case=page.case_id)
    for joined in page.joined:
        yield texts("case.joined", case=joined.case_id, into=joined.into, reports=_numbers(joined.reports))
    if page.tags:
        yield texts("case.tags", tags=shorten(", ".join(tag.text for tag in page.tags), limit=_LONGEST_LIST))
    yield texts("case.until", until=texts.moment(page.until))


def _body(page: CasePage, texts: Texts) -> Iterator[Markup]:
    yield Markup()
    for said in page.said:
        yield from _said_lines(said, texts)
    if page.statuses:
        yield Markup()
        yield texts("case.statuses")
        yield from (_status_line(entry, page.people, texts) for entry in page.statuses)
    yield Markup()
    yield texts("case.sources")
    for source in page.sources:
        yield from _source_lines(source, texts)
    if page.notes:
        yield Markup()
        yield texts("case.notes")
    for note in page.notes:
        yield texts("case.note", at=texts.moment(note.written_at), who=_name(page.people, note.written_by, texts))
        for piece in pieces(visible(note.text), limit=_PIECE):
            yield texts("case.words", words=piece)


def _said_lines(said: Said, texts: Texts) -> Iterator[Markup]:
    """One line where all say the same; otherwise each statement with the reports that make it."""
    question = said.question
    if not said.differs:
        (statement,) = said.statements
        first, *rest = pieces(_shown(question, statement, texts), limit=_PIECE)
        yield texts("answer.line", label=label(question, texts), answer=first)
        yield from (Markup("{}").format(piece) for piece in rest)
        yield from _words(question, statement, texts)
        return
    yield texts("case.differs", label=label(question, texts))
    for statement in said.statements:
        key = "case.statement_picked" if statement.is_picked else "case.statement"
        first, *rest = pieces(_shown(question, statement, texts), limit=_PIECE)
        yield texts(key, answer=first, reports=_numbers(statement.answers))
        yield from (Markup("{}").format(piece) for piece in rest)
        yield from _words(question, statement, texts)


def _shown(question: Question, statement: Statement, texts: Texts) -> str:
    """Return a statement as it is understood, in each of the spellings in which it was made."""
    read = (understood(question, answer, texts) for answer in statement.answers.values())
    return " / ".join(dict.fromkeys(read))


def _words(question: Question, statement: Statement, texts: Texts) -> Iterator[Markup]:
    said = (_own_words(question, answer, texts) for answer in statement.answers.values())
    for words in dict.fromkeys(filter(None, said)):
        yield from (texts("card.as_said", words=piece) for piece in pieces(words, limit=_PIECE))


def _own_words(question: Question, answer: Answer, texts: Texts) -> str | None:
    return as_said(question, answer, understood(question, answer, texts))


def _source_lines(source: Source, texts: Texts) -> Iterator[Markup]:
    report = source.report
    if source.receipt is None:
        yield texts("case.source_withdrawn", report=report.report_id)
        return
    yield texts(
        "case.source",
        report=report.report_id,
        code=source.receipt,
        at=texts.moment(report.submitted_at),
        relation=_relation(report.answers.get(RELATION), texts),
    )
    if listed := files(source.files, texts):
        yield listed
    yield from addition_lines(source.additions, texts)


def _relation(answer: Answer | None, texts: Texts) -> str:
    if answer is None or answer.state is not AnswerState.GIVEN:
        return texts.plain("case.relation_unknown")
    return shorten(understood(FURTHER_QUESTIONS[RELATION], answer, texts), limit=_LONGEST_RELATION)


def _status_line(entry: StatusEntry, people: Mapping[str, str | None], texts: Texts) -> Markup:
    key = "case.status_line_team" if entry.report_id is None else "case.status_line"
    return texts(
        key,
        day=texts.days(*days_of(entry.days)) if entry.days else texts.plain("case.day_unknown"),
        status=texts.plain(f"case.status.{entry.status}"),
        report=entry.report_id or "",
        who=_name(people, entry.added_by, texts),
    )


def _name(people: Mapping[str, str | None], chat_key: str, texts: Texts) -> str:
    return shorten(people.get(chat_key) or texts.plain("coordinator.nameless"), limit=_SHOWN_NAME)


def _side(case_id: int, reports: Sequence[Report], texts: Texts) -> Iterator[Markup]:
    yield texts("case.one_side", case=case_id)
    for report in reports[:_MOST_COMPARED]:
        yield texts("case.side_line", report=report.report_id, who=who_and_where(report, texts))


def _numbers(report_ids: Iterable[int]) -> str:
    return shorten(", ".join(map(str, report_ids)), limit=_LONGEST_LIST) or "–"
