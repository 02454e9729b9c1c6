"""The figures: what waits is counted, what is done with is not."""

from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.figures import Figures
from storage.instants import to_ms
from storage.location import Location
from storage.outgoing import Priority
from tests.storage.support import START, insert

CHAT = "a" * 32
COORDINATOR = "b" * 32


def ago(**span: float) -> int:
    """Return the moment `timedelta(**span)` ago, in milliseconds."""
    return to_ms(START - timedelta(**span))


class Tables:
    """Writes rows straight into the tables, and reads the figures."""

    def __init__(self, location: Location, database: Database) -> None:
        self._location = location
        self._database = database

    def add(self, table: str, **values: Any) -> None:
        insert(self._location, table, **values)

    async def figures(self) -> Figures:
        async with self._database.snapshot() as work:
            return await work.figures.read()

    def chat(self, key: str) -> None:
        self.add("chats", chat_key=key, wrapped_key=b"k", sealed_telegram_id=b"s", language="ru", created_at_ms=1)

    def deferred(self, update_id: int, at_ms: int, *, dead_at_ms: int | None = None) -> None:
        self.add(
            "deferred_updates",
            update_id=update_id,
            chat_key=CHAT,
            wrapped_key=b"k",
            sealed=b"s",
            attempts=1,
            error="ValueError",
            not_before_ms=at_ms,
            deferred_at_ms=at_ms,
            dead_at_ms=dead_at_ms,
        )

    def message(self, number: int, priority: Priority, at_ms: int, *, outcome: str | None = None) -> None:
        self.add(
            "outbox",
            chat_key=CHAT,
            dedupe_key=f"message:{number}",
            priority=int(priority),
            created_at_ms=at_ms,
            not_before_ms=at_ms,
            settled_at_ms=None if outcome is None else at_ms,
            outcome=outcome,
        )

    def report(self, number: int, at_ms: int, **values: Any) -> None:
        usual = {"urgent": 0, "publishing": "with_name", "submitted_at_ms": at_ms, "revision": 1, "chat_key": CHAT}
        usual["queued_at_ms"] = None if "decision" in values else at_ms
        sealed = {"sealed_receipt": b"s", "wrapped_key": b"k", "origin": f"o{number}", "receipt_key": f"r{number}"}
        self.add("reports", **usual | sealed | values, questionnaire_version=1, consent_version=1, language="ru")


@pytest.fixture
def tables(location: Location, database: Database) -> Tables:
    tables = Tables(location, database)
    for key in (CHAT, COORDINATOR):
        tables.chat(key)
    return tables


async def test_where_nothing_waits_all_is_zero(tables: Tables) -> None:
    assert await tables.figures() == Figures(
        inbox_batches=0,
        oldest_batch_seconds=0.0,
        deferred_updates=0,
        dead_letters=0,
        oldest_deferred_seconds=0.0,
        messages=dict.fromkeys(Priority, 0),
        oldest_message_seconds=0.0,
        reports=0,
        urgent_reports=0,
        claimed_reports=0,
        oldest_report_seconds=0.0,
        evidence=0,
        oldest_evidence_seconds=0.0,
        interviews=0,
    )


async def test_files_wait_to_be_fetched_and_kept_ones_do_not(tables: Tables) -> None:
    waiting = {"state": "waiting", "wrapped_key": b"k", "sealed": b"s", "not_before_ms": 1}
    for number, minutes in ((1, 2), (2, 5)):
        at = ago(minutes=minutes)
        tables.add("evidence", origin=str(number), chat_key=CHAT, kind="photo", received_at_ms=at, **waiting)
    kept = waiting | {"state": "kept", "received_at_ms": ago(days=1)}
    tables.add("evidence", origin="3", chat_key=CHAT, kind="photo", **kept)
    figures = await tables.figures()
    assert (figures.evidence, figures.oldest_evidence_seconds) == (2, 300.0)


async def test_batches_wait_in_the_inbox(tables: Tables) -> None:
    for number, seconds in ((1, 30), (2, 90)):
        tables.add("inbox", first_update_id=number, wrapped_key=b"k", sealed=b"s", received_at_ms=ago(seconds=seconds))
    figures = await tables.figures()
    assert (figures.inbox_batches, figures.oldest_batch_seconds) == (2, 90.0)


async def test_deferred_updates_wait_and_dead_letters_do_not(tables: Tables) -> None:
    tables.deferred(1, ago(days=3), dead_at_ms=ago(days=2))
    tables.deferred(2, ago(seconds=90))
    tables.deferred(3, ago(seconds=10))
    figures = await tables.figures()
    assert (figures.deferred_updates, figures.dead_letters) == (2, 1)
    assert figures.oldest_deferred_seconds == 90.0


async def test_messages_wait_by_priority_until_they_are_settled(tables: Tables) -> None:
    tables.message(1, Priority.PEOPLE, ago(days=1), outcome="sent")
    tables.message(2, Priority.PEOPLE, ago(seconds=1.5))
    tables.message(3, Priority.BROADCASTS, ago(minutes=10))
    tables.message(4, Priority.PEOPLE, ago(seconds=4))
    figures = await tables.figures()
    assert figures.messages == {
        Priority.PEOPLE: 2,
        Priority.COORDINATORS: 0,
        Priority.NOTICES: 0,
        Priority.BROADCASTS: 1,
    }
    assert figures.oldest_message_seconds == 600.0


async def test_reports_wait_until_they_are_decided_and_those_in_hand_are_among_them(tables: Tables) -> None:
    decided = {"decision": "rejected", "decided_at_ms": ago(days=8), "decided_by": COORDINATOR}
    tables.report(1, ago(days=9), urgent=1, **decided)
    tables.report(2, ago(hours=2))
    tables.report(3, ago(hours=1), urgent=1, claimed_by=COORDINATOR, claimed_at_ms=ago(minutes=5))
    tables.report(4, ago(minutes=50), urgent=1)
    figures = await tables.figures()
    assert (figures.reports, figures.urgent_reports, figures.claimed_reports) == (3, 2, 1)
    assert figures.oldest_report_seconds == 7200.0


async def test_people_between_two_questions_are_counted(tables: Tables) -> None:
    tables.add("conversations", chat_key=CHAT, screen=4, step="city", sealed_draft=b"s", changed_at_ms=1)
    tables.add("conversations", chat_key=COORDINATOR, screen=9, changed_at_ms=1)
    assert (await tables.figures()).interviews == 1


async def test_what_came_by_a_clock_that_is_ahead_has_no_age(tables: Tables) -> None:
    tables.report(1, ago(seconds=-5))
    assert (await tables.figures()).oldest_report_seconds == 0.0
