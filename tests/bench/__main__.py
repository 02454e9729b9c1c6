"""Run the benchmark: `python -m tests.bench`."""

import json
import platform
import sys
import time
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import options as command_line
from tests.bench.bots import OURS, Bot, Place, everyone
from tests.bench.chart import draw
from tests.bench.goals import goals
from tests.bench.options import IN_TURN, Options
from tests.bench.processes import BenchFailed, Cores, Telegram
from tests.bench.scenarios import Stage
from tests.bench.tables import show
from tests.bench.turns import play_in_turn

_PACKAGES = ("python-telegram-bot", "aiogram", "pyTelegramBotAPI", "redis", "aiohttp", "orjson")

_WIDTH_IN_A_FILE = 180


def run(options: Options, console: Console) -> dict[str, Any]:
    """Let each bot play all scenarios; return all figures, which are written down after each bot."""
    figures: dict[str, Any] = {"machine": _machine(), "versions": _versions(), "left_out": {}, "bots": {}}
    there: list[Bot] = []
    for bot in everyone(options.ours):
        if options.only and bot.name not in options.only:
            continue
        if bot.missing:
            figures["left_out"][bot.name] = bot.missing
            continue
        there.append(bot)
        console.print(f"[bold]{bot.title}[/]")
        figures["bots"][bot.name] = _play(bot, options, console)
        _write(figures, options.json)
    if IN_TURN in options.scenarios and len(there) > 1:
        console.print("[bold]all in turn[/]")
        cores = Cores.split(options.ours.processes)
        for name, turns in play_in_turn(there, options.scale, options.folder, cores).items():
            figures["bots"][name][IN_TURN] = turns
        _write(figures, options.json)
    return figures


def _write(figures: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _play(bot: Bot, options: Options, console: Console) -> dict[str, Any]:
    cores = Cores.split(options.ours.processes)
    found: dict[str, Any] = {"title": bot.title, "failed": {}}
    for scenario in options.scenarios:
        if scenario == IN_TURN:
            continue
        if options.is_quick and scenario == "kill" and bot.name not in (OURS, "floor"):
            continue  # it takes longest, because people think
        began = time.monotonic()
        with ExitStack() as stack:
            telegram = stack.enter_context(Telegram.open(cores.telegram, seed=options.scale.seed))
            folder = options.folder / bot.name
            helper = stack.enter_context(bot.helper(folder, cores))
            stage = Stage(bot, Place(telegram.url, folder, cores), telegram, options.scale, helper_pid=helper)
            try:
                found[scenario] = getattr(stage, scenario)()
            except BenchFailed as error:
                found["failed"][scenario] = str(error)
                console.print(f"  {scenario}: [red]{error}[/]")
        console.print(f"  {scenario}: {time.monotonic() - began:.0f} s")
    return found


def _machine() -> dict[str, Any]:
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = {line.partition(":")[2].strip() for line in cpus if line.startswith("model name")}
    return {"cpu": sorted(models), "python": platform.python_version(), "system": platform.release()}


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found


def main() -> int:
    """Run, show, draw."""
    options, console = command_line.read(), Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_A_FILE)
    figures = run(options, console)
    show(console, figures)
    draw(figures, options.chart)
    console.print(f"Figures: {options.json}\nChart: {options.chart}")
    is_missed = any(not goal.is_met for goal in goals(figures["bots"]))
    return 1 if options.must_meet_the_bar and is_missed else 0


if __name__ == "__main__":
    sys.exit(main())
