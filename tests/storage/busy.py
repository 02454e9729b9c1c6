"""A database that has served a while: much is done with, some waits."""

from typing import Any

from storage.engines import Write, open_engine
from storage.location import Location

PEOPLE = 500
ROWS = 10_000
CHATS = [f"{number:032d}" for number in range(PEOPLE)]
ADD_CHAT = """
INSERT INTO chats (chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)
VALUES (:chat, :sealed, :sealed, 'ru', 1)
"""
ADD_CONVERSATION = """
INSERT INTO conversations (chat_key, screen, step, sealed_draft, shown_key, changed_at_ms)
VALUES (:chat, 1, :step, :draft, :shown, 1)
"""
ADD_DIGEST = """
INSERT INTO digests (kind, period_start_ms, period_end_ms, reports, made_at_ms) VALUES ('daily', 0, :end, 1, 1)
"""
ADD_REPORT = """
INSERT INTO reports
    (origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language,
     publishing, publish_as, urgent, submitted_at_ms, revision, claimed_by, decision, decided_by, decided_at_ms,
     digest_id, queued_at_ms, claimed_at_ms, notice_id)
VALUES
    (:origin, :receipt, :sealed, :chat, :sealed, 1, 1, 'ru', :publishing, :publish_as, :urgent, :number, 1,
     :claimed_by, :decision, :decided_by, :decided_at_ms, :digest, :queued_at_ms,
     :claimed_at_ms, :number)
"""
ADD_ANSWER = "INSERT INTO report_answers (report_id, question, position, sealed) VALUES (:number, 'name', 1, :sealed)"
ADD_MESSAGE = """
INSERT INTO outbox
    (chat_key, priority, dedupe_key, about, message_id, sealed, created_at_ms, not_before_ms, settled_at_ms, outcome)
VALUES
    (:chat, :priority, :key, :about, :number, :words, :number, :number, :settled_at_ms, :outcome)
"""
ADD_EVIDENCE = """
INSERT INTO evidence
    (id, origin, chat_key, report_id, kind, state, wrapped_key, sealed, file, received_at_ms, not_before_ms, leased_by)
VALUES
    (:number, :origin, :chat, :report, 'photo', :state, :sealed, :sealed, :file, :number, :number, :leased_by)
"""
ADD_ENTRY = """
INSERT INTO audit (id, at_ms, actor, actor_key, act, report_id, case_id, details, link)
VALUES (:number, :number, 'person', :chat, 'approved', :report, :case, '{}', :sealed)
"""
ADD_CASE = """
INSERT INTO cases (id, revision, status, opened_by, opened_at_ms, claimed_by, claimed_at_ms)
VALUES (:number, 1, 'detained', :chat, 1, :claimed_by, :claimed_at_ms)
"""
ADD_STATUS = """
INSERT INTO case_statuses (case_id, status, sealed, added_by, added_at_ms) VALUES (:number, 'moved', :sealed, :chat, 1)
"""
ADD_NOTE = "INSERT INTO case_notes (case_id, sealed, written_by, written_at_ms) VALUES (:number, :sealed, :chat, 1)"
ADD_TAG = """
INSERT INTO case_tags (case_id, tag_key, sealed, added_by, added_at_ms) VALUES (:number, :key, :sealed, :chat, 1)
"""
ADD_PICK = """
INSERT INTO case_picks (case_id, question, report_id, picked_by, picked_at_ms)
VALUES (:number, 'name', :number, :chat, 1)
"""
ADD_DECISION = """
INSERT INTO decisions (report_id, decision, case_id, decided_by, decided_at_ms)
VALUES (:number, 'approved', :number, :chat, 1)
"""
IN_CASE = "UPDATE reports SET case_id = :number WHERE id = :number"
ADD_CORRECTION = """
INSERT INTO corrections (report_id, question, sealed, corrected_by, corrected_at_ms)
VALUES (:number, 'name', :sealed, :chat, 1)
"""
ADD_ADDITION = """
INSERT INTO additions (origin, report_id, sealed, received_at_ms, seen_at_ms)
VALUES (:origin, :number, :sealed, :number, :seen_at_ms)
"""
ADD_NOTICE = "INSERT INTO notices (made_at_ms, edited_at_ms, outdated) VALUES (:number, :number, :outdated)"
ADD_QUESTION = """
INSERT INTO questions (report_id, sealed, asked_by, asked_at_ms, closed_at_ms, outcome)
VALUES (:number, :sealed, :chat, :number, :closed_at_ms, :outcome)
"""
ADD_KEY = "INSERT INTO search_keys (key, report_id) VALUES (:key, :report)"
ADD_SEARCH = "INSERT INTO searches (chat_key, sealed, created_at_ms) VALUES (:chat, :sealed, :number)"
INDEXED = "UPDATE reports SET indexed = 1 WHERE id <= :number"
ADD_SEEN = "INSERT INTO seen_updates (update_id, seen_at_ms) VALUES (:number, :number)"
SEALED = b"s" * 60


