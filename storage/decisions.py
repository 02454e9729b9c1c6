"""Decisions: exactly one stands of a report. One that is undone stays as a row, and nothing else of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.consent import Publishing
from bot.domain.report import Decision, RejectionReason
from storage.cases import Cases
from storage.chats import Chat
from storage.crypto import Vault
from storage.instants import from_ms, to_ms
from storage.reports import REASON_PLACE, Claim, Reports, claim_of
from storage.session import Session


@dataclass(frozen=True)
class Made:
    """A decision that stands."""

    decision_id: int
    decision: Decision
    case_id: int | None
    """None where it was rejected."""
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class Undone:
    """A decision that was undone just now."""

    claim: Claim
    """The report is in the hands of whoever undid it."""
    digest_id: int | None
    """The digest that told of it."""
    was_told: bool
    """Whether its reporter was told of the decision."""


class Decisions:
    """Decisions within one transaction."""

    def __init__(
        self, session: Session, queries: Any, *, vault: Vault, reports: Reports, cases: Cases, now: datetime
    ) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._reports = reports
        self._cases = cases
        self._now = now

    async def decide(
        self,
        claim: Claim,
        coordinator: Chat,
        decision: Decision,
        *,
        publish_at_most: Publishing = Publishing.WITH_NAME,
        reason: RejectionReason | None = None,
        reason_words: str | None = None,
        case_id: int | None = None,
        tell_at: datetime | None = None,
    ) -> Made | None:
        """Decide a report that this coordinator holds at this revision; None where that is not so.

        `publish_at_most` keeps a digest from showing more, whatever the reporter agreed to. An approved report goes
        into the case `case_id`, or into a new one. `tell_at` is when its reporter is to be told; None: never.
        """
        sealing = await self._reports.sealing(claim.report_id)
        if sealing is None:  # withdrawn
            return None
        is_approved = decision is Decision.APPROVED
        sealed = None if reason_words is None else sealing.data_key.seal(reason_words.encode(), place=REASON_PLACE)
        row = await self._queries.decide(
            self._session,
            report_id=claim.report_id,
            revision=claim.revision,
            coordinator=coordinator.key,
            decision=decision,
            publish_as=sealing.publishing.at_most(publish_at_most) if is_approved else None,
            reason=reason,
            sealed_reason=sealed,
            decided_at_ms=to_ms(self._now),
            tell_at_ms=None if tell_at is None else to_ms(tell_at),
        )
        decided = claim_of(row)
        if decided is None:
            return None
        self._reports.note(decided, decision, coordinator.key)
        if is_approved:
            case_id = case_id or await self._cases.open(coordinator)
            await self._queries.set_case(self._session, report_id=claim.report_id, case_id=case_id)
        added = await self._queries.add_decision(
            self._session,
            report_id=claim.report_id,
            decision=decision,
            case_id=case_id if is_approved else None,
            decided_by=coordinator.key,
            decided_at_ms=to_ms(self._now),
        )
        return Made(int(added["id"]), decision, case_id if is_approved else None, coordinator.key, self._now)

    async def standing(self, report_id: int) -> Made | None:
        """Return the decision that stands of a report, or None."""
        row = await self._queries.standing_decision(self._session, report_id=report_id)
        if row is None:
            return None
        return Made(
            row["id"], Decision(row["decision"]), row["case_id"], row["decided_by"], from_ms(row["decided_at_ms"])
        )

    async def undo(
        self, report_id: int, decision_id: int, actor: Chat, *, made_after: datetime | None, until: datetime
    ) -> Undone | None:
        """Undo a decision: the report is as it was before, in the actor's hands until the given moment.

        `made_after`: only the actor's own, made after that moment; None: anybody's, whenever it was made. None comes
        back where it does not stand any more, may not be undone, or another has what is new of the report in hand.
        """
        row = await self._queries.undo(
            self._session,
            report_id=report_id,
            decision_id=decision_id,
            actor=actor.key,
            as_lead=int(made_after is None),
            since_ms=0 if made_after is None else to_ms(made_after),
            now_ms=to_ms(self._now),
            expires_at_ms=to_ms(until),
        )
        claim = claim_of(row)
        if row is None or claim is None:
            return None
        await self._queries.forget_digest(self._session, report_id=report_id)
        await self._queries.mark_undone(
            self._session, decision_id=decision_id, actor=actor.key, now_ms=to_ms(self._now)
        )
        self._reports.note(claim, "undone", actor.key)
        return Undone(claim, row["digest_id"], was_told=row["tell_at_ms"] is None)

    async def add_words(
        self, report_id: int, decision_id: int, coordinator: Chat, words: str, *, made_after: datetime
    ) -> bool:
        """Put a coordinator's words beside the reason of a rejection; False where that is not theirs, or too old."""
        sealing = await self._reports.sealing(report_id)
        if sealing is None:
            return False
        row = await self._queries.add_words(
            self._session,
            report_id=report_id,
            decision_id=decision_id,
            coordinator=coordinator.key,
            since_ms=to_ms(made_after),
            sealed_reason=sealing.data_key.seal(words.encode(), place=REASON_PLACE),
        )
        return row is not None

    async def to_tell(self, *, most: int) -> list[int]:
        """Return reports whose reporters are to be told of the decision by now."""
        return [row["id"] async for row in self._queries.to_tell(self._session, now_ms=to_ms(self._now), most=most)]

    async def tell_later(self, report_id: int, *, at: datetime) -> None:
        """Note that a report's reporter is to be told at another moment; only of what `told` returned."""
        await self._queries.tell_later(self._session, report_id=report_id, tell_at_ms=to_ms(at))

    async def told(self, report_ids: Sequence[int]) -> list[int]:
        """Note that these reports' reporters are told; return those of which that was still to be done."""
        rows = self._queries.told(self._session, report_ids=sorted(report_ids), now_ms=to_ms(self._now))
        return sorted([row["id"] async for row in rows])
