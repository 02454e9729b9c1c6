from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.consent import Publishing
from bot.domain.errors import Holding, NotYours, QueueEmpty
from bot.domain.report import Decision, RejectionReason, Report
from bot.services.moderation import CLAIM_LASTS, Moderation
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.queue import Held, QueueCounts
from storage.reports import Claim
from tests.bot.services.support import meet
from tests.storage.support import START, Clock, add_report, column, sql


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    return await meet(database, 102, "Ерлан")


async def submit(database: Database, reporter: Chat, number: int = 1, *, urgent: bool = False) -> int:
    async with database.transaction() as work:
        return await add_report(work, reporter, number, urgent=urgent)


async def take(database: Database, coordinator: Chat) -> Claim:
    """Let a coordinator ask for the next report."""
    report = await next_for(database, coordinator)
    return Claim(report.report_id, report.revision)


async def next_for(database: Database, coordinator: Chat) -> Report:
    async with database.transaction() as work:
        return await Moderation(work).next(coordinator)


async def lapse(database: Database) -> list[Held]:
    """Let the round come by that ends claims whose lease is over."""
    async with database.transaction() as work:
        return await Moderation(work).lapse()


async def approve(database: Database, coordinator: Chat, claim: Claim) -> None:
    async with database.transaction() as work:
        await Moderation(work).approve(coordinator, claim)


async def refusal(database: Database, coordinator: Chat, claim: Claim, press: str) -> NotYours:
    """Return why a coordinator's press is refused; nothing may be changed by it."""
    async with database.transaction() as work:
        before = await work.reports.standing(claim.report_id)
        moderation = Moderation(work)
        presses: dict[str, Callable[[], Awaitable[object]]] = {
            "held": lambda: moderation.held(coordinator, claim),
            "approve": lambda: moderation.approve(coordinator, claim),
            "reject": lambda: moderation.reject(coordinator, claim, RejectionReason.ABUSE),
            "reject in words": lambda: moderation.reject(coordinator, claim, RejectionReason.OTHER, words="Нет"),
            "release": lambda: moderation.release(coordinator, claim),
        }
        with pytest.raises(NotYours) as refused:
            await presses[press]()
        assert await work.reports.standing(claim.report_id) == before
    assert refused.value.report_id == claim.report_id
    return refused.value


every_press = pytest.mark.parametrize("press", ["held", "approve", "reject", "reject in words", "release"])


async def test_the_queue_is_counted(database: Database, mother: Chat, dana: Chat) -> None:
    for number in (1, 2, 3):
        await submit(database, mother, number, urgent=number == 2)
    await take(database, dana)
    async with database.transaction() as work:
        assert await work.queue.counts() == QueueCounts(waiting=3, urgent=1, claimed=1, oldest_at=START)


async def test_next_claims_the_most_pressing_report_for_a_quarter_of_an_hour(
    database: Database, mother: Chat, dana: Chat
) -> None:
    await submit(database, mother, 1)
    urgent = await submit(database, mother, 2, urgent=True)
    report = await next_for(database, dana)
    assert (report.report_id, report.revision) == (urgent, 2)
    assert report.answers["name"].text == "Person 2"
    async with database.transaction() as work:
        standing = await work.reports.standing(urgent)
    assert standing is not None
    assert (standing.claimed_by, standing.claim_expires_at) == (dana.key, START + timedelta(minutes=15))


