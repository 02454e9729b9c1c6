"""The figures of a run, and what they are held against."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Figures = dict[str, Any]

ACTS = {
    "next": "/next: a report is claimed and its card written",
    "queue": "/queue",
    "status": "/status with a receipt code",
    "submit": "a report is sent in",
    "notice": "a tick that tells the group of it, and lets it be found",
    "approve": "a report is approved",
    "batch": "a batch of 100 updates of 100 people",
    "exchange": "the sender: outcomes written, messages leased",
    "tick": "a tick with nothing due (every second)",
    "clean": "a tick that looks for what is old (every hour)",
    "figures": "/metrics: what waits is counted",
    "rush": "the sender, 10,000 messages waiting: 128 leased",
    "rush_batch": "a batch of 100 updates meanwhile",
    "digest": "a digest of 300 reports",
}
"""What is timed, in the order in which it is shown."""
MOST_TIMES = 2.0
MAY_GROW = {"digest", "figures"}
"""What grows with what it tells of, by its nature. Nobody waits for either."""
WAITING = (0, 300, 3_000, 30_000)
"""How many reports wait for a decision; each number is measured."""
USUAL = 3_000
"""As many wait after a bad night: shown in full."""


def measured(full: Mapping[str, Sequence[float]], empty: Mapping[str, Sequence[float]]) -> Figures:
    """Return the figures of each act, from how many seconds it took each time."""
    return {act: {"empty": _spread(empty[act]), "full": _spread(full[act])} for act in ACTS if act in full}


def times(figures: Figures, act: str, percentile: str = "p50_ms") -> float:
    """Return how many times as long an act takes as on an empty database."""
    one = figures[act]
    return float(one["full"][percentile] / one["empty"][percentile])


def missed(run: Figures) -> Iterator[str]:
    """Yield what grew more than it may, in words."""
    for title, by_waiting in run["engines"].items():
        for waiting, figures in by_waiting.items():
            for act in ACTS.keys() & figures.keys() - MAY_GROW:
                if (found := times(figures, act)) > MOST_TIMES:
                    yield f"{title}, {int(waiting):,} waiting: {ACTS[act]}: {found:.2f} times"


def _spread(seconds: Sequence[float]) -> Figures:
    ordered = sorted(seconds)
    return {"times": len(ordered), "p50_ms": _percentile(ordered, 0.5), "p99_ms": _percentile(ordered, 0.99)}


def _percentile(ordered: Sequence[float], part: float) -> float:
    return round(ordered[max(0, math.ceil(part * len(ordered)) - 1)] * 1000, 3)
