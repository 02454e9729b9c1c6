"""Cases: who has one open, what stands on its page, joining and parting."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.answer import Answer
from bot.domain.audit import AuditAct
from bot.domain.case import CaseStatus
from bot.domain.errors import CaseHolding, CaseNotYours
from bot.services.case_page import CasePage, Statement
from bot.services.cases import CaseDesk, lapse_cases
from bot.services.matching import index_some
from bot.services.moderation import Moderation
from storage.cases import CaseClaim
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from tests.bot.services.case_support import approved, desk, open_page, take
from tests.bot.services.support import meet
from tests.storage.support import REFUSED, Clock, add_report, column, insert, said, sql


@pytest.fixture
async def mother(database: Database) -> Chat:
    return await meet(database, 77001234567)


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


@pytest.fixture
async def erlan(database: Database) -> Chat:
    return await meet(database, 102, "Ерлан")


async def acts_of(database: Database) -> list[str]:
    async with database.snapshot() as work:
        return [entry.act async for entry in work.audit.newest()]


async def act(
    database: Database, page: CasePage, what: Callable[[CaseDesk, CaseClaim], Awaitable[CasePage]]
) -> CasePage:
    async with database.transaction() as work:
        return await what(desk(work), page.claim)


async def refusal(database: Database, what: Callable[[CaseDesk], Awaitable[object]]) -> CaseNotYours:
    with pytest.raises(CaseNotYours) as refused:
        async with database.transaction() as work:
            await what(desk(work))
    return refused.value


def shown(statements: tuple[Statement, ...]) -> list[tuple[list[int], bool]]:
    return [(list(one.answers), one.is_picked) for one in statements]


# Opening


async def test_one_at_a_time_has_a_case_open(database: Database, mother: Chat, dana: Chat, erlan: Chat) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    refused = await refusal(database, lambda it: it.open(erlan, case_id))
    assert (refused.state, refused.holder) == (CaseHolding.CLAIMED, "Дана")
    again = await open_page(database, dana, case_id)
    assert again.claim.revision == page.claim.revision + 1
    async with database.transaction() as work:
        await desk(work).close(dana, case_id)
    assert (await open_page(database, erlan, case_id)).case_id == case_id
    assert AuditAct.READ_CASE in await acts_of(database)


async def test_of_two_who_open_one_case_at_once_one_gets_it(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    pages = await asyncio.gather(
        open_page(database, dana, case_id), open_page(database, erlan, case_id), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in pages) == ["CaseNotYours", "CasePage"]


async def test_a_case_without_reports_is_none(database: Database, mother: Chat, dana: Chat) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, 1)
        made = await Moderation(work).approve(dana, await take(work, dana, report_id))
        await Moderation(work).undo(dana, report_id, made.decision_id)
    for case_id in (made.case_id or 0, 999):
        assert (await refusal(database, lambda it, c=case_id: it.open(dana, c))).state is CaseHolding.NONE  # type: ignore[misc]


async def test_a_lease_that_is_over_closes_the_case_and_an_act_renews_it(
    database: Database, mother: Chat, dana: Chat, clock: Clock
) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    clock.forward(minutes=10)
    await act(database, page, lambda it, claim: it.page(dana, claim))
    clock.forward(minutes=10)
    async with database.transaction() as work:
        assert await lapse_cases(work) == []
    clock.forward(minutes=5)
    async with database.transaction() as work:
        assert [one.claim.case_id for one in await lapse_cases(work)] == [case_id]
    refused = await refusal(database, lambda it: it.page(dana, page.claim))
    assert refused.state is CaseHolding.CLOSED
    assert AuditAct.CLAIM_LAPSED in await acts_of(database)


async def test_a_lead_can_close_what_another_has_open(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    async with database.transaction() as work:
        broken = await desk(work).break_claim(erlan, page.claim)
        assert broken is not None
        assert broken.holder_key == dana.key
        assert await desk(work).break_claim(erlan, page.claim) is None
    assert (await refusal(database, lambda it: it.page(dana, page.claim))).state is CaseHolding.CLOSED


async def test_who_is_revoked_has_no_case_open(database: Database, mother: Chat, dana: Chat, erlan: Chat) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    await open_page(database, dana, case_id)
    async with database.transaction() as work:
        await work.members.release_all_of(dana)
    assert (await open_page(database, erlan, case_id)).case_id == case_id


async def test_a_button_of_an_older_page_changes_nothing(database: Database, mother: Chat, dana: Chat) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    noted = await act(
        database, page, lambda it, claim: it.set_status(dana, claim, CaseStatus.MOVED, source=None, days=None)
    )
    refused = await refusal(
        database, lambda it: it.set_status(dana, page.claim, CaseStatus.DIED, source=None, days=None)
    )
    assert refused.state is CaseHolding.OLD_PAGE
    assert [one.status for one in noted.statuses] == [CaseStatus.MOVED]
    assert (await open_page(database, dana, case_id)).status is CaseStatus.MOVED


# The page


async def test_statements_that_say_the_same_are_one_and_others_stand_side_by_side(
    database: Database, mother: Chat, dana: Chat
) -> None:
    first, case_id = await approved(
        database,
        mother,
        dana,
        1,
        answers={
            "name": said("Нұрлан Жұмабаев"),
            "city": said("Алма-Ата", value="almaty"),
            "date": said("5 января", value="2022-01-05"),
            "conditions": said("Бьют"),
            "contact": said("+7 701 000 00 00"),
            "charge": Answer.skipped(),
        },
    )
    second, _ = await approved(
        database,
        mother,
        dana,
        2,
        into=case_id,
        answers={
            "name": said("Zhumabaev Nurlan"),
            "city": said("в Алматы", value="almaty"),
            "date": said("6.01", value="2022-01-06"),
            "conditions": said("бьют "),
        },
    )
    page = await open_page(database, dana, case_id)
    assert {one.question.key: shown(one.statements) for one in page.said} == {
        "name": [([first, second], False)],
        "city": [([first, second], False)],
        "date": [([first], False), ([second], False)],
        "conditions": [([first, second], False)],
    }
    picked = await act(database, page, lambda it, claim: it.pick(dana, claim, "date", second))
    assert shown(picked.of("date").statements) == [([first], False), ([second], True)]
    again = await act(database, picked, lambda it, claim: it.pick(dana, claim, "date", first))
    assert shown(again.of("date").statements) == [([first], True), ([second], False)]
    for question, report_id in (("charge", first), ("date", 99), ("age", first)):
        with pytest.raises(ValueError, match=r"charge|99|age"):
            await act(database, again, lambda it, claim, q=question, r=report_id: it.pick(dana, claim, q, r))  # type: ignore[misc]
    assert AuditAct.PICKED in await acts_of(database)


async def test_the_status_is_that_of_the_latest_day_and_can_be_taken_back_by_whoever_noted_it(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    report_id, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    assert page.status is CaseStatus.DETAINED
    for status, days in ((CaseStatus.RELEASED, "2022-01-05"), (CaseStatus.MOVED, "2022-01-02/2022-01-03")):
        page = await act(
            database,
            page,
            lambda it, claim, s=status, d=days: it.set_status(dana, claim, s, source=report_id, days=d),  # type: ignore[misc]
        )
    assert [one.status for one in page.statuses] == [CaseStatus.MOVED, CaseStatus.RELEASED]
    assert page.status is CaseStatus.RELEASED
    released = page.statuses[-1].status_id
    async with database.transaction() as work:  # an update is confirmed: nobody need have the case open for that
        await desk(work).add_status(erlan, case_id, CaseStatus.CHARGED, source=report_id)
    with pytest.raises(ValueError, match="99"):
        async with database.transaction() as work:
            await desk(work).add_status(erlan, case_id, CaseStatus.CHARGED, source=99)
    page = await open_page(database, dana, case_id)
    assert (page.status, page.statuses[-1].added_by) == (CaseStatus.CHARGED, erlan.key)
    others = page.statuses[-1].status_id
    with pytest.raises(ValueError, match=str(others)):
        await act(database, page, lambda it, claim: it.remove_status(dana, claim, others))
    page = await act(database, page, lambda it, claim: it.remove_status(dana, claim, others, as_lead=True))
    assert page.status is CaseStatus.RELEASED
    page = await act(database, page, lambda it, claim: it.remove_status(dana, claim, released))
    assert page.status is CaseStatus.MOVED


async def test_notes_and_tags_stand_on_the_page_and_sealed_in_the_tables(
    database: Database, location: Location, mother: Chat, dana: Chat
) -> None:
    _, case_id = await approved(database, mother, dana, 1)
    page = await open_page(database, dana, case_id)
    async with database.transaction() as work:
        await desk(work).add_note(dana, case_id, "Адвокат Қуаныш")
        await desk(work).add_tag(dana, case_id, "Жанаозен")
        page = await desk(work).add_tag(dana, case_id, "жанаозен")
    assert [(one.text, page.people[one.written_by]) for one in page.notes] == [("Адвокат Қуаныш", "Дана")]
    assert [one.text for one in page.tags] == ["Жанаозен"]
    stored = column(location, "SELECT sealed FROM case_notes") + column(location, "SELECT sealed FROM case_tags")
    assert not [one for one in stored if "Қуаныш".encode() in one or "анаозен".encode() in one]
    page = await act(database, page, lambda it, claim: it.drop_tag(dana, claim, page.tags[0].key))
    assert page.tags == ()
    with pytest.raises(ValueError, match="nothing"):
        await act(database, page, lambda it, claim: it.drop_tag(dana, claim, "nothing"))
    assert set(await acts_of(database)) >= {AuditAct.NOTE_ADDED, AuditAct.TAG_ADDED, AuditAct.TAG_REMOVED}


# Joining and parting


async def three(database: Database, mother: Chat, dana: Chat) -> list[tuple[int, int]]:
    """Return three reports with their cases, 1 and 2 and 3."""
    return [await approved(database, mother, dana, number) for number in (1, 2, 3)]


async def test_what_is_joined_is_shown_with_its_root_and_parted_exactly(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    (one, first), (other, second), _ = await three(database, mother, dana)
    async with database.transaction() as work:
        await desk(work).add_status(dana, second, CaseStatus.DIED, source=other, days="2022-01-06")
    await open_page(database, dana, second)
    page = await open_page(database, dana, first)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, second))
    assert [source.report.report_id for source in page.sources] == [one, other]
    assert (page.status, [one.case_id for one in page.joined]) == (CaseStatus.DIED, [second])
    async with database.transaction() as work:
        assert await work.search.cases_of([one, other]) == {one: first, other: first}
        await desk(work).close(dana, first)
    asked = await open_page(database, erlan, second)
    assert (asked.case_id, asked.asked_for) == (first, second)
    page = await act(database, asked, lambda it, claim: it.unmerge(erlan, claim, second))
    assert ([source.report.report_id for source in page.sources], page.status) == ([one], CaseStatus.DETAINED)
    parted = await open_page(database, dana, second)
    assert ([source.report.report_id for source in parted.sources], parted.status) == ([other], CaseStatus.DIED)
    assert set(await acts_of(database)) >= {AuditAct.MERGED, AuditAct.UNMERGED}


async def test_a_case_that_another_has_open_is_not_joined_nor_one_into_itself(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    (_, first), (_, second), (_, third) = await three(database, mother, dana)
    page = await open_page(database, dana, first)
    await open_page(database, erlan, second)
    refused = await refusal(database, lambda it: it.merge(dana, page.claim, second))
    assert (refused.case_id, refused.state, refused.holder) == (second, CaseHolding.CLAIMED, "Ерлан")
    assert (await refusal(database, lambda it: it.merge(dana, page.claim, 99))).state is CaseHolding.NONE
    with pytest.raises(CaseNotYours):
        await act(database, page, lambda it, claim: it.merge(dana, claim, first))
    with pytest.raises(ValueError, match=str(first)):
        async with database.transaction() as work:
            await desk(work).other(dana, page.claim, first)
    with pytest.raises(ValueError, match=str(third)):
        await act(database, page, lambda it, claim: it.unmerge(dana, claim, third))


async def test_in_a_chain_the_middle_leaves_with_what_was_joined_into_it(
    database: Database, mother: Chat, dana: Chat
) -> None:
    (one, first), (two, second), (three_, third) = await three(database, mother, dana)
    page = await open_page(database, dana, second)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, third))
    page = await open_page(database, dana, first)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, second))
    assert [(joined.case_id, joined.into) for joined in page.joined] == [(second, first), (third, second)]
    page = await act(database, page, lambda it, claim: it.unmerge(dana, claim, second))
    assert [source.report.report_id for source in page.sources] == [one]
    middle = await open_page(database, dana, third)
    assert (middle.case_id, [source.report.report_id for source in middle.sources]) == (second, [two, three_])


async def test_a_report_goes_into_the_case_that_was_named_whatever_that_is_joined_into(
    database: Database, mother: Chat, dana: Chat
) -> None:
    (_, first), (other, second), _ = await three(database, mother, dana)
    page = await open_page(database, dana, first)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, second))
    attached, _ = await approved(database, mother, dana, 4, into=second)
    page = await open_page(database, dana, first)
    assert attached in [source.report.report_id for source in page.sources]
    await act(database, page, lambda it, claim: it.unmerge(dana, claim, second))
    parted = await open_page(database, dana, second)
    assert [source.report.report_id for source in parted.sources] == [other, attached]


async def test_where_no_report_is_left_in_the_case_that_was_open_it_is_parted_and_closed(
    database: Database, mother: Chat, dana: Chat
) -> None:
    (one, first), (_, second), _ = await three(database, mother, dana)
    page = await open_page(database, dana, first)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, second))
    async with database.transaction() as work:
        made = await work.decisions.standing(one)
        assert made is not None
        await Moderation(work).undo(dana, one, made.decision_id)
    async with database.transaction() as work:
        with pytest.raises(CaseNotYours) as refused:
            await desk(work).unmerge(dana, page.claim, second)
    assert refused.value.state is CaseHolding.NONE
    assert (await open_page(database, dana, second)).case_id == second
    async with database.transaction() as work:
        assert [opened.claim.case_id for opened in await work.cases.every_open()] == [second]


async def test_candidates_of_a_joined_case_are_those_of_its_root(database: Database, mother: Chat, dana: Chat) -> None:
    (_, first), (_, second), (_, third) = await three(database, mother, dana)
    async with database.transaction() as work:
        await index_some(work)
    page = await open_page(database, dana, second)
    page = await act(database, page, lambda it, claim: it.merge(dana, claim, third))
    page = await open_page(database, dana, first)
    async with database.transaction() as work:
        assert [one.case_id for one in await desk(work).alike(dana, page)] == [second]
    assert (await acts_of(database))[0] == AuditAct.READ_CANDIDATES


async def test_the_database_joins_no_case_to_itself_and_knows_who_did_it(
    database: Database, location: Location, dana: Chat
) -> None:
    async with database.transaction() as work:
        case_id, other = await work.cases.open(dana), await work.cases.open(dana)
    joined = "UPDATE cases SET merged_into = :into, merged_by = :by, merged_at_ms = :at WHERE id = :id"
    for into, by, at in ((case_id, dana.key, 1), (other, None, 1), (other, dana.key, None), (99, dana.key, 1)):
        with pytest.raises(REFUSED):
            sql(location, joined, into=into, by=by, at=at, id=case_id)
    with pytest.raises(REFUSED):
        insert(location, "case_tags", case_id=99, tag_key="x", sealed=b"x", added_by="x", added_at_ms=1)


async def test_two_who_join_two_cases_crosswise_make_no_ring(
    database: Database, mother: Chat, dana: Chat, erlan: Chat
) -> None:
    (_, first), (_, second), _ = await three(database, mother, dana)
    one, other = await open_page(database, dana, first), await open_page(database, erlan, second)

    async def join(who: Chat, claim: CaseClaim, case_id: int) -> None:
        async with database.transaction() as work:
            await desk(work).merge(who, claim, case_id)

    results = await asyncio.gather(
        join(dana, one.claim, second), join(erlan, other.claim, first), return_exceptions=True
    )
    assert all(isinstance(result, CaseNotYours) for result in results)
