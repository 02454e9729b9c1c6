"""Databases of old revisions. Each is brought up once a session and engine; what a test gets is a copy."""

from storage.location import Location
from storage.schema import migrate
from tests.databases import Databases
from tests.storage.migrations.lives import LIVES, Life
from tests.storage.support import insert, run_apart


class OldDatabases:
    """Databases of one engine that are copied and left alone."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._old: dict[str, Location] = {}
        self._upgraded: dict[str, Location] = {}

    def of(self, revision: str) -> Location:
        """Return a database of a revision, with a life in it."""
        if revision not in self._old:
            location = self._databases.empty()
            run_apart(migrate(location, to=revision))
            for table, rows in LIVES[revision](Life()).items():
                for row in rows:
                    insert(location, table, **row)
            self._old[revision] = location
        return self._old[revision]

    def upgraded(self, revision: str) -> Location:
        """Return the same database, brought to this version."""
        if revision not in self._upgraded:
            location = self._databases.copy(self.of(revision))
            run_apart(migrate(location))
            self._upgraded[revision] = location
        return self._upgraded[revision]
