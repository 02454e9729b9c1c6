"""Whether the audit is whole: everything that can be done to its rows is found, and where. And looking things up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import combinations

import orjson
import pytest

from bot.domain.audit import AuditAct
from bot.services.audit import Break, Fault, Verdict, Wanted, find, history, verify
from storage.adapter import load_queries
from storage.audit import FIRST_LINK, Head
from storage.crypto import ChainKey, Vault
from storage.database import Database
from storage.engines import Connection, Engine, open_engine
from storage.location import Location, SQLiteFile
from storage.recent import Opened
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import meet
from tests.storage.migrations.lives import LIVES
from tests.storage.support import FIRST_KEY, START, Clock, Undone, column, sql

DANA, ASKAR = 101, 102
ENTRIES = 7
SAID = "at_ms, actor, actor_key, act, report_id, case_id, subject_key, details, link"
CHANGES = {
    "at_ms": "at_ms = at_ms + 1",
    "actor": "actor = CASE actor WHEN 'operator' THEN 'bot' ELSE 'operator' END, actor_key = NULL",
    "actor_key": f"actor = 'person', actor_key = '{'f' * 32}'",
    "act": "act = 'released'",
    "report_id": "report_id = coalesce(report_id, 0) + 1",
    "case_id": "case_id = coalesce(case_id, 0) + 1",
    "subject_key": f"subject_key = '{'f' * 32}'",
    "details": "details = details || ' '",
    "link": "link = (SELECT other.link FROM audit other WHERE other.id = audit.id % 7 + 1)",
}
"""One way to change each column of whatever row."""


async def fill(database: Database) -> None:
    """Write a chain of entries of all kinds, in several transactions."""
    dana, askar = await meet(database, DANA, "Dana"), await meet(database, ASKAR, "Askar")
    async with database.transaction() as work:
        work.audit.note(dana, AuditAct.CLAIMED, report_id=1)
        work.audit.note(dana, AuditAct.APPROVED, report_id=1, case_id=3, less="initials")
        work.audit.note(askar, AuditAct.CLAIM_BROKEN, report_id=2, subject=dana)
    async with database.transaction() as work:
        work.audit.note(None, AuditAct.CLAIM_LAPSED, report_id=2, subject=dana)
        work.audit.note(None, AuditAct.EXPORTED, by_operator=True)
        work.audit.note(askar, AuditAct.REJECTED, report_id=2, reason="too_little", left=3)
        work.audit.note(askar, AuditAct.READ_CASE, case_id=3)


class Forger:
    """Somebody who can write to the database as they like, and has no key. What is done is undone afterwards."""

    def __init__(self, engine: Engine, location: Location) -> None:
        self._engine = engine
        (wrapped,) = column(location, "SELECT wrapped FROM secrets WHERE name = 'audit key'")
        self._key = ChainKey(FIRST_KEY.unwrap(wrapped, place="audit key"))

    async def finds(self, *statements: str, noted: Head | None = None) -> Verdict:
        """Return what verifying finds after these statements."""
        found: list[Verdict] = []
        async with self.after(*statements) as work:
            found.append(await verify(work, noted=noted))
        return found[0]

    @asynccontextmanager
    async def after(self, *statements: str) -> AsyncIterator[UnitOfWork]:
        """Let the bot go on after these statements."""
        with suppress(Undone):
            async with self._engine.transaction(durable=False) as connection:
                await _write(connection, *statements)
                yield UnitOfWork(
                    connection,
                    load_queries(self._engine),
                    vault=Vault(FIRST_KEY, bytes(32)),
                    audit_key=self._key,
                    opened=Opened(),
                    now=START,
                    process="p",
                )
                raise Undone


async def _write(connection: Connection, *statements: str) -> None:
    for statement in statements:
        await connection.rows(statement, {})


@pytest.fixture
async def forger(database: Database, location: Location) -> AsyncIterator[Forger]:
    """Give somebody who has taken away what keeps entries from being changed."""
    await fill(database)
    if isinstance(location, SQLiteFile):
        for change in ("update", "delete"):
            sql(location, f"DROP TRIGGER audit_refuses_{change}")
    else:
        sql(location, "DROP TRIGGER audit_refuses_changes ON audit")
    async with open_engine(location) as engine:
        yield Forger(engine, location)


def broken(fault: Fault, first_id: int, last_id: int | None = None) -> Break:
    return Break(fault, first_id, first_id if last_id is None else last_id)


def copied(row: int, to: int) -> str:
    return f"INSERT INTO audit (id, {SAID}) SELECT {to}, {SAID} FROM audit WHERE id = {row}"  # noqa: S608  ours


def head_back_to(row: int) -> str:
    return f"UPDATE audit_head SET last_id = {row}, link = (SELECT link FROM audit WHERE id = {row})"  # noqa: S608


async def test_an_untouched_chain_is_whole_and_says_its_head(forger: Forger) -> None:
    verdict = await forger.finds()
    assert (verdict.entries, verdict.head.last_id, verdict.broken) == (ENTRIES, ENTRIES, None)
    assert len(verdict.head.link) == 32
    assert await forger.finds(noted=verdict.head) == verdict
    assert await forger.finds(noted=Head(0, FIRST_LINK)) == verdict


async def test_a_change_of_any_column_of_any_entry_is_found_at_that_entry(forger: Forger) -> None:
    for row in range(1, ENTRIES + 1):
        for change in CHANGES.values():
            verdict = await forger.finds(f"UPDATE audit SET {change} WHERE id = {row}")  # noqa: S608  ours
            assert (verdict.entries, verdict.broken) == (row - 1, broken(Fault.CHANGED, row)), change


async def test_entries_that_are_removed_are_missed_wherever_they_stood(forger: Forger) -> None:
    for first, last in combinations(range(1, ENTRIES + 2), 2):
        verdict = await forger.finds(f"DELETE FROM audit WHERE id >= {first} AND id < {last}")  # noqa: S608  ours
        assert verdict.broken == broken(Fault.MISSING, first, last - 1)


async def test_the_gap_of_a_removed_entry_cannot_be_closed(forger: Forger) -> None:
    for row in range(1, ENTRIES):
        verdict = await forger.finds(
            f"DELETE FROM audit WHERE id = {row}",  # noqa: S608  ours
            f"UPDATE audit SET id = id + 1000 WHERE id > {row}",  # noqa: S608
            "UPDATE audit SET id = id - 1001 WHERE id > 1000",
        )
        assert verdict.broken == broken(Fault.CHANGED, row)


async def test_entries_that_change_places_are_found_at_the_first_of_them(forger: Forger) -> None:
    for one, other in combinations(range(1, ENTRIES + 1), 2):
        verdict = await forger.finds(
            f"UPDATE audit SET id = 1000 WHERE id = {one}",  # noqa: S608  ours
            f"UPDATE audit SET id = {one} WHERE id = {other}",  # noqa: S608
            f"UPDATE audit SET id = {other} WHERE id = 1000",  # noqa: S608
        )
        assert verdict.broken == broken(Fault.CHANGED, one)


async def test_an_entry_that_is_put_in_is_found_where_it_was_put(forger: Forger) -> None:
    for place in range(1, ENTRIES + 1):
        verdict = await forger.finds(
            f"UPDATE audit SET id = id + 1000 WHERE id >= {place}",  # noqa: S608  ours
            "UPDATE audit SET id = id - 999 WHERE id > 1000",
            copied(place + 1, to=place),
        )
        # A copy of the entry that stood there fits there; then the original does not.
        assert verdict.broken == broken(Fault.CHANGED, place + 1)
    assert (await forger.finds(copied(3, to=0))).broken == broken(Fault.CHANGED, 0)
    assert (await forger.finds(copied(3, to=ENTRIES + 1))).broken == broken(Fault.CHANGED, ENTRIES + 1)
    assert (await forger.finds(copied(3, to=ENTRIES + 3))).broken == broken(Fault.MISSING, ENTRIES + 1, ENTRIES + 2)


async def test_a_tail_that_is_cut_off_is_missed_by_the_head_and_with_a_false_head_by_a_noted_one(
    forger: Forger,
) -> None:
    noted = (await forger.finds()).head
    for kept in range(1, ENTRIES):
        cut = f"DELETE FROM audit WHERE id > {kept}"  # noqa: S608  ours
        missing = broken(Fault.MISSING, kept + 1, ENTRIES)
        assert (await forger.finds(cut)).broken == missing
        assert (await forger.finds(cut, head_back_to(kept))).broken is None
        assert (await forger.finds(cut, head_back_to(kept), noted=noted)).broken == missing
    nothing_left = await forger.finds("DELETE FROM audit", "DELETE FROM audit_head")
    assert (nothing_left.entries, nothing_left.broken) == (0, None)
    gone = await forger.finds("DELETE FROM audit", "DELETE FROM audit_head", noted=noted)
    assert gone.broken == broken(Fault.MISSING, 1, ENTRIES)


async def test_a_tail_that_the_bot_itself_wrote_anew_is_found_by_a_noted_head(forger: Forger) -> None:
    noted = (await forger.finds()).head
    async with forger.after("DELETE FROM audit WHERE id > 4", head_back_to(4)) as work:
        for _ in range(ENTRIES):
            work.audit.note(None, AuditAct.CLAIM_LAPSED)
        await work.write()
        assert (await verify(work)).broken is None
        assert (await verify(work, noted=noted)).broken == broken(Fault.NOTED, ENTRIES)


async def test_a_head_that_does_not_belong_to_the_last_entry_is_found(forger: Forger) -> None:
    for change in (
        "UPDATE audit_head SET link = (SELECT link FROM audit WHERE id = 1)",
        head_back_to(ENTRIES - 1),
        "DELETE FROM audit_head",
    ):
        assert (await forger.finds(change)).broken == broken(Fault.HEAD, ENTRIES)


async def test_a_chain_made_without_the_key_is_found_at_its_first_entry(forger: Forger, location: Location) -> None:
    columns = ("id", *SAID.split(", ")[:-1])
    rows = sql(location, f"SELECT {', '.join(columns)} FROM audit ORDER BY id")  # noqa: S608  ours
    before, statements = FIRST_LINK, []
    for row in rows:
        before = ChainKey(bytes(32)).link(before, orjson.dumps(row))
        mark = "X'{}'" if isinstance(location, SQLiteFile) else "'\\x{}'"
        statements.append(f"UPDATE audit SET link = {mark.format(before.hex())} WHERE id = {row[0]}")  # noqa: S608
    verdict = await forger.finds(*statements, head_back_to(ENTRIES))
    assert verdict.broken == broken(Fault.CHANGED, 1)


@pytest.mark.parametrize("revision", LIVES)
async def test_the_audit_of_every_revision_is_whole_after_the_upgrade(upgraded: Location, revision: str) -> None:
    async with Database.open(upgraded, FIRST_KEY, clock=Clock()) as database:
        async with database.transaction() as work:
            work.audit.note(None, AuditAct.EXPORTED, by_operator=True)
        async with database.snapshot() as work:
            verdict = await verify(work)
    assert verdict.broken is None
    assert verdict.entries == 1 + (revision >= "0007")


# Looking things up


async def test_entries_are_found_by_what_they_say(database: Database, clock: Clock) -> None:
    await fill(database)
    clock.forward(days=1)
    async with database.transaction() as work:
        dana = await work.chats.meet(DANA, language="ru")
        work.audit.note(dana, AuditAct.CLAIMED, report_id=4)
    async with database.snapshot() as work:

        async def ids(**wanted: object) -> list[int]:
            return [one.entry.entry_id for one in await find(work, Wanted(**wanted))]  # type: ignore[arg-type]

        assert await ids() == [1, 2, 3, 4, 5, 6, 7, 8]
        assert await ids(last=2) == [7, 8]
        assert await ids(report_id=1) == [1, 2]
        assert await ids(report_id=1, case_id=3) == [2]
        assert await ids(case_id=3) == [2, 7]
        assert await ids(act=AuditAct.CLAIMED) == [1, 8]
        assert await ids(act=AuditAct.CLAIMED, last=1) == [8]
        assert await ids(actor="dana") == await ids(actor=dana.key[:8].upper()) == [1, 2, 8]
        assert await ids(actor="operator") == [5]
        assert await ids(actor="bot") == [4]
        assert await ids(actor="Nobody") == []
        assert await ids(since=clock.now) == [8]
        assert await ids(until=clock.now) == [1, 2, 3, 4, 5, 6, 7]
        assert await ids(since=START, until=START + timedelta(milliseconds=1), last=1) == [7]
        names = [(one.actor_name, one.subject_name) for one in await find(work, Wanted(report_id=2))]
        assert names == [("Askar", "Dana"), (None, "Dana"), ("Askar", None)]


async def test_a_history_has_the_newest_entries_of_its_report_oldest_first(database: Database) -> None:
    dana = await meet(database, DANA, "Dana")
    async with database.transaction() as work:
        for number in range(40):
            work.audit.note(dana, AuditAct.CLAIMED, report_id=1 + number % 10 // 9)
        work.audit.note(None, AuditAct.CLAIM_LAPSED, report_id=1, subject=dana)
    async with database.snapshot() as work:
        long, short, none = [await history(work, report_id) for report_id in (1, 2, 3)]
    assert len(long.entries) == 30
    assert long.entries[0].entry.entry_id < long.entries[-1].entry.entry_id == 41
    assert (long.entries[0].actor_name, long.entries[-1].actor_name, long.entries[-1].subject_name) == (
        "Dana",
        None,
        "Dana",
    )
    assert ([one.entry.entry_id for one in short.entries], short.is_whole) == ([10, 20, 30, 40], True)
    assert (long.is_whole, none.entries, none.is_whole) == (False, (), True)
