"""Intake: walking a reporter from the consent to the receipt."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, Words
from bot.domain.consent import CONSENT_VERSION, Consent
from bot.domain.errors import (
    ButtonsOnly,
    CancelPending,
    NothingChosen,
    NothingInProgress,
    StaleButton,
    TooEarly,
    UnknownReceipt,
)
from bot.domain.interview import SUBMIT, Interview
from bot.domain.press import Press
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.receipt import Receipt
from bot.domain.report import Decision, is_hard
from bot.services.changed import Changed
from bot.services.further import store_further
from bot.services.hearing import Heard, Hearing, Note
from bot.services.limits import Ask, check_reports
from bot.services.turn import Choose
from bot.services.urgency import cannot_wait
from bot.understanding.distress import is_in_distress
from bot.understanding.private_numbers import has_private_number
from bot.understanding.reading import Reader
from bot.understanding.spoken_buttons import spoken_button
from storage.chats import Chat
from storage.conversations import Conversation
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Progress:
    """The interview after one step."""

    interview: Interview
    note: Note | None = None
    about: str | None = None
    """The question that the note is about."""
    comforts: bool = False
    """What was told is hard to tell: the person hears, once, that they may stop and go on later."""
    warns: bool = False
    """The words hold what looks like the number of a paper or of a telephone."""
    added: Changed | None = None
    """The stored report that a further answer was added to."""


@dataclass(frozen=True)
class Submitted:
    """A report that is stored."""

    report_id: int
    receipt: Receipt
    urgent: bool


class Intake:
    """The reporter's side, within one transaction."""

    def __init__(
        self,
        work: UnitOfWork,
        *,
        reader: Reader,
        zone: ZoneInfo,
        choose: Choose,
        reports_a_day: int = 0,
        is_unlimited: Ask | None = None,
    ) -> None:
        """`is_unlimited` is asked whether this person may pass the limit of a day, once that is reached."""
        self._work = work
        self._is_unlimited = is_unlimited
        self._hearing = Hearing(reader)
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
        return await self.current_or_none(chat) is not None

    async def current(self, chat: Chat) -> Interview:
        """Return the interview in progress.

        Raises:
            NothingInProgress: there is none.
        """
        _, interview = await self._open(chat)
        return interview

    async def current_or_none(self, chat: Chat) -> Interview | None:
        """Return the interview in progress, or None."""
        return (await self._work.conversations.get(chat)).interview

    def could_answer(self, interview: Interview, caption: str) -> bool:
        """Say whether words under a photo may be meant as an answer."""
        return self._hearing.could_answer(interview, caption, day=self.today)

    async def press(self, chat: Chat, press: Press) -> Progress:
        """Carry out a button.

        Raises:
            NothingInProgress, StaleButton, NothingChosen: nothing is changed.
        """
        _, before = await self._open(chat)
        return await self._go_on(chat, before, self._hearing.press(before, press))

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
            heard = self._hearing.reword(interview, interview.last_answered, words, day=day, note=Note.ADDED)
            return await self._go_on(chat, interview, heard)
        question = interview.question
        if question is None:
            raise ButtonsOnly
        if is_early and question.key in interview.answers and question.kind is not Kind.CHOICES:
            raise TooEarly
        return await self._go_on(chat, interview, self._take(interview, question, words, day=day))

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
                heard = self._hearing.reword(interview, key, words, day=day, note=Note.CHANGED)
                return await self._go_on(chat, interview, heard)
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
            # What is marked and not closed, or not yet cleared up, was told all the same.
            await store_further(self._work, chat, interview, interview.settled())
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
        await check_reports(self._work, chat, a_day=self._reports_a_day, is_unlimited=self._is_unlimited)
        # A draft of the version before was never asked about passing on: then it is not passed on.
        consent = Consent(version=CONSENT_VERSION, sharing=interview.sharing or False, publishing=interview.publishing)
        urgent = cannot_wait(interview.answers)
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
                held_back=chat.blocked,
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
        # Of one that was withdrawn nothing is told: whoever asks may have taken the phone.
        if standing is None or standing.decision is Decision.WITHDRAWN:
            raise UnknownReceipt
        return receipt, standing.decision

    async def _open(self, chat: Chat) -> tuple[Conversation, Interview]:
        conversation = await self._work.conversations.get(chat)
        if conversation.interview is None:
            raise NothingInProgress
        return conversation, conversation.interview

    def _take(self, interview: Interview, question: Question, words: Words, *, day: date) -> Heard:
        """Take words for the question on the screen."""
        if interview.doubts:
            return self._hearing.clear_up(interview, words, day=day)
        if spoken := spoken_button(words.text):
            with contextlib.suppress(StaleButton, NothingChosen):
                return self._hearing.press(interview, Press(interview.screen, spoken))
        if question.kind is Kind.CHOICES:
            return self._hearing.tell_more(interview, question, words, day=day)
        self._hearing.reader.check(question, words.text)
        return self._hearing.answer(interview, Answer(words=(words,)), day=day)

    async def _go_on(self, chat: Chat, before: Interview, heard: Heard) -> Progress:
        """Store where the person stands now."""
        after = heard.after
        given = _given(before, after)
        comforts = not after.was_comforted and _is_hard_to_tell(given)
        if comforts:
            after = after.comforted()
        added = await store_further(self._work, chat, before, after)
        await self._work.conversations.save(chat, after)
        warns = _has_new_number(before, given)
        return Progress(after, heard.note, heard.about, comforts, warns, added)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


def _given(before: Interview, after: Interview) -> dict[str, Answer]:
    """Return the answers that a step gave or changed: mostly one, or none. Those that stayed are the same objects."""
    return {
        key: answer
        for key, answer in after.answers.items()
        if answer is not (earlier := before.answers.get(key)) and answer != earlier
    }


def _is_hard_to_tell(given: Mapping[str, Answer]) -> bool:
    return is_hard(given) or any(is_in_distress(answer.text) for answer in given.values())


def _has_new_number(before: Interview, given: Mapping[str, Answer]) -> bool:
    numbers = [words.text for answer in given.values() for words in answer.words if has_private_number(words.text)]
    if not numbers:
        return False
    said = {words.text for answer in before.answers.values() for words in answer.words}
    return any(text not in said for text in numbers)


def _too_early(conversation: Conversation, words: Words, sent_at: datetime) -> bool:
    shown = conversation.shown
    return shown is not None and shown.came_after(message_id=words.message_id, sent_at=sent_at)
