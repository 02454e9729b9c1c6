"""Where each person stands in the interview: a row a chat, written in the transaction of the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosqlite

from bot.domain.interview import Interview, Shown
from storage.chats import Chat
from storage.instants import from_ms_or_none, to_ms

_PLACE = "draft"


@dataclass(frozen=True)
class Conversation:
    """A chat's place in the interview, if it is in one."""

    screen: int = 0
    """The last screen number used in this chat. It only rises, so no old button can ever fit a new screen."""
    interview: Interview | None = None
    shown: Shown | None = None
    """What became of the message that first showed the screen; None where it was long ago, and so surely seen."""


class Conversations:
    """The conversations within one transaction."""

    def __init__(self, connection: aiosqlite.Connection, queries: Any, *, now: datetime) -> None:
        self._connection = connection
        self._queries = queries
        self._now = now

    async def get(self, chat: Chat) -> Conversation:
        """Return where the chat stands."""
        row = await self._queries.get_conversation(self._connection, chat_key=chat.key)
        if row is None:
            return Conversation()
        if row["sealed_draft"] is None:
            return Conversation(screen=row["screen"])
        draft = chat.data_key.open(row["sealed_draft"], place=_PLACE)
        shown = None
        if row["outbox_id"] is not None:
            shown = Shown(
                attempts=row["attempts"],
                first_attempt_at=from_ms_or_none(row["first_attempt_at_ms"]),
                message_id=row["message_id"],
            )
        return Conversation(screen=row["screen"], interview=Interview.model_validate_json(draft), shown=shown)

    async def save(self, chat: Chat, interview: Interview) -> None:
        """Store the interview."""
        await self._queries.save_conversation(
            self._connection,
            chat_key=chat.key,
            screen=interview.screen,
            step=interview.step,
            sealed_draft=chat.data_key.seal(interview.model_dump_json().encode(), place=_PLACE),
            changed_at_ms=to_ms(self._now),
        )

    async def end(self, chat: Chat, *, screen: int) -> None:
        """Forget the draft and keep the screen number."""
        await self._queries.save_conversation(
            self._connection,
            chat_key=chat.key,
            screen=screen,
            step=None,
            sealed_draft=None,
            changed_at_ms=to_ms(self._now),
        )

    async def note_shown(self, chat: Chat, outbox_id: int) -> None:
        """Note which message shows the current screen; the first one counts."""
        await self._queries.note_shown(self._connection, chat_key=chat.key, outbox_id=outbox_id)
