"""What crosses: something was read, and another process changes it before it is written."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.errors import UndoTooLate
from bot.domain.report import RejectionReason
from bot.services.blocking import Blocking
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.location import Location, PostgresDatabase
from storage.unit_of_work import UnitOfWork
from tests.bot.services.case_support import LEASE, approve, take
from tests.bot.services.support import meet
from tests.storage.support import FIRST_KEY, START, Clock, add_report, column


@pytest.fixture
async def other(location: Location, clock: Clock) -> AsyncIterator[Database]:
    """Open the database as another process has it."""
    async with Database.open(location, FIRST_KEY, clock=clock) as opened:
        yield opened


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


async def test_a_lease_that_was_renewed_since_it_was_read_is_not_ended(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        claim = await take(work, dana, await add_report(work, mother, 1))
    clock.forward(minutes=15)
    async with database.transaction() as work:
        (held,) = await work.queue.claims()
        await Moderation(work).held(dana, claim)
        assert not await work.queue.end_claim(held)
    async with database.transaction() as work:
        assert await Moderation(work).lapse() == []
        assert (await Moderation(work).held(dana, claim)).report_id == claim.report_id


async def test_a_report_that_is_decided_anew_since_it_was_read_is_told_of_ten_minutes_later(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        claim = await take(work, dana, await add_report(work, mother, 1))
        made = await Moderation(work).reject(dana, claim, RejectionReason.TOO_LITTLE)
    clock.forward(minutes=10)
    async with database.transaction() as work:
        due = await work.decisions.to_tell(most=9)
        undone = await Moderation(work).undo(dana, claim.report_id, made.decision_id, as_lead=True)
        await approve(work, dana, undone.claim)
        assert (due, await work.decisions.told(due)) == ([claim.report_id], [])
    clock.forward(minutes=10)
    async with database.transaction() as work:
        assert [told.decision for told in await Moderation(work).to_tell()] == ["approved"]


async def test_a_report_that_is_asked_about_anew_since_it_was_read_goes_on_waiting(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        claim = await take(work, dana, await add_report(work, mother, 1))
        assert await work.queue.park(claim, dana, until=START + timedelta(hours=1))
    clock.forward(hours=1)
    async with database.transaction() as work:
        assert await work.queue.parked_too_long() == [claim.report_id]
        assert await work.queue.unpark(claim.report_id, mother, event="answered")
        assert await work.queue.park(await take(work, dana, claim.report_id), dana, until=work.now + LEASE)
        assert not await work.queue.give_up_waiting(claim.report_id, asked_by=dana.key)


async def test_what_a_blocked_person_sends_in_the_moment_of_unblocking_is_not_held_back_for_ever(
    database: Database, other: Database, mother: Chat, dana: Chat, location: Location
) -> None:
    async with database.transaction() as work:
        claim = await take(work, dana, await add_report(work, mother, 1))
        number = await Blocking(work, Moderation(work)).block(dana, claim)
    assert number is not None

    async def unblock(work: UnitOfWork) -> bool:
        return await Blocking(work, Moderation(work)).unblock(dana, number)

    async with database.transaction() as work:
        await work.hold({77001234567: "ru"})  # as every update of the person does first
        sender = await work.chats.meet(77001234567, language="ru")
        unblocking = asyncio.create_task(other.perform(unblock))
        await _until_it_waits(location)
        await add_report(work, sender, 2, held_back=sender.blocked)
    assert await unblocking
    assert column(location, "SELECT id FROM reports WHERE held_back = 1") == []


async def test_a_button_of_a_decision_that_was_undone_and_made_anew_meanwhile_undoes_nothing(
    database: Database, other: Database, mother: Chat, dana: Chat, location: Location
) -> None:
    async with database.transaction() as work:
        claim = await take(work, dana, await add_report(work, mother, 1))
        made = await Moderation(work).reject(dana, claim, RejectionReason.TOO_LITTLE)

    async def undo(work: UnitOfWork) -> None:
        await Moderation(work).undo(dana, claim.report_id, made.decision_id, as_lead=True)

    async with database.transaction() as work:  # two presses in one batch
        undone = await Moderation(work).undo(dana, claim.report_id, made.decision_id)
        undoing = asyncio.create_task(other.perform(undo))
        await _until_it_waits(location)
        await approve(work, dana, undone.claim)
    with pytest.raises(UndoTooLate):
        await undoing
    assert column(location, "SELECT decision FROM reports") == ["approved"]
    assert column(location, "SELECT decision FROM decisions WHERE undone_at_ms IS NULL") == ["approved"]


async def _until_it_waits(location: Location) -> None:
    """Wait until the other process waits for a lock. On SQLite it cannot even begin."""
    async with asyncio.timeout(10):
        while isinstance(location, PostgresDatabase):
            if column(location, "SELECT count(*) FROM pg_locks WHERE NOT granted") != [0]:
                return
            await asyncio.sleep(0.01)
