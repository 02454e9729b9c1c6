"""Opening reports by number and from what was found, their history, undoing by a lead, notes beside rejections."""

from datetime import time

import pytest

from bot.domain.audit import AuditAct
from bot.sandbox import Person
from bot.settings import Settings
from tests.e2e.conftest import Stage
from tests.e2e.people import report
from tests.e2e.test_team import joined

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"digest_at": time(20, 0)})


async def ready(stage: Stage, *names: str) -> tuple[Person, Person, Person]:
    """Let two leads start, and somebody report these people; return them all."""
    dina, askar = stage.cast.coordinators
    for lead in (dina, askar):
        await stage.do(lead.send("/start"))
    nurlan = await stage.person("Nurlan")
    for name in names:
        await report(stage, nurlan, name=name)
    return dina, askar, nurlan


def said_by_bot(person: Person, *words: str) -> int:
    """Return how many of the bot's messages on a screen hold one of these words."""
    shown = [message.text for message in person.messages if message.from_bot]
    return sum(any(word in text for word in words) for text in shown)


async def acts(stage: Stage) -> list[str]:
    async with stage.app.database.transaction() as work:
        return [entry.act async for entry in work.audit.newest()][::-1]


async def test_a_report_is_opened_by_its_number_and_from_what_was_found(stage: Stage) -> None:
    dina, askar, _ = await ready(stage, "First", "Second Person")
    await stage.do(dina.send("/report 2"))
    assert "Report no. 2" in dina.last_from_bot.text
    assert "Approve, next" in dina.last_from_bot.labels
    await stage.do(askar.send("/find 2"))
    await stage.do(askar.press("№ 2"))
    assert "Coordinator: Dina" in askar.toasts[-1].text
    await stage.do(dina.send("/find 2"))
    await stage.do(dina.press("№ 2"))
    assert "Yours until" in dina.last_from_bot.text
    await stage.do(dina.press("Approve", exact=True))
    await stage.do(dina.send("/report 2"))
    assert "Case no. 1." in dina.last_from_bot.text
    await stage.do(dina.press("Case 1", message=dina.last_from_bot))
    assert "Case no. 1 · detained" in dina.last_from_bot.text
    await stage.do(dina.press("Next report"))
    for said, answer in (("/report", "/report 17"), ("/report 99", "no report no. 99"), ("/report №1", "Dina")):
        await stage.do(askar.send(said))
        assert answer in askar.last_from_bot.text
    assert [act for act in await acts(stage) if act == AuditAct.FOUND] == [AuditAct.FOUND] * 2


async def test_a_rejected_report_is_looked_at_and_a_lead_undoes_it_though_its_reporter_was_told(stage: Stage) -> None:
    dina, askar, nurlan = await ready(stage, "Kairat Sultanbek")
    olga = await joined(stage, "Olga")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("Too little"))
    await stage.do(dina.press("Add a note"))
    note = await stage.do(dina.send("Ask the uncle", reply_to=dina.last_from_bot))
    assert "the note is kept" in dina.last_from_bot.text
    assert note.message_id not in [message.message_id for message in dina.messages]
    stage.clock.move(minutes=11)
    await stage.tick()
    told = nurlan.last_from_bot.text
    assert "Ask the uncle" not in told
    await stage.do(olga.send("/report 1"))
    shown = olga.last_from_bot
    assert shown.protected
    assert "Kairat Sultanbek, Semey" in shown.text
    assert "Reason: Too little to check\nNote: “Ask the uncle”" in shown.text
    assert "Nurlan" not in shown.text
    assert shown.labels == ("Close",)
    await stage.do(olga.press("Close", data="u:1:1"))
    assert "A lead can undo it" in olga.toasts[-1].text
    await stage.do(olga.press("Close"))
    assert "Kairat" not in "".join(message.text for message in olga.messages)
    await stage.do(askar.send("/report 1"))
    await stage.do(askar.press("History"))
    assert "Report no. 1: history" in askar.last_from_bot.text
    await stage.do(askar.press("Close"))
    assert not [message for message in askar.messages if message.protected]
    await stage.do(askar.send("/report 1"))
    await stage.do(askar.press("Undo"))
    assert "Yours until" in askar.last_from_bot.text
    assert nurlan.last_from_bot.text != told
    await stage.do(askar.press("Approve", exact=True))
    await stage.do(dina.press("Undo"))
    assert "does not stand any more" in dina.toasts[-1].text


