"""Blocking a reporter who abuses: the person notices nothing, and what comes waits in a list of its own."""

import re

import pytest

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.people import forge, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def blocked(stage: Stage) -> tuple[Person, Person]:
    """Let somebody be blocked over the first of two reports; return the coordinator and the person."""
    dina, troll = stage.cast.coordinators[0], await two_reports(stage, "Troll")
    await stage.do(dina.send("/next"))
    for label in ("More", "Block", "Yes, block"):
        await stage.do(dina.press(label))
    return dina, troll


async def two_reports(stage: Stage, name: str) -> Person:
    person = await stage.person(name)
    await report(stage, person, name="First")
    await report(stage, person, name="Second")
    return person


async def group_says(stage: Stage) -> list[str]:
    await stage.cast.group.refresh()
    return [one.text for one in stage.cast.group.messages]


async def all_steps(stage: Stage, person: Person) -> list[str]:
    """Let somebody do all that can be done with a report; return what the bot says, but for codes and times."""
    before = len(person.messages)
    code = await report(stage, person, name="Third")
    await stage.do(person.send("/status " + code))
    for step in ("/my", code, "Something has changed", "Released", "at the gate"):
        await stage.do(person.send(step) if step in {"/my", "at the gate"} else person.press(step))
    for label in ("Change what is allowed", "Only as a number", "Back", "Withdraw this report"):
        await stage.do(person.press(label))
    await stage.do(person.press("Yes, delete it for good"))
    said = [f"{one.text} {one.labels}" for one in person.messages[before:] if one.from_bot]
    return [re.sub(r"\w{3}-\w{3}-\w{3}|\d\d:\d\d", "…", words) for words in said]


async def test_who_is_blocked_sees_what_everybody_sees_and_the_team_hears_nothing(stage: Stage) -> None:
    everybody = await all_steps(stage, await two_reports(stage, "Aigerim"))
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve, next"))
    await stage.do(dina.press("Approve", exact=True))
    dina, troll = await blocked(stage)
    before = await group_says(stage)
    assert await all_steps(stage, troll) == everybody
    assert len(everybody) > len("report")
    assert await group_says(stage) == before
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_what_is_held_back_can_be_looked_at_and_comes_back_when_unblocked(stage: Stage) -> None:
    dina, troll = await blocked(stage)
    await report(stage, troll, name="Third")
    await stage.do(dina.send("/blocked"))
    listed = dina.last_from_bot
    assert "No. 1 · since" in listed.text
    assert "Dina · held back: 3" in listed.text
    assert "Troll" not in listed.text
    await stage.do(dina.press("take a report"))
    assert "First" in dina.last_from_bot.text
    await stage.do(dina.press("Approve", exact=True))
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text
    await stage.do(dina.press("unblock", message=listed))
    assert "No. 1 is unblocked" in next(one.text for one in dina.messages if one.message_id == listed.message_id)
    await stage.do(dina.send("/next"))
    assert "Second" in dina.last_from_bot.text
    await stage.do(dina.press("Approve, next"))
    assert "Third" in dina.last_from_bot.text
    await stage.do(dina.send("/unblock 1"))
    assert "Nobody of no. 1" in dina.last_from_bot.text
    await stage.do(dina.send("/unblock"))
    assert "/unblock 3" in dina.last_from_bot.text
    await stage.do(dina.send("/blocked"))
    assert dina.last_from_bot.text == "Nobody is blocked."


async def test_what_is_new_of_a_blocked_persons_report_waits_held_back(stage: Stage) -> None:
    dina, troll = stage.cast.coordinators[0], await stage.person("Troll")
    code = await report(stage, troll, name="First")
    await report(stage, troll, name="Second")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve, next"))
    for label in ("More", "Block", "Yes, block"):
        await stage.do(dina.press(label))
    await stage.do(troll.send("/my"))
    for label in (code, "Something has changed", "Released"):
        await stage.do(troll.press(label))
    await stage.do(troll.send("at the gate"))
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text
    await stage.do(dina.send("/unblock 1"))
    await stage.do(dina.send("/next"))
    assert "Second" in dina.last_from_bot.text
    await stage.do(dina.press("Approve, next"))
    assert "at the gate" in dina.last_from_bot.text


async def test_nobody_of_the_team_is_blocked(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    await report(stage, askar, name="First")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("More"))
    await stage.do(dina.press("Block"))
    assert "A member of the team" in dina.toasts[-1].text
    await stage.do(dina.send("/blocked"))
    assert dina.last_from_bot.text == "Nobody is blocked."


async def test_forged_and_old_buttons_block_nobody(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="First")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("More"))
    await stage.do(dina.press("Block"))
    await stage.do(dina.press("Back"))
    assert "Approve" in dina.last_from_bot.labels
    await stage.do(askar.send("/start"))
    for data in ("r:1:2:blocked", "r:1:1:blocked", "r:9:1:block", "t:look:7", "t:unblock:7"):
        await forge(stage, askar, data)
    for data in ("r:1:2:blocked", "t:look:1", "t:unblock:1"):
        await forge(stage, nurlan, data)
    await stage.do(dina.send("/blocked"))
    assert dina.last_from_bot.text == "Nobody is blocked."
