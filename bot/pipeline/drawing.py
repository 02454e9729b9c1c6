"""Having a chart drawn by another process, which ends with the picture.

Not a pool of processes: one that hangs could not be ended with what the standard library offers, one that waits for the
next picture keeps its 87 MB, and one that is forked or spawned from here gets the master key with the
environment.
"""

import asyncio
import os
import sys
from pathlib import Path

import orjson
import structlog

from bot.domain.chart import Chart

log = structlog.get_logger(__name__)

_SECONDS = 15.0
"""How long a picture may take; it takes one."""
_PNG = b"\x89PNG\r\n"
_ROOT = Path(__file__).parents[2]
_PASSED_ON = ("HOME", "PATH", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
"""What of the environment the other process gets: where matplotlib keeps what it knows of the fonts. No secret."""
COMMAND = (sys.executable, "-m", "bot.drawing")


class Artist:
    """Draws charts, one at a time."""

    def __init__(self, *, command: tuple[str, ...] = COMMAND, seconds: float = _SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self._at_work = asyncio.Lock()

    async def draw(self, chart: Chart) -> bytes | None:
        """Return the picture as PNG; None where it cannot be drawn, or not in time."""
        try:
            async with asyncio.timeout(self._seconds), self._at_work:
                picture = await self._ask(orjson.dumps(chart))
        except (TimeoutError, OSError) as error:
            log.warning("picture_not_drawn", error=type(error).__name__)
            return None
        if not picture.startswith(_PNG):
            log.warning("picture_not_drawn", error="the process failed")
            return None
        return picture

    async def _ask(self, chart: bytes) -> bytes:
        """Hand a chart to a new process and return what it writes; end it, whatever happens."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            written, _ = await process.communicate(chart)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return written if process.returncode == 0 else b""
