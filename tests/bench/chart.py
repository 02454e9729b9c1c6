"""The figures of a run as a picture."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from tests.bench.bots import OURS
from tests.bench.goals import PEOPLE, cell

Figures = dict[str, Any]
_OURS, _OTHERS = "#1b7f5c", "#9aa5b1"


def draw(run: Figures, path: Path) -> None:
    """Draw CPU, latency, memory and backlog, one panel each, and save the picture."""
    mpl.use("Agg")
    bots: Figures = run["bots"]
    figure, panels = plt.subplots(2, 2, figsize=(13, 8), layout="constrained")
    _panel(
        panels[0][0],
        f"Updates per second of CPU time ({PEOPLE} people at once)",
        bots,
        {name: one["updates_per_cpu_second"] for name, bot in bots.items() if (one := cell(bot, PEOPLE, 0))},
    )
    _panel(
        panels[0][1],
        "Median ms from update to reply (500 people, 40 ms away)",
        bots,
        {
            name: one["latency"]["p50_ms"]
            for name, bot in bots.items()
            if (one := cell(bot, 500, 40)) and "p50_ms" in one["latency"]
        },
    )
    _panel(
        panels[1][0],
        "Bytes of memory per open conversation",
        bots,
        {name: max(bot["memory"]["bytes_per_conversation"], 1) for name, bot in bots.items() if bot.get("memory")},
    )
    _panel(
        panels[1][1],
        "CPU seconds for a backlog of 100,000 updates",
        bots,
        {name: bot["backlog"]["cpu_seconds_for_100000"] for name, bot in bots.items() if bot.get("backlog")},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _panel(axes: Axes, title: str, bots: Figures, values: dict[str, float]) -> None:
    names = list(reversed(values))
    if not names:
        axes.set_axis_off()
        return
    bars = axes.barh(
        [bots[name]["title"] for name in names],
        [values[name] for name in names],
        color=[_OURS if name == OURS else _OTHERS for name in names],
    )
    axes.bar_label(bars, labels=[f"{values[name]:,.0f}" for name in names], padding=3)
    axes.set_title(title, loc="left", fontsize=11)
    axes.margins(x=0.12)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
