"""`copy-database`: what it says to whoever runs it, and a bot that goes on from the copy."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.commands.copy_database import NotCopied, copy
from bot.demo.process import environment
from bot.sandbox import SandboxClient
from bot.settings import Settings
from storage.database import Database
from storage.location import PostgresDatabase, SQLiteFile
from storage.schema import migrate
from tests.bot.commands.processes import running
from tests.databases import PostgresDatabases, SQLiteFiles
from tests.e2e.robots import line
from tests.postgres import PostgresServer
from tests.storage.support import add_report, column, insert, said, sql

PASSWORD = "the-password-is-a-secret"
NAME = "Әйгерім Қанатқызы"


@pytest.fixture
def servers(postgres: PostgresServer, template: str) -> Iterator[PostgresDatabases]:
    databases = PostgresDatabases(postgres, template=template)
    yield databases
    databases.clear()


@pytest.fixture
async def source(settings: Settings) -> SQLiteFile:
    """Give the database of a bot that is stopped, with a report in it."""
    location = settings.location()
    assert isinstance(location, SQLiteFile)
    async with (
        Database.open(location, settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        mother = await work.chats.meet(77001234567, language="kk")
        await add_report(work, mother, 1, answers={"name": said(NAME)})
    return location


def with_password(location: PostgresDatabase) -> str:
    """Return the URL with a password in it, which this server does not ask for."""
    return location.url.replace("postgres@", f"postgres:{PASSWORD}@")


async def said_of(source_url: str, target_url: str) -> list[str]:
    return [words async for words in copy(source_url, target_url)]


async def refusal(source_url: str, target_url: str) -> str:
    with pytest.raises(NotCopied) as problem:
        await said_of(source_url, target_url)
    words = str(problem.value)
    assert "\n" not in words
    assert not [secret for secret in (PASSWORD, NAME) if secret in words]
    return words


async def test_it_says_what_was_copied_and_what_to_do_next_without_the_password(
    source: SQLiteFile, servers: PostgresDatabases
) -> None:
    target = servers.empty()
    begun, *tables, same, then, never = await said_of(source.url, with_password(target))
    assert f"{source} to {target}" in begun
    assert [words.split()[:3] for words in tables if words.startswith("report")] == [
        ["reports", "1", "rows"],
        ["report_answers", "1", "rows"],
        ["report_events", "1", "rows"],
    ]
    assert all(re.fullmatch(r"\w+ +\d+ rows  sha256 [0-9a-f]{16}", words) for words in tables)
    assert "read back" in same
    assert "DATABASE_URL" in then
    assert str(source) in never
    assert PASSWORD not in "\n".join((begun, *tables, same, then, never))
    assert column(target, "SELECT count(*) FROM reports") == [1]


async def test_a_bot_goes_on_from_the_copy_where_it_stopped(
    telegram: SandboxClient, settings: Settings, servers: PostgresDatabases, tmp_path: Path
) -> None:
    source, target = settings.location(), servers.empty()
    assert isinstance(source, SQLiteFile)
    person = await telegram.person("Aigerim", language_code="en")
    async with running("run", folder=tmp_path, **environment(settings)):
        await person.send("/start")
        await person.wait_for(line("screen.consent"))
        while_it_runs = await refusal(source.url, target.url)
    assert while_it_runs == f"{source}: the bot runs on it; stop it first"

    await said_of(source.url, target.url)

    async with running("run", folder=tmp_path, **environment(settings, DATABASE_URL=target.url)):
        await person.press(line("button.agree"))
        await person.wait_for(line("question.name"))
        while_it_runs = await refusal(target.url, SQLiteFiles(tmp_path).empty().url)
    assert while_it_runs.startswith(f"{target}: the bot runs on it")


async def test_a_database_that_cannot_be_copied_is_named_in_one_line(
    source: SQLiteFile, servers: PostgresDatabases, postgres: PostgresServer, tmp_path: Path
) -> None:
    target, used, gone = servers.empty(), servers.migrated(), servers.empty()
    insert(used, "secrets", name="index key", wrapped=b"w")
    postgres.drop_database(gone.url)
    old, to = SQLiteFile(tmp_path / "old.db"), with_password(target)
    await migrate(old, to="0001")
    expected = {
        ("mysql://x", to): "FROM: it must look like",
        (source.url, f"mysql://user:{PASSWORD}@host/x"): "TO: it must look like",
        (source.url, source.url): f"FROM and TO are one database: {source}",
        (old.url, to): f"{old}: not of this version; run `python -m bot migrate`",
        (f"sqlite:///{tmp_path}/no/file.db", to): f"{tmp_path}/no/file.db: not of this version",
        (source.url, with_password(used)): f"{used}: there is something in it already",
        (source.url, with_password(gone)): f"a database cannot be used: {gone}: ",
    }
    for urls, words in expected.items():
        assert (await refusal(*urls)).startswith(words)
    await said_of(source.url, to)
    assert (await refusal(source.url, to)).startswith(f"{target}: there is something in it already")


async def test_a_row_that_is_refused_is_not_quoted(source: SQLiteFile, servers: PostgresDatabases) -> None:
    sql(source, "UPDATE chats SET language = :name", name=NAME)
    words = await refusal(source.url, with_password(servers.empty()))
    assert "table chats" in words


async def test_a_server_that_changes_rows_is_found_out(source: SQLiteFile, servers: PostgresDatabases) -> None:
    target = servers.migrated()
    body = "BEGIN NEW.language := 'xx'; RETURN NEW; END"
    sql(target, f"CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    sql(target, "CREATE TRIGGER meddle BEFORE INSERT ON chats FOR EACH ROW EXECUTE FUNCTION meddle()")
    words = await refusal(source.url, with_password(target))
    assert words == f"{target}: it did not keep what was written to the table chats; it is empty again"
    assert column(target, "SELECT count(*) FROM chats") == [0]


async def test_nobody_has_to_wait_for_the_first_line(source: SQLiteFile, servers: PostgresDatabases) -> None:
    lines = copy(source.url, servers.empty().url)
    async with asyncio.timeout(1):
        assert str(source) in await anext(lines)
