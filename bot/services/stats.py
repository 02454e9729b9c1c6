"""The figures of moderation: what came in, what was decided, what waits, how long it took, and who did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from storage.stats import Times
from storage.unit_of_work import UnitOfWork

DAYS = 14
"""How many local days the figures are of, today among them."""


@dataclass(frozen=True)
class Day:
    """The figures of one local day."""

    day: date
    submitted: int
    times: Times
    waiting: int
    """Reports that were not decided at the end of the day; today, now."""


@dataclass(frozen=True)
class Load:
    """How much one coordinator decided."""

    name: str | None
    """The first name; None where the bot does not know it."""
    decided: int


@dataclass(frozen=True)
class ModerationStats:
    """The figures of a span of days."""

    days: Sequence[Day]
    """Oldest first; there is at least one."""
    times: Times
    """Of all the days together."""
    loads: Sequence[Load]
    """Who decided most comes first."""

    @property
    def submitted(self) -> int:
        """How many reports came in on all the days together."""
        return sum(day.submitted for day in self.days)

    @property
    def waiting(self) -> int:
        """How many reports wait now."""
        return self.days[-1].waiting


class StatsDesk:
    """The figures, within one transaction. `zone` says when a day begins."""

    def __init__(self, work: UnitOfWork, *, zone: ZoneInfo) -> None:
        self._work = work
        self._zone = zone

    async def read(self, *, days: int = DAYS) -> ModerationStats:
        """Return the figures of so many days, of which the last is today."""
        today = self._work.now.astimezone(self._zone).date()
        dates = [today - timedelta(days=back) for back in reversed(range(days))]
        edges = [self._begin(one) for one in (*dates, today + timedelta(days=1))]
        stats, spans = self._work.stats, list(pairwise(edges))
        submitted = [await stats.submitted(*span) for span in spans]
        settled = [await stats.settled(*span) for span in spans]
        times = [await stats.times(*span) for span in spans]
        # Counted backwards from now: what waited in the evening is what waits now, but for what came and went since.
        waiting = [await stats.undecided()]
        for came, went in zip(reversed(submitted[1:]), reversed(settled[1:]), strict=True):
            waiting.append(waiting[-1] - came + went)
        figures = zip(dates, submitted, times, reversed(waiting), strict=True)
        return ModerationStats(
            days=[Day(*of_day) for of_day in figures],
            times=await stats.times(edges[0], edges[-1]),
            loads=await self._loads(edges[0], edges[-1]),
        )

    async def _loads(self, since: datetime, until: datetime) -> list[Load]:
        decided = await self._work.stats.loads(since, until)
        await self._work.chats.load(list(decided))
        chats = {key: await self._work.chats.get(key) for key in decided}
        loads = [Load(chat.name if (chat := chats[key]) else None, number) for key, number in decided.items()]
        return sorted(loads, key=lambda load: (-load.decided, load.name or ""))

    def _begin(self, day: date) -> datetime:
        # Midnight may be left out where clocks are changed at night: the day then begins at the first moment there is.
        return datetime.combine(day, time(), self._zone).astimezone(UTC)
