"""Evidence: what is sent besides words, for the question at hand, after it, or about a report already sent."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a file that a bot can fetch (Telegram's limit for getFile)."""
LARGEST_FILE_MB = LARGEST_FILE // 1024**2
"""The same, as people are told it."""


class EvidenceKind(StrEnum):
    """What was sent, as Telegram names it.

    The texts for it are `evidence.received.<value>`, `evidence.kind.<value>` and, counted, `files.<value>`.
    """

    PHOTO = "photo"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"

    @property
    def has_file(self) -> bool:
        """Whether it is a file, which has to be fetched; a place and a contact are whole as they come."""
        return self not in {EvidenceKind.LOCATION, EvidenceKind.CONTACT}


class EvidenceState(StrEnum):
    """How far a piece of evidence has come."""

    WAITING = "waiting"
    """It is known where Telegram has it; it is still to be fetched."""
    KEPT = "kept"
    REFUSED = "refused"
    """Looked at and not kept; what was written under it is."""
    SHREDDED = "shredded"
    """Taken back: its key is gone, and with it all that it was."""


class Refusal(StrEnum):
    """Why a file is not kept. The text for it is `evidence.refused.<value>`."""

    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    UNAVAILABLE = "unavailable"
    """Telegram does not give it out, again and again."""


class Place(BaseModel):
    """A place on the map, in degrees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    latitude: float
    longitude: float
    title: str | None = None
    address: str | None = None


class ContactCard(BaseModel):
    """Somebody from an address book."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str
    name: str


class Contents(BaseModel):
    """All that is known of one piece of evidence but the bytes of its file. It is stored sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: int
    caption: str = ""
    file_id: str | None = None
    """How Telegram names the file for this bot; it stays valid."""
    name: str | None = None
    """Of the file, as its sender had it."""
    declared_type: str | None = None
    """What its sender's program says it is. It is not believed."""
    declared_size: int | None = None
    """Bytes."""
    album: str | None = None
    """The same for all that was sent together (Telegram's media_group_id)."""
    forwarded_from: str | None = None
    """The address of the public post that it was forwarded from."""
    first_sent_at: datetime | None = None
    """Of what was forwarded: when it was first sent."""
    place: Place | None = None
    contact: ContactCard | None = None
    type: str | None = None
    """What the file is, told by its content."""
    size: int | None = None
    """Bytes that were fetched."""
    sha256: str | None = None
    """Of these bytes, in hex."""
    refusal: Refusal | None = None


class Piece(BaseModel):
    """One piece of evidence, opened."""

    model_config = ConfigDict(frozen=True)

    evidence_id: int
    chat_key: str
    report_id: int | None
    """None while it belongs to a draft."""
    question: str | None
    """The question that was at hand, if one was."""
    kind: EvidenceKind
    state: EvidenceState
    received_at: datetime
    attempts: int
    """How often it was tried to fetch it."""
    file: str | None
    """The name of the sealed file."""
    contents: Contents


Counts = Mapping[EvidenceKind, int]
"""How many pieces there are of each kind; of those that are none, no number."""
