"""Where each person stands in the interview: a row a chat, written in the transaction of the answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.domain.draft import Draft
from bot.domain.interview import Interview
from bot.domain.shown import Shown
from storage.chats import Chat
from storage.engines import Row
from storage.instants import from_ms, from_ms_or_none, to_ms
from storage.recent import OpenedDrafts
from storage.session import Known, Session, Writes

_PLACE = "draft"
_UNSEEN = Shown(attempts=0, first_attempt_at=None, message_id=None)


@dataclass(frozen=True)
class Conversation:
    """A chat's place in the interview, if it is in one."""

    screen: int = 0
    """The last screen number used in this chat. It only rises, so no old button can ever fit a new screen."""
    interview: Interview | None = None
    shown: Shown | None = None
    """What became of the message that first showed the screen; None where it was long ago, and so surely seen."""


@dataclass(frozen=True)
class OpenDraft:
    """An unfinished report, still sealed: whose it is, its screen, and when what was done about it."""

    chat_key: str
    screen: int
    draft: Draft


@dataclass(frozen=True)
class Told:
    """A draft whose person was told of it, to be noted."""

    of: OpenDraft
    reminded_at: datetime
    expires_at: datetime | None
    """When it will be deleted, where it was said, and as it was."""


@dataclass(frozen=True)
class _Standing:
    """A conversation with the chat it belongs to, as it is written."""

    chat: Chat
    conversation: Conversation
    draft: bytes | None = None
    """The interview as JSON, where it was changed."""
    shown_key: str | None = None
    """The outbox's key of the message that first showed the screen."""
    was_lost: bool = False
    """That message never reached the person, so that the next one that shows the screen counts."""


