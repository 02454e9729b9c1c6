"""What the tests of storage and of the services share: a clock that stands still, a view from outside, shorthands."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, count, repeat
from typing import Any, TypeVar

import asyncpg

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Consent, Publishing
from bot.domain.message import Say
from bot.domain.receipt import ALPHABET, SECRET_LENGTH, Receipt
from storage.chats import Chat
from storage.crypto import MasterKeys
from storage.database import Database
from storage.engines import Connection
from storage.location import Location, PostgresDatabase, SQLiteFile
from storage.outgoing import Outcome, Priority, Settlement
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")

START = datetime(2022, 1, 6, 12, 0, tzinfo=UTC)
LONG = timedelta(days=365)
FIRST_KEY = MasterKeys({1: bytes(range(32))})
BOTH_KEYS = MasterKeys({1: bytes(range(32)), 2: bytes(range(100, 132))})
REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)
"""What the engines raise where a row makes no sense."""
_VALUE = re.compile(r":(\w+)")


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


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of its own, in a thread: the caller's own loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def sql(location: Location, statement: str, /, **values: Any) -> list[tuple[Any, ...]]:
    """Run one statement from outside, as another process would, and return its rows; `:name` stands for a value."""
    if isinstance(location, PostgresDatabase):
        return run_apart(_ask_postgres(location, statement, values))
    with closing(sqlite3.connect(location.path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        rows = connection.execute(statement, values).fetchall()
        connection.commit()
    return rows


async def _ask_postgres(location: PostgresDatabase, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    names = list(values)
    numbered = _VALUE.sub(lambda found: f"${names.index(found[1]) + 1}", statement)
    connection = await asyncpg.connect(location.url)
    try:
        return [tuple(row) for row in await connection.fetch(numbered, *values.values())]
    finally:
        await connection.close()


def url_of(location: Location) -> str:
    """Return a location as DATABASE_URL says it."""
    return f"sqlite:///{location.path}" if isinstance(location, SQLiteFile) else location.url


def column(location: Location, statement: str, /, **values: Any) -> list[Any]:
    """Run one statement from outside and return the first column of its rows."""
    return [row[0] for row in sql(location, statement, **values)]


def insert(location: Location, table: str, /, **values: Any) -> None:
    """Write a row from outside."""
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    sql(location, f"INSERT INTO {table} ({columns}) VALUES ({marks})", **values)  # noqa: S608  our own tables


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


def agreed(publishing: Publishing = Publishing.WITH_NAME, *, sharing: bool = False, version: int = 1) -> Consent:
    """Return what a reporter agreed to."""
    return Consent(version=version, sharing=sharing, publishing=publishing)


async def add_report(
    work: UnitOfWork,
    reporter: Chat,
    number: int,
    *,
    answers: Mapping[str, Answer] | None = None,
    publishing: Publishing = Publishing.WITH_NAME,
    consent: Consent | None = None,
    urgent: bool = False,
    screen: int | None = None,
    held_back: bool = False,
) -> int:
    """Store a report; its number makes its receipt and, if none is given, its screen its own."""
    report_id = await work.reports.add(
        reporter,
        answers if answers is not None else {"name": said(f"Person {number}")},
        receipt=receipt(number),
        screen=number if screen is None else screen,
        questionnaire_version=1,
        consent=consent or agreed(publishing),
        urgent=urgent,
        held_back=held_back,
    )
    assert report_id is not None
    return report_id


_keys = (f"said:{number}" for number in count(1))


async def say(
    work: UnitOfWork,
    chat: Chat,
    words: str,
    *,
    priority: Priority = Priority.PEOPLE,
    about: str | None = None,
    may_be_repeated: bool = False,
    is_answer: bool = True,
) -> str:
    """Put a message in the outbox under a key of its own, and return the key."""
    key = next(_keys)
    await work.outbox.add(
        chat,
        Say(html=words),
        priority=priority,
        key=key,
        about=about,
        may_be_repeated=may_be_repeated,
        is_answer=is_answer,
    )
    return key


def settled(
    work: UnitOfWork, key: str, outcome: Outcome = Outcome.SENT, *, message_id: int | None = None
) -> Settlement:
    """Return the end of a message's way, at this moment."""
    return Settlement(key, outcome, work.now, message_id)


async def meet(work: UnitOfWork, telegram_id: int = 1) -> None:
    """Make a chat known."""
    await work.chats.meet(telegram_id, language="ru")


def chats(location: Location) -> int:
    """Return how many chats are stored."""
    return int(column(location, "SELECT count(*) FROM chats")[0])


async def value(connection: Connection, statement: str) -> object:
    """Return the one value that a statement returns."""
    ((found,),) = [tuple(row) for row in await connection.rows(statement, {})]
    return found
