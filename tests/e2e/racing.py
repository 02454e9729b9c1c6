"""A process of ten coordinators at work: `python -m tests.e2e.racing URL FIRST_ID UPDATES_FROM`.

It says "ready" once the bot is open, waits for a line, lets everybody work until nothing waits, and prints as JSON what
each was told. The bot's real handlers take updates as Telegram sends them; its messages all arrive at once.
"""

import asyncio
import logging
import random
import sys
from itertools import count
from typing import Any

import orjson
import structlog

from handlers.team.callbacks import NEXT, CardAction, CardPress, pack_card, pack_undo
from storage.chats import Chat
from storage.location import parse_location
from storage.queue import Held
from storage.reports import Claim
from tests.bench.growth.bot import Bot, Handlers

COORDINATORS = 10
"""Of each process."""
_TRIES_ANOTHERS_OF = 3
"""Every third time a coordinator presses the button of a card that another holds, too."""
_UNDOES_OF = 20
"""Every twentieth decision is undone and made again."""


class Racers:
    """Ten coordinators of one process."""

    def __init__(self, bot: Bot, first: int, update_ids: "count[int]", chance: random.Random) -> None:
        self._bot = bot
        self._people = range(first, first + COORDINATORS)
        self._update_ids = update_ids
        self._chance = chance
        self._chats: dict[int, Chat] = {}
        self.decided: list[int] = []
        self.refused: list[str] = []
        """What those were told who pressed a button of a report that was not theirs."""

    async def race(self) -> None:
        """Work until nothing waits."""
        working = list(self._people)
        for turn in count(1):
            for person in list(working):
                held = await self._held(person)
                if held is None:
                    await self._press(person, NEXT)
                    held = await self._held(person)
                if held is None:
                    working.remove(person)
                    continue
                if turn % _TRIES_ANOTHERS_OF == 0:
                    await self._try_anothers(person)
                await self._approve(person, held, undoes=len(self.decided) % _UNDOES_OF == 0)
            if not working:
                return

    async def _approve(self, person: int, held: Claim, *, undoes: bool) -> None:
        """Approve by a press that is delivered together with its double."""
        data = pack_card(CardPress(held, CardAction.APPROVE if undoes else CardAction.APPROVE_NEXT))
        once, again = self._pressed(person, data), self._pressed(person, data)
        first, second = await self._handle(once, again)
        assert first == ""
        self.refused.append(second)
        if undoes:
            async with self._bot.database.snapshot() as work:
                made = await work.decisions.standing(held.report_id)
            assert made is not None
            told = await self._press(person, pack_undo(held.report_id, made.decision_id))
            assert told == [""], told
            reopened = await self._held(person)
            assert reopened is not None
            assert reopened.report_id == held.report_id
            await self._press(person, pack_card(CardPress(reopened, CardAction.APPROVE)))
        self.decided.append(held.report_id)

    async def _try_anothers(self, person: int) -> None:
        keys = {(await self._chat(mine)).key for mine in self._people}
        claims = await self._claims()
        others = [held.claim for held in claims if held.coordinator_key not in keys]
        if others:
            claim, action = self._chance.choice(others), self._chance.choice((CardAction.APPROVE, CardAction.RELEASE))
            self.refused += await self._press(person, pack_card(CardPress(claim, action)))

    async def _held(self, person: int) -> Claim | None:
        chat = await self._chat(person)
        claims = await self._claims()
        return next((held.claim for held in claims if held.coordinator_key == chat.key), None)

    async def _claims(self) -> list[Held]:
        async with self._bot.database.snapshot() as work:
            return await work.queue.claims()

    async def _chat(self, person: int) -> Chat:
        if person not in self._chats:
            self._chats[person] = await self._bot.database.perform(lambda work: work.chats.meet(person, language="ru"))
        return self._chats[person]

    async def _press(self, person: int, data: str) -> list[str]:
        return await self._handle(self._pressed(person, data))

    async def _handle(self, *updates: dict[str, Any]) -> list[str]:
        """Hand updates to the bot, and return what was said over each button."""
        while True:
            try:
                acknowledged = await self._bot.worker.handle(updates)
                await self._bot.outlet.exchange()
            except Exception as error:
                if not self._bot.database.is_trouble(error):  # such as SQLite's file, locked by the other for too long
                    raise
            else:
                return [one.toast for one in acknowledged]

    def _pressed(self, person: int, data: str) -> dict[str, Any]:
        number = next(self._update_ids)
        somebody = {"id": person, "is_bot": False, "first_name": "Somebody", "language_code": "ru"}
        message = {"message_id": 1, "date": 0, "chat": {"id": person, "type": "private"}}
        query = {"id": str(number), "from": somebody, "chat_instance": "1", "message": message, "data": data}
        return {"update_id": number, "callback_query": query}


async def main(url: str, first: str, updates_from: str) -> None:
    """Open the bot, wait for the word, race, print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chance = random.Random(int(first))  # noqa: S311  no secret
    async with Handlers.open(chance.choice) as handlers, Bot.open(parse_location(url), handlers) as bot:
        racers = Racers(bot, int(first), count(int(updates_from)), chance)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await racers.race()
    sys.stdout.write(orjson.dumps({"decided": racers.decided, "refused": racers.refused}).decode() + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
