"""Undoing a decision, also long after it was made, and what is noted beside a rejection."""

import pytest

from bot.domain.audit import AuditAct
from bot.domain.errors import NoteTooLate, UndoRefusal, UndoTooLate
from bot.domain.report import Decision, RejectionReason
from bot.services.follow_up import FollowUp
from bot.services.moderation import UNDO_LASTS, Moderation, Reopened
from storage.chats import Chat
from storage.database import Database
from storage.decisions import Made
from storage.reports import Claim
from tests.bot.services.case_support import desk as case_desk
from tests.bot.services.case_support import open_page, take
from tests.bot.services.support import meet
from tests.bot.services.test_digest import channel, desk, post_due
from tests.storage.support import LONG, START, Clock, add_report, said

__all__ = ["channel"]


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    return await meet(database, 102, "Ерлан")


async def submit(database: Database, mother: Chat, number: int = 1) -> int:
    async with database.transaction() as work:
        return await add_report(work, mother, number, answers={"name": said(f"Person {number}")})


async def approve(database: Database, coordinator: Chat, claim: Claim | None = None) -> Made:
    async with database.transaction() as work:
        moderation = Moderation(work)
        if claim is None:
            report = await moderation.next(coordinator)
            claim = Claim(report.report_id, report.revision)
        return await moderation.approve(coordinator, claim)


async def reject(database: Database, coordinator: Chat) -> tuple[int, Made]:
    async with database.transaction() as work:
        report = await Moderation(work).next(coordinator)
        claim = Claim(report.report_id, report.revision)
        return report.report_id, await Moderation(work).reject(coordinator, claim, RejectionReason.TOO_LITTLE)


async def undo(database: Database, actor: Chat, report_id: int, decision_id: int, *, as_lead: bool = False) -> Reopened:
    async with database.transaction() as work:
        return await Moderation(work).undo(actor, report_id, decision_id, as_lead=as_lead)


async def why_not(
    database: Database, actor: Chat, report_id: int, decision_id: int, *, as_lead: bool = False
) -> UndoRefusal:
    """Return why a decision is not undone; nothing may be changed by it."""
    async with database.transaction() as work:
        before = await work.reports.standing(report_id)
        with pytest.raises(UndoTooLate) as refused:
            await Moderation(work).undo(actor, report_id, decision_id, as_lead=as_lead)
        assert await work.reports.standing(report_id) == before
    return refused.value.why


