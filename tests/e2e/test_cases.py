"""Cases over HTTP: one coordinator at a time opens one, changes it, joins and parts it, and opens its files."""

import pytest

from bot.sandbox import Person, Press, SeenMessage
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG
from tests.e2e.people import begin, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def case(stage: Stage, person: Person, dina: Person, *, to: int | None = None, **said: str) -> None:
    """Let somebody report, and a coordinator approve it as a case of its own, or into one."""
    await report(stage, person, **said)
    await stage.tick()
    await stage.do(dina.send("/next"))
    await stage.do(dina.press(f"Attach to case {to}" if to else "Approve", exact=True))


async def ready(stage: Stage) -> tuple[Person, Person, Person]:
    dina, askar = stage.cast.coordinators
    for coordinator in (dina, askar):
        await stage.do(coordinator.send("/start"))
        await stage.do(coordinator.send("/cancel"))
        await stage.do(coordinator.press("Yes, delete it"))
    return dina, askar, await stage.person("Nurlan")


async def two_of_one(stage: Stage) -> tuple[Person, Person]:
    """Let two report one person, in two spellings and on two days; both reports are of case 1."""
    dina, askar, nurlan = await ready(stage)
    await case(stage, nurlan, dina, name="Нұрлан Жұмабаев")
    await case(stage, nurlan, dina, to=1, name="Zhumabaev Nurlan", date="06.01.2022")
    return dina, askar


def shown_page(person: Person) -> SeenMessage:
    """Return the one page of a case on a person's screen."""
    (shown,) = [one for one in person.messages if one.protected and one.labels and "Case no." in one.text]
    return shown


def page(person: Person) -> str:
    return shown_page(person).text


async def forge(person: Person, data: str, message: SeenMessage) -> Press:
    """Press any button of a message, with other data than its own."""
    return await person.press(message.labels[0], message=message, data=data)


async def audited(stage: Stage) -> set[str]:
    async with stage.app.database.snapshot() as work:
        return {str(entry.act) async for entry in work.audit.newest()}


async def test_a_case_is_opened_from_a_decision_and_shows_its_reports_side_by_side(stage: Stage) -> None:
    dina, _ = await two_of_one(stage)
    await stage.do(dina.press("Case 1"))
    shown = dina.last_from_bot
    assert shown.protected
    assert "Case no. 1 · detained" in shown.text
    assert "Name: Нұрлан Жұмабаев / Zhumabaev Nurlan" in shown.text
    assert "City: Semey" in shown.text
    assert "Date detained – reports differ:\n• 5 January 2022 (report 1)\n• 6 January 2022 (report 2)" in shown.text
    assert "Report no. 2, code" in shown.text
    await stage.do(dina.press("Pick"))  # they differ in one question alone: nobody is asked in which
    assert "• 6 January 2022 (report 2)" in dina.last_from_bot.text
    await stage.do(dina.press("Report 2"))
    assert "• 5 January 2022 (report 1)\n✓ 6 January 2022 (report 2)" in page(dina)
    assert {"read_case", "picked"} <= await audited(stage)


async def test_of_two_who_open_a_case_one_gets_it_and_the_other_is_told_who(stage: Stage) -> None:
    dina, askar = await two_of_one(stage)
    await stage.do(dina.send("/case 1"))
    await stage.do(askar.send("/case 1"))
    assert askar.last_from_bot.text == "Case no. 1 is open elsewhere. Coordinator: Dina."
    await stage.do(dina.press("Close"))
    assert dina.last_from_bot.text == "Case no. 1 is closed. The next report: /next"
    assert not [one for one in dina.messages if one.from_bot and "Жұмабаев" in one.text]
    await stage.do(askar.send("/case 1"))
    assert "Нұрлан Жұмабаев" in page(askar)
    for words in ("/case", "/case twelve", "/case 99", "/case 99999999999999999999"):
        await stage.do(dina.send(words))
        assert not dina.last_from_bot.protected


