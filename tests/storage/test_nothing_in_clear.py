"""What people said, and who they are, stands in no table of the database in a form that can be read."""

import pytest

from storage.database import Database
from storage.location import Location
from tests.storage.canaries import (
    CAPTION,
    DRAFT,
    FIRST_NAME,
    MOTHER,
    NO_SECRETS,
    REPORT,
    SECRETS,
    TOLD,
    forms,
    found,
    live_a_day,
)
from tests.storage.support import FIRST_KEY, insert, sql
from tests.storage.thief import cells, readable


def dump(location: Location) -> dict[str, bytes]:
    """Return all that stands in each table."""
    return {
        table: b"|".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in found)
        for table, found in cells(location).items()
    }


async def test_nothing_about_people_stands_in_clear(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    everything = dump(location)
    assert {name: words for name, words in found(everything, NO_SECRETS).items() if words} == {
        "chats": [NO_SECRETS[0]],
        "outbox": [NO_SECRETS[0]],
        "deferred_updates": [NO_SECRETS[1]],
    }
    assert found(everything, SECRETS) == {name: [] for name in everything}


async def test_the_day_writes_into_every_table_that_holds_what_people_said(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    sealed = [name for name, content in dump(location).items() if content]
    assert set(sealed) >= {
        "chats",
        "conversations",
        "outbox",
        "reports",
        "report_answers",
        "deferred_updates",
        "inbox",
        "evidence",
        "additions",
        "corrections",
        "audit",
        "audit_head",
    }


async def test_what_is_withdrawn_opens_for_nobody_not_even_with_the_master_key(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        await live_a_day(work)
    others = [*DRAFT, *CAPTION, *FIRST_NAME]
    before = {"all": readable(location, FIRST_KEY)}
    assert found(before, [*TOLD, *others]) == {"all": [*TOLD, *others]}
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        report = await work.own_reports.get(mother, REPORT)
        assert report is not None
        assert await work.own_reports.withdraw(mother, report)
    after = {"all": readable(location, FIRST_KEY)}
    assert found(after, [*TOLD, *others]) == {"all": others}
    assert await _count(database, REPORT) == 0


async def _count(database: Database, report_id: int) -> int:
    """Return how many pieces of what was told about a report can be read."""
    async with database.snapshot() as work:
        report = await work.reports.get(report_id)
        assert report is not None
        additions, evidence = await work.additions.of([report_id]), await work.evidence.of_reports([report_id])
        return len(report.answers) + len(additions) + len(evidence[report_id])


@pytest.mark.parametrize("secret", ["Quetzalcoatl", "Нұрсұлтанбек", str(MOTHER)])
def test_words_in_clear_would_be_found_in_every_form(location: Location, secret: str) -> None:
    for number, form in enumerate(forms(secret)):
        sql(location, "DELETE FROM secrets")
        insert(location, "secrets", name=str(number), wrapped=b"..." + form + b"...")
        assert found(dump(location), SECRETS)["secrets"] == [secret]
