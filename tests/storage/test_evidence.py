from contextlib import suppress
from datetime import timedelta

import pytest

from bot.domain.evidence import Contents, EvidenceKind, EvidenceState, Piece, Refusal
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.database import Database
from storage.evidence import OpenPiece
from storage.location import Location
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, Clock, add_report, column, sql

LEASE = timedelta(minutes=10)


@pytest.fixture
async def mother(database: Database) -> Chat:
    async with database.transaction() as work:
        await work.processes.beat()
        return await work.chats.meet(1, language="ru")


async def add(
    work: UnitOfWork,
    chat: Chat,
    message_id: int,
    *,
    kind: EvidenceKind = EvidenceKind.PHOTO,
    report_id: int | None = None,
    caption: str = "",
) -> int:
    contents = Contents(message_id=message_id, file_id=f"file {message_id}", caption=caption)
    added = await work.evidence.add(chat, kind, contents, report_id=report_id, question="name")
    assert added is not None
    return added


async def lease(database: Database) -> list[OpenPiece]:
    async with database.transaction() as work:
        return [sealed.open() for sealed in await work.evidence.lease(until=work.now + LEASE, most=9)]


async def piece(database: Database, evidence_id: int) -> Piece:
    async with database.transaction() as work:
        opened = await work.evidence.get(evidence_id)
    assert opened is not None
    return opened.piece


async def test_one_message_is_one_piece(database: Database, mother: Chat, clock: Clock) -> None:
    async with database.transaction() as work:
        first = await add(work, mother, 7, caption="Его рука")
        again = await work.evidence.add(
            mother, EvidenceKind.PHOTO, Contents(message_id=7), report_id=None, question=None
        )
    assert again is None
    kept = await piece(database, first)
    assert kept == Piece(
        evidence_id=first,
        chat_key=mother.key,
        report_id=None,
        question="name",
        kind=EvidenceKind.PHOTO,
        state=EvidenceState.WAITING,
        received_at=clock.now,
        attempts=0,
        file=None,
        contents=Contents(message_id=7, file_id="file 7", caption="Его рука"),
    )


