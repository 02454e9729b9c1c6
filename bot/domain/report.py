"""A report: what one person said, kept as said, and what coordinators decided about it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.answer import Answer
from bot.domain.consent import Consent, Publishing, Use
from bot.domain.questionnaire import QUESTIONNAIRE


class Decision(StrEnum):
    """What a coordinator decided."""

    APPROVED = "approved"
    REJECTED = "rejected"


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
    answers: Mapping[str, Answer]
    decision: Decision | None = None
    decided_at: datetime | None = None
    reason: RejectionReason | None = None
    reason_words: str | None = None
    """The coordinator's own words, where the reason is OTHER."""

    def may(self, use: Use) -> bool:
        """Say whether its reporter, and where it is to be published a coordinator, agreed to this use."""
        published = use in {Use.PUBLISH_NAME, Use.PUBLISH_INITIALS, Use.COUNT}
        if published and self.publish_as is None:
            return False
        return self.consent.allows(use, limit=self.publish_as or Publishing.WITH_NAME)


def is_urgent(answers: Mapping[str, Answer]) -> bool:
    """Say whether any chosen condition is one that cannot wait."""
    return any(
        choice.urgent
        for question in QUESTIONNAIRE.questions
        for key in (answers[question.key].reading.choices if question.key in answers else ())
        if (choice := question.choice(key)) is not None
    )
