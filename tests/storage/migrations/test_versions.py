"""Every revision that somebody may have is brought to this one, with what is in it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.consent import Publishing
from bot.domain.report import Decision
from bot.domain.shown import Shown
from storage.chats import Chat
from storage.database import Database
from storage.engines import open_engine
from storage.location import Location, SQLiteFile
from storage.schema import MIGRATIONS, check_schema, migrate
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import send_all
from tests.storage.migrations.lives import (
    ALIVE,
    ANSWERS,
    AUNT,
    DANA,
    DRAFT,
    ENDED_AT_SCREEN,
    FATHER,
    GRANDMOTHER,
    GROUP,
    LIVES,
    MOTHER,
    REASON_ASKED,
    SENT,
    Life,
    Rows,
)
from tests.storage.support import FIRST_KEY, START, Clock, column, insert, receipt, say, sql

REVISIONS = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
OF_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
OF_POSTGRES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"

every_revision = pytest.mark.parametrize("revision", REVISIONS)


def tables(location: Location) -> list[str]:
    found = column(location, OF_SQLITE if isinstance(location, SQLiteFile) else OF_POSTGRES)
    return [table for table in found if table != "alembic_version"]


async def contents(location: Location) -> Rows:
    """Return all rows of all tables."""
    async with open_engine(location) as engine, engine.snapshot() as connection:
        return {
            table: [dict(row) for row in await connection.rows(f"SELECT * FROM {table}", {})]  # noqa: S608  ours
            for table in tables(location)
        }


def fits(row: dict[str, Any], later: dict[str, Any]) -> bool:
    """Say whether all that a row said, and that is still said, is said the same; what was empty may be filled."""
    return all(later[name] == value for name, value in row.items() if name in later and value is not None)


def test_every_revision_has_a_life() -> None:
    assert sorted(LIVES) == REVISIONS


@every_revision
async def test_the_life_of_a_revision_fills_every_table_of_it(old: Location) -> None:
    assert {name for name, rows in (await contents(old)).items() if not rows} == set()


@every_revision
async def test_no_row_is_lost_and_none_is_changed_by_the_upgrade(old: Location) -> None:
    before = await contents(old)
    await migrate(old)
    await check_schema(old)
    after = await contents(old)
    for name, rows in before.items():
        assert len(after[name]) == len(rows)
        assert [row for row in rows if not any(fits(row, later) for later in after[name])] == []


@every_revision
async def test_interviews_are_gone_on_with(upgraded: Location, clock: Clock) -> None:
    async def stands(work: UnitOfWork, telegram_id: int) -> tuple[object, object]:
        conversation = await work.conversations.get(await known(work, telegram_id))
        return conversation.interview, conversation.shown

    async with Database.open(upgraded, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        tried = Shown(attempts=1, first_attempt_at=START, message_id=None)
        assert await stands(work, MOTHER) == (DRAFT, tried)
        assert await stands(work, FATHER) == (DRAFT, replace(tried, message_id=17))
        assert await stands(work, AUNT) == (DRAFT, None)
        assert await stands(work, GRANDMOTHER) == (None, None)
        grandmother = await work.conversations.get(await known(work, GRANDMOTHER))
        assert grandmother.screen == ENDED_AT_SCREEN


@every_revision
async def test_chats_are_known_as_they_were(upgraded: Location, clock: Clock) -> None:
    async with Database.open(upgraded, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        for telegram_id in (MOTHER, FATHER, AUNT, GRANDMOTHER, DANA, GROUP):
            chat = await known(work, telegram_id)
            assert (chat.telegram_id, chat.language, chat.gone) == (telegram_id, "kk", False)
            assert chat.name == ("Дана" if telegram_id == DANA else None)
            assert chat.last_about == (REASON_ASKED if telegram_id == DANA else None)
        assert await work.outbox.what_about(await known(work, DANA), 31) == REASON_ASKED


@every_revision
async def test_what_waited_is_sent_once_and_in_its_order(upgraded: Location, clock: Clock) -> None:
    async with Database.open(upgraded, FIRST_KEY, clock=clock) as database:
        async with database.transaction() as work:
            father = await known(work, FATHER)
            again = await say(work, father, "Something new")
            assert (await work.outbox.busy([father.key])).waiting == {father.key}
        sent = await send_all(database)
    to = {MOTHER: Life().key(MOTHER), FATHER: father.key}
    assert [words for due, words in sent if due.chat_key == to[MOTHER]] == [SENT[0], SENT[1]]
    assert [words for due, words in sent if due.chat_key == to[FATHER]] == [SENT[2], "Something new"]
    keys = [due.key for due, _ in sent]
    assert len(set(keys)) == 4
    assert {"decided:1", again} < set(keys)


@every_revision
async def test_reports_and_digests_are_read_as_they_were(upgraded: Location, clock: Clock) -> None:
    async with Database.open(upgraded, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        one, other = [report async for report in work.reports.every()]
        assert (one.answers, other.answers) == (ANSWERS, ANSWERS)
        assert (one.decision, one.publish_as) == (Decision.APPROVED, Publishing.WITH_NAME)
        assert await work.reports.receipt(other.report_id) == receipt(2)
        standing = await work.reports.by_receipt(receipt(2))
        assert standing is not None
        assert (standing.revision, standing.claimed_by, standing.decision) == (2, work.chats.key_of(DANA), None)
        assert await work.reports.to_digest(until=work.now) == []
        assert await work.digests.last_period_end() == START


@every_revision
async def test_updates_seen_and_set_aside_are_so_still(upgraded: Location, clock: Clock) -> None:
    async with Database.open(upgraded, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        assert await work.updates.see([1, 2], at=work.now) == {2}
        assert await work.updates.count_dead() == 1
        chats = await work.updates.due_chats(at=work.now, most=5)
        (due,) = await work.updates.due(at=work.now, most=5, chats=chats)
        assert due.raw == ALIVE


@every_revision
async def test_a_message_that_was_cleared_away_lends_its_id_to_no_other(old: Location, clock: Clock) -> None:
    rows = LIVES["0001"](Life())["outbox"]
    insert(old, "outbox", **rows[0] | {"chat_key": column(old, "SELECT chat_key FROM chats")[0], "dedupe_key": "new"})
    (newest,) = column(old, "SELECT max(id) FROM outbox")
    sql(old, "DELETE FROM outbox WHERE id = :newest", newest=newest)
    await migrate(old)
    async with Database.open(old, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        key = await say(work, await known(work, MOTHER), "Hello")
    assert column(old, "SELECT id FROM outbox WHERE dedupe_key = :key", key=key) == [newest + 1]


async def known(work: UnitOfWork, telegram_id: int) -> Chat:
    chat = await work.chats.get(work.chats.key_of(telegram_id))
    assert chat is not None
    return chat


def test_revisions_are_numbered_one_after_the_other() -> None:
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    for path in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        assert re.search(rf'^revision = "{path.name[:4]}"$', path.read_text(), re.MULTILINE)
