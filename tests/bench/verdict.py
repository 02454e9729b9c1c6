"""What was lost: the finished reports, held against what people said and what the bot acknowledged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_TAG = re.compile(r"-(\d+-\d+)\b")


@dataclass
class Verdict:
    """What went wrong, counted."""

    people: int = 0
    stuck: int = 0
    """Who had no receipt at the end."""
    missing: int = 0
    """Receipts without a report."""
    doubled: int = 0
    """Reports that are there once more than their receipt."""
    lost: int = 0
    """Acknowledged answers that a finished report does not have."""
    wrong: int = 0
    """Answers that say something else than was said."""
    forgotten: int = 0
    """Acknowledged answers that the bot asked for again."""
    seen_twice: int = 0
    """Messages that came twice."""

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def judge(people: Iterable[Mapping[str, Any]], reports: Iterable[Mapping[str, str]]) -> Verdict:
    """Compare. Each person made at most one report; it is found by any of its words, for they are its alone."""
    verdict = Verdict()
    stored: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for report in reports:
        for tag in {tag for answer in report.values() for tag in _TAG.findall(answer)}:
            stored[tag].append(report)
    for person in people:
        verdict.people += 1
        verdict.forgotten += person["forgotten"]
        verdict.seen_twice += person["seen_twice"]
        theirs = stored[f"{person['number']}-{person['round']}"]
        verdict.doubled += max(0, len(theirs) - 1)
        if not person["is_done"]:
            verdict.stuck += 1
        elif not theirs:
            verdict.missing += 1
        for report in theirs[:1]:
            _compare(verdict, person, report)
    return verdict


def _compare(verdict: Verdict, person: Mapping[str, Any], report: Mapping[str, str]) -> None:
    for question, said in person["said"].items():
        answer = report.get(question)
        if answer is None:
            verdict.lost += question in person["acknowledged"]
        elif set(answer.splitlines()) != {said}:  # who lost patience said it twice
            verdict.wrong += 1
