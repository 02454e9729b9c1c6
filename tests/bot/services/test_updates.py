import asyncio
from datetime import timedelta

import pytest

from bot.domain.addition import AdditionKind
from bot.domain.answer import Words
from bot.domain.consent import Consent, Publishing
from bot.domain.errors import Holding, NotYours
from bot.domain.report import RejectionReason
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from bot.services.updates import Updates
from storage.chats import Chat
from storage.database import Database
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import meet
from tests.storage.support import START, Clock, add_report

UNTIL = START + timedelta(days=1)


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


def follow_up(work: UnitOfWork) -> FollowUp:
    return FollowUp(work, today=START.date())


def updates(work: UnitOfWork) -> Updates:
    return Updates(work, Moderation(work))


async def decided(database: Database, mother: Chat, dana: Chat, *, approved: bool = True) -> int:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, 1)
        claim = await work.queue.claim(report_id, dana, until=UNTIL)
        assert claim is not None
        if approved:
            await Moderation(work).approve(dana, claim)
        else:
            await Moderation(work).reject(dana, claim, RejectionReason.DUPLICATE)
    return report_id


async def tell(database: Database, mother: Chat, report_id: int, words: str, message_id: int = 50) -> None:
    async with database.transaction() as work:
        said = Words(message_id=message_id, text=words)
        await follow_up(work).add(mother, report_id, AdditionKind.RELEASED, words=said)


async def waiting(database: Database) -> int:
    async with database.transaction() as work:
        return (await work.queue.counts()).waiting


async def take(database: Database, dana: Chat) -> tuple[Claim, list[str], int]:
    """Claim the next item; return the claim, the words that are new, and up to which addition that is."""
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
        news = await updates(work).news(report)
    return Claim(report.report_id, report.revision), [kept.addition.words for kept in news.additions], news.up_to


@pytest.mark.parametrize("approved", [True, False])
async def test_what_is_added_to_a_decided_report_waits_until_it_is_seen(
    database: Database,
    clock: Clock,
    mother: Chat,
    dana: Chat,
    approved: bool,  # noqa: FBT001
) -> None:
    report_id = await decided(database, mother, dana, approved=approved)
    clock.forward(hours=1)
    for number, words in enumerate(("На свободе", "Вчера"), start=1):
        await tell(database, mother, report_id, words, number)
    async with database.transaction() as work:
        counts = await work.queue.counts()
        assert (counts.waiting, counts.oldest_at) == (1, clock.now)
    claim, new, up_to = await take(database, dana)
    assert new == ["На свободе", "Вчера"]
    async with database.transaction() as work:
        assert await updates(work).seen(dana, claim, up_to=up_to)
    assert await waiting(database) == 0
    async with database.transaction() as work:
        with pytest.raises(NotYours) as refused:
            await updates(work).seen(dana, claim, up_to=up_to)
    assert refused.value.state is Holding.SEEN
    await tell(database, mother, report_id, "Дома", 3)
    assert (await take(database, dana))[1] == ["Дома"]


async def test_nothing_that_comes_in_the_moment_of_the_decision_or_of_seen_is_passed_over(
    database: Database, mother: Chat, dana: Chat
) -> None:
    report_id = await decided(database, mother, dana)
    await tell(database, mother, report_id, "На свободе", 1)
    for number in range(2, 12):
        claim, _, up_to = await take(database, dana)

        async def see(claim: Claim = claim, up_to: int = up_to) -> None:
            async with database.transaction() as work:
                await updates(work).seen(dana, claim, up_to=up_to)

        await asyncio.gather(see(), tell(database, mother, report_id, f"Ещё {number}", number))
        _, new, _ = await take(database, dana)
        assert new == [f"Ещё {number}"]


async def test_what_is_new_of_a_decided_report_is_not_decided_again(
    database: Database, mother: Chat, dana: Chat
) -> None:
    report_id = await decided(database, mother, dana)
    await tell(database, mother, report_id, "На свободе")
    claim, _, _ = await take(database, dana)
    async with database.transaction() as work:
        before = await work.reports.standing(report_id)
        moderation = Moderation(work)
        for act in (moderation.approve(dana, claim), moderation.reject(dana, claim, RejectionReason.ABUSE)):
            with pytest.raises(NotYours):
                await act
        with pytest.raises(NotYours):
            await moderation.approve(dana, claim, into=1)
        assert not await work.queue.park(claim, dana, until=UNTIL)
        assert await work.reports.standing(report_id) == before


async def test_an_undecided_report_is_not_noted_as_seen_by_a_forged_press(
    database: Database, mother: Chat, dana: Chat
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, 1)
        claim = await work.queue.claim(report_id, dana, until=UNTIL)
        assert claim is not None
        with pytest.raises(NotYours):
            await updates(work).seen(dana, claim, up_to=9)
    assert await waiting(database) == 1


async def test_undoing_while_something_new_waits_leaves_one_item(database: Database, mother: Chat, dana: Chat) -> None:
    report_id = await decided(database, mother, dana)
    await tell(database, mother, report_id, "На свободе")
    async with database.transaction() as work:
        made = await work.decisions.standing(report_id)
        assert made is not None
        reopened = await Moderation(work).undo(dana, report_id, made.decision_id)
        counts = await work.queue.counts()
        assert (counts.waiting, counts.claimed, counts.oldest_at) == (1, 1, START)
        assert len(await Moderation(work).additions(report_id)) == 1
        await Moderation(work).approve(dana, reopened.claim)
    assert await waiting(database) == 0


async def test_a_changed_consent_comes_back_where_something_could_be_published(
    database: Database, mother: Chat, dana: Chat
) -> None:
    def lessen(given: Consent) -> Consent:
        return given.model_copy(update={"publishing": Publishing.INITIALS})

    report_id = await decided(database, mother, dana)
    async with database.transaction() as work:
        await follow_up(work).change_consent(mother, report_id, lambda given: given)
    assert await waiting(database) == 0
    async with database.transaction() as work:
        await follow_up(work).change_consent(mother, report_id, lessen)
        assert (await follow_up(work).view(mother, report_id)).additions == ()
    async with database.transaction() as work:
        news = await updates(work).news(await Moderation(work).next(dana))
    assert [kept.addition.kind for kept in news.additions] == [AdditionKind.CONSENT]
    assert news.case_id == 1


async def test_a_rejected_report_does_not_come_back_for_a_changed_consent(
    database: Database, mother: Chat, dana: Chat
) -> None:
    report_id = await decided(database, mother, dana, approved=False)
    async with database.transaction() as work:
        await follow_up(work).change_consent(
            mother, report_id, lambda given: given.model_copy(update={"publishing": Publishing.INITIALS})
        )
    assert await waiting(database) == 0
