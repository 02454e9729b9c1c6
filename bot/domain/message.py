"""What the bot says, before it is sent: plain data, so that it can be stored in the outbox and compared in a test."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Button(BaseModel):
    """One inline button."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1)
    data: str = Field(pattern=r"^[!-~]{1,64}$")
    """Callback data, 1-64 bytes (Telegram's limit); ASCII, never personal data."""


Keyboard = tuple[tuple[Button, ...], ...]


class Say(BaseModel):
    """A new message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["say"] = "say"
    html: str
    keyboard: Keyboard = ()
    protected: bool = False
    """Cannot be forwarded or saved (Telegram's protect_content)."""
    asks_for_reply: bool = False
    """Opens the reply field under this message (Telegram's ForceReply)."""


class Replace(BaseModel):
    """New words, or only new buttons, for a message already sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["replace"] = "replace"
    message_id: int
    html: str | None = None
    """None keeps the words and changes the buttons alone."""
    keyboard: Keyboard = ()


class Delete(BaseModel):
    """Take a message away. Telegram allows it for 48 hours in a private chat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["delete"] = "delete"
    message_id: int


Outgoing = Annotated[Say | Replace | Delete, Field(discriminator="kind")]
OUTGOING: TypeAdapter[Say | Replace | Delete] = TypeAdapter(Outgoing)
"""Writes and reads an outgoing message as JSON."""
