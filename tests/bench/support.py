"""What the tests of the benchmark share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.bench.telegram.server import serve

_LOOK_SECONDS = 0.02
_LOOKS = 1000


class Side:
    """The Bot API side in the test's own loop: commanded as the runner commands it, called as a bot calls it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def ask(self, name: str, **given: Any) -> Any:
        """Give a command and return its answer."""
        async with self.session.post(f"{self.url}/bench/{name}", json=given) as answer:
            return await answer.json()

    async def call(self, method: str, **given: Any) -> Any:
        """Call a method with JSON and return its result."""
        async with self.session.post(f"{self.url}/bot1:x/{method}", json=given) as answer:
            return (await answer.json())["result"]

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until something holds of how things stand.

        Raises:
            TimeoutError: it takes too long.
        """
        for _ in range(_LOOKS):
            if holds(await self.ask("state")):
                return
            await asyncio.sleep(_LOOK_SECONDS)
        raise TimeoutError

    async def until_done(self, people: int) -> list[dict[str, Any]]:
        """Wait until so many people have their receipt; return what they say about it."""
        await self.until(lambda state: state["done"] >= people)
        found: list[dict[str, Any]] = await self.ask("people")
        return found


@asynccontextmanager
async def side() -> AsyncIterator[Side]:
    """Serve the Bot API side while a test runs."""
    async with serve() as port, aiohttp.ClientSession() as session:
        yield Side(f"http://127.0.0.1:{port}", session)
