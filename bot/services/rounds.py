"""What moderation does by the clock: claims and questions whose time is over, and telling reporters of decisions.

Every process may do this at once: what is done is written with what is said of it.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.domain.message import Retract, Say
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.services.asking import Asking
from bot.services.cases import lapse_cases
from bot.services.moderation import Moderation, Told
from storage.crypto import WrongKey
from storage.outgoing import Priority
from storage.unit_of_work import UnitOfWork


class RoundsWords(Protocol):
    """How people are told of what the clock brings."""

    def lapsed(self, language: str, report_id: int) -> Retract:
        """Take the card of a report off its holder's screen, and say that the time is over."""

    def case_lapsed(self, language: str, case_id: int) -> Retract:
        """Take a case off the screen of whoever had it open, and say that the time is over."""

    def looked_at(self, language: str, search_id: int, about: str | None) -> Retract:
        """Take off a screen what was only looked at, and say that its time is over."""

    def decided(self, language: str, receipt: Receipt, decision: Decision) -> Say:
        """Tell a reporter what became of a report."""


class Rounds:
    """One round, within one transaction."""

    def __init__(self, work: UnitOfWork, *, lease: timedelta, words: RoundsWords) -> None:
        self._work = work
        self._moderation = Moderation(work, lease=lease)
        self._lease = lease
        self._words = words

    async def go(self) -> int:
        """Do what is due, and return how many reports and cases that concerned."""
        lapsed, told = await self._moderation.lapse(), await self._moderation.to_tell()
        closed = await lapse_cases(self._work)
        expired = await Asking(self._work, self._moderation).expire()
        for held in lapsed:
            key = f"lapsed:{held.claim.report_id}:{held.claim.revision}"
            await self._take_away(held.coordinator_key, self._words.lapsed, held.claim.report_id, key=key)
        for opened in closed:
            key = f"case_lapsed:{opened.claim.case_id}:{opened.claim.revision}"
            await self._take_away(opened.holder_key, self._words.case_lapsed, opened.claim.case_id, key=key)
        for one in told:
            await self._tell(one)
        return len(lapsed) + len(closed) + len(told) + expired + await self._end_looks()

    async def _end_looks(self) -> int:
        """Take off screens what was looked at for as long as a claim lasts."""
        looks = await self._work.searches.forget(until=self._work.now - self._lease)
        for look in looks:
            words = partial(self._words.looked_at, about=look.about)
            await self._take_away(look.chat_key, words, look.search_id, key=f"looked_at:{look.search_id}")
        return len(looks)

    async def _take_away(self, holder_key: str, words: Callable[[str, int], Retract], number: int, *, key: str) -> None:
        try:
            holder = await self._work.chats.get(holder_key)
        except WrongKey:  # whose chat does not open sees the card until it does
            return
        if holder is None:
            return
        taken = words(holder.language, number)
        await self._work.outbox.drop_unsent(holder, about=taken.about)
        await self._work.outbox.add(holder, taken, priority=Priority.COORDINATORS, key=key, may_be_repeated=True)

    async def _tell(self, told: Told) -> None:
        if told.reporter.gone:
            return
        message = self._words.decided(told.reporter.language, told.receipt, told.decision)
        key = f"decided:{told.report_id}:{told.decision_id}"
        await self._work.outbox.add(told.reporter, message, priority=Priority.PEOPLE, key=key, may_be_repeated=True)
