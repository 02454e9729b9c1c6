"""Export: every report, opened, one plain record each."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from bot.domain.addition import ONLY_NOTED
from bot.domain.answer import Meaning
from bot.domain.evidence import Piece
from bot.domain.further_questions import find_question
from bot.domain.report import Report
from storage.additions import KeptAddition
from storage.corrections import KeptCorrection
from storage.unit_of_work import UnitOfWork

_TOGETHER = 200
"""Reports whose evidence is read in one trip."""


async def export(work: UnitOfWork) -> AsyncIterator[dict[str, Any]]:
    """Yield all reports as records that JSON can carry, in the order of their ids.

    Each answer gives its state, the words as said, what was understood of them, and whether a coordinator corrected
    that; each piece of evidence what is
    known of it, and not its bytes. Who reported is not exported, nor how to reach them.
    """
    together: list[Report] = []
    async for report in work.reports.every():
        together.append(report)
        if len(together) == _TOGETHER:
            for record in await _records(work, together):
                yield record
            together = []
    for record in await _records(work, together):
        yield record


async def _records(work: UnitOfWork, reports: Sequence[Report]) -> list[dict[str, Any]]:
    ids = [report.report_id for report in reports]
    evidence, additions = await work.evidence.of_reports(ids), await work.additions.of(ids)
    corrections = await work.corrections.of(ids)
    return [
        {
            **_record(report, additions.get(report.report_id, ())),
            "corrections": [
                _correction(one) for one in corrections.get(report.report_id, ()) if not _is_kept_apart(one.question)
            ],
            "evidence": [_piece(one) for one in evidence[report.report_id] if not _is_kept_apart(one.question)],
        }
        for report in reports
    ]


def _piece(piece: Piece) -> dict[str, Any]:
    contents = piece.contents
    return {
        "evidence_id": piece.evidence_id,
        "kind": piece.kind,
        "state": piece.state,
        "question": piece.question,
        "received_at": piece.received_at.isoformat(),
        "caption": contents.caption,
        "name": contents.name,
        "type": contents.type,
        "size": contents.size,
        "sha256": contents.sha256,
        "refusal": contents.refusal,
        "forwarded_from": contents.forwarded_from,
        "first_sent_at": contents.first_sent_at.isoformat() if contents.first_sent_at else None,
        "place": contents.place.model_dump() if contents.place else None,
        "contact": contents.contact.model_dump() if contents.contact else None,
    }


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
            if kept.addition.kind not in ONLY_NOTED
            if not _is_kept_apart(kept.addition.question)
        ],
        "answers": {
            key: {
                "state": answer.state,
                "words": answer.text,
                "value": answer.reading.value,
                "choices": list(answer.reading.choices),
                "corrected": answer.before is not None,
            }
            for key, answer in report.answers.items()
            if not _is_kept_apart(key)
        },
    }


def _correction(one: KeptCorrection) -> dict[str, Any]:
    return {
        "question": one.question,
        "before": _meaning(one.change.before),
        "after": _meaning(one.change.after),
        "corrected_at": one.corrected_at.isoformat(),
    }


def _meaning(meaning: Meaning) -> dict[str, Any]:
    return {"state": meaning.state, "value": meaning.reading.value, "choices": list(meaning.reading.choices)}


def _is_kept_apart(key: str | None) -> bool:
    question = find_question(key or "")
    return question is not None and question.kept_apart
