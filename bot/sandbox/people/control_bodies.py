"""What the control API takes, endpoint by endpoint; unknown fields are refused, so that a slip is noticed."""

from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.sandbox.wire import FaultKind

# "At most 52 significant bits" (core.telegram.org/bots/api#user): what is beyond cannot be told to the bot.
ID_MAX = (1 << 52) - 1
DURATION_MAX = 24 * 60 * 60
# What Telegram takes from people who pay for it, in bytes.
SIZE_MAX = 4_000 * 1024 * 1024
Id = Annotated[int, Field(ge=-ID_MAX, le=ID_MAX)]
PersonId = Annotated[int, Field(ge=1, le=ID_MAX)]
Name = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*$", max_length=128)]
# tdlib/td, is_valid_username; 4 characters and more can be bought.
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$", min_length=4, max_length=32)]
# IETF language tags (core.telegram.org/bots/api#user).
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^(\+?[0-9 ()-]{1,32})?$")]
FileName = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*$", max_length=255)]
MimeType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+-]+/[a-zA-Z0-9.+-]+$", max_length=128)]
Album = Annotated[str, StringConstraints(max_length=64)]
Emoji = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*$", min_length=1, max_length=16)]


class Body(BaseModel):
    """A request's fields, from JSON or from a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewPerson(Body):
    """Somebody who has Telegram."""

    name: Name
    id: Id | None = None
    last_name: Name | None = None
    username: Username | None = None
    language_code: LanguageCode | None = None


class NewGroup(Body):
    """A group; `bot` is null when the bot is not in it."""

    title: Name
    members: tuple[PersonId, ...] = ()
    supergroup: bool = True
    bot: Literal["member", "admin"] | None = "member"
    username: Username | None = None
    id: Id | None = None


class NewChannel(Body):
    """A channel; `bot` is null when the bot is not in it."""

    title: Name
    members: tuple[PersonId, ...] = ()
    bot: Literal["member", "admin"] | None = "admin"
    username: Username | None = None
    id: Id | None = None


class NewMessage(Body):
    """A message of a person.

    What has a file comes as a form with a `file`, or declares only its `size`. At most one of the three fields that
    begin with `forwarded` says from where the message is forwarded.
    """

    person: PersonId
    chat: Id | None = None
    kind: Literal[
        "text",
        "photo",
        "document",
        "voice",
        "audio",
        "video",
        "video_note",
        "animation",
        "sticker",
        "location",
        "contact",
    ] = "text"
    text: str = Field(default="", description="the words, or the caption of a file")
    reply_to: Id | None = None
    album: Album | None = Field(default=None, description="any word; messages with the same one make one album")
    filename: FileName | None = Field(default=None, description="if it is not that of the form")
    mime_type: MimeType | None = None
    size: int | None = Field(default=None, ge=1, le=SIZE_MAX, description="in bytes, of a file that is only declared")
    duration: int = Field(default=1, ge=0, le=DURATION_MAX, description="in seconds")
    title: Name | None = None
    performer: Name | None = None
    emoji: Emoji = "🙂"
    latitude: float = Field(default=0.0, ge=-90, le=90)
    longitude: float = Field(default=0.0, ge=-180, le=180)
    phone_number: PhoneNumber = ""
    first_name: Name = ""
    last_name: Name = ""
    user_id: PersonId | None = None
    forwarded_person: PersonId | None = Field(default=None, description="who wrote it first")
    forwarded_name: Name | None = Field(default=None, description="the same, of somebody who hides the account")
    forwarded_channel: Id | None = Field(default=None, description="the channel that posted it first")


class ExistingMessage(Body):
    """A message, named by a person who sees it."""

    person: PersonId
    message_id: Id
    chat: Id | None = None


class Edited(ExistingMessage):
    """The new text or caption of a message."""

    text: str


class Forwarded(Body):
    """A message of `from_chat` (by default the person's own), for `chat` (likewise)."""

    person: PersonId
    message_id: Id
    from_chat: Id | None = None
    chat: Id | None = None
    album: Album | None = Field(default=None, description="as in a message: those of an album go together again")


class Pressed(Body):
    """A button, named by its label."""

    person: PersonId
    label: str
    chat: Id | None = None
    message_id: Id | None = None
    exact: bool = False


class Who(Body):
    """A person."""

    person: PersonId


class BotIn(Body):
    """What the bot is to be in a chat."""

    chat: Id
    bot: Literal["member", "admin", "left", "kicked"]


class PersonIn(Body):
    """What a person is to be in a chat."""

    chat: Id
    person: PersonId
    status: Literal["member", "admin", "left", "kicked"]


class Which(Body):
    """A chat."""

    chat: Id


class NewFault(Body):
    """Trouble for the calls to come."""

    kind: FaultKind
    chat: Id | None = None
    method: str | None = Field(default=None, description="any by default; download is the address of a file")
    times: int = Field(default=1, le=1_000_000)
    retry_after: int = Field(default=3, le=DURATION_MAX)
    status: int = int(HTTPStatus.BAD_GATEWAY)
    hold: float = Field(default=0.05, description="in seconds")


class Nothing(Body):
    """No fields at all."""


class Look(Body):
    """A look at the feed: what came after event number `after`, waiting up to `wait` seconds for something."""

    after: Id = 0
    wait: float = Field(default=0.0, ge=0, le=50)
    chat: Id | None = None