async def test_a_status_is_noted_with_its_day_and_source_and_taken_back(stage: Stage) -> None:
    dina, _ = await two_of_one(stage)
    await stage.do(dina.send("/case 1"))
    for label in ("Status", "released", "Report 2", "Yesterday"):
        await stage.do(dina.press(label, exact=True))
    assert "Case no. 1 · released" in page(dina)
    assert "19 January 2022: released (report 2; noted by Dina)" in page(dina)
    for label in ("Status", "moved", "The team's own", "Another day"):
        await stage.do(dina.press(label, exact=True))
    await stage.do(dina.send("tomorrow"))
    await stage.do(dina.send("7 January", reply_to=dina.last_from_bot))
    assert "7 January 2022: moved (the team's own; noted by Dina)" in page(dina)
    assert "Case no. 1 · released" in page(dina)
    await stage.do(dina.press("Status"))
    await stage.do(dina.press("✕ released"))
    assert "Case no. 1 · moved" in page(dina)
    assert {"status_added", "status_removed"} <= await audited(stage)


async def test_notes_and_tags_are_written_and_what_was_typed_is_deleted(stage: Stage) -> None:
    dina, _ = await two_of_one(stage)
    await stage.do(dina.send("/case 1"))
    await stage.do(dina.press("Note"))
    await stage.do(dina.send("The lawyer is Quanysh."))
    assert "“The lawyer is Quanysh.”" in page(dina)
    assert not [one for one in dina.messages if not one.from_bot and "Quanysh" in one.text]
    for tag in ("Zhanaozen", "#zhanaozen", "x" * 40):
        await stage.do(dina.press("Tags"))
        await stage.do(dina.press("Add a tag"))
        await stage.do(dina.send(tag))
    assert "A tag has 1 to 32 characters." in [one.text for one in dina.messages]
    await stage.do(dina.send("oil"))
    assert "Tags: Zhanaozen, oil" in page(dina)
    await stage.do(dina.press("Tags"))
    await stage.do(dina.press("✕ oil"))
    assert "Tags: Zhanaozen" in page(dina)
    assert {"note_added", "tag_added", "tag_removed"} <= await audited(stage)


async def test_cases_are_joined_after_a_look_at_both_names_and_parted_again(stage: Stage) -> None:
    dina, askar, nurlan = await ready(stage)
    await case(stage, nurlan, dina, name="Нұрлан Жұмабаев")
    await case(stage, nurlan, dina, name="Zhumabaev Nurlan")
    await case(stage, nurlan, dina, name="Kairat Sultanbek")
    await stage.do(askar.send("/case 3"))
    await stage.do(dina.send("/case 1"))
    await stage.do(dina.press("Join with another"))
    assert "Case no. 2: Zhumabaev Nurlan" in dina.last_from_bot.text
    await stage.do(dina.press("Case 2"))
    assert "Report no. 1: Нұрлан Жұмабаев" in dina.last_from_bot.text
    assert "Report no. 2: Zhumabaev Nurlan" in dina.last_from_bot.text
    await stage.do(dina.press("Yes, one person: join"))
    assert "Joined: case no. 2 into no. 1 (reports: 2)" in page(dina)
    await stage.do(dina.press("Join with another"))
    await stage.do(dina.press("Another number"))
    await stage.do(dina.send("1"))
    assert "This is no number of another case." in [one.text for one in dina.messages]
    await stage.do(dina.send("no. 3"))
    await stage.do(dina.send("3"))
    await stage.do(dina.press("Yes, one person: join"))
    assert "Case no. 3 is open elsewhere." in dina.toasts[-1].text
    await stage.do(dina.press("← Back"))
    await stage.do(dina.press("Part"))  # one case alone is joined
    assert "with its reports (2)" in dina.last_from_bot.text
    await stage.do(dina.press("Yes, part them"))
    assert "Zhumabaev" not in page(dina)
    await stage.do(dina.press("Close"))
    await stage.do(dina.send("/case 2"))
    assert "Case no. 2 · detained" in page(dina)
    assert {"merged", "unmerged"} <= await audited(stage)


async def test_a_joined_case_opens_as_the_one_it_is_joined_into(stage: Stage) -> None:
    dina, askar, nurlan = await ready(stage)
    await case(stage, nurlan, dina, name="Нұрлан Жұмабаев")
    await case(stage, nurlan, dina, name="Zhumabaev Nurlan")
    await stage.do(dina.send("/case 1"))
    for label in ("Join with another", "Case 2", "Yes, one person: join", "Close"):
        await stage.do(dina.press(label))
    await stage.do(askar.send("/case 2"))
    assert "Case no. 2 is joined into case no. 1; this is that case." in page(askar)
    await case(stage, nurlan, dina, to=1, name="Nurlan Zhumabaev")  # the candidates of its card name the root alone


