import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.location import Location
from storage.processes import POLLING
from tests.storage.support import FIRST_KEY, Clock, column


@pytest.fixture
async def neighbour(location: Location, clock: Clock) -> AsyncIterator[Database]:
    async with Database.open(location, FIRST_KEY, clock=clock) as opened:
        yield opened


async def beat(database: Database) -> bool:
    return await database.perform(lambda work: work.processes.beat())


async def beats(database: Database) -> dict[str, int]:
    return await database.perform(lambda work: work.processes.beats())


async def bury(database: Database, process: str, beat: int) -> bool:
    return await database.perform(lambda work: work.processes.bury(process, beat=beat))


async def takes(database: Database, duty: str = POLLING) -> bool:
    return await database.perform(lambda work: work.processes.take_duty(duty))


async def leave(database: Database) -> None:
    await database.perform(lambda work: work.processes.leave())


async def test_a_process_joins_in_and_counts_up(database: Database, neighbour: Database) -> None:
    assert await beats(database) == {}
    assert [await beat(database) for _ in range(3)] == [False, True, True]
    assert await beat(neighbour) is False
    assert await beats(database) == {database.process: 2, neighbour.process: 0}


async def test_a_process_that_has_not_moved_is_buried_and_hears_of_it(database: Database, neighbour: Database) -> None:
    await beat(database)
    assert await bury(neighbour, database.process, 0) is True
    assert await beats(neighbour) == {}
    assert await beat(database) is False
    assert await beat(database) is True


async def test_a_process_that_has_moved_is_not_buried_and_keeps_its_duty(
    database: Database, neighbour: Database
) -> None:
    await beat(database)
    assert await takes(database)
    await beat(database)
    assert await bury(neighbour, database.process, 0) is False
    assert await bury(neighbour, "unknown", 0) is False
    assert await beats(neighbour) == {database.process: 1}
    assert not await takes(neighbour)


async def test_a_duty_is_one_processs_until_it_ends(database: Database, neighbour: Database) -> None:
    assert [await takes(one) for one in (database, neighbour, database)] == [True, False, True]
    assert await takes(neighbour, "another")
    await leave(neighbour)
    assert await takes(database, "another")
    assert not await takes(neighbour)
    await leave(database)
    assert await takes(neighbour)


async def test_the_duty_of_a_dead_process_is_free(database: Database, neighbour: Database) -> None:
    await beat(database)
    assert await takes(database)
    assert await bury(neighbour, database.process, 0)
    assert await takes(neighbour)
    assert not await takes(database)


async def test_who_leaves_leaves_nothing_behind(database: Database, neighbour: Database, location: Location) -> None:
    for one in (database, neighbour):
        await beat(one)
    assert await takes(database)
    await leave(database)
    assert await beats(neighbour) == {neighbour.process: 0}
    assert column(location, "SELECT count(*) FROM duties") == [0]


async def test_a_duty_raced_for_is_one_processs(database: Database, neighbour: Database) -> None:
    for number in range(20):
        taken = await asyncio.gather(*(takes(one, f"duty {number}") for one in (database, neighbour)))
        assert sorted(taken) == [False, True]
