"""The tests' PostgreSQL, as a real one is run: on a disk, and waiting for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests import postgres

_SETTINGS = (
    f"--listen_addresses={postgres.HOST}",
    "--unix_socket_directories=",
    "--max_connections=50",
    "--dynamic_shared_memory_type=mmap",
)
"""All else as PostgreSQL comes: 128 MB of buffers, fsync, autovacuum."""


@contextmanager
def durable_postgres(folder: Path) -> Iterator[postgres.PostgresServer]:
    """Run a server whose data stands in a folder."""
    folder.chmod(0o755)  # the server runs as somebody else where this is run by root
    with (
        patch.object(postgres, "MEMORY", folder),
        patch.object(postgres, "SETTINGS", _SETTINGS),
        postgres.PostgresServer() as server,
    ):
        yield server
