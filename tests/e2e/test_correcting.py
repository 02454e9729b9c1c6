"""Correcting what was understood of a report in hand: by buttons, in words, and taken back."""

import pytest

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""


async def in_hand(stage: Stage, **said: str) -> Person:
    """Let somebody report, and a coordinator ask what is to be corrected."""
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/start"))
    await report(stage, await stage.person("Nurlan"), **said)
    await stage.do(dina.send("/next"))
    await corrects(stage, dina)
    return dina


async def corrects(stage: Stage, coordinator: Person) -> None:
    await stage.do(coordinator.press("More…"))
    await stage.do(coordinator.press("Correct", exact=True))


def card(person: Person) -> str:
    """Return what stands on the protected messages on somebody's screen."""
    return "\n".join(message.text for message in person.messages if message.protected)


async def test_a_name_is_corrected_in_words_and_the_card_shows_both(stage: Stage) -> None:
    dina = await in_hand(stage, name="Sultanbek, our neighbour")
    await stage.do(dina.press("✎ Name"))
    assert "what is right?" in dina.last_from_bot.text
    words = await stage.do(dina.send("Kairat Sultanbek"))
    assert "Name: Kairat Sultanbek\nAs said: “Sultanbek, our neighbour”\nCorrected by a coordinator." in card(dina)
    assert words.message_id not in [message.message_id for message in dina.messages]
    assert card(dina).count("Report no. 1") == 1
    await stage.do(dina.press("Approve"))
    await stage.do(dina.send("/digest"))
    assert "Kairat Sultanbek; detained" in card(dina) + dina.last_from_bot.text


async def test_a_city_is_corrected_by_a_button_and_taken_back_by_another(stage: Stage) -> None:
    dina = await in_hand(stage, city="Semey")
    await stage.do(dina.press("✎ City"))
    await stage.do(dina.press("Almaty"))
    assert "City: Almaty\nAs said: “Semey”\nCorrected by a coordinator. The bot had understood: Semey" in card(dina)
    await stage.do(dina.press("Take the correction back"))
    assert "City: Semey" in card(dina)
    assert "Corrected" not in card(dina)


async def test_several_conditions_are_marked_and_make_the_report_urgent(stage: Stage) -> None:
    dina = await in_hand(stage)
    await stage.do(dina.press("✎ Conditions"))
    await stage.do(dina.press("Torture"))
    await stage.do(dina.press("Beating"))
    await stage.do(dina.press("☑ Beating"))
    assert [label for label in dina.last_from_bot.labels if label.startswith("☑")] == ["☑ Torture: shocks, choking"]
    await stage.do(dina.press("Done"))
    assert "Report no. 1 · URGENT" in card(dina)
    assert "Torture" in card(dina)


async def test_words_that_are_not_understood_are_asked_again_with_what_they_may_mean(stage: Stage) -> None:
    dina = await in_hand(stage, date="05.01.2022")
    await stage.do(dina.press("✎ Date"))
    for words, answer in (("long ago", "This was not understood."), ("31.02.2022", "There is no such day.")):
        await stage.do(dina.send(words))
        assert answer in dina.last_from_bot.text
    await stage.do(dina.send("06.01.2022", reply_to=dina.last_from_bot))
    assert "Date detained: 6 January 2022" in card(dina)
    await corrects(stage, dina)
    await stage.do(dina.press("✎ Conditions"))
    await stage.do(dina.send("they beat him"))
    assert "Please press a button" in dina.last_from_bot.text
    await stage.do(dina.send("never mind"))
    assert "press what is right" not in "".join(message.text for message in dina.messages)
    await stage.do(dina.press("← Back"))
    assert "Approve" in dina.last_from_bot.labels


async def test_a_doubled_press_corrects_once_and_old_buttons_nothing(stage: Stage) -> None:
    dina = await in_hand(stage)
    await stage.do(dina.press("✎ City"))
    question = dina.last_from_bot
    await dina.press("Almaty", message=question)
    await stage.do(dina.press("Almaty", message=question))
    assert "This is an old card" in dina.toasts[-1].text
    assert "City: Almaty" in card(dina)
    before = card(dina)
    forged = ("put:city.atlantis", "put:date.2022-99-99", "mark:conditions.zz", "put:nothing.?", "unfix:name", "put")
    for data in forged:
        await stage.do(dina.press("Approve", exact=True, data=f"r:1:3:{data}"))
        assert card(dina) == before, data
    await stage.do(dina.press("Approve", exact=True, data="r:1:2:put:city.semey"))
    assert card(dina) == before


async def test_another_coordinators_press_or_words_correct_nothing(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    await in_hand(stage, name="Kairat Sultanbek")
    await stage.do(dina.press("✎ Name"))
    await stage.do(askar.send("/start"))
    await stage.do(askar.send("/queue"))
    await stage.do(askar.press("Next report", data="r:1:2:put:name.?"))
    assert "Coordinator: Dina" in askar.toasts[-1].text
    stage.clock.move(minutes=16)
    await stage.tick()
    await stage.do(dina.send("Somebody Else"))
    async with stage.app.database.transaction() as work:
        one = await work.reports.get(1)
    assert one is not None
    assert one.answers["name"].before is None


async def test_words_in_a_coordinators_own_report_correct_nothing_but_as_a_reply(stage: Stage) -> None:
    dina = await in_hand(stage, name="Kairat Sultanbek")
    await stage.do(dina.press("I agree"))
    await stage.do(dina.press("✎ Name"))
    question = dina.last_from_bot
    await stage.do(dina.send("Serik Akhmetov"))
    assert "✓ Name: Serik Akhmetov" in dina.last_from_bot.text
    await stage.do(dina.send("Kairat Sultanbekov", reply_to=question))
    assert "Name: Kairat Sultanbekov\nAs said: “Kairat Sultanbek”" in card(dina)


async def test_the_reporter_sees_nothing_of_it(stage: Stage) -> None:
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/start"))
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="Kairat Sultanbek", city="Semey")
    before = [message.text for message in nurlan.messages]
    await stage.do(dina.send("/next"))
    await corrects(stage, dina)
    await stage.do(dina.press("✎ Name"))
    await stage.do(dina.send("Serik Akhmetov"))
    assert [message.text for message in nurlan.messages] == before
    await stage.do(nurlan.send("/my"))
    assert "K. S." in str(nurlan.last_from_bot.labels) + nurlan.last_from_bot.text


async def test_what_is_marked_leaves_the_screen_with_the_card(stage: Stage) -> None:
    dina = await in_hand(stage)
    await stage.do(dina.press("✎ Conditions"))
    await stage.do(dina.press("Torture"))
    stage.clock.move(minutes=16)
    await stage.tick()
    assert not [label for message in dina.messages for label in message.labels if "Torture" in label]
