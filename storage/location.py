"""Where the database is, as DATABASE_URL says it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

_SQLITE = "sqlite:///"


class InvalidDatabaseUrl(ValueError):
    """DATABASE_URL names no database that this version can use."""


@dataclass(frozen=True)
class Location:
    """A SQLite file. `sqlite:///var/reports.db` is relative to the working directory, `sqlite:////srv/x.db` is not."""

    path: Path

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a DATABASE_URL.

        Raises:
            InvalidDatabaseUrl: it is no sqlite:/// address, or names no file.
        """
        if not url.startswith(_SQLITE) or not url.removeprefix(_SQLITE):
            raise InvalidDatabaseUrl("it must look like sqlite:///var/reports.db")
        return cls(Path(url.removeprefix(_SQLITE)))

    @property
    def sqlalchemy_url(self) -> str:
        """The address in the form that the migrations take."""
        return f"{_SQLITE}{quote(str(self.path))}"
