"""What travels between the parts: JSON objects, the clock they are dated by, and the names of faults."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

JsonObject = dict[str, Any]
Clock = Callable[[], datetime]
# What can be made to go wrong; `bot.sandbox.client.client.SandboxClient.fault` says what each means.
FaultKind = Literal[
    "blocked",
    "flood",
    "server_error",
    "timeout_after_delivery",
    "drop_connection",
    "delay",
    "cut_download",
    "duplicate_update",
]


def system_clock() -> datetime:
    """Tell the time, aware."""
    return datetime.now(UTC)


def seconds(moment: datetime) -> int:
    """Write a moment as Telegram does: whole seconds since 1970."""
    return int(moment.timestamp())


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, in which Telegram measures entities (one letter beyond the BMP is two)."""
    return len(text.encode("utf-16-le")) // 2
