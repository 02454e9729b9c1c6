"""A chart as a picture that can be read on a phone: upright, large letters, one panel below the other."""

import math
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.domain.chart import Chart, Panel

_DPI = 120
_WIDTH, _TITLE_HEIGHT, _PANEL_HEIGHT = 9.0, 1.0, 3.7
"""Inches: 1,080 dots wide, as wide as most phones show a picture without scaling it up."""
_COLOURS = ("#1f5fa8", "#e08214", "#1b7f5c")
"""Also told apart by people who do not see red and green alike."""
_LETTERS: Any = {"font.family": "DejaVu Sans", "font.size": 17, "axes.titlesize": 20, "axes.titleweight": "bold"}
"""DejaVu Sans comes with matplotlib and has all letters of Kazakh."""
_MOST_LABELS = 7
_GREY, _LINE = "#555555", "#dddddd"


def draw(chart: Chart) -> bytes:
    """Return the picture as PNG."""
    mpl.use("Agg")
    with mpl.rc_context(_LETTERS):
        height = _TITLE_HEIGHT + _PANEL_HEIGHT * len(chart.panels)
        layout = ConstrainedLayoutEngine(h_pad=0.16, w_pad=0.12)
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout=layout, facecolor="white")
        figure.suptitle(chart.title, fontsize=23, fontweight="bold", x=0.02, ha="left")
        places = figure.subplots(len(chart.panels), 1, squeeze=False)
        for axes, panel in zip(places[:, 0], chart.panels, strict=True):
            _draw_panel(axes, panel, chart.places)
        written = BytesIO()
        figure.savefig(written, format="png")
    return written.getvalue()


def _draw_panel(axes: Axes, panel: Panel, places: tuple[str, ...]) -> None:
    (_draw_bars if panel.shape == "bars" else _draw_lines)(axes, panel)
    axes.set_title(panel.title, loc="left", pad=44 if len(panel.series) > 1 else 14)
    if len(panel.series) > 1:  # above the panel, where no value can be hidden behind it
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=len(panel.series), frameon=False, borderpad=0.2
        )
    every = math.ceil(len(places) / _MOST_LABELS)
    shown = [number for number in range(len(places)) if (len(places) - 1 - number) % every == 0]  # the last always
    axes.set_xticks(shown, [places[number] for number in shown])
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=panel.whole_numbers))
    axes.yaxis.set_major_formatter(FuncFormatter(_number))
    axes.grid(axis="y", color=_LINE)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_GREY)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _draw_bars(axes: Axes, panel: Panel) -> None:
    width = 0.8 / len(panel.series)
    for number, (series, colour) in enumerate(zip(panel.series, _COLOURS, strict=False)):
        left = -0.4 + width * (number + 0.5)
        at = [place + left for place in range(len(series.values))]
        axes.bar(at, [value or 0 for value in series.values], width, color=colour, label=series.label)


def _draw_lines(axes: Axes, panel: Panel) -> None:
    for series, colour, dashes in zip(panel.series, _COLOURS, ("-", "--", ":"), strict=False):
        values: list[Any] = [math.nan if value is None else value for value in series.values]
        axes.plot(
            values, dashes, color=colour, label=series.label, linewidth=3, marker="o", markersize=8, clip_on=False
        )


def _number(value: float, _place: int | None) -> str:
    """Write a value of the axis, its thousands parted by a thin space as in all three languages."""
    return f"{value:,.0f}".replace(",", "\u2009") if value == int(value) else f"{value:g}"
