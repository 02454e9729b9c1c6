"""The fetcher: files that people sent are got from Telegram, looked at, and kept sealed.

A handler notes where Telegram has a file, in the transaction of everything else; the file is fetched after that, as
often as it takes. It is on the disk, sealed, before its row says so. A crash in between leaves a file that no row
names, which is removed a day later, and the fetching is done again.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.domain.evidence import LARGEST_FILE, LARGEST_FILE_MB, EvidenceState, Piece, Refusal
from bot.domain.message import Say
from bot.pipeline.faults import describe
from bot.pipeline.metrics import Metrics
from bot.pipeline.receiver import Pause
from bot.pipeline.telegram_bot import DOWNLOADS, TelegramBot, retry_seconds
from bot.pipeline.transport import TooLarge
from bot.texts import Catalogues
from bot.understanding.file_types import type_of
from storage.crypto import WrongKey
from storage.database import Database
from storage.evidence import OpenPiece, SealedPiece
from storage.outgoing import Priority
from storage.sealed_files import SealedFiles
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_DOWNLOAD_SECONDS = 180.0
"""For one file: the largest one over a line of 1 Mbit/s."""
_LEASE = timedelta(minutes=10)
"""Longer than fetching one file can take. A process that dies gives its leases back sooner (`bot.pipeline.watch`)."""
_IDLE_SECONDS = 1.0
_LONGEST_WAIT = timedelta(minutes=10)
_UNAVAILABLE_TRIES = 10
"""Telegram says "wrong file_id or the file is temporarily unavailable" in one breath: after so many tries, and so long
a time (tries also fail while Telegram is away), it is the former."""
_UNAVAILABLE_AFTER = timedelta(days=1)
_MOST_ORPHANS = 10
"""Where more files than that have no name in the database, and none has one, it is another database."""
_TOO_BIG = "file is too big"
_REMOVED_AT_ONCE = 100
_ORPHAN_SECONDS = 24 * 3600.0
"""A file that no row names may be one that another process is writing just now; not if it is so old."""
_ORPHANS_EVERY_SECONDS = 3600.0


@dataclass(frozen=True)
class _Kept:
    """What was found out about a file that is on the disk now."""

    file: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class _Refused:
    why: Refusal


@dataclass(frozen=True)
class _Later:
    wait: timedelta
    error: Exception = field(repr=False)


_Result = _Kept | _Refused | _Later


class Fetcher:
    """Fetches what waits, a few files at a time, and removes what was shredded."""

    def __init__(
        self,
        *,
        bot: TelegramBot,
        database: Database,
        files: SealedFiles,
        catalogues: Catalogues,
        wake: Callable[[], None],
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._database = database
        self._files = files
        self._catalogues = catalogues
        self._wake = wake
        self._metrics = metrics
        self._looks_for_orphans_at = 0.0

    async def run(self, *, stopping: Callable[[], bool], pause: Pause) -> None:
        """Fetch until told to stop. What is under way then is given up, and fetched again after the next start."""
        fetching: set[asyncio.Task[None]] = set()
        try:
            while not stopping():
                for one in await self._look_safely(DOWNLOADS - len(fetching)):
                    task = asyncio.create_task(self._fetch_one(one))
                    fetching.add(task)
                    task.add_done_callback(fetching.discard)
                if fetching:
                    await asyncio.wait(fetching, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await pause(_IDLE_SECONDS)
        finally:
            for task in fetching:
                task.cancel()
            await asyncio.gather(*fetching, return_exceptions=True)

    async def drain(self) -> None:
        """Fetch all that is due now, and remove what was shredded: one deterministic round."""
        while leased := await self._look(DOWNLOADS):
            await asyncio.gather(*map(self._fetch_one, leased))

    async def _look_safely(self, most: int) -> list[OpenPiece]:
        try:
            return await self._look(most)
        except Exception as error:  # noqa: BLE001  the fetcher must outlive a full disk
            log.error("fetcher_failed", error=describe(error))  # noqa: TRY400  no words
            return []

    async def _look(self, most: int) -> list[OpenPiece]:
        """Return what is to be fetched now; remove the files of what was shredded, and now and then old orphans."""

        async def look(work: UnitOfWork) -> tuple[list[OpenPiece], dict[int, str]]:
            leased = await work.evidence.lease(until=work.now + _LEASE, most=most) if most else []
            return list(_opened(leased)), await work.evidence.to_remove(most=_REMOVED_AT_ONCE)

        leased, shredded = await self._database.perform(look, durable=False)
        if shredded:
            await self._remove_shredded(shredded)
        if time.monotonic() >= self._looks_for_orphans_at:
            self._looks_for_orphans_at = time.monotonic() + _ORPHANS_EVERY_SECONDS
            await self._remove_orphans()
        return leased

    async def _remove_shredded(self, shredded: Mapping[int, str]) -> None:
        """Remove files, each on its own: one that cannot be removed must not keep others from being fetched."""
        removed: dict[int, str] = {}
        for evidence_id, name in shredded.items():
            try:
                await asyncio.to_thread(self._files.remove, [name])
                removed[evidence_id] = name
            except OSError as error:
                log.error("file_not_removed", evidence=evidence_id, error=describe(error))  # noqa: TRY400  no words
        if removed:
            await self._database.perform(lambda work: work.evidence.forget_files(removed))

    async def _fetch_one(self, leased: OpenPiece) -> None:
        """Fetch one file and note what became of it. Where that cannot be noted, the lease runs out."""
        try:
            await self._note(leased.piece, await self._fetch(leased))
        except Exception as error:  # noqa: BLE001  one piece must not keep the others from being fetched
            log.error("evidence_not_noted", evidence=leased.piece.evidence_id, error=describe(error))  # noqa: TRY400

    async def _fetch(self, leased: OpenPiece) -> _Result:
        piece = leased.piece
        try:
            content = await self._bot.fetch(
                piece.contents.file_id or "", most_bytes=LARGEST_FILE, seconds=_DOWNLOAD_SECONDS
            )
            return await asyncio.to_thread(self._keep, leased, content)
        except (TelegramError, OSError) as error:  # an OSError is a full disk: nothing is lost by waiting
            return _result(piece, error, now=self._database.now())

    def _keep(self, leased: OpenPiece, content: bytes) -> _Result:
        """Look at a file and write it to the disk, sealed. Blocks."""
        found = type_of(content)
        if found is None:
            return _Refused(Refusal.WRONG_TYPE)
        digest = hashlib.sha256(content).hexdigest()
        return _Kept(self._files.write(leased.seal_file(content)), found, len(content), digest)

    async def _note(self, piece: Piece, result: _Result) -> None:
        match result:
            case _Kept():
                await self._note_kept(piece, result)
            case _Refused(why=why):
                await self._note_refused(piece, why)
            case _Later(wait=wait, error=error):
                log.warning("fetch_failed", evidence=piece.evidence_id, attempts=piece.attempts, error=describe(error))
                self._metrics.evidence("postponed")
                await self._database.perform(
                    lambda work: work.evidence.postpone(piece, until=work.now + wait), durable=False
                )

    async def _note_kept(self, piece: Piece, kept: _Kept) -> None:
        async def keep(work: UnitOfWork) -> OpenPiece | None:
            return await work.evidence.settle(
                piece, EvidenceState.KEPT, file=kept.file, type=kept.type, size=kept.size, sha256=kept.sha256
            )

        if await self._database.perform(keep) is None:  # taken back meanwhile
            await asyncio.to_thread(self._files.remove, [kept.file])
            return
        log.info("evidence_kept", evidence=piece.evidence_id, bytes=kept.size)
        self._metrics.evidence("kept")

    async def _note_refused(self, piece: Piece, why: Refusal) -> None:
        """Note that a file is not kept, and tell its sender, in answer to the very message, once."""

        async def refuse(work: UnitOfWork) -> OpenPiece | None:
            await work.chats.hold_known([piece.chat_key])  # before the piece, as a turn of that chat does
            refused = await work.evidence.settle(piece, EvidenceState.REFUSED, refusal=why)
            chat = await work.chats.get(piece.chat_key)
            if refused is None or chat is None:
                return None
            texts = self._catalogues.in_language(chat.language)
            words = texts(
                f"evidence.refused.{why}",
                kind=texts.plain(f"evidence.kind.{piece.kind}"),
                at=texts.moment(piece.received_at),
                limit=LARGEST_FILE_MB,
            )
            message = Say(html=str(words), reply_to=piece.contents.message_id)
            key = f"evidence:{piece.evidence_id}"
            await work.outbox.add(chat, message, priority=Priority.PEOPLE, key=key, may_be_repeated=True)
            return refused

        if await self._database.perform(refuse) is not None:
            log.info("evidence_refused", evidence=piece.evidence_id, why=why)
            self._metrics.evidence("refused")
            self._wake()

    async def _remove_orphans(self) -> None:
        old = await asyncio.to_thread(lambda: list(self._files.older_than(_ORPHAN_SECONDS)))
        if not old:
            return
        async with self._database.snapshot() as work:
            orphans = await work.evidence.unnamed(old)
        if len(orphans) == len(old) > _MOST_ORPHANS:
            log.error("files_of_another_database", files=len(orphans))
        elif orphans:
            await asyncio.to_thread(self._files.remove, orphans)
            log.warning("orphans_removed", files=len(orphans))


def _opened(leased: Iterable[SealedPiece]) -> Iterator[OpenPiece]:
    for sealed in leased:
        try:
            yield sealed.open()
        except WrongKey as error:  # it waits for the lease's end, and perhaps for the right key
            log.error("evidence_unreadable", evidence=sealed.evidence_id, error=describe(error))  # noqa: TRY400


def _result(piece: Piece, error: TelegramError | OSError, *, now: datetime) -> _Refused | _Later:
    """Say what an error means: only what Telegram will never give out is given up."""
    match error:
        case TooLarge():
            return _Refused(Refusal.TOO_LARGE)
        case BadRequest() if _TOO_BIG in error.message.lower():
            return _Refused(Refusal.TOO_LARGE)
        case BadRequest() if piece.attempts >= _UNAVAILABLE_TRIES and piece.received_at + _UNAVAILABLE_AFTER < now:
            return _Refused(Refusal.UNAVAILABLE)
        case RetryAfter():
            return _Later(timedelta(seconds=retry_seconds(error)), error)
        case _:
            return _Later(_wait(piece), error)


def _wait(piece: Piece) -> timedelta:
    """Return how long to wait before the next try: longer each time."""
    return min(_LONGEST_WAIT, timedelta(seconds=2 ** min(piece.attempts, 10)))
