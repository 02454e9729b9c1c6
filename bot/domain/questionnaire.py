"""The questionnaire is data: one frozen tuple that drives prompts, keyboards, parsing, review, cards and export.

Texts follow by convention: `question.<key>` asks, `question.<key>.label` names the answer, and
`choice.<key>.<choice>` labels a button.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.domain.answer import Answer

LONGEST_MESSAGE = 4096
"""Characters a person can send in one message (Telegram's limit)."""


class Kind(StrEnum):
    """How an answer is read and which buttons stand under the question."""

    NAME = "name"
    PLACE = "place"
    DATE = "date"
    CHARGE = "charge"
    WORDS = "words"
    AGE = "age"
    """Adult or minor: pressed, or read out of an age or a year of birth."""
    ONE = "one"
    """One of its choices, which answers at once; or words."""
    CHOICES = "choices"
    """Any of its choices, and words, until "Done"."""


NO_CHARGE = "none"
"""The answer that no charge is known to anybody: not the same as "I do not know"."""


class Choice(BaseModel):
    """One thing that can be pressed instead of written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=24)
    urgent: bool = False
    """Choosing it puts the report ahead in the moderation queue."""
    hard: bool = False
    """It is hard to say: whoever chooses it is told that they may stop here and go on later."""
    alone: bool = False
    """It cannot stand beside other choices ("no complaints known")."""


class Condition(BaseModel):
    """That a question was answered with one of these choices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    choices: frozenset[str] = Field(min_length=1)

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        """Say whether it is so."""
        answer = answers.get(self.question)
        return answer is not None and answer.reading.value in self.choices


class Question(BaseModel):
    """One question of the interview. Every question can be skipped, answered "I do not know", gone back from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=16)
    kind: Kind
    max_length: int = Field(default=LONGEST_MESSAGE, ge=1, le=LONGEST_MESSAGE)
    """Characters an answer in words may have."""
    choices: tuple[Choice, ...] = ()
    publishable: bool = False
    """Whether the digest may show the answer when the reporter agreed to publish it."""
    suggested: bool = False
    """Whether the answer is offered again when the same person reports somebody else."""
    kept_apart: bool = False
    """It is about the reporter and not about the detainee: coordinators read it, and no export or passing on has it."""
    urgent_words: bool = False
    """An answer in words, with nothing chosen that says otherwise, is as urgent as its most urgent choice."""
    ask_unless: Condition | None = None
    """When the question makes no sense, and is not asked."""

    @model_validator(mode="after")
    def _choices_fit_the_kind(self) -> Self:
        # Which places there are, the country says.
        pressable = self.kind in {Kind.CHARGE, Kind.AGE, Kind.ONE, Kind.CHOICES}
        if pressable != bool(self.choices):
            raise ValueError(f"question {self.key}: {self.kind} and its choices do not go together")
        if doubled := [key for key, count in Counter(c.key for c in self.choices).items() if count > 1]:
            raise ValueError(f"question {self.key}: choices twice: {doubled}")
        return self

    def choice(self, key: str) -> Choice | None:
        """Return the choice with this key, or None where the question has no such choice."""
        return next((choice for choice in self.choices if choice.key == key), None)


class Questionnaire(BaseModel):
    """An ordered, versioned set of questions. A stored report names the version it was asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        keys = [question.key for question in self.questions]
        reserved = {"consent", "review", "sharing", "publishing", "submit"}
        if len(set(keys)) != len(keys) or reserved & set(keys):
            raise ValueError(f"question keys must be unique and none of {sorted(reserved)}: {keys}")
        return self

    @model_validator(mode="after")
    def _conditions_are_known_in_time(self) -> Self:
        earlier: dict[str, set[str]] = {}
        for question in self.questions:
            condition = question.ask_unless
            if condition is not None and not condition.choices <= earlier.get(condition.question, set()):
                raise ValueError(f"question {question.key}: its condition is of no earlier question's choices")
            earlier[question.key] = {choice.key for choice in question.choices}
        return self

    def __len__(self) -> int:
        return len(self.questions)

    def __getitem__(self, key: str) -> Question:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str) -> Question | None:
        """Return the question with this key, or None."""
        return self._by_key.get(key)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(question.key for question in self.questions)

    @cached_property
    def _by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    def keys(self) -> tuple[str, ...]:
        """Return the question keys in the order in which they are asked."""
        return self._keys

    def path(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """Return the keys of the questions that make sense with these answers, in order."""
        return tuple(
            question.key
            for question in self.questions
            if question.ask_unless is None or not question.ask_unless.holds(answers)
        )


# Which conditions are asked about, and which are urgent, follows HURIDOCS' Events Standard Formats (lists 5, 30, 31,
# 37) and the UN Working Group on Enforced or Involuntary Disappearances. Sexual violence is a button and nothing
# more: the bot never asks for detail (Murad Code).
QUESTIONNAIRE = Questionnaire(
    version=3,
    questions=(
        Question(key="name", kind=Kind.NAME, max_length=200, publishable=True),
        Question(key="city", kind=Kind.PLACE, max_length=200, publishable=True, suggested=True),
        Question(key="date", kind=Kind.DATE, max_length=500, publishable=True, suggested=True),
        Question(key="charge", kind=Kind.CHARGE, publishable=True, choices=(Choice(key=NO_CHARGE),)),
        Question(
            key="conditions",
            kind=Kind.CHOICES,
            choices=(
                Choice(key="incommunicado"),
                Choice(key="whereabouts_unknown", urgent=True),
                Choice(key="no_lawyer"),
                Choice(key="beating", hard=True),
                Choice(key="torture", urgent=True, hard=True),
                Choice(key="sexual_violence", urgent=True, hard=True),
                Choice(key="threats_humiliation"),
                Choice(key="forced_confession"),
                Choice(key="no_medical_care", urgent=True),
                Choice(key="injured"),
                Choice(key="harsh_conditions"),
                Choice(key="isolation"),
                Choice(key="no_complaints", alone=True),
            ),
        ),
    ),
)
"""The five questions of a report. What more a lawyer can use is asked afterwards: `bot.domain.further_questions`."""