async def test_what_has_no_file_is_kept_as_it_is(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        place = await add(work, mother, 7, kind=EvidenceKind.LOCATION)
    assert (await piece(database, place)).state is EvidenceState.KEPT
    assert await lease(database) == []


async def test_a_piece_is_one_process_s_until_its_lease_ends_or_the_process_does(
    database: Database, location: Location, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await add(work, mother, 7)
    async with Database.open(location, FIRST_KEY, clock=clock) as other:
        (first,) = await lease(database)
        assert await lease(other) == []
        async with other.transaction() as work:
            await work.evidence.release_leases()  # its process lives
        assert await lease(other) == []
        async with other.transaction() as work:
            ((process, beat),) = (await work.processes.beats()).items()
            await work.processes.bury(process, beat=beat)
            await work.evidence.release_leases()
        (second,) = await lease(other)
        assert (first.piece.attempts, second.piece.attempts) == (1, 2)
        async with database.transaction() as work:
            assert await work.evidence.settle(first.piece, EvidenceState.KEPT, file="f") is None
            await work.evidence.postpone(first.piece, until=work.now)
        assert await lease(database) == []
        clock.forward(minutes=10)
        (third,) = await lease(database)
        assert third.piece.attempts == 3


async def test_a_piece_is_settled_with_what_was_found_and_the_caption_as_it_is_by_then(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        number = await add(work, mother, 7, caption="before")
    (leased,) = await lease(database)
    async with database.transaction() as work:
        assert await work.evidence.recaption(mother, 7, "after")
        assert not await work.evidence.recaption(mother, 8, "of nothing")
    async with database.transaction() as work:
        settled = await work.evidence.settle(leased.piece, EvidenceState.KEPT, file="f", type="image/png", size=3)
    kept = await piece(database, number)
    assert settled is not None
    assert settled.piece == kept
    assert (kept.state, kept.file, kept.contents.type) == (EvidenceState.KEPT, "f", "image/png")
    assert kept.contents.caption == "after"
    assert await lease(database) == []


async def test_a_piece_put_off_comes_again_and_no_sooner(database: Database, mother: Chat, clock: Clock) -> None:
    async with database.transaction() as work:
        await add(work, mother, 7)
    (leased,) = await lease(database)
    async with database.transaction() as work:
        await work.evidence.postpone(leased.piece, until=work.now + timedelta(seconds=5))
    assert await lease(database) == []
    clock.forward(seconds=5)
    assert len(await lease(database)) == 1


async def test_what_was_sent_with_a_draft_belongs_to_its_report_and_to_no_other(
    database: Database, mother: Chat
) -> None:
    async with database.transaction() as work:
        other = await work.chats.meet(2, language="ru")
        await add(work, other, 1)
        async with work.turn():
            dropped = await add(work, mother, 2)
            await work.evidence.shred_draft(mother)
        async with work.turn():
            await add(work, mother, 3)
            await add(work, mother, 4, kind=EvidenceKind.VOICE)
            report_id = await add_report(work, mother, 1)
            await work.evidence.attach(mother, report_id)
        async with work.turn():
            await add(work, mother, 5)
    async with database.transaction() as work:
        assert await work.evidence.counts_of_report(report_id) == {EvidenceKind.PHOTO: 1, EvidenceKind.VOICE: 1}
        assert await work.evidence.counts_of_draft(mother) == {EvidenceKind.PHOTO: 1}
        of_reports = await work.evidence.of_reports([report_id, 99])
        assert [one.contents.message_id for one in of_reports[report_id]] == [3, 4]
        assert of_reports[99] == []
        assert await work.evidence.get(dropped) is None


async def test_a_turn_that_fails_neither_attaches_nor_shreds(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        await add(work, mother, 1)
        report_id = await add_report(work, mother, 1)
        with suppress(RuntimeError):
            async with work.turn():
                await work.evidence.attach(mother, report_id)
                await work.evidence.shred_draft(mother)
                raise RuntimeError
    async with database.transaction() as work:
        assert await work.evidence.counts_of_draft(mother) == {EvidenceKind.PHOTO: 1}


async def test_what_is_refused_is_not_counted_and_keeps_its_caption(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        number = await add(work, mother, 7, caption="his name")
    (leased,) = await lease(database)
    async with database.transaction() as work:
        await work.evidence.settle(leased.piece, EvidenceState.REFUSED, refusal=Refusal.WRONG_TYPE)
        assert await work.evidence.counts_of_draft(mother) == {}
    refused = await piece(database, number)
    assert (refused.contents.caption, refused.contents.refusal) == ("his name", Refusal.WRONG_TYPE)


async def test_what_is_shredded_has_no_key_and_gives_its_file_away(
    database: Database, location: Location, mother: Chat
) -> None:
    async with database.transaction() as work:
        report_id = await add_report(work, mother, 1)
        kept = await add(work, mother, 1, report_id=report_id)
    (leased,) = await lease(database)
    async with database.transaction() as work:
        await work.evidence.settle(leased.piece, EvidenceState.KEPT, file="f")
        being_fetched = await add(work, mother, 2, report_id=report_id)
    (leased,) = await lease(database)
    async with database.transaction() as work:
        assert await work.evidence.unnamed(["f", "g"]) == {"g"}
        await work.evidence.shred_report(report_id)
    async with database.transaction() as work:
        assert [await work.evidence.get(number) for number in (kept, being_fetched)] == [None, None]
        assert await work.evidence.settle(leased.piece, EvidenceState.KEPT, file="g") is None
        assert not await work.evidence.recaption(mother, 1, "too late")
        assert await work.evidence.to_remove(most=9) == {kept: "f"}
        await work.evidence.forget_files([kept])
        assert await work.evidence.to_remove(most=9) == {}
    assert column(location, "SELECT count(*) FROM evidence WHERE wrapped_key IS NULL AND sealed IS NULL") == [2]


async def test_a_day_s_pieces_are_counted_no_further_than_need_be(
    database: Database, mother: Chat, clock: Clock
) -> None:
    async with database.transaction() as work:
        await add(work, mother, 1)
    clock.forward(hours=23)
    async with database.transaction() as work:
        for number in range(2, 5):
            await add(work, mother, number)
        since = work.now - timedelta(hours=24)
        assert await work.evidence.count_since(mother, since, most=9) == 4
        assert await work.evidence.count_since(mother, since, most=2) == 2
    clock.forward(hours=1)
    async with database.transaction() as work:
        assert await work.evidence.count_since(mother, work.now - timedelta(hours=24), most=9) == 3


async def test_a_file_opens_with_its_own_key_alone(database: Database, mother: Chat) -> None:
    async with database.transaction() as work:
        for number in (1, 2):
            await add(work, mother, number)
    one, other = await lease(database)
    sealed = one.seal_file(b"bytes")
    assert one.open_file(sealed) == b"bytes"
    with pytest.raises(WrongKey):
        other.open_file(sealed)


async def test_the_newest_report_is_one_that_is_not_taken_back(
    database: Database, location: Location, mother: Chat
) -> None:
    async def newest_of(work: UnitOfWork) -> int | None:
        return next((own.report_id for own in await work.own_reports.of(mother, most=1)), None)

    async with database.transaction() as work:
        assert await newest_of(work) is None
        first, second = await add_report(work, mother, 1), await add_report(work, mother, 2)
        await add_report(work, await work.chats.meet(2, language="ru"), 3)
        assert await newest_of(work) == second
    sql(
        location,
        "UPDATE reports SET decision = 'withdrawn', decided_at_ms = 1, decided_by = chat_key, wrapped_key = NULL,"
        " sealed_receipt = NULL WHERE id = :id",
        id=second,
    )
    async with database.transaction() as work:
        assert await newest_of(work) == first
