"""What people, coordinators and the clock do, once a round, each timed from the update to the commit."""

import random
import time
from collections import deque
from collections.abc import Awaitable
from itertools import count
from typing import Any

from bot.domain.answer import Answer
from bot.domain.consent import Publishing
from bot.domain.interview import SUBMIT, Interview
from bot.domain.message import Say
from bot.domain.press import Action, Press
from bot.domain.receipt import SECRET_LENGTH, Receipt
from handlers.callbacks import pack
from handlers.team.callbacks import CardAction, CardPress, pack_card
from storage.outgoing import Priority
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bench.growth.bot import AT_ONCE, COORDINATORS, Bot
from tests.bench.growth.past import UNDIGESTED
from tests.bench.growth.people import people
from tests.storage.support import said, scripted

BATCH = 100
"""Updates that Telegram hands out at once."""
RUSH = 10_000
"""Messages that wait in a rush, ten for each of those who take part."""
SELDOM = 10
"""What takes long is done once in so many rounds."""
_NAMES = 500
"""Of people reported here, so that a card has few candidates."""
_KNOWN = 1000
_SUBMITTERS = 200
_FIRST_KNOWN, _FIRST_SUBMITTER = 7_000_000_000, 8_000_000_000
_PAUSE_SECONDS = 2
"""Between two acts, by the bot's clock."""
_ANSWERS: dict[str, Answer] = {
    "city": said("Алматы", value="almaty"),
    "date": said("5 января", value="2022-01-05"),
    "charge": said("Статья 272, массовые беспорядки"),
    "conditions": Answer.pressed(choices=["no_lawyer"]),
}


class Failed(Exception):
    """The bot did not do what was timed, so that the figures are worth nothing."""


