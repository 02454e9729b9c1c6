from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.domain.answer import Answer, AnswerState, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.report import Decision, RejectionReason, Report
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from storage.queue import QueueCounts
from storage.reports import Claim, Standing
from storage.unit_of_work import UnitOfWork
from tests.storage.support import LONG, START, Clock, add_report, agreed, receipt, sql

LEASE = timedelta(minutes=30)
ANSWERS = {
    "name": Answer(
        words=(
            Words(message_id=3, text="  Серік   Ахметов\n(Serik <Akhmetov> & sons) \u200b"),
            Words(message_id=2**40, text="ещё: «Сеrік»"),
        )
    ),
    "city": Answer(words=(Words(message_id=5, text="Алма-Ата"),), reading=Reading(value="almaty")),
    "date": Answer(reading=Reading(value="2022-01-05")),
    "charge": Answer(state=AnswerState.UNKNOWN),
    "conditions": Answer(
        words=(Words(message_id=9, text="and more"),), reading=Reading(choices=("beating", "no_medical_care"))
    ),
}


@pytest.fixture
async def reporter(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(77001234567, language="kk")


@pytest.fixture
async def dana(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(101, language="ru")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    async with database.transaction() as work:
        return await work.chats.meet(102, language="ru")


async def claim(work: UnitOfWork, coordinator: Chat) -> Claim | None:
    return await work.queue.claim_next(coordinator, until=work.now + LEASE)


async def must_claim(work: UnitOfWork, coordinator: Chat) -> Claim:
    claimed = await claim(work, coordinator)
    assert claimed is not None
    return claimed


async def approve(work: UnitOfWork, coordinator: Chat) -> int:
    claimed = await must_claim(work, coordinator)
    assert await work.decisions.decide(claimed, coordinator, Decision.APPROVED)
    return claimed.report_id


async def test_a_report_comes_back_exactly_as_it_was_said(database: Database, reporter: Chat) -> None:
    async with database.transaction() as work:
        report_id = await work.reports.add(
            reporter,
            ANSWERS,
            receipt=receipt(1),
            screen=12,
            questionnaire_version=3,
            consent=agreed(Publishing.WITHOUT_NAME, sharing=True, version=2),
            urgent=True,
        )
    assert report_id is not None
    async with database.transaction() as work:
        assert await work.reports.get(report_id) == Report(
            report_id=report_id,
            revision=1,
            questionnaire_version=3,
            consent=agreed(Publishing.WITHOUT_NAME, sharing=True, version=2),
            language="kk",
            submitted_at=START,
            urgent=True,
            answers=ANSWERS,
        )


async def test_answers_keep_the_order_in_which_they_were_given_to_be_stored(database: Database, reporter: Chat) -> None:
    order = ["conditions", "name", "date", "charge", "city"]
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1, answers={key: ANSWERS[key] for key in order})
        report = await work.reports.get(report_id)
    assert report is not None
    assert list(report.answers) == order


async def test_a_report_that_is_not_there_is_none(database: Database, dana: Chat) -> None:
    async with database.transaction() as work:
        assert await work.reports.get(7) is None
        assert await work.reports.standing(7) is None
        assert await work.reports.by_receipt(receipt(7)) is None
        assert await work.decisions.decide(Claim(7, 1), dana, Decision.APPROVED) is None
        with pytest.raises(KeyError):
            await work.reports.receipt(7)


async def test_a_report_is_found_by_its_receipt_and_gives_it_back(database: Database, reporter: Chat) -> None:
    async with database.transaction() as work:
        first, second = await add_report(work, reporter, 1), await add_report(work, reporter, 2)
        assert await work.reports.by_receipt(receipt(2)) == await work.reports.standing(second)
        assert await work.reports.receipt(first) == receipt(1)


async def test_a_receipt_code_that_is_taken_is_given_to_no_other_report(database: Database, reporter: Chat) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        again = await work.reports.add(
            reporter,
            ANSWERS,
            receipt=receipt(1),
            screen=2,
            questionnaire_version=1,
            consent=agreed(),
            urgent=False,
        )
        assert again is None
        assert [report.report_id async for report in work.reports.every()] == [1]


@pytest.mark.parametrize("table", ["report_answers", "reports"])
async def test_each_report_is_sealed_under_a_key_of_its_own(
    database: Database, location: Location, reporter: Chat, table: str
) -> None:
    async with database.transaction() as work:
        first, second = await add_report(work, reporter, 1), await add_report(work, reporter, 2)
    if table == "reports":
        statement = (
            "UPDATE reports SET wrapped_key = (SELECT wrapped_key FROM reports WHERE id = :one) WHERE id = :other"
        )
    else:
        statement = (
            "UPDATE report_answers SET sealed = (SELECT sealed FROM report_answers WHERE report_id = :one)"
            " WHERE report_id = :other"
        )
    sql(location, statement, one=first, other=second)
    async with database.transaction() as work:
        assert await work.reports.get(first) is not None
        with pytest.raises(WrongKey):
            await work.reports.get(second)


async def test_an_answer_moved_to_another_question_by_hand_does_not_open(
    database: Database, location: Location, reporter: Chat
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
    sql(location, "UPDATE report_answers SET question = 'charge'")
    async with database.transaction() as work:
        with pytest.raises(WrongKey):
            await work.reports.get(report_id)


async def test_urgent_reports_are_claimed_first_and_then_the_oldest(
    database: Database, reporter: Chat, dana: Chat
) -> None:
    async with database.transaction() as work:
        ids = [await add_report(work, reporter, number, urgent=number in {3, 5}) for number in range(1, 6)]
        claimed = [(await must_claim(work, dana)).report_id for _ in ids]
        assert claimed == [ids[2], ids[4], ids[0], ids[1], ids[3]]
        assert await claim(work, dana) is None


async def test_a_claim_raises_the_revision_and_says_who_holds_the_report_until_when(
    database: Database, reporter: Chat, dana: Chat
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
        assert await claim(work, dana) == Claim(report_id, 2)
        assert await work.reports.standing(report_id) == Standing(
            revision=2,
            reporter_key=reporter.key,
            claimed_by=dana.key,
            claim_expires_at=START + LEASE,
            decision=None,
            decided_by=None,
            decided_at=None,
        )


async def test_a_claimed_report_is_kept_from_others_until_its_claim_is_ended(
    database: Database, reporter: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
        held = await must_claim(work, dana)
    clock.now = START + LEASE - timedelta(milliseconds=1)
    async with database.transaction() as work:
        assert await claim(work, erlan) is None
    clock.now = START + LEASE
    async with database.transaction() as work:
        (ended,) = await work.queue.claims()
        assert (ended.claim, ended.coordinator_key, ended.since, ended.until) == (held, dana.key, START, START + LEASE)
        assert await work.queue.end_claim(ended)
        assert await work.queue.end_claim(ended) is False
        assert await claim(work, erlan) == Claim(report_id, 4)
        assert await work.decisions.decide(held, dana, Decision.APPROVED) is None
        assert await work.queue.release(held, dana, until=work.now + LEASE) is False
        assert await work.queue.held_by(dana, until=work.now + LEASE) is None


async def test_asking_for_the_report_one_holds_renews_the_lease_and_keeps_the_revision(
    database: Database, reporter: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        assert await work.queue.held_by(dana, until=work.now + LEASE) is None
        held = await must_claim(work, dana)
    clock.forward(minutes=20)
    async with database.transaction() as work:
        assert await work.queue.held_by(dana, until=work.now + LEASE) == held
    clock.forward(minutes=20)
    async with database.transaction() as work:
        assert await claim(work, erlan) is None
        assert await work.decisions.decide(held, dana, Decision.APPROVED)


async def test_a_lease_that_ran_out_may_be_renewed_while_nobody_else_took_the_report(
    database: Database, reporter: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        held = await must_claim(work, dana)
    clock.now += LONG
    async with database.transaction() as work:
        assert await work.queue.held_by(dana, until=work.now + LEASE) == held


async def test_a_report_given_back_goes_to_others_before_the_one_who_gave_it_back(
    database: Database, reporter: Chat, dana: Chat, erlan: Chat
) -> None:
    async with database.transaction() as work:
        urgent = await add_report(work, reporter, 1, urgent=True)
        calm = await add_report(work, reporter, 2)
        held = await must_claim(work, dana)
        assert held.report_id == urgent
        assert await work.queue.release(held, dana, until=work.now + LEASE) is True
        assert (await must_claim(work, dana)).report_id == calm
        assert (await must_claim(work, erlan)).report_id == urgent


async def test_a_lone_coordinator_gets_back_what_was_given_back_where_nothing_else_waits(
    database: Database, reporter: Chat, dana: Chat
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
        await work.queue.release(await must_claim(work, dana), dana, until=work.now + LEASE)
        assert await claim(work, dana) == Claim(report_id, 4)
        assert await claim(work, dana) is None


async def test_a_report_given_back_long_ago_has_its_old_place_again(
    database: Database, reporter: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        urgent = await add_report(work, reporter, 1, urgent=True)
        await add_report(work, reporter, 2)
        await work.queue.release(await must_claim(work, dana), dana, until=work.now + LEASE)
    clock.now = START + LEASE
    async with database.transaction() as work:
        assert (await must_claim(work, dana)).report_id == urgent


async def test_a_report_in_anothers_hands_is_not_given_to_the_one_who_gave_it_back(
    database: Database, reporter: Chat, dana: Chat, erlan: Chat
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        await work.queue.release(await must_claim(work, dana), dana, until=work.now + LEASE)
        await must_claim(work, erlan)
        assert await claim(work, dana) is None


async def test_only_its_holder_at_its_revision_can_decide_a_report(
    database: Database, reporter: Chat, dana: Chat, erlan: Chat
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        held = await must_claim(work, dana)
        older = Claim(held.report_id, held.revision - 1)
        assert await work.decisions.decide(held, erlan, Decision.APPROVED) is None
        assert await work.decisions.decide(older, dana, Decision.APPROVED) is None
        assert await work.queue.release(held, erlan, until=work.now + LEASE) is False
        assert await work.queue.release(older, dana, until=work.now + LEASE) is False
        assert await work.decisions.decide(held, dana, Decision.APPROVED)


async def test_a_report_is_decided_once(database: Database, reporter: Chat, dana: Chat, erlan: Chat) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
        held = await must_claim(work, dana)
        assert await work.decisions.decide(held, dana, Decision.APPROVED)
        for claimed in (held, Claim(report_id, held.revision + 1)):
            assert await work.decisions.decide(claimed, dana, Decision.REJECTED) is None
            assert await work.decisions.decide(claimed, erlan, Decision.REJECTED) is None
            assert await work.queue.release(claimed, dana, until=work.now + LEASE) is False
        assert await claim(work, erlan) is None
        assert await work.queue.held_by(dana, until=work.now + LEASE) is None
        assert await work.reports.standing(report_id) == Standing(
            revision=3,
            reporter_key=reporter.key,
            claimed_by=None,
            claim_expires_at=datetime(1970, 1, 1, tzinfo=UTC),
            decision=Decision.APPROVED,
            decided_by=dana.key,
            decided_at=START,
            is_queued=False,
            case_id=1,
        )


async def test_a_decision_is_read_with_its_report(database: Database, reporter: Chat, dana: Chat, clock: Clock) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, reporter, 1)
        held = await must_claim(work, dana)
    decided_at = clock.forward(minutes=3)
    async with database.transaction() as work:
        await work.decisions.decide(held, dana, Decision.REJECTED, reason=RejectionReason.DUPLICATE)
        report = await work.reports.get(report_id)
    assert report is not None
    assert (report.decision, report.decided_at, report.revision) == (Decision.REJECTED, decided_at, 3)
    assert report.publish_as is None


async def test_a_report_is_published_as_agreed_or_with_less_where_it_is_approved(
    database: Database, reporter: Chat, dana: Chat
) -> None:
    published = {}
    async with database.transaction() as work:
        for number, (publishing, limit) in enumerate(product(Publishing, Publishing), start=1):
            report_id = await add_report(work, reporter, number, publishing=publishing)
            held = await must_claim(work, dana)
            assert await work.decisions.decide(held, dana, Decision.APPROVED, publish_at_most=limit)
            report = await work.reports.get(report_id)
            assert report is not None
            published[publishing, limit] = report.publish_as
    openest_first = list(Publishing)
    assert published == {
        (publishing, limit): openest_first[max(openest_first.index(publishing), openest_first.index(limit))]
        for publishing, limit in product(Publishing, Publishing)
    }


async def test_a_reason_is_stored_beside_its_words_which_are_sealed(
    database: Database, location: Location, reporter: Chat, dana: Chat
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        await add_report(work, reporter, 2)
        await work.decisions.decide(
            await must_claim(work, dana),
            dana,
            Decision.REJECTED,
            reason=RejectionReason.OTHER,
            reason_words="Бұл — көшірме",
        )
        await work.decisions.decide(await must_claim(work, dana), dana, Decision.REJECTED, reason=RejectionReason.ABUSE)
        reports = [report async for report in work.reports.every()]
    assert [(report.reason, report.reason_words) for report in reports] == [
        (RejectionReason.OTHER, "Бұл — көшірме"),
        (RejectionReason.ABUSE, None),
    ]
    (first,), (second,) = sql(location, "SELECT sealed_reason FROM reports ORDER BY id")
    assert "көшірме".encode() not in first
    assert second is None


async def test_the_history_has_one_row_a_revision_with_who_and_when(
    *, database: Database, location: Location, reporter: Chat, dana: Chat, erlan: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await add_report(work, reporter, 1)
        other = await add_report(work, reporter, 2)
    clock.forward(seconds=1)
    async with database.transaction() as work:
        await work.queue.release(await must_claim(work, dana), dana, until=work.now + LEASE)
    clock.forward(seconds=1)
    async with database.transaction() as work:
        held = await must_claim(work, erlan)
        await work.queue.held_by(erlan, until=work.now + LEASE)
        await work.decisions.decide(held, dana, Decision.APPROVED)
        await work.decisions.decide(held, erlan, Decision.REJECTED, reason=RejectionReason.ABUSE)
        await work.decisions.decide(held, erlan, Decision.REJECTED, reason=RejectionReason.ABUSE)
    started = int(START.timestamp() * 1000)
    rows = "SELECT revision, event, actor_key, at_ms FROM report_events WHERE report_id <> :other ORDER BY revision"
    assert sql(location, rows, other=other) == [
        (1, "submitted", reporter.key, started),
        (2, "claimed", dana.key, started + 1000),
        (3, "released", dana.key, started + 1000),
        (4, "claimed", erlan.key, started + 2000),
        (5, "rejected", erlan.key, started + 2000),
    ]
    assert sql(location, "SELECT id, revision FROM reports WHERE id <> :other", other=other) == [(held.report_id, 5)]


async def test_the_queue_is_counted(database: Database, reporter: Chat, dana: Chat, erlan: Chat, clock: Clock) -> None:
    async with database.transaction() as work:
        assert await work.queue.counts() == QueueCounts(waiting=0, urgent=0, claimed=0, oldest_at=None)
        await add_report(work, reporter, 1, urgent=True)
    second_at = clock.forward(minutes=10)
    async with database.transaction() as work:
        for number in (2, 3, 4):
            await add_report(work, reporter, number, urgent=number == 4)
        assert await work.queue.counts() == QueueCounts(waiting=4, urgent=2, claimed=0, oldest_at=START)
        await approve(work, dana)
        await must_claim(work, dana)
        assert await work.queue.counts() == QueueCounts(waiting=3, urgent=1, claimed=1, oldest_at=second_at)
        await must_claim(work, erlan)
        assert await work.queue.counts() == QueueCounts(waiting=3, urgent=1, claimed=2, oldest_at=second_at)
        assert await work.reports.count_by_state() == {"approved": 1, "waiting": 3}


async def test_approved_and_publishable_reports_wait_for_a_digest_in_the_order_of_their_decisions(
    database: Database, reporter: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        assert await work.reports.earliest_undigested() is None
        calm = await add_report(work, reporter, 1, publishing=Publishing.WITHOUT_NAME)
        await add_report(work, reporter, 2, publishing=Publishing.NOT_AT_ALL, urgent=True)
        urgent = await add_report(work, reporter, 3, urgent=True)
        await add_report(work, reporter, 4)
        await approve(work, dana)
        assert await work.reports.earliest_undigested() is None
    decided_first = clock.forward(minutes=1)
    async with database.transaction() as work:
        assert await approve(work, dana) == urgent
    clock.forward(minutes=1)
    async with database.transaction() as work:
        assert await approve(work, dana) == calm
        claimed = await must_claim(work, dana)
        await work.decisions.decide(claimed, dana, Decision.REJECTED, reason=RejectionReason.ABUSE)
        assert [report.report_id for report in await work.reports.to_digest(until=work.now)] == [urgent, calm]
        assert [report.report_id for report in await work.reports.to_digest(until=decided_first)] == [urgent]
        assert await work.reports.earliest_undigested() == decided_first


async def test_what_stands_in_a_digest_waits_for_no_other(
    database: Database, location: Location, reporter: Chat, dana: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        for number in (1, 2):
            await add_report(work, reporter, number)
        first = await approve(work, dana)
    later = clock.forward(minutes=1)
    async with database.transaction() as work:
        second = await approve(work, dana)
        digest_id = await work.digests.add(START - LEASE, START, reports=1)
        assert digest_id is not None
        await work.reports.mark_digested(digest_id, await work.reports.to_digest(until=START))
        assert [report.report_id for report in await work.reports.to_digest(until=later)] == [second]
        assert await work.reports.earliest_undigested() == later
    assert sql(location, "SELECT id, digest_id FROM reports ORDER BY id") == [(first, digest_id), (second, None)]


@pytest.mark.parametrize("page", [1, 2, 3, 4, 200])
async def test_every_report_is_read_once_in_pages_of_any_size(database: Database, reporter: Chat, page: int) -> None:
    async with database.transaction() as work:
        ids = [await add_report(work, reporter, number) for number in range(1, 5)]
        assert [report.report_id async for report in work.reports.every(page=page)] == ids


async def test_no_reports_are_no_pages(database: Database) -> None:
    async with database.transaction() as work:
        assert [report async for report in work.reports.every()] == []
