"""A process of coordinators that claim every report they can: `python -m tests.storage.claimer FILE FIRST_ID COUNT`.

It says "ready" once its database is open, waits for a line, and prints the ids it claimed as JSON.
"""

import asyncio
import sys
from pathlib import Path

import orjson

from storage.database import Database
from storage.location import Location
from tests.storage.support import FIRST_KEY, LONG, Clock


async def claim_all(database: Database, telegram_ids: range) -> list[int]:
    """Let coordinators claim side by side until nothing waits; return what they got."""

    async def work_the_queue(telegram_id: int) -> list[int]:
        claimed: list[int] = []
        while True:
            async with database.transaction() as work:
                coordinator = await work.chats.meet(telegram_id, language="ru")
                claim = await work.reports.claim_next(coordinator, until=work.now + LONG)
            if claim is None:
                return claimed
            claimed.append(claim.report_id)

    everybodys = await asyncio.gather(*(work_the_queue(telegram_id) for telegram_id in telegram_ids))
    return [report_id for mine in everybodys for report_id in mine]


async def main(path: str, first: str, count: str) -> None:
    """Open the database, wait for the word, claim, print."""
    out = sys.stdout
    async with Database.open(Location(Path(path)), FIRST_KEY, clock=Clock()) as database:
        out.write("ready\n")
        out.flush()
        await asyncio.to_thread(sys.stdin.readline)
        claimed = await claim_all(database, range(int(first), int(first) + int(count)))
    out.write(orjson.dumps(claimed).decode() + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
