"""The ticker: what the clock brings. Schedules stand in the database; any tick can be missed without harm."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.pipeline.faults import describe
from bot.pipeline.metrics import Metrics
from bot.pipeline.worker import Worker
from bot.services.digest import DigestDesk
from bot.services.drafts import DraftDesk, Walk
from bot.services.matching import INDEXED_AT_ONCE, index_some
from bot.services.notices import NoticeDesk
from bot.services.rounds import Rounds
from storage.database import Database
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
_KEEP_SEEN = timedelta(hours=48)
"""Telegram delivers an update again for 24 hours."""
_KEEP_SETTLED = timedelta(days=7)
"""How long what was sent can be found again by its message; Telegram lets a message be deleted for 48 hours."""
_FORGOTTEN_AT_ONCE = 1000
_INDEXED_A_TICK = 2000
"""More have time: nobody is to wait long for the next tick."""
_CLEAN_EVERY = timedelta(hours=1)
_WALK_EVERY = timedelta(minutes=1)
"""Between the end of a walk through the open drafts and the beginning of the next."""
_HEAD_EVERY = timedelta(days=1)


class Ticker:
    """Makes digests and notices, tries deferred updates again, looks after drafts and the index, clears away."""

    def __init__(
        self,
        *,
        database: Database,
        worker: Worker,
        desk: Callable[[UnitOfWork], DigestDesk],
        drafts: Callable[[UnitOfWork], DraftDesk],
        rounds: Callable[[UnitOfWork], Rounds],
        notices: Callable[[UnitOfWork], NoticeDesk],
        wake: Callable[[], None],
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._worker = worker
        self._desk = desk
        self._draft_desk = drafts
        self._moderation_rounds = rounds
        self._notice_desk = notices
        self._wake = wake
        self._metrics = metrics
        self._cleaned_at: datetime | None = None
        self._walk = Walk()
        self._walked_at: datetime | None = None
        self._head_logged_at: datetime | None = None

    async def tick(self) -> None:
        """Do what is due now. What fails is logged, and the next tick does it."""
        done, failures, began = 0, 0, time.monotonic()
        for step in (
            self._retry,
            self._digests,
            self._rounds,
            self._notices,
            self._drafts,
            self._index,
            self._clean,
            self._audit_head,
        ):
            try:
                done += await step()
            except Exception as error:  # noqa: BLE001  one step that fails must not keep the others from their time
                failures += 1
                log.error("tick_failed", step=step.__name__, error=describe(error))  # noqa: TRY400  no words in the log
        self._metrics.tick(time.monotonic() - began, failures=failures)
        if done:
            self._wake()

    async def run(self, *, stopping: Callable[[], bool], pause: Callable[[float], Awaitable[None]]) -> None:
        """Tick until told to stop."""
        while not stopping():
            await self.tick()
            await pause(TICK_SECONDS)

    async def _retry(self) -> int:
        """Try again what is due; what waited behind a chat's first is due as soon as that is done."""
        retried = 0
        while now := await self._worker.retry_due():
            retried += now
        return retried

    async def _digests(self) -> int:
        async def post(work: UnitOfWork) -> int:
            team = await self._worker.team(work)
            if team.digest is None or await work.members.looks_frozen():  # what is due then is made up afterwards
                return 0
            desk = self._desk(work)
            return await desk.post_due(team.digest) + await desk.mend_outdated()

        return await self._database.perform(post)

    async def _rounds(self) -> int:
        return await self._database.perform(lambda work: self._moderation_rounds(work).go())

    async def _notices(self) -> int:
        """Tell the team's group what came in: first which reports a notice tells of, then what it says of them."""

        async def gather(work: UnitOfWork) -> int | None:
            if not await self._notice_desk(work).has_work():
                return None
            group = (await self._worker.team(work)).coordinators
            if group is None:
                await self._notice_desk(work).forget_due()
                return 0
            if await work.members.looks_frozen():  # what is due then is made up afterwards
                return 0
            return await self._notice_desk(work).gather(group)

        async def write(work: UnitOfWork) -> int:
            group = (await self._worker.team(work)).coordinators
            if group is None or await work.members.looks_frozen():
                return 0
            return await self._notice_desk(work).write(group)

        gathered = await self._database.perform(gather)
        return 0 if gathered is None else gathered + await self._database.perform(write)

    async def _drafts(self) -> int:
        """Walk through the open drafts, a page a tick, and rest for a minute at the end."""
        if not self._walk.after and self._is_recent(self._walked_at, _WALK_EVERY):
            return 0
        before = self._walk
        self._walk = walk = await self._database.perform(lambda work: self._draft_desk(work).go_on(before))
        if not walk.after:
            self._walked_at = self._database.now()
        if walk.reminded or walk.deleted:
            log.info("drafts_looked_after", reminded=walk.reminded, deleted=walk.deleted)
        return walk.reminded + walk.deleted

    async def _index(self) -> int:
        """Let what was reported or changed be found."""
        for _ in range(_INDEXED_A_TICK // INDEXED_AT_ONCE):
            indexed = await self._database.perform(index_some, durable=False)
            for report_id, error in indexed.failed.items():
                log.error("report_not_indexed", report_id=report_id, error=describe(error))
            if indexed.reports < INDEXED_AT_ONCE:
                break
        return 0

    async def _clean(self) -> int:
        """Clear away what is old, bit by bit: nobody is to wait long for the database."""
        if self._is_recent(self._cleaned_at, _CLEAN_EVERY):
            return 0
        forgotten = await self._database.perform(_forget, durable=False)
        if not forgotten:
            await self._database.empty_log()  # a withdrawn report's key is to be gone from there as well
            self._cleaned_at = self._database.now()
        return 0

    async def _audit_head(self) -> int:
        """Write the audit's head into the log, at the start and once a day: one is to stand outside of the database."""
        if self._is_recent(self._head_logged_at, _HEAD_EVERY):
            return 0
        async with self._database.snapshot() as work:
            head = await work.audit.head()
        if head is not None:
            log.info("audit_head", id=head.last_id, link=head.link.hex())
        self._head_logged_at = self._database.now()
        return 0

    def _is_recent(self, moment: datetime | None, span: timedelta) -> bool:
        return moment is not None and self._database.now() - moment < span


async def _forget(work: UnitOfWork) -> int:
    seen = await work.updates.forget_seen(before=work.now - _KEEP_SEEN, most=_FORGOTTEN_AT_ONCE)
    return seen + await work.outbox.forget_settled(before=work.now - _KEEP_SETTLED, most=_FORGOTTEN_AT_ONCE)
