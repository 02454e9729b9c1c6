"""One answer in words, read by the kind of its question."""

from dataclasses import dataclass
from datetime import date

from bot.domain.answer import Reading
from bot.domain.errors import Misreading, NotUnderstood
from bot.domain.questionnaire import Kind, Question
from bot.understanding.dates import read_date
from bot.understanding.places import Gazetteer


@dataclass(frozen=True)
class Reader:
    """Reads answers in words. The words themselves are kept whatever is understood of them."""

    places: Gazetteer

    def read(self, question: Question, text: str, *, today: date) -> Reading:
        """Say what is understood of an answer.

        Raises:
            NotUnderstood: too long for the question, or a date that cannot be.
        """
        if not text.strip():
            raise NotUnderstood(Misreading.EMPTY)
        if len(text) > question.max_length:
            raise NotUnderstood(Misreading.TOO_LONG, limit=question.max_length)
        match question.kind:
            case Kind.DATE:
                day = read_date(text, today=today)
                return Reading(value=day.isoformat() if day else None)
            case Kind.PLACE:
                return Reading(value=self.places.find(text))
            case Kind.NAME | Kind.WORDS | Kind.CHOICES:
                return Reading()
