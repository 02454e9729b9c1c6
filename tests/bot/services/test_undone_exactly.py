"""After an undo, a report is as it was: each column of its row, its digest, its notice and what its reporter hears."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.addition import AdditionKind
from bot.domain.consent import Publishing
from bot.domain.report import RejectionReason
from bot.services.blocking import Blocking
from bot.services.correcting import UNKNOWN, Correcting
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from bot.services.notices import NoticeDesk
from storage.chats import Chat
from storage.database import Database
from storage.decisions import Made
from storage.location import Location, PostgresDatabase
from storage.reports import Claim
from tests.bot.services.case_support import LEASE, take
from tests.bot.services.support import meet, reader
from tests.bot.services.test_digest import channel, desk, post_due
from tests.bot.services.test_notices import Written, tick
from tests.storage.support import START, Clock, add_report, said, sql

__all__ = ["channel"]
OF_THE_CLAIM = {"revision", "claimed_at_ms", "claim_expires_at_ms"}
DECISIONS: dict[str, Callable[[Moderation, Chat, Claim], Awaitable[Made]]] = {
    "approved": lambda it, dana, claim: it.approve(dana, claim),
    "initials": lambda it, dana, claim: it.approve(dana, claim, publish_at_most=Publishing.INITIALS),
    "attached": lambda it, dana, claim: it.approve(dana, claim, into=1),
    "rejected": lambda it, dana, claim: it.reject(dana, claim, RejectionReason.OTHER, words="They ask us to wait"),
}


@dataclass
class Team:
    """Those who see a report."""

    mother: Chat
    dana: Chat
    group: Chat
    channel: Chat


@pytest.fixture
async def team(database: Database, channel: Chat) -> Team:
    return Team(
        await meet(database, 77001234567), await meet(database, 101, "Дана"), await meet(database, -1001), channel
    )


def row_of(location: Location, report_id: int) -> dict[str, Any]:
    """Return all columns of a report, but for those that each claim changes."""
    listed = "SELECT name FROM pragma_table_info('reports')"
    if isinstance(location, PostgresDatabase):
        listed = "SELECT column_name FROM information_schema.columns WHERE table_name = 'reports'"
    names = sorted(name for (name,) in sql(location, listed))
    (values,) = sql(location, f"SELECT {', '.join(names)} FROM reports WHERE id = :id", id=report_id)  # noqa: S608  ours
    return {name: value for name, value in zip(names, values, strict=True) if name not in OF_THE_CLAIM}


async def of_others(database: Database, team: Team) -> list[int]:
    """Let another report be approved first: the case 1, into which others are attached."""
    async with database.transaction() as work:
        other = await add_report(work, team.mother, 1)
        await Moderation(work).approve(team.dana, await take(work, team.dana, other))
    return [other]


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("approved", "plain"),
        ("approved", "held back"),
        ("initials", "urgent and corrected"),
        ("attached", "plain"),
        ("rejected", "urgent and corrected"),
        ("rejected", "held back"),
    ],
)
async def test_a_decision_that_is_undone_leaves_nothing_of_itself(
    database: Database, location: Location, team: Team, clock: Clock, *, what: str, state: str
) -> None:
    words = Written()
    others = await of_others(database, team)
    async with database.transaction() as work:
        answers = {"name": said("Кайрат Султанбек"), "city": said("Семей", value="semey")}
        report_id = await add_report(work, team.mother, 2, answers=answers, urgent=state == "urgent and corrected")
    await tick(database, team.group, words)
    async with database.transaction() as work:
        claim = await take(work, team.dana, report_id)
        if state == "urgent and corrected":
            correcting = Correcting(work, reader=reader(), lease=LEASE)
            corrected = await correcting.press(team.dana, claim, "city", UNKNOWN)
            claim = Claim(report_id, corrected.report.revision)
        if state == "held back":
            await Blocking(work, Moderation(work)).block(team.dana, claim)
            claim = await take(work, team.dana, report_id)
    clock.forward(minutes=1)
    await tick(database, team.group, words)
    before, noticed = row_of(location, report_id), words.last
    async with database.transaction() as work:
        made = await DECISIONS[what](Moderation(work), team.dana, claim)
    clock.forward(days=2)  # it is told of, stands in a digest, and there is something new of it
    async with database.transaction() as work:
        assert {told.report_id for told in await Moderation(work).to_tell()} == {*others, report_id}
    await post_due(database, team.channel)
    async with database.transaction() as work:
        await FollowUp(work, today=START.date()).note(team.mother, report_id, AdditionKind.MOVED, update_id=1)
    async with database.transaction() as work:
        reopened = await Moderation(work).undo(team.dana, report_id, made.decision_id, as_lead=True)
    assert reopened.reporter is not None  # who was told hears that it is looked at again
    assert row_of(location, report_id) == before
    async with database.transaction() as work:
        digests = await work.digests.outdated()
        stands = [one.report_id for old in digests for one in await work.reports.in_digest(old.digest_id)]
        assert stands == ([] if what == "rejected" else others)
        assert (await desk(work).preview()).reports == 0
        assert await work.decisions.standing(report_id) is None
    await database.perform(lambda work: NoticeDesk(work, words=words).write(team.group))
    assert words.last == noticed
