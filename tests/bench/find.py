"""Measure /find among a million reports: `python -m tests.bench.find`.

The reports are made up and written straight into the tables: names by known given names and surnames, the commoner the
earlier in the list; two in five reports from one city; a third of them within two weeks.
"""

import argparse
import asyncio
import gc
import json
import random
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.services import matching
from bot.services.finding import Finding
from bot.understanding import names
from bot.understanding.country import Country
from storage.crypto import DataKey, MasterKeys, Vault
from storage.database import Database
from storage.location import Location, PostgresDatabase, SQLiteFile
from storage.schema import migrate
from tests.bench.growth.loading import analyse, load
from tests.bench.growth.past import Table
from tests.bench.growth.people import people
from tests.bench.growth.servers import durable_postgres
from tests.bench.growth.sites import ENGINES
from tests.storage.support import column, receipt, said, sql

MASTER = MasterKeys({1: bytes(range(32))})
NOW = datetime(2024, 1, 20, tzinfo=UTC)
FIRST_DAY = date(2022, 1, 2)
CHARGES = ("CC:272/2", "CC:269", "CC:380-1/2", "CAO:488/6", "CAO:434", "CC:188/2")
NAMES = 20_000
WARM_UP = 10
CONSOLE = Console(highlight=False, soft_wrap=True)
_PK = "by primary key"


class Past:
    """Makes the rows."""

    def __init__(self, vault: Vault, chat: str, *, reports: int, seed: int) -> None:
        self._vault, self._chat, self._reports = vault, chat, reports
        self._key, self._wrapped = vault.new_key()
        self.chance = random.Random(seed)  # noqa: S311  figures are to be the same every time
        self.cities = sorted(Country.load("kz").places.places_by_key)
        self.cities = ["almaty", *(city for city in self.cities if city != "almaty")]
        self.names = list(people(self.chance, NAMES))
        self.ids: dict[str, array[int]] = defaultdict(lambda: array("q"))

    def tables(self) -> Iterator[Table]:
        """Yield the rows of reports and answers; the keys are known after that."""
        head = (
            "id origin receipt_key sealed_receipt chat_key wrapped_key questionnaire_version consent_version language"
        )
        rest = (
            " publishing publish_as urgent submitted_at_ms queued_at_ms revision decision decided_by decided_at_ms"
            " case_id indexed"
        )
        answers: list[tuple[int, str, int, bytes]] = []
        yield Table("reports", tuple((head + rest).split()), self._all(answers))
        yield Table("report_answers", ("report_id", "question", "position", "sealed"), answers)
        columns = ("id", "revision", "status", "opened_by", "opened_at_ms")
        rows = ((number, 1, "detained", self._chat, number) for number in range(1, self._reports + 1))
        yield Table("cases", columns, rows)

    def keys(self) -> Table:
        """Return the keys, in the order of their index."""
        known = sorted((self._vault.fingerprint("search", key), ids) for key, ids in self.ids.items())
        return Table("search_keys", ("key", "report_id"), ((key, one) for key, ids in known for one in ids))

    def _all(self, answers: list[tuple[int, str, int, bytes]]) -> Iterator[tuple[object, ...]]:
        sealed = cache(lambda question, value: _sealed(self._key, question, value))
        keys_of_name = cache(lambda name: [matching.name_key(key) for key in names.search_keys(name)])
        code = self._key.seal(b"ABCDEFGHJ", place="receipt")
        for number in range(1, self._reports + 1):
            name = self.chance.choice(self.names)
            city = "almaty" if self.chance.random() < 0.4 else self.chance.choice(self.cities[1:])
            day = FIRST_DAY + timedelta(days=self.chance.randrange(14 if self.chance.random() < 0.33 else 700))
            keys = [*keys_of_name(name), matching.city_key(city), *matching.day_keys(day, day)]
            keys += matching.month_keys(day, day)
            if self.chance.random() < 0.75:
                keys += matching.charge_keys(self.chance.choice(CHARGES))
            if self.chance.random() < 0.3:
                keys.append(matching.status_key(self.chance.choice(("held", "held", "released"))))
            for key in keys:
                self.ids[key].append(number)
            for place, (question, value) in enumerate((("name", name), ("city", city), ("date", str(day))), start=1):
                answers.append((number, question, place, sealed(question, value)))
            waits = number > self._reports * 0.98
            decision = None if waits else "rejected" if number % 12 == 0 else "approved"
            yield (
                *(number, f"past:{number}", self._receipt(number), code, self._chat, self._wrapped, 1, 1, "ru"),
                *("with_name", "with_name" if decision == "approved" else None, (number % 5 == 0 and 1) or 0),
                *(number, number if waits else None, 3, decision),
                *((None, None) if waits else (self._chat, number)),
                *(number if decision == "approved" else None, 1),
            )

    def _receipt(self, number: int) -> str:
        return self._vault.fingerprint("receipt", receipt(number).code) if number % 1000 == 0 else f"{number:032x}"


def _sealed(key: DataKey, question: str, value: str) -> bytes:
    answer = said(value, value=None if question == "name" else value)
    return key.seal(answer.model_dump_json().encode(), place=f"answer:{question}")


