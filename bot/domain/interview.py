"""Where a person stands between the first tap and the submitted report. Pure: every step returns a new interview.

The order: consent, the questions, a review with an edit button an answer, whether it may be passed on, what may be
published, submit. The further questions about a report that is stored come in an interview of their own, without
consent and submit: each answer is added to the report as it is given.
Every change of step gives the screen a new number. Buttons carry the number of the screen they stand on, so a press
on any other screen is known to be stale.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.answer import Answer, AnswerState, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.errors import NothingChosen, StaleButton
from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question, Questionnaire
from bot.domain.report import Report

CONSENT = "consent"
REVIEW = "review"
SHARING = "sharing"
PUBLISHING = "publishing"
SUBMIT = "submit"
FURTHER = "further:"
"""How the standing of an interview begins that asks the further questions."""


class Interview(BaseModel):
    """One reporter's unfinished report: the step, the answers so far, and what is on the screen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    screen: int
    step: str = CONSENT
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    marked: tuple[str, ...] = ()
    """Choices marked on the current screen and not yet closed with "Done"."""
    sharing: bool | None = None
    """Whether it may be passed on to lawyers and to bodies of the UN; None until that is answered."""
    publishing: Publishing | None = None
    from_review: bool = False
    """The current question was opened from the review and returns to it."""
    last_answered: str | None = None
    """The question that brought the person here, to which words sent too early belong."""
    doubts: tuple[Reading, ...] = ()
    """What the answer just given to this question may mean. The person is being asked which of these it is."""
    cancelling: bool = False
    """Whether to delete everything was the last thing asked; only a button answers that."""
    report_id: int | None = None
    """The stored report that these answers are added to, where they are those to the further questions."""
    another_after: int | None = None
    """The report before, where the same person reports somebody else; of several, the first."""
    suggestions: Mapping[str, Reading] = Field(default_factory=dict)
    """What was answered in the report before, offered on a button; by the keys of the questions."""
    was_comforted: bool = False
    """The person was told that they may stop and go on later. That is said once."""

    @classmethod
    def further(cls, report_id: int, *, screen: int, answers: Mapping[str, Answer]) -> Self:
        """Begin the further questions about a stored report, where they were left.

        `answers` are those that the report has.
        """
        given = {key: answer for key, answer in answers.items() if key in FURTHER_QUESTIONS}
        path = FURTHER_QUESTIONS.path(given)
        step = next((key for key in path if key not in given), REVIEW)
        return cls(screen=screen, step=step, answers=given, report_id=report_id)

    @classmethod
    def another(cls, report: Report, *, screen: int) -> Self:
        """Begin a report about somebody else: what was agreed to is kept, city and date are suggested."""
        suggestions = {
            key: report.answers[key].reading
            for key in QUESTIONNAIRE.keys()  # noqa: SIM118  no mapping
            if QUESTIONNAIRE[key].suggested and key in report.answers and report.answers[key].reading.value
        }
        return cls(
            screen=screen,
            step=QUESTIONNAIRE.keys()[0],
            sharing=report.consent.sharing,
            publishing=report.consent.publishing,
            another_after=report.together_with or report.report_id,
            suggestions=suggestions,
        )

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions that are asked."""
        return QUESTIONNAIRE if self.report_id is None else FURTHER_QUESTIONS

    @property
    def standing(self) -> str:
        """The step, and whether it is one of the further questions: all that is known of a sealed interview."""
        return self.step if self.report_id is None else f"{FURTHER}{self.step}"

    @property
    def source(self) -> tuple[int | None, int | None]:
        """The report that this goes on with, or after which somebody else is reported."""
        return self.report_id, self.another_after

    @property
    def path(self) -> tuple[str, ...]:
        """The keys of the questions that make sense with the answers so far, in order."""
        return self.questionnaire.path(self.answers)

    @property
    def question(self) -> Question | None:
        """The question being asked, or None on the screens that only take buttons."""
        return self.questionnaire.get(self.step)

    @property
    def suggestion(self) -> Reading | None:
        """What was answered to this question in the report before, where there was one."""
        return self.suggestions.get(self.step)

    @property
    def can_go_back(self) -> bool:
        """Whether a screen lies behind this one. Consent is not gone back to: /cancel ends the interview."""
        return self.step not in {CONSENT, self.path[0]} or self.from_review or bool(self.doubts)

    @property
    def tells_of_the_same_event(self) -> bool:
        """Whether city and date are those of the report before, so that the two people were detained together."""
        needed = [question.key for question in QUESTIONNAIRE.questions if question.suggested]
        return all(
            key in self.suggestions and key in self.answers and self.answers[key].reading == self.suggestions[key]
            for key in needed
        )

    def without_the_report_before(self) -> Self:
        """Forget the report about somebody else that this one followed: it was withdrawn."""
        return self.model_copy(update={"suggestions": {}, "another_after": None})

    def in_order(self) -> dict[str, Answer]:
        """Return the answers in the order of the questions, however often one went back."""
        return {key: self.answers[key] for key in self.path if key in self.answers}

    def pressed_on(self, screen: int) -> None:
        """Check that a button stands on the current screen.

        Raises:
            StaleButton: it belongs to an earlier screen.
        """
        if screen != self.screen:
            raise StaleButton(screens_ago=self.screen - screen)

    def agreed(self) -> Self:
        """Go on from the consent to the first question."""
        return self._to(QUESTIONNAIRE.keys()[0])

    def answered(self, answer: Answer) -> Self:
        """Take the answer to the current question and go to the next screen."""
        answers = {**self.answers, self.step: answer}
        path = self.questionnaire.path(answers)
        answers = {key: given for key, given in answers.items() if key in path}  # what makes no sense any more goes
        following = REVIEW if self.from_review else [*path, REVIEW][path.index(self.step) + 1]
        return self._to(following, answers=answers, last_answered=self.step)

    def answered_as_before(self) -> Self:
        """Take what was answered in the report before, and go on.

        Raises:
            StaleButton: nothing was.
        """
        if self.suggestion is None or self.doubts:
            raise StaleButton(screens_ago=0)
        return self.answered(Answer(reading=self.suggestion))

    def settled(self) -> Self:
        """Take what is marked, and words whose meaning is in doubt, as they are: nothing more will be said here."""
        return self._with_choices_kept().model_copy(update={"doubts": ()})

    def comforted(self) -> Self:
        """Note that the person was told that they may stop and go on later."""
        return self.model_copy(update={"was_comforted": True})

    def doubted(self, answer: Answer, doubts: tuple[Reading, ...]) -> Self:
        """Take words that may mean several things, or that were not said plainly, and ask which of these is meant."""
        answers = {**self.answers, self.step: answer}
        return self._to(
            self.step, answers=answers, from_review=self.from_review, last_answered=self.step, doubts=doubts
        )

    def meant(self, place: int) -> Self:
        """Take one of the readings in doubt for what was meant, and go on.

        Raises:
            StaleButton: there is no such reading.
        """
        if not 0 <= place < len(self.doubts):
            raise StaleButton(screens_ago=0)
        return self.answered(self.answers[self.step].model_copy(update={"reading": self.doubts[place]}))

    def meant_as_said(self) -> Self:
        """Leave it at the words, whatever they mean, and go on.

        Raises:
            StaleButton: nothing is in doubt.
        """
        if not self.doubts:
            raise StaleButton(screens_ago=0)
        return self.answered(self.answers[self.step])

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

    @property
    def has_begun_choices(self) -> bool:
        """Whether something is marked or was said on a question of choices that is not yet closed."""
        question = self.question
        is_open = question is not None and question.kind is Kind.CHOICES
        return is_open and bool(self.marked or self._words_here())

    def told_more(self, words: Words) -> Self:
        """Add words to a question of choices and stay on it: a story often comes in several messages."""
        earlier = self.answers.get(self.step, Answer())
        if any(mine.text == words.text for mine in earlier.words):
            return self  # sent twice on a bad line
        return self._kept_so_far(earlier.with_words(words))

    def cleared(self) -> Self:
        """Forget what was marked and said on this question of choices, and stay on it."""
        answers = {key: answer for key, answer in self.answers.items() if key != self.step}
        return self.model_copy(update={"marked": (), "answers": answers})

    def closed_choices(self) -> Self:
        """Take the marked choices, and the words said with them, as the answer.

        Raises:
            NothingChosen: nothing is marked and nothing was said.
        """
        if not self.has_begun_choices:
            raise NothingChosen
        return self.answered(Answer.pressed(choices=self.marked).model_copy(update={"words": self._words_here()}))

    def back(self) -> Self:
        """Go one screen back, and lose nothing of what is marked here; on the first question stay."""
        if self.doubts:
            return self._to(self.step, from_review=self.from_review)
        here = self._with_choices_kept()
        if here.from_review:
            return here._to(REVIEW)  # noqa: SLF001  its own class
        steps = [*here.path, REVIEW, SHARING, PUBLISHING, SUBMIT]
        place = steps.index(here.step) if here.step in steps else 0
        return here._to(steps[place - 1]) if place > 0 else here  # noqa: SLF001  its own class

    def asked_to_cancel(self) -> Self:
        """Note that deleting everything is now being asked about."""
        return self.model_copy(update={"cancelling": True})

    def kept(self) -> Self:
        """Go on: nothing is deleted."""
        return self if not self.cancelling else self.model_copy(update={"cancelling": False})

    def edit(self, key: str) -> Self:
        """Open one question from the review, to return there."""
        if self.step != REVIEW or key not in self.path:
            raise StaleButton(screens_ago=0)
        return self._to(key, from_review=True)

    def reviewed(self) -> Self:
        """Go on from the review to the question whether it may be passed on; to the last screen where that is said."""
        self._expect(REVIEW)
        if self.report_id is not None:
            raise StaleButton(screens_ago=0)
        is_agreed = self.sharing is not None and self.publishing is not None
        return self._to(SUBMIT if is_agreed else SHARING)

    def share(self, *, sharing: bool) -> Self:
        """Take the answer about passing it on, and go on to the question about publishing."""
        self._expect(SHARING)
        return self._to(PUBLISHING, sharing=sharing)

    def publish(self, choice: Publishing) -> Self:
        """Take the answer about publishing and go on to the last screen."""
        self._expect(PUBLISHING)
        return self._to(SUBMIT, publishing=choice)

    def _words_here(self) -> tuple[Words, ...]:
        earlier = self.answers.get(self.step)
        return earlier.words if earlier else ()

    def _with_choices_kept(self) -> Self:
        question = self.question
        if question is None or question.kind is not Kind.CHOICES:
            return self
        if self.has_begun_choices:
            return self._kept_so_far(self._words_here())
        earlier = self.answers.get(self.step)
        if earlier is None or earlier.state is not AnswerState.GIVEN:
            return self
        return self.reworded(self.step, Answer.skipped())  # everything was unmarked

    def _kept_so_far(self, words: tuple[Words, ...]) -> Self:
        answer = Answer.pressed(choices=self.marked).model_copy(update={"words": words})
        return self.model_copy(update={"answers": {**self.answers, self.step: answer}})

    def _expect(self, step: str) -> None:
        if self.step != step:
            raise StaleButton(screens_ago=0)

    def _to(
        self,
        step: str,
        *,
        answers: Mapping[str, Answer] | None = None,
        sharing: bool | None = None,
        publishing: Publishing | None = None,
        from_review: bool = False,
        last_answered: str | None = None,
        doubts: tuple[Reading, ...] = (),
    ) -> Self:
        answers = self.answers if answers is None else answers
        earlier = answers.get(step)
        return self.model_copy(
            update={
                "screen": self.screen + 1,
                "step": step,
                "answers": answers,
                "marked": earlier.reading.choices if earlier else (),
                "sharing": self.sharing if sharing is None else sharing,
                "publishing": publishing or self.publishing,
                "from_review": from_review,
                "doubts": doubts,
                "cancelling": False,
                "last_answered": last_answered,
            }
        )
