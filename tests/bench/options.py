"""The command line of the benchmark."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.bots import OurOptions
from tests.bench.processes import ROOT
from tests.bench.scenarios import Scale

SCENARIOS = ("load", "press_twice", "backlog", "memory", "kill")
IN_TURN = "in_turn"
"""The one scenario that is played by all bots together."""


@dataclass(frozen=True)
class Options:
    """What is to be run, and where the figures go."""

    only: tuple[str, ...]
    """The bots; empty: all."""
    is_quick: bool
    scenarios: tuple[str, ...]
    scale: Scale
    ours: OurOptions
    json: Path
    chart: Path
    folder: Path
    """Where the bots keep their data meanwhile."""
    must_meet_the_bar: bool


def read(argv: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    given = _parser().parse_args(argv)
    scale = Scale.quick() if given.quick else Scale()
    scale = replace(scale, seed=given.seed)
    if given.seconds is not None:
        scale = replace(scale, seconds=given.seconds)
    if given.people:
        scale = replace(scale, people=tuple(int(count) for count in given.people.split(",")))
    if given.backlog is not None:
        scale = replace(scale, backlog=given.backlog)
    tree = given.tree.resolve()
    ours = OurOptions(
        tree=tree,
        python=given.python,
        database_url=given.database_url,
        processes=given.processes,
        webhook=given.webhook,
        environment=dict(pair.split("=", 1) for pair in given.env),
    )
    return Options(
        only=tuple(given.only),
        is_quick=given.quick,
        scenarios=tuple(given.scenario) or (*SCENARIOS, IN_TURN),
        scale=scale,
        ours=ours,
        json=given.json,
        chart=given.chart,
        folder=given.folder,
        must_meet_the_bar=given.must_meet_the_bar,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = parser.add_argument
    add("--only", nargs="+", default=[], metavar="BOT", help="only these bots, such as: ours floor ptb")
    add("--scenario", nargs="+", default=[], choices=(*SCENARIOS, IN_TURN), help="only these scenarios")
    add("--quick", action="store_true", help="a first look in a few minutes; only this bot and the floor are killed")
    add("--people", default="", metavar="1,50,500", help="how many people talk at once")
    add("--seconds", type=float, help="how long each figure of the load is measured")
    add("--backlog", type=int, help="how many updates wait for the quick bots")
    add("--seed", type=int, default=1, help="what is drawn by chance, such as the moment of the kill")
    add("--json", type=Path, default=ROOT / "var" / "bench" / "bench.json")
    add("--chart", type=Path, default=ROOT / "var" / "bench" / "bench.png")
    add("--folder", type=Path, default=ROOT / "var" / "bench" / "data", help="where the bots keep their data")
    add("--must-meet-the-bar", action="store_true", help="end with 1 where a goal is missed")
    ours = parser.add_argument_group("this bot")
    ours.add_argument("--tree", type=Path, default=ROOT, help="the checkout that is measured")
    ours.add_argument("--python", type=Path, default=ROOT / ".venv" / "bin" / "python", help="its interpreter")
    ours.add_argument("--database-url", default="", help="its database, emptied before each scenario")
    ours.add_argument("--processes", type=int, default=1, help="how many processes it runs in")
    ours.add_argument("--webhook", action="store_true", help="updates are pushed to it")
    ours.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="one more setting of it")
    return parser
