"""A person as the client drives her: what she can do on her phone, and what it shows."""

from typing import Any

from bot.sandbox.client.seen import Press, SeenMessage, Toast
from bot.sandbox.client.view import ChatView

MESSAGES = "/sandbox/messages"


class Person(ChatView):
    """Somebody with a Telegram client.

    As a view she is her private chat with the bot. Everything she does raises `SandboxError` when a real client
    would not let her.
    """

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The toasts and alerts shown to her, oldest first, whichever chat the button was in."""
        return tuple(self._toasts)

    async def send(
        self, text: str, *, chat: ChatView | None = None, reply_to: SeenMessage | int | None = None
    ) -> SeenMessage:
        """Write `text`, to the bot or in `chat`; returns the message as it was sent."""
        return await self._send(chat, text=text, reply_to=_message_id(reply_to))

    async def send_photo(
        self,
        content: bytes,
        *,
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
    ) -> SeenMessage:
        """Send a picture; those with the same `album` (any word) make one album."""
        return await self._upload(chat, content, "photo.jpg", kind="photo", text=caption, album=album)

    async def send_document(
        self,
        content: bytes,
        *,
        filename: str = "document.bin",
        caption: str | None = None,
        album: str | None = None,
        chat: ChatView | None = None,
    ) -> SeenMessage:
        """Send a file; those with the same `album` (any word) make one album."""
        return await self._upload(chat, content, filename, kind="document", text=caption, album=album)

    async def send_voice(
        self, content: bytes, *, duration: int = 1, caption: str | None = None, chat: ChatView | None = None
    ) -> SeenMessage:
        """Send a voice message of `duration` seconds."""
        return await self._upload(chat, content, "voice.ogg", kind="voice", text=caption, duration=duration)

    async def send_sticker(self, emoji: str = "🙂", *, chat: ChatView | None = None) -> SeenMessage:
        """Send a sticker that stands for `emoji`."""
        return await self._send(chat, kind="sticker", emoji=emoji)

    async def send_location(self, latitude: float, longitude: float, *, chat: ChatView | None = None) -> SeenMessage:
        """Send a place, in degrees."""
        return await self._send(chat, kind="location", latitude=latitude, longitude=longitude)

    async def send_contact(
        self,
        phone_number: str,
        first_name: str,
        *,
        user_id: int | None = None,
        chat: ChatView | None = None,
    ) -> SeenMessage:
        """Send a card from the address book; `user_id` is the Telegram account on it, if it has one."""
        card = {"phone_number": phone_number, "first_name": first_name, "user_id": user_id}
        return await self._send(chat, kind="contact", **card)

    async def edit(self, message: SeenMessage, text: str) -> SeenMessage:
        """Change the text or the caption of a message of her own."""
        answer = await self._act("/sandbox/edit", chat=message.chat_id, message_id=message.message_id, text=text)
        return SeenMessage.from_json(answer["message"])

    async def delete(self, message: SeenMessage) -> None:
        """Delete a message for everybody, in a private chat the bot's too. The bot is not told."""
        await self._act("/sandbox/delete", chat=message.chat_id, message_id=message.message_id)

    async def forward(self, message: SeenMessage, *, chat: ChatView | None = None) -> SeenMessage:
        """Forward a message to the bot or to `chat`; refused if its content is protected."""
        answer = await self._act(
            "/sandbox/forward", from_chat=message.chat_id, message_id=message.message_id, chat=_chat_id(chat)
        )
        return SeenMessage.from_json(answer["message"])

    async def press(
        self,
        label: str,
        *,
        message: SeenMessage | int | None = None,
        chat: ChatView | None = None,
        exact: bool = False,
    ) -> Press:
        """Press a button: on `message`, or on the newest visible message that has one so labelled.

        An equal label comes first, then, unless `exact`, the only label that contains the words. A button of a
        reply keyboard sends its label as a message. Raises `NoSuchButton` with the labels there are.
        """
        where = message.chat_id if isinstance(message, SeenMessage) and chat is None else _chat_id(chat)
        answer = await self._act(
            "/sandbox/press", label=label, message_id=_message_id(message), chat=where, exact=exact
        )
        return Press(**{name: answer[name] for name in Press.__slots__})

    async def block_bot(self) -> None:
        """Block the bot: it can no longer write to her, and is told so."""
        await self._act("/sandbox/block")

    async def unblock_bot(self) -> None:
        """Unblock the bot."""
        await self._act("/sandbox/unblock")

    async def deactivate(self) -> None:
        """Delete her account; this cannot be undone."""
        await self._act("/sandbox/deactivate")

    async def download(self, message: SeenMessage) -> bytes:
        """Read the content of the file in `message`; `ValueError` if there is none."""
        if message.file is None:
            raise ValueError(f"message {message.message_id} has no file")
        return await self._transport.get_bytes(f"/sandbox/files/{message.file.file_id}")

    async def _send(self, chat: ChatView | None, **fields: object) -> SeenMessage:
        answer = await self._act(MESSAGES, chat=_chat_id(chat), **fields)
        return SeenMessage.from_json(answer["message"])

    async def _upload(self, chat: ChatView | None, content: bytes, filename: str, **fields: object) -> SeenMessage:
        given = {"person": self.id, "chat": _chat_id(chat), **fields}
        answer = await self._transport.upload(MESSAGES, content, filename, given)
        await self._desk.acted(self, answer["chat"], seq=answer["seq"])
        return SeenMessage.from_json(answer["message"])

    async def _act(self, path: str, **fields: object) -> dict[str, Any]:
        answer: dict[str, Any] = await self._transport.post(path, {"person": self.id, **fields})
        await self._desk.acted(self, answer["chat"], seq=answer["seq"])
        return answer


def _chat_id(chat: ChatView | None) -> int | None:
    return None if chat is None else chat.id


def _message_id(message: SeenMessage | int | None) -> int | None:
    return message.message_id if isinstance(message, SeenMessage) else message
