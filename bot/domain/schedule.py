"""When a digest is due: once a day at a set local time, whatever the clocks of that place do."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DailyAt:
    """A daily moment in local time."""

    at: time
    zone: ZoneInfo

    def last_before(self, moment: datetime) -> datetime:
        """Return the latest such moment that is not after `moment`, in UTC."""
        local = moment.astimezone(self.zone)
        today = self._on(local)
        return today if today <= moment else self._on(local - timedelta(days=1))

    def next_after(self, moment: datetime) -> datetime:
        """Return the earliest such moment that is after `moment`, in UTC."""
        local = moment.astimezone(self.zone)
        today = self._on(local)
        return today if today > moment else self._on(local + timedelta(days=1))

    def _on(self, local: datetime) -> datetime:
        # A time that a change of clocks leaves out or doubles is still one moment: fold 0 picks the first.
        return datetime.combine(local.date(), self.at, self.zone).astimezone(UTC)
