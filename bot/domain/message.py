"""What the bot says, before it is sent: plain data, so that it can be stored in the outbox and compared in a test."""

from dataclasses import dataclass
from typing import Annotated, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked_dataclass

from bot.domain.chart import Chart

# What is said at every step is checked when it is read from the outbox, and not again when it is said: the types see to
# that. A button is checked as it is made.


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Button:
    """One inline button, in Telegram's own words."""

    text: Annotated[str, Field(min_length=1)]
    callback_data: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    """1-64 bytes (Telegram's limit); ASCII, never personal data."""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Say:
    """A new message."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    html: str
    keyboard: Keyboard = ()
    protected: bool = False
    """Cannot be forwarded or saved (Telegram's protect_content)."""
    asks_for_reply: bool = False
    """Opens the reply field under this message (Telegram's ForceReply)."""
    reply_to: int | None = None
    """The message of the same chat that this is about; where that is gone, it is said all the same."""
    kind: Literal["say"] = "say"


@dataclass(frozen=True)
class Replace:
    """New words, or only new buttons, for a message already sent."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    message_id: int
    html: str | None = None
    """None keeps the words and changes the buttons alone."""
    keyboard: Keyboard = ()
    kind: Literal["replace"] = "replace"


@dataclass(frozen=True)
class Delete:
    """Take a message away. Telegram allows it for 48 hours in a private chat."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    message_id: int
    kind: Literal["delete"] = "delete"


@dataclass(frozen=True)
class DeleteMany:
    """Take messages away, 1 to 100 (Telegram's limit); those that are gone already are passed over."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    message_ids: tuple[int, ...]
    kind: Literal["delete_many"] = "delete_many"

    def halves(self) -> tuple["DeleteMany", "DeleteMany"]:
        """Return the first half of two or more, and the rest."""
        middle = len(self.message_ids) // 2
        return DeleteMany(self.message_ids[:middle]), DeleteMany(self.message_ids[middle:])


@dataclass(frozen=True)
class Wipe:
    """Take away all that was written in a private chat, by the person and by the bot, as far back as Telegram allows.

    Which messages those are is asked when its turn comes: what was on its way when it was said has an id by then.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    before_update: int
    """The person's messages of this update and later ones stay."""
    kind: Literal["wipe"] = "wipe"


@dataclass(frozen=True)
class Retract:
    """Put these words in the place of all that was said in a chat about something.

    Which messages those are is asked when its turn comes: what was on its way when it was said has an id by then.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    about: str
    """How that begins ("card:17:")."""
    html: str
    deletes: bool = False
    """What Telegram still lets a bot delete goes altogether; the words stand in the place of older messages."""
    besides: int = 0
    """A message that stays: what becomes of it is said otherwise."""
    kind: Literal["retract"] = "retract"


@dataclass(frozen=True)
class Command:
    """A line of the menu of commands, in Telegram's own words."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    command: str
    description: str


@dataclass(frozen=True)
class Menu:
    """The commands that a chat is offered; with none, it is offered what everybody is."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    commands: tuple[Command, ...] = ()
    kind: Literal["menu"] = "menu"


@dataclass(frozen=True)
class Picture:
    """A picture of figures. It is drawn when its turn comes, and stored nowhere."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    chart: Chart
    html: str
    """What stands below it: at most 1,024 characters once it is parsed (Telegram's limit)."""
    otherwise: str
    """Said in its place where it cannot be drawn (HTML)."""
    protected: bool = False
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class File:
    """A file that was sent as evidence. It is opened when its turn comes; only its number is stored here."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    evidence_id: int
    html: str
    """What stands below it: at most 1,024 characters once it is parsed (Telegram's limit). A round video has none."""
    otherwise: str
    """Said in its place where it cannot be opened, for example because it was taken back (HTML)."""
    keyboard: Keyboard = ()
    protected: bool = True
    kind: Literal["file"] = "file"


@dataclass(frozen=True)
class Figures:
    """The figures of moderation. They are counted when its turn comes, for that may take seconds."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    otherwise: str
    """Said in their place where they cannot be counted (HTML)."""
    kind: Literal["figures"] = "figures"


Plain = Say | Replace | Delete | DeleteMany | Menu
"""What one call of the Bot API carries out, and says in full."""
Carrying = Picture | File
"""What one call of the Bot API carries out, once its bytes are there."""
Sendable = Plain | Carrying
LookedUp = Wipe | Figures
"""What must read much before anything can be sent."""
Outgoing = Sendable | LookedUp | Retract
UNSEEN = (Delete, DeleteMany, Wipe, Menu)
"""What may still be done in a chat that is to stay silent: it says nothing there."""

_OUTGOING: TypeAdapter[Outgoing] = TypeAdapter(Annotated[Outgoing, Field(discriminator="kind")])


def to_json(message: Outgoing) -> bytes:
    """Write an outgoing message as JSON."""
    return orjson.dumps(message)


def from_json(stored: str | bytes) -> Outgoing:
    """Read an outgoing message.

    Raises:
        pydantic.ValidationError: this is none.
    """
    return _OUTGOING.validate_json(stored)
