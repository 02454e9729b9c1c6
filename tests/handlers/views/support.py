"""Answers at their worst, and Telegram's own judgement of what is shown."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.message import Keyboard, Replace, Say
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.report import Report
from bot.sandbox.world.html_parser import parse_html
from tests.storage.support import agreed

TODAY = date(2022, 1, 20)
SUBMITTED_AT = datetime(2022, 1, 6, 8, 20, tzinfo=UTC)
LONGEST_ID = 2**63 - 1
LONGEST_REVISION = 2**31 - 1
MESSAGES_TOGETHER = 4
"""How many messages of the greatest length one answer may hold."""
WORST = {
    "angle brackets": "<",
    "ampersands": "&",
    "emoji": "🙂",
    "markup": "<b>x</b> ",
    "entities": "&lt;&#60; ",
    "quotes": "\"' ",
    "braces": "{label} ",
    "lines": "ы\n",
    "words": "слово ",
}
"""What to fill an answer with, by what is bad about it."""

UNDERSTOOD = {Kind.PLACE: "west_kazakhstan_region", Kind.DATE: "2022-09-28", Kind.CHARGE: "CC:274/4/2"}
"""What can be read out of an answer, at its longest."""
MARKUP = ("<b>x</b>", "<i>", "</b>", "&amp;", "<a href='https://x.kz'>x</a>", "{label}", "%s")
"""What must be shown as it was written."""


def units(text: str) -> int:
    """Return the length that Telegram counts, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def squeezed(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def filled(filling: str, length: int) -> str:
    """Return an answer of a length, which neither begins nor ends with a space."""
    return (filling * length)[: length - 1].strip().ljust(length, filling[0])


def worst_answer(question: Question, filling: str, *, understood: bool = False) -> Answer:
    """Return the longest answer a question takes; `understood`: beside words, a place or a day was made out."""
    last = question.max_length - (MESSAGES_TOGETHER - 1)  # the line breaks between the messages count as well
    lengths = [*[question.max_length] * (MESSAGES_TOGETHER - 1), last]
    words = tuple(Words(message_id=5 + place, text=filled(filling, length)) for place, length in enumerate(lengths))
    choices = tuple(c.key for c in question.choices if not c.alone) if question.kind is Kind.CHOICES else ()
    value = UNDERSTOOD.get(question.kind) if understood else None
    return Answer(words=words, reading=Reading(value=value, choices=choices))


def worst_answers(filling: str, *, understood: bool = False) -> dict[str, Answer]:
    """Return the longest answers there can be to all questions."""
    return {
        question.key: worst_answer(question, filling, understood=understood) for question in QUESTIONNAIRE.questions
    }


def report(
    answers: dict[str, Answer],
    *,
    urgent: bool = False,
    publishing: Publishing = Publishing.WITHOUT_NAME,
    sharing: bool = False,
) -> Report:
    """Return a submitted report."""
    return Report(
        report_id=LONGEST_ID,
        revision=LONGEST_REVISION,
        questionnaire_version=1,
        consent=agreed(publishing, sharing=sharing),
        language="ru",
        submitted_at=SUBMITTED_AT,
        urgent=urgent,
        answers=answers,
    )


def shown(message: Say | Replace) -> str:
    """Return what a person reads; it raises where Telegram would refuse the message."""
    text, _ = parse_html(message.html or "")
    assert 0 < units(text.strip()) <= units(text) <= 4096
    check_keyboard(message.keyboard)
    return text


def kinds(message: Say | Replace) -> list[str]:
    """Return the kinds of markup in a message, in order."""
    return [str(entity["type"]) for entity in parse_html(message.html or "")[1]]


def check_keyboard(keyboard: Keyboard) -> None:
    """Hold a keyboard against Telegram's limits."""
    assert sum(len(row) for row in keyboard) <= 100
    assert all(1 <= len(row) <= 8 for row in keyboard)
    for button in buttons(keyboard):
        assert 1 <= units(button[0]) <= 64
        assert 1 <= len(button[1].encode()) <= 64


def buttons(keyboard: Keyboard) -> list[tuple[str, str]]:
    """Return the labels and data of all buttons."""
    return [(button.text, button.callback_data) for row in keyboard for button in row]


def everything(messages: Iterable[Say]) -> str:
    """Return what a person reads in all messages."""
    return "\n".join(shown(message) for message in messages)
