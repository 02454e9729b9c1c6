"""Intake: walking a reporter from the consent to the receipt."""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, AnswerState, Words
from bot.domain.consent import CONSENT_VERSION, Consent
from bot.domain.errors import (
    ButtonsOnly,
    CancelPending,
    NotChanged,
    NothingChosen,
    NothingInProgress,
    NotUnderstood,
    StaleButton,
    TooEarly,
    UnknownReceipt,
)
from bot.domain.interview import SUBMIT, Interview
from bot.domain.press import Action, Press, carry_out
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, is_hard, is_urgent
from bot.services.further import store_further
from bot.services.limits import check_reports
from bot.services.rewording import check_length, reread
from bot.services.turn import Choose
from bot.understanding.distress import is_in_distress
from bot.understanding.reading import Reader
from bot.understanding.spoken_buttons import says_no, says_yes, spoken_button
from storage.chats import Chat
from storage.conversations import Conversation
from storage.unit_of_work import UnitOfWork


class Note(StrEnum):
    """What happened, besides going on. The text for it is `note.<value>`."""

    ANSWERED = "answered"
    KEPT_AS_SAID = "kept_as_said"
    ADDED = "added"
    GO_ON = "go_on"
    CHANGED = "changed"


@dataclass(frozen=True)
class Progress:
    """The interview after one step."""

    interview: Interview
    note: Note | None = None
    about: str | None = None
    """The question that the note is about."""
    comforts: bool = False
    """What was told is hard to tell: the person hears, once, that they may stop and go on later."""


@dataclass(frozen=True)
class Submitted:
    """A report that is stored."""

    report_id: int
    receipt: Receipt
    urgent: bool


