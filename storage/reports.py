"""Reports: sealed answers, where each stands, and what digests take of them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer, Meaning
from bot.domain.consent import Consent, Publishing
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, Report
from storage.chats import Chat
from storage.crypto import DataKey, Vault
from storage.engines import Row
from storage.instants import from_ms, from_ms_or_none, to_ms
from storage.session import Queued, Session, Writes

RECEIPT_PLACE = "receipt"
"""Where a receipt code is sealed, and what its fingerprint is made for."""
REASON_PLACE = "reason"
"""Where a coordinator's words about a rejection are sealed."""
_NOT_ON_NOTICES = frozenset({"submitted", "consented", "updated", "seen"})
"""What happens to a report and changes nothing that a notice says of it."""
_AT_A_STRETCH = 50
"""Reports opened before the event loop may do something else."""


@dataclass(frozen=True)
class Claim:
    """A report in a coordinator's hands, at one revision."""

    report_id: int
    revision: int


@dataclass(frozen=True)
class Standing:
    """Where a report stands, for someone who may not hold it."""

    revision: int
    reporter_key: str
    claimed_by: str | None
    claim_expires_at: datetime
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    is_queued: bool = True
    """Something waits to be decided, or to be seen."""
    case_id: int | None = None


@dataclass(frozen=True)
class Sealing:
    """What is needed to seal something into a report that is not withdrawn."""

    data_key: DataKey = field(repr=False)
    publishing: Publishing
    """What its reporter agreed to."""


