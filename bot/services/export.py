"""Export: every report, opened, one plain record each."""

from collections.abc import AsyncIterator
from typing import Any

from bot.domain.report import Report
from storage.unit_of_work import UnitOfWork


async def export(work: UnitOfWork) -> AsyncIterator[dict[str, Any]]:
    """Yield all reports as records that JSON can carry, in the order of their ids.

    Each answer gives its state, the words as said, and what was understood of them. Who reported is not exported.
    """
    async for report in work.reports.every():
        yield _record(report)


def _record(report: Report) -> dict[str, Any]:
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
        "answers": {
            key: {
                "state": answer.state,
                "words": answer.text,
                "value": answer.reading.value,
                "choices": list(answer.reading.choices),
            }
            for key, answer in report.answers.items()
        },
    }
