"""Opening a certain report: claimed where it waits, only looked at where it is decided."""

from datetime import timedelta

import pytest

from bot.domain.audit import AuditAct
from bot.domain.errors import Holding, NoSuchReport, NotYours
from bot.domain.report import Decision, RejectionReason, Report
from bot.services.follow_up import FollowUp
from bot.services.moderation import CLAIM_LASTS, UNDO_LASTS
from bot.services.opening import Opening, Settled, WaitsForAnswer
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from tests.bot.services.support import meet
from tests.storage.support import LONG, START, Clock, add_report, sql


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    return await meet(database, 102, "Ерлан")


async def submit(database: Database, number: int = 1) -> int:
    async with database.transaction() as work:
        return await add_report(work, await work.chats.meet(77001234567, language="ru"), number)


async def open_(database: Database, coordinator: Chat, report_id: int, *, is_lead: bool = False) -> Report | Settled:
    async with database.transaction() as work:
        return await Opening(work, lease=CLAIM_LASTS).open(coordinator, report_id, is_lead=is_lead)


async def acts(database: Database, report_id: int) -> list[str]:
    """Return what the audit says of a report, oldest first."""
    async with database.transaction() as work:
        return [entry.act async for entry in work.audit.newest(report_id=report_id)][::-1]


async def decide(database: Database, coordinator: Chat, report: Report, decision: Decision) -> None:
    async with database.transaction() as work:
        reason = RejectionReason.ABUSE if decision is Decision.REJECTED else None
        claim = Claim(report.report_id, report.revision)
        assert await work.decisions.decide(claim, coordinator, decision, reason=reason)


async def test_a_report_that_waits_is_claimed_though_others_come_first(database: Database, dana: Chat) -> None:
    await submit(database)
    second = await submit(database, 2)
    opened = await open_(database, dana, second)
    assert isinstance(opened, Report)
    assert opened.report_id == second
    async with database.transaction() as work:
        (held,) = await work.queue.claims()
    assert (held.claim.report_id, held.coordinator_key) == (second, dana.key)
    assert held.until == START + CLAIM_LASTS
    assert await acts(database, second) == [AuditAct.CLAIMED, AuditAct.READ_REPORT]


async def test_a_report_in_ones_own_hands_is_opened_again_and_its_lease_renewed(
    database: Database, dana: Chat, clock: Clock
) -> None:
    report_id = await submit(database)
    first = await open_(database, dana, report_id)
    clock.forward(minutes=5)
    assert await open_(database, dana, report_id) == first
    async with database.transaction() as work:
        (held,) = await work.queue.claims()
    assert held.until == START + timedelta(minutes=5) + CLAIM_LASTS


async def test_a_report_in_anothers_hands_stays_there(database: Database, dana: Chat, erlan: Chat) -> None:
    report_id = await submit(database)
    await open_(database, dana, report_id)
    with pytest.raises(NotYours) as refused:
        await open_(database, erlan, report_id, is_lead=True)
    assert (refused.value.state, refused.value.holder) == (Holding.CLAIMED, "Дана")


async def test_a_report_that_is_held_back_can_be_opened(database: Database, dana: Chat, location: Location) -> None:
    report_id = await submit(database)
    sql(location, "UPDATE reports SET held_back = 1")
    assert isinstance(await open_(database, dana, report_id), Report)


async def test_a_report_that_waits_for_an_answer_is_opened_by_nobody(database: Database, dana: Chat) -> None:
    report_id = await submit(database)
    report = await open_(database, dana, report_id)
    assert isinstance(report, Report)
    async with database.transaction() as work:
        assert await work.queue.park(Claim(report_id, report.revision), dana, until=work.now + LONG)
    with pytest.raises(WaitsForAnswer):
        await open_(database, dana, report_id)


async def test_a_withdrawn_report_is_not_shown_and_one_that_never_was_is_none(database: Database, dana: Chat) -> None:
    report_id = await submit(database)
    async with database.transaction() as work:
        mother = await work.chats.meet(77001234567, language="ru")
        await FollowUp(work, today=START.date()).withdraw(mother, report_id)
    with pytest.raises(NotYours) as refused:
        await open_(database, dana, report_id)
    assert refused.value.state is Holding.WITHDRAWN
    with pytest.raises(NoSuchReport):
        await open_(database, dana, 99)


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.REJECTED])
async def test_a_decided_report_is_looked_at_and_in_nobodys_hands(
    database: Database, dana: Chat, erlan: Chat, clock: Clock, decision: Decision
) -> None:
    report_id = await submit(database)
    report = await open_(database, dana, report_id)
    assert isinstance(report, Report)
    await decide(database, dana, report, decision)
    shown = {one.name: await open_(database, one, report_id) for one in (dana, erlan)}
    clock.now += UNDO_LASTS
    shown["later"] = await open_(database, dana, report_id)
    shown["lead"] = await open_(database, erlan, report_id, is_lead=True)
    assert all(isinstance(one, Settled) for one in shown.values())
    may_undo = {who: isinstance(one, Settled) and one.may_undo for who, one in shown.items()}
    assert may_undo == {"Дана": True, "Ерлан": False, "later": False, "lead": True}
    settled = shown["lead"]
    assert isinstance(settled, Settled)
    assert (settled.made.decision, settled.decided_by) == (decision, "Дана")
    assert (settled.made.case_id is None) is (decision is Decision.REJECTED)
    async with database.transaction() as work:
        assert await work.queue.claims() == []
    assert (await acts(database, report_id)).count(AuditAct.READ_REPORT) == 5
