"""curl commands as they stand in a text, sent as curl would send them."""

import shlex
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Curl:
    """A curl command with -s and perhaps -d."""

    url: str
    data: str | None

    @classmethod
    def read(cls, line: str) -> "Curl":
        """Read it off a line that may say something before it."""
        curl, silent, url, *rest = shlex.split(line[line.index("curl ") :])
        assert (curl, silent) == ("curl", "-s")
        assert not rest or rest[0] == "-d"
        return cls(url, rest[1] if rest else None)

    async def run(self, session: aiohttp.ClientSession) -> Any:
        """Send what curl would send, in the encoding that it would claim."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sending = session.get(self.url) if self.data is None else session.post(self.url, data=self.data, headers=form)
        async with sending as response:
            assert response.status == 200, await response.text()
            return await response.json()


async def wait_for(session: aiohttp.ClientSession, sandbox: str, words: str, *, after: dict[str, Any]) -> None:
    """Wait until the bot says something in the chat of an action, after it. `sandbox` is where it is controlled."""
    last = after["seq"]
    while True:
        look = Curl(f"{sandbox}/events?chat={after['chat']}&after={last}&wait=20", None)
        events = (await look.run(session))["events"]
        assert events, f"{words!r} was not said"
        if any(event["from_bot"] and words in event["text"] for event in events):
            return
        last = events[-1]["seq"]
