"""How many messages this process may send now, of what Telegram allows all processes together."""

from bot.domain.rate import Rate
from storage.database import Database
from storage.instants import to_us
from storage.unit_of_work import UnitOfWork

_AT_ONCE = 10
"""How many are taken from the common allowance at once: few enough that no process keeps much from another."""
_LASTS_US = 1_000_000
"""After so long, what was taken and not used is forgotten: it must not add to a later burst."""
_PLENTY = 1_000_000


class Allowance:
    """The allowance of one process. What it takes is taken in the database, where all processes take from."""

    def __init__(self, database: Database, rate: Rate) -> None:
        self._database = database
        self._rate = rate
        self._stock = 0
        self._taken_at_us = 0

    def stock(self) -> int:
        """Return how many messages may be sent with no further asking."""
        if not self._rate.is_limited:
            return _PLENTY
        if to_us(self._database.now()) - self._taken_at_us > _LASTS_US:
            self._stock = 0
        return self._stock

    def spend(self, messages: int) -> None:
        """Note that so many are being sent."""
        self._stock = max(0, self._stock - messages)

    async def refill(self) -> None:
        """Take more where little is left."""
        if not self._rate.is_limited or self.stock() >= _AT_ONCE // 2:
            return

        async def take(work: UnitOfWork) -> int:
            return await work.allowances.take(self._rate, _AT_ONCE)

        self._stock += await self._database.perform(take, durable=False)
        self._taken_at_us = to_us(self._database.now())
