"""One process at a time on a SQLite file. The operating system lets go of the lock when the process ends, however."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.location import Location, SQLiteFile


class AlreadyRunning(Exception):
    """Another process runs the bot on this SQLite file."""


@contextmanager
def running_alone(location: Location) -> Iterator[bool]:
    """Hold a SQLite file for this process, and yield True; a PostgreSQL database is shared: yield False.

    Raises:
        AlreadyRunning: another process holds it.
        OSError: the lock's file cannot be made.
    """
    if not isinstance(location, SQLiteFile):
        yield False
        return
    if not location.path.exists():  # nobody can run on it, and opening it will say what to do
        yield True
        return
    with Path(f"{location.path}.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield True
