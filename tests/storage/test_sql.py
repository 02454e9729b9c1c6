"""The named queries against the migrated tables: every one fits them, and the ones that matter use their index."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import aiosql
import pytest

from storage.adapter import OneHopSQLite
from storage.database import QUERIES
from storage.location import Location
from tests.storage.support import migrated


class Anything(dict[str, Any]):
    """Parameters of every name."""

    def __missing__(self, _name: str) -> int:
        return 1


def load() -> dict[str, str]:
    """Return the SQL of every query by "file.name", as SQLite gets it."""
    adapter: Any = OneHopSQLite
    found: dict[str, str] = {}
    for file in sorted(QUERIES.glob("*.sql")):
        queries: Any = aiosql.from_path(file, adapter)
        names = [name for name in queries.available_queries if not name.endswith("_cursor")]
        found |= {f"{file.stem}.{name}": getattr(queries, name).sql for name in names}
    return found


ALL = load()
WHOLE_TABLE = {
    "reports.count_reports",  # counts every report, for a person who asks
    "updates.count_dead",  # dead letters and deferred updates are few
    "updates.due_deferred",
}


@pytest.fixture(scope="module", params=["empty", "filled", "analyzed"])
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Give the tables empty; with much in them; and with the planner knowing how much of what."""
    location = migrated(tmp_path_factory.mktemp(request.param))
    with closing(sqlite3.connect(location.path)) as connection:
        if request.param != "empty":
            fill(connection)
        if request.param == "analyzed":
            connection.execute("ANALYZE")
            connection.commit()
    with closing(sqlite3.connect(location.path)) as connection:
        yield connection


def fill(connection: sqlite3.Connection) -> None:
    """Put 5,000 reports and messages in, most of them done with, as in a database that has served a while."""
    chats = [f"{number:032d}" for number in range(50)]
    connection.executemany(
        "INSERT INTO chats (chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)"
        " VALUES (?, x'00', x'00', 'ru', 1)",
        [(chat,) for chat in chats],
    )
    connection.execute("INSERT INTO digests VALUES (1, 'daily', 0, 1, 1, 1)")
    for number in range(1, 5001):
        connection.execute(ADD_REPORT, _report(number, chats[number % 50]))
        connection.execute(ADD_MESSAGE, _message(number, chats[number % 50]))
        connection.execute("INSERT INTO seen_updates VALUES (?, ?)", (number, number))
    connection.commit()


ADD_REPORT = """
INSERT INTO reports
    (id, origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language,
     publishing, publish_as, urgent, submitted_at_ms, revision, decision, decided_by, decided_at_ms, digest_id)
VALUES
    (:number, :number, :number, x'00', :chat, x'00', 1, 1, 'ru', :publishing, :publish_as, :number % 2, :number, 1,
     :decision, :decided_by, :decided_at_ms, :digest_id)
"""
ADD_MESSAGE = """
INSERT INTO outbox
    (chat_key, priority, about, message_id, created_at_ms, not_before_ms, settled_at_ms, outcome)
VALUES
    (:chat, :number % 4, :about, :number, :number, :number, :settled_at_ms, :outcome)
"""


def _report(number: int, chat: str) -> dict[str, Any]:
    """Every twentieth waits; of the approved every fortieth stands in no digest yet."""
    waits = number % 20 == 0
    decision = None if waits else ("approved" if number % 3 else "rejected")
    publishing = "not_at_all" if number % 7 == 0 else "with_name"
    return {
        "number": number,
        "chat": chat,
        "publishing": publishing,
        "publish_as": publishing if decision == "approved" else None,
        "decision": decision,
        "decided_by": None if waits else chat,
        "decided_at_ms": None if waits else number,
        "digest_id": 1 if decision == "approved" and number % 40 else None,
    }


def _message(number: int, chat: str) -> dict[str, Any]:
    """Every twentieth waits, and every fourth is about a card."""
    waits = number % 20 == 0
    return {
        "number": number,
        "chat": chat,
        "about": f"card:{number}" if number % 4 == 0 else None,
        "settled_at_ms": None if waits else number,
        "outcome": None if waits else "sent",
    }


def plan(connection: sqlite3.Connection, query: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {ALL[query]}", Anything())]


@pytest.mark.parametrize("query", ALL)
def test_every_named_query_fits_the_migrated_tables(location: Location, query: str) -> None:
    with closing(sqlite3.connect(location.path)) as connection:
        assert connection.execute(f"EXPLAIN {ALL[query]}", Anything()).fetchone()


def test_a_query_that_does_not_fit_would_be_noticed(location: Location) -> None:
    with closing(sqlite3.connect(location.path)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute(f"EXPLAIN {ALL['reports.get_report'].replace('urgent', 'pressing')}", Anything())


def test_the_next_report_is_found_in_the_queue_index_without_sorting(tables: sqlite3.Connection) -> None:
    for query in ("reports.claim_next", "reports.claim_given_back"):
        steps = plan(tables, query)
        assert any(step.endswith("reports USING INDEX moderation_queue") for step in steps), steps
        assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("query", ["reports.to_digest", "reports.mark_digested", "reports.earliest_undigested"])
def test_what_waits_for_a_digest_is_found_in_its_index_without_sorting(tables: sqlite3.Connection, query: str) -> None:
    steps = plan(tables, query)
    assert any("USING INDEX reports_to_digest" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_the_report_in_a_coordinators_hands_is_found_by_its_claim(tables: sqlite3.Connection) -> None:
    steps = plan(tables, "reports.renew_claim")
    assert "SEARCH reports USING INDEX reports_in_hand (claimed_by=?)" in steps, steps


def test_the_last_thing_said_in_a_chat_is_found_without_sorting_all_that_was_said(tables: sqlite3.Connection) -> None:
    assert plan(tables, "outbox.last_about") == ["SEARCH outbox USING INDEX outbox_of_chat (chat_key=?)"]


@pytest.mark.parametrize("query", sorted(set(ALL) - WHOLE_TABLE))
def test_no_query_reads_a_whole_table(tables: sqlite3.Connection, query: str) -> None:
    assert not [step for step in plan(tables, query) if step.startswith("SCAN") and "INDEX" not in step]


def test_only_known_queries_read_a_whole_table(tables: sqlite3.Connection) -> None:
    assert set(ALL) >= WHOLE_TABLE
    for query in WHOLE_TABLE:
        assert [step for step in plan(tables, query) if step.startswith("SCAN")], query


@pytest.mark.parametrize("query", ["outbox.claim_due", "outbox.next_due_ms"])
def test_the_heads_of_the_outbox_are_found_among_the_unsettled(tables: sqlite3.Connection, query: str) -> None:
    steps = plan(tables, query)
    assert any(" o USING INDEX outbox_unsettled" in step for step in steps), steps
    assert "SEARCH e USING INDEX outbox_unsettled (chat_key=? AND id<?)" in steps, steps
    assert not any("outbox_settled" in step for step in steps), steps


def test_messages_about_something_are_found_by_it(tables: sqlite3.Connection) -> None:
    assert any("INDEX outbox_about (chat_key=? AND about=?)" in step for step in plan(tables, "outbox.messages_about"))