class Conversations:
    """The conversations within one transaction."""

    def __init__(self, session: Session, queries: Any, *, drafts: OpenedDrafts, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._drafts = drafts
        self._now = now
        self._rows: dict[str, Row | None] = {}
        self._opened: dict[str, _Standing] = {}
        self._known: Known[str, _Standing] = Known()
        self._unwritten: dict[str, _Standing] = {}
        session.gather(self, self._write)

    async def load(self, chat_keys: Collection[str]) -> None:
        """Read where many chats stand in one trip, so that `get` need not go for each."""
        rows = self._queries.get_conversations(self._session, chat_keys=sorted(chat_keys))
        self._rows |= dict.fromkeys(chat_keys)
        self._rows |= {row["chat_key"]: row async for row in rows}

    async def get(self, chat: Chat) -> Conversation:
        """Return where the chat stands."""
        return (await self._standing(chat)).conversation

    async def save(self, chat: Chat, interview: Interview) -> None:
        """Store the interview. The message that showed a screen stays noted while the screen stays."""
        before = await self._standing(chat)
        # Here, in the turn: words that cannot be written (half an emoji) are the fault of one update, and not of all.
        draft = _to_json(interview)
        if interview.screen == before.conversation.screen:
            after = Conversation(interview.screen, interview, before.conversation.shown)
            return self._put(_Standing(chat, after, draft, before.shown_key, before.was_lost))
        return self._put(_Standing(chat, Conversation(screen=interview.screen, interview=interview), draft))

    async def end(self, chat: Chat, *, screen: int) -> None:
        """Forget the draft and keep the screen number."""
        self._put(_Standing(chat, Conversation(screen=screen)))

    async def note_shown(self, chat: Chat, message_key: str) -> None:
        """Note which outgoing message shows the current screen; the first one that was not refused counts."""
        before = await self._standing(chat)
        if before.shown_key is not None and not before.was_lost:
            return
        after = Conversation(before.conversation.screen, before.conversation.interview, _UNSEEN)
        self._put(_Standing(chat, after, before.draft, shown_key=message_key))

    async def open_drafts(self, *, after: str, most: int) -> list[OpenDraft]:
        """Return a page of the unfinished reports, in the order of their chats' keys; "" begins at the first."""
        rows = self._queries.open_drafts(self._session, after_key=after, most=most)
        return [_open_draft(row) async for row in rows]

    async def drafts_of(self, chat_keys: Collection[str]) -> list[OpenDraft]:
        """Return the unfinished reports of these chats. Hold the chats, and nobody else changes what is returned."""
        rows = self._queries.drafts_of(self._session, chat_keys=sorted(chat_keys))
        return [_open_draft(row) async for row in rows if row["step"] is not None]

    async def note_told(self, told: Sequence[Told]) -> None:
        """Note of which drafts their people were told. One that was changed meanwhile stays as it is."""
        rows = [
            {
                "chat_key": one.of.chat_key,
                "changed_at_ms": to_ms(one.of.draft.changed_at),
                "reminded_at_ms": to_ms(one.reminded_at),
                "expires_at_ms": None if one.expires_at is None else to_ms(one.expires_at),
            }
            for one in told
        ]
        await self._queries.note_told(self._session, rows)

    def keep(self) -> None:
        """Keep what the turn at hand changed."""
        self._unwritten |= self._known.keep()

    def drop(self) -> None:
        """Forget what the turn at hand changed."""
        self._known.drop()

    async def _standing(self, chat: Chat) -> _Standing:
        if known := self._known.get(chat.key) or self._opened.get(chat.key):
            return known
        if chat.key not in self._rows:
            await self.load([chat.key])
        row = self._rows[chat.key]
        opened = self._opened[chat.key] = _Standing(chat, Conversation()) if row is None else self._open(chat, row)
        return opened

    def _put(self, standing: _Standing) -> None:
        self._known.put(standing.chat.key, standing)
        if not self._session.in_turn:
            self.keep()

    async def _write(self, writes: Writes) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        await self._queries.save_conversations(writes, [self._row(each) for each in unwritten.values()])

    def _row(self, standing: _Standing) -> dict[str, object]:
        chat, conversation = standing.chat, standing.conversation
        interview = conversation.interview
        return {
            "chat_key": chat.key,
            "screen": conversation.screen,
            "step": None if interview is None else interview.standing,
            "sealed_draft": None if interview is None else self._seal(chat, interview, standing.draft),
            "shown_key": standing.shown_key,
            "changed_at_ms": to_ms(self._now),
        }

    def _seal(self, chat: Chat, interview: Interview, draft: bytes | None) -> bytes:
        sealed = chat.data_key.seal(draft or _to_json(interview), place=_PLACE)
        self._drafts.put((chat.key, sealed), interview)
        return sealed

    def _open(self, chat: Chat, row: Row) -> _Standing:
        sealed = row["sealed_draft"]
        if sealed is None:
            return _Standing(chat, Conversation(screen=row["screen"]))
        interview = self._drafts.get((chat.key, sealed))
        if interview is None:
            interview = Interview.model_validate_json(chat.data_key.open(sealed, place=_PLACE))
        shown = None
        if row["attempts"] is not None:
            shown = Shown(
                attempts=row["attempts"],
                first_attempt_at=from_ms_or_none(row["first_attempt_at_ms"]),
                message_id=row["message_id"],
            )
        conversation = Conversation(screen=row["screen"], interview=interview, shown=shown)
        return _Standing(chat, conversation, shown_key=row["shown_key"], was_lost=row["outcome"] in {"gone", "refused"})


def _open_draft(row: Row) -> OpenDraft:
    draft = Draft(
        step=row["step"],
        changed_at=from_ms(row["changed_at_ms"]),
        reminded_at=from_ms_or_none(row["reminded_at_ms"]),
        expires_at=from_ms_or_none(row["expires_at_ms"]),
        is_reachable=row["gone_at_ms"] is None,
    )
    return OpenDraft(row["chat_key"], row["screen"], draft)


def _to_json(interview: Interview) -> bytes:
    """Write what `model_dump_json` would, in a quarter of its time: a model's attributes are its fields."""
    return orjson.dumps(interview, default=vars)
