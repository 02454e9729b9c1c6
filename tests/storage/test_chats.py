from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.rate import NO_LIMIT, Rate
from storage.crypto import WrongKey
from storage.database import Database
from storage.instants import to_us
from storage.location import Location
from tests.databases import Databases
from tests.storage.support import BOTH_KEYS, FIRST_KEY, START, Clock, column, sql

MOTHER = 77001234567


async def test_a_chat_that_was_never_met_is_unknown(database: Database) -> None:
    async with database.transaction() as work:
        assert await work.chats.get(work.chats.key_of(MOTHER)) is None


async def test_a_chat_is_found_by_its_key_as_it_was_met(database: Database) -> None:
    async with database.transaction() as work:
        met = await work.chats.meet(MOTHER, language="ru")
    async with database.transaction() as work:
        found = await work.chats.get(work.chats.key_of(MOTHER))
    assert found == met
    assert (met.telegram_id, met.language, met.name, met.gone) == (MOTHER, "ru", None, False)


async def test_a_chat_met_again_keeps_its_language_and_its_key(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        first = await work.chats.meet(MOTHER, language="ru")
        again = await work.chats.meet(MOTHER, language="en")
    assert again == first
    assert column(location, "SELECT count(*) FROM chats") == [1]


async def test_a_group_with_its_negative_id_is_another_chat(database: Database) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        group = await work.chats.meet(-MOTHER, language="ru")
        assert group.telegram_id == -MOTHER
        assert group.key != mother.key
        assert group.data_key != mother.data_key


async def test_a_chosen_language_and_a_name_are_remembered(database: Database) -> None:
    async with database.transaction() as work:
        chat = await work.chats.meet(MOTHER, language="ru")
        await work.chats.speak(chat, "kk")
        await work.chats.rename(chat, "Айгерім")
    async with database.transaction() as work:
        assert await work.chats.get(chat.key) == replace(chat, language="kk", name="Айгерім")


async def test_a_chat_that_is_gone_may_come_back(database: Database) -> None:
    async with database.transaction() as work:
        chat = await work.chats.meet(MOTHER, language="ru")
        await work.chats.set_gone(chat, gone=True)
        assert await work.chats.get(chat.key) == replace(chat, gone=True)
        await work.chats.set_gone(chat, gone=False)
        assert await work.chats.get(chat.key) == chat


async def test_a_group_that_became_a_supergroup_keeps_its_key_and_gets_its_new_id(database: Database) -> None:
    async with database.transaction() as work:
        group = await work.chats.meet(-55, language="ru")
        await work.chats.move(group, -1001234567890)
        assert await work.chats.get(group.key) == replace(group, telegram_id=-1001234567890)


async def test_a_chat_that_is_printed_names_nobody_and_shows_no_key(database: Database) -> None:
    async with database.transaction() as work:
        chat = await work.chats.meet(MOTHER, language="ru")
        await work.chats.rename(chat, "Aigerim")
        shown = repr(await work.chats.get(chat.key))
    assert chat.key in shown
    assert str(MOTHER) not in shown
    assert "Aigerim" not in shown


async def test_what_is_changed_in_one_chat_stays_there(database: Database) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        other = await work.chats.meet(MOTHER + 1, language="en")
        await work.chats.speak(other, "kk")
        await work.chats.rename(other, "Serik")
        await work.chats.set_gone(other, gone=True)
        await work.chats.move(other, 5)
        assert await work.chats.get(mother.key) == mother


# Many at once


async def test_visitors_are_made_known_each_in_its_language_and_stay_as_they_were(database: Database) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
    async with database.transaction() as work:
        await work.chats.hold({MOTHER: "en", 5: "kk", -6: "ru"})
    async with database.transaction() as work:
        assert await work.chats.get(mother.key) == mother
        languages = [(await work.chats.meet(number, language="xx")).language for number in (MOTHER, 5, -6)]
    assert languages == ["ru", "kk", "ru"]


async def test_holding_nobody_is_nothing(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        await work.hold({})
        await work.chats.hold_known([])
        await work.chats.load([])
    assert column(location, "SELECT count(*) FROM chats") == [0]


async def test_holding_by_key_and_loading_make_nobody_known(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
    async with database.transaction() as work:
        await work.chats.hold_known([mother.key, "b" * 32])
        await work.chats.load([mother.key, "c" * 32])
        assert await work.chats.get(mother.key) == mother
        assert await work.chats.get("b" * 32) is None
        assert await work.chats.get("c" * 32) is None
    assert column(location, "SELECT count(*) FROM chats") == [1]


async def test_what_was_loaded_is_as_it_was_changed_since(database: Database) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
    async with database.transaction() as work:
        await work.hold({MOTHER: "ru"})
        await work.chats.speak(mother, "kk")
        assert await work.chats.get(mother.key) == replace(mother, language="kk")
        assert await work.chats.meet(MOTHER, language="en") == replace(mother, language="kk")


# Pace


def about(wait: timedelta, *, seconds: float) -> bool:
    """Say whether a wait is that long, but for the hundredth of a place that rounding may win."""
    return timedelta(seconds=seconds - 0.01) <= wait <= timedelta(seconds=seconds)


async def test_a_chat_may_be_written_to_until_its_rate_is_spent_and_then_must_wait(
    database: Database, clock: Clock
) -> None:
    rate = Rate(3, seconds=3)
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        assert [work.chats.spend(mother, rate) for _ in range(3)] == [timedelta(0)] * 3
        assert about(work.chats.spend(mother, rate), seconds=1)
    clock.forward(milliseconds=400)
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        assert about(work.chats.spend(mother, rate), seconds=0.6)


async def test_what_was_spent_stays_spent_when_it_is_written_before_the_end(database: Database) -> None:
    rate = Rate(2, seconds=2)
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        assert [work.chats.spend(mother, rate) for _ in range(2)] == [timedelta(0)] * 2
        await work.updates.count_dead()  # a statement: what was spent is written before it
        assert about(work.chats.spend(mother, rate), seconds=1)


async def test_one_chat_spends_nothing_of_anothers_and_no_limit_is_never_spent(
    database: Database, location: Location
) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        other = await work.chats.meet(5, language="ru")
        assert not work.chats.spend(mother, Rate(1))
        assert work.chats.spend(mother, Rate(1))
        assert not work.chats.spend(other, Rate(1))
        assert not any(work.chats.spend(mother, NO_LIMIT) for _ in range(100))
    assert sorted(column(location, "SELECT free_at_us FROM chats")) == [to_us(START) + 1_000_000] * 2


# Keys


async def test_a_telegram_id_keeps_its_key_through_a_change_of_master_key(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        before = await work.chats.meet(MOTHER, language="ru")
    async with Database.open(location, BOTH_KEYS, clock=clock) as database, database.transaction() as work:
        assert work.chats.key_of(MOTHER) == before.key
        assert await work.chats.get(before.key) == before


async def test_two_databases_know_one_telegram_id_under_two_keys(
    database: Database, clock: Clock, databases: Databases
) -> None:
    elsewhere = databases.migrated()
    async with database.transaction() as work:
        here = work.chats.key_of(MOTHER)
    async with Database.open(elsewhere, FIRST_KEY, clock=clock) as other, other.transaction() as work:
        assert work.chats.key_of(MOTHER) != here


async def test_a_name_moved_to_another_chat_by_hand_does_not_open(database: Database, location: Location) -> None:
    async with database.transaction() as work:
        mother = await work.chats.meet(MOTHER, language="ru")
        other = await work.chats.meet(MOTHER + 1, language="ru")
        await work.chats.rename(mother, "Aigerim")
        await work.chats.rename(other, "Serik")
    sql(
        location,
        "UPDATE chats SET sealed_name = (SELECT sealed_name FROM chats WHERE chat_key = :one) WHERE chat_key = :other",
        one=mother.key,
        other=other.key,
    )
    async with database.transaction() as work:
        with pytest.raises(WrongKey):
            await work.chats.get(other.key)
