"""What the sandbox's tests share: a clock that stands still, and a bot that speaks bare HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]}


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2022, 1, 6, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Move on by `timedelta(**span)`."""
        self.now += timedelta(**span)


class Api:
    """The Bot API by bare HTTP, so that a test sees the very words."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = url
        self.base = f"{url}/bot{token}"

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method with JSON and return the body of the answer."""
        async with self.session.post(f"{self.base}/{method}", json=parameters) as response:
            body: dict[str, Any] = await response.json()
            assert body["ok"] is (response.status == 200)
            assert body["ok"] or body["error_code"] == response.status
            return body

    async def ok(self, method: str, **parameters: Any) -> Any:
        """Call a method that must succeed and return its result."""
        body = await self.call(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        """Call a method that must fail and return the description."""
        body = await self.call(method, **parameters)
        assert not body["ok"], body
        return str(body["description"])

    async def updates(self, offset: int = 0, **parameters: Any) -> list[dict[str, Any]]:
        """Take the updates there are."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", offset=offset, **parameters)
        return found

    async def say(self, chat: Any, text: str = "hello", **parameters: Any) -> dict[str, Any]:
        """Send a text to a person or a chat of the client and return the message."""
        message: dict[str, Any] = await self.ok("sendMessage", chat_id=chat.id, text=text, **parameters)
        return message


async def upload(api: Api, method: str, fields: dict[str, str], **files: tuple[str, bytes]) -> dict[str, Any]:
    """Call a method with a form that carries files, each a name and a content; returns the body of the answer."""
    form = aiohttp.FormData(fields)
    for name, (filename, content) in files.items():
        form.add_field(name, content, filename=filename)
    async with api.session.post(f"{api.base}/{method}", data=form) as response:
        body: dict[str, Any] = await response.json()
        return body
