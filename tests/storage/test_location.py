from pathlib import Path

import pytest

from storage.location import InvalidDatabaseUrl, Location


def test_three_slashes_name_a_file_below_the_working_directory() -> None:
    assert Location.parse("sqlite:///var/reports.db") == Location(Path("var/reports.db"))


def test_four_slashes_name_a_file_from_the_root() -> None:
    assert Location.parse("sqlite:////srv/bot/reports.db") == Location(Path("/srv/bot/reports.db"))


@pytest.mark.parametrize("url", ["sqlite:///var/reports.db", "sqlite:////srv/bot/reports.db"])
def test_the_migrations_are_given_the_same_address(url: str) -> None:
    assert Location.parse(url).sqlalchemy_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "var/reports.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite://var/reports.db",
        "postgresql://bot:hidden@localhost/reports",
        "SQLITE:///var/reports.db",
    ],
)
def test_what_names_no_sqlite_file_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refusal:
        Location.parse(url)
    assert "hidden" not in str(refusal.value)
