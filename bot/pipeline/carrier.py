"""Sending one message. What carries bytes gets them when its turn comes, outside of every transaction."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.evidence import EvidenceKind
from bot.domain.message import Carrying, File, Picture, Say, Sendable
from bot.pipeline.delivery import Later, Refused, Result, deliver
from bot.pipeline.drawing import Artist
from bot.pipeline.faults import describe
from bot.pipeline.multipart import Upload
from bot.pipeline.telegram_bot import UPLOADS, TelegramBot
from bot.services.evidence import read_file
from bot.understanding.file_types import ending
from storage.crypto import WrongKey
from storage.database import Database
from storage.outgoing import Leased
from storage.sealed_files import SealedFiles

log = structlog.get_logger(__name__)

_ROOM_SECONDS = 5.0
"""How long a message waits for others that carry much. Its lease goes on meanwhile."""
_CARRYING_SECONDS = 80.0
"""How long all of it may take after that: with the wait for room, less than a lease."""
_WAIT = timedelta(seconds=3)
"""Before trying again where there was no room, or the database was away."""
_NAME_BYTES = 6


class Carrier:
    """Sends messages; pictures and files a few at a time, for each is in memory whole, more than once for a moment."""

    def __init__(self, *, bot: TelegramBot, database: Database, files: SealedFiles, artist: Artist) -> None:
        self._bot = bot
        self._database = database
        self._files = files
        self._artist = artist
        self._room = asyncio.Semaphore(UPLOADS)

    async def deliver(self, leased: Leased, message: Sendable) -> Result:
        """Send one message and say what became of it. No error leaves here."""
        if isinstance(message, (Picture, File)):
            return await self._carry(leased, message)
        return await deliver(self._bot, leased, message)

    async def _carry(self, leased: Leased, message: Carrying) -> Result:
        """Send what carries bytes, once there is room for it."""
        try:
            async with asyncio.timeout(_ROOM_SECONDS):
                await self._room.acquire()
        except TimeoutError as error:
            return Later("carriers_busy", _WAIT, not_delivered=True, error=error)
        try:
            async with asyncio.timeout(_CARRYING_SECONDS):
                return await self._send(leased, message)
        except TimeoutError as error:
            return Later("carrying_took_long", _WAIT, not_delivered=False, error=error)
        except Exception as error:  # noqa: BLE001  a message that cannot be sent must not hold back its chat
            if self._database.is_trouble(error):
                return Later("bytes_not_reached", _WAIT, not_delivered=True, error=error)
            return Refused("send_impossible", error)
        finally:
            self._room.release()

    async def _send(self, leased: Leased, message: Carrying) -> Result:
        """Send it: where Telegram does not take it as what it is, as a document; or say other words."""
        upload = await self._upload(message)
        for attempt in () if upload is None else (upload, replace(upload, parameter=EvidenceKind.DOCUMENT)):
            # Telegram takes no photo that it cannot show, and no voice message where its reader wants none.
            result = await deliver(self._bot, leased, message, attempt)
            if not isinstance(result, Refused):
                return result
            log.warning("carried_otherwise", message=leased.key, error=describe(result.error))
        return await deliver(self._bot, leased, Say(html=message.otherwise, protected=message.protected))

    async def _upload(self, message: Carrying) -> Upload | None:
        match message:
            case Picture():
                drawn = await self._artist.draw(message.chart)
                return None if drawn is None else Upload(EvidenceKind.PHOTO, f"{_neutral_name()}.png", drawn)
            case File():
                return await self._evidence(message.evidence_id)

    async def _evidence(self, evidence_id: int) -> Upload | None:
        """Open a file that was sent as evidence; None where it cannot be opened, or not any more."""
        async with self._database.snapshot() as work:
            opened = await work.evidence.get(evidence_id)
        if opened is None:
            return None
        try:
            content = await read_file(self._files, opened)
        except (KeyError, WrongKey, OSError) as error:
            log.warning("evidence_not_opened", evidence=evidence_id, error=describe(error))
            return None
        piece = opened.piece
        return Upload(piece.kind, f"{_neutral_name()}{ending(piece.contents.type)}", content)


def _neutral_name() -> str:
    """Return a name that says nothing of whom the file is about."""
    return secrets.token_hex(_NAME_BYTES)
