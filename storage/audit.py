"""The audit: entries in a chain, each linked to the one before by an HMAC under a key of the audit's own.

An entry's link is made of the link before it and of all that the entry says. Whoever changes, removes, or moves an
entry would have to make all later links anew, and cannot without the key.
"""

import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.domain.audit import Actor, AuditAct, canonical
from storage.chats import Chat
from storage.crypto import ChainKey
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.session import Queued, Session, Writes

FIRST_LINK = bytes(32)
"""What the first entry is linked to."""
_SAID = ("id", "at_ms", "actor", "actor_key", "act", "report_id", "case_id", "subject_key", "details")
"""The columns that a link is made of, in their order."""
_PAGE = 1000
_LOWEST_ID, _HIGHEST_ID = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Head:
    """The end of the chain: the newest entry's number and link. It is written as `12:9f...`, the link in hex."""

    last_id: int
    link: bytes

    def __str__(self) -> str:
        return f"{self.last_id}:{self.link.hex()}"


@dataclass(frozen=True)
class Link:
    """One entry's place in the chain, as it was found."""

    entry_id: int
    link: bytes
    follows: bool
    """Whether the link is what the entry before and this one make."""


@dataclass(frozen=True)
class Entry:
    """One entry, as it is stored. Its acts may be those of a newer version: they are plain words here."""

    entry_id: int
    at: datetime
    actor: str
    actor_key: str | None
    act: str
    report_id: int | None
    case_id: int | None
    subject_key: str | None
    details: str
    """JSON: words of ours and numbers."""


class Audit:
    """The audit within one transaction."""

    def __init__(self, session: Session, queries: Any, *, key: ChainKey, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._key = key
        self._now = now
        self._noted: Queued[dict[str, object]] = Queued()
        session.gather(self._noted)

    def note(
        self,
        actor: Chat | None,
        act: AuditAct,
        *,
        by_operator: bool = False,
        report_id: int | None = None,
        case_id: int | None = None,
        subject: Chat | str | None = None,
        **details: str | int,
    ) -> None:
        """Note an act; it is undone with its turn. `actor` None: the bot itself, or with `by_operator` its operator.

        `subject` is the member of the team whom it concerns, or the key of that chat.

        Raises:
            ValueError: the details could hold what people said (see `bot.domain.audit.canonical`).
        """
        without_actor = Actor.OPERATOR if by_operator else Actor.BOT
        self._noted.put(
            {
                "at_ms": to_ms(self._now),
                "actor": str(without_actor if actor is None else Actor.PERSON),
                "actor_key": None if actor is None else actor.key,
                "act": str(act),
                "report_id": report_id,
                "case_id": case_id,
                "subject_key": subject.key if isinstance(subject, Chat) else subject,
                "details": canonical(details),
            }
        )
        if not self._session.in_turn:
            self._noted.keep()

    async def write(self) -> None:
        """Append what was noted. It is the last thing that a transaction does before its commit.

        On PostgreSQL the head's row is a lock that all who append go through. Taken last, it is held for a commit and
        no longer. And whoever holds it waits for nothing else any more, so that no two transactions can wait for each
        other. Where nothing was noted, nothing is asked of the database.
        """
        noted = self._noted.take()
        if not noted:
            return
        head = await self._hold_head()
        entries: list[dict[str, object]] = []
        for entry_id, said in enumerate(noted, start=head.last_id + 1):
            entry = {**said, "id": entry_id}
            head = Head(entry_id, self._key.link(head.link, _content(entry)))
            entries.append({**entry, "link": head.link})
        writes = Writes()
        await self._queries.append(writes, entries)
        await self._queries.set_head(writes, [{"last_id": head.last_id, "link": head.link}])
        await self._session.write(writes.gathered)

    def refuse_notes(self) -> None:
        """See that nothing was noted where nothing can be written.

        Raises:
            RuntimeError: something was, and would be lost.
        """
        if self._noted.take():
            raise RuntimeError("nothing can be noted in a snapshot")

    async def head(self) -> Head | None:
        """Return the end of the chain as it is stored beside it; None before the first entry."""
        return _head(await self._queries.head(self._session))

    async def links(self) -> AsyncIterator[Link]:
        """Walk through the chain from its first entry, in the order of the numbers, and try every link."""
        before, after = FIRST_LINK, _LOWEST_ID
        while True:
            rows = [row async for row in self._queries.after(self._session, after_id=after, most=_PAGE)]
            for row in rows:
                link = row["link"] if isinstance(row["link"], bytes) else b""  # SQLite's columns hold anything
                yield Link(row["id"], link, self._follows(row, link, before))
                before = link
            if len(rows) < _PAGE:
                return
            after = rows[-1]["id"]

    async def newest(
        self, *, report_id: int | None = None, case_id: int | None = None, page: int = _PAGE
    ) -> AsyncIterator[Entry]:
        """Yield the entries of a report, or of a case, or all, the newest first."""
        before = _HIGHEST_ID
        while True:
            rows = [row async for row in self._page(report_id, case_id, before_id=before, most=page)]
            for row in rows:
                yield _entry(row)
            if len(rows) < page:
                return
            before = rows[-1]["id"]

    async def people(self) -> list[str]:
        """Return the keys of all chats that are named as acting, or as concerned."""
        return sorted([row["chat_key"] async for row in self._queries.people(self._session)])

    def _page(self, report_id: int | None, case_id: int | None, **page: int) -> AsyncIterator[Row]:
        rows: AsyncIterator[Row]
        if report_id is not None:
            rows = self._queries.of_report(self._session, report_id=report_id, **page)
        elif case_id is not None:
            rows = self._queries.of_case(self._session, case_id=case_id, **page)
        else:
            rows = self._queries.before(self._session, **page)
        return rows

    async def _hold_head(self) -> Head:
        held = _head(await self._queries.hold_head(self._session))
        while held is None:
            await self._queries.add_head(self._session, link=FIRST_LINK)
            held = _head(await self._queries.hold_head(self._session))
        return held

    def _follows(self, row: Row, link: bytes, before: bytes) -> bool:
        try:
            return hmac.compare_digest(self._key.link(before, _content(row)), link)
        except TypeError:  # a value that no entry of ours has
            return False


def _content(row: Mapping[str, object] | Row) -> bytes:
    """Return all that an entry says, in one way only."""
    return orjson.dumps([row[name] for name in _SAID])


def _head(row: Row | None) -> Head | None:
    return None if row is None else Head(row["last_id"], row["link"])


def _entry(row: Row) -> Entry:
    return Entry(
        entry_id=row["id"],
        at=from_ms(row["at_ms"]),
        actor=row["actor"],
        actor_key=row["actor_key"],
        act=row["act"],
        report_id=row["report_id"],
        case_id=row["case_id"],
        subject_key=row["subject_key"],
        details=row["details"],
    )
