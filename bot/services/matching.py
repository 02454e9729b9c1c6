"""The same person? Keys to find a report by, and the reports that may tell of the person of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from bot.domain.answer import Answer, days_of
from bot.domain.matching import Comparison, Facts, NameMatch, compare
from bot.domain.report import Decision, Report
from bot.understanding import ages, names
from bot.understanding.reading import visible
from storage.unit_of_work import UnitOfWork

INDEXED_AT_ONCE = 50
MOST_CANDIDATES = 5
_MOST_DAYS = 31
"""A span of more days is found by its months alone."""
_MOST_OF_A_KEY = 200
_ENOUGH = 300
"""Reports whose names are compared."""
_MOST_OPENED = 30
"""Of those, the reports with the likest names are compared in all else."""


@dataclass(frozen=True)
class Indexed:
    """What was done of the index."""

    reports: int = 0
    failed: dict[int, BaseException] = field(default_factory=dict)
    """Reports that cannot be found but by number and code, and why."""


@dataclass(frozen=True)
class Candidate:
    """A report that may tell of the same person, and the case it belongs to."""

    report: Report = field(repr=False)
    case_id: int | None
    comparison: Comparison


async def index_some(work: UnitOfWork) -> Indexed:
    """Write the keys of some reports that have none yet, or say something else by now.

    What is wrong with one report keeps no other from being found, and is not tried again and again.
    """
    report_ids = await work.search.to_index(most=INDEXED_AT_ONCE)
    if not report_ids:  # as at most seconds
        return Indexed()
    keys: dict[int, set[str]] = {}
    cities: dict[int, str] = {}
    failed: dict[int, BaseException] = {}
    try:
        async with work.aside():
            for report in await work.reports.get_many(report_ids):
                keys[report.report_id] = set(keys_of(report))
                if city := facts_of(report).city:
                    cities[report.report_id] = city
    except Exception:  # noqa: BLE001  whichever of them it was: each once more, alone
        keys = {}
        for report_id in report_ids:
            try:
                async with work.aside():
                    alone = await work.reports.get(report_id)
                    keys[report_id] = set(keys_of(alone)) if alone else set()
            except Exception as error:  # noqa: BLE001  the report's own fault; a lost database fails below
                keys[report_id], failed[report_id] = set(), error
    await work.queue.name_cities(cities)
    await work.search.write({report_id: keys.get(report_id, set()) for report_id in report_ids})
    return Indexed(len(report_ids), failed)


def keys_of(report: Report) -> Iterator[str]:
    """Return what a report is to be found by."""
    facts = facts_of(report)
    if name := name_of(report):
        yield from map(name_key, names.search_keys(name))
    if facts.city:
        yield city_key(facts.city)
    if facts.days:
        yield from day_keys(*facts.days)
        yield from month_keys(*facts.days)
    if charge := _value(report, "charge"):
        for written in charge.split(";"):
            yield from charge_keys(written)
    if (status := report.answers.get("status")) is not None and status.reading.value:
        yield status_key(status.reading.value)


def name_key(key: str) -> str:
    """Return what is kept of one key of a name."""
    return f"name:{key}"


def city_key(key: str) -> str:
    """Return what is kept of a place."""
    return f"city:{key}"


def status_key(status: str) -> str:
    """Return what is kept of what is with the person now."""
    return f"status:{status}"


def day_keys(first: date, last: date) -> list[str]:
    """Return what is kept of the days of a span; nothing for a long one."""
    days = (last - first).days + 1
    if days > _MOST_DAYS:
        return []
    return [f"day:{first + timedelta(days=day)}" for day in range(days)]


def month_keys(first: date, last: date) -> list[str]:
    """Return what is kept of the months that a span touches, at most a year of them."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"month:{month // 12}-{month % 12 + 1:02}" for month in months[:12]]


def charge_keys(written: str) -> list[str]:
    """Return what is kept of a charge ("CC:272/2"): the whole, and its article alone."""
    return [f"charge:{whole}" for whole in dict.fromkeys((written, written.partition("/")[0]))]


def name_of(report: Report) -> str:
    """Return the name that a report tells of, as understood or else as said; empty where it tells of none."""
    answer = report.answers.get("name")
    return "" if answer is None else one_line(answer)


def one_line(answer: Answer) -> str:
    """Return an answer's words on one line, without what cannot be seen."""
    return " ".join(visible(answer.reading.value or answer.text).split())


def facts_of(report: Report) -> Facts:
    """Return what a report says that others may say too."""
    age = report.answers.get("age")
    words = visible(age.text) if age and age.before is None else ""  # words that were misread say no birth year
    days = _value(report, "date")
    return Facts(
        city=_value(report, "city"),
        days=days_of(days) if days else None,
        born=ages.born(words, report.submitted_at.date()) if words else None,
        age=age.reading.value if age else None,
    )


def agreement(one: names.Name, other: names.Name) -> tuple[NameMatch, float] | None:
    """Return how two names agree, and how much; None where they are two people's."""
    similarity = one.similarity(other)
    if similarity < names.POSSIBLE:
        return None
    if one.text.casefold() == other.text.casefold():
        return NameMatch.SAME, similarity
    if one.is_surname_alone or other.is_surname_alone:
        return NameMatch.SURNAME, similarity
    return (NameMatch.SPELLING if similarity >= names.LIKELY else NameMatch.ALIKE), similarity


class Matching:
    """Finding reports of one person, within one transaction. Nothing is ever joined here."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def candidates(self, report: Report) -> list[Candidate]:
        """Return at most five reports that may tell of the same person, the likeliest first; one of a case.

        Reports of the same case, those that were withdrawn and those that were rejected are left out.
        """
        name = names.Name(name_of(report))
        ids = await self._with_names_like(name.text, besides=report.report_id)
        named = await self._work.search.names(ids)
        agrees = cache(lambda text: agreement(name, names.Name(text)))  # of those with one surname many have one name
        alike = {one: how for one, said in named.items() if (how := agrees(one_line(said)))}
        likest = sorted(alike, key=lambda one: (-alike[one][1], -one))[:_MOST_OPENED]
        return await self._best(report, alike, likest)

    async def _with_names_like(self, name: str, *, besides: int) -> list[int]:
        found: dict[int, None] = {}
        for key in names.search_keys(name) if name else ():
            if len(found) >= _ENOUGH:
                break
            ids = await self._work.search.walk(name_key(key), most=_MOST_OF_A_KEY)
            found |= dict.fromkeys(one for one in ids if one != besides)
        return list(found)[:_ENOUGH]

    async def _best(
        self, report: Report, alike: dict[int, tuple[NameMatch, float]], report_ids: Sequence[int]
    ) -> list[Candidate]:
        cases = await self._work.search.cases_of([report.report_id, *report_ids])
        facts, own_case = facts_of(report), cases.get(report.report_id)
        best: dict[tuple[str, int], Candidate] = {}
        for other in await self._work.reports.get_many(report_ids):
            case = cases.get(other.report_id)
            if other.decision in {Decision.REJECTED, Decision.WITHDRAWN} or (case and case == own_case):
                continue
            match, similarity = alike[other.report_id]
            candidate = Candidate(other, case, compare(facts, facts_of(other), name=match, similarity=similarity))
            group = ("case", case) if case else ("report", other.report_id)
            if group not in best or candidate.comparison.score > best[group].comparison.score:
                best[group] = candidate
        ranked = sorted(best.values(), key=lambda one: (-one.comparison.score, -one.report.report_id))
        return ranked[:MOST_CANDIDATES]


async def candidates_or_none(work: UnitOfWork, report: Report) -> tuple[list[Candidate] | None, BaseException | None]:
    """Return the candidates, or None and what went wrong: the check never keeps a report from being read."""
    try:
        async with work.aside():
            return await Matching(work).candidates(report), None
    except Exception as error:  # noqa: BLE001  whatever it is, the report comes first
        return None, error


def _value(report: Report, question: str) -> str | None:
    answer = report.answers.get(question)
    return answer.reading.value if answer else None
