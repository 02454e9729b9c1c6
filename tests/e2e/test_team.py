"""The team: who joins by a link, what each role may do, who is revoked, and what a freeze stops."""

import re
from pathlib import Path

import pytest

from bot.app import open_app
from bot.demo.process import environment
from bot.domain.access import Role, commands_of
from bot.domain.menus import EVERYONES_COMMANDS
from bot.sandbox import Person, SeenMessage
from storage.location import Location
from tests.bot.commands.processes import run_bot
from tests.e2e.conftest import Stage
from tests.e2e.people import begin, report
from tests.storage.support import sql

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
TEAM_COMMANDS = ("/next", "/queue", "/digest", "/cities", "/team", "/invite", "/freeze", "/unfreeze")


async def leads(stage: Stage) -> tuple[Person, Person]:
    dina, askar = stage.cast.coordinators
    for lead in (dina, askar):
        await stage.do(lead.send("/start"))
        await stage.do(lead.send("/team"))
    return dina, askar


async def link(stage: Stage, lead: Person, role: str = "Coordinator") -> str:
    """Let a lead make a link; return the parameter that it starts the bot with."""
    await stage.do(lead.send("/invite"))
    await stage.do(lead.press(role))
    return str(re.findall(r"https://t\.me/\w+\?start=(\S+)", text_of(lead))[-1])


def text_of(person: Person) -> str:
    """Return all that stands on somebody's screen."""
    return " ".join(message.text for message in person.messages)


def cards(person: Person) -> list[SeenMessage]:
    return [message for message in person.messages if "Kairat Sultanbek" in message.text]


async def joined(stage: Stage, name: str, role: str = "Coordinator") -> Person:
    dina, _ = stage.cast.coordinators
    person = await stage.person(name)
    await stage.do(person.send(f"/start {await link(stage, dina, role)}"))
    await stage.do(person.press("Accept"))
    return person


async def test_a_link_tells_who_invites_lets_one_person_join_and_its_maker_is_told(stage: Stage) -> None:
    dina, _ = await leads(stage)
    token = await link(stage, dina)
    olga, nurlan = await stage.person("Olga"), await stage.person("Nurlan")
    for person in (olga, nurlan):
        await stage.do(person.send(f"/start {token}"))
        assert "Dina invites you into the team" in person.last_from_bot.text
        assert "one at a time" in person.last_from_bot.text
    await stage.do(olga.press("Accept"))
    await stage.do(nurlan.press("Accept"))
    assert "Welcome to the team. Your role: Coordinator." in text_of(olga)
    assert "This link does not work." in text_of(nurlan)
    assert "Olga has joined the team. Role: Coordinator." in text_of(dina)
    await stage.do(olga.send("/next"))
    assert "do not know this command" not in olga.last_from_bot.text
    await stage.do(nurlan.send("/next"))
    assert "do not know this command" in nurlan.last_from_bot.text
    await stage.do(olga.send(f"/start {token}"))
    assert "You are of the team already" in olga.last_from_bot.text


async def test_a_link_that_is_too_old_taken_back_or_forged_says_one_and_the_same(stage: Stage) -> None:
    dina, _ = await leads(stage)
    nurlan = await stage.person("Nurlan")
    taken_back = await link(stage, dina)
    await stage.do(dina.press("Take it back"))
    assert "nobody can join by it" in dina.last_from_bot.text
    old = await link(stage, dina)
    stage.clock.move(hours=24)
    for token in (taken_back, old, "x" * 22):
        await stage.do(nurlan.send(f"/start {token}"))
        assert nurlan.last_from_bot.text.startswith("This link does not work.")
        assert not nurlan.last_from_bot.labels
    fresh = await link(stage, dina)
    await stage.do(nurlan.send(f"/start {fresh}"))
    await stage.do(nurlan.press("Accept", data=f"t:yes:0:{'x' * 22}"))
    assert "This link does not work." in nurlan.last_from_bot.text


async def test_who_is_in_the_middle_of_a_report_keeps_it_and_may_say_no(stage: Stage) -> None:
    dina, _ = await leads(stage)
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send(f"/start {await link(stage, dina)}"))
    await stage.do(nurlan.press("No", exact=True))
    assert "Nothing has changed" in text_of(nurlan)
    await stage.do(nurlan.send("Kairat Sultanbek"))
    assert "Question 2 of 5" in nurlan.last_from_bot.text
    await stage.do(nurlan.send("/start from-a-poster"))
    assert "Question 2 of 5" in nurlan.last_from_bot.text


