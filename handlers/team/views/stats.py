"""The figures of moderation, in words and as a picture."""

from collections.abc import Iterator
from datetime import timedelta

from markupsafe import Markup

from bot.domain.chart import Chart, Panel, Series
from bot.domain.message import Picture, Say
from bot.services.stats import Day, ModerationStats
from bot.texts import Texts
from handlers.views.pages import pages, shorten

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST_NAME = 60


def words(stats: ModerationStats, texts: Texts) -> list[Say]:
    """Say all figures in words, who decided how much among them."""
    return [Say(html=str(page), protected=True) for page in pages(_lines(stats, texts))]


def picture(stats: ModerationStats, texts: Texts) -> Picture:
    """Return the figures of the days as a picture. No name is drawn."""
    days, plain = stats.days, texts.plain
    took = [(day.times.median, day.times.p95) for day in days]
    chart = Chart(
        title=_head(stats, texts),
        places=tuple(texts.day_of_month(day.day) for day in days),
        panels=(
            Panel(
                plain("stats.chart.flow"),
                "bars",
                (
                    Series(plain("stats.chart.in"), tuple(float(day.submitted) for day in days)),
                    Series(plain("stats.chart.decided"), tuple(float(day.times.decided) for day in days)),
                ),
            ),
            Panel(
                plain("stats.chart.waiting"),
                "lines",
                (Series(plain("stats.chart.waiting"), tuple(float(day.waiting) for day in days)),),
            ),
            Panel(
                plain("stats.chart.time"),
                "lines",
                (
                    Series(plain("stats.chart.median"), tuple(_hours(median) for median, _ in took)),
                    Series(plain("stats.chart.p95"), tuple(_hours(p95) for _, p95 in took)),
                ),
                whole_numbers=False,
            ),
        ),
    )
    return Picture(chart, html=str(Markup("{}").format(_head(stats, texts))), otherwise=str(texts("stats.no_picture")))


def _lines(stats: ModerationStats, texts: Texts) -> Iterator[Markup]:
    yield Markup("<b>{}</b>").format(_head(stats, texts))
    yield texts("stats.total", submitted=stats.submitted, decided=stats.times.decided, waiting=stats.waiting)
    if stats.times.median is not None and stats.times.p95 is not None:
        yield texts("stats.time", median=_span(stats.times.median, texts), p95=_span(stats.times.p95, texts))
    yield Markup()
    yield texts("stats.by_day")
    for day in stats.days:
        yield _day_line(day, texts)
    if stats.loads:
        yield Markup()
        yield texts("stats.by_coordinator")
    for load in stats.loads:
        name = shorten(load.name or texts.plain("coordinator.nameless"), limit=_LONGEST_NAME)
        yield texts("stats.load", name=name, decided=load.decided)


def _day_line(day: Day, texts: Texts) -> Markup:
    line = texts(
        "stats.day",
        day=texts.day_of_month(day.day),
        submitted=day.submitted,
        decided=day.times.decided,
        waiting=day.waiting,
    )
    times = day.times
    if times.median is None or times.p95 is None:
        return line
    return texts("stats.day_time", line=line, median=_span(times.median, texts), p95=_span(times.p95, texts))


def _head(stats: ModerationStats, texts: Texts) -> str:
    first, last = stats.days[0].day, stats.days[-1].day
    return texts.plain("stats.head", first=texts.day_of_month(first), last=texts.short_days(last, last))


def _hours(took: timedelta | None) -> float | None:
    return None if took is None else round(took / _HOUR, 2)


def _span(took: timedelta, texts: Texts) -> str:
    """Write a span by its two largest units, the rest of it cut off."""
    minutes = int(took.total_seconds()) // 60
    if took < _HOUR:
        return texts.plain("stats.minutes", minutes=minutes)
    hours = minutes // 60
    if took < _DAY:
        return texts.plain("stats.hours", hours=hours, minutes=minutes % 60)
    return texts.plain("stats.days", days=hours // 24, hours=hours % 24)
