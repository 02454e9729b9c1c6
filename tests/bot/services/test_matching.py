"""The same person? The index, the candidates, and what becomes of a check that fails."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain.answer import Answer
from bot.domain.matching import Agreement, NameMatch
from bot.domain.report import Decision, Report
from bot.services.matching import Candidate, Matching, candidates_or_none, index_some
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from tests.bot.services.support import meet
from tests.storage.support import LONG, add_report, column, insert, said, sql

PAIRS = Path(__file__).parents[1] / "understanding" / "data"
FLOOR = 0.97
"""Of pairs of one person's names, so many find each other among the first five of a thousand (0031)."""


def told(name: str, *, city: str = "almaty", day: str = "2022-01-05", age: str = "") -> Mapping[str, Answer]:
    answers = {"name": said(name), "city": said(city, value=city), "date": said(day, value=day)}
    return {**answers, "age": said(age, value="adult")} if age else answers


async def store(database: Database, *people: Mapping[str, Answer]) -> list[int]:
    mother = await meet(database, 77001234567)
    async with database.transaction() as work:
        first = 1 + sum((await work.reports.count_by_state()).values())
        ids = [await add_report(work, mother, first + place, answers=one) for place, one in enumerate(people)]
    await index(database)
    return ids


async def index(database: Database) -> dict[int, BaseException]:
    failed: dict[int, BaseException] = {}
    while (indexed := await database.perform(index_some)).reports:
        failed |= indexed.failed
    return failed


async def opened(database: Database, report_id: int) -> Report:
    async with database.transaction() as work:
        report = await work.reports.get(report_id)
    assert report is not None
    return report


async def candidates(database: Database, report_id: int) -> list[Candidate]:
    report = await opened(database, report_id)
    async with database.transaction() as work:
        return await Matching(work).candidates(report)


async def decide(database: Database, decision: Decision) -> int:
    dana = await meet(database, 101, "Dana")
    async with database.transaction() as work:
        claim = await work.queue.claim_next(dana, until=work.now + LONG)
        assert claim is not None
        assert await work.decisions.decide(claim, dana, decision)
    return claim.report_id


async def test_a_person_is_found_in_another_spelling_and_it_is_said_what_differs(database: Database) -> None:
    one, other, _ = await store(
        database,
        told("Шыңғыс Әбдірахманов", age="1987"),
        told("Abdrakhmanov Chingiz", city="semey", day="2022-01-06", age="1995"),
        told("Марат Сериков"),
    )
    (found,) = await candidates(database, one)
    assert (found.report.report_id, found.case_id) == (other, None)
    assert found.comparison.name is NameMatch.SPELLING
    assert (found.comparison.city, found.comparison.days_apart) == (Agreement.OTHER, 1)
    assert found.comparison.birth is Agreement.OTHER


async def test_the_likeliest_come_first_and_no_more_than_five(database: Database) -> None:
    far, near, *others = await store(
        database,
        told("Ерлан Жумабаев", city="semey", day="2021-10-01"),
        told("Ерлан Жумабаев"),
        *(told("Жумабаев", city="semey") for _ in range(6)),
        told("Ерлан Жумабаев"),
    )
    found = [one.report.report_id for one in await candidates(database, others[-1])]
    assert found[0] == near
    assert len(found) == 5
    assert set(found) <= {far, near, *others[:-1]}


async def test_neither_itself_nor_rejected_nor_withdrawn_reports_are_candidates(
    database: Database, location: Location
) -> None:
    mother = await meet(database, 77001234567)
    rejected, withdrawn, waiting, asked = await store(database, *(told("Ерлан Жумабаев") for _ in range(4)))
    assert await decide(database, Decision.REJECTED) == rejected
    async with database.transaction() as work:
        own = await work.own_reports.get(mother, withdrawn)
        assert own is not None
        assert await work.own_reports.withdraw(mother, own)
    assert [one.report.report_id for one in await candidates(database, asked)] == [waiting]
    assert not column(location, "SELECT key FROM search_keys WHERE report_id = :id", id=withdrawn)
    assert not await index(database)


