"""A report that its reporter changed after the submit: what the team is to be told of."""

from dataclasses import dataclass

from bot.domain.addition import Addition
from storage.chats import Chat
from storage.reports import Claim


@dataclass(frozen=True)
class Changed:
    """A report that its reporter changed."""

    claim: Claim
    holder: Chat | None
    """The coordinator who has it in hand."""
    addition: Addition | None = None
    """What was added, where that was the change."""
    cannot_wait: bool = False
    """What was added is of the kind that cannot wait."""