def kinds(past: Past, reports: int) -> dict[str, Callable[[], str]]:
    """Return what is searched for, by its kind: another one each time."""
    pick = past.chance.choice
    common, rare = _by_commonness(past)

    def day() -> str:
        return f"{FIRST_DAY + timedelta(days=past.chance.randrange(14)):%d.%m.%Y}"

    return {
        "common name": lambda: pick(common),
        "rare name": lambda: pick(rare),
        "common surname alone": lambda: pick(common).split()[1],
        "code": lambda: str(receipt(past.chance.randrange(1, reports // 1000 + 1) * 1000)),
        "number": lambda: str(past.chance.randrange(1, reports)),
        "city of 40 %": lambda: "Алматы",
        "another city": lambda: pick(["Семей", "Тараз", "Актау", "Атырау"]),
        "city and day": lambda: f"Алматы {day()}",
        "two weeks": lambda: "2-15 января 2022",
        "two weeks and city": lambda: "2-15 января 2022 Тараз",
        "charge": lambda: pick(["ст. 269", "ст. 272 ч. 2"]),
        "released": lambda: "освобождён",
        "waiting": lambda: "ждёт",
        "rejected": lambda: "отклонено",
        "all together": lambda: f"{pick(common)} Алматы 2-15 января 2022 ст. 272 одобрено",
        "name not there": lambda: "Абырвалг Щукарев",
        "released and waiting, charge": lambda: "ждёт освобождён ст. 269",
        "broad and waiting, two weeks": lambda: "2-15 января 2022 Алматы ждёт",
        "broad, city and charge rejected": lambda: "Алматы ст. 269 отклонено",
    }


def _by_commonness(past: Past) -> tuple[list[str], list[str]]:
    many = {name: max(len(past.ids[matching.name_key(key)]) for key in names.search_keys(name)) for name in past.names}
    ranked = sorted(many, key=lambda name: many[name])
    return ranked[-50:], ranked[:500]


async def measure(location: Location, *, reports: int, rounds: int, seed: int) -> dict[str, list[float]]:
    """Fill a database and search it; return seconds by kind."""
    await migrate(location)
    began = time.monotonic()
    async with Database.open(location, MASTER, clock=lambda: NOW) as database, database.transaction() as work:
        coordinator = await work.chats.meet(101, language="ru")
    wrapped = column(location, "SELECT wrapped FROM secrets WHERE name = 'index key'")[0]
    past = Past(Vault(MASTER, MASTER.unwrap(wrapped, place="index key")), coordinator.key, reports=reports, seed=seed)
    sql(location, "DROP INDEX search_keys_of_report")
    await load(location, past.tables())
    await load(location, [past.keys()])
    sql(location, "CREATE INDEX search_keys_of_report ON search_keys (report_id, key)")
    if isinstance(location, PostgresDatabase):
        await analyse(location)
    CONSOLE.print(f"  filled in {time.monotonic() - began:.0f} s")
    async with Database.open(location, MASTER, clock=lambda: NOW) as database:
        seconds: dict[str, list[float]] = defaultdict(list)
        country = Country.load("kz")
        gc.collect()
        gc.freeze()  # as the bot does once it has begun
        asked = kinds(past, reports)
        for number in range(WARM_UP + rounds):
            for kind, words in asked.items():
                text = words()
                async with database.transaction(durable=False) as work:
                    await work.reports.standing(1)  # the transaction is begun, and the connection warm
                    began = time.perf_counter()
                    await Finding(work, country, zone=ZoneInfo("Asia/Almaty")).begin(coordinator, text)
                    took = time.perf_counter() - began
                    began = time.perf_counter()
                    await work.reports.standing(past.chance.randrange(1, reports))
                    if number >= WARM_UP:
                        seconds[kind].append(took)
                        seconds[_PK].append(time.perf_counter() - began)
    return seconds


def show(seconds: dict[str, list[float]]) -> dict[str, tuple[float, float, float]]:
    """Print p50 and p95 in milliseconds, and p50 against a look-up by primary key."""
    base = _at(seconds[_PK], 0.5)
    figures = {
        kind: (_at(each, 0.5) * 1000, _at(each, 0.95) * 1000, _at(each, 0.5) / base) for kind, each in seconds.items()
    }
    for kind, (median, late, ratio) in figures.items():
        CONSOLE.print(f"  {kind:34} p50 {median:7.2f} ms   p95 {late:7.2f} ms   {ratio:6.1f} look-ups")
    return figures


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


@asynccontextmanager
async def place(engine: str, folder: Path) -> AsyncIterator[Location]:
    """Give a place for a database."""
    if engine == "sqlite":
        yield SQLiteFile(folder / "find.db")
        return
    with durable_postgres(folder) as server:
        yield PostgresDatabase(server.create_database())


async def run(options: argparse.Namespace) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Measure every engine."""
    found = {}
    for engine in options.engines:
        CONSOLE.print(engine)
        with tempfile.TemporaryDirectory(prefix="find-", dir=options.folder) as folder:
            async with place(engine, Path(folder)) as location:
                found[engine] = show(
                    await measure(location, reports=options.reports, rounds=options.rounds, seed=options.seed)
                )
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; with --json, write the figures down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.find", description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--engines", nargs="+", default=ENGINES, choices=ENGINES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help="where the databases stand meanwhile: 6 GB")
    options = parser.parse_args(argv)
    found = asyncio.run(run(options))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
