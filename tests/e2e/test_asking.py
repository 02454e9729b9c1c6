"""A coordinator asks the reporter through the bot; the answer comes back to the card, and neither learns who."""

import pytest

from bot.sandbox import Person
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG
from tests.e2e.people import begin, forge, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
QUESTION = "Which <station> was he taken to?"


async def asked(stage: Stage, words: str = QUESTION) -> tuple[Person, Person, str]:
    """Let a coordinator ask a reporter something; return both, and the receipt code."""
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    code = await report(stage, mother)
    await ask(stage, dina, words)
    return dina, mother, code


async def ask(stage: Stage, dina: Person, words: str = QUESTION) -> None:
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Ask", exact=True))
    await stage.do(dina.send(words))


async def last_notice(stage: Stage) -> str:
    await stage.cast.group.refresh()
    return stage.cast.group.messages[-1].text


async def test_a_question_goes_out_and_the_answer_comes_back_to_the_card(stage: Stage) -> None:
    dina, mother, code = await asked(stage)
    assert "the question is sent" in dina.last_from_bot.text
    assert not [one for one in dina.messages if "Sultanbek" in one.text]
    question = mother.last_from_bot
    assert QUESTION in question.text
    assert code in question.text
    assert "Dina" not in question.text
    await stage.do(dina.press("Next report"))
    assert "No reports are waiting" in dina.last_from_bot.text
    await stage.do(mother.send(f"/status {code}"))
    assert "waiting for a coordinator" in mother.last_from_bot.text
    await stage.do(mother.send("To the one at the market", reply_to=question))
    assert f"Your answer is with report {code}" in mother.last_from_bot.text
    assert "its reporter answered" in await last_notice(stage)
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    head = card.text[: card.text.index("Name")]
    assert QUESTION in head
    assert "To the one at the market" in head
    assert "Aigerim" not in card.text
    await stage.do(dina.press("Approve", exact=True))
    assert "Report no. 1: approved" in dina.last_from_bot.text


async def test_plain_words_answer_where_the_question_is_the_last_word(stage: Stage) -> None:
    dina, mother, _ = await asked(stage)
    await stage.do(mother.send("At the market"))
    assert "Your answer is with report" in mother.last_from_bot.text
    await ask(stage, dina, "And when?")
    await stage.do(mother.send("/my"))
    await stage.do(mother.send("In the evening"))
    assert "Your answer" not in mother.last_from_bot.text
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(mother.last_from_bot.labels[0]))
    await stage.do(mother.press("Answer the question"))
    assert "And when?" in mother.last_from_bot.text
    await stage.do(mother.send("In the evening"))
    await stage.do(dina.send("/next"))
    seen = dina.last_from_bot.text
    assert seen.index(QUESTION) < seen.index("At the market") < seen.index("And when?") < seen.index("In the evening")


async def test_a_question_can_be_skipped_and_its_buttons_grow_old(stage: Stage) -> None:
    dina, mother, _ = await asked(stage)
    await stage.do(mother.press("Skip"))
    assert "is looked at all the same" in mother.last_from_bot.text
    for data in ("m:1:skip:1", "m:1:dunno:1", "m:1:ask"):
        await forge(stage, mother, data)
        assert "No answer is waited for" in mother.toasts[-1].text
    await stage.do(dina.send("/next"))
    assert "the question was skipped" in dina.last_from_bot.text
    await ask(stage, dina, "Do you know his age?")
    await stage.do(mother.send("I don't know"))
    await stage.do(dina.send("/next"))
    assert "the reporter does not know" in dina.last_from_bot.text


async def test_a_report_comes_back_where_no_answer_comes_and_a_late_one_is_kept(stage: Stage) -> None:
    dina, mother, _ = await asked(stage)
    stage.clock.move(hours=23)
    await stage.tick()
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text
    stage.clock.move(hours=1, seconds=1)
    await stage.tick()
    await stage.do(dina.send("/next"))
    assert "none came in time" in dina.last_from_bot.text
    await stage.do(mother.send("At the market"))
    assert "Your answer is with report" in mother.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert "At the market" in dina.last_from_bot.text
    await stage.do(dina.press("Approve", exact=True))
    question = next(one for one in mother.messages if QUESTION in one.text)
    await stage.do(mother.send("The new one", reply_to=question))
    await stage.do(dina.send("/next"))
    for words in ("News of report no. 1", QUESTION, "The new one"):
        assert words in dina.last_from_bot.text
    assert "At the market" not in dina.last_from_bot.text


