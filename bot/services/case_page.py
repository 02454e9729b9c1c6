"""The page of a case: what its reports say side by side, and what the team wrote about it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.answer import Answer, AnswerState
from bot.domain.case import CaseStatus, StatusEntry, in_order
from bot.domain.evidence import Counts
from bot.domain.further_questions import ALL_QUESTIONS
from bot.domain.questionnaire import Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Report
from bot.understanding import names
from bot.understanding.reading import visible
from storage.additions import KeptAddition
from storage.case_records import Note, Tag
from storage.cases import CaseClaim, CaseMembers
from storage.unit_of_work import UnitOfWork

RELATION = "source"
"""The question of how the reporter knows. It stands beside the report, and not among what is said of the person."""


@dataclass(frozen=True)
class Source:
    """A report of the case. Each reporter's consent and contact stay with the report, and off the page."""

    report: Report = field(repr=False)
    receipt: Receipt | None
    """None where it was withdrawn: it says nothing any more."""
    additions: Sequence[KeptAddition] = field(repr=False)
    files: Counts


@dataclass(frozen=True)
class Statement:
    """One thing that is said in answer to a question, and the reports that say it."""

    answers: Mapping[int, Answer] = field(repr=False)
    """By the numbers of the reports."""
    is_picked: bool = False
    """The team holds it for true."""


@dataclass(frozen=True)
class Said:
    """All that the reports of a case say to one question."""

    question: Question
    statements: tuple[Statement, ...]

    @property
    def differs(self) -> bool:
        """Whether they do not all say the same."""
        return len(self.statements) > 1


@dataclass(frozen=True)
class Joined:
    """A case that was joined into this one, or into one that was."""

    case_id: int
    into: int
    reports: tuple[int, ...]
    """Its own."""


@dataclass(frozen=True)
class CasePage:
    """All that a coordinator sees of a case."""

    claim: CaseClaim
    until: datetime
    status: CaseStatus
    sources: tuple[Source, ...]
    said: tuple[Said, ...]
    statuses: tuple[StatusEntry, ...]
    """The earliest first."""
    notes: tuple[Note, ...]
    tags: tuple[Tag, ...]
    joined: tuple[Joined, ...]
    people: Mapping[str, str | None] = field(repr=False)
    """The first names of those of the team who wrote any of it, by the keys of their chats."""
    asked_for: int | None = None
    """The number by which it was opened, where that case is joined into this one."""

    @property
    def case_id(self) -> int:
        """The number of the case."""
        return self.claim.case_id

    def source(self, report_id: int) -> Source:
        """Return one of its reports.

        Raises:
            ValueError: it is none of them.
        """
        found = next((one for one in self.sources if one.report.report_id == report_id), None)
        if found is None:
            raise ValueError(report_id)
        return found

    def of(self, question: str) -> Said:
        """Return what is said to a question.

        Raises:
            ValueError: nothing is.
        """
        found = next((one for one in self.said if one.question.key == question), None)
        if found is None:
            raise ValueError(question)
        return found


async def read_page(work: UnitOfWork, members: CaseMembers, claim: CaseClaim, *, until: datetime) -> CasePage:
    """Read all that stands on the page of a case."""
    reports = await work.reports.get_many(members.reports)
    records, rows = work.case_records, await work.cases.get_many(members.cases)
    statuses = await records.statuses(members.cases)
    notes = await records.notes(members.cases)
    cases = await work.cases.own_cases(members.cases)
    return CasePage(
        claim=claim,
        until=until,
        status=next(row.status for row in rows if row.case_id == members.root),
        sources=tuple([source async for source in _sources(work, reports)]),
        said=tuple(_said(reports, await records.picks(members.cases, members.reports))),
        statuses=tuple(in_order(statuses)),
        notes=tuple(notes),
        tags=tuple(await records.tags(members.cases)),
        joined=tuple(
            Joined(row.case_id, row.merged_into, tuple(r for r, case in cases.items() if case == row.case_id))
            for row in rows
            if row.merged_into is not None
        ),
        people=await _people(work, {*(one.added_by for one in statuses), *(one.written_by for one in notes)}),
    )


def same(question: Question, one: Answer, other: Answer) -> bool:
    """Say whether two answers to a question say the same: as understood, and else in the same words."""
    if question.kind is Kind.NAME:
        return names.similarity(_words(one), _words(other)) >= names.LIKELY
    if one.reading.value and other.reading.value:
        return one.reading.value == other.reading.value
    return (one.reading.value, one.reading.choices, _words(one)) == (
        other.reading.value,
        other.reading.choices,
        _words(other),
    )


def _said(reports: Sequence[Report], picks: Mapping[str, int]) -> Iterator[Said]:
    for question in ALL_QUESTIONS:
        if question.kept_apart or question.key == RELATION:
            continue
        groups: list[dict[int, Answer]] = []
        for report in reports:
            answer = report.answers.get(question.key)
            if answer is None or answer.state is not AnswerState.GIVEN:
                continue
            fitting = (group for group in groups if same(question, next(iter(group.values())), answer))
            group = next(fitting, None)
            if group is None:
                groups.append({report.report_id: answer})
            else:
                group[report.report_id] = answer
        if groups:
            picked = picks.get(question.key)
            yield Said(question, tuple(Statement(group, picked in group) for group in groups))


async def _sources(work: UnitOfWork, reports: Sequence[Report]) -> AsyncIterator[Source]:
    additions = await work.additions.of([report.report_id for report in reports])
    for report in reports:
        receipt = await work.reports.receipt(report.report_id) if report.answers else None
        files = await work.evidence.counts_of_report(report.report_id)
        yield Source(report, receipt, additions.get(report.report_id, []), files)


async def _people(work: UnitOfWork, chat_keys: set[str]) -> dict[str, str | None]:
    await work.chats.load(chat_keys)
    found = {key: await work.chats.get(key) for key in sorted(chat_keys)}
    return {key: chat.name if chat else None for key, chat in found.items()}


def _words(answer: Answer) -> str:
    return " ".join(visible(answer.text).casefold().split())