async def test_an_approved_report_is_undone_by_a_lead_and_the_digest_is_mended(stage: Stage) -> None:
    dina, askar, _ = await ready(stage, "First Person", "Second Person")
    for _ in range(2):
        await stage.do(dina.send("/next"))
        await stage.do(dina.press("Approve", exact=True))
    stage.clock.move(hours=6)
    await stage.tick()
    await stage.cast.channel.refresh()
    assert "First Person" in stage.cast.channel.last_from_bot.text
    await stage.do(askar.send("/report 1"))
    shown = askar.last_from_bot
    assert "Case no. 1." in shown.text
    assert shown.labels == ("Case 1", "Undo", "History", "Close")
    await stage.do(askar.press("Undo"))
    await stage.tick()
    await stage.cast.channel.refresh()
    post = stage.cast.channel.last_from_bot.text
    assert "First Person" not in post
    assert "Second Person" in post
    await stage.do(askar.press("Approve", exact=True))
    await stage.do(askar.send("/digest"))
    preview = "".join(message.text for message in askar.messages[-2:])
    assert "First Person" in preview
    assert "Second Person" not in preview
    assert AuditAct.READ_DIGEST in await acts(stage)


async def test_a_lead_sees_the_history_and_a_coordinator_does_not(stage: Stage) -> None:
    dina, _, _ = await ready(stage, "Kairat Sultanbek")
    olga = await joined(stage, "Olga")
    await stage.do(olga.send("/next"))
    await stage.do(olga.press("More…"))
    assert "History" not in olga.last_from_bot.labels
    await stage.do(olga.press("Correct", data="r:1:2:hist"))
    assert "history" not in "".join(message.text for message in olga.messages)
    await stage.do(olga.press("← Back"))
    await stage.do(olga.press("Release"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("More…"))
    await stage.do(dina.press("History"))
    shown = dina.last_from_bot
    assert shown.protected
    assert "Report no. 1: history" in shown.text
    assert "Olga: report read" in shown.text
    assert "Kairat" not in shown.text
    assert AuditAct.READ_HISTORY in await acts(stage)
    await stage.do(dina.press("← Back"))
    await stage.do(dina.press("Release"))
    assert "history" not in "".join(message.text for message in dina.messages)


async def test_forged_buttons_open_and_note_nothing(stage: Stage) -> None:
    dina, askar, nurlan = await ready(stage, "Kairat Sultanbek")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("Too little"))
    for person in (askar, nurlan):
        await stage.do(person.send("/start"))
        for data in ("n:1:1", "n:1", "n:x:y", "f:x", "f:99", "u:1:99", "r:1:9:close"):
            await stage.do(person.press("I agree", data=data))
    await stage.do(askar.send("Not mine to note"))
    async with stage.app.database.transaction() as work:
        one = await work.reports.get(1)
    assert one is not None
    assert (one.decision, one.reason_words) == ("rejected", None)


async def test_what_is_only_looked_at_leaves_the_screen_when_a_claim_would_be_over(stage: Stage) -> None:
    dina, askar, _ = await ready(stage, "Kairat Sultanbek", "Aliya Isenova")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("Too little"))
    await stage.tick()
    await stage.do(askar.send("/report 1"))
    await stage.do(dina.send("/find Kairat Sultanbek"))
    await stage.do(dina.send("/find Aliya Isenova"))
    stage.clock.move(minutes=14)
    await stage.tick()
    assert [said_by_bot(one, "Kairat", "Aliya") for one in (dina, askar)] == [2, 1]
    stage.clock.move(minutes=1)
    await stage.tick()
    await stage.tick()
    for one in (dina, askar):
        assert said_by_bot(one, "Kairat", "Aliya") == 0
        assert "To look again: /find" in one.last_from_bot.text
