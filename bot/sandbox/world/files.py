"""Files with their real bytes, kept in memory."""

import mimetypes
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import PurePosixPath

from bot.sandbox import spec
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.wire import Clock
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.model import StoredFile

TOTAL_MAX = 512 * 1024 * 1024
# "It is guaranteed that the link will be valid for at least 1 hour" (core.telegram.org/bots/api#getfile).
LINK_LIFETIME = timedelta(hours=1)
UNKNOWN_TYPE = "application/octet-stream"
# The folder, the type and the ending of each kind; what has none takes them from the name that the sender gave.
_KINDS: dict[str, tuple[str, str | None, str | None]] = {
    "photo": ("photos", "image/jpeg", ".jpg"),
    "thumbnail": ("thumbnails", "image/jpeg", ".jpg"),
    "sticker": ("stickers", "image/webp", ".webp"),
    "voice": ("voice", "audio/ogg", ".oga"),
    "video_note": ("video_notes", "video/mp4", ".mp4"),
    "video": ("videos", None, None),
    "animation": ("animations", None, None),
    "audio": ("music", None, None),
    "document": ("documents", None, None),
}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it is sent.

    `content` is None where only its `size`, in bytes, is declared. `mime_type` is what the sender's client calls it;
    without one the name decides.
    """

    content: bytes | None
    name: str | None = None
    mime_type: str | None = None
    size: int = 0

    def check(self) -> None:
        """Refuse what is empty (`ApiError` 400), or brings more than the 50 MB that a bot may send (413)."""
        if self.content is None:
            return
        if not self.content:
            raise bad_request("file must be non-empty")
        if len(self.content) > spec.UPLOAD_MAX:
            raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")


class Files:
    """Content by file_id and by path. `ApiError` says what Telegram, or the memory, refuses."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._linked: dict[str, datetime] = {}
        self._total = 0

    def store(self, kind: str, new: NewFile) -> StoredFile:
        """Keep a file as a `kind`: `photo`, `thumbnail`, `document`, ..."""
        size = new.size if new.content is None else len(new.content)
        held = 0 if new.content is None else size
        if self._total + held > TOTAL_MAX:
            raise ApiError(HTTPStatus.INSUFFICIENT_STORAGE, "Insufficient Storage: the sandbox is full")
        folder, fixed_type, fixed_ending = _KINDS[kind]
        guessed = mimetypes.guess_type(new.name or "")[0] or UNKNOWN_TYPE
        ending = fixed_ending or PurePosixPath(new.name or "").suffix or ".bin"
        path = f"{folder}/file_{len(self._by_id)}{ending}"
        file = StoredFile(self._ids.file(), kind, new.content, size, fixed_type or new.mime_type or guessed, path)
        self._by_id[file.file_id] = self._by_path[path] = file
        self._total += held
        return file

    def known(self, file_id: str) -> StoredFile:
        """Find a file that a bot names; `ApiError` 400 if there is none."""
        found = self._by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return found

    def link(self, file: StoredFile) -> str:
        """Open a file for download, for an hour from now; returns its path."""
        self._linked[file.path] = self._clock()
        return file.path

    def at(self, path: str) -> StoredFile | None:
        """Find a file by a path that getFile gave within the last hour."""
        linked = self._linked.get(path)
        if linked is None or self._clock() - linked >= LINK_LIFETIME:
            return None
        return self._by_path[path]
