"""The rounds on small databases: everything that is timed is done, on both engines, and read in the figures."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from storage.instants import to_ms
from tests.bench.growth.acts import SELDOM, Chance, Rounds
from tests.bench.growth.bot import LAST_DIGEST, Handlers
from tests.bench.growth.figures import ACTS, Figures, measured, missed, times
from tests.bench.growth.past import UNDIGESTED
from tests.bench.growth.sites import EMPTY, ENGINES, Site
from tests.bench.growth.tables import show
from tests.databases import Databases, make_databases
from tests.storage.support import column, sql


@pytest.fixture(params=ENGINES)
def empty_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    yield from make_databases(request, tmp_path)


async def test_a_round_does_all_that_is_timed(empty_databases: Databases) -> None:
    chance = Chance(seed=1)
    async with Handlers.open(chance) as handlers:
        site = await Site.make(empty_databases.empty(), handlers, reports=EMPTY)
        await site.let_wait(20)
        async with site.open(handlers) as bot:
            rounds = Rounds(bot, chance)
            await rounds.begin()
            for number in range(SELDOM + 1):
                await rounds.play(number)
            await rounds.rush()
            await rounds.check(SELDOM + 1)
    assert rounds.seconds.keys() == ACTS.keys()
    assert column(site.location, "SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL") == [20]
    assert column(site.location, "SELECT count(*) FROM outbox WHERE settled_at_ms IS NULL") == [0]


async def test_what_was_there_before_is_what_the_bot_would_have_left(empty_databases: Databases) -> None:
    async with Handlers.open(Chance(seed=1)) as handlers:
        site = await Site.make(empty_databases.empty(), handlers, reports=2 * EMPTY)
        await site.let_wait(300)
        async with site.open(handlers) as bot:
            reports = await bot.database.perform(lambda work: work.reports.to_digest(until=LAST_DIGEST))
            counts = await bot.database.perform(lambda work: work.queue.counts())
            newest = await bot.database.perform(lambda work: work.reports.get(2 * EMPTY + 300))
    assert len(reports) == UNDIGESTED
    assert (counts.waiting, counts.urgent, counts.claimed) == (300, 60, 1)
    assert newest is not None
    assert len(newest.answers) == 5
    too_late = sql(site.location, "SELECT id FROM reports WHERE decided_at_ms > :at", at=to_ms(LAST_DIGEST))
    assert not too_late


def test_figures_say_what_grew() -> None:
    figures = measured({"queue": [0.004, 0.005, 0.006], "digest": [1.0]}, {"queue": [0.002], "digest": [0.1]})
    assert figures["queue"]["full"] == {"times": 3, "p50_ms": 5.0, "p99_ms": 6.0}
    assert times(figures, "queue") == 2.5
    run: Figures = {"reports": 7, "engines": {"sqlite": {"3000": figures, "0": figures}}}
    assert list(missed(run)) == [
        "sqlite, 3,000 waiting: /queue: 2.50 times",
        "sqlite, 0 waiting: /queue: 2.50 times",
    ]
    written = io.StringIO()
    show(Console(file=written, width=140), run)
    assert "Grew more than 2 times" in written.getvalue()