async def test_each_role_is_told_what_it_may_do_and_refused_the_rest(stage: Stage) -> None:
    await leads(stage)
    viewer = await joined(stage, "Vera", "Viewer")
    await stage.do(viewer.send("/help"))
    assert "Your role: Viewer" in viewer.last_from_bot.text
    assert "/queue" in viewer.last_from_bot.text
    assert "/next" not in viewer.last_from_bot.text
    for command in ("/next", "/team", "/invite", "/freeze"):
        await stage.do(viewer.send(command))
        assert viewer.last_from_bot.text == "Your role in the team does not include this."
    await stage.do(viewer.send("/queue"))
    assert "No reports are waiting" in viewer.last_from_bot.text
    await stage.do(viewer.send("/start"))
    await stage.do(viewer.press("I agree", data="q:next"))
    assert viewer.toasts[-1].text == "Your role in the team does not include this."


async def test_for_a_stranger_no_command_and_no_button_of_the_team_is_there(stage: Stage) -> None:
    dina, _ = await leads(stage)
    nurlan = await stage.person("Nurlan")
    for command in TEAM_COMMANDS:
        await stage.do(nurlan.send(command))
        assert "do not know this command" in nurlan.last_from_bot.text
    await stage.do(nurlan.send("/start"))
    seen = len(nurlan.messages)
    for data in ("t:list:0", "t:invite:0:lead", "t:revoke:1", "t:role:2:viewer", "t:city:0:almaty", "t:x", "q:next"):
        await stage.do(nurlan.press("I agree", data=data))
    assert (len(nurlan.messages), nurlan.toasts) == (seen, ())
    await stage.do(dina.send("/team"))
    assert "The team: 2" in dina.last_from_bot.text


async def test_who_is_revoked_loses_all_at_once(stage: Stage) -> None:
    dina, _ = await leads(stage)
    olga = await joined(stage, "Olga")
    await report(stage, await stage.person("Nurlan"))
    await stage.do(olga.send("/next"))
    stage.clock.move(hours=49)
    await stage.do(olga.send("/next"))
    assert len(cards(olga)) == 2
    await stage.do(dina.send("/team"))
    assert "Olga: Coordinator" in dina.last_from_bot.text
    assert "in hand: 1" in dina.last_from_bot.text
    await stage.do(dina.press("Olga"))
    await stage.do(dina.press("Out of the team"))
    assert cards(olga)
    await stage.do(dina.press("Yes, at once"))
    assert "Back in the queue: 1." in dina.last_from_bot.text
    assert not cards(olga)
    # Telegram lets no bot delete the older one.
    assert [message.text for message in olga.messages].count("What stood here was taken away.") == 1
    assert "You are of the team no more" in olga.last_from_bot.text
    await stage.do(olga.send("/next"))
    assert "do not know this command" in olga.last_from_bot.text
    await stage.do(olga.send("/start"))
    seen = text_of(olga)
    for data in ("r:1:3:approve", "r:1:3:release", "q:next", "t:list:0", "t:invite:0:lead"):
        await stage.do(olga.press("I agree", data=data))
    assert (text_of(olga), olga.toasts) == (seen, ())
    await stage.do(dina.send("/next"))
    assert cards(dina)


async def test_a_member_of_another_role_is_told_and_has_nothing_in_hand(stage: Stage) -> None:
    dina, _ = await leads(stage)
    olga = await joined(stage, "Olga")
    await report(stage, await stage.person("Nurlan"))
    await stage.do(olga.send("/next"))
    await stage.do(dina.send("/team"))
    await stage.do(dina.press("Olga"))
    await stage.do(dina.press("Viewer"))
    assert "Olga: Viewer" in dina.last_from_bot.text
    assert "in hand: 0" in dina.last_from_bot.text
    assert not cards(olga)
    assert "You have another role in the team now: Viewer." in olga.last_from_bot.text


async def test_a_lead_leaves_nobody_without_a_lead(stage: Stage) -> None:
    dina, askar = await leads(stage)
    await stage.do(dina.send("/team"))
    await stage.do(dina.press("Dina"))
    await stage.do(dina.press("Out of the team"))
    await stage.do(dina.press("Yes, at once"))
    assert dina.toasts[-1].text.startswith("You cannot change or take out yourself")
    await stage.do(askar.send("/team"))
    assert "The team: 2" in askar.last_from_bot.text


async def test_a_freeze_takes_all_away_until_a_lead_and_the_operator_go_on(stage: Stage, tmp_path: Path) -> None:
    dina, askar = await leads(stage)
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    await stage.do(askar.send("/next"))
    assert cards(askar)
    await stage.do(dina.send("/freeze"))
    assert "All showing is stopped, by Dina" in dina.last_from_bot.text
    assert "All showing is stopped, by Dina" in askar.last_from_bot.text
    assert not cards(askar)
    for command in ("/next", "/digest", "/invite"):
        await stage.do(askar.send(command))
        assert "A lead has stopped all showing" in askar.last_from_bot.text
    await stage.do(askar.send("/queue"))
    assert "1 report is waiting" in askar.last_from_bot.text
    assert "In coordinators' hands: 0" in askar.last_from_bot.text
    await stage.do(nurlan.send("/my"))
    assert "waiting for a coordinator" in nurlan.last_from_bot.text
    await report(stage, nurlan, name="Aliya")
    await stage.do(askar.send("/unfreeze"))
    assert "python -m bot unfreeze" in askar.last_from_bot.text

    ended = await run_bot("unfreeze", folder=tmp_path, **storage_of(stage))
    assert (ended.code, ended.err) == (0, "")
    assert "within 30 minutes" in ended.out

    await stage.do(askar.send("/unfreeze"))
    assert "Showing goes on, by Askar" in dina.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert cards(dina)


