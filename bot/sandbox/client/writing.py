"""What a person sends: words, files of every kind, places, cards, and what others wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from bot.sandbox.client.group import Channel
from bot.sandbox.client.http import SandboxError
from bot.sandbox.client.seen import SeenMessage
from bot.sandbox.client.view import ChatView

MESSAGES = "/sandbox/messages"
# Telegram's own bounds (core.telegram.org/bots/api#sendmediagroup).
ALBUM_MIN, ALBUM_MAX = 2, 10
# Whom something is forwarded from: a person, a channel, or the name of somebody who hides the account.
Origin = ChatView | str
_NAMES = {"photo": "photo.jpg", "video": "video.mp4", "document": "document.bin", "audio": "audio.mp3"}
_albums = count(1)


@dataclass(frozen=True, slots=True)
class AlbumItem:
    """One of several files that are sent together: photos and videos mix, documents and audio do not."""

    kind: Literal["photo", "video", "document", "audio"]
    content: bytes
    filename: str | None = None
    caption: str | None = None


class Writer(ChatView):
    """Somebody who can write, to the bot or (with `chat`) elsewhere; each method returns the message as it was sent.

    With `forwarded_from` a message looks forwarded from there. What has an `album` (any word) makes one album with
    the others of that word. Where a `size`, in bytes, is given instead of the content, the file is only declared: its
    bytes do not exist.
    """

    async def send(
        self,
        text: str,
        *,
        chat: ChatView | None = None,
        reply_to: SeenMessage | int | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Write `text`."""
        return await self._send(chat, forwarded_from, text=text, reply_to=message_id(reply_to))

    async def send_photo(
        self,
        content: bytes,
        *,
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a picture."""
        return await self._send(chat, forwarded_from, content, kind="photo", text=caption, album=album)

    async def send_document(
        self,
        content: bytes | None = None,
        *,
        filename: str = "document.bin",
        size: int | None = None,
        mime_type: str | None = None,
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a file; an empty name is none, and `mime_type` is what the phone believes it to be."""
        about = {"filename": filename, "size": size, "mime_type": mime_type, "album": album}
        return await self._send(chat, forwarded_from, content, kind="document", text=caption, **about)

    async def send_video(
        self,
        content: bytes | None = None,
        *,
        filename: str = "video.mp4",
        size: int | None = None,
        duration: int = 1,
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a film of `duration` seconds."""
        about = {"filename": filename, "size": size, "duration": duration, "album": album}
        return await self._send(chat, forwarded_from, content, kind="video", text=caption, **about)

    async def send_audio(
        self,
        content: bytes | None = None,
        *,
        filename: str = "audio.mp3",
        size: int | None = None,
        duration: int = 1,
        title: str | None = None,
        performer: str | None = None,
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send music, or a recording of the phone, of `duration` seconds."""
        about = {"filename": filename, "size": size, "duration": duration, "album": album}
        tags = {"title": title, "performer": performer}
        return await self._send(chat, forwarded_from, content, kind="audio", text=caption, **about, **tags)

    async def send_animation(
        self,
        content: bytes,
        *,
        filename: str = "animation.mp4",
        duration: int = 1,
        caption: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a film without sound, which people call a GIF."""
        about = {"filename": filename, "duration": duration}
        return await self._send(chat, forwarded_from, content, kind="animation", text=caption, **about)

    async def send_voice(
        self,
        content: bytes,
        *,
        duration: int = 1,
        caption: str | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a voice message of `duration` seconds."""
        return await self._send(chat, forwarded_from, content, kind="voice", text=caption, duration=duration)

    async def send_video_note(
        self,
        content: bytes,
        *,
        duration: int = 1,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a round video message of `duration` seconds; it has no caption."""
        return await self._send(chat, forwarded_from, content, kind="video_note", duration=duration)

    async def send_album(
        self,
        items: Sequence[AlbumItem],
        *,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> tuple[SeenMessage, ...]:
        """Send 2-10 files together, which arrive as separate messages."""
        if not ALBUM_MIN <= len(items) <= ALBUM_MAX:
            raise SandboxError(f"an album has {ALBUM_MIN} to {ALBUM_MAX} messages")
        word = f"album {next(_albums)} of {self.id}"
        sent = []
        for item in items:
            about = {"kind": item.kind, "text": item.caption, "filename": item.filename or _NAMES[item.kind]}
            sent.append(await self._send(chat, forwarded_from, item.content, album=word, **about))
        return tuple(sent)

    async def send_sticker(
        self, emoji: str = "🙂", *, chat: ChatView | None = None, forwarded_from: Origin | None = None
    ) -> SeenMessage:
        """Send a sticker that stands for `emoji`."""
        return await self._send(chat, forwarded_from, kind="sticker", emoji=emoji)

    async def send_location(
        self,
        latitude: float,
        longitude: float,
        *,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a place, in degrees."""
        return await self._send(chat, forwarded_from, kind="location", latitude=latitude, longitude=longitude)

    async def send_contact(
        self,
        phone_number: str,
        first_name: str,
        *,
        last_name: str = "",
        user_id: int | None = None,
        chat: ChatView | None = None,
        forwarded_from: Origin | None = None,
    ) -> SeenMessage:
        """Send a card from the address book; `user_id` is the Telegram account on it, if it has one."""
        card = {"phone_number": phone_number, "first_name": first_name, "last_name": last_name, "user_id": user_id}
        return await self._send(chat, forwarded_from, kind="contact", **card)

    async def _send(
        self,
        chat: ChatView | None,
        forwarded_from: Origin | None,
        content: bytes | None = None,
        /,
        **fields: object,
    ) -> SeenMessage:
        given = {name: value for name, value in fields.items() if value is not None} | _origin(forwarded_from)
        if content is None:
            answer = await self._act(MESSAGES, chat=chat_id(chat), **given)
        else:
            form = {"person": self.id, "chat": chat_id(chat), **given}
            answer = await self._transport.upload(MESSAGES, content, "file", form)
            await self._desk.acted(self, answer["chat"], seq=answer["seq"])
        return SeenMessage.from_json(answer["message"])

    async def _act(self, path: str, **fields: object) -> dict[str, Any]:
        answer: dict[str, Any] = await self._transport.post(path, {"person": self.id, **fields})
        await self._desk.acted(self, answer["chat"], seq=answer["seq"])
        return answer


def chat_id(chat: ChatView | None) -> int | None:
    """Name a chat as the control API does: None is the person's own with the bot."""
    return None if chat is None else chat.id


def message_id(message: SeenMessage | int | None) -> int | None:
    """Name a message as the control API does."""
    return message.message_id if isinstance(message, SeenMessage) else message


def _origin(source: Origin | None) -> dict[str, object]:
    if source is None:
        return {}
    if isinstance(source, str):
        return {"forwarded_name": source}
    return {"forwarded_channel" if isinstance(source, Channel) else "forwarded_person": source.id}
