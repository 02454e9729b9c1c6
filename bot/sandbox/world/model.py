"""What the sandbox knows: people, chats, messages, files. Plain records; the rules are elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.sandbox.wire import JsonObject


class ChatType(StrEnum):
    """Telegram's four kinds of chats."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Status(StrEnum):
    """What somebody is in a chat, in Telegram's words."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER})
IN_CHARGE = frozenset({Status.CREATOR, Status.ADMINISTRATOR})


@dataclass(slots=True)
class Person:
    """Somebody who has Telegram."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    blocked: bool = False
    deactivated: bool = False

    @property
    def full_name(self) -> str:
        """The name that others see."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def to_json(self) -> JsonObject:
        """Write Telegram's User."""
        user: JsonObject = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return user | {name: value for name, value in optional.items() if value is not None}


@dataclass(slots=True)
class Message:
    """One message as it is now.

    `sender` is Telegram's User, None for a post of a channel; `content` holds the members of Telegram's Message that
    say what is in it (`text` and `entities`, `photo` and `caption`, ...); `markup` is the keyboard as it was sent;
    `seq` numbers the event that last changed it.
    """

    chat_id: int
    message_id: int
    sender: JsonObject | None
    author: str
    from_bot: bool
    date: datetime
    content: JsonObject
    markup: JsonObject | None = None
    protected: bool = False
    reply_to: int | None = None
    edit_date: datetime | None = None
    album: str | None = None
    origin: JsonObject | None = None
    pinned: bool = False
    service: bool = False
    seq: int = 0

    @property
    def sender_id(self) -> int | None:
        """The id of the person or the bot; None for a post of a channel."""
        return None if self.sender is None else int(self.sender["id"])

    @property
    def text(self) -> str:
        """The text or the caption, without markup."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[JsonObject]:
        """The entities of `text`."""
        found: list[JsonObject] = self.content.get("entities") or self.content.get("caption_entities") or []
        return found


@dataclass(slots=True)
class Chat:
    """A chat of any kind.

    `bot` is None while the bot has never been here; `members` are people only.
    """

    id: int
    type: ChatType
    title: str
    username: str | None = None
    bot: Status | None = None
    members: dict[int, Status] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0
    migrated_to: int | None = None
    migrated_from: int | None = None

    @property
    def is_group(self) -> bool:
        """Whether it is a group, basic or super."""
        return self.type in {ChatType.GROUP, ChatType.SUPERGROUP}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's content and what Telegram tells about it.

    `kind` is `photo`, `document` and so on, or `thumbnail`. `content` is None where only the size was declared, in
    bytes.
    """

    file_id: str
    kind: str
    content: bytes | None
    size: int
    mime_type: str
    path: str

    @property
    def unique_id(self) -> str:
        """The id that stays the same for every bot."""
        return f"u{self.file_id}"

    def to_json(self) -> JsonObject:
        """Write the members that all of Telegram's file objects share."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }
