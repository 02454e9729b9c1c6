"""An answer: the words exactly as said, beside what was understood of them."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class AnswerState(StrEnum):
    """Whether the question was answered, and if not, how it was passed over."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Words(BaseModel):
    """One message of the person, as said. Its id lets an edited message find the answer it gave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: int
    text: str


class Reading(BaseModel):
    """What was understood of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str | None = None
    """A place's key, a day as YYYY-MM-DD or a span of days as two of them with "/" between, or charges with ";" between
    ("CC:272/2;CC:269"); None where the words speak for themselves."""
    part_of_day: str | None = None
    """Of a day: when it was, where that was said ("night")."""
    choices: tuple[str, ...] = ()
    """Keys of the chosen conditions, in the questionnaire's order."""


class Meaning(BaseModel):
    """What an answer means, apart from its words: as it was understood, or as a coordinator corrected that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: AnswerState = AnswerState.GIVEN
    reading: Reading = Reading()


class Answer(BaseModel):
    """What one person said to one question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: AnswerState = AnswerState.GIVEN
    words: tuple[Words, ...] = ()
    """The messages it was given in; none where it was pressed."""
    reading: Reading = Reading()
    before: Meaning | None = Field(default=None, exclude=True)
    """What was understood until a coordinator corrected it. It is never written with the answer."""

    @classmethod
    def unknown(cls) -> "Answer":
        """Return the answer "I do not know"."""
        return cls(state=AnswerState.UNKNOWN)

    @classmethod
    def skipped(cls) -> "Answer":
        """Return the answer of a question passed over."""
        return cls(state=AnswerState.SKIPPED)

    @classmethod
    def pressed(cls, *, value: str | None = None, choices: Iterable[str] = ()) -> "Answer":
        """Return an answer given by buttons alone."""
        return cls(reading=Reading(value=value, choices=tuple(choices)))

    @property
    def text(self) -> str:
        """The words as said, its messages joined by line breaks; empty where the answer was pressed."""
        return "\n".join(words.text for words in self.words)

    @property
    def meaning(self) -> Meaning:
        """What it means, by the correction where there is one."""
        return Meaning(state=self.state, reading=self.reading)

    def corrected(self, meaning: Meaning) -> "Answer":
        """Return this answer with something else as its meaning. The words stay."""
        told = self.as_told()
        return told.model_copy(
            update={"state": meaning.state, "reading": meaning.reading, "before": told.meaning},
        )

    def as_told(self) -> "Answer":
        """Return this answer without what a coordinator corrected."""
        if self.before is None:
            return self
        return self.model_copy(update={"state": self.before.state, "reading": self.before.reading, "before": None})

    def with_words(self, words: Words) -> tuple[Words, ...]:
        """Return this answer's messages with one added, or replaced where that message was edited."""
        if any(mine.message_id == words.message_id for mine in self.words):
            return tuple(words if mine.message_id == words.message_id else mine for mine in self.words)
        return (*self.words, words)


def days_of(value: str) -> tuple[date, date]:
    """Return the first and the last day of what was read as a day, or as a span of days ("2022-01-05/2022-01-06")."""
    first, _, last = value.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)
