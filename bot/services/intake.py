"""Intake: walking a reporter from the consent to the receipt."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import CONSENT_VERSION
from bot.domain.errors import (
    ButtonsOnly,
    NothingInProgress,
    NotUnderstood,
    StaleButton,
    UnknownReceipt,
)
from bot.domain.interview import SUBMIT, Interview
from bot.domain.press import Press, carry_out
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, is_urgent
from bot.services.turn import Choose
from bot.understanding.reading import Reader
from storage.chats import Chat
from storage.conversations import Conversation
from storage.unit_of_work import UnitOfWork


class Note(StrEnum):
    """What happened, besides going on. The text for it is `note.<value>`."""

    ANSWERED = "answered"
    KEPT_AS_SAID = "kept_as_said"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True)
class Progress:
    """The interview after one step."""

    interview: Interview
    note: Note | None = None
    about: str | None = None
    """The question that the note is about."""


@dataclass(frozen=True)
class Submitted:
    """A report that is stored."""

    report_id: int
    receipt: Receipt
    urgent: bool


class Intake:
    """The reporter's side, within one transaction."""

    def __init__(self, work: UnitOfWork, *, reader: Reader, zone: ZoneInfo, choose: Choose) -> None:
        self._work = work
        self._reader = reader
        self._zone = zone
        self._choose = choose

    @property
    def today(self) -> date:
        """The day it is where the people are."""
        return self._work.now.astimezone(self._zone).date()

    async def begin(self, chat: Chat) -> tuple[Interview, bool]:
        """Return the interview in progress and True, or a new one and False."""
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is not None:
            return conversation.interview, True
        interview = Interview(screen=conversation.screen + 1)
        await self._work.conversations.save(chat, interview)
        return interview, False

    async def in_progress(self, chat: Chat) -> bool:
        """Say whether a report is being filled in."""
        return (await self._work.conversations.get(chat)).interview is not None

    async def current(self, chat: Chat) -> Interview:
        """Return the interview in progress.

        Raises:
            NothingInProgress: there is none.
        """
        _, interview = await self._open(chat)
        return interview

    async def press(self, chat: Chat, press: Press) -> Progress:
        """Carry out a button.

        Raises:
            NothingInProgress, StaleButton, NothingChosen: nothing is changed.
        """
        _, before = await self._open(chat)
        after = carry_out(before, press)
        await self._work.conversations.save(chat, after)
        if after.last_answered == before.step:
            return Progress(after, Note.ANSWERED, before.step)
        return Progress(after)

    async def hear(self, chat: Chat, words: Words, *, sent_at: datetime) -> Progress:
        """Take words as the answer to the question on the screen.

        Words written before that question could be seen belong to the question before it and are added there.

        Raises:
            NothingInProgress: there is no interview to put them into.
            ButtonsOnly: this screen is answered by a button.
            NotUnderstood: they do not fit the question.
        """
        conversation, interview = await self._open(chat)
        if _too_early(conversation, words, sent_at) and interview.last_answered is not None:
            return await self._reword(chat, interview, interview.last_answered, words, Note.ADDED)
        question = interview.question
        if question is None:
            raise ButtonsOnly
        reading = self._reader.read(question, words.text, today=self.today)
        if question.kind is Kind.CHOICES:
            reading = reading.model_copy(update={"choices": interview.marked})
        after = interview.answered(Answer(words=(words,), reading=reading))
        await self._work.conversations.save(chat, after)
        unread_date = question.kind is Kind.DATE and reading.value is None
        return Progress(after, Note.KEPT_AS_SAID if unread_date else Note.ANSWERED, question.key)

    async def mend(self, chat: Chat, words: Words) -> Progress | None:
        """Take an edited message: change the answer it gave. None where it gave none that is still open.

        Raises:
            NothingInProgress: there is no interview.
            NotUnderstood: the new words do not fit the question; the old ones stay.
        """
        _, interview = await self._open(chat)
        for key, answer in interview.answers.items():
            if any(mine.message_id == words.message_id for mine in answer.words):
                return await self._reword(chat, interview, key, words, Note.CHANGED)
        return None

    async def drop(self, chat: Chat, screen: int) -> None:
        """Forget the draft.

        Raises:
            NothingInProgress, StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        interview.pressed_on(screen)
        await self._work.conversations.end(chat, screen=interview.screen)

    async def submit(self, chat: Chat, screen: int) -> Submitted:
        """Store the report, end the interview, and give a receipt.

        Raises:
            NothingInProgress, StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        interview.pressed_on(screen)
        if interview.step != SUBMIT or interview.publishing is None:
            raise StaleButton(screens_ago=0)
        receipt = await self._new_receipt()
        urgent = is_urgent(interview.answers)
        report_id = await self._work.reports.add(
            chat,
            interview.in_order(),
            receipt=receipt,
            screen=interview.screen,
            questionnaire_version=QUESTIONNAIRE.version,
            consent_version=CONSENT_VERSION,
            publishing=interview.publishing,
            urgent=urgent,
        )
        await self._work.conversations.end(chat, screen=interview.screen)
        return Submitted(report_id, receipt, urgent)

    async def status(self, said: str) -> tuple[Receipt, Decision | None]:
        """Return the decision on the report with this receipt code; None while it waits.

        Raises:
            InvalidReceipt: it cannot be a code.
            UnknownReceipt: no report has it.
        """
        receipt = Receipt.read(said)
        standing = await self._work.reports.by_receipt(receipt)
        if standing is None:
            raise UnknownReceipt
        return receipt, standing.decision

    async def _open(self, chat: Chat) -> tuple[Conversation, Interview]:
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is None:
            raise NothingInProgress
        return conversation, conversation.interview

    async def _reword(self, chat: Chat, interview: Interview, key: str, words: Words, note: Note) -> Progress:
        question = QUESTIONNAIRE[key]
        earlier = interview.answers[key]
        answer = Answer(words=earlier.with_words(words), reading=earlier.reading)
        answer = answer.model_copy(update={"reading": self._reread(question, answer, edited=note is Note.CHANGED)})
        after = interview.reworded(key, answer)
        await self._work.conversations.save(chat, after)
        return Progress(after, note, key)

    def _reread(self, question: Question, answer: Answer, *, edited: bool) -> Reading:
        """Read all of an answer's words again. What words merely added cannot unsay what was understood before."""
        try:
            reading = self._reader.read(question, answer.text, today=self.today)
        except NotUnderstood:
            if edited or len(answer.text) > question.max_length:
                raise
            return answer.reading
        if reading.value is None and not edited:
            return answer.reading
        return reading.model_copy(update={"choices": answer.reading.choices})

    async def _new_receipt(self) -> Receipt:
        while True:
            receipt = Receipt.issue(self._choose)
            if not await self._work.reports.receipt_is_taken(receipt):
                return receipt


def _too_early(conversation: Conversation, words: Words, sent_at: datetime) -> bool:
    shown = conversation.shown
    return shown is not None and shown.came_after(message_id=words.message_id, sent_at=sent_at)
