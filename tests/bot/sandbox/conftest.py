from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Person, SandboxClient, SandboxServer
from tests.bot.sandbox.support import Api, Clock


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
async def api(server: SandboxServer) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, server.url, server.token)


@pytest.fixture
async def mother(telegram: SandboxClient) -> Person:
    """Somebody who has written to the bot; her /start is update and message 1."""
    person = await telegram.person("Aigerim", language_code="ru")
    await person.send("/start")
    return person
