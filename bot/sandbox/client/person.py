"""A person as the client drives her: what she can do on her phone, and what it shows."""

from bot.sandbox.client.http import SandboxError
from bot.sandbox.client.seen import Press, SeenMessage, Toast
from bot.sandbox.client.view import ChatView
from bot.sandbox.client.writing import Writer, chat_id, message_id


class Person(Writer):
    """Somebody with a Telegram client.

    As a view she is her private chat with the bot. Everything she does raises `SandboxError` when a real client
    would not let her.
    """

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The toasts and alerts shown to her, oldest first, whichever chat the button was in."""
        return tuple(self._toasts)

    async def edit(self, message: SeenMessage, text: str) -> SeenMessage:
        """Change the text or the caption of a message of her own."""
        answer = await self._act("/sandbox/edit", chat=message.chat_id, message_id=message.message_id, text=text)
        return SeenMessage.from_json(answer["message"])

    async def edit_caption(self, message: SeenMessage, caption: str) -> SeenMessage:
        """Change what stands under a file of her own; an empty caption is none."""
        if message.file is None:
            raise SandboxError(f"message {message.message_id} has no caption")
        return await self.edit(message, caption)

    async def delete(self, message: SeenMessage) -> None:
        """Delete a message for everybody, in a private chat the bot's too. The bot is not told."""
        await self._act("/sandbox/delete", chat=message.chat_id, message_id=message.message_id)

    async def forward(
        self, message: SeenMessage, *, album: str | None = None, chat: ChatView | None = None
    ) -> SeenMessage:
        """Forward a message to the bot or to `chat`; refused if its content is protected.

        Those of an album that go with the same `album` (any word) make one there, too.
        """
        source = {"from_chat": message.chat_id, "message_id": message.message_id}
        answer = await self._act("/sandbox/forward", **source, chat=chat_id(chat), album=album)
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
        where = message.chat_id if isinstance(message, SeenMessage) and chat is None else chat_id(chat)
        answer = await self._act("/sandbox/press", label=label, message_id=message_id(message), chat=where, exact=exact)
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
