"""How the client reaches the control API, and what it raises."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
import orjson

# How long the server may take to answer, in seconds.
PATIENCE = 30.0


class SandboxError(Exception):
    """The control API refused, in the server's words, or could not be reached."""


class NoSuchButton(SandboxError):
    """No visible message has such a button; `labels` are those there are."""

    def __init__(self, message: str, labels: tuple[str, ...]) -> None:
        super().__init__(message)
        self.labels = labels


class NotSeen(AssertionError):
    """What was awaited did not appear."""


class Transport:
    """A connection to one sandbox.

    Raises `SandboxError` for what the server refuses, and when it is away or silent for 30 seconds.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        # No limit of connections: every waiting person holds one open.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            json_serialize=lambda value: orjson.dumps(value).decode(),
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()

    async def get(self, path: str, *, wait: float = 0.0, **query: int) -> Any:
        """Read `path`; the server may hold the answer back for `wait` seconds, if the path knows how."""
        limit = aiohttp.ClientTimeout(total=wait + PATIENCE)
        fields = {name: str(value) for name, value in query.items()} | ({"wait": f"{wait:.3f}"} if wait else {})
        with _reaching(self._url):
            async with self._session.get(self._url + path, params=fields, timeout=limit) as response:
                return await _read(response)

    async def get_bytes(self, path: str) -> bytes:
        """Read a file."""
        with _reaching(self._url):
            async with self._session.get(self._url + path) as response:
                if response.status != 200:  # noqa: PLR2004  OK
                    await _read(response)
                return await response.read()

    async def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Send `body` as JSON."""
        with _reaching(self._url):
            async with self._session.post(self._url + path, json=body) as response:
                return await _read(response)

    async def upload(self, path: str, content: bytes, filename: str, fields: Mapping[str, object]) -> Any:
        """Send `content` as the field `file` of a form, leaving out the fields that are None."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            if value is not None:
                form.add_field(name, str(value))
        form.add_field("file", io.BytesIO(content), filename=filename)
        with _reaching(self._url):
            async with self._session.post(self._url + path, data=form) as response:
                return await _read(response)


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Say in the client's own words that the server cannot be reached."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SandboxError(
            f"the sandbox at {url} cannot be reached: {type(error).__name__} {error}".rstrip()
        ) from error


async def _read(response: aiohttp.ClientResponse) -> Any:
    try:
        data = orjson.loads(await response.read())
    except orjson.JSONDecodeError as error:
        raise SandboxError(f"the sandbox itself failed with status {response.status}") from error
    if response.status == 200:  # noqa: PLR2004  OK
        return data
    if "labels" in data:
        raise NoSuchButton(data["error"], tuple(data["labels"]))
    raise SandboxError(data["error"])
