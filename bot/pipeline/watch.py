"""The watch: which processes live, what the dead leave behind, and who of the living polls.

Each process counts up a number of its own in the database, and looks at those of the others. One that has not moved
for several looks is dead. Nobody compares clocks, so the machines' need not agree; and after a time in which the
database could not be reached nobody is taken for dead who could not show otherwise, because such looks do not count.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.pipeline.faults import describe
from storage.database import Database
from storage.processes import POLLING
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
_LOOKS = 6
"""A process that has not moved for so many looks is dead: 3 seconds."""


@dataclass(frozen=True)
class _Seen:
    """A process's last beat, and at how many looks in a row it was that."""

    beat: int
    looks: int


class Watch:
    """One process's view of the others."""

    def __init__(self, database: Database, *, wants_to_poll: bool, wake: Callable[[], None]) -> None:
        self._database = database
        self._wants_to_poll = wants_to_poll
        self._wake = wake
        self._seen: dict[str, _Seen] = {}
        self.polls = False
        """Whether it is this process that polls."""

    async def begin(self, *, alone: bool) -> None:
        """Join in. `alone`: no other process can be alive, because this one holds the lock of the file."""

        async def join(work: UnitOfWork) -> None:
            if alone:
                for process, beat in (await work.processes.beats()).items():
                    await work.processes.bury(process, beat=beat)
            await work.processes.beat()
            await _release_leases(work)

        await self._database.perform(join)
        await self.look()

    async def look(self) -> None:
        """Show that this process lives, and look after the others."""
        beats, dead, polls = await self._database.perform(self._look, durable=False)
        self._seen = {process: self._seen_again(process, beat) for process, beat in beats.items()}
        if polls != self.polls:
            log.info("polling_taken" if polls else "polling_lost")
        self.polls = polls
        for process in dead:
            log.warning("process_dead", process=process)
        if dead:
            self._wake()

    async def run(self, *, stopping: Callable[[], bool], pause: Callable[[float], Awaitable[None]]) -> None:
        """Look now and then until told to stop."""
        while not stopping():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  the watch must outlive a lost connection
                log.error("watch_failed", error=describe(error))  # noqa: TRY400  no words
            await pause(LOOK_SECONDS)

    async def end(self) -> None:
        """Leave, so that another process takes over at once."""

        async def leave(work: UnitOfWork) -> None:
            await work.processes.leave()
            await _release_leases(work)

        await self._database.perform(leave)
        self.polls = False

    async def _look(self, work: UnitOfWork) -> tuple[dict[str, int], list[str], bool]:
        known = await work.processes.beat()
        beats = await work.processes.beats()
        dead = [process for process in self._still(beats) if await work.processes.bury(process, beat=beats[process])]
        if dead or not known:
            await _release_leases(work)
        polls = self._wants_to_poll and await work.processes.take_duty(POLLING)
        return beats, dead, polls

    def _still(self, beats: dict[str, int]) -> list[str]:
        """Return the others that have not moved for long enough."""
        others = {process: beat for process, beat in beats.items() if process != self._database.process}
        return [process for process, beat in others.items() if self._seen_again(process, beat).looks > _LOOKS]

    def _seen_again(self, process: str, beat: int) -> _Seen:
        before = self._seen.get(process)
        return _Seen(beat, looks=before.looks + 1 if before is not None and before.beat == beat else 1)


async def _release_leases(work: UnitOfWork) -> None:
    """Take back what processes that are no more had leased: messages to be sent, and files to be fetched."""
    await work.outbox.release_leases()
    await work.evidence.release_leases()
