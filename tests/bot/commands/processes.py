"""Commands as processes of their own, in a folder where nobody's .env is."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int | None
    out: str
    err: str


@asynccontextmanager
async def running(*words: str, folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start `python -m bot <words>`; kill it if it does not end by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def run_bot(*words: str, folder: Path, **settings: str) -> Ended:
    """Run a command to its end."""
    async with running(*words, folder=folder, **settings) as process:
        return await _end_of(process)


async def stop(process: asyncio.subprocess.Process, number: signal.Signals) -> Ended:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    return await _end_of(process)


async def _end_of(process: asyncio.subprocess.Process) -> Ended:
    out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())
