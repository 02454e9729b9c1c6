import asyncio
from datetime import timedelta

import pytest

from bot.domain.answer import Words
from bot.domain.asked import AskedOutcome, NotAskable
from bot.domain.errors import CannotAsk, Holding, NoSuchQuestion, NoSuchReport, NotYours
from bot.services.asking import Answering, Asked, Asking
from bot.services.follow_up import FollowUp
from bot.services.moderation import Moderation
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import meet
from tests.storage.support import START, Clock, add_report, column, said

QUESTION = "В какой отдел его увезли?"


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


def asking(work: UnitOfWork) -> Asking:
    return Asking(work, Moderation(work), awaited=timedelta(hours=24))


def answering(work: UnitOfWork) -> Answering:
    return Answering(work, FollowUp(work, today=START.date()))


async def claim_new(database: Database, mother: Chat, dana: Chat, number: int = 1) -> Claim:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, number)
        claim = await work.queue.claim(report_id, dana, until=work.now + timedelta(minutes=15))
    assert claim is not None
    return claim


async def ask(database: Database, mother: Chat, dana: Chat) -> Asked:
    claim = await claim_new(database, mother, dana)
    async with database.transaction() as work:
        return await asking(work).ask(dana, claim, QUESTION)


async def answer(database: Database, mother: Chat, question_id: int, words: str, message_id: int = 50) -> None:
    async with database.transaction() as work:
        question = await answering(work).question(mother, question_id)
        await answering(work).answer(mother, question, Words(message_id=message_id, text=words))


async def outcomes(database: Database, report_id: int) -> list[AskedOutcome | None]:
    async with database.transaction() as work:
        return [one.outcome for one in await asking(work).of(report_id)]


async def test_a_question_takes_the_report_out_of_the_queue_and_its_answer_puts_it_back_where_it_was(
    database: Database, clock: Clock, mother: Chat, dana: Chat
) -> None:
    asked = await ask(database, mother, dana)
    assert (asked.reporter.key, asked.words) == (mother.key, QUESTION)
    async with database.transaction() as work:
        counts = await work.queue.counts()
        assert (counts.waiting, counts.claimed, counts.asked) == (0, 0, 1)
    clock.forward(hours=3)
    await answer(database, mother, asked.question_id, "В Медеуский")
    async with database.transaction() as work:
        counts = await work.queue.counts()
        assert (counts.waiting, counts.asked, counts.oldest_at) == (1, 0, START)
        (kept,) = await Moderation(work).additions(asked.report_id)
        assert (kept.addition.asked, kept.addition.words) == (asked.question_id, "В Медеуский")
        (question,) = await asking(work).of(asked.report_id)
        assert (question.words, question.outcome) == (QUESTION, AskedOutcome.ANSWERED)


async def test_neither_a_question_nor_its_answer_stands_anywhere_in_clear(
    database: Database, location: Location, mother: Chat, dana: Chat
) -> None:
    asked = await ask(database, mother, dana)
    await answer(database, mother, asked.question_id, "В Медеуский")
    (sealed,) = column(location, "SELECT sealed FROM questions")
    assert QUESTION.encode() not in bytes(sealed)
    assert all("отдел" not in details for details in column(location, "SELECT details FROM audit"))
    acts = column(location, "SELECT act FROM audit ORDER BY id")
    assert acts[-2:] == ["asked", "answered"]


async def test_of_two_answers_at_once_both_are_kept_and_the_report_comes_back_once(
    database: Database, mother: Chat, dana: Chat
) -> None:
    asked = await ask(database, mother, dana)

    async def decline() -> bool:
        try:
            async with database.transaction() as work:
                await answering(work).decline(mother, asked.question_id, AskedOutcome.SKIPPED)
        except NoSuchQuestion:
            return False
        return True

    await asyncio.gather(answer(database, mother, asked.question_id, "В Медеуский"), decline())
    assert len(await outcomes(database, asked.report_id)) == 1
    async with database.transaction() as work:
        assert (await work.queue.counts()).waiting == 1
        assert len(await Moderation(work).additions(asked.report_id)) == 1


async def test_no_answer_in_time_brings_the_report_back_and_a_late_one_closes_no_later_question(
    database: Database, clock: Clock, mother: Chat, dana: Chat
) -> None:
    asked = await ask(database, mother, dana)
    clock.forward(hours=24)
    async with database.transaction() as work:
        assert await asking(work).expire() == 1
    async with database.transaction() as work:
        assert await asking(work).expire() == 0
        claim = await work.queue.claim(asked.report_id, dana, until=work.now + timedelta(minutes=15))
        assert claim is not None
        await asking(work).ask(dana, claim, "А когда?")
    await answer(database, mother, asked.question_id, "В Медеуский")
    assert await outcomes(database, asked.report_id) == [AskedOutcome.EXPIRED, None]
    async with database.transaction() as work:
        assert (await work.queue.counts()).asked == 1


async def test_withdrawing_closes_the_question_and_nobody_can_answer_it(
    database: Database, mother: Chat, dana: Chat, location: Location
) -> None:
    asked = await ask(database, mother, dana)
    async with database.transaction() as work:
        await FollowUp(work, today=START.date()).withdraw(mother, asked.report_id)
    assert column(location, "SELECT outcome FROM questions") == ["withdrawn"]
    with pytest.raises(NoSuchReport):
        await answer(database, mother, asked.question_id, "В Медеуский")
    async with database.transaction() as work:
        assert await asking(work).expire() == 0


async def test_nobody_else_answers(database: Database, mother: Chat, dana: Chat) -> None:
    asked = await ask(database, mother, dana)
    for question_id, chat in ((asked.question_id, dana), (asked.question_id + 1, mother)):
        with pytest.raises(NoSuchReport):
            await answer(database, chat, question_id, "В Медеуский")
    assert await outcomes(database, asked.report_id) == [None]


async def test_only_who_holds_a_report_asks(database: Database, mother: Chat, dana: Chat) -> None:
    claim = await claim_new(database, mother, dana)
    erlan = await meet(database, 102, "Ерлан")
    for coordinator, held in ((erlan, claim), (dana, Claim(claim.report_id, claim.revision - 1)), (dana, Claim(99, 1))):
        async with database.transaction() as work:
            with pytest.raises(NotYours):
                await asking(work).ask(coordinator, held, QUESTION)
    async with database.transaction() as work:
        await Moderation(work).approve(dana, claim)
        with pytest.raises(NotYours) as refused:
            await asking(work).ask(dana, claim, QUESTION)
    assert refused.value.state is Holding.YOURS_ALREADY


@pytest.mark.parametrize("why", NotAskable)
async def test_some_reporters_cannot_be_asked(database: Database, mother: Chat, dana: Chat, why: NotAskable) -> None:
    reporter = dana if why is NotAskable.OWN else mother
    contact = said("не пишите", value="not_at_all" if why is NotAskable.DO_NOT_WRITE else "any_time")
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1, answers={"contact": contact})
        await work.chats.set_gone(reporter, gone=why is NotAskable.GONE)
        claim = await work.queue.claim(report_id, dana, until=work.now + timedelta(minutes=15))
        assert claim is not None
        with pytest.raises(CannotAsk) as refused:
            await asking(work).ask(dana, claim, QUESTION)
        assert refused.value.why is why
        assert (await work.queue.counts()).asked == 0
