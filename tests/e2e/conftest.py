"""The bot in one process with a local Telegram, over real HTTP, with a clock that only moves when a test moves it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.app import App, Reference, open_app
from bot.commands.sandbox import Cast, gather_cast, sandbox_settings
from bot.demo.transcript import Transcript
from bot.sandbox import Event, Person, SandboxClient, SandboxServer
from bot.settings import Settings
from storage.location import Location

T = TypeVar("T")

NOW = datetime(2022, 1, 20, 9, 0, tzinfo=UTC)
"""15:00 in Almaty, two weeks after the protests."""


@dataclass
class Clock:
    """A clock that stands still unless it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Go forward, by the parts of a timedelta."""
        self.now += timedelta(**by)


@dataclass
class Stage:
    """A bot, a local Telegram, and people. `do` lets a person act and the bot answer to the end."""

    app: App
    telegram: SandboxClient
    cast: Cast
    clock: Clock
    others: list[Person] = field(default_factory=list)

    async def do(self, action: Awaitable[T]) -> T:
        """Let somebody act, handle it, send the answers; a second passes."""
        result = await action
        await self.app.settle()
        self.clock.move(seconds=1)
        await self.look()
        return result

    async def look(self) -> None:
        """Let everybody look at the phone."""
        for person in (self.cast.mother, *self.cast.coordinators, *self.others):
            await person.refresh()

    async def person(self, name: str, language: str = "en") -> Person:
        """Let another person join."""
        person = await self.telegram.person(name, language_code=language)
        self.others.append(person)
        return person

    async def tick(self) -> None:
        """Let the clock's work be done, and sent."""
        await self.app.ticker.tick()
        await self.app.settle()
        await self.look()

    async def transcript(self, *, keep: Callable[[Event], bool] = lambda _event: True) -> str:
        """Return everything that was seen by anyone so far, or what is to be kept of it."""
        people = (self.cast.mother, *self.cast.coordinators, *self.others)
        names = {view.id: view.name for view in (*people, self.cast.group, self.cast.channel)}
        return Transcript(names).plain(event for event in await self.telegram.events() if keep(event))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(clock=clock) as running:
        yield running


@pytest.fixture
async def telegram(server: SandboxServer) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(server.url) as client:
        yield client


@pytest.fixture
async def cast(telegram: SandboxClient) -> Cast:
    return await gather_cast(telegram)


@pytest.fixture
def settings(server: SandboxServer, cast: Cast, tmp_path: Path, location: Location) -> Settings:
    made = sandbox_settings(server.url, server.token, cast, tmp_path)
    return made.model_copy(update={"database_url": location.url})


@pytest.fixture(scope="session")
def library() -> dict[tuple[object, ...], Reference]:
    """Keep what was read, by the settings that it was read for. It never changes, so one reading does for all."""
    return {}


@pytest.fixture
def reference(settings: Settings, clock: Clock, library: dict[tuple[object, ...], Reference]) -> Reference:
    asked = (settings.country, settings.language, settings.zone)
    if asked not in library:
        library[asked] = Reference.read(settings, today=clock().date())
    return library[asked]


@pytest.fixture
async def stage(
    settings: Settings, telegram: SandboxClient, cast: Cast, clock: Clock, reference: Reference
) -> AsyncIterator[Stage]:
    chance = random.Random(2022)  # noqa: S311  receipt codes of a test need to be the same every time
    async with open_app(settings, clock=clock, choose=chance.choice, reference=reference) as app:
        yield Stage(app, telegram, cast, clock)
