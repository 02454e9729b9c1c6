"""The scenarios: each puts one bot to the same work and returns figures."""

import random
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from tests.bench.bots import Bot, Place
from tests.bench.measure import cpu_seconds
from tests.bench.processes import BenchFailed, Running, Telegram
from tests.bench.verdict import judge

Figures = dict[str, Any]

_LOOK_SECONDS = 0.1
_QUIET_SECONDS = 2.0
"""After so long without a call a bot that owes answers has lost them."""
_MOST_SLICES = 5
"""Into so many parts a measured time is divided; the part in the middle counts, whatever else the machine did."""
_SHORTEST_SLICE_SECONDS = 0.5
"""The kernel counts CPU time in hundredths of a second."""
_LONGEST_QUIETING_SECONDS = 15.0
_NO_PROGRESS_SECONDS = 15.0
TURN_PEOPLE, FAR_PEOPLE, FAR_MS = 50, 500, 40
"""What is measured in turn: so many people near by, and so many so far away."""
_AT_ONCE = 100
"""How many people open their conversations at the same time, where many do."""


@dataclass(frozen=True)
class Scale:
    """How much of each."""

    people: tuple[int, ...] = (1, 50, 500)
    round_trips_ms: tuple[int, ...] = (0, 40)
    seconds: float = 5.0
    warm_up_seconds: float = 4.0
    """Before anything is measured: until then Node's compiler is still at work."""
    conversations: int = 10_000
    conversations_of_slow: int = 4_000
    warmed_up_by: int = 500
    killed_people: int = 500
    killed_after_seconds: tuple[float, float] = (7.0, 12.0)
    think_seconds: tuple[float, float] = (1.1, 1.8)
    """Longer than a second: a second passes before anybody reads a question and answers it."""
    patience_seconds: float = 6.0
    pressing_twice: int = 300
    backlog: int = 100_000
    backlog_of_slow: int = 5_000
    turns: int = 8
    """How often each bot has its turn, where all are measured in turn."""
    turn_seconds: float = 1.2
    far_turn_seconds: float = 2.5
    pause_seconds: float = 1.0
    """Before memory is read, and before what came twice is counted."""
    seed: int = 1

    @classmethod
    def quick(cls) -> "Scale":
        """Return a scale for a first look."""
        return cls(
            people=(50, 500),
            seconds=1.0,
            warm_up_seconds=1.5,
            conversations=1_000,
            conversations_of_slow=200,
            warmed_up_by=50,
            killed_people=30,
            killed_after_seconds=(4.0, 7.0),
            think_seconds=(1.05, 1.15),
            patience_seconds=4.0,
            turns=3,
            pressing_twice=20,
            backlog=5_000,
            backlog_of_slow=500,
        )