class Reports:
    """The reports within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now
        self._answers: Queued[dict[str, object]] = Queued()
        self._events: Queued[dict[str, object]] = Queued()
        self._changed: set[int] = set()
        session.gather(self._answers)
        session.gather(self._events, self._write)

    async def by_receipt(self, receipt: Receipt) -> Standing | None:
        """Return where the report with this code stands, or None."""
        report_id = await self.id_of(receipt)
        return None if report_id is None else await self.standing(report_id)

    async def id_of(self, receipt: Receipt) -> int | None:
        """Return the report with this code, or None."""
        key = self._vault.fingerprint(RECEIPT_PLACE, receipt.code)
        row = await self._queries.find_receipt(self._session, receipt_key=key)
        return None if row is None else int(row["id"])

    async def add(
        self,
        reporter: Chat,
        answers: Mapping[str, Answer],
        *,
        receipt: Receipt,
        screen: int,
        questionnaire_version: int,
        consent: Consent,
        urgent: bool,
        together_with: int | None = None,
        held_back: bool = False,
    ) -> int | None:
        """Store a report under a data key of its own and return its id; None where the receipt code is taken.

        `screen` is the number of the screen on which it was submitted: with the chat it makes the row unique, so a
        report cannot be stored twice. `together_with` is a report of somebody detained at the same time and place.
        `held_back` keeps it out of the queue, in a list of its own.
        """
        city = answers["city"].reading.value if "city" in answers else None
        data_key, wrapped_key = self._vault.new_key()
        row = await self._queries.add_report(
            self._session,
            origin=f"{reporter.key}:{screen}",
            receipt_key=self._vault.fingerprint(RECEIPT_PLACE, receipt.code),
            chat_key=reporter.key,
            wrapped_key=wrapped_key,
            sealed_receipt=data_key.seal(receipt.code.encode(), place=RECEIPT_PLACE),
            questionnaire_version=questionnaire_version,
            consent_version=consent.version,
            language=reporter.language,
            sharing=int(consent.sharing),
            publishing=consent.publishing,
            urgent=int(urgent),
            together_with=together_with,
            submitted_at_ms=to_ms(self._now),
            city_key=self.city_key(city) if city else None,
            held_back=int(held_back),
        )
        if row is None:
            return None
        report_id = int(row["id"])
        for position, (question, answer) in enumerate(answers.items(), start=1):
            sealed = data_key.seal(answer.model_dump_json().encode(), place=answer_place(question))
            self._answers.put({"report_id": report_id, "question": question, "position": position, "sealed": sealed})
        self.note(Claim(report_id, 1), "submitted", reporter.key)
        return report_id

    async def receipt(self, report_id: int) -> Receipt:
        """Return the receipt code of a report, for telling its reporter.

        Raises:
            KeyError: there is no such report, or it is withdrawn.
        """
        row = await self._queries.get_receipt(self._session, report_id=report_id)
        if row is None or row["wrapped_key"] is None:
            raise KeyError(report_id)
        data_key = self._vault.open_key(row["wrapped_key"])
        return Receipt(data_key.open(row["sealed_receipt"], place=RECEIPT_PLACE).decode())

    async def get(self, report_id: int) -> Report | None:
        """Return a report, opened, or None."""
        return next(iter(await self.get_many([report_id])), None)

    async def get_many(self, report_ids: Sequence[int]) -> list[Report]:
        """Return reports, opened, in the order of these ids. Two trips to the database, however many they are."""
        answers: dict[int, list[Row]] = {}
        async for row in self._queries.get_answers(self._session, report_ids=list(report_ids)):
            answers.setdefault(row["report_id"], []).append(row)
        reports: dict[int, Report] = {}
        async for row in self._queries.get_reports(self._session, report_ids=list(report_ids)):
            reports[row["id"]] = self._open(row, answers.get(row["id"], []))
            if len(reports) % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return [reports[report_id] for report_id in report_ids if report_id in reports]

    async def standing(self, report_id: int) -> Standing | None:
        """Return where a report stands, or None where there is no such report."""
        row = await self._row(report_id)
        if row is None:
            return None
        return Standing(
            revision=row["revision"],
            reporter_key=row["chat_key"],
            claimed_by=row["claimed_by"],
            claim_expires_at=from_ms(row["claim_expires_at_ms"]),
            decision=Decision(row["decision"]) if row["decision"] else None,
            decided_by=row["decided_by"],
            decided_at=from_ms_or_none(row["decided_at_ms"]),
            is_queued=row["queued_at_ms"] is not None,
            case_id=row["case_id"],
        )

    async def sealing(self, report_id: int) -> Sealing | None:
        """Return what seals something into a report; None where there is no such report, or it is withdrawn."""
        row = await self._row(report_id)
        if row is None or row["wrapped_key"] is None:
            return None
        return Sealing(self._vault.open_key(row["wrapped_key"]), Publishing(row["publishing"]))

    def city_key(self, place: str) -> str:
        """Return the key under which reports of a recognised place are queued."""
        return self._vault.fingerprint("city", place)

    async def to_digest(self, *, until: datetime) -> list[Report]:
        """Return the approved reports that may be published, were decided by `until`, and stand in no digest yet."""
        rows = self._queries.to_digest(self._session, until_ms=to_ms(until))
        return await self.get_many([row["id"] async for row in rows])

    async def mark_digested(self, digest_id: int, reports: Sequence[Report]) -> list[Report]:
        """Note that these reports stand in this digest: these and no others, whatever was decided meanwhile.

        Return them as they may be published now: a reporter may have taken something back since they were read.
        """
        ids = [report.report_id for report in reports]
        rows = self._queries.mark_digested(self._session, digest_id=digest_id, report_ids=ids)
        marked = {row["id"]: row["revision"] async for row in rows}
        if all(marked.get(report.report_id) == report.revision for report in reports):
            return list(reports)
        return await self.get_many([report_id for report_id in ids if report_id in marked])

    async def in_digest(self, digest_id: int) -> list[Report]:
        """Return the reports that a digest may tell of now, in its order."""
        rows = self._queries.in_digest(self._session, digest_id=digest_id)
        return await self.get_many([row["id"] async for row in rows])

    async def earliest_undigested(self) -> datetime | None:
        """Return when the earliest report that waits for a digest was decided, or None."""
        return from_ms_or_none(await self._queries.earliest_undigested(self._session))

    async def every(self, *, page: int = 200) -> AsyncIterator[Report]:
        """Yield all reports in the order of their ids."""
        after = 0
        while True:
            rows = self._queries.report_ids(self._session, after_id=after, most=page)
            ids = [row["id"] async for row in rows]
            for report in await self.get_many(ids):
                yield report
            if len(ids) < page:
                return
            after = ids[-1]

    async def submitted_at(self, reporter: Chat, *, ago: int) -> datetime | None:
        """Return when a person submitted the newest report (1 ago), the one before it (2 ago), and so on; or None."""
        row = await self._queries.submitted_before(self._session, chat_key=reporter.key, others=ago - 1)
        return from_ms_or_none(row)

    async def count_by_state(self) -> dict[str, int]:
        """Return how many reports are waiting, approved, rejected."""
        rows = self._queries.count_reports(self._session)
        return {row["state"]: row["reports"] async for row in rows}

    def _open(self, row: Row, answers: Sequence[Row]) -> Report:
        data_key = None if row["wrapped_key"] is None else self._vault.open_key(row["wrapped_key"])
        words = row["sealed_reason"]
        return Report(
            report_id=row["id"],
            revision=row["revision"],
            questionnaire_version=row["questionnaire_version"],
            consent=Consent(version=row["consent_version"], sharing=bool(row["sharing"]), publishing=row["publishing"]),
            language=row["language"],
            submitted_at=from_ms(row["submitted_at_ms"]),
            urgent=bool(row["urgent"]),
            publish_as=row["publish_as"],
            together_with=row["together_with"],
            answers={each["question"]: open_answer(each, data_key) for each in answers} if data_key else {},
            decision=row["decision"],
            decided_at=from_ms_or_none(row["decided_at_ms"]),
            reason=row["reason"],
            reason_words=data_key.open(words, place=REASON_PLACE).decode() if data_key and words else None,
        )

    async def _row(self, report_id: int) -> Row | None:
        rows = self._queries.get_reports(self._session, report_ids=[report_id])
        return next(iter([row async for row in rows]), None)

    def note(self, claim: Claim, event: str, actor_key: str) -> None:
        """Note what happened to a report at a revision of its own."""
        self._events.put(
            {
                "report_id": claim.report_id,
                "revision": claim.revision,
                "event": event,
                "actor_key": actor_key,
                "at_ms": to_ms(self._now),
            }
        )
        if not self._session.in_turn:
            self._answers.keep()
            self._events.keep()

    def changed(self, report_ids: Collection[int]) -> None:
        """Say that notices may say what is so no more of these reports, where nothing is noted that says it."""
        self._changed.update(report_ids)

    async def _write(self, writes: Writes) -> None:
        await self._queries.add_answers(writes, self._answers.take())
        events = self._events.take()
        self._changed |= {int(str(one["report_id"])) for one in events if one["event"] not in _NOT_ON_NOTICES}
        await self._queries.add_events(writes, events)

    async def outdate_notices(self) -> None:
        """Note that notices say what is so no more, of all that this transaction changed. The end of it does this.

        Not earlier: whoever writes a notice holds it, and is waited for with nothing left to do.
        """
        changed, self._changed = self._changed, set()
        if changed:
            await self._queries.outdate_notices(self._session, report_ids=sorted(changed))


def open_answer(row: Row, data_key: DataKey) -> Answer:
    """Open a row of question, answer and correction: the words as said, with the meaning that holds."""
    question = row["question"]
    answer = Answer.model_validate_json(data_key.open(row["sealed"], place=answer_place(question)))
    if row["sealed_correction"] is None:
        return answer
    correction = data_key.open(row["sealed_correction"], place=correction_place(question))
    return answer.corrected(Meaning.model_validate_json(correction))


def answer_place(question: str) -> str:
    """Return where the answer to a question is sealed."""
    return f"answer:{question}"


def correction_place(question: str) -> str:
    """Return where the correction of what was understood of an answer is sealed."""
    return f"correction:{question}"


def claim_of(row: Any) -> Claim | None:
    """Return the claim that a row of id and revision is; None for no row."""
    return None if row is None else Claim(report_id=int(row["id"]), revision=int(row["revision"]))
