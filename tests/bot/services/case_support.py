"""What the tests of cases share: reports that are put into cases, and who does it."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.answer import Answer
from bot.services.case_page import CasePage
from bot.services.cases import CaseDesk
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.storage.support import add_report, said

LEASE = timedelta(minutes=15)
TODAY = date(2022, 1, 6)


def desk(work: UnitOfWork) -> CaseDesk:
    return CaseDesk(work, lease=LEASE, today=TODAY)


async def approved(
    database: Database,
    reporter: Chat,
    coordinator: Chat,
    number: int,
    *,
    into: int | None = None,
    answers: Mapping[str, Answer] | None = None,
) -> tuple[int, int]:
    """Let a report be told and approved; return its number and that of its case."""
    async with database.transaction() as work:
        told = answers or {"name": said(f"Кайрат Султанбек {number}")}
        report_id = await add_report(work, reporter, number, answers=told)
        case_id = await approve(work, coordinator, await take(work, coordinator, report_id), into=into)
    return report_id, case_id


async def take(work: UnitOfWork, coordinator: Chat, report_id: int) -> Claim:
    claim = await work.queue.claim(report_id, coordinator, until=work.now + LEASE)
    assert claim is not None
    return claim


async def approve(work: UnitOfWork, coordinator: Chat, claim: Claim, *, into: int | None = None) -> int:
    made = await Moderation(work).approve(coordinator, claim, into=into)
    assert made.case_id is not None
    return made.case_id


async def open_page(database: Database, coordinator: Chat, case_id: int) -> CasePage:
    async with database.transaction() as work:
        return await desk(work).open(coordinator, case_id)
