"""What a person sees on the screen: messages, buttons, toasts, and the event that showed each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: an inline one has `data` or `url`, one of a reply keyboard has neither."""

    text: str
    data: str | None = None
    url: str | None = None


Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a message; `size` is in bytes."""

    file_id: str
    name: str | None
    mime_type: str | None
    size: int


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message as it looks now.

    `seq` is the number of the event that last changed it, so of two looks at a message the later has the larger
    one. `text` is the text or the caption, without markup; `html` is the same with it. `kind` is `text`, `photo`,
    `document`, `voice`, `audio`, `video`, `video_note`, `animation`, `sticker`, `location`, `contact` or `service`.
    `keyboard` says what `buttons` are: `inline`, `reply`, `remove`, `force_reply` or None. `forwarded_from` is the
    name that stands above a forwarded message.
    """

    chat_id: int
    message_id: int
    seq: int
    date: datetime
    author: str
    author_id: int | None
    from_bot: bool
    kind: str
    text: str
    html: str
    buttons: Buttons
    keyboard: str | None
    protected: bool
    reply_to: int | None
    edited: bool
    pinned: bool
    album: str | None
    forwarded_from: str | None
    file: Attachment | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all buttons, row by row."""
        return tuple(button.text for row in self.buttons for button in row)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SeenMessage":
        """Read what the control API calls a message."""
        file = data["file"]
        return cls(
            chat_id=data["chat"],
            message_id=data["message_id"],
            seq=data["seq"],
            date=datetime.fromisoformat(data["date"]),
            author=data["author"],
            author_id=data["author_id"],
            from_bot=data["from_bot"],
            kind=data["kind"],
            text=data["text"],
            html=data["html"],
            buttons=_buttons(data["buttons"]),
            keyboard=data["keyboard"],
            protected=data["protected"],
            reply_to=data["reply_to"],
            edited=data["edited"],
            pinned=data["pinned"],
            album=data["album"],
            forwarded_from=data["forwarded_from"],
            file=None if file is None else Attachment(**file),
        )


@dataclass(frozen=True, slots=True)
class Toast:
    """The bot's answer to a button press, shown over the chat; an alert must be closed by hand."""

    seq: int
    text: str
    alert: bool


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed; `query_id` is what the bot answers."""

    seq: int
    query_id: str
    chat_id: int
    message_id: int
    label: str


@dataclass(frozen=True, slots=True)
class Event:
    """One visible thing that happened.

    `kind` is `message`, `edit`, `delete`, `press` (text: the button's label), `answer` (the bot answered a press
    with nothing to show), `toast`, `alert`, `action` (such as typing), `pin` or `member` (text says what). `who` is
    a name; `to` is the person whom alone a toast was shown.
    """

    seq: int
    at: datetime
    chat: int
    who: str
    from_bot: bool
    kind: str
    text: str
    buttons: Buttons
    message_id: int | None
    to: int | None
    message: SeenMessage | None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Event":
        """Read one element of the event feed."""
        message = data["message"]
        seen = None if message is None else SeenMessage.from_json(message)
        return cls(
            seq=data["seq"],
            at=datetime.fromisoformat(data["at"]),
            chat=data["chat"],
            who=data["who"],
            from_bot=data["from_bot"],
            kind=data["kind"],
            text=data["text"],
            buttons=() if seen is None else seen.buttons,
            message_id=data["message_id"],
            to=data["to"],
            message=seen,
        )


def _buttons(rows: list[list[dict[str, Any]]]) -> Buttons:
    return tuple(tuple(Button(cell["text"], cell["data"], cell["url"]) for cell in row) for row in rows)
