"""The bot as a process of its own, so that it can be killed in the middle of a word."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_STOP_SECONDS = 20


class BotProcess:
    """`python -m bot run` with settings of its own; its log goes to a file."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = dict(environment)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, **changed: str) -> None:
        """Start it, with some settings changed for good."""
        self._environment |= changed
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env={**_inherited(), **self._environment}, stderr=log, stdout=log
            )

    async def kill(self) -> None:
        """SIGKILL: no warning, no last words."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM: it finishes what is in hand. Return its exit code."""
        return await self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running:
            await self.kill()

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            raise RuntimeError("the bot was not started")
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)


def _inherited() -> dict[str, str]:
    """Return what a program needs of the environment, and no setting of a real bot."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ}
