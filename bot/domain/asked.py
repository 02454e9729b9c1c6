"""What the team asks a reporter through the bot, and what became of it. Neither learns who the other is."""

from enum import StrEnum

LONGEST_QUESTION = 500
"""Characters of one question: what stands around it fits into the same message."""


class AskedOutcome(StrEnum):
    """What became of a question. The text for it on the card, where no words answer it, is `asked.<value>`."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    """The reporter does not know."""
    SKIPPED = "skipped"
    EXPIRED = "expired"
    """No answer came in time."""
    WITHDRAWN = "withdrawn"
    """The report was taken back."""


class NotAskable(StrEnum):
    """Why a reporter cannot be asked. The text for it is `not_askable.<value>`."""

    DO_NOT_WRITE = "do_not_write"
    """The reporter asked not to be written to."""
    GONE = "gone"
    """Nothing reaches the chat."""
    OWN = "own"
    """The coordinator sent the report."""
