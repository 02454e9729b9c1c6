"""Words of a reporter, taken as an answer: new, added, edited, or said while it is asked what others meant. Pure."""

import contextlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.answer import Answer, AnswerState, Reading, Words
from bot.domain.errors import ButtonsOnly, Misreading, NotChanged, NotUnderstood
from bot.domain.interview import Interview
from bot.domain.press import Action, Press, carry_out
from bot.domain.questionnaire import Kind, Question
from bot.understanding.reading import Reader
from bot.understanding.spoken_buttons import says_no, says_yes, spoken_button

_MESSAGES_TOGETHER = 4
"""How many messages of the greatest length one answer may hold."""


class Note(StrEnum):
    """What happened, besides going on. The text for it is `note.<value>`."""

    ANSWERED = "answered"
    KEPT_AS_SAID = "kept_as_said"
    ADDED = "added"
    GO_ON = "go_on"
    CHANGED = "changed"


@dataclass(frozen=True)
class Heard:
    """The interview after words, or after a button."""

    after: Interview
    note: Note | None = None
    about: str | None = None
    """The question that the note is about."""


@dataclass(frozen=True)
class Hearing:
    """Understands words at a place in an interview."""

    reader: Reader

    def press(self, interview: Interview, press: Press) -> Heard:
        """Carry out a button, or words that are a button's.

        Raises:
            StaleButton, NothingChosen: it does not fit.
        """
        after = carry_out(interview, press, places=self.reader.places)
        if after.last_answered == interview.step:
            return Heard(after, Note.ANSWERED, interview.step)
        return Heard(after)

    def answer(self, interview: Interview, answer: Answer, *, day: date) -> Heard:
        """Take words as the answer to the question at hand; where they may mean several things, ask which.

        Raises:
            NotUnderstood: a date that cannot be.
        """
        question = interview.questionnaire[interview.step]
        understood = self.reader.understand(question, answer.text, today=day)
        if understood.doubts:
            return Heard(interview.doubted(answer, understood.doubts))
        if understood.is_unknown:
            answer = answer.model_copy(update={"state": AnswerState.UNKNOWN})
        after = interview.answered(answer.model_copy(update={"reading": understood.reading}))
        unread_date = question.kind is Kind.DATE and understood.reading.value is None and not understood.is_unknown
        return Heard(after, Note.KEPT_AS_SAID if unread_date else Note.ANSWERED, question.key)

    def clear_up(self, interview: Interview, words: Words, *, day: date) -> Heard:
        """Take words said while it is asked what others meant. Those are not lost by it.

        Raises:
            ButtonsOnly: a yes, where there are several things to choose from.
            NotUnderstood: they cannot be kept, or say a date that cannot be.
        """
        spoken = spoken_button(words.text)
        if says_no(words.text) or spoken is Action.BACK:
            return self.press(interview, Press(interview.screen, Action.BACK))
        if says_yes(words.text):
            if len(interview.doubts) > 1:
                raise ButtonsOnly
            return self.press(interview, Press(interview.screen, Action.MEANT, "0"))
        question = interview.questionnaire[interview.step]
        self.reader.check(question, words.text)
        understood = self.reader.understand(question, words.text, today=day)
        if understood.is_unknown or spoken in {Action.UNKNOWN, Action.SKIP}:
            return self.press(interview, Press(interview.screen, Action.AS_SAID))
        answer = Answer(words=interview.answers[question.key].with_words(words))
        _check_length(question, answer)
        if understood.reading.value is None:
            return Heard(interview.doubted(answer, understood.doubts or interview.doubts))
        after = interview.answered(answer.model_copy(update={"reading": understood.reading}))
        return Heard(after, Note.ANSWERED, question.key)

    def tell_more(self, interview: Interview, question: Question, words: Words, *, day: date) -> Heard:
        """Add words to a question of choices.

        Raises:
            NotUnderstood: they cannot be kept.
        """
        self.reader.read(question, words.text, today=day)
        after = interview.told_more(words)
        _check_length(question, after.answers[question.key])
        return Heard(after, Note.GO_ON, question.key)

    def reword(self, interview: Interview, key: str, words: Words, *, day: date, note: Note) -> Heard:
        """Change an earlier answer by one more message, or by an edited one, and stay on the screen.

        Raises:
            NotChanged: the words do not fit; the answer stays as it was.
        """
        question, earlier = interview.questionnaire[key], interview.answers[key]
        if note is Note.ADDED and any(mine.text == words.text for mine in earlier.words):
            return Heard(interview, Note.ANSWERED, key)  # sent twice on a bad line
        answer = Answer(words=earlier.with_words(words))
        try:
            self.reader.check(question, words.text)
            _check_length(question, answer)
            if interview.doubts and key == interview.step:
                return self.answer(interview, answer, day=day)
            reading = self._reread(question, earlier, words, day=day)
        except NotUnderstood as problem:
            raise NotChanged(key, problem) from None
        return Heard(interview.reworded(key, answer.model_copy(update={"reading": reading})), note, key)

    def could_answer(self, interview: Interview, caption: str, *, day: date) -> bool:
        """Say whether words under a photo may be meant as an answer: where one is read out of an answer, only then."""
        question = interview.question
        if question is None or question.kind in {Kind.NAME, Kind.WORDS, Kind.CHOICES}:
            return question is not None
        try:
            understood = self.reader.understand(question, caption, today=day)
        except NotUnderstood:
            return True  # a date that cannot be: the person is told so
        return understood.reading.value is not None or bool(understood.doubts)

    def _reread(self, question: Question, earlier: Answer, words: Words, *, day: date) -> Reading:
        """Read an answer again. What was pressed or read stays, unless the very message that said it is edited."""
        before = next((mine.text for mine in earlier.words if mine.message_id == words.message_id), None)
        said_it = before is not None and (earlier.reading.value is None or self._says(question, before, day))
        if earlier.reading.value is not None and not said_it:
            return earlier.reading
        text = Answer(words=earlier.with_words(words)).text
        try:
            reading = self.reader.understand(question, text, today=day).reading
        except NotUnderstood:
            if said_it:
                raise
            return earlier.reading
        return reading.model_copy(update={"choices": earlier.reading.choices})

    def _says(self, question: Question, text: str, day: date) -> bool:
        with contextlib.suppress(NotUnderstood):
            return self.reader.understand(question, text, today=day).reading.value is not None
        return False


def _check_length(question: Question, answer: Answer) -> None:
    """Check that an answer in several messages stays within bounds; a client cuts a long text into several."""
    limit = _MESSAGES_TOGETHER * question.max_length
    if len(answer.text) > limit:
        raise NotUnderstood(Misreading.TOO_LONG, limit=limit)
