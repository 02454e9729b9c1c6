"""Files with their real bytes, kept in memory."""

import mimetypes
from http import HTTPStatus

from bot.sandbox import spec
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.model import StoredFile

TOTAL_MAX = 512 * 1024 * 1024
_FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "sticker": "stickers"}
_TYPES = {"photo": "image/jpeg", "voice": "audio/ogg", "sticker": "image/webp"}
_PHOTO_SIZES = ((90, 67), (320, 240), (1280, 960))


class Files:
    """Content by file_id and by path. `ApiError` says what Telegram, or the memory, refuses."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._total = 0

    def content_of(self, kind: str, content: bytes, name: str | None, *, duration: int = 1) -> JsonObject:
        """Store a file and write the member of a message that holds it: `kind` is photo, document or voice."""
        check_size(content)
        if kind == "photo":
            return {"photo": self._photo(content)}
        file = self._store(kind, content, name)
        about: JsonObject = file.to_json() | {"mime_type": file.mime_type}
        about |= {"duration": duration} if kind == "voice" else {"file_name": name}
        return {kind: about}

    def sticker(self, emoji: str) -> JsonObject:
        """Write the member of a message that holds a sticker."""
        look: JsonObject = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        look |= {"is_animated": False, "is_video": False}
        return {"sticker": self._store("sticker", b"RIFF-sandbox-WEBP", None).to_json() | look}

    def known(self, file_id: str) -> StoredFile:
        """Find a file that a bot names; `ApiError` 400 if there is none."""
        found = self._by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return found

    def at(self, path: str) -> StoredFile | None:
        """Find a file by the path that getFile gave."""
        return self._by_path.get(path)

    def _photo(self, content: bytes) -> list[JsonObject]:
        """Store a picture in its sizes.

        The smaller ones hold other bytes than the picture, so that a bot that keeps a thumbnail is found out.
        """
        sizes = []
        for width, height in _PHOTO_SIZES:
            full = (width, height) == _PHOTO_SIZES[-1]
            file = self._store("photo", content if full else content[: max(1, len(content) // 4)], None)
            sizes.append(file.to_json() | {"width": width, "height": height})
        return sizes

    def _store(self, kind: str, content: bytes, name: str | None) -> StoredFile:
        if self._total + len(content) > TOTAL_MAX:
            raise ApiError(HTTPStatus.INSUFFICIENT_STORAGE, "Insufficient Storage: the sandbox is full")
        file_id = self._ids.file()
        guessed = _TYPES.get(kind) or mimetypes.guess_type(name or "")[0] or "application/octet-stream"
        suffix = mimetypes.guess_extension(guessed) or ".bin"
        path = f"{_FOLDERS[kind]}/file_{len(self._by_id)}{suffix}"
        file = StoredFile(file_id, content, name, guessed, path)
        self._by_id[file_id] = self._by_path[path] = file
        self._total += len(content)
        return file


def check_size(content: bytes) -> None:
    """Refuse what is empty (`ApiError` 400), or larger than the 50 MB that a bot may send (413)."""
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > spec.UPLOAD_MAX:
        raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
