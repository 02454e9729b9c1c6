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


NEWS = (
    AdditionKind.RELEASED,
    AdditionKind.MOVED,
    AdditionKind.CHARGED,
    AdditionKind.SENTENCED,
    AdditionKind.DIED,
)
"""What may have become of the person, each a button."""


class Addition(BaseModel):
    """One addition, as it was said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AdditionKind
    words: str = ""
    """As said; nothing where it was only pressed."""
    question: str | None = None
    """The question whose answer is corrected."""
    day: str | None = None
    """When it was, as understood: a day as YYYY-MM-DD."""