async def test_next_returns_the_report_one_holds_before_any_other(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    calm = await submit(database, mother, 1)
    held = await take(database, dana)
    await submit(database, mother, 2, urgent=True)
    clock.forward(minutes=20)
    assert await take(database, dana) == held
    assert held.report_id == calm


async def test_next_renews_the_claim(database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    clock.now += CLAIM_LASTS - timedelta(seconds=1)
    assert await take(database, dana) == held
    clock.now += CLAIM_LASTS - timedelta(seconds=1)
    with pytest.raises(QueueEmpty):
        await next_for(database, erlan)
    await approve(database, dana, held)


async def test_two_coordinators_never_get_the_same_report(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    ids = [await submit(database, mother, number) for number in (1, 2)]
    assert [(await take(database, one)).report_id for one in (dana, erlan)] == ids


async def test_an_empty_queue_says_how_many_reports_others_have_claimed(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    with pytest.raises(QueueEmpty) as empty:
        await next_for(database, dana)
    assert empty.value.claimed_by_others == 0
    await submit(database, mother)
    await take(database, erlan)
    with pytest.raises(QueueEmpty) as empty:
        await next_for(database, dana)
    assert empty.value.claimed_by_others == 1


async def test_approving_decides_the_report_as_a_case_of_its_own(database: Database, mother: Chat, dana: Chat) -> None:
    report_id = await submit(database, mother)
    held = await take(database, dana)
    async with database.transaction() as work:
        decided = await Moderation(work).approve(dana, held)
        report = await work.reports.get(report_id)
    assert (decided.decision, decided.decided_by, decided.decided_at) == (Decision.APPROVED, dana.key, START)
    assert decided.case_id is not None
    assert report is not None
    assert (report.decision, report.decided_at) == (Decision.APPROVED, START)
    assert report.publish_as is Publishing.WITH_NAME


@pytest.mark.parametrize(
    ("agreed", "at_most", "shown"),
    [
        (Publishing.WITH_NAME, Publishing.WITH_NAME, Publishing.WITH_NAME),
        (Publishing.WITH_NAME, Publishing.INITIALS, Publishing.INITIALS),
        (Publishing.WITH_NAME, Publishing.WITHOUT_NAME, Publishing.WITHOUT_NAME),
        (Publishing.INITIALS, Publishing.WITH_NAME, Publishing.INITIALS),
        (Publishing.WITHOUT_NAME, Publishing.WITH_NAME, Publishing.WITHOUT_NAME),
        (Publishing.WITHOUT_NAME, Publishing.INITIALS, Publishing.WITHOUT_NAME),
        (Publishing.NOT_AT_ALL, Publishing.WITH_NAME, Publishing.NOT_AT_ALL),
        (Publishing.NOT_AT_ALL, Publishing.WITHOUT_NAME, Publishing.NOT_AT_ALL),
    ],
)
async def test_a_coordinator_can_show_less_than_the_reporter_agreed_to_and_never_more(
    *, database: Database, mother: Chat, dana: Chat, agreed: Publishing, at_most: Publishing, shown: Publishing
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, 1, publishing=agreed)
    held = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).approve(dana, held, publish_at_most=at_most)
        report = await work.reports.get(report_id)
    assert report is not None
    assert (report.consent.publishing, report.publish_as) == (agreed, shown)


@pytest.mark.parametrize("reason", list(RejectionReason))
async def test_rejecting_decides_the_report_for_a_reason(
    database: Database, location: Location, mother: Chat, dana: Chat, reason: RejectionReason
) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    async with database.transaction() as work:
        decided = await Moderation(work).reject(dana, held, reason)
    assert (decided.decision, decided.case_id) == (Decision.REJECTED, None)
    assert sql(location, "SELECT decision, reason, sealed_reason, publish_as FROM reports") == [
        ("rejected", reason.value, None, None)
    ]


async def test_a_reason_in_words_is_stored_sealed(
    database: Database, location: Location, mother: Chat, dana: Chat
) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).reject(dana, held, RejectionReason.OTHER, words="Бұл көшірме")
    ((reason, sealed),) = sql(location, "SELECT reason, sealed_reason FROM reports")
    assert reason == "other"
    assert len(sealed) > len("Бұл көшірме".encode())
    assert "Бұл".encode() not in sealed


async def test_after_a_decision_the_next_report_comes(database: Database, mother: Chat, dana: Chat) -> None:
    ids = [await submit(database, mother, number) for number in (1, 2)]
    for report_id in ids:
        held = await take(database, dana)
        assert held.report_id == report_id
        await approve(database, dana, held)
    with pytest.raises(QueueEmpty):
        await next_for(database, dana)


async def test_a_report_given_back_goes_to_another_first(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    first, second = [await submit(database, mother, number) for number in (1, 2)]
    held = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).release(dana, held)
    assert (await take(database, dana)).report_id == second
    assert (await take(database, erlan)).report_id == first


async def test_a_lone_coordinator_gets_a_report_given_back_again(database: Database, mother: Chat, dana: Chat) -> None:
    report_id = await submit(database, mother)
    held = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).release(dana, held)
    assert await take(database, dana) == Claim(report_id, held.revision + 2)


async def test_the_holder_of_a_report_is_given_it_to_act_on(database: Database, mother: Chat, dana: Chat) -> None:
    await submit(database, mother)
    report = await next_for(database, dana)
    async with database.transaction() as work:
        assert await Moderation(work).held(dana, Claim(report.report_id, report.revision)) == report


async def test_the_one_who_claimed_last_may_still_decide_after_the_lease_while_nobody_took_it(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    clock.now += CLAIM_LASTS
    async with database.transaction() as work:
        await Moderation(work).held(dana, held)
        assert (await Moderation(work).approve(dana, held)).decision is Decision.APPROVED


@every_press
async def test_a_report_another_claimed_is_said_to_be_in_the_hands_of_that_one(
    *, database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock, press: str
) -> None:
    await submit(database, mother)
    old = await take(database, dana)
    clock.now += CLAIM_LASTS
    assert [held.claim for held in await lapse(database)] == [old]
    await take(database, erlan)
    refused = await refusal(database, dana, old, press)
    assert (refused.state, refused.holder, refused.at) == (Holding.CLAIMED, "Ерлан", None)


@every_press
@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.REJECTED])
async def test_a_decided_report_is_said_to_be_decided_by_whom_and_when(
    *, database: Database, mother: Chat, dana: Chat, erlan: Chat, clock: Clock, press: str, decision: Decision
) -> None:
    await submit(database, mother)
    old = await take(database, dana)
    decided_at = clock.forward(minutes=40)
    await lapse(database)
    held = await take(database, erlan)
    async with database.transaction() as work:
        assert await work.decisions.decide(held, erlan, decision)
    clock.forward(minutes=1)
    for claim in (old, held):
        refused = await refusal(database, dana, claim, press)
        assert (refused.state, refused.holder, refused.at) == (Holding(decision.value), "Ерлан", decided_at)