class Stage:
    """One bot on one Telegram, and the scenarios that are played with it."""

    def __init__(self, bot: Bot, place: Place, telegram: Telegram, scale: Scale, *, helper_pid: int | None) -> None:
        self._bot = bot
        self._place = self._here = place
        self._telegram = telegram
        self._scale = scale
        self._helper_pid = helper_pid
        self._met = 0

    def load(self) -> list[Figures]:
        """Let 1, 50 and 500 people talk as fast as they can, near by and 40 ms away."""
        with self.started("load") as running:
            self.warm_up(running)
            return [
                self._work(running, people=people, round_trip_ms=round_trip_ms, seconds=self._scale.seconds)
                for round_trip_ms in self._scale.round_trips_ms
                for people in self._scale.people
            ]

    def memory(self) -> Figures:
        """Open many conversations and see how much more memory the bot holds."""
        with self.started("memory") as running:
            self._open_conversations(running, self._scale.warmed_up_by)
            time.sleep(self._scale.pause_seconds)
            before = running.resident_bytes
            scale = self._scale
            people = scale.conversations if self._bot.is_quick else scale.conversations_of_slow
            opened = self._open_conversations(running, people)
            time.sleep(self._scale.pause_seconds)
            after = running.resident_bytes
        return {
            "conversations": opened,
            "before_bytes": before,
            "after_bytes": after,
            "bytes_per_conversation": (after - before) / max(opened, 1),
        }

    def kill(self) -> Figures:
        """Kill the bot while everybody talks, start it again, and see what is missing in the end."""
        low, high = self._scale.killed_after_seconds
        moment = random.Random(self._scale.seed).uniform(low, high)  # noqa: S311  the same for every bot
        with self.started("kill") as running:
            self._begin(
                self._scale.killed_people,
                rounds=1,
                think_seconds=self._scale.think_seconds,
                patience_seconds=self._scale.patience_seconds,
            )
            time.sleep(moment)
            running.kill()
            running.start()
            self._until(running, lambda state: state["done"] + state["stuck"] >= self._scale.killed_people)
            people = self._telegram.ask("people")
        return {"killed_after_seconds": moment, **judge(people, self._bot.reports(self._here)).as_dict()}

    def press_twice(self) -> Figures:
        """Let everybody press the last button twice at the same moment."""
        with self.started("press_twice") as running:
            self._begin(self._scale.pressing_twice, rounds=1, presses_send_twice=True)
            self._until(running, lambda state: state["done"] >= self._scale.pressing_twice)
            time.sleep(self._scale.pause_seconds)
            people = self._telegram.ask("people")
        return judge(people, self._bot.reports(self._here)).as_dict()

    def backlog(self) -> Figures:
        """Let updates wait: /start, twice from each person, as people do who get no answer."""
        updates = self._scale.backlog if self._bot.is_quick else self._scale.backlog_of_slow
        people = updates // 2
        with self.started("backlog") as running:
            self.warm_up(running)
            self._telegram.ask("mark")
            cpu_before, began = running.cpu_seconds, time.monotonic()
            self._telegram.ask("write_ahead", people=people, each=2, first=self._newcomers(people))
            self._until(running, lambda state: state["replies"] >= updates and not state["unacknowledged"])
            seconds, spent = time.monotonic() - began, running.cpu_seconds - cpu_before
            replies = self._telegram.state()["replies"]
        return {
            "updates": updates,
            "replies": replies,
            "unanswered": max(0, updates - replies),
            "seconds": seconds,
            "cpu_seconds": spent,
            "cpu_seconds_for_100000": spent * 100_000 / max(replies, 1),
            "seconds_for_100000": seconds * 100_000 / max(replies, 1),
        }

    def turn(self, running: Running, *, is_far: bool) -> Figures:
        """Measure for a moment: the CPU time with people near by, and the latency with many far away."""
        near = self._work(running, people=TURN_PEOPLE, round_trip_ms=0, seconds=self._scale.turn_seconds)
        figures: Figures = {"cpu_ms_per_update": near["cpu_ms_per_update"], "far_p50_ms": None}
        if is_far:
            seconds = self._scale.far_turn_seconds
            far = self._work(running, people=FAR_PEOPLE, round_trip_ms=FAR_MS, seconds=seconds)
            figures["far_p50_ms"] = far["latency"].get("p50_ms")
        return figures

    def started(self, scenario: str) -> AbstractContextManager[Running]:
        """Run the bot, with an empty database, while the block lasts."""
        return _Started(self, scenario)

    def open(self, scenario: str) -> Running:
        """Return the bot, with an empty database, not yet started."""
        self._here = replace(self._place, folder=self._place.folder / scenario)
        self._telegram.ask("ports", ports=self._bot.ports)
        self._here.prepare()
        return self._bot.open(self._here)

    def settle(self, running: Running) -> None:
        """Send everybody away and wait until the bot has nothing more to say."""
        self._telegram.ask("distance", round_trip_seconds=0)
        self._telegram.ask("disperse")
        now = changed_at = time.monotonic()
        until = now + _LONGEST_QUIETING_SECONDS
        calls = -1
        while now < until and not running.has_ended:
            state = self._telegram.state()
            if state["calls"] != calls:
                calls, changed_at = state["calls"], now
            elif state["is_awaited"] and (not state["owed"] or now - changed_at > _QUIET_SECONDS):
                return
            time.sleep(_LOOK_SECONDS)
            now = time.monotonic()

    def await_bot(self, running: Running) -> None:
        """Wait until the bot asks for updates."""
        self._telegram.wait_for_bot(running)

    def _work(self, running: Running, *, people: int, round_trip_ms: int, seconds: float) -> Figures:
        self._telegram.ask("distance", round_trip_seconds=round_trip_ms / 1000)
        self._begin(people)
        time.sleep(min(1.0, seconds / 3))
        stalls_before = self._bot.stalls()
        self._telegram.ask("mark")
        cpu_before, helper_before = running.cpu_seconds, self._helper_cpu()
        rates, state = self._slices(running, cpu_before, seconds)
        spent, helper = running.cpu_seconds - cpu_before, self._helper_cpu() - helper_before
        stalls = self._bot.stalls()
        self.settle(running)
        if running.has_ended:
            raise BenchFailed("the bot ended")
        replies = max(state["replies"], 1)
        return {
            "people": people,
            "round_trip_ms": round_trip_ms,
            "seconds": state["seconds"],
            "replies": state["replies"],
            "cpu_seconds": spent,
            "updates_per_cpu_second": statistics.median(rates),
            "updates_per_cpu_second_from": min(rates),
            "updates_per_cpu_second_to": max(rates),
            "cpu_ms_per_update": 1000 / max(statistics.median(rates), 0.01),
            "updates_per_second": state["replies"] / state["seconds"],
            "helper_cpu_ms_per_update": helper / replies * 1000,
            "telegram_cpu_ms_per_update": state["cpu_seconds"] / replies * 1000,
            "latency": state["latency"],
            "unread": state["unread"],
            "stalls": None if stalls is None or stalls_before is None else stalls - stalls_before,
        }

    def _slices(self, running: Running, cpu: float, seconds: float) -> tuple[list[float], Figures]:
        """Measure; return how many updates a CPU second were handled in each part, and how things stand at the end."""
        rates, replies = [], 0
        slices = max(1, min(_MOST_SLICES, int(seconds / _SHORTEST_SLICE_SECONDS)))
        while True:
            time.sleep(seconds / slices)
            state, cpu_now = self._telegram.state(), running.cpu_seconds
            rates.append((state["replies"] - replies) / max(cpu_now - cpu, 0.01))
            if len(rates) == slices:
                return rates, state
            cpu, replies = cpu_now, state["replies"]

    def warm_up(self, running: Running) -> None:
        """Let some people talk before anything is measured."""
        self._work(running, people=20, round_trip_ms=0, seconds=self._scale.warm_up_seconds)

    def _open_conversations(self, running: Running, people: int) -> int:
        """Bring people to the third question; return how many got there."""
        self._begin(people, park_at="date", at_once=_AT_ONCE)
        return int(self._until(running, lambda state: state["parked"] >= people)["parked"])

    def _begin(self, people: int, **manner: Any) -> None:
        self._telegram.ask("begin", people=people, first=self._newcomers(people), **manner)

    def _newcomers(self, people: int) -> int:
        """Return the first number of people who have not been here before."""
        first = self._met
        self._met += people
        return first

    def _until(self, running: Running, is_over: Callable[[Figures], bool]) -> Figures:
        """Wait until it is over, or nothing has changed for a while; return how things stand then."""
        seen, changed_at = (), time.monotonic()
        while True:
            state = self._telegram.state()
            now = tuple(state[name] for name in ("replies", "done", "stuck", "parked", "unacknowledged"))
            if is_over(state) or running.has_ended:
                return state
            if now != seen:
                seen, changed_at = now, time.monotonic()
            elif time.monotonic() - changed_at > _NO_PROGRESS_SECONDS:
                return state
            time.sleep(_LOOK_SECONDS)

    def _helper_cpu(self) -> float:
        return cpu_seconds([self._helper_pid]) if self._helper_pid is not None else 0.0


class _Started(AbstractContextManager[Running]):
    """The bot, started; at the end people go and it is stopped."""

    def __init__(self, stage: Stage, scenario: str) -> None:
        self._stage = stage
        self._running = stage.open(scenario)

    def __enter__(self) -> Running:
        self._running.start()
        try:
            self._stage.await_bot(self._running)
        except BaseException:
            self._running.kill()
            raise
        return self._running

    def __exit__(self, *_: object) -> None:
        self._stage.settle(self._running)
        self._running.kill()
