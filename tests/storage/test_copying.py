"""Copying a whole database: what arrives, what is refused, and what is left when it is broken off."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from bot.domain.access import Role
from bot.domain.answer import Answer
from bot.domain.audit import AuditAct
from bot.domain.consent import Publishing
from bot.domain.interview import Interview
from bot.domain.rate import Rate
from bot.domain.report import Decision, RejectionReason
from storage.chats import Chat
from storage.copying import CopyDiffers, SameDatabase, StillRunning, TargetNotEmpty, copy_database
from storage.database import Database
from storage.engines import open_engine
from storage.location import Location, PostgresDatabase, SQLiteFile, parse_location
from storage.lock import AlreadyRunning, running_alone
from storage.outgoing import Outcome, Priority
from storage.schema import DatabaseUnusable, SchemaOutdated, check_schema, migrate
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import send_all
from tests.databases import Databases, PostgresDatabases, SQLiteFiles
from tests.postgres import PostgresServer
from tests.storage.support import FIRST_KEY, LONG, Clock, add_report, column, insert, receipt, said, say, settled, sql

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
MOTHER, FATHER, AUNT, DANA, TEAM = 77001234567, 5, 6, 101, -1001
PEOPLE = (MOTHER, FATHER, AUNT, DANA, TEAM)
REPORTS = 5
ANSWERS = {
    "name": said("Әйгерім Қанатқызы Ұлжан", message_id=7),
    "city": said("в Алма-Ате", value="almaty"),
    "date": Answer.unknown(),
    "charge": Answer.skipped(),
    "conditions": Answer.pressed(choices=("lawyer",)),
}
DRAFT = Interview(screen=3, step="city", answers={"name": said("Ерлан Жұмабаев")})
DEFERRED = {"update_id": 11, "message": {"text": "Сәлеметсіз бе, помогите"}}
WAITING = ["Сұрақ 2", "Уақыт", "Решено"]
"""What waits to be sent: two messages for the mother, in this order, and one for the father."""
TABLES = ["secrets", "seen_updates", "deferred_updates", "chats", "conversations", "outbox", "digests", "reports"]
TABLES += ["report_answers", "report_events", "inbox", "evidence", "additions", "search_keys", "searches"]
TABLES += ["members", "invites", "freezes", "audit", "audit_head"]
TABLES += ["notices", "cases", "case_statuses", "case_notes", "case_tags", "case_picks"]
TABLES += ["decisions", "questions", "corrections", "blocks"]
TABLES += ["processes", "duties", "allowances"]
NOT_COPIED = {"processes", "duties", "allowances"}


# A life


async def fill(location: Location) -> None:
    """Let a bot work on the database and die: leases and its place among the processes stay behind."""
    clock = Clock()
    async with Database.open(location, FIRST_KEY, clock=clock) as database:
        async with database.transaction() as work:
            mother, father, aunt, dana, team = [await work.chats.meet(who, language="kk") for who in PEOPLE]
            await work.chats.speak(father, "ru")
            await work.chats.rename(dana, "Дана")
            await work.chats.set_gone(aunt, gone=True)
            for number in range(1, REPORTS):
                publishing = Publishing.WITHOUT_NAME if number == 2 else Publishing.WITH_NAME
                await add_report(work, mother, number, answers=ANSWERS, publishing=publishing, urgent=number == 4)
            await add_report(work, father, REPORTS, answers={})
            await work.inbox.keep([DEFERRED])
            await work.conversations.save(mother, DRAFT)
            await work.conversations.end(father, screen=9)
            await say_much(work, mother, father, aunt, team)
            await work.updates.see(range(5000), at=work.now)
            at: dict[str, Any] = {"chat_key": mother.key, "error": "KeyError", "attempts": 1, "at": work.now}
            await work.updates.defer(DEFERRED, wait=timedelta(0), **at)
            await work.updates.defer({"update_id": 12}, wait=timedelta(0), **at)
            await work.updates.bury(12, error="ValueError", at=work.now)
        async with database.transaction() as work:
            for decision in (Decision.APPROVED, Decision.REJECTED, None):
                claim = await work.queue.claim_next(dana, until=work.now + LONG)
                assert claim is not None
                work.audit.note(dana, AuditAct(decision or AuditAct.CLAIMED), report_id=claim.report_id)
                if decision is Decision.REJECTED:
                    reason, words = RejectionReason.OTHER, "Қайталанған өтініш"
                    await work.decisions.decide(claim, dana, decision, reason=reason, reason_words=words)
                elif decision is Decision.APPROVED:
                    await work.decisions.decide(claim, dana, decision)
            digest = await work.digests.add(work.now - timedelta(days=1), work.now, reports=1)
            assert digest is not None
            await work.reports.mark_digested(digest, await work.reports.to_digest(until=work.now))
            assert await work.outbox.claim_due(until=work.now + LONG, most=1)
            await work.processes.beat()
            await work.processes.take_duty("polling")
            await work.allowances.take(Rate(burst=5), 2)
            await make_team(work, dana)
    for table, before in (("report_answers", "report_id"), ("report_events", "report_id"), ("reports", "id")):
        sql(location, f"DELETE FROM {table} WHERE {before} = {REPORTS}")  # noqa: S608  our own
    sql(location, "DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)")
    common = {"sealed": b"sealed", "received_at_ms": 1}
    evidence = {
        "kind": "photo",
        "chat_key": mother.key,
        "state": "waiting",
        "wrapped_key": b"wrapped",
        "not_before_ms": 1,
    }
    insert(location, "evidence", origin="mother:1", **common, **evidence)
    insert(location, "additions", origin="mother:2", report_id=1, **common)
    insert(location, "search_keys", key="0" * 32, report_id=1)
    insert(location, "searches", chat_key=mother.key, sealed=b"sealed", created_at_ms=1)
    insert_moderation(location, chat_key=mother.key)


def insert_moderation(location: Location, *, chat_key: str) -> None:
    """Let the team have added something to a case, asked a reporter, and corrected a report."""
    added: dict[str, Any] = {"case_id": 1, "added_by": "d" * 32, "added_at_ms": 1, "sealed": b"sealed"}
    insert(location, "case_statuses", **added, status="moved")
    insert(location, "case_tags", **added, tag_key="0" * 32)
    insert(location, "case_notes", case_id=1, sealed=b"sealed", written_by="d" * 32, written_at_ms=1)
    insert(location, "case_picks", case_id=1, question="name", report_id=1, picked_by="d" * 32, picked_at_ms=1)
    insert(location, "blocks", chat_key=chat_key, blocked_by="d" * 32, blocked_at_ms=1)
    insert(location, "cases", id=2, revision=1, status="moved", opened_by="d" * 32, opened_at_ms=1)
    joined = "UPDATE cases SET merged_into = 2, merged_by = :by, merged_at_ms = 1 WHERE id = 1"
    sql(location, joined, by="d" * 32)  # the earlier row points to the later one
    insert(location, "notices", made_at_ms=1, edited_at_ms=1)
    insert(location, "questions", report_id=1, sealed=b"sealed", asked_by="d" * 32, asked_at_ms=1)
    insert(location, "corrections", report_id=1, question="name", sealed=b"s", corrected_by="d" * 32, corrected_at_ms=1)


async def say_much(work: UnitOfWork, mother: Chat, father: Chat, aunt: Chat, team: Chat) -> None:
    """Say what arrived, what was lost, and what waits."""
    sent = await say(work, team, "Келді", about="card:1", priority=Priority.COORDINATORS)
    lost = await say(work, aunt, "Никому")
    await work.conversations.note_shown(mother, await say(work, mother, WAITING[0]))
    await say(work, mother, WAITING[1])
    await say(work, father, WAITING[2])
    last = await say(work, team, "Артық")
    await work.outbox.settle([settled(work, key, message_id=31) for key in (sent, last)])
    await work.outbox.settle([settled(work, lost, Outcome.GONE)])


async def make_team(work: UnitOfWork, lead: Chat) -> None:
    """Let somebody lead, care for a city, let another join, and stop all showing."""
    await work.members.seat([lead])
    await work.members.prefer(lead, ["almaty"])
    await work.members.invite("x" * 22, Role.VIEWER, by=lead, until=work.now + LONG)
    await work.members.freeze(lead)


async def life_of(location: Location) -> dict[str, Any]:
    """Read all that the bot knows, opened with the key."""
    async with Database.open(location, FIRST_KEY, clock=Clock()) as database, database.snapshot() as work:
        chats = [await work.chats.get(work.chats.key_of(who)) for who in PEOPLE]
        reports = [report async for report in work.reports.every()]
        due = await work.updates.due_chats(at=work.now, most=9)
        return {
            "chats": chats,
            "conversations": [await work.conversations.get(chat) for chat in chats if chat],
            "reports": reports,
            "standings": [await work.reports.by_receipt(receipt(number)) for number in range(1, REPORTS + 1)],
            "receipts": [await work.reports.receipt(report.report_id) for report in reports],
            "queue": await work.queue.counts(),
            "team": (await work.members.every(), await work.members.looks_frozen()),
            "cards": [await work.outbox.messages_about(chat, "card:1") for chat in chats if chat],
            "unsettled": await work.outbox.count_unsettled(),
            "updates": await work.updates.due(at=work.now, most=9, chats=due),
            "dead": await work.updates.count_dead(),
            "period": await work.digests.last_period_end(),
            "to_digest": await work.reports.to_digest(until=work.now),
            "audit": [entry async for entry in work.audit.newest()],
            "links": [link async for link in work.audit.links()],
            "head": await work.audit.head(),
        }


async def contents(location: Location) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    async with open_engine(location) as engine, engine.snapshot() as connection:
        tables = {table: await connection.rows(f"SELECT * FROM {table}", {}) for table in TABLES}  # noqa: S608  our own
    return {table: sorted(map(dict, rows), key=str) for table, rows in tables.items()}


def rows_of(location: Location) -> dict[str, int]:
    return {table: column(location, f"SELECT count(*) FROM {table}")[0] for table in TABLES}  # noqa: S608  our own


NOTHING = dict.fromkeys(TABLES, 0)


def make(request: pytest.FixtureRequest, folder: Path) -> Databases:
    if request.param == "postgres":  # asked for here, so that a run of SQLite's tests alone starts no server
        databases: PostgresDatabases = request.getfixturevalue("servers")
        return databases
    folder.mkdir()
    return SQLiteFiles(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def sources(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    return make(request, tmp_path / "sources")


@pytest.fixture(params=["sqlite", "postgres"])
def targets(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    return make(request, tmp_path / "targets")


@pytest.fixture
def servers(postgres: PostgresServer, template: str) -> Iterator[PostgresDatabases]:
    databases = PostgresDatabases(postgres, template=template)
    yield databases
    databases.clear()


@pytest.fixture
async def file(tmp_path: Path) -> SQLiteFile:
    """Give a SQLite database with a life in it: what there is to be moved."""
    (tmp_path / "files").mkdir()
    location = SQLiteFiles(tmp_path / "files").migrated()
    await fill(location)
    return location


# From either engine to either


async def test_all_that_was_known_is_known_after_copying(sources: Databases, targets: Databases) -> None:
    source, target = sources.migrated(), targets.empty()
    await fill(source)
    rows, life = await contents(source), await life_of(source)
    assert all(rows.values())

    copied = await copy_database(source, target)

    assert await contents(source) == rows
    leases = {"leased_by": None, "leased_until_ms": 0}
    kept = {table: some for table, some in rows.items() if table not in NOT_COPIED}
    kept["outbox"] = [row | leases for row in rows["outbox"]]
    assert await contents(target) == kept | {table: [] for table in NOT_COPIED}
    assert {one.table: one.rows for one in copied} == {table: len(some) for table, some in kept.items()}
    await check_schema(target)
    assert await life_of(target) == life

    with pytest.raises(TargetNotEmpty):
        await copy_database(source, target)
    assert await life_of(target) == life


async def test_what_was_leased_is_sent_at_once_and_no_id_is_used_again(sources: Databases, targets: Databases) -> None:
    source, target = sources.migrated(), targets.migrated()
    await fill(source)
    assert column(source, "SELECT count(leased_by) FROM outbox") == [1]
    await copy_database(source, target)
    assert sql(target, "SELECT DISTINCT leased_by, leased_until_ms FROM outbox") == [(None, 0)]
    before = {table: column(target, f"SELECT max(id) FROM {table}")[0] for table in ("outbox", "digests")}  # noqa: S608

    async with Database.open(target, FIRST_KEY, clock=Clock()) as database:
        async with database.transaction() as work:
            mother = await work.chats.meet(MOTHER, language="en")
            work.audit.note(mother, AuditAct.CLAIMED)
            # Of the reports and of the messages the last ones are gone, of the digests none.
            assert await add_report(work, mother, 77) == REPORTS + 1
            assert await work.digests.add(work.now, work.now + LONG, reports=0) == before["digests"] + 1
            key = await say(work, mother, "Жаңа")
        sent = await send_all(database)
        async with database.snapshot() as work:
            assert [link.follows async for link in work.audit.links()] == [True] * 4
    assert column(target, "SELECT id FROM outbox WHERE dedupe_key = :key", key=key) == [before["outbox"] + 2]
    to_mother = [words for due, words in sent if due.chat_key == mother.key]
    assert to_mother == [*WAITING[:2], "Жаңа"]
    assert sorted(words for _, words in sent) == sorted([*WAITING, "Жаңа"])


async def test_two_copies_of_one_database_have_the_same_digests(file: SQLiteFile, targets: Databases) -> None:
    first, second = targets.empty(), targets.empty()
    assert await copy_database(file, first) == await copy_database(file, second)
    third = targets.empty()
    again = await copy_database(first, third)
    assert again == await copy_database(second, targets.empty())


async def test_both_engines_take_text_keys_in_one_order(file: SQLiteFile, servers: PostgresDatabases) -> None:
    names = ("a", "B", "b", "_", "ә", "Ж", "я", "")
    for name in names:
        insert(file, "secrets", name=name, wrapped=b"w")
    target = servers.migrated()
    await copy_database(file, target)
    assert column(target, "SELECT count(*) FROM secrets") == [2 + len(names)]


async def test_an_empty_database_can_be_copied(targets: Databases, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    target = targets.empty()
    copied = await copy_database(SQLiteFiles(tmp_path / "files").migrated(), target)
    assert {one.rows for one in copied} == {0}
    await fill(target)
    assert column(target, "SELECT min(id) FROM outbox") == [1]


# What is refused


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("secrets", {"name": "index key", "wrapped": b"w"}),
        ("allowances", {"allowance": "messages", "free_at_us": 1}),
        ("processes", {"process": "dead", "beat": 7}),
    ],
)
async def test_a_target_with_a_single_row_is_refused(
    file: SQLiteFile, targets: Databases, table: str, values: dict[str, Any]
) -> None:
    target = targets.migrated()
    insert(target, table, **values)
    with pytest.raises(TargetNotEmpty, match=str(target)):
        await copy_database(file, target)
    assert rows_of(target) == NOTHING | {table: 1}


async def test_a_target_of_an_older_version_is_brought_up_where_it_is_empty_and_refused_where_it_is_not(
    file: SQLiteFile, targets: Databases
) -> None:
    empty, used = targets.empty(), targets.empty()
    for target in (empty, used):
        await migrate(target, to="0001")
    insert(used, "secrets", name="index key", wrapped=b"w")
    with pytest.raises(TargetNotEmpty):
        await copy_database(file, used)
    assert column(used, "SELECT version_num FROM alembic_version") == ["0001"]
    await copy_database(file, empty)
    await check_schema(empty)


async def test_databases_of_other_versions_are_named(file: SQLiteFile, targets: Databases) -> None:
    target = targets.migrated()
    sql(target, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaOutdated, match=str(target)):
        await copy_database(file, target)
    fresh = targets.empty()
    sql(file, "UPDATE alembic_version SET version_num = '0001'")
    for source in (file, SQLiteFile(file.path.with_name("nowhere.db"))):
        with pytest.raises(SchemaOutdated, match=str(source)):
            await copy_database(source, fresh)
    with pytest.raises(SchemaOutdated):
        await check_schema(fresh)


async def test_a_database_is_not_copied_onto_itself(file: SQLiteFile, servers: PostgresDatabases) -> None:
    other = file.path.with_name("other.db")
    other.symlink_to(file.path)
    there = servers.migrated()
    again = parse_location(there.url.replace("postgresql://", "postgres://") + "?sslmode=disable")
    for source, target in ((file, file), (file, SQLiteFile(other)), (there, there), (there, again)):
        with pytest.raises(SameDatabase, match=str(target)):
            await copy_database(source, target)


async def test_no_copy_is_made_while_the_bot_runs_on_a_file(file: SQLiteFile, servers: PostgresDatabases) -> None:
    target, new = servers.empty(), SQLiteFiles(file.path.parent).migrated()
    with running_alone(file), pytest.raises(AlreadyRunning, match=str(file)):
        await copy_database(file, target)
    with running_alone(new), pytest.raises(AlreadyRunning, match=str(new)):
        await copy_database(file, new)
    await copy_database(file, target)


@asynccontextmanager
async def alive(location: Location) -> AsyncIterator[None]:
    """Let a process show that it lives, as the watch of a running bot does."""

    async def beat(work: UnitOfWork) -> bool:
        return await work.processes.beat()

    async def go_on(database: Database) -> None:
        while True:
            await database.perform(beat)
            await asyncio.sleep(0.2)

    async with Database.open(location, FIRST_KEY, clock=Clock()) as database:
        await database.perform(beat)
        beating = asyncio.create_task(go_on(database))
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


async def test_no_copy_is_made_while_the_bot_runs_on_a_server(file: SQLiteFile, servers: PostgresDatabases) -> None:
    there, new = servers.migrated(), SQLiteFiles(file.path.parent).empty()
    async with alive(there):
        with pytest.raises(StillRunning, match=str(there)):
            await copy_database(there, new)
        with pytest.raises(StillRunning, match=str(there)):
            await copy_database(file, there)
    await copy_database(there, new)


async def test_a_bot_that_starts_at_the_last_moment_is_noticed(servers: PostgresDatabases) -> None:
    source, target = servers.migrated(), servers.empty()
    starting = await asyncpg.connect(source.url)
    try:
        await starting.execute("BEGIN; INSERT INTO processes VALUES ('new', 0)")
        copying = asyncio.create_task(copy_database(source, target))
        await until(source, WAITING_LOCKS, 1)
        await starting.execute("COMMIT")
        with pytest.raises(StillRunning):
            await copying
    finally:
        await starting.close()


async def test_a_table_that_is_not_the_bots_is_not_left_out_in_silence(file: SQLiteFile, targets: Databases) -> None:
    target = targets.empty()
    sql(file, "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    with pytest.raises(DatabaseUnusable, match="notes"):
        await copy_database(file, target)
    assert rows_of(target) == NOTHING


# What is broken off, and what goes wrong

HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
WAITING_LOCKS = f"SELECT count(pid) FROM pg_locks WHERE NOT granted AND {HERE}"  # noqa: S608  our own
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
COPY = """
import asyncio, sys
from storage.copying import copy_database
from storage.location import parse_location
asyncio.run(copy_database(*map(parse_location, sys.argv[1:])))
"""
CHANGES = {
    "a value": ("chats", "NEW.language := 'xx'"),
    "a number": ("reports", "NEW.submitted_at_ms := NEW.submitted_at_ms + 1"),
    "an empty text for nothing": ("chats", "NEW.last_about := coalesce(NEW.last_about, '')"),
    "no bytes for nothing": ("outbox", "NEW.sealed := coalesce(NEW.sealed, '')"),
    "a lease": ("outbox", "NEW.leased_by := 'somebody'"),
    "a row that is gone": ("report_events", "IF NEW.report_id = 3 THEN RETURN NULL; END IF"),
}


async def until(location: Location, question: str, answer: int) -> None:
    """Ask from outside until this is the answer."""
    async with asyncio.timeout(20):
        while await asyncio.to_thread(column, location, question) != [answer]:
            pass


@contextmanager
def meddled_with(location: PostgresDatabase, table: str, what: str) -> Iterator[None]:
    """Have the server do something with every row that is written to a table."""
    body = f"BEGIN {what}; RETURN NEW; END"
    sql(location, f"CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    sql(location, f"CREATE TRIGGER meddle BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meddle()")
    yield
    sql(location, "DROP FUNCTION meddle() CASCADE")


async def refuse_writing(location: Location) -> None:
    """See that nobody can begin to use a database that is being copied."""
    if isinstance(location, SQLiteFile):
        with pytest.raises(AlreadyRunning), running_alone(location):
            pass
        locked = pytest.raises(sqlite3.OperationalError, match="locked")
        with closing(sqlite3.connect(location.path, timeout=0)) as connection, locked:
            connection.execute("DELETE FROM seen_updates")
        return
    other = await asyncpg.connect(location.url)
    try:
        await other.execute("SET lock_timeout = 100")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.execute("INSERT INTO processes VALUES ('new', 0)")
    finally:
        await other.close()


@asynccontextmanager
async def in_the_middle(
    source: Location, target: PostgresDatabase, copying: Callable[[], Awaitable[T]]
) -> AsyncIterator[T]:
    """Begin to copy, and give it while the rows before the answers are written and the answers wait."""
    holder = await asyncpg.connect(target.url)
    with meddled_with(target, "report_answers", "PERFORM pg_advisory_xact_lock(1)"):
        try:
            await holder.execute("SELECT pg_advisory_lock(1)")
            begun = await copying()
            await until(target, WAITING_LOCKS, 1)
            assert rows_of(target) == NOTHING
            yield begun
        finally:
            await holder.close()
        await until(target, OTHERS, 0)
    assert rows_of(target) == NOTHING
    await copy_database(source, target)
    assert await life_of(target) == await life_of(source)


async def test_a_command_that_is_killed_leaves_nothing_behind_and_can_be_run_again(
    file: SQLiteFile, servers: PostgresDatabases
) -> None:
    target = servers.migrated()

    async def begin() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(sys.executable, "-c", COPY, file.url, target.url, cwd=ROOT)

    async with in_the_middle(file, target, begin) as process:
        process.kill()
        assert await process.wait() == -signal.SIGKILL


async def test_a_copy_that_is_cancelled_leaves_nothing_behind_and_can_be_made_again(
    sources: Databases, servers: PostgresDatabases
) -> None:
    source, target = sources.migrated(), servers.migrated()
    await fill(source)

    async def begin() -> asyncio.Task[object]:
        return asyncio.create_task(copy_database(source, target))

    async with in_the_middle(source, target, begin) as copying:
        await refuse_writing(source)
        await refuse_writing(target)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying


async def test_a_server_that_is_lost_leaves_nothing_behind_and_is_named(
    file: SQLiteFile, servers: PostgresDatabases
) -> None:
    target = servers.migrated()

    async def begin() -> asyncio.Task[object]:
        return asyncio.create_task(copy_database(file, target))

    async with in_the_middle(file, target, begin) as copying:
        sql(target, WAITING_LOCKS.replace("count", "pg_terminate_backend"))
        with pytest.raises(DatabaseUnusable, match=str(target)):
            await copying


@pytest.mark.parametrize("change", CHANGES)
async def test_what_a_server_changes_is_noticed_and_undone(
    file: SQLiteFile, servers: PostgresDatabases, change: str
) -> None:
    target = servers.migrated()
    table, what = CHANGES[change]
    with meddled_with(target, table, what), pytest.raises(CopyDiffers) as problem:
        await copy_database(file, target)
    assert str(problem.value) == table
    assert rows_of(target) == NOTHING
    await copy_database(file, target)


async def test_what_a_file_changes_is_noticed_and_undone(file: SQLiteFile) -> None:
    target = SQLiteFiles(file.path.parent).migrated()
    change = "UPDATE chats SET language = 'xx' WHERE chat_key = NEW.chat_key"
    sql(target, f"CREATE TRIGGER meddle AFTER INSERT ON chats BEGIN {change}; END")
    with pytest.raises(CopyDiffers, match="chats"):
        await copy_database(file, target)
    assert rows_of(target) == NOTHING


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("language = 'Әйгерім Қанатқызы'", "StringDataRightTruncationError"),
        ("urgent = 'Әйгерім'", "TypeError"),
        ("screen = 1 << 40", "OverflowError"),
    ],
)
async def test_a_row_that_is_refused_is_not_quoted(
    file: SQLiteFile, servers: PostgresDatabases, change: str, kind: str
) -> None:
    table = "conversations" if "screen" in change else "reports"
    sql(file, f"UPDATE {table} SET {change}")  # noqa: S608  our own
    target = servers.empty()
    with pytest.raises(DatabaseUnusable) as problem:
        await copy_database(file, target)
    assert str(problem.value) == f"{target}, table {table}: {kind}"
    assert rows_of(target) == NOTHING
