"""What is said about a report once it is submitted: an addition. The answers stay as they were submitted."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

LONGEST_ADDITION = 4096
"""Characters of one addition (one message, Telegram's limit)."""


class AdditionKind(StrEnum):
    """What an addition tells. The text for it is `addition.<value>`."""

    TOLD = "told"
    """Something more, in words."""
    CORRECTED = "corrected"
    """A message that gave an answer was edited after the submit: the new words."""
    RELEASED = "released"
    MOVED = "moved"
    CHARGED = "charged"
    SENTENCED = "sentenced"
    DIED = "died"
    MISTAKEN = "mistaken"
    """What was told last was pressed by mistake."""
    ANSWER = "answer"
    """The answer to what the team asked."""
    FURTHER = "further"
    """A further question was answered."""
    EVIDENCE = "evidence"
    """Something was sent besides words."""
    CONSENT = "consent"
    """What may be done with the report was changed."""


NEWS = (
    AdditionKind.RELEASED,
    AdditionKind.MOVED,
    AdditionKind.CHARGED,
    AdditionKind.SENTENCED,
    AdditionKind.DIED,
)
"""What may have become of the person, each a button."""
ONLY_NOTED = frozenset({AdditionKind.FURTHER, AdditionKind.EVIDENCE, AdditionKind.CONSENT})
"""What stands with the report itself. It is noted of a decided report only, to show the team what is new of it."""


class Addition(BaseModel):
    """One addition, as it was said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AdditionKind
    words: str = ""
    """As said; nothing where it was only pressed."""
    question: str | None = None
    """The question whose answer is corrected, or which was answered."""
    asked: int | None = None
    """The number of the team's question that this answers."""
    day: str | None = None
    """When it was, as understood: a day as YYYY-MM-DD."""
