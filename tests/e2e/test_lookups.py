"""What must read much is read aside: nobody waits for it, and where it cannot be read, that is said."""

import sqlite3
from collections.abc import Sequence

import pytest

from bot.domain.message import Figures, Say, Sendable
from bot.pipeline.lookups import Lookups
from storage.chats import Chat
from storage.outgoing import Leased, Priority
from storage.unit_of_work import UnitOfWork
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
KEY = "figures:1"


async def leased(stage: Stage, chat_of: int, *, attempts: int = 1) -> tuple[Leased, Figures]:
    """Let figures be waited for in somebody's chat."""
    figures = Figures(otherwise="They could not be counted.")
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(chat_of, language="en")
        await work.outbox.add(chat, figures, priority=Priority.PEOPLE, key=KEY)
    return Leased(KEY, chat, Priority.PEOPLE, attempts, figures), figures


async def is_settled(stage: Stage) -> bool:
    async with stage.app.database.snapshot() as work:
        asked = await work.outbox.find(KEY)
    return asked is not None and asked.is_settled


async def test_others_write_while_figures_are_counted(stage: Stage) -> None:
    async def count(_work: UnitOfWork, chat: Chat) -> Sequence[Sendable]:
        async with stage.app.database.transaction() as other:  # with one writer, this waits for ever if it is held
            await other.outbox.add(chat, Say(html="Meanwhile"), priority=Priority.PEOPLE, key="other")
        return [Say(html="First"), Say(html="Second")]

    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await Lookups(stage.app.database, tell_figures=count).carry_out(*await leased(stage, dina.id))
    assert await is_settled(stage)
    await stage.app.sender.drain()
    await stage.look()
    assert [message.text for message in dina.messages[-3:]] == ["Meanwhile", "First", "Second"]


@pytest.mark.parametrize(
    ("error", "attempts"), [(ValueError("no figures"), 1), (sqlite3.OperationalError("interrupted"), 3)]
)
async def test_figures_that_cannot_be_counted_are_given_up(stage: Stage, error: Exception, attempts: int) -> None:
    async def fail(_work: UnitOfWork, _chat: Chat) -> Sequence[Sendable]:
        raise error

    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await Lookups(stage.app.database, tell_figures=fail).carry_out(*await leased(stage, dina.id, attempts=attempts))
    await stage.app.sender.drain()
    await stage.look()
    assert dina.messages[-1].text == "They could not be counted."


async def test_figures_are_asked_for_again_where_the_database_failed(stage: Stage) -> None:
    async def fail(_work: UnitOfWork, _chat: Chat) -> Sequence[Sendable]:
        raise sqlite3.OperationalError("disk I/O error")

    asked = await leased(stage, stage.cast.coordinators[0].id)
    with pytest.raises(sqlite3.OperationalError):
        await Lookups(stage.app.database, tell_figures=fail).carry_out(*asked)
    assert not await is_settled(stage)
