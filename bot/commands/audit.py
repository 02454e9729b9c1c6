"""`python -m bot audit`: whether the audit is whole, and what stands in it. And how a command notes itself in it."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from bot.domain.audit import Actor, AuditAct
from bot.services.audit import Break, Fault, Recorded, Verdict, Wanted, find, verify
from storage.audit import Head
from storage.database import Database
from storage.unit_of_work import UnitOfWork

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")
_SHOWN_DIGITS = 8
"""Of a chat's key; they tell the members of a team apart."""
_COLUMNS = ("No.", "When", "Who", "What", "Report", "Case", "Whom", "Details")


class NotAHead(ValueError):
    """The words are not a head as `audit verify` prints it."""


def read_head(written: str) -> Head:
    """Read a head as it is printed: the number of an entry, a colon, and its link in hex.

    Raises:
        NotAHead: it is something else.
    """
    found = _HEAD.fullmatch(written.strip().lower())
    if found is None:
        raise NotAHead("it must look like 120:9f86..., as `python -m bot audit verify` printed it")
    return Head(int(found[1]), bytes.fromhex(found[2]))


async def look_through(database: Database, *, noted: Head | None) -> Verdict:
    """Verify the audit as it is now; the bot may go on running."""
    async with database.snapshot() as work:
        return await verify(work, noted=noted)


async def look_up(database: Database, wanted: Wanted, *, with_names: bool) -> list[Recorded]:
    """Return entries, once it is noted that they were looked at."""
    await note_command(
        database,
        AuditAct.AUDIT_SHOWN,
        report_id=wanted.report_id,
        case_id=wanted.case_id,
        names=int(with_names),
    )
    async with database.snapshot() as work:
        return await find(work, wanted)


async def note_command(
    database: Database, act: AuditAct, *, report_id: int | None = None, case_id: int | None = None, **details: int
) -> None:
    """Note what whoever runs commands on the server is about to do, in a transaction of its own.

    The command itself reads a snapshot, where nothing can be written. The bot may be running: on SQLite it waits for
    this short transaction as this one waits for its.
    """

    async def note(work: UnitOfWork) -> None:
        work.audit.note(None, act, by_operator=True, report_id=report_id, case_id=case_id, subject=None, **details)

    await database.perform(note)


def verdict_line(verdict: Verdict) -> str:
    """Say in one line whether the chain is whole, or where it is broken first."""
    entries = "1 entry" if verdict.entries == 1 else f"{verdict.entries} entries"
    if verdict.broken is None:
        return f"{entries}, unbroken, head {verdict.head}"
    return f"BROKEN after {entries}: {_fault(verdict.broken)}"


def _fault(broken: Break) -> str:
    first, last = broken.first_id, broken.last_id
    match broken.fault:
        case Fault.MISSING:
            return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
        case Fault.CHANGED:
            return f"entry {first} does not follow from the one before; it was changed, put in or moved"
        case Fault.HEAD:
            return f"the stored head is not that of the last entry, {last}"
        case Fault.NOTED:
            return f"entry {first} is not the one that the given head was made of; all from it on may be another's"


def table(recorded: Sequence[Recorded], *, zone: ZoneInfo, with_names: bool) -> Table:
    """Return entries as a table, moments in local time; people by the beginning of their keys, or by first name."""
    shown = Table(*_COLUMNS, box=SIMPLE)
    for one in recorded:
        entry = one.entry
        who, whom = (one.actor_name, one.subject_name) if with_names else (None, None)
        cells = (
            str(entry.entry_id),
            f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            _person(entry.actor_key, who) if entry.actor == Actor.PERSON else entry.actor,
            entry.act,
            _number(entry.report_id),
            _number(entry.case_id),
            _person(entry.subject_key, whom),
            entry.details.strip("{}").replace('"', ""),
        )
        shown.add_row(*map(Text, cells))  # as text: square brackets would be read as markup
    return shown


def _person(key: str | None, name: str | None) -> str:
    return name or (key or "")[:_SHOWN_DIGITS]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
