"""Local time: the daily moment of the digest, and the day on which people may be written to unasked.

Both hold whatever the clocks of that place do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MORNING = time(9)
_EVENING = time(21)


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


@dataclass(frozen=True)
class Daytime:
    """The hours in which a phone may ring though nobody asked for it: 9:00 to 21:00 in local time."""

    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        """Say whether it is day at this moment."""
        return _MORNING <= moment.astimezone(self.zone).time() < _EVENING

    def earliest(self, moment: datetime) -> datetime:
        """Return the moment itself where it is by day, or the next morning."""
        return moment if self.holds(moment) else DailyAt(_MORNING, self.zone).next_after(moment)
