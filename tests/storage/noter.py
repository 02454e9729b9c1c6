"""A process that appends to the audit: `python -m tests.storage.noter URL FIRST_ID COUNT`.

It says "ready" once its database is open, waits for a line, and ends when all is noted.
"""

import asyncio
import sys

from bot.domain.audit import AuditAct
from storage.database import Database
from storage.location import parse_location
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, Clock

AT_ONCE = 4


async def note_all(database: Database, first: int, count: int) -> None:
    """Let several people of one team act side by side, each of them so often, on rows that all of them change.

    No transaction is tried again: none may be in another's way.
    """

    async def act(work: UnitOfWork, *, telegram_id: int, number: int) -> None:
        await work.hold(dict.fromkeys((telegram_id, 1000 + number % 3), "ru"))
        async with work.turn():
            actor = await work.chats.meet(telegram_id, language="ru")
            work.audit.note(actor, AuditAct.CLAIMED, report_id=number)
            shared = await work.chats.meet(1000 + number % 3, language="ru")
            await work.chats.rename(shared, str(number))
            work.audit.note(actor, AuditAct.APPROVED, report_id=number)

    async def go_on(telegram_id: int) -> None:
        for number in range(count):
            async with database.transaction() as work:
                await act(work, telegram_id=telegram_id, number=number)

    await asyncio.gather(*(go_on(first + place) for place in range(AT_ONCE)))


async def main(url: str, first: str, count: str) -> None:
    """Open the database, wait for the word, act."""
    out = sys.stdout
    async with Database.open(parse_location(url), FIRST_KEY, clock=Clock()) as database:
        out.write("ready\n")
        out.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await note_all(database, int(first), int(count))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
