"""A process of coordinators that claim every report they can: `python -m tests.storage.claimer URL FIRST_ID COUNT`.

It says "ready" once its database is open, waits for a line, and prints the ids it claimed as JSON.
"""

import asyncio
import sys
from functools import partial

import orjson

from bot.domain.report import Decision
from storage.chats import Chat
from storage.database import Database
from storage.location import parse_location
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, LONG, Clock


async def claim_all(database: Database, telegram_ids: range) -> list[int]:
    """Let coordinators work side by side, each deciding one report and claiming the next, until nothing waits.

    Return the reports that they claimed.
    """

    async def take_next(work: UnitOfWork, coordinator: Chat, held: Claim | None) -> Claim | None:
        if held is not None:
            assert await work.decisions.decide(held, coordinator, Decision.APPROVED)
        return await work.queue.claim_next(coordinator, until=work.now + LONG)

    async def work_the_queue(telegram_id: int) -> list[int]:
        coordinator = await database.perform(lambda work: work.chats.meet(telegram_id, language="ru"))
        claimed: list[int] = []
        held: Claim | None = None
        while held := await database.perform(partial(take_next, coordinator=coordinator, held=held), durable=False):
            claimed.append(held.report_id)
        return claimed

    everybodys = await asyncio.gather(*(work_the_queue(telegram_id) for telegram_id in telegram_ids))
    return [report_id for mine in everybodys for report_id in mine]


async def main(url: str, first: str, count: str) -> None:
    """Open the database, wait for the word, claim, print."""
    out = sys.stdout
    async with Database.open(parse_location(url), FIRST_KEY, clock=Clock()) as database:
        out.write("ready\n")
        out.flush()
        await asyncio.to_thread(sys.stdin.readline)
        claimed = await claim_all(database, range(int(first), int(first) + int(count)))
    out.write(orjson.dumps(claimed).decode() + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
