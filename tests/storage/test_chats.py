from dataclasses import replace
from pathlib import Path

import pytest

from storage.crypto import WrongKey
from storage.database import Database
from storage.location import Location
from tests.storage.support import BOTH_KEYS, FIRST_KEY, Clock, column, migrated, sql

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


async def test_a_telegram_id_keeps_its_key_through_a_change_of_master_key(location: Location, clock: Clock) -> None:
    async with Database.open(location, FIRST_KEY, clock=clock) as database, database.transaction() as work:
        before = await work.chats.meet(MOTHER, language="ru")
    async with Database.open(location, BOTH_KEYS, clock=clock) as database, database.transaction() as work:
        assert work.chats.key_of(MOTHER) == before.key
        assert await work.chats.get(before.key) == before


async def test_two_databases_know_one_telegram_id_under_two_keys(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = migrated(tmp_path / "elsewhere")
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
        "UPDATE chats SET sealed_name = (SELECT sealed_name FROM chats WHERE chat_key = ?) WHERE chat_key = ?",
        (mother.key, other.key),
    )
    async with database.transaction() as work:
        with pytest.raises(WrongKey):
            await work.chats.get(other.key)
