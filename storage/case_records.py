"""What the team writes about a case: statuses over time, notes, tags, and which statement it holds for true.

What is words or days is sealed under a key of the case's own, which it gets with the first of them. All of it belongs
to the case on which it was written: where cases are joined, each keeps its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from bot.domain.case import CaseStatus, StatusEntry
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.session import Session

_STATUS_PLACE = "case status"
_NOTE_PLACE = "case note"
_TAG_PLACE = "case tag"
_TAG = "case tag"
"""What the fingerprint of a tag is made for."""


@dataclass(frozen=True)
class Note:
    """What somebody of the team wrote about a case."""

    case_id: int
    text: str = field(repr=False)
    written_by: str
    written_at: datetime


@dataclass(frozen=True)
class Tag:
    """A word or two by which the team sorts its cases."""

    key: str
    """A fingerprint of the words: the same for one tag, whichever case it is on."""
    text: str = field(repr=False)


class CaseRecords:
    """What stands with the cases, within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now

    async def add_status(
        self, case_id: int, status: CaseStatus, actor: Chat, *, report_id: int | None, days: str | None, noted_on: date
    ) -> int:
        """Note what became of the person, and return the number of the entry."""
        content = orjson.dumps({"days": days, "noted_on": noted_on.isoformat()})
        sealed = (await self._key_for(case_id)).seal(content, place=_STATUS_PLACE)
        row = await self._queries.add_status(
            self._session,
            case_id=case_id,
            status=status,
            sealed=sealed,
            report_id=report_id,
            added_by=actor.key,
            added_at_ms=to_ms(self._now),
        )
        return int(row["id"])

    async def statuses(self, case_ids: Collection[int]) -> list[StatusEntry]:
        """Return what became of the person and was not taken back, in the order in which it was noted."""
        rows = [row async for row in self._queries.statuses(self._session, case_ids=sorted(case_ids))]
        keys = await self._keys({row["case_id"] for row in rows})
        return [_status(row, keys[row["case_id"]]) for row in rows]

    async def remove_status(
        self, status_id: int, case_ids: Collection[int], actor: Chat, *, as_lead: bool
    ) -> CaseStatus | None:
        """Take back what the actor, or for a lead anybody, noted about these cases; None where there is no such."""
        row = await self._queries.remove_status(
            self._session,
            status_id=status_id,
            case_ids=sorted(case_ids),
            actor=actor.key,
            as_lead=int(as_lead),
            now_ms=to_ms(self._now),
        )
        return None if row is None else CaseStatus(row["status"])

    async def set_status(self, case_id: int, status: CaseStatus) -> None:
        """Note on the case itself what became of the person in the end."""
        await self._queries.set_status(self._session, case_id=case_id, status=status)

    async def add_note(self, case_id: int, text: str, actor: Chat) -> None:
        """Keep a note."""
        sealed = (await self._key_for(case_id)).seal(text.encode(), place=_NOTE_PLACE)
        await self._queries.add_note(
            self._session, case_id=case_id, sealed=sealed, written_by=actor.key, written_at_ms=to_ms(self._now)
        )

    async def notes(self, case_ids: Collection[int]) -> list[Note]:
        """Return the notes, the oldest first."""
        rows = [row async for row in self._queries.notes(self._session, case_ids=sorted(case_ids))]
        keys = await self._keys({row["case_id"] for row in rows})
        return [
            Note(
                row["case_id"],
                keys[row["case_id"]].open(row["sealed"], place=_NOTE_PLACE).decode(),
                row["written_by"],
                from_ms(row["written_at_ms"]),
            )
            for row in rows
        ]

    async def add_tag(self, case_id: int, text: str, actor: Chat) -> bool:
        """Put a tag on a case; False where it has it already, whatever its letters' case."""
        sealed = (await self._key_for(case_id)).seal(text.encode(), place=_TAG_PLACE)
        row = await self._queries.add_tag(
            self._session,
            case_id=case_id,
            tag_key=self._vault.fingerprint(_TAG, text.casefold()),
            sealed=sealed,
            added_by=actor.key,
            added_at_ms=to_ms(self._now),
        )
        return row is not None

    async def drop_tag(self, case_ids: Collection[int], tag_key: str) -> bool:
        """Take a tag off these cases; False where none of them has it."""
        rows = self._queries.drop_tag(self._session, case_ids=sorted(case_ids), tag_key=tag_key)
        return bool([row async for row in rows])

    async def tags(self, case_ids: Collection[int]) -> list[Tag]:
        """Return the tags of these cases, each once, in the order in which they came."""
        rows = [row async for row in self._queries.tags(self._session, case_ids=sorted(case_ids))]
        keys = await self._keys({row["case_id"] for row in rows})
        tags: dict[str, Tag] = {}
        for row in rows:
            text = keys[row["case_id"]].open(row["sealed"], place=_TAG_PLACE).decode()
            tags.setdefault(row["tag_key"], Tag(row["tag_key"], text))
        return list(tags.values())

    async def pick(self, case_id: int, question: str, report_id: int, actor: Chat) -> None:
        """Note whose answer to a question the team holds for true. What was picked before stays, and counts no more."""
        await self._queries.add_pick(
            self._session,
            case_id=case_id,
            question=question,
            report_id=report_id,
            picked_by=actor.key,
            picked_at_ms=to_ms(self._now),
        )

    async def picks(self, case_ids: Collection[int], report_ids: Sequence[int]) -> dict[str, int]:
        """Return whose answer to which question is picked: of these reports, the one that was picked last."""
        rows = self._queries.picks(self._session, case_ids=sorted(case_ids), report_ids=sorted(report_ids))
        return {row["question"]: row["report_id"] async for row in rows}

    async def _key_for(self, case_id: int) -> DataKey:
        """Return the key of a case, a new one where it has none yet."""
        keys = await self._keys([case_id])
        if case_id not in keys:
            _, wrapped = self._vault.new_key()
            await self._queries.give_key(self._session, case_id=case_id, wrapped_key=wrapped)
            keys = await self._keys([case_id])
        return keys[case_id]

    async def _keys(self, case_ids: Collection[int]) -> dict[int, DataKey]:
        if not case_ids:
            return {}
        rows = self._queries.keys_of_cases(self._session, case_ids=sorted(case_ids))
        return {row["id"]: self._vault.open_key(row["wrapped_key"]) async for row in rows}


def _status(row: Row, key: DataKey) -> StatusEntry:
    content = orjson.loads(key.open(row["sealed"], place=_STATUS_PLACE))
    return StatusEntry(
        status_id=row["id"],
        case_id=row["case_id"],
        status=CaseStatus(row["status"]),
        days=content["days"],
        noted_on=date.fromisoformat(content["noted_on"]),
        report_id=row["report_id"],
        added_by=row["added_by"],
        added_at=from_ms(row["added_at_ms"]),
    )
