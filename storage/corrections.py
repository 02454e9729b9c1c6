"""Corrections: what a coordinator put in the place of what was understood. The words as said stay what they are.

The correction that holds stands sealed beside the answer; each change is a row of its own, so that the history stays.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.domain.answer import Answer, Meaning
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.instants import from_ms, to_ms
from storage.reports import Claim, Reports, correction_place, open_answer
from storage.session import Session


class Change(BaseModel):
    """What an answer meant before a change, and what after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: Meaning
    after: Meaning


@dataclass(frozen=True)
class KeptCorrection:
    """One change, as it is kept."""

    question: str
    change: Change = field(repr=False)
    corrected_at: datetime


@dataclass(frozen=True)
class Corrected:
    """A report after a correction."""

    claim: Claim
    """As the coordinator holds it now."""
    digest_id: int | None
    """The digest that told of it."""
    is_done: bool
    """False where its reporter answered anew at this very moment: nothing is corrected then."""


@dataclass(frozen=True)
class Correctable:
    """An answer as it is stored, and what is needed to correct it."""

    answer: Answer = field(repr=False)
    sealed: bytes = field(repr=False)
    data_key: DataKey = field(repr=False)


class Corrections:
    """Corrections within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, reports: Reports, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._reports = reports
        self._now = now

    async def answer(self, report_id: int, question: str) -> Correctable | None:
        """Return an answer for correcting it; None where there is none, or the report is withdrawn."""
        sealing = await self._reports.sealing(report_id)
        row = await self._queries.get_answer(self._session, report_id=report_id, question=question)
        if sealing is None or row is None:
            return None
        return Correctable(open_answer(row, sealing.data_key), bytes(row["sealed"]), sealing.data_key)

    async def correct(
        self,
        claim: Claim,
        coordinator: Chat,
        question: str,
        found: Correctable,
        meaning: Meaning,
        *,
        until: datetime,
        is_urgent: bool = False,
    ) -> Corrected | None:
        """Let an answer mean something else; None where the coordinator does not hold the report at this revision.

        To let it mean what was understood first takes the correction back. `until` renews the lease; `is_urgent` puts
        the report ahead in the queue. The key of a city follows.
        """
        place = meaning.reading.value if question == "city" else None
        row = await self._queries.hold_report(
            self._session,
            report_id=claim.report_id,
            revision=claim.revision,
            coordinator=coordinator.key,
            expires_at_ms=to_ms(until),
            is_urgent=int(is_urgent),
            is_city=int(question == "city"),
            city_key=self._reports.city_key(place) if place else None,
        )
        if row is None:
            return None
        held = Claim(int(row["id"]), int(row["revision"]))
        self._reports.note(held, "corrected", coordinator.key)
        is_done = await self._write(claim.report_id, question, found, meaning, coordinator)
        return Corrected(held, row["digest_id"], is_done)

    async def of(self, report_ids: Collection[int]) -> dict[int, list[KeptCorrection]]:
        """Return what was corrected of each of these reports, in order; reports without corrections are left out."""
        found: dict[int, list[KeptCorrection]] = {}
        async for row in self._queries.corrections_of(self._session, report_ids=sorted(report_ids)):
            question = row["question"]
            opened = self._vault.open_key(row["wrapped_key"]).open(row["sealed"], place=correction_place(question))
            kept = KeptCorrection(question, Change.model_validate_json(opened), from_ms(row["corrected_at_ms"]))
            found.setdefault(row["report_id"], []).append(kept)
        return found

    async def _write(
        self, report_id: int, question: str, found: Correctable, meaning: Meaning, coordinator: Chat
    ) -> bool:
        place, key = correction_place(question), found.data_key
        is_as_told = meaning == found.answer.as_told().meaning
        row = await self._queries.correct(
            self._session,
            report_id=report_id,
            question=question,
            sealed=found.sealed,
            sealed_correction=None if is_as_told else key.seal(meaning.model_dump_json().encode(), place=place),
        )
        if row is None:
            return False
        change = Change(before=found.answer.meaning, after=meaning)
        await self._queries.add_correction(
            self._session,
            report_id=report_id,
            question=question,
            sealed=key.seal(change.model_dump_json().encode(), place=place),
            corrected_by=coordinator.key,
            corrected_at_ms=to_ms(self._now),
        )
        return True
