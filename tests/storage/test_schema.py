"""Migrating, and telling whether that is needed."""

import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from storage.location import Location, PostgresDatabase, SQLiteFile, parse_location
from storage.schema import DatabaseUnusable, SchemaOutdated, check_schema, migrate
from tests.databases import Databases, PostgresDatabases, SQLiteFiles
from tests.postgres import PostgresServer
from tests.storage.support import column, insert, run_apart, sql

Use = Callable[[Location], Awaitable[None]]


# On both engines


async def test_an_empty_database_is_outdated_and_is_not_changed_by_looking(databases: Databases) -> None:
    location = databases.empty()
    with pytest.raises(SchemaOutdated):
        await check_schema(location)
    if isinstance(location, SQLiteFile):
        assert list(location.path.parent.iterdir()) == []
    else:
        assert sql(location, "SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'") == []


async def test_migrating_brings_an_empty_database_to_this_version(databases: Databases) -> None:
    location = databases.empty()
    await migrate(location)
    await check_schema(location)


async def test_a_copy_of_a_migrated_database_is_of_this_version(location: Location) -> None:
    await check_schema(location)


@pytest.mark.parametrize("version", ["0001", "9999"])
async def test_a_database_of_another_version_is_outdated(location: Location, version: str) -> None:
    sql(location, "UPDATE alembic_version SET version_num = :version", version=version)
    with pytest.raises(SchemaOutdated):
        await check_schema(location)


async def test_migrating_twice_keeps_what_is_there(location: Location) -> None:
    insert(location, "secrets", name="x", wrapped=b"y")
    await migrate(location)
    await check_schema(location)
    assert sql(location, "SELECT name, wrapped FROM secrets") == [("x", b"y")]


async def test_a_migration_that_fails_leaves_the_database_at_the_version_before(databases: Databases) -> None:
    location = databases.empty()
    await migrate(location, to="0001")
    sql(location, "CREATE TABLE processes (in_the_way INTEGER)")
    with pytest.raises(DatabaseUnusable, match="processes"):
        await migrate(location)
    assert column(location, "SELECT version_num FROM alembic_version") == ["0001"]
    sql(location, "DROP TABLE processes")
    await migrate(location)
    await check_schema(location)


# SQLite


async def test_migrating_makes_the_folder_and_the_log_beside_the_file(tmp_path: Path) -> None:
    location = SQLiteFile(tmp_path / "var" / "bot" / "reports.db")
    await migrate(location)
    assert column(location, "PRAGMA journal_mode") == ["wal"]


@pytest.mark.parametrize("use", [migrate, check_schema])
async def test_a_file_that_is_no_database_is_unusable_and_left_as_it_is(tmp_path: Path, use: Use) -> None:
    location = SQLiteFile(tmp_path / "notes.txt")
    location.path.write_text("Confidential notes. " * 100)
    with pytest.raises(DatabaseUnusable, match="not a database") as problem:
        await use(location)
    assert "Confidential" not in str(problem.value)
    assert location.path.read_text() == "Confidential notes. " * 100


async def test_an_empty_file_is_outdated(tmp_path: Path) -> None:
    location = SQLiteFile(tmp_path / "reports.db")
    location.path.touch()
    with pytest.raises(SchemaOutdated):
        await check_schema(location)


async def test_a_folder_that_cannot_be_made_leaves_the_database_unusable(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(DatabaseUnusable):
        await migrate(SQLiteFile(tmp_path / "var" / "reports.db"))


async def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    location = SQLiteFile(tmp_path / "var" / "reports.db")
    await migrate(location)
    assert stat.S_IMODE(location.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(location.path.stat().st_mode) == 0o600


async def test_migrating_leaves_a_file_that_needs_nothing_beside_it(tmp_path: Path) -> None:
    location = SQLiteFiles(tmp_path).migrated()
    await migrate(location)
    assert list(location.path.parent.iterdir()) == [location.path]


@pytest.mark.parametrize("name", ["what?.db", "a%20b.db", "a#b.db", "отчёты.db"])
def test_the_file_that_is_migrated_is_the_file_that_is_named(tmp_path: Path, name: str) -> None:
    location = parse_location(f"sqlite:///{tmp_path}/{name}")
    run_apart(migrate(location))
    run_apart(check_schema(location))
    assert [path.name for path in tmp_path.iterdir()] == [name]


# PostgreSQL


@pytest.mark.parametrize("use", [migrate, check_schema])
async def test_a_database_that_the_server_does_not_have_is_unusable(postgres: PostgresServer, use: Use) -> None:
    url = postgres.create_database()
    postgres.drop_database(url)
    with pytest.raises(DatabaseUnusable, match="does not exist"):
        await use(PostgresDatabase(url))


@pytest.mark.parametrize("use", [migrate, check_schema])
async def test_a_server_that_is_down_leaves_the_database_unusable(
    postgres: PostgresServer, template: str, use: Use
) -> None:
    with postgres.down(), pytest.raises(DatabaseUnusable, match=r"(?i)connect"):
        await use(PostgresDatabase(template))


async def test_the_migrations_take_every_url_that_the_bot_takes(postgres: PostgresServer, template: str) -> None:
    databases = PostgresDatabases(postgres, template=template)
    url = databases.empty().url
    host_and_port, name = url.removeprefix("postgresql://postgres@").split("/")
    host, port = host_and_port.split(":")
    for spelled in (
        f"postgres://postgres@{host}:{port}/{name}",
        f"postgresql:///{name}?host={host}&port={port}&user=postgres",
        f"{url}?sslmode=disable",
        f"{url}?sslmode=prefer&application_name=bot",
    ):
        location = parse_location(spelled)
        await migrate(location)
        await check_schema(location)
    databases.clear()
