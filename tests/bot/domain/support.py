"""Interviews for tests: one on every screen there is, reached the way a person reaches it."""

from bot.domain.answer import Answer, Words
from bot.domain.consent import Publishing
from bot.domain.further_questions import find_question
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SHARING, SUBMIT, Interview
from bot.domain.questionnaire import QUESTIONNAIRE, Kind

FIRST_SCREEN = 41
"""The number of the consent's screen. Not 1: a chat's second report does not begin at 1."""
PLACES = ("almaty", "semey", "fort_shevchenko")
"""Places that may be picked."""
QUESTIONS = tuple(question.key for question in QUESTIONNAIRE.questions)
STEPS = (CONSENT, *QUESTIONS, REVIEW, SHARING, PUBLISHING, SUBMIT)


def said(*texts: str) -> Answer:
    """Return an answer in words, one message a text."""
    return Answer(words=tuple(Words(message_id=100 + number, text=text) for number, text in enumerate(texts)))


def an_answer(key: str) -> Answer:
    """Return a fitting answer to a question."""
    question = find_question(key)
    assert question is not None
    match question.kind:
        case Kind.NAME | Kind.WORDS:
            return said(f"the {key} as said")
        case Kind.PLACE:
            return Answer.pressed(value=PLACES[0])
        case Kind.CHARGE | Kind.AGE | Kind.ONE:
            return Answer.pressed(value=question.choices[0].key)
        case Kind.DATE:
            return Answer.pressed(value="2022-01-05")
        case Kind.CHOICES:
            return Answer.pressed(choices=[question.choices[0].key, question.choices[1].key])


ANSWERS = {key: an_answer(key) for key in QUESTIONS}


def interview_at(step: str) -> Interview:
    """Walk from the consent to a step."""
    interview = Interview(screen=FIRST_SCREEN)
    while interview.step != step:
        interview = one_on(interview)
    return interview


def one_on(interview: Interview) -> Interview:
    """Take the straight road's next step."""
    if interview.question is not None:
        return interview.answered(ANSWERS[interview.step])
    if interview.step == CONSENT:
        return interview.agreed()
    if interview.step == REVIEW:
        return interview.reviewed()
    if interview.step == SHARING:
        return interview.share(sharing=True)
    return interview.publish(Publishing.WITHOUT_NAME)


def editing(key: str) -> Interview:
    """Open a question from the review."""
    return interview_at(REVIEW).edit(key)
