"""The play: three relatives report, the bot is killed in the middle, two coordinators decide, the digest is posted."""

import asyncio
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Table

from bot.app import utc_now
from bot.commands.sandbox import Cast, gather_cast, sandbox_settings
from bot.demo import scenes
from bot.demo.process import BotProcess, environment
from bot.demo.transcript import Transcript
from bot.sandbox import Person, SandboxClient, SandboxServer
from bot.settings import Settings
from storage.database import Database
from storage.schema import migrate

_WIDTH = 100


async def play(console: Console | None = None) -> None:
    """Play every scene and print it; raises where anything does not go as it should."""
    console = console or Console(width=_WIDTH, highlight=False)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        async with SandboxServer() as server, SandboxClient(server.url) as telegram:
            cast = await gather_cast(telegram)
            settings = sandbox_settings(server.url, server.token, cast, Path(folder))
            await migrate(settings.location())
            async with BotProcess(environment(settings), Path(folder) / "bot.log") as process:
                await _Stage(console, telegram, cast, process, settings).play()
            await _what_is_stored(console, settings, Path(folder))
    console.print(f"The whole road, in {time.monotonic() - began:.0f} seconds.")


class _Stage:
    """Where a scene is played and then shown."""

    def __init__(
        self, console: Console, telegram: SandboxClient, cast: Cast, process: BotProcess, settings: Settings
    ) -> None:
        self._console = console
        self._telegram = telegram
        self._cast = cast
        self._process = process
        self._settings = settings
        self._shown = 0
        self._names = {view.id: view.name for view in (cast.mother, *cast.coordinators, cast.group, cast.channel)}
        self._transcript = Transcript(self._names)

    async def play(self) -> None:
        cast, telegram = self._cast, self._telegram
        dina, askar = cast.coordinators
        await self._process.start()
        for coordinator in cast.coordinators:
            await coordinator.send("/start")
            await coordinator.wait_for("Here you can report")
        self._shown = (await telegram.events())[-1].seq

        await scenes.raigul_begun(cast.mother)
        await self._process.kill()
        await self._show("A sister reports Raigul Sadyrbaeva, in Russian")
        self._console.print(Rule("The bot is killed with SIGKILL, and started again", style="red"))
        await self._process.start()
        await scenes.raigul_ended(cast.mother)
        await cast.group.wait_for("no. 1", after=0)
        await self._show("She goes on where she was; nothing is lost")

        await scenes.raigul_further(cast.mother)
        await self._show("She has five more minutes, and tells what a lawyer can use")

        holder = await scenes.two_grab_one(dina, askar)
        await self._show("Two coordinators grab at the same report; one gets it and approves it")
        await scenes.undone(holder)
        await self._show("That was a slip of the thumb: undone, and nobody was told of it yet")
        await scenes.asks_after(cast.mother, "прочитано")
        await self._show("She asks after her report, and hears of it in neutral words")

        nurlan = await self._join("Nurlan", "en")
        await scenes.kuat(nurlan)
        await self._show("A brother reports Kuat Shamuratov, with mistakes, and corrects them")
        botagoz = await self._join("Botagoz", "en")
        await scenes.zhanmurat(botagoz)
        await self._show("A colleague reports Zhanmurat Ashtaev, with a correction before sending")

        await scenes.decide_two(dina, askar)
        await scenes.asks_after(botagoz, "could not be accepted")
        await self._show("One is approved, one is rejected with a reason")

        await scenes.preview(dina)
        await self._show("What would be published now")
        await self._evening()
        await cast.channel.wait_for("Semey", after=0)
        await self._show("The bot was down when the digest was due; it posts it on starting, once")
        await scenes.kuat_withdrawn(nurlan)
        await cast.channel.wait_for("New reports: 1", after=0)
        await self._show("The brother takes his report back: it is shredded, and the digest is edited")
        await scenes.update_seen(dina)
        await self._show("A coordinator sees that it was taken back")
        await self._process.stop()

    async def _join(self, name: str, language: str) -> Person:
        person = await self._telegram.person(name, language_code=language)
        self._names[person.id] = name
        return person

    async def _evening(self) -> None:
        """Stop the bot over the moment of the digest, and start it after."""
        await self._process.stop()
        now = utc_now().astimezone(self._settings.zone)
        digest_at = (now + timedelta(seconds=1)).replace(microsecond=0)
        await asyncio.sleep((digest_at - now).total_seconds())
        await self._process.start(DIGEST_AT=_time_of(digest_at))

    async def _show(self, title: str) -> None:
        self._console.print(Rule(title))
        events = await self._telegram.events(after=self._shown)
        self._transcript.show(self._console, events)
        self._shown = events[-1].seq if events else self._shown


def _time_of(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S")


async def _what_is_stored(console: Console, settings: Settings, folder: Path) -> None:
    """Print what the database holds, opened with the key and without it."""
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        table = Table(title="What is in the database, opened with the master key", expand=True)
        for column in ("No.", "Name", "City", "Publishing", "Decision"):
            table.add_column(column)
        async for report in work.reports.every():
            name, city = report.answers.get("name"), report.answers.get("city")
            place = (city.reading.value or city.text or city.state) if city else ""
            decision = report.decision or "waiting"
            table.add_row(str(report.report_id), name.text if name else "", place, report.consent.publishing, decision)
        console.print(table)
        unsent = await work.outbox.count_unsettled()
        dead = await work.updates.count_dead()
    console.print(f"Messages not yet sent: {unsent}. Updates given up: {dead}.")
    found = _in_the_clear(folder / "reports.db")
    console.print("Without the key: " + ", ".join(f"{word!r} {count} times" for word, count in found.items()))
    if unsent or dead or any(found.values()):
        raise RuntimeError("the demo did not end as it should")


def _in_the_clear(path: Path) -> Counter[str]:
    """Count the names in the bytes of the database's files."""
    found = Counter(dict.fromkeys(scenes.NAMES, 0))
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes()
        for name in scenes.NAMES:
            found[name] += content.count(name.encode())
    return found
