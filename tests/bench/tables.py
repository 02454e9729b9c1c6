"""The figures of a run as tables."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.bots import OURS
from tests.bench.goals import PEOPLE, cell, goals, ratio

Figures = dict[str, Any]


def show(console: Console, run: Figures) -> None:
    """Print all tables."""
    bots = run["bots"]
    for table in (_cpu(bots), _latency(bots), _memory_and_backlog(bots), _losses(bots), _goals(bots)):
        if table.row_count:
            console.print(table)
    for name, reason in run["left_out"].items():
        console.print(f"Left out: {name}: {reason}")


def _table(title: str, *columns: str, caption: str = "") -> Table:
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _cpu(bots: Figures) -> Table:
    counts = _people(bots)
    columns = [f"{people} at once" for people in counts]
    table = _table(
        "Updates per second of CPU time (user and system), near by",
        *columns,
        f"ms an update, {PEOPLE}",
        "this bot does",
        "its server, ms",
        "API side, ms",
        caption="This bot does so many times as much with the same CPU time, all measured in turn where they were. "
        "Its server: Redis, where there is one.",
    )
    for name, bot in bots.items():
        figures = [cell(bot, people, 0) for people in counts]
        main = cell(bot, PEOPLE, 0) or next((one for one in figures if one), None)
        if main is None:
            continue
        times = ratio(bots, name)
        table.add_row(
            bot["title"],
            *("" if one is None else f"{one['updates_per_cpu_second']:,.0f}" for one in figures),
            f"{main['cpu_ms_per_update']:.3f}",
            "" if times is None or name == OURS else f"× {times:.2f}",
            f"{main['helper_cpu_ms_per_update']:.3f}" if main["helper_cpu_ms_per_update"] else "",
            f"{main['telegram_cpu_ms_per_update']:.3f}",
        )
    return table


def _latency(bots: Figures) -> Table:
    places = sorted({(one["round_trip_ms"], one["people"]) for bot in bots.values() for one in bot.get("load", ())})
    table = _table(
        "From the update to the reply, ms: p50 / p99 / longest",
        *(f"{people} at once, {'near by' if not away else f'{away} ms away'}" for away, people in places),
        caption="≥: so many were still waiting at the end that it is at least this.",
    )
    for bot in bots.values():
        figures = [cell(bot, people, away) for away, people in places]
        if any(figures):
            table.add_row(bot["title"], *(_percentiles(one) for one in figures))
    return table


def _percentiles(figures: Figures | None) -> str:
    latency = figures["latency"] if figures else {}
    if "p50_ms" not in latency:
        return ""
    shown = [
        ("≥" if latency["p50_is_at_least"] else "") + _number(latency["p50_ms"]),
        ("≥" if latency["p99_is_at_least"] else "") + _number(latency["p99_ms"]),
        _number(latency["max_ms"]),
    ]
    return " / ".join(shown)


def _memory_and_backlog(bots: Figures) -> Table:
    table = _table(
        "Memory and backlog",
        "open conversations",
        "bytes each",
        "MiB before",
        "backlog",
        "unanswered",
        "CPU s for 100,000",
        "s for 100,000",
        caption="A smaller backlog is scaled up; this bot's and the other quick ones' is not, unless the run is short.",
    )
    for bot in bots.values():
        memory, backlog = bot.get("memory"), bot.get("backlog")
        if not memory and not backlog:
            continue
        cells = [""] * 7
        if memory:
            cells[:3] = [
                f"{memory['conversations']:,}",
                f"{memory['bytes_per_conversation']:,.0f}",
                f"{memory['before_bytes'] / 2**20:.0f}",
            ]
        if backlog:
            cells[3:] = [
                f"{backlog['updates']:,}",
                f"{backlog['unanswered']:,}",
                f"{backlog['cpu_seconds_for_100000']:.1f}",
                f"{backlog['seconds_for_100000']:.1f}",
            ]
        table.add_row(bot["title"], *cells)
    return table


def _losses(bots: Figures) -> Table:
    kinds = ("stuck", "missing", "doubled", "lost", "wrong", "forgotten", "seen_twice")
    table = _table(
        "Killed while people talk, started again",
        "people",
        *(kind.replace("_", " ") for kind in kinds),
        "Send pressed twice: doubled",
        caption="Stuck: no receipt. Missing: a receipt and no report. Lost: an acknowledged answer that the report does"
        " not have.\nForgotten: an acknowledged answer that was asked for again. Seen twice: messages.",
    )
    for bot in bots.values():
        killed, twice = bot.get("kill"), bot.get("press_twice")
        if killed or twice:
            counts = [str(killed[kind]) for kind in ("people", *kinds)] if killed else [""] * 8
            table.add_row(bot["title"], *counts, f"{twice['doubled']} of {twice['people']}" if twice else "")
    return table


def _goals(bots: Figures) -> Table:
    table = _table("The bar for this bot", "found", "")
    for goal in goals(bots):
        table.add_row(goal.words, goal.found, "[green]met[/]" if goal.is_met else "[red]missed[/]")
    return table


def _people(bots: Figures) -> list[int]:
    return sorted(set(_every_people(bots)))


def _every_people(bots: Figures) -> Iterator[int]:
    for bot in bots.values():
        yield from (one["people"] for one in bot.get("load", ()))


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"
