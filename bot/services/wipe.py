"""Wiping: taking away what was written in a person's chat, on both sides, before the phone is in other hands."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.message import DeleteMany, Wipe
from storage.chats import Chat
from storage.outgoing import Outcome, Priority, Settlement
from storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = 100
"""Messages that one call takes away (Telegram's limit)."""
REACH = timedelta(hours=48)
"""How old a message may be that a bot takes away (Telegram's limit)."""
_MARGIN = timedelta(minutes=1)
"""For the way there: a message that grows too old on it could spoil the whole call."""


class Wiping:
    """The person's wish that nothing be seen here any more, within one transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def begin(self, chat: Chat, *, update_id: int) -> None:
        """Forget the draft, say nothing more here, and take away what came before the update of this wish.

        Reports that were sent stay. The chat is silent until the person writes or presses again.
        """
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is not None:
            await self._work.conversations.end(chat, screen=conversation.screen)
            await self._work.evidence.shred_draft(chat)
        await self._work.chats.set_wiped(chat, wiped=True)
        await self._work.outbox.silence(chat)
        await self._work.outbox.add(
            chat, Wipe(before_update=update_id), priority=Priority.PEOPLE, key=f"wipe:{update_id}"
        )

    async def messages(self, chat: Chat, wipe: Wipe) -> list[int]:
        """Return the ids of what is to be taken away, newest first: what was said last is the most dangerous.

        Asked once nothing is on its way to the chat any more, so that every message there has its id. It reads much;
        a snapshot holds up nobody.
        """
        since = self._work.now - REACH + _MARGIN
        written = await self._work.updates.written_in(chat, since=since, before_update=wipe.before_update)
        sent = await self._work.outbox.sent_to(chat, since=since)
        return sorted({*written, *sent}, reverse=True)

    async def carry_out(self, chat: Chat, message_ids: Sequence[int], *, key: str) -> None:
        """Put what takes these messages away into the outbox, in place of the wipe with this key."""
        for start in range(0, len(message_ids), MOST_AT_ONCE):
            some = DeleteMany(tuple(message_ids[start : start + MOST_AT_ONCE]))
            await self._work.outbox.add(chat, some, priority=Priority.PEOPLE, key=f"{key}/{start}")
        await self._work.outbox.settle([Settlement(key, Outcome.SENT, self._work.now)])
