"""A local Telegram Bot API server with people to talk to it, so that the bot runs with no token and no network.

`SandboxServer` is the server, `SandboxClient` drives its people; the two need not share a process. It is stricter
than Telegram wherever the two differ. `python -m bot sandbox` starts one; `GET /sandbox` says what it can do.
"""

from bot.sandbox.client.client import Channel, Group, NoSuchButton, NotSeen, Person, SandboxClient, SandboxError
from bot.sandbox.client.seen import Button, Event, Press, SeenMessage, Toast
from bot.sandbox.client.writing import AlbumItem
from bot.sandbox.server import SandboxServer
from bot.sandbox.wire import FaultKind
from bot.sandbox.world.rate_limits import RateLimits

__all__ = [
    "AlbumItem",
    "Button",
    "Channel",
    "Event",
    "FaultKind",
    "Group",
    "NoSuchButton",
    "NotSeen",
    "Person",
    "Press",
    "RateLimits",
    "SandboxClient",
    "SandboxError",
    "SandboxServer",
    "SeenMessage",
    "Toast",
]
