"""What is new of a decided report comes back into the queue as a short item of its own."""

import pytest

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG
from tests.e2e.people import forge, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def decided(stage: Stage, *how: str) -> tuple[Person, Person, str]:
    """Let a report be approved, or rejected for a reason; return coordinator, reporter and receipt code."""
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.do(dina.send("/next"))
    for label in how or ("Approve",):
        await stage.do(dina.press(label, exact=True))
    return dina, mother, code


async def tell(stage: Stage, mother: Person, code: str, words: str) -> None:
    """Let the reporter say that the person is released."""
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Something has changed"))
    await stage.do(mother.press("Released"))
    await stage.do(mother.send(words))


async def test_news_of_an_approved_report_is_a_short_card_until_it_is_seen(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "yesterday, at the gate")
    await stage.do(dina.send("/queue"))
    assert "1 report is waiting" in dina.last_from_bot.text
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    for words in ("News of report no. 1", "case 1", "Kairat Sultanbek", "Released", "yesterday, at the gate"):
        assert words in card.text
    assert "in the village" not in card.text
    assert card.protected
    assert card.labels[:3] == ("Case: released", "Seen, next", "Seen")
    await stage.do(dina.press("Seen", exact=True))
    assert "Report no. 1: seen" in dina.last_from_bot.text
    assert not [one for one in dina.messages if "at the gate" in one.text]
    await stage.do(dina.press("Next report"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_one_tap_writes_what_became_of_the_person_into_the_case_with_its_source(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "19.01.2022")
    await stage.do(dina.send("/next"))
    async with stage.app.database.transaction() as work:
        standing = await work.reports.standing(1)
    assert standing is not None
    await report(stage, mother, name="Lyazzat Dosmambetova")
    await stage.do(dina.press("Case: released"))
    (outcome,) = [one for one in dina.messages if "Report no. 1: seen" in one.text]
    assert "Written into case no. 1: released (19 January 2022)." in outcome.text
    assert "Report no. 2" in dina.last_from_bot.text
    await stage.do(dina.press("Case 1", message=outcome, data=f"r:1:{standing.revision}:seen_as:released:1"))
    assert "seen already" in dina.toasts[-1].text
    await stage.do(dina.press("Case 1", message=outcome))
    page = dina.last_from_bot.text
    assert "Case no. 1 · released" in page
    assert page.count("19 January 2022: released (report 1; noted by Dina)") == 1


async def test_what_was_pressed_by_mistake_is_no_status_and_a_rejected_report_has_no_case_for_one(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "yesterday, at the gate")
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Something has changed"))
    await stage.do(mother.press("mistake"))
    await stage.do(dina.send("/next"))
    assert dina.last_from_bot.labels[0] == "Seen, next"
    async with stage.app.database.transaction() as work:
        standing = await work.reports.standing(1)
    assert standing is not None
    for value in ("released:2", "moved:2", "lost:2", "released", "released:x", ""):
        await forge(stage, dina, f"r:1:{standing.revision}:seen_as:{value}")
        assert "no longer works" in dina.toasts[-1].text
    await stage.do(dina.send("/case 1"))
    assert "Case no. 1 · detained" in dina.last_from_bot.text


async def test_all_that_came_since_is_on_one_card_and_only_that(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "yesterday, at the gate")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Seen", exact=True))
    await stage.do(mother.send_photo(JPEG))
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Change what is allowed"))
    await stage.do(mother.press("Only as a number"))
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Answer more questions"))
    await stage.do(mother.press("In hospital"))
    await stage.do(dina.send("/next"))
    seen = dina.last_from_bot.text
    for words in ("sent besides words", "Publishing: Only as a number", "Now: In hospital"):
        assert words in seen
    assert "at the gate" not in seen
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    assert "consent changed" not in mother.last_from_bot.text


async def test_what_comes_while_the_card_is_read_is_not_seen_with_it(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "yesterday, at the gate")
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    await tell(stage, mother, code, "no, it was today")
    await stage.do(dina.press("Seen, next", message=card))
    shown = dina.last_from_bot.text
    assert "News of report no. 1" in shown
    assert "it was today" in shown
    assert "at the gate" not in shown


async def test_what_comes_between_the_card_and_the_decision_is_not_lost(stage: Stage) -> None:
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    await tell(stage, mother, code, "yesterday, at the gate")
    await stage.do(dina.press("Approve", message=card, exact=True))
    await stage.do(dina.send("/next"))
    assert "at the gate" in dina.last_from_bot.text


async def test_more_of_a_rejected_report_comes_back_as_well(stage: Stage) -> None:
    dina, mother, code = await decided(stage, "Reject", "Too little to check")
    await tell(stage, mother, code, "at the gate")
    await stage.do(dina.send("/next"))
    assert "News of report no. 1" in dina.last_from_bot.text
    assert "Open the case" not in dina.last_from_bot.labels


async def test_of_a_withdrawn_report_of_a_case_only_that_is_told(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    await tell(stage, mother, code, "at the gate")
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    await stage.do(dina.send("/next"))
    assert "Withdrawn by its reporter; nothing of it is kept" in dina.last_from_bot.text
    await stage.do(dina.press("Seen", exact=True))
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_undoing_a_decision_while_news_waits_ends_in_one_item(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    outcome = dina.last_from_bot
    await tell(stage, mother, code, "at the gate")
    await stage.do(dina.press("Undo", message=outcome))
    card = dina.last_from_bot
    assert "in the village" in card.text
    assert "at the gate" in card.text
    await stage.do(dina.press("Approve", message=card, exact=True))
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_an_update_is_given_back_and_its_old_or_forged_buttons_do_nothing(stage: Stage) -> None:
    dina, mother, code = await decided(stage)
    askar = stage.cast.coordinators[1]
    await tell(stage, mother, code, "at the gate")
    await stage.do(dina.send("/next"))
    async with stage.app.database.transaction() as work:
        standing = await work.reports.standing(1)
    assert standing is not None
    claim = f"r:1:{standing.revision}"
    seen = f"{claim}:seen:1"
    for action in ("ok", "approve", "reject", "more", "back", "to:1", "reason:abuse", "ask", "seen:x"):
        await forge(stage, dina, f"{claim}:{action}")
        assert dina.toasts[-1].text
        await stage.do(dina.send("/next"))
        assert "News of report no. 1" in dina.last_from_bot.text
    await stage.do(askar.send("/start"))
    await forge(stage, askar, seen)
    assert "Dina" in askar.toasts[-1].text
    await stage.do(dina.press("Release", message=dina.last_from_bot))
    await stage.do(askar.send("/next"))
    assert "at the gate" in askar.last_from_bot.text
    await stage.do(askar.press("Seen", exact=True))
    await forge(stage, askar, seen)
    assert "seen already" in askar.toasts[-1].text
    async with stage.app.database.transaction() as work:
        standing = await work.reports.standing(1)
    assert standing is not None
    assert standing.decision == "approved"
    assert not standing.is_queued
