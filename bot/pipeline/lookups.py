"""Messages for which much must be read first: in a snapshot, so that nobody waits for it, and one of a kind at a time.

What was read is then put into the outbox, in place of the message that asked for it, in one transaction: killed before
that, the next process reads again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.domain.message import Figures, Say, Sendable, Wipe
from bot.pipeline.faults import describe
from bot.services.wipe import Wiping
from storage.chats import Chat
from storage.database import Database
from storage.outgoing import Leased, Outcome, Settlement
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

TellFigures = Callable[[UnitOfWork, Chat], Awaitable[Sequence[Sendable]]]
"""Reads the figures of moderation, and returns what is said of them in a chat."""
_MOST_ATTEMPTS = 3
"""A database that never comes to an end with the figures is not asked for them for ever."""


class Lookups:
    """Carries out what reads much."""

    def __init__(self, database: Database, *, tell_figures: TellFigures) -> None:
        self._database = database
        self._tell_figures = tell_figures
        self._wiping = asyncio.Lock()
        """Each reads all that was written and said in these days."""
        self._counting = asyncio.Lock()

    async def carry_out(self, leased: Leased, message: Wipe | Figures) -> None:
        """Read, and put what follows from it into the outbox.

        Raises:
            Exception: the database failed; the message stays leased, and its turn comes again.
        """
        if isinstance(message, Wipe):
            await self._wipe(leased, message)
        else:
            await self._count(leased, message)

    async def _wipe(self, leased: Leased, wipe: Wipe) -> None:
        async with self._wiping, self._database.snapshot() as work:
            message_ids = await Wiping(work).messages(leased.chat, wipe)
        await self._database.perform(
            lambda work: Wiping(work).carry_out(leased.chat, message_ids, key=leased.key), durable=False
        )

    async def _count(self, leased: Leased, figures: Figures) -> None:
        try:
            async with self._counting, self._database.snapshot() as work:
                said = await self._tell_figures(work, leased.chat)
        except Exception as error:
            if self._database.is_trouble(error) and leased.attempts < _MOST_ATTEMPTS:
                raise
            log.error("figures_not_counted", message=leased.key, error=describe(error))  # noqa: TRY400  no words
            said = [Say(html=figures.otherwise)]

        async def tell(work: UnitOfWork) -> None:
            for number, message in enumerate(said):
                await work.outbox.add(leased.chat, message, priority=leased.priority, key=f"{leased.key}/{number}")
            await work.outbox.settle([Settlement(leased.key, Outcome.SENT, work.now)])

        await self._database.perform(tell, durable=False)