class Chance:
    """Picks the characters of receipt codes, and remembers them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  a run is to be the same every time
        self._last: deque[str] = deque(maxlen=SECRET_LENGTH)

    def __call__(self, alphabet: str) -> str:
        self._last.append(self.random.choice(alphabet))
        return self._last[-1]

    def last_code(self) -> str:
        """Return the code issued last."""
        return str(Receipt.issue(scripted("".join(self._last))))


class Rounds:
    """Rounds with one bot. `seconds` holds how long each act took, each time."""

    def __init__(self, bot: Bot, chance: Chance) -> None:
        self._bot = bot
        self._chance = chance
        self._update_ids = count(10**9)
        self._decided = 0
        self._names = list(people(chance.random, _NAMES))
        self.seconds: dict[str, list[float]] = {}

    async def begin(self) -> None:
        """Let the people who take part be known, as the last round left them or new."""
        known = range(_FIRST_KNOWN, _FIRST_KNOWN + _KNOWN)
        first = (await self._bot.sql("SELECT max(update_id) FROM seen_updates"))[0][0]
        self._update_ids = count(first + 1)
        for start in range(0, _KNOWN, BATCH):
            await self._bot.worker.handle([self._words(person, "/start") for person in known[start : start + BATCH]])
            await self._bot.outlet.exchange()
        self._decided = await self._count_decided()

    async def play(self, number: int) -> None:
        """Play one round: a report comes in, is asked after, and is decided, or one that has waited longer is."""
        coordinator = COORDINATORS[number % (len(COORDINATORS) - 1)]  # the last one holds what the past left in hand
        await self._submit(_FIRST_SUBMITTER + number % _SUBMITTERS, self._names[number % _NAMES])
        await self._time("notice", self._bot.ticker.tick())
        code = self._chance.random.choice(self._bot.codes)
        await self._handle("status", self._words(_FIRST_KNOWN + number % _KNOWN, f"/status {code}"))
        await self._handle("queue", self._words(coordinator, "/queue"))
        await self._handle("next", self._words(coordinator, "/next"))
        claim = await self._bot.database.perform(lambda work: _held(work, coordinator))
        await self._handle("approve", self._press(coordinator, CardPress(claim, CardAction.APPROVE)))
        await self._time("exchange", self._bot.outlet.exchange())
        await self._bot.outlet.exchange()
        await self._bot.ticker.tick()  # what came of the approval
        await self._bot.outlet.exchange()
        await self._time("tick", self._bot.ticker.tick())
        await self._time("figures", self._read_figures())
        if number % SELDOM == 0:
            everybody = self._chance.random.sample(range(_FIRST_KNOWN, _FIRST_KNOWN + _KNOWN), BATCH)
            await self._handle("batch", *(self._words(person, "/start") for person in everybody))
            await self._bot.outlet.exchange()
            await self._time("clean", self._bot.new_ticker().tick())
            await self._digest()

    async def rush(self) -> None:
        """Let thousands of messages wait, as when Telegram takes none for a while, and go on."""
        everybody = range(_FIRST_KNOWN, _FIRST_KNOWN + _KNOWN)
        keys = (f"rush:{number}" for number in count(1))

        async def say_much(work: UnitOfWork) -> None:
            for person in everybody:
                chat = await work.chats.meet(person, language="ru")
                for _ in range(RUSH // _KNOWN):
                    await work.outbox.add(chat, Say(html="…"), priority=Priority.PEOPLE, key=next(keys))

        await self._bot.database.perform(say_much)
        for _ in range(_KNOWN // AT_ONCE):
            await self._time("rush", self._bot.outlet.exchange(settles=False))
            people = self._chance.random.sample(everybody, BATCH)
            await self._handle("rush_batch", *(self._words(person, "/start") for person in people))
        await self._bot.sql("DELETE FROM outbox WHERE settled_at_ms IS NULL")

    async def check(self, rounds: int) -> None:
        """Check that all was done that was timed.

        Raises:
            Failed: something was set aside, or not decided.
        """
        set_aside = (await self._bot.sql("SELECT count(*) FROM deferred_updates"))[0][0]
        decided = await self._count_decided() - self._decided
        if set_aside or decided != rounds:
            raise Failed(f"{set_aside} updates failed, and {decided} reports of {rounds} were decided")

    def forget(self) -> None:
        """Forget the figures of what only warmed up."""
        self.seconds.clear()

    async def _submit(self, person: int, name: str) -> None:
        async def come_to_the_end(work: UnitOfWork) -> int:
            chat = await work.chats.meet(person, language="ru")
            screen = (await work.conversations.get(chat)).screen + 1
            answers = {"name": said(name), **_ANSWERS}
            interview = Interview(
                screen=screen, step=SUBMIT, answers=answers, sharing=True, publishing=Publishing.WITH_NAME
            )
            await work.conversations.save(chat, interview)
            return screen

        screen = await self._bot.database.perform(come_to_the_end)
        await self._handle("submit", self._press(person, Press(screen, Action.SUBMIT)))
        self._bot.codes.append(self._chance.last_code())

    async def _digest(self) -> None:
        """Make yesterday's digest once more; afterwards it is made, and its reports are told of by none."""
        last = "(SELECT max(id) FROM digests)"
        await self._bot.sql(f"DELETE FROM digests WHERE id = {last}")  # noqa: S608  ours
        await self._time("digest", self._bot.ticker.tick())
        told = (await self._bot.sql(f"SELECT reports FROM digests WHERE id = {last}"))[0][0]  # noqa: S608
        if told != UNDIGESTED:
            raise Failed(f"the digest tells of {told} reports")
        await self._bot.sql(f"UPDATE reports SET digest_id = NULL WHERE digest_id = {last}")  # noqa: S608
        await self._bot.sql("DELETE FROM outbox WHERE settled_at_ms IS NULL")

    async def _read_figures(self) -> None:
        async with self._bot.database.snapshot() as work:
            await work.figures.read()

    async def _handle(self, act: str, *raw_updates: dict[str, Any]) -> None:
        await self._time(act, self._bot.worker.handle(raw_updates))

    async def _time(self, act: str, done: Awaitable[object]) -> None:
        began = time.perf_counter()
        await done
        self.seconds.setdefault(act, []).append(time.perf_counter() - began)
        self._bot.clock.forward(_PAUSE_SECONDS)

    async def _count_decided(self) -> int:
        found = await self._bot.sql("SELECT count(*) FROM report_events WHERE event = 'approved'")
        return int(found[0][0])

    def _words(self, person: int, text: str) -> dict[str, Any]:
        number, command = next(self._update_ids), text.partition(" ")[0]
        message = {
            "message_id": number,
            "date": int(self._bot.clock.now.timestamp()),
            "chat": {"id": person, "type": "private", "first_name": "Somebody"},
            "from": _somebody(person),
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(command)}],
        }
        return {"update_id": number, "message": message}

    def _press(self, person: int, press: Press | CardPress) -> dict[str, Any]:
        number = next(self._update_ids)
        query = {
            "id": str(number),
            "from": _somebody(person),
            "chat_instance": "1",
            "message": {"message_id": 1, "date": 0, "chat": {"id": person, "type": "private"}},
            "data": pack_card(press) if isinstance(press, CardPress) else pack(press),
        }
        return {"update_id": number, "callback_query": query}


def _somebody(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Somebody", "language_code": "ru"}


async def _held(work: UnitOfWork, coordinator: int) -> Claim:
    chat = await work.chats.meet(coordinator, language="ru")
    claim = await work.queue.held_by(chat, until=work.now)
    if claim is None:
        raise Failed("/next gave no report")
    return claim
