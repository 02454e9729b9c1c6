"""The figures of a run as tables."""

from rich.console import Console
from rich.table import Table

from tests.bench.growth.figures import ACTS, MAY_GROW, MOST_TIMES, USUAL, Figures, missed, times


def show(console: Console, run: Figures) -> None:
    """Print all tables, and what grew more than it may."""
    for title, by_waiting in run["engines"].items():
        if figures := by_waiting.get(str(USUAL)):
            console.print(_growth(f"{title}: {run['reports']:,} reports, {USUAL:,} of them waiting", figures))
        if len(by_waiting) > 1:
            console.print(_by_waiting(f"{title}: p50 in ms, by how many reports wait", by_waiting))
    for words in missed(run):
        console.print(f"[red]Grew more than {MOST_TIMES:g} times:[/] {words}")


def _growth(title: str, figures: Figures) -> Table:
    table = _table(title, "p50 empty", "p50", "times", "p99 empty", "p99", "times")
    for act in (act for act in ACTS if act in figures):
        one, found = figures[act], times(figures, act)
        colour = "" if act in MAY_GROW else "[green]" if found <= MOST_TIMES else "[red]"
        table.add_row(
            ACTS[act],
            _ms(one["empty"]["p50_ms"]),
            _ms(one["full"]["p50_ms"]),
            f"{colour}{found:.2f}",
            _ms(one["empty"]["p99_ms"]),
            _ms(one["full"]["p99_ms"]),
            f"{times(figures, act, 'p99_ms'):.2f}",
        )
    return table


def _by_waiting(title: str, by_waiting: Figures) -> Table:
    table = _table(title, "empty", *(f"{int(waiting):,}" for waiting in by_waiting))
    first = next(iter(by_waiting.values()))
    for act in (act for act in ACTS if act in first):
        shown = [_ms(figures[act]["full"]["p50_ms"]) for figures in by_waiting.values()]
        table.add_row(ACTS[act], _ms(first[act]["empty"]["p50_ms"]), *shown)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"
