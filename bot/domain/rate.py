"""How fast something may be done: a few at once, then evenly. Pure.

The state is one moment, `free_at_us`: when the whole burst is there again (the "generic cell rate algorithm" of ATM
networks, ITU-T I.371). One number can stand in a column and be shared by any number of processes.
"""

import math
from dataclasses import dataclass
from typing import Self

_US = 1_000_000
_SHARE_AT_ONCE = 6
"""A sixth of a limit may be used at once; the rest comes evenly."""


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and so many again in every `seconds`. A burst of 0 is no limit."""

    burst: int
    seconds: float = 1.0

    @classmethod
    def within(cls, limit: int, seconds: float) -> Self:
        """Return the rate that never does more than `limit` in any span of so many seconds. 0 is no limit."""
        burst = max(1, limit // _SHARE_AT_ONCE) if limit else 0
        return cls(burst, burst * seconds / (limit - burst or limit or 1))

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.burst > 0

    def grant(self, want: int, *, free_at_us: int, now_us: int) -> tuple[int, int]:
        """Return how many of `want` may be done now, and the state after those. Moments are microseconds."""
        if not self.is_limited:
            return want, free_at_us
        start = max(free_at_us, now_us)
        room = self.burst + (now_us - start) // self._interval_us
        granted = max(0, min(want, room))
        return granted, start + granted * self._interval_us if granted else free_at_us

    def wait_us(self, *, free_at_us: int, now_us: int) -> int:
        """Return how many microseconds it is until one may be done."""
        if not self.is_limited:
            return 0
        return max(0, free_at_us - now_us - (self.burst - 1) * self._interval_us)

    @property
    def _interval_us(self) -> int:
        """Whole microseconds, so that nothing is lost in adding up."""
        return math.ceil(self.seconds * _US / self.burst)


NO_LIMIT = Rate(0)