async def test_files_are_opened_on_demand_logged_and_go_with_the_page(stage: Stage) -> None:
    dina, _, nurlan = await ready(stage)
    await begin(stage, nurlan)
    await stage.do(nurlan.send_photo(JPEG, caption="the gate"))
    await stage.do(nurlan.send("/cancel"))
    await stage.do(nurlan.press("No, go on"))
    for words in ("Kairat Sultanbek", "Semey", "05.01.2022", "art. 269", "beaten"):
        await stage.do(nurlan.send(words))
    for label in ("Done", "All correct", "Yes, pass it on", "With the name", "Send"):
        await stage.do(nurlan.press(label, exact=label == "Send"))
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    await stage.do(dina.press("More…"))
    await stage.do(dina.press("Files"))
    shown = dina.last_from_bot
    assert (shown.kind, shown.protected) == ("photo", True)
    assert "the gate" in shown.text
    assert "read_evidence" in await audited(stage)
    await stage.do(dina.press("Back", message=card))
    await stage.do(dina.press("Approve", message=card, exact=True))
    assert not [one for one in dina.messages if one.kind == "photo"]
    await stage.do(dina.press("Case 1"))
    await stage.do(dina.press("Files"))  # of one report alone: nobody is asked of which
    assert await dina.download(dina.last_from_bot) == JPEG
    stage.clock.move(minutes=16)
    await stage.tick()
    assert not [one for one in dina.messages if one.kind == "photo" or "Sultanbek" in one.text]
    assert "Case no. 1: your time is over. Open it again: /case 1" in [one.text for one in dina.messages]


async def test_buttons_that_are_old_forged_or_anothers_change_nothing(stage: Stage) -> None:
    dina, askar = await two_of_one(stage)
    await stage.do(dina.send("/case 1"))
    await stage.do(dina.send("/start"))
    elsewhere = dina.last_from_bot
    for data in ("k:1:2:status:died:1:today", "k:1:2:pick:date:2", "k:1:2:note"):
        await stage.do(forge(dina, data, elsewhere))
        assert "no longer works" in dina.toasts[-1].text
    for data in ("k:1:0:close:1", "k:x:1:open", "k:1:1:nothing", "k:1", "k:1:2:pick:date:2:3", "k:99:1:close"):
        await stage.do(forge(dina, data, shown_page(dina)))
        assert dina.toasts[-1].text
    await stage.do(askar.send("/start"))
    for data in ("k:1:2:note", "k:1:2:files:1"):
        await stage.do(forge(askar, data, askar.last_from_bot))
    assert "Dina" in askar.toasts[-1].text
    nurlan = stage.others[0]
    before = len(nurlan.messages)
    await stage.do(forge(nurlan, "k:1:2:open", nurlan.last_from_bot))
    assert len(nurlan.messages) == before
    async with stage.app.database.snapshot() as work:
        assert await work.case_records.statuses([1]) == []
        assert await work.case_records.picks([1], [1, 2]) == {}


async def test_a_page_that_was_changed_meanwhile_is_shown_as_it_is_now(stage: Stage) -> None:
    dina, _ = await two_of_one(stage)
    await stage.do(dina.send("/case 1"))
    await stage.do(dina.press("Status"))
    menu = dina.last_from_bot
    await stage.do(dina.send("/case 1"))
    assert not [one for one in dina.messages if one.message_id == menu.message_id]
    await stage.do(dina.press("Status"))
    async with stage.app.database.transaction() as work:  # as a press that comes twice
        await work.cases.add_to(1, await work.chats.meet(dina.id, language="en"), until=work.now)
    await stage.do(dina.press("released"))
    assert "was changed" in dina.toasts[-1].text
    assert "Case no. 1 · detained" in page(dina)


async def test_a_freeze_and_a_withdrawal_take_the_page_away(stage: Stage) -> None:
    dina, askar = await two_of_one(stage)
    nurlan = stage.others[0]
    await stage.do(dina.send("/case 1"))
    await stage.do(nurlan.send("/my"))
    await stage.do(forge(nurlan, "m:2:gone", nurlan.last_from_bot))
    assert not [one for one in dina.messages if one.from_bot and "Zhumabaev" in one.text]
    await stage.do(dina.send("/case 1"))
    assert "Report no. 2: withdrawn by its reporter" in page(dina)
    await stage.do(askar.send("/freeze"))
    await stage.do(dina.send("/freeze"))
    assert not [one for one in dina.messages if one.protected and "Жұмабаев" in one.text]
    async with stage.app.database.snapshot() as work:
        assert await work.cases.every_open() == []
