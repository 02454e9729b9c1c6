"""The runner plays its scenarios with the peer that needs no package: the raw floor."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench.bots import OURS, OurOptions, Place, everyone
from tests.bench.goals import FAULTS, goals
from tests.bench.processes import Cores, Telegram
from tests.bench.scenarios import Scale, Stage
from tests.bench.tables import show

SCALE = Scale(
    people=(2,),
    round_trips_ms=(0, 40),
    seconds=0.3,
    warm_up_seconds=0.1,
    conversations=20,
    warmed_up_by=5,
    killed_people=4,
    killed_after_seconds=(0.2, 0.3),
    think_seconds=(0.05, 0.1),
    patience_seconds=1.0,
    pressing_twice=3,
    backlog=100,
    pause_seconds=0.05,
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    floor = next(bot for bot in everyone(OurOptions()) if bot.name == "floor")
    cores = Cores.split()
    with Telegram.open(cores.telegram, seed=1) as telegram:
        yield Stage(floor, Place(telegram.url, tmp_path, cores), telegram, SCALE, helper_pid=None)


def test_load_is_measured_near_by_and_far_away(stage: Stage) -> None:
    near, far = stage.load()
    assert near["replies"] > far["replies"] > 0
    assert far["latency"]["p50_ms"] >= 40
    assert not near["unread"]


def test_a_killed_bot_and_a_double_press_are_judged(stage: Stage) -> None:
    for judged in (stage.kill(), stage.press_twice()):
        assert not sum(judged[fault] for fault in FAULTS), judged


def test_open_conversations_and_a_backlog_are_counted(stage: Stage) -> None:
    assert stage.memory()["conversations"] == 20
    assert stage.backlog()["unanswered"] == 0


def test_the_figures_become_tables_and_goals(stage: Stage) -> None:
    figures = {"title": "somebody", "load": stage.load(), "press_twice": stage.press_twice()}
    bots = {OURS: figures, "ptb": figures}
    written = io.StringIO()
    show(Console(file=written, width=180), {"bots": bots, "left_out": {"grammy": "Node is not installed"}})
    assert "somebody" in written.getvalue()
    assert "Left out: grammy" in written.getvalue()
    assert [goal.is_met for goal in goals(bots)] == [True]
