"""How long the event loop does not come round: while one thing computes, nobody else is served."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.pipeline.metrics import Metrics

_EVERY_SECONDS = 0.02


@asynccontextmanager
async def measured_lag(metrics: Metrics) -> AsyncIterator[None]:
    """Note, fifty times a second while the block runs, how much later than asked for the loop went on."""
    measuring = asyncio.create_task(_measure(metrics))
    try:
        yield
    finally:
        measuring.cancel()


async def _measure(metrics: Metrics) -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(_EVERY_SECONDS)
        metrics.loop_lag(time.monotonic() - began - _EVERY_SECONDS)
