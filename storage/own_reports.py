"""A person's own reports: what they may still do with them. Every change says whose report it must be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer
from bot.domain.consent import Consent, Publishing
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from storage.additions import Additions
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.evidence import Evidence
from storage.instants import from_ms, to_ms
from storage.reports import RECEIPT_PLACE, Claim, Reports, answer_place
from storage.search import SearchIndex
from storage.session import Session

_NEWEST = 2**62


@dataclass(frozen=True)
class OwnReport:
    """A report that is not withdrawn, as far as its reporter is shown it in a list."""

    report_id: int
    receipt: Receipt = field(repr=False)
    decision: Decision | None
    submitted_at: datetime


@dataclass(frozen=True)
class HeldReport:
    """One of a person's own reports that is not withdrawn."""

    own: OwnReport
    revision: int
    claimed_by: str | None
    """The key of the coordinator who has it in hand."""
    publish_as: Publishing | None
    data_key: DataKey = field(repr=False)


@dataclass(frozen=True)
class Change:
    """A change that its reporter made to a report."""

    claim: Claim
    digest_id: int | None
    """The digest in which it stands, by now: it may have been made while the change was on its way."""


class OwnReports:
    """People's own reports within one transaction."""

    def __init__(
        self,
        session: Session,
        queries: Any,
        *,
        vault: Vault,
        reports: Reports,
        additions: Additions,
        evidence: Evidence,
        search: SearchIndex,
        now: datetime,
    ) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._reports = reports
        self._additions = additions
        self._evidence = evidence
        self._search = search
        self._now = now

    async def of(self, reporter: Chat, *, before: int | None = None, most: int) -> list[OwnReport]:
        """Return so many of a person's reports, the newest first; those older than the report `before`.

        Those that were withdrawn are left out.
        """
        rows = self._queries.reports_of_person(
            self._session, chat_key=reporter.key, before_id=before or _NEWEST, most=most
        )
        return [self._own(row) async for row in rows]

    async def get(self, reporter: Chat, report_id: int) -> HeldReport | None:
        """Return a person's report; None where it is another's, or withdrawn."""
        row = await self._queries.get_own_report(self._session, report_id=report_id, chat_key=reporter.key)
        if row is None or row["wrapped_key"] is None:
            return None
        return HeldReport(
            own=self._own(row),
            revision=row["revision"],
            claimed_by=row["claimed_by"],
            publish_as=row["publish_as"] and Publishing(row["publish_as"]),
            data_key=self._vault.open_key(row["wrapped_key"]),
        )

    async def put_answers(
        self, report: HeldReport, answers: Mapping[str, Answer], *, positions: Mapping[str, int], urgent: bool
    ) -> None:
        """Add answers to a report, or put them in the place of earlier ones to the same questions.

        `positions` gives each question's place among all; `urgent` puts the report ahead in the queue.
        """
        await self._queries.put_answers(
            self._session,
            [
                {
                    "report_id": report.own.report_id,
                    "question": question,
                    "position": positions[question],
                    "sealed": report.data_key.seal(answer.model_dump_json().encode(), place=answer_place(question)),
                }
                for question, answer in answers.items()
            ],
        )
        await self._search.index_anew(report.own.report_id)
        if urgent:
            await self.set_urgent(report)

    async def set_urgent(self, report: HeldReport) -> None:
        """Put a report that waits ahead in the queue."""
        if await self._queries.set_urgent(self._session, report_id=report.own.report_id) is not None:
            self._reports.changed([report.own.report_id])

    async def drop_answers(self, report: HeldReport, questions: Collection[str]) -> None:
        """Forget answers to questions that make no sense any more."""
        await self._queries.drop_answers(self._session, report_id=report.own.report_id, questions=sorted(questions))
        await self._search.index_anew(report.own.report_id)

    async def change_consent(self, reporter: Chat, report: HeldReport, consent: Consent) -> Change | None:
        """Change what a reporter agrees to. What is published of it can only become less by that.

        None where somebody changed the report meanwhile: read it again.
        """
        publish_as = report.publish_as and report.publish_as.at_most(consent.publishing)
        row = await self._queries.change_consent(
            self._session,
            report_id=report.own.report_id,
            revision=report.revision,
            sharing=int(consent.sharing),
            publishing=consent.publishing,
            publish_as=publish_as,
            consent_version=consent.version,
        )
        return self._noted(row, "consented", reporter)

    async def withdraw(self, reporter: Chat, report: HeldReport) -> Change | None:
        """Shred a report: its key goes and with it all that was said; a row without words stays. None as above."""
        report_id = report.own.report_id
        row = await self._queries.withdraw(
            self._session, report_id=report_id, chat_key=reporter.key, decided_at_ms=to_ms(self._now)
        )
        if row is not None:
            await self._queries.drop_all_answers(self._session, report_id=report_id)
            await self._queries.drop_corrections(self._session, report_id=report_id)
            await self._additions.drop(report_id)
            await self._search.drop(report_id)
            await self._evidence.shred_report(report_id)
        return self._noted(row, Decision.WITHDRAWN, reporter)

    def _own(self, row: Row) -> OwnReport:
        code = self._vault.open_key(row["wrapped_key"]).open(row["sealed_receipt"], place=RECEIPT_PLACE)
        return OwnReport(
            report_id=row["id"],
            receipt=Receipt(code.decode()),
            decision=row["decision"] and Decision(row["decision"]),
            submitted_at=from_ms(row["submitted_at_ms"]),
        )

    def _noted(self, row: Row | None, event: str, reporter: Chat) -> Change | None:
        if row is None:
            return None
        claim = Claim(report_id=int(row["id"]), revision=int(row["revision"]))
        self._reports.note(claim, event, reporter.key)
        return Change(claim, row["digest_id"])
