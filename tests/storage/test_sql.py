"""The named queries against the migrated tables: every one fits them, and the ones that matter use their index."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage.adapter import QUERIES, load_queries
from storage.engines import Engine, open_engine
from storage.location import Location
from tests.databases import SQLiteFiles, make_databases
from tests.storage.busy import CHATS, ROWS, fill
from tests.storage.support import run_apart

ALL = [
    f"{file.stem}.{name}"
    for file in sorted(QUERIES.glob("*.sql"))
    for name in re.findall(r"^-- name: (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
]

# What a query is to be found by: SQLite's name of the index, PostgreSQL's, and what both call alike.
ROW_ID = ("INTEGER PRIMARY KEY", "{table}_pkey")
CHAT = ("sqlite_autoindex_chats", "chats_pkey")
CONVERSATION = ("sqlite_autoindex_conversations", "conversations_pkey")
MESSAGE_KEY = ("sqlite_autoindex_outbox", "outbox_dedupe_key_key")
RECEIPT = ("sqlite_autoindex_reports", "reports_receipt_key_key")
ANSWER = ("sqlite_autoindex_report_answers", "report_answers_pkey")
EVIDENCE_ORIGIN = ("sqlite_autoindex_evidence", "evidence_origin_key")
EVIDENCE_FILE = ("sqlite_autoindex_evidence", "evidence_file_key")
SEARCH_KEY = ("PRIMARY KEY", "search_keys_pkey")
REPORT_ID = ("INTEGER PRIMARY KEY", "reports_pkey")
CASE_ID = ("INTEGER PRIMARY KEY", "cases_pkey")
PROCESS = ("sqlite_autoindex_processes", "")  # there are a handful: PostgreSQL reads them all, and may
ADDITION = ("sqlite_autoindex_additions", "additions_origin_key")
HOT: dict[str, set[str | tuple[str, str]]] = {
    "additions.added_to": {ADDITION},
    "additions.additions_of": {"additions_of_report", REPORT_ID},
    "additions.mark_seen": {"additions_of_report"},
    "additions.one_unseen": {"additions_of_report"},
    "audit.after": {ROW_ID},
    "audit.before": {ROW_ID},
    "audit.of_case": {"audit_of_case"},
    "audit.of_report": {"audit_of_report"},
    "blocks.set_held_back": {"reports_of_person"},
    "chats.get_chat": {CHAT},
    "chats.get_chats": {CHAT},
    "chats.hold_chats": {CHAT},
    "chats.set_free_at": {CHAT},
    "chats.set_last_about": {CHAT},
    "conversations.get_conversations": {CONVERSATION, MESSAGE_KEY},
    "conversations.open_drafts": {"conversations_in_progress", CHAT},
    "conversations.drafts_of": {CONVERSATION, CHAT},
    "conversations.note_told": {CONVERSATION},
    "outbox.find_message": {MESSAGE_KEY},
    "outbox.messages_about_any": {"outbox_by_message"},
    "outbox.drop_unsent": {"outbox_about"},
    "outbox.claim_due": {"outbox_next", "outbox_unsettled", ROW_ID},
    "outbox.settle": {MESSAGE_KEY},
    "outbox.postpone": {MESSAGE_KEY},
    "outbox.settle_chat": {"outbox_unsettled"},
    "outbox.settle_waiting": {"outbox_unsettled"},
    "outbox.count_under_way": {"outbox_unsettled"},
    "outbox.busy_chats": {"outbox_unsettled"},
    "outbox.messages_about": {"outbox_about"},
    "outbox.shown_about": {"outbox_about"},
    "outbox.what_about": {"outbox_by_message"},
    "outbox.count_waiting": {"outbox_unsettled"},
    "outbox.count_pressing": {"outbox_next"},
    "outbox.never_arrived": {MESSAGE_KEY},
    "outbox.count_unsettled": {"outbox_unsettled"},
    "outbox.release_leases": {"outbox_unsettled", PROCESS},
    "corrections.get_answer": {ANSWER},
    "corrections.hold_report": {REPORT_ID},
    "corrections.correct": {ANSWER},
    "corrections.corrections_of": {"corrections_of_report", REPORT_ID},
    "own_reports.get_own_report": {REPORT_ID},
    "own_reports.reports_of_person": {"reports_of_person"},
    "own_reports.drop_corrections": {"corrections_of_report"},
    "evidence.attach": {"evidence_of_draft"},
    "evidence.count_since": {"evidence_of_person"},
    "evidence.counts_of_draft": {"evidence_of_draft"},
    "evidence.counts_of_report": {"evidence_of_report"},
    "evidence.get_evidence": {ROW_ID},
    "evidence.hold_leased": {ROW_ID},
    "evidence.hold_message": {EVIDENCE_ORIGIN},
    "evidence.lease": {"evidence_waiting", ROW_ID},
    "evidence.named_files": {EVIDENCE_FILE},
    "evidence.of_reports": {"evidence_of_report"},
    "evidence.release_leases": {"evidence_leased", PROCESS},
    "evidence.settle": {ROW_ID},
    "evidence.shred_draft": {"evidence_of_draft"},
    "evidence.shred_report": {"evidence_of_report"},
    "evidence.to_remove": {"evidence_to_remove"},
    "figures.evidence": {"evidence_waiting"},
    "figures.outgoing": {"outbox_unsettled"},
    "members.in_hand": {"reports_in_hand"},
    "members.release_all_of": {"reports_in_hand"},
    "questions.close_question": {"questions_of_report"},
    "questions.question_to": {ROW_ID, REPORT_ID},
    "questions.questions_of": {"questions_of_report", REPORT_ID},
    "queue.hold_report": {REPORT_ID},
    "reports.find_receipt": {RECEIPT},
    "reports.get_reports": {ROW_ID},
    "reports.get_answers": {ANSWER},
    "queue.claim_next": {"moderation_queue", REPORT_ID},
    "queue.claim_given_back": {"moderation_queue", REPORT_ID},
    "queue.claim_one": {REPORT_ID},
    "queue.renew_claim": {"reports_in_hand", REPORT_ID},
    "queue.claims": {"reports_in_hand"},
    "queue.name_city": {REPORT_ID},
    "queue.renew": {REPORT_ID},
    "queue.release": {REPORT_ID},
    "queue.end_claim": {REPORT_ID},
    "queue.park": {REPORT_ID},
    "queue.unpark": {REPORT_ID},
    "queue.give_up_waiting": {REPORT_ID},
    "queue.parked_until": {"reports_asked"},
    "queue.put_in": {REPORT_ID},
    "queue.take_out": {REPORT_ID},
    "queue.counts": {"moderation_queue", "reports_in_hand", "reports_asked", "reports_held_back"},
    "queue.by_city": {"queue_by_city"},
    "queue.oldest": {"moderation_queue"},
    "queue.set_aside": {"reports_asked", "reports_held_back"},
    "notices.anything_to_do": {"reports_unnoticed", "notices_outdated"},
    "notices.hold_notice": {ROW_ID, "reports_of_notice"},
    "notices.outdate_notice": {ROW_ID},
    "notices.outdated_notices": {"notices_outdated"},
    "notices.written": {ROW_ID},
    "notices.due": {"reports_unnoticed"},
    "notices.put_on": {REPORT_ID},
    "notices.leave_out": {REPORT_ID},
    "notices.forget_due": {"reports_unnoticed", REPORT_ID},
    "notices.reports_of_notice": {"reports_of_notice"},
    "decisions.decide": {REPORT_ID},
    "decisions.set_case": {REPORT_ID},
    "decisions.standing_decision": {"one_decision_a_report"},
    "decisions.undo": {REPORT_ID, ROW_ID},
    "decisions.forget_digest": {REPORT_ID},
    "decisions.add_words": {REPORT_ID},
    "decisions.mark_undone": {ROW_ID},
    "decisions.to_tell": {"reports_to_tell"},
    "decisions.told": {REPORT_ID},
    "cases.cases_in": {CASE_ID, "cases_merged"},
    "cases.root_of_case": {CASE_ID},
    "cases.roots_of_cases": {CASE_ID},
    "cases.merge": {CASE_ID},
    "cases.unmerge": {CASE_ID},
    "cases.reports_of_cases": {"reports_of_case"},
    "cases.get_cases": {ROW_ID},
    "cases.hold_cases": {ROW_ID},
    "cases.claim_case": {ROW_ID},
    "cases.renew_case": {ROW_ID},
    "cases.change_case": {ROW_ID},
    "cases.add_to_case": {ROW_ID},
    "cases.close_case": {ROW_ID},
    "cases.open_cases": {"cases_in_hand"},
    "cases.end_case_claim": {ROW_ID},
    "cases.close_cases_of": {"cases_in_hand"},
    "case_records.keys_of_cases": {CASE_ID},
    "case_records.give_key": {CASE_ID},
    "case_records.set_status": {CASE_ID},
    "case_records.statuses": {"statuses_of_case"},
    "case_records.remove_status": {("INTEGER PRIMARY KEY", "case_statuses_pkey")},
    "case_records.notes": {"notes_of_case"},
    "case_records.tags": {("sqlite_autoindex_case_tags", "case_tags_pkey")},
    "case_records.drop_tag": {("sqlite_autoindex_case_tags", "case_tags_pkey")},
    "case_records.picks": {"picks_of_case"},
    "reports.get_receipt": {ROW_ID},
    "reports.in_digest": {"reports_of_digest"},
    "reports.outdate_notices": {REPORT_ID, ("INTEGER PRIMARY KEY", "notices_pkey")},
    "reports.to_digest": {"reports_to_digest"},
    "reports.mark_digested": {ROW_ID},
    "reports.earliest_undigested": {"reports_to_digest"},
    "reports.report_ids": {ROW_ID},
    "reports.submitted_before": {"reports_of_person"},
    "stats.count_submitted": {"reports_submitted"},
    "stats.count_settled": {"reports_decided"},
    "stats.count_undecided": {"moderation_queue", "reports_asked", "reports_held_back"},
    "stats.times": {"reports_decided"},
    "stats.loads": {"reports_decided"},
    "search.to_index": {"reports_to_index"},
    "search.mark_indexed": {REPORT_ID},
    "search.index_anew": {REPORT_ID},
    "search.drop_keys": {"search_keys_of_report"},
    "search.count_some": {SEARCH_KEY},
    "search.walk_key": {SEARCH_KEY},
    "search.walk_reports": {REPORT_ID},
    "search.having": {"search_keys_of_report"},
    "search.standing_so": {"reports_by_decision"},
    "search.undecided": {"reports_by_decision"},
    "search.names_of": {REPORT_ID, ANSWER},
    "search.cases_of": {REPORT_ID},
    "search.get_search": {("INTEGER PRIMARY KEY", "searches_pkey")},
    "search.change_search": {("INTEGER PRIMARY KEY", "searches_pkey")},
    "search.forget_searches": {"searches_by_age"},
}
ALSO_GOOD: dict[str, set[str | tuple[str, str]]] = {
    "cases.unmerge": {"cases_merged"},  # few cases are joined
    "outbox.drop_unsent": {"outbox_unsettled"},  # of one chat
    "outbox.messages_about_any": {"outbox_about"},
    "cases.renew_case": {"cases_in_hand"},  # few cases are open
    "cases.change_case": {"cases_in_hand"},
    "cases.add_to_case": {"cases_in_hand"},
    "cases.close_case": {"cases_in_hand"},
    "cases.end_case_claim": {"cases_in_hand"},
    "decisions.standing_decision": {"decisions_of_report"},  # seldom more than one a report
    "decisions.undo": {"decisions_of_report", "reports_pkey"},
    "decisions.told": {"reports_pkey", "reports_to_tell"},  # few are due
    "decisions.add_words": {"decisions_of_report", "reports_pkey"},
    "own_reports.get_own_report": {"reports_of_person"},  # a person has few reports
    "corrections.hold_report": {"reports_in_hand"},  # few reports are in somebody's hands
    "evidence.hold_leased": {"evidence_leased"},  # few are being fetched
    "outbox.count_waiting": {"outbox_next"},  # only notices are counted, and those are for one group
    "questions.question_to": {"questions_pkey", "reports_of_person"},  # a person has few reports
    "decisions.decide": {"reports_in_hand"},  # few reports are in somebody's hands
    "notices.put_on": {"reports_pkey", "reports_unnoticed"},  # few are due
    "notices.leave_out": {"reports_pkey", "reports_unnoticed"},
    "queue.by_city": {"moderation_queue"},  # PostgreSQL adds up by hashes, in whichever order
    "queue.release": {"reports_in_hand"},
    "queue.renew": {"reports_in_hand"},
    "queue.renew_claim": {"reports_in_hand"},
    "queue.end_claim": {"reports_in_hand"},
    "queue.park": {"reports_in_hand"},
    "queue.take_out": {"reports_in_hand"},
    "queue.unpark": {"reports_asked"},
    "queue.give_up_waiting": {"reports_asked"},
    "search.cases_of": {"reports_of_case"},
    "search.standing_so": {REPORT_ID},  # where the planner counted: 10,000 reports are on few pages
    "search.undecided": {REPORT_ID},
}
WHOLE_TABLE = {
    "audit.people",  # for whoever asks on the server
    "cases.open_case",  # for children of a new row: passed over where no constraint is pending, as ever
    "blocks.list_blocks",  # few people are blocked
    "figures.inbox",
    "figures.deferred_updates",  # dead letters and deferred updates are few
    "members.list_members",  # a team is a few people, and its links are as few
    "members.take_back_invites",
    "members.take_back_invites_of",
    "outbox.forget_settled",  # stops after as many rows as it was told to
    "outbox.sent_to",  # for /wipe, which few ask for; an index would cost each message (0025)
    "processes.beats",
    "processes.free_duties",
    "reports.count_reports",  # counts every report, for a person who asks
    "updates.count_dead",
    "updates.due_deferred",
}
_NOT_A_TABLE = r"due$|counted$|newest$|pressing$|ranked$|\(subquery-\d+\)$|json_each |CONSTANT ROW$|up$|down$"
SCAN = re.compile(rf"SCAN (?!{_NOT_A_TABLE})(?!.*INDEX)")
IN_ORDER = [
    "audit.after",
    "audit.before",
    "audit.of_case",
    "audit.of_report",
    "conversations.open_drafts",
    "evidence.lease",
    "outbox.claim_due",
    "outbox.count_pressing",
    "notices.due",
    "queue.claim_next",
    "queue.oldest",
    "queue.parked_until",
    "decisions.to_tell",
    "reports.earliest_undigested",
    "reports.report_ids",
    "search.to_index",
    "search.walk_key",
    "search.walk_reports",
]
"""Read in the order of their index, and no further than they must be: sorting would read all that waits."""
EXAMPLES: dict[str, Any] = {
    "status": "moved",
    "status_id": 100,
    "tag_key": f"{7:032d}",
    "wrapped_key": b"k",
    "seen_at_ms": 1,
    "up_to": 100,
    "question_id": 100,
    "closed_at_ms": 1,
    "held_back": 1,
    "process": "a" * 16,
    "at_ms": 1,
    "attempts": 1,
    "evidence_id": 100,
    "file": None,
    "files": [f"{number:032x}" for number in range(20)],
    "origin": "message:100",
    "sealed": b"s",
    "since_ms": 1,
    "state": "kept",
    "until_ms": ROWS,
    "begin_ms": 9000,
    "end_ms": 9100,
    "about": "card:4",
    "before_ms": 1,
    "key": f"{7:032d}",
    "keys": [f"{7:032d}", f"{8:032d}"],
    "besides": "message:100",
    "after_id": 100,
    "before_id": ROWS,
    "actor": CHATS[3],
    "also_urgent": 0,
    "urgent": 0,
    "into_id": 120,
    "merged_by": CHATS[3],
    "merged_at_ms": 1,
    "search_id": 100,
    "beginning": "card:4%",
    "notice_id": 1,
    "any_city": 1,
    "as_lead": 0,
    "case_id": 100,
    "tell_at_ms": ROWS,
    "case_ids": [100, 120],
    "city_keys": [f"{7:032d}"],
    "day_ago_ms": 1,
    "decision_id": 100,
    "hour_ago_ms": 1,
    "queued_at_ms": 1,
    "after_key": CHATS[10],
    "alive": ["one", "other"],
    "chat_key": CHATS[7],
    "city_key": None,
    "chat_keys": CHATS[20:60],
    "coordinator": CHATS[3],
    "changed_at_ms": 1,
    "decided_at_ms": ROWS,
    "decision": "approved",
    "dedupe_key": "message:100",
    "dedupe_keys": ["message:100", "message:140"],
    "digest_id": 1,
    "expires_at_ms": ROWS,
    "free_at_us": 1,
    "is_city": 0,
    "is_urgent": 0,
    "last_about": None,
    "leased_by": "one",
    "leased_until_ms": ROWS + 1,
    "message_id": 28,
    "most": 10,
    "not_before_ms": 1,
    "now_ms": ROWS,
    "others": 49,
    "outcome": "sent",
    "priority": 2,
    "publish_as": "with_name",
    "reason": None,
    "question": "name",
    "receipt_key": f"{77:032d}",
    "refunded": 0,
    "reminded_at_ms": ROWS,
    "released_until_ms": 1,
    "report_id": 100,
    "report_ids": [100, 120, 140],
    "revision": 1,
    "sealed_correction": None,
    "sealed_reason": None,
    "settled_at_ms": ROWS,
    "written_before_ms": ROWS,
    "update_ids": list(range(500, 600)),
}


@pytest.fixture(scope="module", params=["sqlite", "sqlite, analysed", "postgres", "postgres, by day"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Location]:
    """Give tables with much in them. Nobody has SQLite count what is in them, PostgreSQL does so by itself.

    "by day": it last did when nothing waited, and what came since is too little for doing it again.
    """
    engine, _, counted = request.param.partition(", ")
    for databases in make_databases(request, tmp_path_factory.mktemp("sql")):
        location = databases.migrated()
        run_apart(fill(location, analysed=engine == "postgres" or bool(counted), by_day=counted == "by day"))
        yield location


@pytest.fixture
async def engine(busy: Location) -> AsyncIterator[Engine]:
    async with open_engine(busy) as opened:
        yield opened


def read(engine: Engine) -> dict[str, str]:
    """Return the SQL of every query, as the engine gets it."""
    queries = load_queries(engine)
    return {query: getattr(getattr(queries, query.partition(".")[0]), query.partition(".")[2]).sql for query in ALL}


def on_postgres(engine: Engine) -> bool:
    return "$1" in engine.translate(":one")


async def prepare(engine: Engine, sql: str) -> None:
    """Have the engine read a statement and find its tables and columns, and no more."""
    async with engine.transaction(durable=False) as connection:
        if on_postgres(engine):
            await connection.raw.prepare(sql)  # type: ignore[attr-defined]
        else:
            await connection.rows(f"EXPLAIN {sql}", Anything())


class Anything(dict[str, Any]):
    """Parameters of every name."""

    def __missing__(self, _name: str) -> int:
        return 1


# Plans


async def plans(engine: Engine, query: str, sql: str) -> list[list[str]]:
    """Return the steps of a query's plan; PostgreSQL may take one for these values, and one for any."""
    async with engine.transaction(durable=False) as connection:
        if not on_postgres(engine):
            return [[row[3] for row in await connection.rows(f"EXPLAIN QUERY PLAN {sql}", Anything())]]
        raw = connection.raw  # type: ignore[attr-defined]
        return [await _plan_for_these(raw, query, sql), await _plan_for_any(raw, sql)]


