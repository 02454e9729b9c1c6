"""Where a person stands between the first tap and the submitted report. Pure: every step returns a new interview.

The order: consent, the questions, a review with an edit button an answer, the question about publishing, submit.
Every change of step gives the screen a new number. Buttons carry the number of the screen they stand on, so a press
on any other screen is known to be stale.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.answer import Answer
from bot.domain.consent import Publishing
from bot.domain.errors import NothingChosen, StaleButton
from bot.domain.questionnaire import QUESTIONNAIRE, Question

CONSENT = "consent"
REVIEW = "review"
PUBLISHING = "publishing"
SUBMIT = "submit"


class Shown(BaseModel):
    """When the current screen reached the person, as far as the outbox knows."""

    model_config = ConfigDict(frozen=True)

    attempts: int
    first_attempt_at: datetime | None
    message_id: int | None
    """The id Telegram gave the screen's message; None while no send is known to have succeeded."""

    def came_after(self, *, message_id: int, sent_at: datetime) -> bool:
        """Say whether a message was written before the person could have seen the current screen.

        Message ids of one private chat rise in the order in which Telegram took the messages in, so one successful
        send settles it exactly. Where a send's outcome was lost (a time-out, a crash), the question may have been
        seen at the first attempt: then the message's date decides, which Telegram gives in whole seconds, and nobody
        reads and answers within the second in which the question came.
        """
        if self.attempts == 0 or self.first_attempt_at is None:
            return True
        if self.attempts == 1 and self.message_id is not None:
            return message_id < self.message_id
        return sent_at.replace(microsecond=0) <= self.first_attempt_at.replace(microsecond=0)


class Interview(BaseModel):
    """One reporter's unfinished report: the step, the answers so far, and what is on the screen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    screen: int
    step: str = CONSENT
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    marked: tuple[str, ...] = ()
    """Choices marked on the current screen and not yet closed with "Done"."""
    publishing: Publishing | None = None
    from_review: bool = False
    """The current question was opened from the review and returns to it."""
    last_answered: str | None = None
    """The question that brought the person here, to which words sent too early belong."""

    @property
    def question(self) -> Question | None:
        """The question being asked, or None on the screens that only take buttons."""
        return QUESTIONNAIRE.get(self.step)

    @property
    def can_go_back(self) -> bool:
        """Whether a screen lies behind this one. Consent is not gone back to: /cancel ends the interview."""
        return self.step not in {CONSENT, next(QUESTIONNAIRE.keys())} or self.from_review

    def in_order(self) -> dict[str, Answer]:
        """Return the answers in the order of the questions, however often one went back."""
        return {key: self.answers[key] for key in QUESTIONNAIRE.keys() if key in self.answers}  # noqa: SIM118

    def pressed_on(self, screen: int) -> None:
        """Check that a button stands on the current screen.

        Raises:
            StaleButton: it belongs to an earlier screen.
        """
        if screen != self.screen:
            raise StaleButton(screens_ago=self.screen - screen)

    def agreed(self) -> Self:
        """Go on from the consent to the first question."""
        return self._to(next(QUESTIONNAIRE.keys()))

    def answered(self, answer: Answer) -> Self:
        """Take the answer to the current question and go to the next screen."""
        answers = {**self.answers, self.step: answer}
        following = REVIEW if self.from_review else self._after(self.step)
        return self._to(following, answers=answers, last_answered=self.step)

    def reworded(self, key: str, answer: Answer) -> Self:
        """Change an earlier answer and stay on the screen: words came too early, or a message was edited."""
        return self.model_copy(update={"answers": {**self.answers, key: answer}})

    def mark(self, choice: str, *, on: bool) -> Self:
        """Mark or unmark one choice. Marking twice is marking once, so a doubled press changes nothing."""
        question = self.question
        chosen = question.choice(choice) if question else None
        if question is None or chosen is None:
            raise StaleButton(screens_ago=0)
        if not on:
            return self.model_copy(update={"marked": tuple(key for key in self.marked if key != choice)})
        alone = {c.key for c in question.choices if c.alone}
        kept = set() if chosen.alone else set(self.marked) - alone
        marked = tuple(c.key for c in question.choices if c.key in kept | {choice})
        return self.model_copy(update={"marked": marked})

    def closed_choices(self) -> Self:
        """Take the marked choices, and words given before, as the answer.

        Raises:
            NothingChosen: nothing is marked and nothing was said.
        """
        earlier = self.answers.get(self.step)
        words = earlier.words if earlier else ()
        if not self.marked and not words:
            raise NothingChosen
        answer = Answer.pressed(choices=self.marked).model_copy(update={"words": words})
        return self.answered(answer)

    def back(self) -> Self:
        """Go one screen back; on the first question stay."""
        if self.from_review:
            return self._to(REVIEW)
        steps = [*QUESTIONNAIRE.keys(), REVIEW, PUBLISHING, SUBMIT]
        place = steps.index(self.step) if self.step in steps else 0
        return self._to(steps[place - 1]) if place > 0 else self

    def edit(self, key: str) -> Self:
        """Open one question from the review, to return there."""
        if self.step != REVIEW or key not in QUESTIONNAIRE:
            raise StaleButton(screens_ago=0)
        return self._to(key, from_review=True)

    def reviewed(self) -> Self:
        """Go on from the review to the question about publishing."""
        self._expect(REVIEW)
        return self._to(PUBLISHING)

    def publish(self, choice: Publishing) -> Self:
        """Take the answer about publishing and go on to the last screen."""
        self._expect(PUBLISHING)
        return self._to(SUBMIT, publishing=choice)

    def _expect(self, step: str) -> None:
        if self.step != step:
            raise StaleButton(screens_ago=0)

    def _after(self, key: str) -> str:
        steps = [*QUESTIONNAIRE.keys(), REVIEW]
        return steps[steps.index(key) + 1]

    def _to(
        self,
        step: str,
        *,
        answers: Mapping[str, Answer] | None = None,
        publishing: Publishing | None = None,
        from_review: bool = False,
        last_answered: str | None = None,
    ) -> Self:
        answers = self.answers if answers is None else answers
        earlier = answers.get(step)
        return self.model_copy(
            update={
                "screen": self.screen + 1,
                "step": step,
                "answers": answers,
                "marked": earlier.reading.choices if earlier else (),
                "publishing": publishing or self.publishing,
                "from_review": from_review,
                "last_answered": last_answered,
            }
        )
