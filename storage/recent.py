"""What this process opened or sealed last, so that it need not be opened again when it comes back in a moment.

Everything is found by the sealed bytes themselves, and no two sealings give the same bytes: whatever another process or
a hand changes in the database is never taken for what is remembered.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.domain.interview import Interview
from storage.crypto import DataKey

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_REMEMBERED = 1024


class Recent(Generic[K, V]):
    """The newest values, by their keys."""

    def __init__(self) -> None:
        self._values: OrderedDict[K, V] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        """Remember a value, and forget the oldest."""
        self._values[key] = value
        if len(self._values) > _REMEMBERED:
            self._values.popitem(last=False)

    def get(self, key: K) -> V | None:
        """Return the value, or None where it is not remembered."""
        return self._values.get(key)


SealedChat = tuple[str, bytes, bytes, bytes | None]
"""A chat's key, its wrapped data key, its sealed Telegram id and its sealed name."""
OpenedChat = tuple[DataKey, int, str | None]
"""Its data key, its Telegram id and its name."""
SealedDraft = tuple[str, bytes]
"""A chat's key and a sealed draft."""
OpenedChats = Recent[SealedChat, OpenedChat]
OpenedDrafts = Recent[SealedDraft, Interview]


@dataclass(frozen=True)
class Opened:
    """All that a process remembers."""

    chats: OpenedChats = field(default_factory=Recent)
    drafts: OpenedDrafts = field(default_factory=Recent)
