"""What a message with a file looks like: the members of Telegram's Message, kind by kind."""

from dataclasses import dataclass
from types import MappingProxyType

from bot.sandbox.errors import bad_request
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.files import Files, NewFile
from bot.sandbox.world.model import StoredFile

# What a message can carry as a file, besides stickers.
FILE_KINDS = frozenset({"photo", "document", "voice", "audio", "video", "video_note", "animation"})
# Those that can have a caption (core.telegram.org/bots/api#message).
CAPTIONED = FILE_KINDS - {"video_note"}
# What a message can hold, in the order in which it is looked for: an animation looks like a document too.
_KINDS = (
    "text",
    "photo",
    "animation",
    "video_note",
    "video",
    "voice",
    "audio",
    "document",
    "sticker",
    "location",
    "contact",
)
# What can stand in one album together (core.telegram.org/bots/api#sendmediagroup).
ALBUM_FAMILIES = MappingProxyType({"photo": "visual", "video": "visual", "document": "document", "audio": "audio"})
_PHOTO_SIZES = ((90, 67), (320, 240), (1280, 960))
_SIZE = MappingProxyType({"width": 640, "height": 360})
_NOTE_LENGTH = 240
_THUMBNAIL = b"sandbox-thumbnail"
# How tdlib/td calls the kinds (FileType) where it refuses one for another.
_NAMES_IN_ERRORS = MappingProxyType(
    {
        "photo": "Photo",
        "thumbnail": "Thumbnail",
        "sticker": "Sticker",
        "voice": "VoiceNote",
        "video_note": "VideoNote",
        "video": "Video",
        "animation": "Animation",
        "audio": "Audio",
        "document": "Document",
    }
)


@dataclass(frozen=True, slots=True)
class Details:
    """What a client tells about a recording besides its file; `duration` is in seconds."""

    duration: int = 1
    title: str | None = None
    performer: str | None = None


def kind_of(content: JsonObject) -> str:
    """Say in one word what the content of a message, other than of a service message, is."""
    return next(kind for kind in _KINDS if kind in content)


class MediaShelf:
    """Makes the content of messages out of files, and finds it again by file_id."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._contents: dict[str, JsonObject] = {}

    def content_of(self, kind: str, new: NewFile, details: Details | None = None) -> JsonObject:
        """Keep a file and write the member of a message that holds it; `kind` is one of `FILE_KINDS`."""
        new.check()
        if kind == "photo":
            content: JsonObject = {"photo": self._photo(new)}
        else:
            file = self._files.store(kind, new)
            content = self._member(kind, file, new.name, details or Details())
        for about in content["photo"] if kind == "photo" else (content[kind],):
            self._contents[about["file_id"]] = content
        return content

    def sticker(self, emoji: str) -> JsonObject:
        """Write the member of a message that holds a sticker."""
        look: JsonObject = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        look |= {"is_animated": False, "is_video": False}
        return {"sticker": self._files.store("sticker", NewFile(b"RIFF-sandbox-WEBP")).to_json() | look}

    def known(self, kind: str, file_id: str) -> JsonObject:
        """Find what was sent before, to be sent again as the same `kind`; `ApiError` 400 for another one."""
        file = self._files.known(file_id)
        if file.kind != kind:
            given, wanted = _NAMES_IN_ERRORS[file.kind], _NAMES_IN_ERRORS[kind]
            raise bad_request(f"can't use file of type {given} as {wanted}")
        return self._contents[file_id]

    def _photo(self, new: NewFile) -> list[JsonObject]:
        """Store a picture in its sizes.

        The smaller ones hold other bytes than the picture, so that a bot that keeps a thumbnail is found out.
        """
        sizes = []
        picture = new.content or b""
        for width, height in _PHOTO_SIZES:
            full = (width, height) == _PHOTO_SIZES[-1]
            file = self._files.store("photo", NewFile(picture if full else picture[: max(1, len(picture) // 4)]))
            sizes.append(file.to_json() | {"width": width, "height": height})
        return sizes

    def _member(self, kind: str, file: StoredFile, name: str | None, details: Details) -> JsonObject:
        about: JsonObject = file.to_json()
        if kind == "video_note":
            return {kind: about | {"length": _NOTE_LENGTH, "duration": details.duration} | self._thumbnail()}
        about["mime_type"] = file.mime_type
        if kind == "voice":
            return {kind: about | {"duration": details.duration}}
        if name:
            about["file_name"] = name
        if kind == "document":
            return {kind: about}
        if kind == "audio":
            tags = {"title": details.title, "performer": details.performer}
            heard = {"duration": details.duration} | {tag: value for tag, value in tags.items() if value}
            return {kind: about | heard}
        about |= self._thumbnail()
        moving = {kind: about | _SIZE | {"duration": details.duration}}
        # "For backward compatibility, when this field is set, the document field will also be set."
        return moving | ({"document": about} if kind == "animation" else {})

    def _thumbnail(self) -> JsonObject:
        file = self._files.store("thumbnail", NewFile(_THUMBNAIL))
        return {"thumbnail": file.to_json() | {"width": 320, "height": 180}}
