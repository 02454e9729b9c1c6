"""Measure how cost grows with what the database holds: `python -m tests.bench.growth`."""

import argparse
import asyncio
import json
import logging
import platform
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console

from tests.bench.growth.acts import Chance, Rounds
from tests.bench.growth.bot import Handlers
from tests.bench.growth.figures import WAITING, Figures, measured, missed
from tests.bench.growth.loading import analyse
from tests.bench.growth.sites import EMPTY, ENGINES, Site, two_locations
from tests.bench.growth.tables import show
from tests.bench.processes import ROOT

_REPORTS, _QUICK_REPORTS = 1_000_000, 50_000
_ROUNDS, _QUICK_ROUNDS = 300, 100
_WARM_UP = 20
"""Rounds before those that count: PostgreSQL settles on a plan for good at the sixth time."""
_WIDTH_IN_A_FILE = 140


async def run(options: argparse.Namespace, console: Console) -> Figures:
    """Measure every engine; the figures are written down after each number of waiting reports."""
    found: Figures = {"machine": _machine(), "reports": options.reports, "rounds": options.rounds, "engines": {}}
    chance = Chance(options.seed)
    async with Handlers.open(chance) as handlers:
        for engine in options.engines:
            async for title, waiting, figures in _measure(engine, options, handlers, chance):
                found["engines"].setdefault(title, {})[str(waiting)] = figures
                options.json.parent.mkdir(parents=True, exist_ok=True)
                options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
                console.print(f"  {title}, {waiting:,} waiting: measured")
    return found


async def _measure(
    engine: str, options: argparse.Namespace, handlers: Handlers, chance: Chance
) -> AsyncIterator[tuple[str, int, Figures]]:
    """Yield the figures of each number of waiting reports, and of the usual one again once the engine counted."""
    with (
        tempfile.TemporaryDirectory(prefix="growth-", dir=options.folder) as folder,
        two_locations(engine, Path(folder)) as (empty, full),
    ):
        sites = (
            await Site.make(empty, handlers, reports=EMPTY),
            await Site.make(full, handlers, reports=options.reports),
        )
        stage = _Stage(handlers, chance, sites, rounds=options.rounds)
        for waiting in options.waiting:
            await sites[1].let_wait(waiting)
            yield engine, waiting, await stage.measure()
        await analyse(full)
        yield f"{engine} after ANALYZE", options.waiting[-1], await stage.measure()


class _Stage:
    """Two databases that are measured in turn, so that whatever slows the machine down slows both."""

    def __init__(self, handlers: Handlers, chance: Chance, sites: tuple[Site, Site], *, rounds: int) -> None:
        self._handlers = handlers
        self._chance = chance
        self._empty, self._full = sites
        self._rounds = rounds

    async def measure(self) -> Figures:
        """Play the rounds in both and return the figures."""
        async with self._empty.open(self._handlers) as empty_bot, self._full.open(self._handlers) as full_bot:
            empty, full = both = Rounds(empty_bot, self._chance), Rounds(full_bot, self._chance)
            for one in both:
                await one.begin()
            for number in range(_WARM_UP + self._rounds):
                if number == _WARM_UP:
                    empty.forget()
                    full.forget()
                for one in both:
                    await one.play(number)
            for one in both:
                await one.rush()
                await one.check(_WARM_UP + self._rounds)
        return measured(full.seconds, empty.seconds)


def _machine() -> dict[str, Any]:
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = {line.partition(":")[2].strip() for line in cpus if line.startswith("model name")}
    return {"cpu": sorted(models), "python": platform.python_version(), "system": platform.release()}


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    add = parser.add_argument
    add("--reports", type=int, help=f"how many were decided before; usually {_REPORTS:,}")
    add("--rounds", type=int, help=f"how often each act is timed; usually {_ROUNDS}")
    add("--waiting", type=int, nargs="+", default=WAITING, help="how many wait for a decision, in rising order")
    add("--quick", action="store_true", help=f"a first look: {_QUICK_REPORTS:,} reports, {_QUICK_ROUNDS} rounds")
    add("--engines", nargs="+", default=ENGINES, choices=ENGINES)
    add("--seed", type=int, default=1)
    add("--json", type=Path, default=ROOT / "var" / "bench" / "growth.json")
    add("--folder", type=Path, help="where the databases stand meanwhile: on a disk, with 10 GB free")
    add("--must-hold", action="store_true", help="end with 1 where something grew more than it may")
    options = parser.parse_args(argv)
    options.reports = options.reports or (_QUICK_REPORTS if options.quick else _REPORTS)
    options.rounds = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and show."""
    options, console = _read(argv), Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_A_FILE)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = asyncio.run(run(options, console))
    show(console, found)
    console.print(f"Figures: {options.json}")
    return 1 if options.must_hold and any(missed(found)) else 0


if __name__ == "__main__":
    sys.exit(main())
