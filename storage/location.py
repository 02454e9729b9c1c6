"""Where the database is, as DATABASE_URL says it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


class InvalidDatabaseUrl(ValueError):
    """DATABASE_URL names no database that this version can use. Its message never repeats the URL's password."""


@dataclass(frozen=True)
class SQLiteFile:
    """A SQLite file. `sqlite:///var/reports.db` is relative to the working directory, `sqlite:////srv/x.db` is not."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def url(self) -> str:
        """The address as DATABASE_URL says it."""
        return f"{_SQLITE}{self.path}"

    @property
    def sqlalchemy_url(self) -> str:
        """The address in the form that the migrations take."""
        return f"sqlite+aiosqlite:///{quote(str(self.path))}"


@dataclass(frozen=True)
class PostgresDatabase:
    """A database on a server that speaks PostgreSQL's protocol, as a libpq URL."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.path.lstrip('/')} on {parts.hostname or 'this machine'}"

    @property
    def sqlalchemy_url(self) -> str:
        """The address in the form that the migrations take."""
        return f"postgresql+asyncpg://{self.url.partition('://')[2]}"


Location = SQLiteFile | PostgresDatabase


def parse_location(url: str) -> Location:
    """Read a DATABASE_URL.

    Raises:
        InvalidDatabaseUrl: it is neither sqlite:///FILE nor postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE.
    """
    if url.startswith(_SQLITE) and url != _SQLITE:
        return SQLiteFile(Path(url.removeprefix(_SQLITE)))
    if url.startswith(_POSTGRES) and _names_a_database(url):
        return PostgresDatabase(url)
    raise InvalidDatabaseUrl(
        "it must look like sqlite:///var/reports.db or postgresql://user:password@host:5432/database"
    )


def _names_a_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port != 0 and len(parts.path) > 1
    except ValueError:
        return False
