"""What becomes of a report that was begun and not finished. Pure: dates in, a decision out.

A draft is reminded of once after some silence, and is deleted after a longer one. Whoever can be told is told the day
beforehand: by that reminder, or, where there was none, two days before. Nothing of it happens at night.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.interview import CONSENT, FURTHER
from bot.domain.schedule import Daytime

NOTICE = timedelta(days=2)
"""How long before a draft is deleted its person is told at the latest."""
_TOLD_AGAIN_AFTER = timedelta(days=1)
"""Where a reminder never arrived, the next one goes out no sooner than this."""


@dataclass(frozen=True)
class Draft:
    """An unfinished report, as far as time is concerned."""

    step: str
    changed_at: datetime
    """When the person last did anything with it."""
    reminded_at: datetime | None = None
    """When a reminder was written since then."""
    expires_at: datetime | None = None
    """When it will be deleted, as the person was told; None where nobody was told."""
    is_reachable: bool = True
    """Whether the person can be written to: where the bot was blocked that is not so."""
    is_untold: bool = False
    """`expires_at` was said by a message that never arrived."""

    @property
    def can_be_told(self) -> bool:
        """Whether there is anybody to tell, and anything to tell of.

        At the consent nothing was said yet, and answers to further questions are with their report already.
        """
        return self.is_reachable and self.step != CONSENT and not self.step.startswith(FURTHER)


class Due(StrEnum):
    """What is to happen to a draft now."""

    REMIND = "remind"
    NOTE_UNTOLD = "note_untold"
    """The person was not told of the day after all."""
    DELETE = "delete"


@dataclass(frozen=True)
class DraftTerms:
    """How long a draft is kept, and when it is reminded of."""

    daytime: Daytime
    remind_after: timedelta | None
    """None: no reminder."""
    expires_after: timedelta | None
    """None: a draft is kept for ever."""

    def due(self, draft: Draft, *, now: datetime) -> Due | None:
        """Say what is to happen to a draft now, by day."""
        if draft.is_untold:
            return Due.NOTE_UNTOLD
        if self._is_to_be_deleted(draft, now=now):
            return Due.DELETE
        return Due.REMIND if self._is_to_be_told(draft, now=now) else None

    def expiry(self, draft: Draft, *, now: datetime) -> datetime | None:
        """Return when a draft will be deleted of which its person is told now: never sooner than two days on."""
        if self.expires_after is None:
            return None
        return self.daytime.earliest(max(draft.changed_at + self.expires_after, now + NOTICE))

    def _is_to_be_deleted(self, draft: Draft, *, now: datetime) -> bool:
        if self.expires_after is None:
            return False
        if draft.can_be_told:
            return draft.expires_at is not None and draft.expires_at <= now
        return (draft.expires_at or draft.changed_at + self.expires_after) <= now

    def _is_to_be_told(self, draft: Draft, *, now: datetime) -> bool:
        if not draft.can_be_told or draft.expires_at is not None:
            return False
        if draft.reminded_at is not None and now < draft.reminded_at + _TOLD_AGAIN_AFTER:
            return False
        silence = self.remind_after if draft.reminded_at is None else None
        warning = None if self.expires_after is None else self.expires_after - NOTICE
        return any(span is not None and draft.changed_at + span <= now for span in (silence, warning))