async def _plan_for_these(raw: asyncpg.Connection, query: str, sql: str) -> list[str]:
    names = dict.fromkeys(re.findall(r"(?<![:\w]):(\w+)", _source(query)))
    return _steps(await raw.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *(EXAMPLES[name] for name in names)))


async def _plan_for_any(raw: asyncpg.Connection, sql: str) -> list[str]:
    types = [parameter.name for parameter in (await raw.prepare(sql)).get_parameters()]
    head, values = (f"({', '.join(types)})", f"({', '.join('NULL' for _ in types)})") if types else ("", "")
    await raw.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    await raw.execute(f"PREPARE query {head} AS {sql}")
    try:
        return _steps(await raw.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE query {values}"))
    finally:
        await raw.execute("DEALLOCATE query")


def _source(query: str) -> str:
    """Return a query as it stands in its file."""
    file, _, name = query.partition(".")
    text = (QUERIES / f"{file}.sql").read_text(encoding="utf-8")
    return re.split(r"^-- name: .*$", text.partition(f"-- name: {name}(")[2], maxsplit=1, flags=re.MULTILINE)[0][1:]


def _steps(plan: str) -> list[str]:
    def walk(node: dict[str, Any]) -> Iterator[str]:
        words = (node["Node Type"], node.get("Relation Name", ""), f"USING INDEX {node.get('Index Name', '')}")
        yield " ".join(words)
        for below in node.get("Plans", ()):
            yield from walk(below)

    return list(walk(json.loads(plan)[0]["Plan"]))


def indexes(steps: list[str]) -> set[str]:
    """Return the indexes that a plan uses. SQLite numbers those of a table that was made anew as it likes."""
    found = [re.search(r"USING (?:COVERING )?(?:INDEX (\S+)|((?:INTEGER )?PRIMARY KEY))", step) for step in steps]
    return {re.sub(r"^(sqlite_autoindex_\w+)_\d+$", r"\1", one[1] or one[2]) for one in found if one}


# What is asked of them


async def test_every_named_query_fits_the_migrated_tables(engine: Engine) -> None:
    assert len(ALL) > 60
    for query, sql in read(engine).items():
        try:
            await prepare(engine, sql)
        except (sqlite3.Error, asyncpg.PostgresError) as error:
            pytest.fail(f"{query}: {error}")


async def test_a_query_that_does_not_fit_would_be_noticed(engine: Engine) -> None:
    wrong = read(engine)["reports.get_reports"].replace("urgent", "pressing")
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedColumnError), match="pressing"):
        await prepare(engine, wrong)


