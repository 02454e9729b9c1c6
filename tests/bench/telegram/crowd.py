"""The people: each acts as soon as the bot has answered, or after a moment's thought, and some lose patience."""

import asyncio
import random
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson

from tests.bench.telegram.feed import Feed
from tests.bench.telegram.person import Act, Person, screen_of

FIRST_CHAT = 6_000_000_000
_MOST_REPEATS = 2
"""How often an act is repeated before /start is tried."""
_MOST_STARTS = 3
"""How often /start is tried before somebody counts as stuck."""
_LOOK_SECONDS = 0.25
_COMMAND = b',"entities":[{"type":"bot_command","offset":0,"length":6}]'


@dataclass(frozen=True)
class Manner:
    """How a group of people behaves."""

    rounds: int = 0
    """How many reports each makes; 0: one after another without end."""
    park_at: str = ""
    """The question at which everybody stops for good."""
    at_once: int = 0
    """How many are at work at the same time; 0: all."""
    think_seconds: tuple[float, float] = (0.0, 0.0)
    patience_seconds: float = 0.0
    """After so long without an answer the last act is repeated; 0: never."""
    presses_send_twice: bool = False
    is_passive: bool = False
    """They have written already and only listen."""


class Crowd:
    """Everybody who talks with the bot."""

    def __init__(self, feed: Feed, *, seed: int = 1) -> None:
        self._feed = feed
        self._loop = asyncio.get_running_loop()
        self._chance = random.Random(seed)  # noqa: S311  nothing secret is drawn
        self._queries = count(1)
        self._people: dict[int, Person] = {}
        self.owed: set[int] = set()
        """The chats of those who were sent away while they waited, until the bot has answered them too."""
        self._not_begun: Iterator[Person] = iter(())
        self._manner = Manner()
        self._looking: asyncio.TimerHandle | None = None
        self.parked = self.done = self.stuck = 0
        self.clear_figures()

    def clear_figures(self) -> None:
        """Begin to count anew."""
        self.latencies = array("d")
        self.replies = 0
        self.unread: list[str] = []
        """The first few messages that nobody understood."""

    @property
    def people(self) -> list[Person]:
        """Everybody."""
        return list(self._people.values())

    def waiting_seconds(self) -> list[float]:
        """Return how long each person who waits has waited so far; nothing where people only listen."""
        if self._manner.is_passive:
            return []
        now = time.perf_counter()
        return [now - person.available_at for person in self._people.values() if person.is_waiting]

    def begin(self, people: int, manner: Manner, *, first: int = 0) -> None:
        """Let people come, numbered from `first`, in place of all who were there."""
        self.disperse()
        self._manner = manner
        newcomers = [self.meet(first + number) for number in range(people)]
        self._not_begun = iter(newcomers)
        for _ in range(manner.at_once or people):
            self._begin_next()
        if manner.patience_seconds:
            self._look()

    def write_ahead(self, people: int, each: int, *, first: int = 0) -> None:
        """Let people write /start `each` times; they only listen to what is answered."""
        self.disperse()
        self._manner = Manner(is_passive=True)
        newcomers = [self.meet(first + number) for number in range(people)]
        for _ in range(each):
            for person in newcomers:
                self._do(person, person.start_again())

    def disperse(self) -> None:
        """Let everybody go. What the bot still says to them is not read any more."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._not_begun = iter(())
        self.owed |= {person.chat_id for person in self._people.values() if person.is_waiting}
        self._people.clear()
        self.parked = self.done = self.stuck = 0

    def meet(self, number: int) -> Person:
        """Make a person known."""
        chat_id = FIRST_CHAT + number
        about = b'{"id":%d,"first_name":"Person %d","username":"person%d"' % (chat_id, number, number)
        person = Person(
            number,
            chat_id,
            user=about + b',"is_bot":false,"language_code":"en"}',
            chat=about + b',"type":"private"}',
        )
        self._people[chat_id] = person
        return person

    def find(self, chat_id: int) -> Person | None:
        """Return the person whose chat this is."""
        return self._people.get(chat_id)

    def hear(self, person: Person, text: str, markup: dict[str, Any] | None, message: bytes) -> None:
        """Let a person read what the bot said, and act on it."""
        self.replies += 1
        if self._manner.is_passive:
            return
        if text == person.shown:
            person.seen_twice += 1
            return
        if person.is_waiting:
            self.latencies.append(time.perf_counter() - person.available_at)
        screen = screen_of(text, markup)
        if screen is None:
            if len(self.unread) < 5:
                self.unread.append(text)
            return
        person.is_waiting, person.repeats = False, 0
        person.shown, person.message = text, message
        if screen == self._manner.park_at:
            self.parked += 1
            self._begin_next()
        elif screen == "receipt":
            self._finish(person)
        elif (act := person.answer(screen, markup)) is not None:
            self._act_soon(person, act, twice=screen == "submit" and self._manner.presses_send_twice)

    def _begin_next(self) -> None:
        if (person := next(self._not_begun, None)) is not None:
            self._act_soon(person, person.start())

    def _finish(self, person: Person) -> None:
        person.receipts += 1
        if not self._manner.rounds or person.round < self._manner.rounds:
            person.said, person.acknowledged = {}, set()
            self._act_soon(person, person.start())
        else:
            person.is_done = True
            self.done += 1
            self._begin_next()

    def _act_soon(self, person: Person, act: Act, *, twice: bool = False) -> None:
        low, high = self._manner.think_seconds
        if high:
            self._loop.call_later(self._chance.uniform(low, high), self._do, person, act)
            return
        self._do(person, act)
        if twice:
            self._put(person, act)

    def _do(self, person: Person, act: Act) -> None:
        person.act = act
        person.is_waiting = True
        person.acted_at = person.available_at = time.perf_counter()
        self._put(person, act)

    def _put(self, person: Person, act: Act) -> None:
        if act.pressed:
            content = b'"callback_query":{"id":"%d","from":%b,"message":%b,"chat_instance":"1","data":%b}}' % (
                next(self._queries),
                person.user,
                person.message,
                orjson.dumps(act.pressed),
            )
        else:
            content = b'"message":{"message_id":%d,"from":%b,"chat":%b,"date":%d,"text":%b%b}}' % (
                person.next_message_id,
                person.user,
                person.chat,
                time.time(),
                orjson.dumps(act.words),
                _COMMAND if act.words.startswith("/") else b"",
            )
            person.next_message_id += 1
        self._feed.put(person.chat_id, content)

    def _look(self) -> None:
        """See who has waited too long."""
        late = time.perf_counter() - self._manner.patience_seconds
        for person in self._people.values():
            if person.is_waiting and person.acted_at < late:
                self._lose_patience(person)
        self._looking = self._loop.call_later(_LOOK_SECONDS, self._look)

    def _lose_patience(self, person: Person) -> None:
        person.repeats += 1
        if person.repeats > _MOST_REPEATS + _MOST_STARTS:
            person.is_waiting = False
            self.stuck += 1
            return
        act = person.act if person.repeats <= _MOST_REPEATS else person.start_again()
        if act is not None:
            since = person.available_at
            self._do(person, act)
            person.available_at = since