async def test_a_reply_answers_in_the_midst_of_a_report_and_plain_words_do_not(stage: Stage) -> None:
    dina, mother, code = await asked(stage)
    question = mother.last_from_bot
    await begin(stage, mother)
    await stage.do(mother.send("Aliya Isenova"))
    await stage.do(mother.send("At the market", reply_to=question))
    assert f"Your answer is with report {code}" in mother.last_from_bot.text
    assert "Question 2" in mother.last_from_bot.text
    await stage.do(mother.send("Semey"))
    assert "Question 3" in mother.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert "At the market" in dina.last_from_bot.text


async def test_a_question_that_comes_in_the_midst_of_a_report_leaves_it_where_it_is(stage: Stage) -> None:
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    await report(stage, mother)
    await begin(stage, mother)
    await ask(stage, dina)
    assert QUESTION in mother.last_from_bot.text
    await stage.do(mother.send("Aliya Isenova"))
    assert "Question 2" in mother.last_from_bot.text


async def test_a_photo_answers_and_goes_with_the_report(stage: Stage) -> None:
    dina, mother, code = await asked(stage)
    await report(stage, mother, name="Somebody Else")
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    await stage.do(mother.press("Answer the question"))
    await stage.do(mother.send_photo(JPEG, caption="this is the place"))
    assert code in mother.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert "Report no. 1" in dina.last_from_bot.text
    assert "“this is the place”" in dina.last_from_bot.text
    await ask(stage, dina, "Is there another picture?")
    await stage.do(mother.send_photo(JPEG))
    await stage.do(dina.send("/next"))
    assert "sent as a file" in dina.last_from_bot.text


async def test_words_that_make_no_question_are_asked_for_again_and_it_can_be_left(stage: Stage) -> None:
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    await report(stage, mother)
    before = mother.messages
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot
    await stage.do(dina.press("Ask", exact=True))
    await stage.do(dina.send("x" * 501))
    assert "What do you ask the reporter" in dina.last_from_bot.text
    await stage.do(dina.press("Back"))
    assert "What do you ask the reporter" not in dina.last_from_bot.text
    await stage.do(dina.send("just some words"))
    assert mother.messages == before
    await stage.do(dina.press("Approve", message=card, exact=True))
    assert [one for one in dina.messages if "Report no. 1: approved" in one.text]


async def test_who_asked_not_to_be_written_to_is_asked_nothing_nor_is_oneself(stage: Stage) -> None:
    dina, mother = stage.cast.coordinators[0], await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Answer more questions"))
    while "reached safely" not in mother.last_from_bot.text:
        await stage.do(mother.press("Skip"))
    await stage.do(mother.press("Please do not write"))
    await stage.do(mother.press("Finish"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Ask", exact=True))
    assert "asked not to be written to" in dina.toasts[-1].text
    await stage.do(dina.press("Approve", exact=True))
    await stage.do(dina.send("/cancel"))
    await report(stage, dina)
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Ask", exact=True))
    assert "yourself" in dina.toasts[-1].text


async def test_withdrawing_closes_the_question(stage: Stage) -> None:
    dina, mother, _ = await asked(stage)
    question = mother.last_from_bot
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(mother.last_from_bot.labels[0]))
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    await stage.do(mother.send("At the market", reply_to=question))
    assert "This report was withdrawn" in mother.last_from_bot.text
    await stage.do(mother.press("Skip", message=question))
    assert "not there any more" in mother.toasts[-1].text
    stage.clock.move(hours=25)
    await stage.tick()
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_another_persons_question_and_forged_buttons_change_nothing(stage: Stage) -> None:
    dina, mother, code = await asked(stage)
    thief = await stage.person("Thief")
    await report(stage, thief, name="Another")
    for data in ("m:1:skip:1", "m:2:skip:1", "m:1:dunno:", "m:1:dunno:x", "m:1:ask", f"m:1:skip:{2**62}"):
        await forge(stage, thief, data)
        assert thief.toasts[-1].text
    await stage.do(mother.send("/my"))
    await stage.do(mother.press(code))
    assert "Answer the question" in mother.last_from_bot.labels
    askar = stage.cast.coordinators[1]
    await stage.do(askar.send("/next"))
    for data in ("r:1:2:ask", "r:1:3:noask", "r:2:9:ask"):
        await forge(stage, dina, data)
        assert dina.toasts[-1].text
