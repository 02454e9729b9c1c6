"""One answer in words, read by the kind of its question."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from bot.domain.answer import Reading
from bot.domain.errors import Misreading, NotUnderstood
from bot.domain.questionnaire import Kind, Question
from bot.understanding.dates import read_date
from bot.understanding.places import Gazetteer

_JOINER = "\u200d"
"""Joins emoji and some scripts' letters: it changes what is seen."""


def visible(text: str) -> str:
    """Return a text without what cannot be seen: white space at its ends, zero-width and direction marks."""
    if text.isprintable():  # as most are: nothing in it is of the kind that is left out
        return text.strip()
    kept = "".join(sign for sign in text if sign == _JOINER or unicodedata.category(sign) != "Cf")
    return kept.strip() if kept.replace(_JOINER, "").strip() else ""


@dataclass(frozen=True)
class Reader:
    """Reads answers in words. The words themselves are kept whatever is understood of them."""

    places: Gazetteer

    def read(self, question: Question, text: str, *, today: date) -> Reading:
        """Say what is understood of an answer.

        Raises:
            NotUnderstood: too long for the question, or a date that cannot be.
        """
        self.check(question, text)
        return self.understand(question, text, today=today)

    def check(self, question: Question, text: str) -> None:
        """Check that one message can be kept as words.

        Raises:
            NotUnderstood: it shows nothing, or is too long for the question.
        """
        if not visible(text):
            raise NotUnderstood(Misreading.EMPTY)
        if len(text) > question.max_length:
            raise NotUnderstood(Misreading.TOO_LONG, limit=question.max_length)

    def understand(self, question: Question, text: str, *, today: date) -> Reading:
        """Say what is understood of words that are kept.

        Raises:
            NotUnderstood: a date that cannot be.
        """
        seen = visible(text)
        match question.kind:
            case Kind.DATE:
                day = read_date(seen, today=today)
                return Reading(value=day.isoformat() if day else None)
            case Kind.PLACE:
                return Reading(value=self.places.find(seen))
            case Kind.NAME | Kind.WORDS | Kind.CHOICES:
                return Reading()
