"""The database holds the invariants itself: a row that makes no sense is refused, whoever writes it."""

from typing import Any

import pytest

from storage.location import Location
from tests.storage.support import REFUSED, column, insert, sql

CHAT = "a" * 32
COORDINATOR = "b" * 32
APPROVED = {"decision": "approved", "publish_as": "with_name", "decided_at_ms": 5, "decided_by": COORDINATOR}
REJECTED = {"decision": "rejected", "decided_at_ms": 5, "decided_by": COORDINATOR}
WITHDRAWN = REJECTED | {"decision": "withdrawn", "decided_by": CHAT, "wrapped_key": None, "sealed_receipt": None}
REPORT: dict[str, Any] = {
    "origin": "a:1",
    "receipt_key": "r1",
    "sealed_receipt": b"s",
    "chat_key": CHAT,
    "wrapped_key": b"k",
    "questionnaire_version": 1,
    "consent_version": 1,
    "language": "ru",
    "publishing": "with_name",
    "urgent": 0,
    "submitted_at_ms": 1,
    "queued_at_ms": 1,
    "revision": 1,
}
DIGEST: dict[str, Any] = {
    "kind": "daily",
    "period_start_ms": 1000,
    "period_end_ms": 2000,
    "reports": 3,
    "made_at_ms": 2001,
}
OUTGOING: dict[str, Any] = {
    "chat_key": CHAT,
    "dedupe_key": "update:1:1",
    "priority": 0,
    "created_at_ms": 1,
    "not_before_ms": 1,
}


@pytest.fixture
def filled(location: Location) -> Location:
    """Give a database with one chat, one waiting report and one digest."""
    insert(location, "chats", chat_key=CHAT, wrapped_key=b"k", sealed_telegram_id=b"s", language="ru", created_at_ms=1)
    insert(location, "reports", **REPORT)
    insert(location, "digests", **DIGEST)
    return location


def another_report(**changes: Any) -> dict[str, Any]:
    return REPORT | {"origin": "a:2", "receipt_key": "r2"} | changes


