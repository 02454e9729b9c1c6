"""All bots in turn, a moment each, again and again: whatever else the machine does, it does it to all of them.

Played one after another, one bot may meet the machine in its fast state and the next in its slow one, and a ratio of
the two is off by a fifth.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.bots import OURS, Bot, Place
from tests.bench.processes import Cores, Running, Telegram
from tests.bench.scenarios import Figures, Scale, Stage

FAR = (OURS, "floor")
"""Whose latency far away is compared."""


def play_in_turn(bots: Sequence[Bot], scale: Scale, folder: Path, cores: Cores) -> dict[str, list[Figures]]:
    """Start all bots, let one at a time have people to talk to, and return each one's figures, a set a round."""
    found: dict[str, list[Figures]] = {bot.name: [] for bot in bots}
    with ExitStack() as stack:
        stages: dict[str, tuple[Stage, Running]] = {}
        for bot in bots:
            place = folder / bot.name
            telegram = stack.enter_context(Telegram.open(cores.telegram, seed=scale.seed))
            helper = stack.enter_context(bot.helper(place, cores))
            stage = Stage(bot, Place(telegram.url, place, cores), telegram, scale, helper_pid=helper)
            running = stack.enter_context(stage.started("in_turn"))
            stage.warm_up(running)
            stages[bot.name] = (stage, running)
        for _ in range(scale.turns):
            for name, (stage, running) in stages.items():
                found[name].append(stage.turn(running, is_far=name in FAR))
    return found
