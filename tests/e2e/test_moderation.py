"""The coordinators' side: claims, decisions, and what others are told."""

import asyncio

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.people import report


async def both_ready(stage: Stage) -> tuple[Person, Person]:
    dina, askar = stage.cast.coordinators
    for coordinator in (dina, askar):
        await stage.do(coordinator.send("/start"))
    return dina, askar


async def test_of_two_who_grab_one_report_exactly_one_gets_it(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await asyncio.gather(dina.send("/next"), askar.send("/next"))
    await stage.do(dina.refresh())
    shown = ["Approve" in one.last_from_bot.labels for one in (dina, askar)]
    assert sorted(shown) == [False, True]


async def test_urgent_reports_come_first_then_the_oldest(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="First")
    await report(stage, nurlan, name="Second")
    await stage.do(nurlan.send("/start"))
    await stage.do(nurlan.press("I agree"))
    for _ in range(4):
        await stage.do(nurlan.press("Skip"))
    await stage.do(nurlan.press("Torture"))
    for label in ("Done", "All correct", "No, do not pass it on", "Do not publish", "Send"):
        await stage.do(nurlan.press(label, exact=label == "Send"))
    await stage.do(dina.send("/next"))
    assert "Report no. 3 · URGENT" in dina.last_from_bot.text
    await stage.do(askar.send("/next"))
    assert "Report no. 1" in askar.last_from_bot.text


async def test_next_shows_the_report_in_hand_before_any_other(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="First")
    await report(stage, nurlan, name="Second")
    await stage.do(dina.send("/next"))
    await stage.do(dina.send("/next"))
    assert "Report no. 1" in dina.last_from_bot.text


async def test_a_card_is_protected_and_leaves_the_screen_with_the_decision(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"), name="Kairat Sultanbek", conditions="x " * 1900)
    await stage.do(dina.send("/next"))
    cards = [message for message in dina.messages if message.protected]
    assert len(cards) >= 1
    await stage.do(dina.press("Approve"))
    assert not [message for message in dina.messages if "Sultanbek" in message.text or "x x" in message.text]
    assert "Report no. 1: approved, case 1." in dina.last_from_bot.text


async def test_a_card_of_several_pages_leaves_the_screen_whole(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"), charge="a " * 1900, conditions="b " * 1900)
    await stage.do(dina.send("/next"))
    assert len([message for message in dina.messages if message.protected]) > 1
    await stage.do(dina.press("Release"))
    assert not [message for message in dina.messages if message.protected and "a a" in message.text]
    assert not [message for message in dina.messages if "b b" in message.text]


async def test_who_comes_late_is_told_who_decided(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    stage.clock.move(minutes=16)
    await stage.tick()
    await stage.do(askar.send("/next"))
    await stage.do(dina.press("I agree", data="r:1:2:approve"))
    assert "Coordinator: Askar" in dina.toasts[-1].text
    await stage.do(askar.press("Approve"))
    assert "Report no. 1: approved, case 1." in askar.last_from_bot.text
    async with stage.app.database.transaction() as work:
        assert await work.reports.count_by_state() == {"approved": 1}


async def test_a_card_that_somebody_else_decided_names_them(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    stage.clock.move(minutes=16)
    await stage.tick()
    await stage.do(askar.send("/next"))
    await stage.do(askar.press("Approve"))
    await stage.do(dina.press("I agree", data="r:1:2:reject"))
    assert "Coordinator: Askar" in dina.last_from_bot.text


async def test_a_doubled_press_on_approve_decides_once(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    await stage.do(dina.send("/next"))
    await dina.press("Approve")
    await stage.do(dina.press("Approve"))
    assert not [message for message in nurlan.messages if "read and accepted" in message.text]
    stage.clock.move(minutes=10)
    await stage.tick()
    await stage.tick()
    await nurlan.refresh()
    assert sum("read and accepted" in message.text for message in nurlan.messages) == 1


async def test_a_released_report_goes_to_the_others_first(stage: Stage) -> None:
    dina, askar = await both_ready(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="First")
    await report(stage, nurlan, name="Second")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Release"))
    await stage.do(dina.send("/next"))
    assert "Report no. 2" in dina.last_from_bot.text
    await stage.do(askar.send("/next"))
    assert "Report no. 1" in askar.last_from_bot.text


async def test_a_reason_in_words_is_a_reply(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("in words"))
    await stage.do(dina.send("The family asks us to wait.", reply_to=dina.last_from_bot))
    async with stage.app.database.transaction() as work:
        assert await work.reports.count_by_state() == {"rejected": 1}


async def test_a_reason_that_is_no_reply_is_still_the_reason(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await stage.do(dina.send("/cancel"))
    await stage.do(dina.press("Yes, delete it"))
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("in words"))
    await stage.do(dina.send("The family asks us to wait."))
    async with stage.app.database.transaction() as work:
        one = await work.reports.get(1)
    assert one is not None
    assert (one.reason, one.reason_words) == ("other", "The family asks us to wait.")


async def test_words_in_a_coordinators_own_report_are_never_taken_for_a_reason(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("in words"))
    await stage.do(dina.press("I agree"))
    await stage.do(dina.send("Kairat Sultanbek"))
    assert "✓ Name: Kairat Sultanbek" in dina.last_from_bot.text
    async with stage.app.database.transaction() as work:
        assert await work.reports.count_by_state() == {"waiting": 1}


async def test_in_a_group_that_is_not_the_teams_nothing_is_said(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    party = await stage.telegram.group("Party", members=[dina])
    for command in ("/queue", "/next", "/digest"):
        await stage.do(dina.send(command, chat=party))
    await party.refresh()
    assert not [message for message in party.messages if message.from_bot and message.kind == "text"]
    async with stage.app.database.transaction() as work:
        assert await work.updates.held_chats() == set()


async def test_for_a_stranger_the_coordinators_commands_do_not_exist(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    for command in ("/next", "/queue", "/digest"):
        await stage.do(nurlan.send(command))
        assert "do not know this command" in nurlan.last_from_bot.text


async def test_a_card_that_is_still_on_its_way_goes_with_the_decision_as_well(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"), name="Kairat Sultanbek", conditions="x " * 1900)
    await stage.do(dina.send("/next"))
    await dina.send("/next")
    await stage.do(dina.press("Approve"))
    assert "Report no. 1: approved, case 1." in "".join(message.text for message in dina.messages)
    assert not [message for message in dina.messages if "Sultanbek" in message.text or "x x" in message.text]


async def test_a_case_whose_number_no_column_holds_is_none(stage: Stage) -> None:
    dina, _ = await both_ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve", data=f"r:1:2:to:{2**70}"))
    assert "no longer works" in dina.toasts[-1].text
