"""What is asked when something is corrected, at its worst: no answer in it, and no more than Telegram takes."""

import pytest

from bot.domain.answer import Answer, Meaning, Reading
from bot.domain.further_questions import ALL_QUESTIONS, find_question
from bot.domain.message import Replace
from bot.domain.questionnaire import Kind, Question
from bot.services.correcting import Correction, Field, InDoubt
from bot.texts import Texts
from handlers.team.views import correcting as views
from handlers.team.views import moderation
from storage.reports import Claim
from tests.handlers.views.support import SUBMITTED_AT, buttons, everything, report, shown, worst_answer, worst_answers

CLAIM = Claim(999_999_999, 9_999)
"""More reports, and more changes of one, than there will be. The data of a button has 64 bytes."""
LONGEST = {
    Kind.PLACE: Reading(value="west_kazakhstan_region"),
    Kind.DATE: Reading(value="2022-01-05/2022-01-06"),
    Kind.AGE: Reading(value="minor"),
}


@pytest.mark.parametrize("question", ALL_QUESTIONS, ids=lambda one: one.key)
def test_what_is_asked_holds_no_answer_and_fits(texts: Texts, question: Question) -> None:
    answer = worst_answer(question, "Щ", understood=True).corrected(Meaning())
    field = Field(CLAIM, question, answer.corrected(Meaning(reading=Reading(choices=answer.reading.choices))))
    doubts = (LONGEST[question.kind],) * 4 if question.kind in LONGEST else ()
    note = views.in_doubt(InDoubt(doubts), texts)
    asked = views.ask(field, texts, note=note, doubts=doubts)
    assert "Щ" not in shown(asked)
    labels = [label for label, _ in buttons(asked.keyboard)]
    assert texts.plain("button.uncorrect") in labels
    assert texts.plain("button.not_known") in labels


def test_every_answer_of_a_report_can_be_corrected_and_no_other(texts: Texts) -> None:
    one = report(worst_answers("&")).model_copy(update={"report_id": CLAIM.report_id, "revision": CLAIM.revision})
    data = [data for _, data in buttons(views.questions(one, texts))]
    claim = f"r:{CLAIM.report_id}:{CLAIM.revision}"
    assert data == [*(f"{claim}:fix:{key}" for key in one.answers), f"{claim}:back"]
    shown(Replace(message_id=1, html="-", keyboard=views.questions(one, texts)))


@pytest.mark.parametrize("is_done", [True, False])
def test_what_came_of_it_is_said_with_the_way_back(texts: Texts, *, is_done: bool) -> None:
    answer = Answer.pressed(value="semey").corrected(Meaning(reading=Reading(value="almaty")))
    one = report({"city": answer}).model_copy(update={"report_id": 17, "revision": 4})
    outcome = views.outcome(Correction(one, "city", is_done), texts)
    shown(outcome)
    assert [data for _, data in buttons(outcome.keyboard)] == (["r:17:4:unfix:city"] if is_done else [])
    taken_back = one.as_told()
    assert views.outcome(Correction(taken_back, "city", is_done=True), texts).keyboard == ()


def test_the_card_says_what_was_corrected_beside_the_words(texts: Texts) -> None:
    question = find_question("name")
    assert question is not None
    name = worst_answer(question, "<").corrected(Meaning(reading=Reading(value="Қайрат < Сұлтанбек")))
    city = Answer.pressed(value="semey").corrected(Meaning(reading=Reading(value="almaty")))
    text = everything(moderation.card(report({"name": name, "city": city}), texts, until=SUBMITTED_AT))
    assert "Қайрат < Сұлтанбек" in text
    assert "<<<<" in text
    assert texts("card.corrected").striptags() in text
    assert texts("card.corrected_from", before=texts.place("semey")).striptags() in text
