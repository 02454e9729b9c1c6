"""What all processes together may do in a time, taken bit by bit."""

from datetime import datetime
from typing import Any

from bot.domain.rate import Rate
from storage.instants import to_us
from storage.session import Session

_MESSAGES = "messages"


class Allowances:
    """The allowances within one transaction."""

    def __init__(self, session: Session, queries: Any, *, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._now = now

    async def take(self, rate: Rate, want: int) -> int:
        """Take up to so many messages from what may be sent now, and return how many those are."""
        await self._queries.add_allowance(self._session, allowance=_MESSAGES)
        free_at_us = await self._queries.hold_allowance(self._session, allowance=_MESSAGES)
        granted, after_us = rate.grant(want, free_at_us=free_at_us, now_us=to_us(self._now))
        if granted:
            await self._queries.set_allowance(self._session, allowance=_MESSAGES, free_at_us=after_us)
        return granted
