"""The reports that may tell of the same person, a line each, with what agrees and what differs."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.domain.matching import Agreement, Comparison
from bot.domain.report import Report
from bot.services.matching import Candidate, facts_of, name_of
from bot.texts import Texts

_LONGEST_NAME = 100


def candidate_lines(candidates: Sequence[Candidate] | None, texts: Texts) -> list[Markup]:
    """Return what a card says of them: nothing where there are none; None: they could not be looked for."""
    if candidates is None:
        return [Markup(), texts("candidates.not_checked")]
    if not candidates:
        return []
    return [Markup(), texts("candidates.head"), *(_line(candidate, texts) for candidate in candidates)]


def cases_of(candidates: Sequence[Candidate] | None) -> list[int]:
    """Return the cases that a report can be attached to."""
    return [candidate.case_id for candidate in candidates or () if candidate.case_id is not None]


def who_and_where(report: Report, texts: Texts) -> str:
    """Return name, city and days of a report on one line, as far as they are known. Plain text."""
    facts = facts_of(report)
    known = [name_of(report)[:_LONGEST_NAME] or texts.plain("find.nameless")]
    if facts.city:
        known.append(texts.place(facts.city))
    if facts.days:
        known.append(texts.short_days(*facts.days))
    return ", ".join(known)


def explained(comparison: Comparison, texts: Texts) -> str:
    """Say how two reports agree: "same name in another spelling, one day apart; differs: birth year". Plain text."""
    agrees, differs = ", ".join(_agreeing(comparison, texts)), list(_differing(comparison, texts))
    if not differs:
        return agrees
    return texts.plain("candidate.and_differs", agrees=agrees, differs=", ".join(differs))


def _line(candidate: Candidate, texts: Texts) -> Markup:
    report, case = candidate.report, candidate.case_id
    key = "candidate.case" if case else "candidate.report"
    return texts(
        key,
        number=case or report.report_id,
        who=who_and_where(report, texts),
        why=explained(candidate.comparison, texts),
    )


def _agreeing(comparison: Comparison, texts: Texts) -> Iterator[str]:
    yield texts.plain(f"candidate.name.{comparison.name}")
    if comparison.city is Agreement.SAME:
        yield texts.plain("candidate.same_city")
    if comparison.days_apart == 0:
        yield texts.plain("candidate.same_day")
    elif comparison.days_apart is not None:
        yield str(texts.plural("candidate.days_apart", comparison.days_apart))
    if comparison.birth is Agreement.SAME:
        yield texts.plain("candidate.same_birth")


def _differing(comparison: Comparison, texts: Texts) -> Iterator[str]:
    if comparison.city is Agreement.OTHER:
        yield texts.plain("candidate.city")
    if comparison.birth is Agreement.OTHER:
        yield texts.plain("candidate.birth")