async def test_it_is_said_why_a_decision_is_not_undone(
    database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    report_id = await submit(database, mother)
    made = await approve(database, dana)
    assert await why_not(database, erlan, report_id, made.decision_id) is UndoRefusal.OTHERS
    assert await why_not(database, dana, report_id, made.decision_id + 1) is UndoRefusal.GONE
    assert await why_not(database, dana, 99, made.decision_id) is UndoRefusal.GONE
    clock.now += UNDO_LASTS
    assert await why_not(database, dana, report_id, made.decision_id) is UndoRefusal.TOO_LATE
    async with database.transaction() as work:
        assert await work.queue.put_in(report_id, mother)
        assert await work.queue.claim(report_id, dana, until=work.now + LONG)
    assert await why_not(database, erlan, report_id, made.decision_id, as_lead=True) is UndoRefusal.IN_HAND
    await undo(database, dana, report_id, made.decision_id, as_lead=True)
    assert await why_not(database, dana, report_id, made.decision_id, as_lead=True) is UndoRefusal.GONE


async def test_a_decision_on_a_withdrawn_report_is_not_undone(database: Database, mother: Chat, dana: Chat) -> None:
    report_id = await submit(database, mother)
    made = await approve(database, dana)
    async with database.transaction() as work:
        await FollowUp(work, today=START.date()).withdraw(mother, report_id)
    assert await why_not(database, dana, report_id, made.decision_id, as_lead=True) is UndoRefusal.GONE


async def test_of_two_decisions_only_the_one_that_stands_is_undone(
    database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    report_id = await submit(database, mother)
    first = await approve(database, dana)
    reopened = await undo(database, erlan, report_id, first.decision_id, as_lead=True)
    second = await approve(database, erlan, reopened.claim)
    clock.forward(days=30)
    assert await why_not(database, dana, report_id, first.decision_id, as_lead=True) is UndoRefusal.GONE
    await undo(database, dana, report_id, second.decision_id, as_lead=True)
    async with database.transaction() as work:
        standing = await work.reports.standing(report_id)
    assert standing is not None
    assert (standing.decision, standing.case_id, standing.claimed_by) == (None, None, dana.key)


async def test_after_a_lead_undid_it_a_digest_says_exactly_what_the_other_decisions_say(
    database: Database, mother: Chat, dana: Chat, channel: Chat, clock: Clock
) -> None:
    ids = [await submit(database, mother, number) for number in (1, 2)]
    made = [await approve(database, dana) for _ in ids]
    clock.forward(days=2)
    assert await post_due(database, channel)
    reopened = await undo(database, dana, ids[0], made[0].decision_id, as_lead=True)
    async with database.transaction() as work:
        noted = [entry.act async for entry in work.audit.newest(report_id=ids[0])]
        assert noted[:2] == [AuditAct.READ_REPORT, AuditAct.UNDONE]  # it is shown again
        (outdated,) = await work.digests.outdated()
        assert [report.report_id for report in await work.reports.in_digest(outdated.digest_id)] == [ids[1]]
    await approve(database, dana, reopened.claim)
    async with database.transaction() as work:
        coming = await desk(work).preview()
        assert [entry.answers["name"].text for entry in coming.cities[0].named] == ["Person 1"]


async def test_a_digest_that_was_posted_tells_of_one_person_while_two_cases_are_joined(
    database: Database, mother: Chat, dana: Chat, channel: Chat, clock: Clock
) -> None:
    for number in (1, 2):
        await submit(database, mother, number)
    first, second = [(await approve(database, dana)).case_id or 0 for _ in range(2)]
    clock.forward(days=2)
    assert await post_due(database, channel)
    for is_joined in (True, False):
        page = await open_page(database, dana, first)
        async with database.transaction() as work:
            cases_desk = case_desk(work)
            await (cases_desk.merge if is_joined else cases_desk.unmerge)(dana, page.claim, second)
        async with database.transaction() as work:
            (outdated,) = await work.digests.outdated()
            await work.digests.mended(outdated.digest_id)
    async with database.transaction() as work:  # in the days to come nothing of it is edited
        report_id = await add_report(work, mother, 3)
        await Moderation(work).approve(dana, await take(work, dana, report_id))
        page = await case_desk(work).open(dana, first)
        await case_desk(work).merge(dana, page.claim, second + 1)
        assert await work.digests.outdated() == []


async def test_a_reporter_who_was_told_of_a_rejection_hears_that_it_is_looked_at_again(
    database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    await submit(database, mother)
    report_id, made = await reject(database, dana)
    clock.now += UNDO_LASTS
    async with database.transaction() as work:
        assert [told.decision for told in await Moderation(work).to_tell()] == [Decision.REJECTED]
    reopened = await undo(database, erlan, report_id, made.decision_id, as_lead=True)
    assert reopened.reporter is not None
    assert reopened.reporter.key == mother.key
    async with database.transaction() as work:
        report = await work.reports.get(report_id)
    assert report is not None
    assert (report.reason, report.reason_words) == (None, None)


async def test_a_note_stands_beside_the_reason_and_goes_with_the_decision(
    database: Database, mother: Chat, dana: Chat
) -> None:
    await submit(database, mother)
    report_id, made = await reject(database, dana)
    async with database.transaction() as work:
        await Moderation(work).add_note(dana, report_id, made.decision_id, "Позвонить в акимат")
        report = await work.reports.get(report_id)
    async with database.transaction() as work:
        noted = [entry.act async for entry in work.audit.newest(report_id=report_id)]
    assert report is not None
    assert (report.reason, report.reason_words) == (RejectionReason.TOO_LITTLE, "Позвонить в акимат")
    assert noted[0] == AuditAct.NOTE_ADDED
    reopened = await undo(database, dana, report_id, made.decision_id)
    async with database.transaction() as work:
        report = await work.reports.get(reopened.claim.report_id)
    assert report is not None
    assert report.reason_words is None


async def test_no_note_is_kept_of_another_late_or_beside_another_decision(
    database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    await submit(database, mother)
    report_id, made = await reject(database, dana)
    for who, decision_id, later in ((erlan, 0, False), (dana, 1, False), (dana, 0, True)):
        if later:
            clock.now += UNDO_LASTS
        async with database.transaction() as work:
            with pytest.raises(NoteTooLate):
                await Moderation(work).add_note(who, report_id, made.decision_id + decision_id, "Нет")
            report = await work.reports.get(report_id)
        assert report is not None
        assert report.reason_words is None
