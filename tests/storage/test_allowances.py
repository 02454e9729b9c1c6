from bot.domain.rate import NO_LIMIT, Rate
from storage.database import Database
from storage.location import Location
from tests.storage.support import FIRST_KEY, Clock, column, undone

RATE = Rate(30)


async def take(database: Database, want: int, rate: Rate = RATE) -> int:
    async with database.transaction(durable=False) as work:
        return await work.allowances.take(rate, want)


async def test_so_much_is_granted_as_is_wanted_while_there_is_enough(database: Database) -> None:
    assert [await take(database, 10) for _ in range(4)] == [10, 10, 10, 0]


async def test_the_rest_is_granted_where_more_is_wanted(database: Database) -> None:
    assert [await take(database, 25) for _ in range(3)] == [25, 5, 0]


async def test_the_allowance_grows_with_time_and_never_over_the_burst(database: Database, clock: Clock) -> None:
    assert await take(database, 30) == 30
    clock.forward(milliseconds=110)
    assert await take(database, 30) == 3
    clock.forward(hours=1)
    assert await take(database, 100) == 30


async def test_all_processes_take_from_the_same(database: Database, location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as neighbour:
        assert await take(database, 20) == 20
        assert await take(neighbour, 20) == 10
        assert await take(database, 20) == 0


async def test_what_a_failed_transaction_took_is_there_again(database: Database) -> None:
    async with undone(database) as work:
        assert await work.allowances.take(RATE, 30) == 30
    assert await take(database, 30) == 30


async def test_without_a_limit_everything_is_granted_and_nothing_is_kept_in_mind(
    database: Database, location: Location
) -> None:
    assert [await take(database, 1000, NO_LIMIT) for _ in range(3)] == [1000] * 3
    assert column(location, "SELECT free_at_us FROM allowances") == [0]
