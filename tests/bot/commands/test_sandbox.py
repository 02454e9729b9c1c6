"""`sandbox`: a person pastes the commands that it prints, one after another."""

import asyncio
import signal
from pathlib import Path

import aiohttp

from tests.bot.commands.curl import Curl, wait_for
from tests.bot.commands.processes import running, stop
from tests.e2e.plans import EN, RU
from tests.e2e.robots import line


async def test_the_commands_that_the_sandbox_prints_work_in_their_order(tmp_path: Path) -> None:
    async with running("sandbox", "--port", "0", folder=tmp_path) as process, aiohttp.ClientSession() as session:
        told = await _told(process)
        index, start, look, agree, take = [Curl.read(line) for line in told if "curl " in line]
        everything = await index.run(session)
        assert {"POST /sandbox/people", "GET /sandbox/events"} <= {one["call"] for one in everything["endpoints"]}

        await wait_for(session, index.url, line("screen.consent", RU), after=await start.run(session))
        assert line("screen.consent", RU) in (await look.run(session))["messages"][-1]["text"]
        await wait_for(session, index.url, line("progress", RU, number=1, total=5), after=await agree.run(session))
        await wait_for(session, index.url, line("queue.empty", EN), after=await take.run(session))

        stopped = await stop(process, signal.SIGINT)
    assert stopped.code == 0


async def _told(process: asyncio.subprocess.Process) -> list[str]:
    """Read what it prints when it is ready, to the end."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or "Ctrl+C" not in lines[-1]:
        line = await process.stdout.readline()
        assert line, lines
        lines.append(line.decode())
    return lines
