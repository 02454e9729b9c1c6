"""Evidence: a row for each photo, voice message or document, from the message that brought it to the sealed file.

Each piece has a data key of its own. What is known of it stands sealed in its row, its bytes in a file beside the
database (`storage.sealed_files`); both open with that key, and deleting it shreds both.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.evidence import Contents, Counts, EvidenceKind, EvidenceState, Piece
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.session import Queued, Session, Writes

_PLACE = "evidence"
_FILE_PLACE = "evidence file"


@dataclass(frozen=True)
class SealedPiece:
    """A piece of evidence as it is stored, with what is needed to open it."""

    row: Row = field(repr=False)
    vault: Vault = field(repr=False)

    @property
    def evidence_id(self) -> int:
        """The number of the piece."""
        return int(self.row["id"])

    def open(self) -> "OpenPiece":
        """Return the piece itself.

        Raises:
            WrongKey: it was sealed under a key that is not here.
        """
        row, data_key = self.row, self.vault.open_key(self.row["wrapped_key"])
        piece = Piece(
            evidence_id=row["id"],
            chat_key=row["chat_key"],
            report_id=row["report_id"],
            question=row["question"],
            kind=row["kind"],
            state=row["state"],
            received_at=from_ms(row["received_at_ms"]),
            attempts=row["attempts"],
            file=row["file"],
            contents=Contents.model_validate_json(data_key.open(row["sealed"], place=_PLACE)),
        )
        return OpenPiece(piece, data_key)


@dataclass(frozen=True)
class OpenPiece:
    """A piece of evidence, and the key that seals it."""

    piece: Piece = field(repr=False)
    data_key: DataKey = field(repr=False)

    def seal_file(self, content: bytes) -> bytes:
        """Seal the bytes of its file."""
        return self.data_key.seal(content, place=_FILE_PLACE)

    def open_file(self, sealed: bytes) -> bytes:
        """Open the bytes of its file.

        Raises:
            WrongKey: they are another piece's, or were changed.
        """
        return self.data_key.open(sealed, place=_FILE_PLACE)


@dataclass(frozen=True)
class _Change:
    """A change of many rows at once, which waits to be written with what else the batch changes."""

    query: Any
    parameters: dict[str, object]


class Evidence:
    """The evidence within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime, process: str) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now
        self._process = process
        self._changes: Queued[_Change] = Queued()
        session.gather(self._changes, self._write)

    async def add(
        self, chat: Chat, kind: EvidenceKind, contents: Contents, *, report_id: int | None, question: str | None
    ) -> int | None:
        """Note a piece of evidence under a data key of its own, and return its number; None where it is noted already.

        A file is then to be fetched; what has none is kept as it is.
        """
        data_key, wrapped_key = self._vault.new_key()
        now_ms = to_ms(self._now)
        row = await self._queries.add_evidence(
            self._session,
            origin=_origin(chat, contents.message_id),
            chat_key=chat.key,
            report_id=report_id,
            question=question,
            kind=kind,
            state=EvidenceState.WAITING if kind.has_file else EvidenceState.KEPT,
            wrapped_key=wrapped_key,
            sealed=_seal(data_key, contents),
            received_at_ms=now_ms,
            settled_at_ms=None if kind.has_file else now_ms,
        )
        return None if row is None else int(row["id"])

    async def count_since(self, chat: Chat, since: datetime, *, most: int) -> int:
        """Return how many pieces a person has sent since then, counting no further than `most`."""
        return int(await self._queries.count_since(self._session, chat_key=chat.key, since_ms=to_ms(since), most=most))

    async def recaption(self, chat: Chat, message_id: int, caption: str) -> bool:
        """Change what was written under a piece; False where there is no such piece, or no more."""
        row = await self._queries.hold_message(self._session, origin=_origin(chat, message_id))
        if row is None:
            return False
        opened = self._sealed(row).open()
        contents = opened.piece.contents.model_copy(update={"caption": caption})
        sealed = _seal(opened.data_key, contents)
        await self._queries.reseal(self._session, evidence_id=row["id"], sealed=sealed)
        return True

    async def attach(self, chat: Chat, report_id: int) -> None:
        """Let what was sent with a person's draft belong to the report that it became."""
        self._change(self._queries.attach, chat_key=chat.key, report_id=report_id)

    async def shred_draft(self, chat: Chat) -> None:
        """Shred what was sent with a person's draft. The files go a little later, unreadable from now on."""
        self._change(self._queries.shred_draft, chat_key=chat.key, at_ms=to_ms(self._now))

    async def shred_report(self, report_id: int) -> None:
        """Shred what belongs to a report. The files go a little later, unreadable from now on."""
        self._change(self._queries.shred_report, report_id=report_id, at_ms=to_ms(self._now))

    async def counts_of_draft(self, chat: Chat) -> Counts:
        """Return how much was sent with a person's draft."""
        return await _counts(self._queries.counts_of_draft(self._session, chat_key=chat.key))

    async def counts_of_report(self, report_id: int) -> Counts:
        """Return how much belongs to a report."""
        return await _counts(self._queries.counts_of_report(self._session, report_id=report_id))

    async def of_reports(self, report_ids: Sequence[int]) -> dict[int, list[Piece]]:
        """Return what belongs to these reports, refused pieces too, in the order in which it came."""
        pieces: dict[int, list[Piece]] = {report_id: [] for report_id in report_ids}
        async for row in self._queries.of_reports(self._session, report_ids=list(report_ids)):
            pieces[row["report_id"]].append(self._sealed(row).open().piece)
        return pieces

    async def get(self, evidence_id: int) -> OpenPiece | None:
        """Return a piece, opened; None where there is none, or none any more."""
        row = await self._queries.get_evidence(self._session, evidence_id=evidence_id)
        return None if row is None else self._sealed(row).open()

    async def lease(self, *, until: datetime, most: int) -> list[SealedPiece]:
        """Take pieces whose files are to be fetched now. Nobody else gets them before the given moment."""
        rows = self._queries.lease(
            self._session, now_ms=to_ms(self._now), until_ms=to_ms(until), process=self._process, most=most
        )
        return [self._sealed(row) async for row in rows]

    async def settle(
        self, piece: Piece, state: EvidenceState, *, file: str | None = None, **found: object
    ) -> OpenPiece | None:
        """Note how the fetching of a leased piece ended, and what was `found` of its contents.

        Returns the piece as it is now. None where it is no longer this process's: shredded meanwhile, or leased anew.
        """
        row = await self._queries.hold_leased(
            self._session, evidence_id=piece.evidence_id, process=self._process, attempts=piece.attempts
        )
        if row is None:
            return None
        opened = self._sealed(row).open()  # read again: its caption may have been edited
        contents = opened.piece.contents.model_copy(update=found)
        await self._queries.settle(
            self._session,
            evidence_id=piece.evidence_id,
            state=state,
            sealed=_seal(opened.data_key, contents),
            file=file,
            settled_at_ms=to_ms(self._now),
        )
        settled = opened.piece.model_copy(update={"state": state, "file": file, "contents": contents})
        return OpenPiece(settled, opened.data_key)

    async def postpone(self, piece: Piece, *, until: datetime) -> None:
        """Fetch a leased piece again later."""
        await self._queries.postpone(
            self._session,
            evidence_id=piece.evidence_id,
            process=self._process,
            attempts=piece.attempts,
            not_before_ms=to_ms(until),
        )

    async def release_leases(self) -> None:
        """Take back what processes that are no more had leased."""
        await self._queries.release_leases(self._session, now_ms=to_ms(self._now))

    async def to_remove(self, *, most: int) -> dict[int, str]:
        """Return the files of shredded pieces, by the pieces' numbers."""
        rows = self._queries.to_remove(self._session, most=most)
        return {row["id"]: row["file"] async for row in rows}

    async def forget_files(self, evidence_ids: Collection[int]) -> None:
        """Note that the files of these shredded pieces are removed."""
        await self._queries.forget_files(self._session, evidence_ids=sorted(evidence_ids))

    async def unnamed(self, files: Collection[str]) -> set[str]:
        """Return those of these files that belong to no piece."""
        rows = self._queries.named_files(self._session, files=sorted(files))
        return set(files) - {row["file"] async for row in rows}

    def _sealed(self, row: Row) -> SealedPiece:
        return SealedPiece(row, self._vault)

    def _change(self, query: Any, **parameters: object) -> None:
        self._changes.put(_Change(query, parameters))
        if not self._session.in_turn:
            self._changes.keep()

    async def _write(self, writes: Writes) -> None:
        for change in self._changes.take():
            await change.query(writes, [change.parameters])


async def _counts(rows: AsyncIterator[Row]) -> Counts:
    found = {row["kind"]: int(row["pieces"]) async for row in rows}
    return {kind: found[kind] for kind in EvidenceKind if kind in found}


def _origin(chat: Chat, message_id: int) -> str:
    return f"{chat.key}:{message_id}"


def _seal(data_key: DataKey, contents: Contents) -> bytes:
    return data_key.seal(contents.model_dump_json(exclude_defaults=True).encode(), place=_PLACE)
