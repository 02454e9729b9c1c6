"""Who may do what. A coordinator is known by the Telegram id in the settings, and by nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """The people with a part to play beyond reporting."""

    coordinator_ids: frozenset[int]

    def is_coordinator(self, telegram_id: int | None) -> bool:
        """Say whether this Telegram user reviews reports."""
        return telegram_id in self.coordinator_ids