def storage_of(stage: Stage) -> dict[str, str]:
    kept = ("MASTER_KEY", "MASTER_KEY_FILE", "DATABASE_URL")
    return {name: value for name, value in environment(stage.app.settings).items() if name in kept}


async def test_a_digest_waits_for_the_end_of_a_freeze_and_is_made_up_for(stage: Stage) -> None:
    dina, _ = await leads(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve", exact=True))
    await stage.do(dina.send("/digest"))
    assert cards(dina)
    await stage.do(dina.send("/freeze"))
    assert not cards(dina)
    stage.clock.move(days=2)
    await stage.tick()
    await stage.cast.channel.refresh()
    assert not stage.cast.channel.messages
    async with stage.app.database.transaction() as work:
        await work.members.let_thaw(until=work.now.replace(year=2023))
    await stage.do(dina.send("/unfreeze"))
    await stage.tick()
    await stage.cast.channel.refresh()
    assert "Kairat Sultanbek" in stage.cast.channel.messages[-1].text


async def test_a_member_chooses_cities_in_words_and_drops_them(stage: Stage) -> None:
    dina, _ = await leads(stage)
    await stage.do(dina.send("/cities"))
    assert "Your cities: all" in dina.last_from_bot.text
    await stage.do(dina.send("Semey, Алматы, Qwertyville"))
    assert "Your cities: Semey, Almaty" in dina.last_from_bot.text
    assert "I know no such place: Qwertyville" in dina.last_from_bot.text
    await stage.do(dina.press("✕ Semey"))
    assert "Your cities: Almaty" in dina.last_from_bot.text
    await stage.do(dina.press("All cities"))
    assert "Your cities: all" in dina.last_from_bot.text


async def test_a_lead_of_the_settings_who_was_revoked_stays_so_after_a_start(stage: Stage) -> None:
    dina, askar = await leads(stage)
    await stage.do(dina.send("/team"))
    await stage.do(dina.press("Askar"))
    await stage.do(dina.press("Out of the team"))
    await stage.do(dina.press("Yes, at once"))
    async with open_app(stage.app.settings, clock=stage.clock) as again:
        await askar.send("/next")
        await again.settle()
    await stage.look()
    assert "do not know this command" in askar.last_from_bot.text


async def test_who_only_reports_is_never_looked_up_among_the_team(stage: Stage, location: Location) -> None:
    """In a mass arrest everybody writes at once: nothing is read for them that only matters to a few."""
    sql(location, "ALTER TABLE members RENAME TO elsewhere")
    nurlan = await stage.person("Nurlan")
    code = await report(stage, nurlan)
    await stage.do(nurlan.send("/my"))
    await stage.do(nurlan.send(f"/status {code}"))
    assert f"Report {code}" in nurlan.last_from_bot.text


async def test_in_the_group_a_freeze_works_as_well_and_what_shows_people_does_not(stage: Stage) -> None:
    dina, askar = await leads(stage)
    group = stage.cast.group
    await stage.do(askar.send("/team", chat=group))
    await group.refresh()
    assert group.messages[-1].text == "This works in our private chat only."
    await stage.do(askar.send("/freeze", chat=group))
    await group.refresh()
    assert "All showing is stopped, by Askar" in group.messages[-1].text
    assert "All showing is stopped, by Askar" in dina.last_from_bot.text


async def offered(stage: Stage, person: Person) -> tuple[str, ...]:
    """Return the commands that somebody's own menu shows."""
    commands = await stage.app.bot.call("getMyCommands", {"scope": {"type": "chat", "chat_id": person.id}})
    return tuple(command["command"] for command in commands)


async def test_a_menu_follows_the_role_and_what_was_done_stands_in_the_audit(stage: Stage) -> None:
    dina, _ = await leads(stage)
    olga = await joined(stage, "Olga")
    assert await offered(stage, olga) == (*commands_of(Role.COORDINATOR), *EVERYONES_COMMANDS)
    await stage.do(dina.send("/team"))
    await stage.do(dina.press("Olga"))
    await stage.do(dina.press("Viewer"))
    assert await offered(stage, olga) == (*commands_of(Role.VIEWER), *EVERYONES_COMMANDS)
    await stage.do(dina.press("Out of the team"))
    await stage.do(dina.press("Yes"))
    assert await offered(stage, olga) == ()
    async with stage.app.database.snapshot() as work:
        acts = [entry.act async for entry in work.audit.newest()]
    assert acts == ["revoked", "role_changed", "invite_accepted", "invited"]
