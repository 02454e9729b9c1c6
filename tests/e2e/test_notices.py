"""What the group is told of reports: few messages, each said once, edited as its reports are claimed and decided."""

import pytest

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""

HOW = "To take the next one, send me /next in our private chat."


async def notices(stage: Stage) -> list[list[str]]:
    """Return the lines of each notice, without the last, which says how to take a report while one waits."""
    await stage.cast.group.refresh()
    said = [message.text.splitlines() for message in stage.cast.group.messages if message.from_bot]
    for lines in said:
        assert (lines[-1] == HOW) == any(line.endswith((" waiting", "see /queue")) for line in lines)
    return [[line for line in lines if line != HOW] for lines in said]


async def state(stage: Stage) -> str:
    """Return where the only report stands, as its notice says some seconds later."""
    stage.clock.move(seconds=5)
    await stage.tick()
    (_, line), *_ = await notices(stage)
    return line.split(" · ")[-1]


async def ready(stage: Stage) -> Person:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    return dina


async def urgent(stage: Stage, reporter: Person) -> str:
    return await report(stage, reporter, conditions="They torture him.")


async def withdraw(stage: Stage, reporter: Person) -> None:
    await stage.do(reporter.send("/my"))
    for label in ("-", "Withdraw this report", "Yes, delete it for good"):
        await stage.do(reporter.press(label))


async def test_it_says_code_city_date_and_urgency_and_no_word_of_what_was_said(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    known = await report(stage, nurlan, name="Unmistakable", city="Семей, house 5", charge="Chargeword")
    unknown = await report(stage, nurlan, city="Nowhereton", date="in winter", conditions="They torture him.")
    await stage.tick()
    (lines,) = await notices(stage)
    assert lines == [
        "New reports: 2",
        f"Urgent · no. 2 · {unknown} · place not recognised · day not clear · waiting",
        f"no. 1 · {known} · Semey · 5 January 2022 · waiting",
    ]


async def test_what_comes_in_within_a_minute_stands_on_one_notice(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    for _ in range(3):  # a quarter of a minute each
        await report(stage, nurlan)
        await stage.tick()
    (lines,) = await notices(stage)
    assert lines[0] == "New reports: 3"
    stage.clock.move(minutes=2)
    await report(stage, nurlan)
    await stage.tick()
    assert [lines[0] for lines in await notices(stage)] == ["New reports: 3", "1 new report"]


async def test_what_is_urgent_has_a_notice_of_its_own_at_once(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    await stage.tick()
    await urgent(stage, nurlan)
    await stage.tick()
    _, second = await notices(stage)
    assert second[1].startswith("Urgent · no. 2")


async def test_it_is_edited_as_its_report_is_claimed_and_decided(stage: Stage) -> None:
    dina = await ready(stage)
    await report(stage, await stage.person("Nurlan"))
    await stage.tick()
    assert await state(stage) == "waiting"
    await stage.do(dina.send("/next"))
    assert await state(stage) == "in hand"
    await stage.do(dina.press("Release"))
    assert await state(stage) == "waiting"
    await stage.do(dina.send("/next"))
    stage.clock.move(minutes=16)
    await stage.tick()
    assert await state(stage) == "waiting"
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve", exact=True))
    assert await state(stage) == "approved"
    await stage.do(dina.press("Undo"))
    assert await state(stage) == "in hand"
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("spam"))
    assert await state(stage) == "rejected"
    (lines,) = await notices(stage)
    assert "Dina" not in "".join(lines)


async def test_a_report_that_is_withdrawn_leaves_nothing_but_its_number(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    code = await report(stage, nurlan)
    await stage.tick()
    await withdraw(stage, nurlan)
    assert await state(stage) == "withdrawn by its reporter"
    (lines,) = await notices(stage)
    assert not [word for word in (code, "Semey", "January") if word in "".join(lines)]


async def test_a_report_that_is_withdrawn_before_anybody_was_told_is_not_told_of(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    await withdraw(stage, nurlan)
    await stage.tick()
    assert await notices(stage) == []


async def test_while_frozen_nothing_is_posted_or_edited_and_all_of_it_afterwards(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    nurlan = await stage.person("Nurlan")
    await ready(stage)
    await report(stage, nurlan)
    await stage.tick()
    await stage.do(dina.send("/next"))
    async with stage.app.database.transaction() as work:
        await work.members.freeze(await work.chats.meet(dina.id, language="en"))
    await report(stage, nurlan)
    stage.clock.move(minutes=2)
    await stage.tick()
    (first,) = await notices(stage)
    assert first[1].endswith("waiting")
    async with stage.app.database.transaction() as work:
        await work.members.let_thaw(until=work.now.replace(year=2023))
        assert await work.members.thaw()
    assert await state(stage) == "in hand"
    _, second = await notices(stage)
    assert second[0] == "1 new report"


async def test_in_a_rush_there_are_few_notices_and_they_count_what_they_do_not_list(stage: Stage) -> None:
    """The group takes nothing for a while; meanwhile three dozen reports come in."""
    nurlan, botagoz = await stage.person("Nurlan"), await stage.person("Botagoz")
    await stage.telegram.fault("flood", chat=stage.cast.group, times=50, retry_after=3600)
    for number in range(26):
        await report(stage, nurlan if number % 2 else botagoz)
        await stage.tick()
    await urgent(stage, nurlan)
    await stage.tick()
    await stage.telegram.clear_faults()
    for _ in range(3):
        stage.clock.move(hours=2)
        await stage.tick()
    said = await notices(stage)
    assert len(said) <= 4
    listed = [line for lines in said for line in lines if "no. " in line]
    more = [int(line.split()[1]) for lines in said for line in lines if line.startswith("and ")]
    assert len(listed) + sum(more) == 27
    assert sum(line.startswith("Urgent") for line in listed) == 1
