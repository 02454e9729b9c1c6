"""SQLAlchemy's way to a database, for the migrations and for copying. Nothing else goes it."""

from functools import partial
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.location import Location, PostgresDatabase


def alchemy_engine(location: Location, **options: Any) -> AsyncEngine:
    """Return an engine that connects anew each time. `options` are SQLAlchemy's."""
    if isinstance(location, PostgresDatabase):
        # asyncpg reads the whole URL, `?sslmode=` and all; SQLAlchemy would read it in a way of its own.
        options["async_creator"] = partial(asyncpg.connect, location.url)
    return create_async_engine(location.sqlalchemy_url, poolclass=NullPool, **options)
