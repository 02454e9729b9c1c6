"""The audit as people ask for it: whether it is whole, what stands in it, and the history of one report."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.audit import AuditAct
from storage.audit import FIRST_LINK, Entry, Head
from storage.unit_of_work import UnitOfWork

_HISTORY = 30
"""Entries that a history shows at most."""


class Fault(StrEnum):
    """What can be wrong with the chain."""

    MISSING = "missing"
    """Entries are not there."""
    CHANGED = "changed"
    """An entry does not follow from the one before: it was changed, put in, or moved, or the one before it was."""
    HEAD = "head"
    """The stored head is not that of the last entry."""
    NOTED = "noted"
    """The entry is not the one that a head noted down earlier was written for: all from it on was written anew."""


@dataclass(frozen=True)
class Break:
    """Where the chain is broken first."""

    fault: Fault
    first_id: int
    last_id: int
    """Of the entries concerned, both included."""


@dataclass(frozen=True)
class Verdict:
    """What was found of the whole chain."""

    entries: int
    head: Head
    """The last entry's number and link; to be noted down where nobody who can write to the database can write."""
    broken: Break | None = None


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; None: all."""

    report_id: int | None = None
    case_id: int | None = None
    actor: str | None = None
    """The first name that the bot knows, the beginning of the chat key, "operator" or "bot"."""
    act: AuditAct | None = None
    since: datetime | None = None
    until: datetime | None = None
    """This moment is not included any more."""
    last: int = 50
    """How many of them, counted from the newest."""


@dataclass(frozen=True)
class Recorded:
    """An entry, and the first names that the bot knows of those in it."""

    entry: Entry
    actor_name: str | None = None
    subject_name: str | None = None


@dataclass(frozen=True)
class History:
    """The newest entries of a report, oldest first."""

    report_id: int
    entries: tuple[Recorded, ...]
    is_whole: bool
    """Whether there are no older ones."""


async def verify(work: UnitOfWork, *, noted: Head | None = None) -> Verdict:
    """Walk through the whole chain, and say where it is broken first. `noted`: a head that must still be part of it.

    A tail that was cut off together with what the stored head says of it is found by a noted head alone.
    """
    last = Head(0, FIRST_LINK)
    async for link in work.audit.links():
        expected = last.last_id + 1
        if link.entry_id > expected:
            return Verdict(last.last_id, last, Break(Fault.MISSING, expected, link.entry_id - 1))
        if link.entry_id < expected or not link.follows:
            return Verdict(last.last_id, last, Break(Fault.CHANGED, link.entry_id, link.entry_id))
        if noted is not None and link.entry_id == noted.last_id and link.link != noted.link:
            return Verdict(last.last_id, last, Break(Fault.NOTED, link.entry_id, link.entry_id))
        last = Head(link.entry_id, link.link)
    stored = await work.audit.head() or Head(0, FIRST_LINK)
    for head in (stored, noted):
        if head is not None and head.last_id > last.last_id:
            return Verdict(last.last_id, last, Break(Fault.MISSING, last.last_id + 1, head.last_id))
    broken = Break(Fault.HEAD, last.last_id, last.last_id) if stored != last else None
    return Verdict(last.last_id, last, broken)


async def find(work: UnitOfWork, wanted: Wanted) -> list[Recorded]:
    """Return the newest entries of those that are wanted, oldest first."""
    names = await _names(work, await work.audit.people())
    found: list[Entry] = []
    async for entry in work.audit.newest(report_id=wanted.report_id, case_id=wanted.case_id):
        if len(found) >= wanted.last:
            break
        if _is_wanted(entry, wanted) and _is_by(wanted.actor, entry, names):
            found.append(entry)
    return [_recorded(entry, names) for entry in reversed(found)]


async def history(work: UnitOfWork, report_id: int) -> History:
    """Return what was done with a report, by whom and when."""
    found: list[Entry] = []
    async for entry in work.audit.newest(report_id=report_id, page=_HISTORY + 1):
        found.append(entry)
        if len(found) > _HISTORY:
            break
    shown = found[:_HISTORY]
    names = await _names(work, {key for entry in shown for key in (entry.actor_key, entry.subject_key) if key})
    entries = tuple(_recorded(entry, names) for entry in reversed(shown))
    return History(report_id, entries, is_whole=len(found) == len(shown))


async def _names(work: UnitOfWork, keys: Collection[str]) -> dict[str, str]:
    """Return the first names that the bot knows, by the keys of the chats."""
    await work.chats.load(keys)
    chats = [await work.chats.get(key) for key in keys]
    return {chat.key: chat.name for chat in chats if chat is not None and chat.name}


def _is_wanted(entry: Entry, wanted: Wanted) -> bool:
    return (
        (wanted.report_id is None or entry.report_id == wanted.report_id)
        and (wanted.case_id is None or entry.case_id == wanted.case_id)
        and (wanted.act is None or entry.act == wanted.act)
        and (wanted.since is None or entry.at >= wanted.since)
        and (wanted.until is None or entry.at < wanted.until)
    )


def _is_by(actor: str | None, entry: Entry, names: dict[str, str]) -> bool:
    if actor is None or entry.actor == actor.casefold():
        return True
    key = entry.actor_key or ""
    return bool(key) and (key.startswith(actor.casefold()) or names.get(key, "").casefold() == actor.casefold())


def _recorded(entry: Entry, names: dict[str, str]) -> Recorded:
    return Recorded(entry, names.get(entry.actor_key or ""), names.get(entry.subject_key or ""))
