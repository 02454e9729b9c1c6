"""A report: what one person said, kept as said, and what coordinators decided about it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.domain.answer import Answer, AnswerState
from bot.domain.consent import Consent, Publishing, Use
from bot.domain.further_questions import ALL_QUESTIONS, find_question
from bot.domain.questionnaire import Choice


class Decision(StrEnum):
    """How a report ended: as a coordinator decided, or taken back by its reporter."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Its reporter took it back. All that was said is gone."""


class RejectionReason(StrEnum):
    """Why a report was rejected. The text for it is `reason.<value>`; OTHER comes with the coordinator's own words."""

    TOO_LITTLE = "too_little"
    DUPLICATE = "duplicate"
    NOT_A_DETENTION = "not_a_detention"
    ABUSE = "abuse"
    OTHER = "other"


class Report(BaseModel):
    """One submitted report, opened for the eyes of a coordinator or an export."""

    model_config = ConfigDict(frozen=True)

    report_id: int
    revision: int
    questionnaire_version: int
    consent: Consent
    language: str
    submitted_at: datetime
    urgent: bool
    publish_as: Publishing | None = None
    """What the digest shows of it at most, as a coordinator decided. None until it is approved."""
    together_with: int | None = None
    """The report of somebody who was detained at the same time and place, told of by the same person."""
    answers: Mapping[str, Answer]
    """None are left of a report that was withdrawn."""
    decision: Decision | None = None
    decided_at: datetime | None = None
    reason: RejectionReason | None = None
    reason_words: str | None = None
    """The coordinator's own words: the reason where that is OTHER, else a note beside it."""

    def as_told(self) -> Self:
        """Return the report as its reporter knows it: without what coordinators corrected."""
        told = {key: answer.as_told() for key, answer in self.answers.items()}
        return self.model_copy(update={"answers": told})

    def may(self, use: Use) -> bool:
        """Say whether its reporter, and where it is to be published a coordinator, agreed to this use."""
        published = use in {Use.PUBLISH_NAME, Use.PUBLISH_INITIALS, Use.COUNT}
        if published and self.publish_as is None:
            return False
        return self.consent.allows(use, limit=self.publish_as or Publishing.WITH_NAME)


def is_urgent(answers: Mapping[str, Answer]) -> bool:
    """Say whether anything chosen or said is of the kind that cannot wait."""
    in_words = (answers[each.key] for each in ALL_QUESTIONS if each.urgent_words and each.key in answers)
    return any(choice.urgent for choice in _chosen(answers)) or any(
        answer.words and not answer.reading.choices for answer in in_words if answer.state is AnswerState.GIVEN
    )


def is_hard(answers: Mapping[str, Answer]) -> bool:
    """Say whether anything chosen is hard to say."""
    return any(choice.hard for choice in _chosen(answers))


def _chosen(answers: Mapping[str, Answer]) -> Iterator[Choice]:
    for question_key, answer in answers.items():
        if question := find_question(question_key):
            for key in (*answer.reading.choices, answer.reading.value or ""):
                if choice := question.choice(key):
                    yield choice