@pytest.mark.parametrize(
    "decided",
    [
        APPROVED,
        APPROVED | {"publish_as": "without_name"},
        APPROVED | {"publish_as": "not_at_all", "publishing": "not_at_all"},
        APPROVED | {"publish_as": "initials"},
        APPROVED | {"publish_as": "without_name", "publishing": "initials"},
        REJECTED | {"reason": "abuse"},
        WITHDRAWN,
        {"claimed_by": COORDINATOR, "claimed_at_ms": 1, "claim_expires_at_ms": 5},
        APPROVED | {"claimed_by": COORDINATOR, "claimed_at_ms": 1},
        APPROVED | {"queued_at_ms": None},
        {"queued_at_ms": None, "asked_until_ms": 5},
        {"publishing": "without_name"},
        {"publishing": "not_at_all", "digest_id": 1},
    ],
)
def test_a_report_that_makes_sense_is_taken(filled: Location, decided: dict[str, Any]) -> None:
    insert(filled, "reports", **another_report(**decided))
    assert column(filled, "SELECT count(*) FROM reports") == [2]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"decision": "rejected", "decided_at_ms": 5}, "decided_by_someone_at_some_time"),
        ({"decision": "rejected", "decided_by": COORDINATOR}, "decided_by_someone_at_some_time"),
        ({"decided_by": COORDINATOR, "decided_at_ms": 5}, "decided_by_someone_at_some_time"),
        ({"decision": "rejected"}, "decided_by_someone_at_some_time"),
        ({"decided_at_ms": 5}, "decided_by_someone_at_some_time"),
        ({"decided_by": COORDINATOR}, "decided_by_someone_at_some_time"),
        ({"queued_at_ms": None}, "undecided_is_not_forgotten"),
        ({"asked_until_ms": 5}, "asked_is_not_queued"),
        ({"queued_at_ms": None, "asked_until_ms": 5, "claimed_by": CHAT, "claimed_at_ms": 1}, "claimed_is_queued"),
        ({"claimed_by": COORDINATOR}, "claimed_at_some_time"),
        ({"claimed_at_ms": 5}, "claimed_at_some_time"),
        ({"case_id": 99}, "foreign key"),
        ({"notice_id": 99}, "foreign key"),
        (REJECTED | {"decision": "postponed"}, "known_decision"),
        (REJECTED | {"publish_as": "with_name"}, "published_as_agreed_or_less"),
        (APPROVED | {"publishing": "without_name"}, "published_as_agreed_or_less"),
        (APPROVED | {"publishing": "not_at_all"}, "published_as_agreed_or_less"),
        (APPROVED | {"publish_as": "without_name", "publishing": "not_at_all"}, "published_as_agreed_or_less"),
        ({"publishing": "perhaps"}, "known_publishing"),
        ({"receipt_key": "r1"}, r"reports[._]receipt_key"),
        ({"origin": "a:1"}, r"reports[._]origin"),
        ({"chat_key": "nobody"}, "foreign key"),
        ({"digest_id": 99}, "foreign key"),
        ({"publishing": None}, "not[ -]null"),
        ({"wrapped_key": None}, "withdrawn_is_shredded"),
        ({"wrapped_key": None, "sealed_receipt": None}, "withdrawn_is_shredded"),
        (WITHDRAWN | {"sealed_receipt": b"s"}, "withdrawn_is_shredded"),
        (WITHDRAWN | {"publish_as": "without_name"}, "published_as_agreed_or_less"),
        (APPROVED | {"publishing": "initials"}, "published_as_agreed_or_less"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_by_the_database(
    filled: Location, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(REFUSED, match=f"(?i){constraint}"):
        insert(filled, "reports", **another_report(**changes))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({}, "one_digest_a_period|digests.kind, digests.period_start_ms"),
        ({"period_end_ms": 9000}, "one_digest_a_period|digests.kind, digests.period_start_ms"),
        ({"period_start_ms": 3000}, "periods_run_forward"),
        ({"period_start_ms": 2000}, "periods_run_forward"),
    ],
)
def test_a_second_digest_of_a_period_and_a_period_that_runs_backwards_are_refused(
    filled: Location, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(REFUSED, match=f"(?i){constraint}"):
        insert(filled, "digests", **(DIGEST | changes))


def test_the_digest_of_the_next_period_is_taken(filled: Location) -> None:
    insert(filled, "digests", **(DIGEST | {"period_start_ms": 2000, "period_end_ms": 3000}))
    assert column(filled, "SELECT count(*) FROM digests") == [2]


def test_a_report_has_one_event_a_revision(filled: Location) -> None:
    event = {"report_id": 1, "revision": 1, "event": "submitted", "actor_key": CHAT, "at_ms": 1}
    insert(filled, "report_events", **event)
    with pytest.raises(REFUSED, match="report_events"):
        insert(filled, "report_events", **(event | {"event": "claimed"}))


def test_a_report_has_one_answer_a_question(filled: Location) -> None:
    insert(filled, "report_answers", report_id=1, question="name", position=1, sealed=b"s")
    with pytest.raises(REFUSED, match="report_answers"):
        insert(filled, "report_answers", report_id=1, question="name", position=2, sealed=b"t")


@pytest.mark.parametrize("table", ["report_answers", "report_events"])
def test_answers_and_events_belong_to_a_report(filled: Location, table: str) -> None:
    rows: dict[str, dict[str, Any]] = {
        "report_answers": {"report_id": 99, "question": "name", "position": 1, "sealed": b"s"},
        "report_events": {"report_id": 99, "revision": 1, "event": "submitted", "actor_key": CHAT, "at_ms": 1},
    }
    with pytest.raises(REFUSED, match=r"(?i)foreign key"):
        insert(filled, table, **rows[table])


@pytest.mark.parametrize("half", [{"step": "name"}, {"sealed_draft": b"s"}])
def test_a_conversation_has_a_step_and_a_draft_or_neither(filled: Location, half: dict[str, Any]) -> None:
    with pytest.raises(REFUSED, match="draft_while_in_progress"):
        insert(filled, "conversations", chat_key=CHAT, screen=1, changed_at_ms=1, **half)


@pytest.mark.parametrize("half", [{"outcome": "sent"}, {"settled_at_ms": 5}])
def test_a_message_is_settled_with_an_outcome_or_not_at_all(filled: Location, half: dict[str, Any]) -> None:
    with pytest.raises(REFUSED, match="settled_with_an_outcome"):
        insert(filled, "outbox", **OUTGOING, **half)


def test_a_key_stands_once_in_the_outbox_and_every_message_has_one(filled: Location) -> None:
    insert(filled, "outbox", **OUTGOING)
    with pytest.raises(REFUSED, match=r"outbox[._]dedupe_key"):
        insert(filled, "outbox", **OUTGOING)
    with pytest.raises(REFUSED, match=r"(?i)not[ -]null.*dedupe_key|dedupe_key.*not[ -]null"):
        insert(filled, "outbox", **(OUTGOING | {"dedupe_key": None}))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("outbox", OUTGOING | {"chat_key": "nobody"}),
        ("conversations", {"chat_key": "nobody", "screen": 1, "changed_at_ms": 1}),
    ],
)
def test_messages_and_conversations_belong_to_a_chat(filled: Location, table: str, row: dict[str, Any]) -> None:
    with pytest.raises(REFUSED, match=r"(?i)foreign key"):
        insert(filled, table, **row)


@pytest.mark.parametrize(("table", "row"), [("outbox", OUTGOING), ("reports", another_report())])
def test_the_id_of_a_row_that_is_gone_is_not_given_again(filled: Location, table: str, row: dict[str, Any]) -> None:
    insert(filled, table, **row)
    (gone,) = column(filled, f"SELECT max(id) FROM {table}")  # noqa: S608  our own tables
    sql(filled, f"DELETE FROM {table} WHERE id = :gone", gone=gone)  # noqa: S608  our own tables
    insert(filled, table, **row)
    assert column(filled, f"SELECT max(id) FROM {table}") == [gone + 1]  # noqa: S608  our own tables


@pytest.mark.parametrize("changes", [{"publish_as": "with_name"}, APPROVED | {"publish_as": None}])
def test_a_report_says_how_it_is_published_exactly_where_it_is_approved(
    filled: Location, changes: dict[str, Any]
) -> None:
    with pytest.raises(REFUSED, match="published_as_agreed_or_less"):
        insert(filled, "reports", **another_report(**changes))