@pytest.mark.parametrize("query", HOT)
async def test_a_query_that_matters_uses_its_indexes_and_reads_no_whole_table(engine: Engine, query: str) -> None:
    good = [_as_called(named[query], engine, query) for named in (HOT, ALSO_GOOD) if query in named]
    for steps in await plans(engine, query, read(engine)[query]):
        assert indexes(steps) in good, steps
        assert not [step for step in steps if step.startswith("Seq Scan") and " processes " not in step], steps
        assert not [step for step in steps if SCAN.match(step)], steps


def _as_called(named: set[str | tuple[str, str]], engine: Engine, query: str) -> set[str]:
    """Return indexes by the names that this engine has for them."""
    side = 1 if on_postgres(engine) else 0
    table = query.partition(".")[0]
    table = {"updates": "seen_updates"}.get(table, table)
    return {(one if isinstance(one, str) else one[side]).format(table=table) for one in named} - {""}


@pytest.mark.parametrize("query", IN_ORDER)
async def test_what_is_wanted_first_is_found_without_sorting(engine: Engine, query: str) -> None:
    for steps in await plans(engine, query, read(engine)[query]):
        assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith(("Sort", "Bitmap"))], steps


async def test_only_known_queries_read_a_whole_table(tmp_path: Path) -> None:
    """On SQLite, where that does not depend on how much is in it."""
    async with open_engine(SQLiteFiles(tmp_path).migrated()) as sqlite:
        scans = {query: (await plans(sqlite, query, sql))[0] for query, sql in read(sqlite).items()}
    assert {query for query, steps in scans.items() if any(SCAN.match(step) for step in steps)} == WHOLE_TABLE
