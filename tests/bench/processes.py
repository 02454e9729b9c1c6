"""The processes of the benchmark: the Bot API side on its core, the bot on the others."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.bench.measure import cpu_seconds, resident_bytes

ROOT = Path(__file__).resolve().parents[2]
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


class BenchFailed(Exception):
    """Something did not start, or ended by itself."""


@dataclass(frozen=True)
class Cores:
    """Who runs where."""

    bot: frozenset[int]
    telegram: frozenset[int]

    @classmethod
    def split(cls, processes: int = 1) -> Self:
        """Give the last core to the Bot API side, and to the bot as many of the others as it has processes."""
        cores = sorted(os.sched_getaffinity(0))
        others = cores[:-1] or cores
        return cls(bot=frozenset(others[:processes]), telegram=frozenset(cores[-1:]))


def start(
    argv: Sequence[str], *, cores: frozenset[int], environment: Mapping[str, str], log: Path, cwd: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start a process on its cores, with nothing of a real bot's settings in its environment."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  the benchmark's own programs
            argv, cwd=cwd, env={**kept, **environment}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    os.sched_setaffinity(process.pid, cores)
    return process


class Running:
    """A bot that runs, in one process or several."""

    def __init__(self, start_one: Callable[[int], subprocess.Popen[bytes]], processes: int) -> None:
        self._start_one = start_one
        self._count = processes
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it, for the first time or again."""
        self._processes = [self._start_one(number) for number in range(self._count)]

    def kill(self) -> None:
        """End it without a warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as a service manager does."""
        self._end(signal.SIGTERM)

    @property
    def cpu_seconds(self) -> float:
        """CPU time since its start."""
        return cpu_seconds(process.pid for process in self._processes)

    @property
    def resident_bytes(self) -> int:
        """Memory it holds now."""
        return resident_bytes(process.pid for process in self._processes)

    @property
    def has_ended(self) -> bool:
        """Whether a process of it ended by itself."""
        return any(process.poll() is not None for process in self._processes)

    def _end(self, number: signal.Signals) -> None:
        for process in self._processes:
            process.send_signal(number)
        for process in self._processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = []


class Telegram:
    """The Bot API side, as the runner commands it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, name: str, **given: Any) -> Any:
        """Give a command and return its answer."""
        self._connection.request("POST", f"/bench/{name}", json.dumps(given))
        return json.loads(self._connection.getresponse().read())

    def state(self) -> dict[str, Any]:
        """Return how things stand."""
        found: dict[str, Any] = self.ask("state")
        return found

    def wait_for_bot(self, running: Running) -> None:
        """Wait until a bot is there to take updates.

        Raises:
            BenchFailed: it ended, or it takes too long.
        """
        until = time.monotonic() + _START_SECONDS
        while not self.state()["is_awaited"]:
            if running.has_ended or time.monotonic() > until:
                raise BenchFailed("the bot did not start")
            time.sleep(0.05)

    def close(self) -> None:
        """Command no more."""
        self._connection.close()

    @classmethod
    @contextmanager
    def open(cls, cores: frozenset[int], *, seed: int) -> Iterator[Self]:
        """Start the Bot API side, and end it at the end."""
        argv = [sys.executable, "-m", "tests.bench.telegram", "--seed", str(seed)]
        with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603  our own program
            os.sched_setaffinity(process.pid, cores)
            try:
                assert process.stdout is not None
                with contextlib.closing(cls(int(process.stdout.readline()))) as telegram:
                    yield telegram
            finally:
                process.kill()


@contextmanager
def redis_server(folder: Path, port: int, cores: frozenset[int]) -> Iterator[int]:
    """Start a Redis of our own, keeping its data as its defaults do, and give its process id."""
    argv = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    process = start(argv, cores=cores, environment={}, log=folder / "redis.log")
    try:
        yield process.pid
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
