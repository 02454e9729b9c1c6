"""What the tests of the services share: a person who walks through the interview, and coordinators."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.answer import Words
from bot.domain.interview import Interview
from bot.domain.message import Say
from bot.domain.press import Action, Press
from bot.services.hearing import Note
from bot.services.intake import Intake, Progress, Submitted
from bot.services.turn import Choose
from bot.understanding.country import Country
from bot.understanding.reading import Reader
from storage.chats import Chat
from storage.database import Database
from storage.outgoing import Due
from storage.unit_of_work import UnitOfWork
from tests.storage.support import say, scripted, settled

ALMATY = ZoneInfo("Asia/Almaty")
LEASE = timedelta(seconds=90)


@cache
def reader() -> Reader:
    return Reader(Country.load("kz"))


class Person:
    """Somebody in a private chat. Each step is a transaction of its own: all is read anew before it."""

    def __init__(
        self,
        database: Database,
        telegram_id: int = 77001234567,
        *,
        choose: Choose | None = None,
        reports_a_day: int = 0,
    ) -> None:
        self.database = database
        self.telegram_id = telegram_id
        self.choose = choose or scripted("")
        self.reports_a_day = reports_a_day
        self.message_id = 1000

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[UnitOfWork, Chat, Intake]]:
        """Begin a transaction and give the person's chat and the service within it."""
        async with self.database.transaction() as work:
            chat, intake = await self.at(work)
            yield work, chat, intake

    async def at(self, work: UnitOfWork) -> tuple[Chat, Intake]:
        """Give the person's chat and the service within a transaction."""
        chat = await work.chats.meet(self.telegram_id, language="ru")
        limit = self.reports_a_day
        return chat, Intake(work, reader=reader(), zone=ALMATY, choose=self.choose, reports_a_day=limit)

    async def begin(self) -> tuple[Interview, bool]:
        """Write /start."""
        async with self.turn() as (_, chat, intake):
            return await intake.begin(chat)

    async def interview(self) -> Interview | None:
        """Return where the person stands."""
        async with self.turn() as (work, chat, _):
            return (await work.conversations.get(chat)).interview

    async def screen(self) -> int:
        """Return the number of the last screen."""
        async with self.turn() as (work, chat, _):
            return (await work.conversations.get(chat)).screen

    async def press(self, action: Action, value: str = "", *, screen: int | None = None) -> Progress:
        """Press a button of the current screen, or of another."""
        screen = await self.screen() if screen is None else screen
        async with self.turn() as (_, chat, intake):
            return await intake.press(chat, Press(screen, action, value))

    async def say(self, text: str, *, message_id: int | None = None, sent_at: datetime | None = None) -> Progress:
        """Write a message; without an id it is newer than everything before."""
        self.message_id += 1
        words = Words(message_id=message_id or self.message_id, text=text)
        async with self.turn() as (work, chat, intake):
            return await intake.hear(chat, words, sent_at=sent_at or work.now)

    async def edit(self, message_id: int, text: str, *, sent_at: datetime | None = None) -> Progress | None:
        """Edit a message that was first sent at some moment, or just now."""
        async with self.turn() as (work, chat, intake):
            return await intake.mend(chat, Words(message_id=message_id, text=text), sent_at=sent_at or work.now)

    async def cancel(self) -> Interview:
        """Write /cancel."""
        async with self.turn() as (_, chat, intake):
            return await intake.ask_to_cancel(chat)

    async def keep(self, *, screen: int | None = None) -> Interview:
        """Answer that nothing is to be deleted."""
        screen = await self.screen() if screen is None else screen
        async with self.turn() as (_, chat, intake):
            return await intake.keep(chat, screen)

    async def drop(self, *, screen: int | None = None) -> None:
        """Forget the draft."""
        screen = await self.screen() if screen is None else screen
        async with self.turn() as (_, chat, intake):
            await intake.drop(chat, screen)

    async def submit(self, *, screen: int | None = None) -> Submitted:
        """Submit the report."""
        screen = await self.screen() if screen is None else screen
        async with self.turn() as (_, chat, intake):
            return await intake.submit(chat, screen)

    async def agree(self) -> None:
        """Begin, and go on to the first question."""
        await self.begin()
        await self.press(Action.AGREE)

    async def reach(self, step: str) -> None:
        """Begin, and pass over all questions before a step."""
        await self.agree()
        while (interview := await self.interview()) is not None and interview.step != step:
            following = {
                "review": (Action.REVIEWED, ""),
                "sharing": (Action.SHARE, "yes"),
                "publishing": (Action.PUBLISH, "with_name"),
            }
            await self.press(*following.get(interview.step, (Action.SKIP, "")))

    async def see(self, *, message_id: int | None, attempts: int = 1) -> None:
        """Let the bot send the current screen; without an id the outcome of its sends is unknown."""
        async with self.turn() as (work, chat, _):
            key = await say(work, chat, "A screen")
            await work.conversations.note_shown(chat, key)
        for attempt in range(attempts):
            async with self.turn() as (work, chat, _):
                assert await work.outbox.claim_due(until=work.now, most=1)
                if attempt == attempts - 1 and message_id is not None:
                    await work.outbox.settle([settled(work, key, message_id=message_id)])


async def meet(database: Database, telegram_id: int, name: str | None = None) -> Chat:
    """Return the chat of somebody whose first name, where one is given, is known."""
    async with database.transaction() as work:
        chat = await work.chats.meet(telegram_id, language="ru")
        if name is not None:
            await work.chats.rename(chat, name)
        found = await work.chats.get(chat.key)
    assert found is not None
    return found


async def send_all(database: Database) -> list[tuple[Due, str]]:
    """Send everything that waits, in its order, and return it with its words; message ids count from 1."""
    sent = []
    while due := await _lease(database):
        async with database.transaction() as work:
            for one in due:
                chat = await work.chats.get(one.chat_key)
                assert chat is not None
                message = one.open(chat)
                assert isinstance(message, Say)
                sent.append((one, message.html))
                await work.outbox.settle([settled(work, one.key, message_id=len(sent))])
    return sent


async def _lease(database: Database) -> Sequence[Due]:
    async with database.transaction() as work:
        return await work.outbox.claim_due(until=work.now + LEASE, most=100)


async def standing(person: Person) -> Interview:
    """Return the interview in progress, read from the database."""
    interview = await person.interview()
    assert interview is not None
    return interview


def noted(progress: Progress | None) -> tuple[str, Note | None, str | None]:
    """Return the step a person has come to, what happened, and to which question."""
    assert progress is not None
    return progress.interview.step, progress.note, progress.about


def words(*messages: tuple[int, str]) -> tuple[Words, ...]:
    return tuple(Words(message_id=message_id, text=text) for message_id, text in messages)
