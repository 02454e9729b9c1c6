"""What the control API takes, endpoint by endpoint; unknown fields are refused, so that a slip is noticed."""

from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.sandbox.faults import FaultKind


class Body(BaseModel):
    """A request's fields, from JSON or from a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewPerson(Body):
    """Somebody who has Telegram."""

    name: str
    id: int | None = None
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class NewGroup(Body):
    """A group; `bot` is null when the bot is not in it."""

    title: str
    members: tuple[int, ...] = ()
    supergroup: bool = True
    bot: Literal["member", "admin"] | None = "member"
    username: str | None = None
    id: int | None = None


class NewChannel(Body):
    """A channel; `bot` is null when the bot is not in it."""

    title: str
    members: tuple[int, ...] = ()
    bot: Literal["member", "admin"] | None = "admin"
    username: str | None = None
    id: int | None = None


class NewMessage(Body):
    """A message of a person; a photo, a document or a voice message comes as a form with a `file`."""

    person: int
    chat: int | None = None
    kind: Literal["text", "photo", "document", "voice", "sticker", "location", "contact"] = "text"
    text: str = ""
    reply_to: int | None = None
    album: str | None = Field(default=None, max_length=64)
    duration: int = Field(default=1, ge=0)
    emoji: str = "🙂"
    latitude: float = Field(default=0.0, ge=-90, le=90)
    longitude: float = Field(default=0.0, ge=-180, le=180)
    phone_number: str = ""
    first_name: str = ""
    user_id: int | None = None


class ExistingMessage(Body):
    """A message, named by a person who sees it."""

    person: int
    message_id: int
    chat: int | None = None


class Edited(ExistingMessage):
    """The new text of a message."""

    text: str


class Forwarded(Body):
    """A message of `from_chat` (by default the person's own), for `chat` (likewise)."""

    person: int
    message_id: int
    from_chat: int | None = None
    chat: int | None = None


class Pressed(Body):
    """A button, named by its label."""

    person: int
    label: str
    chat: int | None = None
    message_id: int | None = None
    exact: bool = False


class Who(Body):
    """A person."""

    person: int


class BotIn(Body):
    """What the bot is to be in a chat."""

    chat: int
    bot: Literal["member", "admin", "left", "kicked"]


class PersonIn(Body):
    """What a person is to be in a chat."""

    chat: int
    person: int
    status: Literal["member", "admin", "left", "kicked"]


class Which(Body):
    """A chat."""

    chat: int


class NewFault(Body):
    """Trouble for the calls to come."""

    kind: FaultKind
    chat: int | None = None
    method: str | None = None
    times: int = 1
    retry_after: int = 3
    status: int = int(HTTPStatus.BAD_GATEWAY)
    hold: float = 0.05


class Nothing(Body):
    """No fields at all."""


class Look(Body):
    """A look at the feed: what came after event number `after`, waiting up to `wait` seconds for something."""

    after: int = 0
    wait: float = Field(default=0.0, ge=0, le=50)
    chat: int | None = None
