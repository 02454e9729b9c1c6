"""Run the server as a process of its own; its port is the first line it prints."""

import argparse
import asyncio
import gc
import sys

import uvloop

from tests.bench.telegram.server import serve


async def _main(seed: int) -> None:
    async with serve(seed=seed) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    # Nothing here leaves cycles behind, and a collection would be a pause that looks like the bot's.
    gc.disable()
    uvloop.run(_main(parser.parse_args().seed))
