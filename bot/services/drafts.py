"""Unfinished reports: reminding of them once, and deleting them in time. What is in them is not read.

Every process may do this at once. A chat is held before its draft is touched, and the draft is read again then: whoever
writes at that very moment either comes first, and the draft is left alone, or finds it deleted and is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.draft import DraftTerms, Due
from bot.domain.message import Say
from storage.chats import Chat
from storage.conversations import OpenDraft, Told
from storage.crypto import WrongKey
from storage.outgoing import Priority
from storage.unit_of_work import UnitOfWork

PAGE = 500
"""Drafts that are looked at in one transaction."""
AT_ONCE = 30
"""Messages about drafts that may wait to be sent: what goes out in a second. Whoever is being asked comes first."""
_OUTBOX_REMEMBERS = timedelta(days=7)
"""For so long the outbox can be asked what became of a reminder."""


class DraftWords(Protocol):
    """How a person is told of a draft, in their language. No answer is repeated: others may look at the phone."""

    def reminder(self, language: str, *, screen: int, expires_at: datetime | None) -> Say:
        """Say that a report is not finished, and when it will be deleted."""

    def deleted(self, language: str) -> Say:
        """Say that it was deleted."""


@dataclass(frozen=True)
class Walk:
    """How far a walk through the open drafts has come."""

    after: str = ""
    """The chat key to go on after; "" where the walk has come to its end."""
    reminded: int = 0
    deleted: int = 0


class DraftDesk:
    """Looking after unfinished reports, within one transaction."""

    def __init__(self, work: UnitOfWork, *, terms: DraftTerms, words: DraftWords) -> None:
        self._work = work
        self._terms = terms
        self._words = words

    async def go_on(self, walk: Walk) -> Walk:
        """Look at the next page of drafts and do what is due, as far as the outbox has room for it."""
        if not self._terms.daytime.holds(self._work.now):
            return Walk()
        waiting = await self._work.outbox.count_pressing(Priority.PEOPLE, most=AT_ONCE)
        if waiting >= AT_ONCE:  # there is a rush: answers first
            return Walk(walk.after)
        page = await self._work.conversations.open_drafts(after=walk.after, most=PAGE)
        due = [one.chat_key for one in await self._with_losses(page) if self._due(one)]
        now, later = due[: AT_ONCE - waiting], due[AT_ONCE - waiting :]
        done = await self._do(now) if now else Walk()
        if later:
            return replace(done, after=now[-1])
        return replace(done, after=page[-1].chat_key if len(page) == PAGE else "")

    def _due(self, one: OpenDraft) -> Due | None:
        return self._terms.due(one.draft, now=self._work.now)

    async def _with_losses(self, drafts: Sequence[OpenDraft]) -> list[OpenDraft]:
        """Return the drafts, those marked whose person was told of a day by a message that never arrived."""
        since = self._work.now - _OUTBOX_REMEMBERS
        keys = {
            one.chat_key: _told_key(one.chat_key, one.draft.reminded_at)
            for one in drafts
            if one.draft.expires_at is not None and one.draft.reminded_at is not None and one.draft.reminded_at > since
        }
        lost = await self._work.outbox.never_arrived(keys.values())
        return [
            replace(one, draft=replace(one.draft, is_untold=True)) if keys.get(one.chat_key) in lost else one
            for one in drafts
        ]

    async def _do(self, chat_keys: Sequence[str]) -> Walk:
        await self._work.chats.hold_known(chat_keys)
        # Read again: a person may have gone on, or another process been here, before the chats were held.
        drafts = await self._with_losses(await self._work.conversations.drafts_of(chat_keys))
        told: list[Told] = []
        reminded = deleted = 0
        for one in drafts:
            chat = await self._open(one)
            match self._due(one):
                case Due.NOTE_UNTOLD:
                    told.append(Told(one, one.draft.reminded_at or self._work.now, expires_at=None))
                case Due.REMIND if chat:
                    told.append(await self._remind(chat, one))
                    reminded += 1
                case Due.DELETE if chat:
                    await self._delete(chat, one)
                    deleted += 1
        await self._work.conversations.note_told(told)
        return Walk(reminded=reminded, deleted=deleted)

    async def _open(self, one: OpenDraft) -> Chat | None:
        """Return the chat; None where it is sealed under a key that is not here: its draft waits for that key."""
        try:
            return await self._work.chats.get(one.chat_key)
        except WrongKey:
            return None

    async def _remind(self, chat: Chat, one: OpenDraft) -> Told:
        now = self._work.now
        expires_at = self._terms.expiry(one.draft, now=now)
        message = self._words.reminder(chat.language, screen=one.screen, expires_at=expires_at)
        await self._say(chat, message, key=_told_key(chat.key, now))
        return Told(one, now, expires_at)

    async def _delete(self, chat: Chat, one: OpenDraft) -> None:
        await self._work.evidence.shred_draft(chat)
        await self._work.conversations.end(chat, screen=one.screen)
        if one.draft.can_be_told:
            await self._say(chat, self._words.deleted(chat.language), key=f"draft:deleted:{chat.key}:{one.screen}")

    async def _say(self, chat: Chat, message: Say, *, key: str) -> None:
        await self._work.outbox.add(chat, message, priority=Priority.PEOPLE, key=key, may_be_repeated=True)


def _told_key(chat_key: str, at: datetime) -> str:
    """Name a reminder by its moment, to the millisecond, as the database has it."""
    return f"draft:told:{chat_key}:{at.isoformat(timespec='milliseconds')}"
