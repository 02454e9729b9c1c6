"""The team: joining by a link, changing, leaving, and stopping all showing."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.access import Role
from bot.domain.errors import InviteUnusable, MemberAlready, NoSuchMember, NotLead, NotOneself
from bot.services.staff import INVITE_LASTS, THAW_LASTS, Staff, is_token, seat
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.unit_of_work import UnitOfWork
from tests.storage.support import FIRST_KEY, Clock, column, scripted

DINA, ASKAR, NURLAN, OLGA = 1, 2, 3, 4
TOKEN = "tokentokentokentoken12"


def staff(work: UnitOfWork, token: str = TOKEN) -> Staff:
    return Staff(work, choose=scripted(token))


async def chat(work: UnitOfWork, who: int) -> Chat:
    return await work.chats.meet(who, language="en")


async def with_leads(database: Database, *leads: int) -> None:
    await database.perform(lambda work: seat(work, frozenset(leads), language="en"))


async def offer(database: Database, role: Role = Role.COORDINATOR, token: str = TOKEN) -> int:
    async with database.transaction() as work:
        return (await staff(work, token).invite(await chat(work, DINA), role)).number


async def join(database: Database, who: int, token: str = TOKEN) -> Role:
    async def accept(work: UnitOfWork) -> Role:
        role, _ = await staff(work).accept(await chat(work, who), token)
        return role

    return await database.perform(accept)


async def roles(database: Database) -> dict[int, Role]:
    async with database.transaction() as work:
        return {one.chat.telegram_id: one.member.role for one in await staff(work).every()}


async def number_of(database: Database, who: int) -> int:
    async with database.transaction() as work:
        member = await work.members.get(work.chats.key_of(who))
        assert member is not None
        return member.number


async def test_the_leads_of_the_settings_are_leads_until_a_row_says_otherwise(database: Database) -> None:
    await with_leads(database, DINA, ASKAR)
    await with_leads(database, DINA, ASKAR)
    assert await roles(database) == {DINA: Role.LEAD, ASKAR: Role.LEAD}
    askar = await number_of(database, ASKAR)
    async with database.transaction() as work:
        await staff(work).revoke(await chat(work, DINA), askar)
    await with_leads(database, DINA, ASKAR)
    assert await roles(database) == {DINA: Role.LEAD}


async def test_a_link_lets_one_person_join_and_only_its_hmac_is_stored(database: Database, location: Location) -> None:
    await with_leads(database, DINA)
    await offer(database, Role.VIEWER)
    assert is_token(TOKEN)
    assert TOKEN not in str(column(location, "SELECT token_key FROM invites"))
    assert await join(database, NURLAN) is Role.VIEWER
    with pytest.raises(InviteUnusable):
        await join(database, OLGA)
    with pytest.raises(MemberAlready):
        await join(database, NURLAN)
    assert await roles(database) == {DINA: Role.LEAD, NURLAN: Role.VIEWER}


async def test_of_two_who_race_for_a_link_one_joins(location: Location, clock: Clock, database: Database) -> None:
    await with_leads(database, DINA)
    await offer(database)
    async with Database.open(location, FIRST_KEY, clock=clock) as other:
        both = await asyncio.gather(join(database, NURLAN), join(other, OLGA), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["InviteUnusable", "Role"]
    assert len(await roles(database)) == 2


async def test_a_link_ends_by_time_by_hand_with_whoever_made_it_and_with_a_freeze(
    database: Database, clock: Clock
) -> None:
    await with_leads(database, DINA, ASKAR)
    await offer(database)
    clock.now += INVITE_LASTS
    with pytest.raises(InviteUnusable):
        await join(database, NURLAN)
    number = await offer(database, token="b" * 22)
    async with database.transaction() as work:
        assert await staff(work).take_back(await chat(work, DINA), number)
        assert not await staff(work).take_back(await chat(work, DINA), number)
    with pytest.raises(InviteUnusable):
        await join(database, NURLAN, "b" * 22)
    await offer(database, token="c" * 22)
    dina = await number_of(database, DINA)
    async with database.transaction() as work:
        await staff(work).change_role(await chat(work, ASKAR), dina, Role.COORDINATOR)
    with pytest.raises(InviteUnusable):
        await join(database, NURLAN, "c" * 22)
    await offer(database, token="d" * 22)
    async with database.transaction() as work:
        await staff(work).freeze(await chat(work, ASKAR))
    with pytest.raises(InviteUnusable):
        await join(database, NURLAN, "d" * 22)


async def test_one_lead_always_remains(location: Location, clock: Clock, database: Database) -> None:
    await with_leads(database, DINA, ASKAR)
    dina, askar = await number_of(database, DINA), await number_of(database, ASKAR)

    async def revoke(opened: Database, lead: int, number: int) -> None:
        async def act(work: UnitOfWork) -> None:
            await staff(work).revoke(await chat(work, lead), number)

        await opened.perform(act)

    for act in (revoke(database, DINA, dina), revoke(database, DINA, 999)):
        with pytest.raises((NotOneself, NoSuchMember)):
            await act
    async with Database.open(location, FIRST_KEY, clock=clock) as other:
        both = await asyncio.gather(revoke(database, DINA, askar), revoke(other, ASKAR, dina), return_exceptions=True)
    assert [type(one) for one in both if one is not None] == [NotLead]
    assert list((await roles(database)).values()) == [Role.LEAD]


async def test_who_was_revoked_can_join_anew_under_the_same_number(database: Database) -> None:
    await with_leads(database, DINA)
    await offer(database)
    await join(database, NURLAN)
    number = await number_of(database, NURLAN)
    async with database.transaction() as work:
        await staff(work).revoke(await chat(work, DINA), number)
    await offer(database, Role.VIEWER, token="b" * 22)
    assert await join(database, NURLAN, "b" * 22) is Role.VIEWER
    assert await number_of(database, NURLAN) == number


async def test_a_freeze_ends_only_with_the_leave_of_whoever_runs_the_bot(database: Database, clock: Clock) -> None:
    await with_leads(database, DINA)
    async with database.transaction() as work:
        assert not await work.members.let_thaw(until=work.now + THAW_LASTS)
        assert await staff(work).freeze(await chat(work, DINA))
        assert not await staff(work).freeze(await chat(work, DINA))
        assert await work.members.is_frozen()
        assert not await staff(work).thaw(await chat(work, DINA))
        assert await work.members.let_thaw(until=work.now + THAW_LASTS)
    clock.now += THAW_LASTS
    async with database.transaction() as work:
        assert not await staff(work).thaw(await chat(work, DINA))
        await work.members.let_thaw(until=work.now + timedelta(seconds=1))
        assert await staff(work).thaw(await chat(work, DINA))
        assert not await work.members.is_frozen()
        # A later freeze needs leave of its own.
        await staff(work).freeze(await chat(work, DINA))
        assert not await staff(work).thaw(await chat(work, DINA))


async def test_a_freeze_comes_after_whatever_is_shown_in_the_same_moment(
    location: Location, clock: Clock, database: Database
) -> None:
    """What is shown before it is in the outbox then, and is taken away with all else."""
    await with_leads(database, DINA)
    begun, order = asyncio.Event(), []

    async def freeze(opened: Database) -> None:
        async def act(work: UnitOfWork) -> None:
            await staff(work).freeze(await chat(work, DINA))

        begun.set()
        await opened.perform(act)
        order.append("frozen")

    async with Database.open(location, FIRST_KEY, clock=clock) as other:
        async with database.transaction() as work:
            assert not await work.members.is_frozen()
            freezing = asyncio.create_task(freeze(other))
            await begun.wait()
            for _ in range(500):  # many times as long as a freeze takes that waits for nobody
                await work.members.every()
            order.append("shown")
        await freezing
    assert order == ["shown", "frozen"]
