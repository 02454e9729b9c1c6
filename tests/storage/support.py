"""What the tests of storage and of the services share: a clock that stands still, a migrated file, a few shorthands."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.message import Say
from bot.domain.receipt import ALPHABET, SECRET_LENGTH, Receipt
from storage.chats import Chat
from storage.crypto import MasterKeys
from storage.database import Database
from storage.location import Location
from storage.outbox import Priority
from storage.schema import migrate
from storage.unit_of_work import UnitOfWork

START = datetime(2022, 1, 6, 12, 0, tzinfo=UTC)
LONG = timedelta(days=365)
FIRST_KEY = MasterKeys({1: bytes(range(32))})
BOTH_KEYS = MasterKeys({1: bytes(range(32)), 2: bytes(range(100, 132))})


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        """Move on by `timedelta(**span)` and return the new moment."""
        self.now += timedelta(**span)
        return self.now


@cache
def _blank() -> bytes:
    with TemporaryDirectory() as folder:
        location = Location(Path(folder) / "blank.db")
        migrate(location)
        return location.path.read_bytes()


def migrated(folder: Path) -> Location:
    """Return a database in this folder that was migrated and holds nothing. Migrating is done once for all tests."""
    location = Location(folder / "reports.db")
    location.path.write_bytes(_blank())
    return location


def sql(location: Location, statement: str, parameters: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[Any]:
    """Run one statement from outside, as another process would, and return its rows as tuples."""
    with closing(sqlite3.connect(location.path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        rows = connection.execute(statement, parameters).fetchall()
        connection.commit()
    return rows


def column(location: Location, statement: str, parameters: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[Any]:
    """Run one statement from outside and return the first column of its rows."""
    return [row[0] for row in sql(location, statement, parameters)]


def receipt(number: int) -> Receipt:
    """Return the receipt with this number: a different code for every number."""
    digits = [ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(SECRET_LENGTH)]
    return Receipt.issue(scripted("".join(digits)))


def scripted(characters: str, *, then: str = "Z") -> Callable[[str], str]:
    """Return a `choose` that picks these characters in their order, and after them always the same one."""
    picks = chain(characters, repeat(then))
    return lambda _alphabet: next(picks)


def said(text: str, *, message_id: int = 10, value: str | None = None) -> Answer:
    """Return an answer given in one message."""
    return Answer(words=(Words(message_id=message_id, text=text),), reading=Reading(value=value))


class Undone(Exception):
    """Raised to have a transaction undone."""


@asynccontextmanager
async def undone(database: Database, *, durable: bool = True) -> AsyncIterator[UnitOfWork]:
    """Begin a transaction that fails once the block has done its work."""
    with suppress(Undone):
        async with database.transaction(durable=durable) as work:
            yield work
            raise Undone


async def add_report(
    work: UnitOfWork,
    reporter: Chat,
    number: int,
    *,
    answers: Mapping[str, Answer] | None = None,
    publishing: Publishing = Publishing.WITH_NAME,
    urgent: bool = False,
) -> int:
    """Store a report; its number makes its receipt and its screen its own."""
    return await work.reports.add(
        reporter,
        answers if answers is not None else {"name": said(f"Person {number}")},
        receipt=receipt(number),
        screen=number,
        questionnaire_version=1,
        consent_version=1,
        publishing=publishing,
        urgent=urgent,
    )


async def say(
    work: UnitOfWork,
    chat: Chat,
    words: str,
    *,
    priority: Priority = Priority.PEOPLE,
    dedupe_key: str | None = None,
    about: str | None = None,
) -> int:
    """Put a message in the outbox and return its id."""
    outbox_id = await work.outbox.add(chat, Say(html=words), priority=priority, dedupe_key=dedupe_key, about=about)
    assert outbox_id is not None
    return outbox_id
