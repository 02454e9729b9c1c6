"""Both engines have the same tables at every revision, down to the predicates of partial indexes."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.location import Location
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.postgres import PostgresServer
from tests.storage.migrations.lives import LIVES
from tests.storage.migrations.old import OldDatabases
from tests.storage.support import url_of

CHECKS = {"draft_while_in_progress", "settled_with_an_outcome", "periods_run_forward"}
CHECKS |= {"known_decision", "published_as_agreed_or_less", "known_publishing", "decided_by_someone_at_some_time"}
CHECKS |= {"withdrawn_is_shredded", "known_state", "shredded_has_no_key"}
CHECKS |= {"a_person_has_a_key", "one_head"}
CHECKS |= {"known_role", "known_role_offered", "used_or_taken_back", "one_freeze", "frozen_by_someone"}
CHECKS |= {"undecided_is_not_forgotten", "asked_is_not_queued", "claimed_is_queued", "claimed_at_some_time"}
CHECKS |= {"not_merged_into_itself", "merged_by_someone_at_some_time", "removed_by_someone_at_some_time"}
CHECKS |= {"unblocked_by_someone_at_some_time"}
CHECKS |= {"approved_into_a_case", "undone_by_someone_at_some_time", "closed_with_an_outcome"}
IDS = {"case_id", "merged_into", "notice_id", "id", "update_id", "report_id", "digest_id", "shown_outbox_id"}
"""INTEGER in SQLite, where only that makes a rowid; it is 64 bits wide there as well."""

Description = dict[str, Any]


async def describe(location: Location) -> dict[str, Description]:
    """Return what each table is made of, in words that both engines share."""
    url = url_of(location).replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+asyncpg:")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        described: dict[str, Description] = await connection.run_sync(_describe)
    await engine.dispose()
    return described


def _describe(connection: sa.Connection) -> dict[str, Description]:
    inspector = sa.inspect(connection)
    return {name: _table(inspector, name) for name in inspector.get_table_names() if name != "alembic_version"}


def _table(inspector: sa.Inspector, table: str) -> Description:
    return {
        "columns": {column["name"]: _column(column) for column in inspector.get_columns(table)},
        "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        "foreign keys": sorted(
            (one["constrained_columns"], one["referred_table"], one["referred_columns"])
            for one in inspector.get_foreign_keys(table)
        ),
        "unique": sorted(one["column_names"] for one in inspector.get_unique_constraints(table)),
        "checks": sorted(str(one["name"]) for one in inspector.get_check_constraints(table)),
        "indexes": {
            one["name"]: _index(dict(one))
            for one in inspector.get_indexes(table)
            if not one.get("duplicates_constraint")
        },
    }


def _column(column: Any) -> tuple[str, bool, str | None]:
    kind, default = column["type"], column["default"]
    if isinstance(kind, sa.Integer):
        words = "id" if column["name"] in IDS else str(kind)
    elif isinstance(kind, sa.LargeBinary):
        words = "bytes"
    else:
        words = str(kind)
    if default is not None:
        default = None if default.startswith("nextval") else re.sub(r"'|::\w+", "", default)
    return words, bool(column["nullable"]), default


def _index(index: dict[str, Any]) -> tuple[list[str | None], bool, str]:
    options = index.get("dialect_options", {})
    where = str(options.get("sqlite_where", options.get("postgresql_where", "")))
    return index["column_names"], bool(index["unique"]), normal(where)


def normal(predicate: str) -> str:
    """Return a predicate without the casts and brackets that PostgreSQL adds, its ANY of an array said as IN."""
    without_casts = re.sub(r"::(character varying|\w+)(\[\])?", "", predicate)
    return " ".join(re.sub(r"[()\[\],]", " ", without_casts.replace("= ANY", "IN").replace("ARRAY", "")).split())


@pytest.mark.parametrize("revision", LIVES)
async def test_both_engines_have_the_same_tables(
    old_files: OldDatabases, old_servers: OldDatabases, revision: str
) -> None:
    of_sqlite, of_postgres = [await describe(old.of(revision)) for old in (old_files, old_servers)]
    assert of_sqlite.keys() == of_postgres.keys()
    for table, description in of_sqlite.items():
        assert description == of_postgres[table]


async def test_the_description_tells_what_matters(tmp_path: Path, postgres: PostgresServer, template: str) -> None:
    databases = PostgresDatabases(postgres, template=template)
    for tables in [await describe(location) for location in (SQLiteFiles(tmp_path).migrated(), databases.migrated())]:
        assert {check for table in tables.values() for check in table["checks"]} == CHECKS
        assert tables["reports"]["indexes"]["reports_to_digest"] == (
            ["decided_at_ms", "id"],
            False,
            "digest_id IS NULL AND publish_as IN 'with_name' 'initials' 'without_name'",
        )
        assert tables["outbox"]["columns"]["leased_until_ms"] == ("BIGINT", False, "0")
        assert tables["outbox"]["columns"]["dedupe_key"] == ("TEXT", False, None)
        assert tables["conversations"]["foreign keys"] == [(["chat_key"], "chats", ["chat_key"])]
        assert tables["digests"]["unique"] == [["kind", "period_start_ms"]]
        wide = [name for table in tables.values() for name in table["columns"] if name.endswith(("_ms", "_us"))]
        narrow = {
            name
            for table in tables.values()
            for name, (kind, _, _) in table["columns"].items()
            if name in wide and kind != "BIGINT"
        }
        assert narrow == set()
    databases.clear()
