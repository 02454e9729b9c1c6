"""Finding reports without reading them: fingerprints of what they say, and the searches of coordinators.

What is searched for ("city:almaty", a key of a name) is kept as an HMAC and nothing else. The rows are written after
the report is stored, by the ticker, so that nobody who reports waits for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer
from storage.cases import Cases
from storage.chats import Chat
from storage.crypto import Vault
from storage.instants import from_ms, to_ms
from storage.reports import open_answer
from storage.session import Session

_PURPOSE = "search"
_PLACE = "search"
NEWEST = 2**62
"""An id that no report has come to."""
WAITING = "waiting"
"""The state of a report that is not decided."""


class SearchIndex:
    """The fingerprints within one transaction."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, cases: Cases) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._cases = cases

    async def to_index(self, *, most: int) -> list[int]:
        """Return reports whose keys are to be written, the oldest first, and hold them for this transaction."""
        return [row["id"] async for row in self._queries.to_index(self._session, most=most)]

    async def write(self, keys: Mapping[int, Iterable[str]]) -> None:
        """Put these keys in the place of all that these reports had, and note that they are indexed."""
        if not keys:
            return
        report_ids = list(keys)
        await self._queries.drop_keys(self._session, report_ids=report_ids)
        rows = [{"key": self._of(key), "report_id": one} for one, its_keys in keys.items() for key in set(its_keys)]
        await self._queries.add_keys(self._session, rows)
        await self._queries.mark_indexed(self._session, report_ids=report_ids)

    async def index_anew(self, report_id: int) -> None:
        """Note that a report says something else now: its keys are to be written anew."""
        await self._queries.index_anew(self._session, report_id=report_id)

    async def drop(self, report_id: int) -> None:
        """Forget all keys of a report."""
        await self._queries.drop_keys(self._session, report_ids=[report_id])

    async def count(self, keys: Sequence[str], *, most: int) -> int:
        """Return how many reports have one of these keys, those with several counted as often; it ends at `most`."""
        counted = 0
        for key in keys:
            if counted < most:
                counted += await self._queries.count_some(self._session, key=self._of(key), most=most - counted)
        return counted

    async def walk(self, key: str | None, *, before: int = NEWEST, most: int) -> list[int]:
        """Return so many reports with a key, or of all, that are older than the report `before`; the newest first."""
        if key is None:
            rows = self._queries.walk_reports(self._session, before_id=before, most=most)
            return [row["id"] async for row in rows]
        rows = self._queries.walk_key(self._session, key=self._of(key), before_id=before, most=most)
        return [row["report_id"] async for row in rows]

    async def having(self, report_ids: Sequence[int], keys: Sequence[str]) -> set[int]:
        """Return those of these reports that have one of these keys."""
        rows = self._queries.having(self._session, report_ids=list(report_ids), keys=self._all(keys))
        return {row["report_id"] async for row in rows}

    async def standing_so(self, report_ids: Sequence[int], state: str) -> set[int]:
        """Return those of these reports that were decided so ("approved"), or wait (WAITING)."""
        ids = list(report_ids)
        if state == WAITING:
            return {row["id"] async for row in self._queries.undecided(self._session, report_ids=ids)}
        rows = self._queries.standing_so(self._session, report_ids=ids, decision=state)
        return {row["id"] async for row in rows}

    async def names(self, report_ids: Sequence[int]) -> dict[int, Answer]:
        """Return the answers that name whom these reports tell of; reports without one are left out."""
        found: dict[int, Answer] = {}
        async for row in self._queries.names_of(self._session, report_ids=list(report_ids)):
            if row["wrapped_key"] is not None:
                found[row["id"]] = open_answer(row, self._vault.open_key(row["wrapped_key"]))
        return found

    async def cases_of(self, report_ids: Sequence[int]) -> dict[int, int]:
        """Return the cases that these reports belong to; those that belong to none are left out.

        Of cases that are joined it is the one that stands for all.
        """
        rows = self._queries.cases_of(self._session, report_ids=list(report_ids))
        cases = {row["id"]: row["case_id"] async for row in rows}
        roots = await self._cases.roots(set(cases.values()))
        return {report_id: roots[case_id] for report_id, case_id in cases.items()}

    def _of(self, key: str) -> str:
        return self._vault.fingerprint(_PURPOSE, key)

    def _all(self, keys: Sequence[str]) -> list[str]:
        return [self._of(key) for key in keys]


@dataclass(frozen=True)
class Search:
    """What a coordinator is searching for."""

    sealed: str = field(repr=False)
    """In whatever form the search itself keeps it."""
    begun_at: datetime


@dataclass(frozen=True)
class LookedAt:
    """Something that somebody looked at without having it in hand, and whose time is over."""

    search_id: int
    chat_key: str
    about: str | None
    """What its messages are about; None: the pages of a search."""


class Searches:
    """The searches under way within one transaction, sealed under the keys of those who search.

    What else is only looked at, such as a decided report, stands here as well, so that it has an end.
    """

    def __init__(self, session: Session, queries: Any, *, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._now = now

    async def add(self, chat: Chat, text: str) -> int:
        """Keep a search and return its id, which gives nothing away."""
        return await self._add(chat, text, about=None)

    async def note_look(self, chat: Chat, about: str) -> None:
        """Note that messages about something are on somebody's screen to be looked at, for a while."""
        await self._add(chat, "", about=about)

    async def get(self, chat: Chat, search_id: int) -> Search | None:
        """Return a search of this coordinator; None where it is another's, or forgotten."""
        row = await self._queries.get_search(self._session, search_id=search_id, chat_key=chat.key)
        if row is None:
            return None
        return Search(chat.data_key.open(row["sealed"], place=_PLACE).decode(), from_ms(row["created_at_ms"]))

    async def change(self, chat: Chat, search_id: int, text: str) -> None:
        """Keep something else in the place of a search of this coordinator."""
        sealed = chat.data_key.seal(text.encode(), place=_PLACE)
        await self._queries.change_search(self._session, search_id=search_id, chat_key=chat.key, sealed=sealed)

    async def forget(self, *, until: datetime) -> list[LookedAt]:
        """Forget what was begun by a moment, and return it."""
        rows = self._queries.forget_searches(self._session, before_ms=to_ms(until))
        return [LookedAt(row["id"], row["chat_key"], row["about"]) async for row in rows]

    async def _add(self, chat: Chat, text: str, *, about: str | None) -> int:
        sealed = chat.data_key.seal(text.encode(), place=_PLACE)
        row = await self._queries.add_search(
            self._session, chat_key=chat.key, sealed=sealed, about=about, created_at_ms=to_ms(self._now)
        )
        return int(row["id"])
