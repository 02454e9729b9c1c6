"""The bar for this bot, held against the figures of one run."""

import statistics
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.bench.bots import OURS
from tests.bench.scenarios import FAR_MS, FAR_PEOPLE

Figures = dict[str, Any]

TIMES_AS_MUCH = {"ptb": 8.0, "aiogram-redis": 5.0, "grammy": 1.4}
"""How many times as many updates this bot handles in a second of CPU time."""
PEOPLE = 50
"""The primary figure is that of so many people at once, near by."""
FLOORS_LATENCY_TIMES = 1.5
MOST_BYTES_PER_CONVERSATION = 1024
MOST_BACKLOG_CPU_SECONDS = 60.0
FAULTS = ("stuck", "missing", "doubled", "lost", "wrong", "forgotten")
"""What must not happen to anybody. A message seen twice is allowed after a crash."""


class Goal(NamedTuple):
    """One goal, and how the run met it."""

    words: str
    found: str
    is_met: bool


def cell(bot: Figures, people: int, round_trip_ms: int) -> Figures | None:
    """Return the figures of so many people so far away."""
    return next(
        (one for one in bot.get("load", ()) if (one["people"], one["round_trip_ms"]) == (people, round_trip_ms)), None
    )


def ratio(bots: Figures, peer: str, *, people: int = PEOPLE) -> float | None:
    """Return how many times as many updates a CPU second this bot handles as a peer, measured in turn where it was."""
    if people == PEOPLE and (times := in_turn(bots, peer, "cpu_ms_per_update")) is not None:
        return times
    ours = cell(bots.get(OURS, {}), people, 0)
    theirs = cell(bots.get(peer, {}), people, 0)
    if ours is None or theirs is None or not theirs["updates_per_cpu_second"]:
        return None
    return float(ours["updates_per_cpu_second"] / theirs["updates_per_cpu_second"])


def in_turn(bots: Figures, peer: str, figure: str) -> float | None:
    """Return how many times this bot's figure a peer's is: the median of all rounds in which both had a turn."""
    rounds = zip(bots.get(OURS, {}).get("in_turn", ()), bots.get(peer, {}).get("in_turn", ()), strict=False)
    times = [theirs[figure] / ours[figure] for ours, theirs in rounds if theirs[figure] and ours[figure]]
    return statistics.median(times) if times else None


def goals(bots: Figures) -> Iterator[Goal]:
    """Yield every goal for which there are figures."""
    for peer, wanted in TIMES_AS_MUCH.items():
        if (times := ratio(bots, peer)) is not None:
            yield Goal(f"{wanted:g} times as many updates a CPU second as {peer}", f"{times:.2f}", times >= wanted)
    ours = bots.get(OURS, {})
    yield from _latency(bots)
    yield from _stalls(ours)
    if memory := ours.get("memory"):
        found = memory["bytes_per_conversation"]
        words = f"at most {MOST_BYTES_PER_CONVERSATION} bytes an open conversation"
        yield Goal(words, f"{found:.0f}", found <= MOST_BYTES_PER_CONVERSATION)
    if backlog := ours.get("backlog"):
        found = backlog["cpu_seconds_for_100000"]
        words = f"100,000 waiting updates in {MOST_BACKLOG_CPU_SECONDS:g} seconds of CPU"
        yield Goal(words, f"{found:.1f}", found <= MOST_BACKLOG_CPU_SECONDS and not backlog["unanswered"])
    for name, words in (("kill", "killed in the middle"), ("press_twice", "Send pressed twice")):
        if judged := ours.get(name):
            faults = sum(judged[fault] for fault in FAULTS)
            yield Goal(f"{words}: nothing lost, nothing doubled, nobody stuck", str(faults), faults == 0)


def _stalls(ours: Figures) -> Iterator[Goal]:
    counted = [one["stalls"] for one in ours.get("load", ()) if one.get("stalls") is not None]
    if counted:
        yield Goal("the event loop never stands still for more than 50 ms", f"{sum(counted)} times", not sum(counted))


def _latency(bots: Figures) -> Iterator[Goal]:
    ours, floor = bots.get(OURS, {}), bots.get("floor", {})
    for people in (50, FAR_PEOPLE):
        mine, lowest = cell(ours, people, FAR_MS), cell(floor, people, FAR_MS)
        times = None
        if people == FAR_PEOPLE and (floors := in_turn(bots, "floor", "far_p50_ms")):
            times = 1 / floors
        elif mine is not None and lowest is not None and "p50_ms" in mine["latency"] and "p50_ms" in lowest["latency"]:
            times = mine["latency"]["p50_ms"] / lowest["latency"]["p50_ms"]
        if times is not None:
            words = f"40 ms away, {people} people: p50 at most {FLOORS_LATENCY_TIMES:g} times the floor's"
            yield Goal(words, f"{times:.2f}", times <= FLOORS_LATENCY_TIMES)
