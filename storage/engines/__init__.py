"""The two engines: SQLite for one process, PostgreSQL for several. What differs between them is here, and only here."""

from contextlib import AbstractAsyncContextManager

from storage.engines.engine import Connection, Engine, Row, Write
from storage.engines.postgres import PostgresEngine, is_away
from storage.engines.sqlite import SQLiteEngine
from storage.location import Location, SQLiteFile

__all__ = ["Connection", "Engine", "Row", "Write", "is_away", "open_engine"]


def open_engine(location: Location) -> AbstractAsyncContextManager[Engine]:
    """Open the engine that a location names.

    Raises:
        OSError: the server cannot be reached.
    """
    if isinstance(location, SQLiteFile):
        return SQLiteEngine.open(location)
    return PostgresEngine.open(location)
