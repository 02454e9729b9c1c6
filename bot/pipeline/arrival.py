"""An update as it came, read no further than to know whom it concerns."""

from dataclasses import dataclass
from typing import Any, Self

from bot.pipeline.raw import chat_of, written_message_id


@dataclass(frozen=True)
class Arrival:
    """An update as it came, and the chat it comes from, as Telegram wrote it."""

    raw: dict[str, Any]
    chat: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Find the chat of an update."""
        return cls(raw, chat_of(raw))

    @property
    def update_id(self) -> int:
        """The update's number."""
        return int(self.raw["update_id"])

    @property
    def chat_id(self) -> int:
        """The chat's Telegram id; 0 where the update names none."""
        return int(self.chat.get("id", 0))

    @property
    def is_private(self) -> bool:
        """Whether it comes from a person's own chat with the bot."""
        return bool(self.chat) and self.chat.get("type", "private") == "private"

    @property
    def written_message_id(self) -> int | None:
        """The id of the message that a person wrote or edited in private, if that is what came."""
        return written_message_id(self.raw) if self.is_private else None
