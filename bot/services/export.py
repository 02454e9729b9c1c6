"""Export: every report, opened, one plain record each."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from bot.domain.further_questions import find_question
from bot.domain.report import Report
from storage.additions import KeptAddition
from storage.unit_of_work import UnitOfWork


async def export(work: UnitOfWork) -> AsyncIterator[dict[str, Any]]:
    """Yield all reports as records that JSON can carry, in the order of their ids.

    Each answer gives its state, the words as said, and what was understood of them. Who reported is not exported, nor
    how to reach them.
    """
    async for report in work.reports.every():
        additions = await work.additions.of([report.report_id])
        yield _record(report, additions.get(report.report_id, ()))


def _record(report: Report, additions: Sequence[KeptAddition]) -> dict[str, Any]:
    return {
        "report_id": report.report_id,
        "revision": report.revision,
        "questionnaire_version": report.questionnaire_version,
        "consent_version": report.consent.version,
        "language": report.language,
        "submitted_at": report.submitted_at.isoformat(),
        "urgent": report.urgent,
        "sharing": report.consent.sharing,
        "publishing": report.consent.publishing,
        "publish_as": report.publish_as,
        "decision": report.decision,
        "reason": report.reason,
        "reason_words": report.reason_words,
        "decided_at": report.decided_at.isoformat() if report.decided_at else None,
        "together_with": report.together_with,
        "additions": [
            {
                "kind": kept.addition.kind,
                "words": kept.addition.words,
                "question": kept.addition.question,
                "day": kept.addition.day,
                "received_at": kept.received_at.isoformat(),
            }
            for kept in additions
        ],
        "answers": {
            key: {
                "state": answer.state,
                "words": answer.text,
                "value": answer.reading.value,
                "choices": list(answer.reading.choices),
            }
            for key, answer in report.answers.items()
            if not _is_kept_apart(key)
        },
    }


def _is_kept_apart(key: str) -> bool:
    question = find_question(key)
    return question is not None and question.kept_apart
