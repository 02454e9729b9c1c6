"""What waits, as the team sees it: /queue and its buttons, the cities that one cares for, a claim that is broken."""

import pytest

from bot.domain.access import Role
from bot.sandbox import Person
from bot.settings import Settings
from tests.e2e.conftest import Stage
from tests.e2e.people import report
from tests.storage.support import sql

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""


async def both_ready(stage: Stage) -> tuple[Person, Person]:
    dina, askar = stage.cast.coordinators
    for coordinator in (dina, askar):
        await stage.do(coordinator.send("/start"))
    return dina, askar


async def become(stage: Stage, person: Person, role: Role) -> None:
    """Give somebody a role, whom the settings made a lead."""
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(person.id, language="en")
        member = await work.members.get(chat.key)
        assert member is not None
        await work.members.change_role(member, role)


async def three_places(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    for city in ("Semey", "Almaty", "Nowhereton"):
        await report(stage, nurlan, city=city)


async def asked_queue(stage: Stage, person: Person) -> str:
    await stage.do(person.send("/queue"))
    return person.last_from_bot.text


async def test_a_lead_sees_what_waits_and_who_has_it_since_when(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await three_places(stage)
    stage.clock.move(hours=2)
    await stage.do(askar.send("/next"))
    said = await asked_queue(stage, dina)
    for line in (
        "3 reports are waiting.",
        "• Semey: 1 (over an hour 1)",
        "• place not recognised: 1 (over an hour 1)",
        "The oldest: no. 1, Semey, since 20 January, 15:00.",
        "no. 1: Askar, since 20 January, 17:00",
    ):
        assert line in said
    assert "Take no. 1 from Askar" in dina.last_from_bot.labels


async def test_in_the_group_and_while_frozen_and_for_a_viewer_nobody_is_named(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await three_places(stage)
    await stage.do(askar.send("/next"))
    await stage.do(dina.send("/queue", chat=stage.cast.group))
    await stage.cast.group.refresh()
    in_group = stage.cast.group.messages[-1]
    await stage.do(dina.send("/freeze"))
    await asked_queue(stage, dina)
    frozen = dina.last_from_bot
    await become(stage, dina, Role.VIEWER)
    await asked_queue(stage, dina)
    for message in (in_group, frozen, dina.last_from_bot):
        assert "3 reports are waiting." in message.text
        assert "Askar" not in message.text
        assert not message.labels


async def test_a_button_takes_the_next_report_of_one_city(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await three_places(stage)
    await asked_queue(stage, dina)
    await stage.do(dina.press("Almaty · 1"))
    assert "Report no. 2" in dina.last_from_bot.text
    await stage.do(dina.press("Release"))
    askar = stage.cast.coordinators[1]
    await asked_queue(stage, askar)
    queue = askar.last_from_bot
    await stage.do(askar.press("Semey · 1", message=queue))
    await stage.do(askar.press("Approve"))
    await stage.do(askar.press("Semey · 1", message=queue))
    assert "Nothing of these cities is free. Of other places: 2." in askar.last_from_bot.text


async def test_next_keeps_to_ones_cities_and_asks_before_it_goes_elsewhere(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await three_places(stage)
    await stage.do(dina.send("/cities"))
    await stage.do(dina.send("Almaty"))
    await stage.do(dina.send("/next"))
    assert "Report no. 2" in dina.last_from_bot.text
    await stage.do(dina.press("Approve, next"))
    assert "Of other places: 2." in dina.last_from_bot.text
    await stage.do(dina.press("Any city"))
    assert "Report no. 1" in dina.last_from_bot.text


async def test_a_region_stands_for_its_towns(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await three_places(stage)
    await stage.do(dina.send("/cities"))
    await stage.do(dina.send("Абайская область"))
    await stage.do(dina.send("/next"))
    assert "Report no. 1" in dina.last_from_bot.text


async def test_what_is_urgent_is_everybodys(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, city="Almaty")
    await report(stage, nurlan, city="Semey", conditions="They torture him.")
    await stage.do(dina.send("/cities"))
    await stage.do(dina.send("Almaty"))
    await stage.do(dina.send("/next"))
    assert "Report no. 2 · URGENT" in dina.last_from_bot.text


async def test_a_lead_breaks_a_claim_and_the_card_leaves_the_holders_screen(stage: Stage, settings: Settings) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"), name="Kairat Sultanbek")
    await stage.do(askar.send("/next"))
    await asked_queue(stage, dina)
    queue = dina.last_from_bot
    await stage.do(dina.press("Take no. 1 from Askar"))
    assert "Report no. 1 is back in the queue." in dina.toasts[-1].text
    assert "In hand" not in dina.last_from_bot.text
    assert not [message for message in askar.messages if "Sultanbek" in message.text]
    assert "a lead has put it back into the queue" in askar.last_from_bot.text
    await stage.do(dina.press("Take no. 1 from Askar", message=queue))
    assert "This has changed" in dina.toasts[-1].text
    await stage.do(dina.press("Next report"))
    assert "Report no. 1" in dina.last_from_bot.text
    acts = "SELECT count(*) FROM audit WHERE act = 'claim_broken' AND report_id = 1 AND subject_key IS NOT NULL"
    assert sql(settings.location(), acts) == [(1,)]


async def test_a_lead_sees_who_has_which_case_open_and_closes_it_there(stage: Stage, settings: Settings) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"), name="Kairat Sultanbek")
    await stage.do(askar.send("/next"))
    await stage.do(askar.press("Approve", exact=True))
    await stage.do(askar.press("Case 1"))
    assert "no. 1: Askar, until 20 January" in await asked_queue(stage, askar)
    assert "Close case 1: Askar" not in askar.last_from_bot.labels
    await asked_queue(stage, dina)
    queue = dina.last_from_bot
    await stage.do(dina.press("Close case 1: Askar"))
    assert "Case no. 1 is closed." in dina.toasts[-1].text
    assert "Open cases" not in dina.last_from_bot.text
    assert not [message for message in askar.messages if "Sultanbek" in message.text]
    assert [message for message in askar.messages if "a lead has closed it" in message.text]
    await stage.do(dina.press("Close case 1: Askar", message=queue))
    assert "This has changed" in dina.toasts[-1].text
    await become(stage, dina, Role.COORDINATOR)
    await stage.do(askar.send("/case 1"))
    assert "Open cases" not in await asked_queue(stage, dina)
    acts = "SELECT count(*) FROM audit WHERE act = 'claim_broken' AND case_id = 1 AND subject_key IS NOT NULL"
    assert sql(settings.location(), acts) == [(1,)]


@pytest.mark.parametrize(
    "data",
    [
        "q:",
        "q:all",
        "q:city:",
        "q:city:atlantis",
        "q:break:",
        "q:break:1",
        "q:break:-1:2",
        "q:break:1:2:3",
        "q:shut:",
        "q:shut:1",
    ],
)
async def test_a_forged_button_changes_nothing(stage: Stage, data: str) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(askar.send("/next"))
    await asked_queue(stage, dina)
    await stage.do(dina.press("Next report", data=data))
    assert "no longer works" in dina.toasts[-1].text
    async with stage.app.database.transaction() as work:
        assert len(await work.queue.claims()) == 1


async def test_who_is_no_lead_cannot_break_a_claim_with_forged_data(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(askar.send("/next"))
    await become(stage, dina, Role.COORDINATOR)
    await asked_queue(stage, dina)
    assert "no. 1: Askar" in dina.last_from_bot.text
    await stage.do(dina.press("Next report", data="q:break:1:2"))
    async with stage.app.database.transaction() as work:
        assert len(await work.queue.claims()) == 1