async def test_a_case_is_one_candidate_by_its_best_report(database: Database, location: Location) -> None:
    far, near, single, asked = await store(
        database, told("Ерлан Жумабаев", city="semey"), *(told("Ерлан Жумабаев") for _ in range(3))
    )
    insert(location, "cases", id=7, revision=1, status="detained", opened_by="k", opened_at_ms=0)
    sql(location, "UPDATE reports SET case_id = 7 WHERE id IN (:far, :near)", far=far, near=near)
    found = {(one.report.report_id, one.case_id) for one in await candidates(database, asked)}
    assert found == {(near, 7), (single, None)}
    sql(location, "UPDATE reports SET case_id = 7 WHERE id = :asked", asked=asked)
    assert [one.report.report_id for one in await candidates(database, asked)] == [single]


async def test_reports_from_before_cities_were_noted_are_queued_under_their_city(
    database: Database, location: Location
) -> None:
    first, second, nowhere = await store(
        database, told("Ерлан Жумабаев", city="semey"), told("Ерлан Жумабаев", city="almaty"), told("Ерлан Жумабаев")
    )
    sql(location, "UPDATE reports SET city_key = NULL, indexed = 0 WHERE id <> :second", second=second)
    async with database.transaction() as work:
        await index_some(work)
        counted = {count.city_key: count.waiting for count in await work.queue.by_city()}
        assert counted[work.reports.city_key("semey")] == 1
    assert sum(counted.values()) == len({first, second, nowhere})


async def test_a_check_that_fails_leaves_the_transaction_as_it_was(database: Database, location: Location) -> None:
    (report_id,) = await store(database, told("Ерлан Жумабаев"))
    report = await opened(database, report_id)
    sql(location, "DROP TABLE search_keys")
    async with database.transaction() as work, work.turn():
        written: Chat = await work.chats.meet(5, language="kk")
        assert (await candidates_or_none(work, report))[0] is None
        assert await work.reports.get(report_id)
    async with database.transaction() as work:
        assert await work.chats.get(written.key)


async def test_a_report_that_cannot_be_indexed_is_named_once_and_keeps_back_no_other(
    database: Database, location: Location
) -> None:
    broken, whole = await store(database, told("Ерлан Жумабаев"), told("Ерлан Жумабаев"))
    sql(location, "UPDATE report_answers SET sealed = :bad WHERE report_id = :id", bad=b"x" * 40, id=broken)
    sql(location, "UPDATE reports SET indexed = 0")
    assert list(await index(database)) == [broken]
    assert set(column(location, "SELECT report_id FROM search_keys")) == {whole}
    assert not column(location, "SELECT id FROM reports WHERE indexed = 0")


async def test_what_is_answered_later_is_found_as_well(database: Database) -> None:
    mother = await meet(database, 77001234567)
    (report_id,) = await store(database, told("Ерлан Жумабаев"))
    async with database.transaction() as work:
        own = await work.own_reports.get(mother, report_id)
        assert own is not None
        answers = {"status": said("released", value="released")}
        await work.own_reports.put_answers(own, answers, positions={"status": 6}, urgent=False)
    await index(database)
    async with database.transaction() as work:
        assert await work.search.walk("status:released", most=9) == [report_id]


def people() -> list[list[str]]:
    """Return the names of each person in the labelled pairs, each in two spellings at least."""
    person_of: dict[str, list[str]] = {}
    for file in ("name_pairs.csv", "name_pairs_more.csv"):
        for row in csv.DictReader((PAIRS / file).read_text(encoding="utf-8").splitlines()):
            if row["same"] == "1" and "known-miss" not in row["kind"]:
                one, other = (person_of.setdefault(name, [name]) for name in (row["a"], row["b"]))
                if one is not other:
                    one += other
                    person_of |= dict.fromkeys(other, one)
    return list({id(names): names for names in person_of.values()}.values())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_of_a_thousand_reports_those_of_one_person_find_each_other(database: Database) -> None:
    told_of = [(number, name) for number, names in enumerate(people()) for name in names][:1000]
    assert len(told_of) > 900
    ids = await store(database, *(told(name) for _, name in told_of))
    person_of = {report_id: number for report_id, (number, _) in zip(ids, told_of, strict=True)}
    asked = [one for one in ids[::9] if list(person_of.values()).count(person_of[one]) > 1]
    found = [
        any(person_of[each.report.report_id] == person_of[one] for each in await candidates(database, one))
        for one in asked
    ]
    assert sum(found) / len(asked) >= FLOOR, (sum(found), len(asked))
