from pathlib import Path

import pytest

from storage.location import InvalidDatabaseUrl, PostgresDatabase, SQLiteFile, parse_location


def test_three_slashes_name_a_file_below_the_working_directory() -> None:
    assert parse_location("sqlite:///var/reports.db") == SQLiteFile(Path("var/reports.db"))


def test_four_slashes_name_a_file_from_the_root() -> None:
    assert parse_location("sqlite:////srv/bot/reports.db") == SQLiteFile(Path("/srv/bot/reports.db"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:secret@db.example:5433/reports",
        "postgres://bot@127.0.0.1/reports",
        "postgresql:///reports?host=/run/postgresql",
        "postgresql://bot@one,two/reports?sslmode=verify-full",
        "postgresql://[::1]:5432/reports",
    ],
)
def test_a_url_of_libpq_names_a_postgresql_database_and_is_kept_as_it_is(url: str) -> None:
    assert parse_location(url) == PostgresDatabase(url)


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("sqlite:///var/reports.db", "sqlite+aiosqlite:///var/reports.db"),
        ("sqlite:////srv/bot/reports.db", "sqlite+aiosqlite:////srv/bot/reports.db"),
        ("postgresql://bot:p%40ss@host:5433/reports", "postgresql+asyncpg://bot:p%40ss@host:5433/reports"),
        ("postgres://bot@host/reports", "postgresql+asyncpg://bot@host/reports"),
    ],
)
def test_the_migrations_are_given_the_same_address(url: str, given: str) -> None:
    assert parse_location(url).sqlalchemy_url == given


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///var/reports.db", "var/reports.db"),
        ("postgresql://bot:hidden@db.example:5433/reports?password=hidden", "reports on db.example"),
        ("postgresql:///reports?password=hidden", "reports on this machine"),
    ],
)
def test_a_database_is_shown_by_its_name_and_never_by_its_password(url: str, shown: str) -> None:
    location = parse_location(url)
    assert str(location) == shown
    assert "hidden" not in repr(location)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "var/reports.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite://var/reports.db",
        "SQLITE:///var/reports.db",
        "mysql://bot:hidden@localhost/reports",
        "postgresql:",
        "postgresql://",
        "postgresql://bot:hidden@localhost",
        "postgresql://bot:hidden@localhost/",
        "postgresql://bot:hidden@localhost:0/reports",
        "postgresql://bot:hidden@localhost:port/reports",
        "postgresql://bot:hidden@[::1/reports",
        "postgresql+asyncpg://bot:hidden@localhost/reports",
    ],
)
def test_what_names_no_database_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refusal:
        parse_location(url)
    assert "hidden" not in str(refusal.value)