@every_press
async def test_ones_own_decision_cannot_be_made_again(database: Database, mother: Chat, dana: Chat, press: str) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    await approve(database, dana, held)
    refused = await refusal(database, dana, held, press)
    assert (refused.state, refused.holder, refused.at) == (Holding.YOURS_ALREADY, None, None)


@every_press
async def test_a_report_given_back_is_said_to_wait(database: Database, mother: Chat, dana: Chat, press: str) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).release(dana, held)
    refused = await refusal(database, dana, held, press)
    assert (refused.state, refused.holder, refused.at) == (Holding.WAITING, None, None)


@every_press
async def test_an_older_card_of_a_report_one_holds_again_is_refused_as_old(
    database: Database, mother: Chat, dana: Chat, press: str
) -> None:
    await submit(database, mother)
    old = await take(database, dana)
    async with database.transaction() as work:
        await Moderation(work).release(dana, old)
    await take(database, dana)
    refused = await refusal(database, dana, old, press)
    assert (refused.state, refused.holder, refused.at) == (Holding.OLD_CARD, None, None)


async def test_a_holder_whose_name_was_never_noted_is_not_named(database: Database, mother: Chat, dana: Chat) -> None:
    await submit(database, mother)
    nameless = await meet(database, 103)
    held = await take(database, nameless)
    refused = await refusal(database, dana, held, "approve")
    assert (refused.state, refused.holder) == (Holding.CLAIMED, None)


async def test_a_refused_press_leaves_no_trace_in_the_history(
    database: Database, location: Location, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    await submit(database, mother)
    held = await take(database, dana)
    for press in ("approve", "reject", "release"):
        await refusal(database, erlan, held, press)
    assert column(location, "SELECT event FROM report_events ORDER BY revision") == ["submitted", "claimed"]