class Intake:
    """The reporter's side, within one transaction."""

    def __init__(
        self, work: UnitOfWork, *, reader: Reader, zone: ZoneInfo, choose: Choose, reports_a_day: int = 0
    ) -> None:
        self._work = work
        self._reader = reader
        self._zone = zone
        self._choose = choose
        self._reports_a_day = reports_a_day

    @cached_property
    def today(self) -> date:
        """The day it is where the people are."""
        return self._day(self._work.now)

    async def begin(self, chat: Chat) -> tuple[Interview, bool]:
        """Return the interview in progress and True, or a new one and False."""
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is not None:
            going_on = conversation.interview.kept()
            await self._work.conversations.save(chat, going_on)
            return going_on, True
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
        after = carry_out(before, press, places=self._reader.places)
        is_answered = after.last_answered == before.step
        note, about = (Note.ANSWERED, before.step) if is_answered else (None, None)
        return await self._go_on(chat, before, after, note, about)

    async def hear(self, chat: Chat, words: Words, *, sent_at: datetime) -> Progress:
        """Take words as the answer to the question on the screen.

        Words written before that question could be seen belong to the question before it and are added there. The
        words of a button ("skip", "не знаю") are that button. A question of choices is closed by a button only.

        Raises:
            NothingInProgress: there is no interview to put them into.
            CancelPending: whether to delete everything was just asked.
            ButtonsOnly: this screen is answered by a button.
            TooEarly: they crossed the way back to a question that has its answer; it is not overwritten.
            NotUnderstood: they do not fit the question.
            NotChanged: they do not fit the question before, which they belong to.
        """
        conversation, interview = await self._open(chat)
        if interview.cancelling:
            raise CancelPending
        day = self._day(sent_at)
        is_early = _too_early(conversation, words, sent_at)
        if is_early and interview.last_answered is not None:
            return await self._reword(chat, interview, interview.last_answered, words, day=day, note=Note.ADDED)
        question = interview.question
        if question is None:
            raise ButtonsOnly
        if is_early and question.key in interview.answers and question.kind is not Kind.CHOICES:
            raise TooEarly
        if spoken := spoken_button(words.text):
            with contextlib.suppress(StaleButton, NothingChosen):
                return await self.press(chat, Press(interview.screen, spoken))
        if question.kind is Kind.CHOICES:
            return await self._tell_more(chat, interview, question, words, day=day)
        if interview.doubts and says_no(words.text):  # to what was understood; it is no answer of its own
            return await self.press(chat, Press(interview.screen, Action.BACK))
        if len(interview.doubts) == 1 and says_yes(words.text):
            return await self.press(chat, Press(interview.screen, Action.MEANT, "0"))
        self._reader.check(question, words.text)
        return await self._answer(chat, interview, Answer(words=(words,)), day=day)

    async def mend(self, chat: Chat, words: Words, *, sent_at: datetime) -> Progress | None:
        """Take an edited message: change the answer it gave. None where it gave none that is still open.

        `sent_at` is when the message was first sent: its "yesterday" stays the same day.

        Raises:
            NothingInProgress: there is no interview.
            NotChanged: the new words do not fit the question; the old ones stay.
        """
        _, interview = await self._open(chat)
        for key, answer in interview.answers.items():
            if any(mine.message_id == words.message_id for mine in answer.words):
                day = self._day(sent_at)
                return await self._reword(chat, interview, key, words, day=day, note=Note.CHANGED)
        return None

    async def ask_to_cancel(self, chat: Chat, screen: int | None = None) -> Interview:
        """Note that the person is asked whether to delete everything. `screen`: by a button, which stands there.

        Raises:
            NothingInProgress: there is nothing to delete.
            StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        if screen is not None:
            interview.pressed_on(screen)
        asked = interview.asked_to_cancel()
        await self._work.conversations.save(chat, asked)
        return asked

    async def keep(self, chat: Chat, screen: int) -> Interview:
        """Go on: nothing is deleted.

        Raises:
            NothingInProgress, StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        interview.pressed_on(screen)
        await self._work.conversations.save(chat, interview.kept())
        return interview.kept()

    async def drop(self, chat: Chat, screen: int) -> None:
        """Forget the draft, and shred what was sent with it.

        Raises:
            NothingInProgress, StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        interview.pressed_on(screen)
        await self._work.conversations.end(chat, screen=interview.screen)
        await self._work.evidence.shred_draft(chat)

    async def finish(self, chat: Chat, screen: int | None = None) -> int | None:
        """End the further questions and return the report that the answers were added to; None in another interview.

        Raises:
            NothingInProgress, StaleButton: nothing is changed.
        """
        _, interview = await self._open(chat)
        if screen is not None:
            interview.pressed_on(screen)
        if interview.report_id is not None:
            await self._work.conversations.end(chat, screen=interview.screen)
        return interview.report_id

    async def submit(self, chat: Chat, screen: int) -> Submitted:
        """Store the report, end the interview, and give a receipt.

        Raises:
            NothingInProgress, StaleButton, TooManyReports: nothing is changed.
        """
        _, interview = await self._open(chat)
        interview.pressed_on(screen)
        if interview.step != SUBMIT or interview.publishing is None:
            raise StaleButton(screens_ago=0)
        await check_reports(self._work, chat, a_day=self._reports_a_day)
        # A draft of the version before was never asked about passing on: then it is not passed on.
        consent = Consent(version=CONSENT_VERSION, sharing=interview.sharing or False, publishing=interview.publishing)
        urgent = is_urgent(interview.answers)
        while True:
            receipt = Receipt.issue(self._choose)
            report_id = await self._work.reports.add(
                chat,
                interview.in_order(),
                receipt=receipt,
                screen=interview.screen,
                questionnaire_version=QUESTIONNAIRE.version,
                consent=consent,
                urgent=urgent,
                together_with=interview.another_after if interview.tells_of_the_same_event else None,
            )
            if report_id is not None:
                await self._work.conversations.end(chat, screen=interview.screen)
                await self._work.evidence.attach(chat, report_id)
                return Submitted(report_id, receipt, urgent)

    async def status(self, said: str) -> tuple[Receipt, Decision | None]:
        """Return the decision on the report whose receipt code stands among these words; None while it waits.

        Raises:
            InvalidReceipt: it cannot be a code.
            UnknownReceipt: no report has it.
        """
        receipt = Receipt.find(said)
        standing = await self._work.reports.by_receipt(receipt)
        if standing is None:
            raise UnknownReceipt
        return receipt, standing.decision

    async def _open(self, chat: Chat) -> tuple[Conversation, Interview]:
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is None:
            raise NothingInProgress
        return conversation, conversation.interview

    async def _go_on(
        self, chat: Chat, before: Interview, after: Interview, note: Note | None = None, about: str | None = None
    ) -> Progress:
        """Store where the person stands now."""
        comforts = not after.was_comforted and _is_hard_to_tell(before, after)
        if comforts:
            after = after.comforted()
        await store_further(self._work, chat, before, after)
        await self._work.conversations.save(chat, after)
        return Progress(after, note, about, comforts)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    async def _answer(self, chat: Chat, interview: Interview, answer: Answer, *, day: date) -> Progress:
        """Take words as the answer to the question at hand; where they may mean several things, ask which."""
        question = interview.questionnaire[interview.step]
        understood = self._reader.understand(question, answer.text, today=day)
        if understood.doubts:
            return await self._go_on(chat, interview, interview.doubted(answer, understood.doubts))
        if understood.is_unknown:
            answer = answer.model_copy(update={"state": AnswerState.UNKNOWN})
        after = interview.answered(answer.model_copy(update={"reading": understood.reading}))
        unread_date = question.kind is Kind.DATE and understood.reading.value is None and not understood.is_unknown
        note = Note.KEPT_AS_SAID if unread_date else Note.ANSWERED
        return await self._go_on(chat, interview, after, note, question.key)

    async def _tell_more(
        self, chat: Chat, interview: Interview, question: Question, words: Words, *, day: date
    ) -> Progress:
        self._reader.read(question, words.text, today=day)
        after = interview.told_more(words)
        check_length(question, after.answers[question.key])
        return await self._go_on(chat, interview, after, Note.GO_ON, question.key)

    async def _reword(
        self, chat: Chat, interview: Interview, key: str, words: Words, *, day: date, note: Note
    ) -> Progress:
        question = interview.questionnaire[key]
        earlier = interview.answers[key]
        if note is Note.ADDED and any(mine.text == words.text for mine in earlier.words):
            return Progress(interview, Note.ANSWERED, key)  # sent twice on a bad line
        answer = Answer(words=earlier.with_words(words))
        try:
            self._reader.check(question, words.text)
            check_length(question, answer)
            if interview.doubts and key == interview.step:
                return await self._answer(chat, interview, answer, day=day)
            reading = reread(self._reader, question, earlier, words, day=day)
        except NotUnderstood as problem:
            raise NotChanged(key, problem) from None
        after = interview.reworded(key, answer.model_copy(update={"reading": reading}))
        return await self._go_on(chat, interview, after, note, key)


def _is_hard_to_tell(before: Interview, after: Interview) -> bool:
    given = {key: answer for key, answer in after.answers.items() if answer != before.answers.get(key)}
    return is_hard(given) or any(is_in_distress(answer.text) for answer in given.values())


def _too_early(conversation: Conversation, words: Words, sent_at: datetime) -> bool:
    shown = conversation.shown
    return shown is not None and shown.came_after(message_id=words.message_id, sent_at=sent_at)