async def fill(location: Location, *, analysed: bool = True, by_day: bool = False) -> None:
    """Fill the tables; `analysed`, let the planner count what is in them; `by_day`, before anything waits."""
    numbers = range(1, ROWS + 1)
    decided = [number for number in numbers if number % 20]
    batches: list[tuple[str, list[dict[str, Any]]]] = [
        (ADD_CHAT, [{"chat": chat, "sealed": SEALED} for chat in CHATS]),
        (ADD_CONVERSATION, [_conversation(number) for number in range(PEOPLE)]),
        (ADD_DIGEST, [{"end": 1}]),
        (ADD_NOTICE, [{"number": number, "outdated": int(number % 500 == 0)} for number in numbers]),
        (ADD_REPORT, [_report(number) for number in numbers]),
        (ADD_ANSWER, [{"number": number, "sealed": SEALED} for number in numbers]),
        (ADD_MESSAGE, [_message(number) for number in numbers]),
        (ADD_EVIDENCE, [_evidence(number) for number in numbers]),
        (ADD_ENTRY, [_entry(number) for number in numbers]),
        (ADD_ADDITION, [_addition(number) for number in numbers]),
        (ADD_QUESTION, [_question(number) for number in numbers]),
        (ADD_SEEN, [{"number": number} for number in numbers]),
        (ADD_KEY, [row for number in numbers for row in _keys(number)]),
        (ADD_SEARCH, [{"number": number, "chat": CHATS[number % 10], "sealed": SEALED} for number in numbers]),
        (ADD_CASE, [_case(number) for number in numbers]),
        *(
            (statement, [_record(number) for number in numbers])
            for statement in (ADD_STATUS, ADD_NOTE, ADD_TAG, ADD_PICK)
        ),
        (ADD_DECISION, [{"number": number, "chat": CHATS[1]} for number in decided]),
        (IN_CASE, [{"number": number} for number in decided]),
        (ADD_CORRECTION, [{"number": number, "sealed": SEALED, "chat": CHATS[1]} for number in decided[: ROWS // 2]]),
        (INDEXED, [{"number": ROWS - 20}]),
    ]
    async with open_engine(location) as engine, engine.transaction(durable=False) as connection:
        for statement, rows in batches:
            early = [row for row in rows if not (by_day and _comes_at_night(statement, row))]
            await connection.write([Write(engine.translate(statement), early)])
        if analysed:
            await connection.rows("ANALYZE", {})
        for statement, rows in batches if by_day else ():
            late = [row for row in rows if _comes_at_night(statement, row)]
            await connection.write([Write(engine.translate(statement), late)])


def _keys(number: int) -> list[dict[str, Any]]:
    """Five keys a report: one that two reports in five have, and rarer ones."""
    keys = {1 if number % 5 < 2 else 2, 3 + number % 30, 100 + number % 300, 1000 + number // 3, 5000 + number}
    return [{"key": f"{key:032d}", "report": number} for key in keys]


def _comes_at_night(statement: str, row: dict[str, Any]) -> bool:
    """Say whether it is what waits by night: a report and what belongs to it, a message, a file to be fetched."""
    waits = row.get("decided_at_ms", 0) is None or row.get("settled_at_ms", 0) is None
    return (
        waits
        or statement in (ADD_ANSWER, ADD_ADDITION, ADD_QUESTION, ADD_KEY, ADD_DECISION, IN_CASE, INDEXED)
        or row.get("state") == "waiting"
    )


def _case(number: int) -> dict[str, Any]:
    """Every two hundredth is open."""
    is_open = number % 200 == 0
    holder = CHATS[number % 10] if is_open else None
    return {"number": number, "chat": CHATS[1], "claimed_by": holder, "claimed_at_ms": number if is_open else None}


def _record(number: int) -> dict[str, Any]:
    """Something that the team wrote about a case."""
    return {"number": number, "chat": CHATS[1], "sealed": SEALED, "key": f"{number % 50:032d}"}


def _conversation(number: int) -> dict[str, Any]:
    """Every tenth is in the middle of an interview."""
    going_on = number % 10 == 0
    shown = f"message:{number + 1}"
    return {
        "chat": CHATS[number],
        "step": "name" if going_on else None,
        "draft": SEALED if going_on else None,
        "shown": shown if going_on else None,
    }


def _report(number: int) -> dict[str, Any]:
    """Every twentieth waits, some of them in somebody's hands; of the approved every fortieth is in no digest yet."""
    waits = number % 20 == 0
    chat = CHATS[number % PEOPLE]
    decision = None if waits else ("approved" if number % 3 else "rejected")
    publishing = "not_at_all" if number % 7 == 0 else "with_name"
    return {
        "number": number,
        "origin": f"{chat}:{number}",
        "receipt": f"{number:032d}",
        "chat": chat,
        "sealed": SEALED,
        "publishing": publishing,
        "publish_as": publishing if decision == "approved" else None,
        "urgent": number % 2,
        "claimed_by": CHATS[number % 10] if number % 200 == 0 else None,
        "queued_at_ms": number if waits else None,
        "claimed_at_ms": number if number % 200 == 0 else None,
        "decision": decision,
        "decided_by": None if waits else CHATS[1],
        "decided_at_ms": None if waits else number,
        "digest": 1 if decision == "approved" and number % 40 != 1 else None,
    }


def _addition(number: int) -> dict[str, Any]:
    """One to each report; every fiftieth nobody has seen yet."""
    seen_at_ms = None if number % 50 == 0 else number
    return {"number": number, "origin": f"addition:{number}", "sealed": SEALED, "seen_at_ms": seen_at_ms}


def _question(number: int) -> dict[str, Any]:
    """One about each report; every fiftieth is open."""
    is_open = number % 50 == 0
    return {
        "number": number,
        "chat": CHATS[number % 10],
        "sealed": SEALED,
        "closed_at_ms": None if is_open else number,
        "outcome": None if is_open else "answered",
    }


def _message(number: int) -> dict[str, Any]:
    """Every twentieth waits, and every fourth is about a card."""
    waits = number % 20 == 0
    return {
        "number": number,
        "chat": CHATS[number % PEOPLE],
        "priority": number % 4,
        "key": f"message:{number}",
        "about": f"card:{number}" if number % 4 == 0 else None,
        "words": SEALED if waits else None,
        "settled_at_ms": None if waits else number,
        "outcome": None if waits else "sent",
    }


def _evidence(number: int) -> dict[str, Any]:
    """Every hundredth waits to be fetched, some of these are being fetched; every twentieth belongs to a draft."""
    waits, is_draft, is_shredded = number % 100 == 0, number % 20 == 0, number % 50 == 1
    return {
        "number": number,
        "origin": f"message:{number}",
        "chat": CHATS[number % PEOPLE],
        "report": None if is_draft else number // 2 + 1,
        "state": "shredded" if is_shredded else "waiting" if waits else "kept",
        "sealed": None if is_shredded else SEALED,
        "file": None if waits or (is_shredded and number % 150) else f"{number:032x}",
        "leased_by": "a" * 16 if number % 1000 == 0 else None,
    }


def _entry(number: int) -> dict[str, Any]:
    """Most are about a report, some of them about a case as well."""
    return {
        "number": number,
        "chat": CHATS[number % 10],
        "report": number // 4 if number % 5 else None,
        "case": number // 8 if number % 3 == 0 else None,
        "sealed": SEALED[:32],
    }
