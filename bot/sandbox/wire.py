"""What travels between the parts: JSON objects, and the clock they are dated by."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

JsonObject = dict[str, Any]
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Tell the time, aware."""
    return datetime.now(UTC)


def seconds(moment: datetime) -> int:
    """Write a moment as Telegram does: whole seconds since 1970."""
    return int(moment.timestamp())


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, in which Telegram measures entities (one letter beyond the BMP is two)."""
    return len(text.encode("utf-16-le")) // 2
