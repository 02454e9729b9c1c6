"""The server: the Bot API, the people, and the runner's commands behind one port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bench.telegram.api import BotApi
from tests.bench.telegram.control import PREFIX, Control
from tests.bench.telegram.crowd import Crowd
from tests.bench.telegram.feed import Feed
from tests.bench.telegram.http import Connection, Exchange, RoundTrip

_BACKLOG = 2048


@asynccontextmanager
async def serve(port: int = 0, *, seed: int = 1) -> AsyncIterator[int]:
    """Serve on a local port, and give its number."""
    feed, round_trip = Feed(), RoundTrip()
    crowd = Crowd(feed, seed=seed)
    api = BotApi(crowd, feed, round_trip)
    control = Control(crowd, api, round_trip)

    def handle(exchange: Exchange) -> None:
        if exchange.target.startswith(PREFIX):
            control.handle(exchange)
        else:
            api.handle(exchange)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(handle, round_trip), "127.0.0.1", port, backlog=_BACKLOG)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
