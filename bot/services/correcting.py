"""Correcting what was understood of a report in hand. What people said is never changed."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.answer import Answer, AnswerState, Meaning, Reading, days_of
from bot.domain.audit import AuditAct
from bot.domain.errors import ButtonsOnly, DomainError, Holding, NothingChosen, NotYours
from bot.domain.further_questions import find_question
from bot.domain.press import Action
from bot.domain.questionnaire import Kind, Question
from bot.domain.report import Report, is_urgent
from bot.services.moderation import Moderation
from bot.understanding.reading import Reader, visible
from bot.understanding.spoken_buttons import spoken_button
from bot.understanding.urgency import sounds_urgent
from storage.chats import Chat
from storage.corrections import Correctable
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork

UNKNOWN, AS_SAID = "?", "!"
"""What a button carries that says: nobody knows; or, nothing is understood, and the words speak for themselves."""


class InDoubt(DomainError):
    """The words say nothing that is understood for certain. `doubts` are what they may mean; often none."""

    def __init__(self, doubts: tuple[Reading, ...]) -> None:
        super().__init__(len(doubts))
        self.doubts = doubts


@dataclass(frozen=True)
class Field:
    """One answer of a report in hand, to be corrected."""

    claim: Claim
    question: Question
    answer: Answer = field(repr=False)


@dataclass(frozen=True)
class Correction:
    """What came of a correction."""

    report: Report = field(repr=False)
    """The report as it reads now, in the same hands at another revision."""
    question: str
    is_done: bool
    """False where the reporter answered anew at this very moment: nothing is corrected then."""


class Correcting:
    """Correcting, within one transaction. Only whoever has the report in hand does."""

    def __init__(self, work: UnitOfWork, *, reader: Reader, lease: timedelta) -> None:
        self._work = work
        self._reader = reader
        self._lease = lease

    async def field(self, coordinator: Chat, claim: Claim, key: str) -> Field:
        """Return an answer that is to be corrected.

        Raises:
            NotYours: the report is not in these hands at this revision.
            ValueError: the report has no answer to such a question.
        """
        question, found = await self._find(coordinator, claim, key)
        return Field(claim, question, found.answer)

    async def press(self, coordinator: Chat, claim: Claim, key: str, what: str) -> Correction:
        """Correct an answer by a button: a place, a choice, a day, `UNKNOWN`, `AS_SAID`, or marks (`marks_of`).

        Raises:
            NotYours: the report is not in these hands at this revision.
            NothingChosen: nothing is marked, and nothing was said either.
            ValueError: such a button does not stand under this question.
        """
        question, found = await self._find(coordinator, claim, key)
        return await self._put(coordinator, claim, question, found, self._pressed(question, found.answer, what))

    async def hear(self, coordinator: Chat, claim: Claim, key: str, text: str, *, today: date) -> Correction:
        """Correct an answer by words, which are read as an answer of the reporter's would be.

        Raises:
            NotYours: the report is not in these hands at this revision.
            NotUnderstood: they do not fit the question.
            InDoubt: it is not certain what they mean.
            ButtonsOnly: this question is corrected by its buttons.
            ValueError: the report has no answer to such a question.
        """
        question, found = await self._find(coordinator, claim, key)
        return await self._put(coordinator, claim, question, found, self._said(question, text, today))

    async def take_back(self, coordinator: Chat, claim: Claim, key: str) -> Correction:
        """Let an answer mean what was understood first.

        Raises:
            NotYours: the report is not in these hands at this revision.
            ValueError: nothing is corrected there.
        """
        question, found = await self._find(coordinator, claim, key)
        if found.answer.before is None:
            raise ValueError(key)
        return await self._put(coordinator, claim, question, found, found.answer.before)

    async def _find(self, coordinator: Chat, claim: Claim, key: str) -> tuple[Question, Correctable]:
        await Moderation(self._work, lease=self._lease).held(coordinator, claim)
        question, found = find_question(key), await self._work.corrections.answer(claim.report_id, key)
        if question is None or found is None:
            raise ValueError(key)
        return question, found

    async def _put(
        self, coordinator: Chat, claim: Claim, question: Question, found: Correctable, meaning: Meaning
    ) -> Correction:
        if meaning == found.answer.meaning:  # pressed or written once more
            unchanged = await Moderation(self._work, lease=self._lease).held(coordinator, claim)
            return Correction(unchanged, question.key, is_done=True)
        answer = found.answer.corrected(meaning)
        urgent = is_urgent({question.key: answer}) or sounds_urgent(meaning.reading.value or "")
        corrected = await self._work.corrections.correct(
            claim,
            coordinator,
            question.key,
            found,
            meaning,
            until=self._work.now + self._lease,
            is_urgent=urgent,
        )
        report = await self._work.reports.get(claim.report_id)
        if corrected is None or report is None:
            raise NotYours(claim.report_id, Holding.OLD_CARD)
        if corrected.is_done:
            self._work.audit.note(coordinator, AuditAct.CORRECTED, report_id=claim.report_id, question=question.key)
            await self._work.search.index_anew(claim.report_id)
            if corrected.digest_id is not None:
                await self._work.digests.outdate(corrected.digest_id)
        return Correction(report, question.key, corrected.is_done)

    def _pressed(self, question: Question, answer: Answer, what: str) -> Meaning:
        if what == UNKNOWN:
            return Meaning(state=AnswerState.UNKNOWN)
        if what == AS_SAID:
            if not answer.words:
                raise ValueError(what)
            return Meaning()
        match question.kind:
            case Kind.PLACE if what in self._reader.places:
                return Meaning(reading=Reading(value=what))
            case Kind.DATE:
                return Meaning(reading=Reading(value=_span(what)))
            case Kind.AGE | Kind.ONE | Kind.CHARGE if question.choice(what):
                return Meaning(reading=Reading(value=what))
            case Kind.CHOICES:
                choices = chosen(question, what)
                if not choices and not answer.words:
                    raise NothingChosen
                return Meaning(reading=Reading(choices=choices))
            case _:
                raise ValueError(what)

    def _said(self, question: Question, text: str, today: date) -> Meaning:
        if spoken_button(text) is Action.UNKNOWN:
            return Meaning(state=AnswerState.UNKNOWN)
        if question.kind is Kind.CHOICES:
            raise ButtonsOnly
        understood = self._reader.read(question, text, today=today)
        if understood.is_unknown:
            return Meaning(state=AnswerState.UNKNOWN)
        if understood.reading.value:
            return Meaning(reading=understood.reading)
        match question.kind:
            case Kind.NAME:
                return Meaning(reading=Reading(value=" ".join(visible(text).split())))
            case Kind.WORDS:
                return Meaning(reading=Reading(value=visible(text)))
            case Kind.ONE:
                raise ButtonsOnly
            case Kind.CHARGE if understood.doubts:  # which article a title may stand for: undone in one tap
                return Meaning(reading=understood.doubts[0])
            case _:
                raise InDoubt(understood.doubts)


def marks_of(question: Question, choices: tuple[str, ...]) -> str:
    """Write which choices are marked, as a number in hexadecimal: the first choice is its lowest bit."""
    return f"{sum(1 << place for place, choice in enumerate(question.choices) if choice.key in choices):x}"


def chosen(question: Question, marks: str) -> tuple[str, ...]:
    """Read which choices are marked, in the questionnaire's order.

    Raises:
        ValueError: `marks_of` never wrote this, or not of this question.
    """
    if question.kind is not Kind.CHOICES:
        raise ValueError(marks)
    bits = int(marks, 16)
    keys = tuple(choice.key for place, choice in enumerate(question.choices) if bits >> place & 1)
    alone = {choice.key for choice in question.choices if choice.alone}
    if marks_of(question, keys) != marks or (len(keys) > 1 and alone & set(keys)):
        raise ValueError(marks)
    return keys


def toggled(question: Question, choices: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Return the choices with one more of them, or one less. One that stands alone takes the others away."""
    if key in choices:
        return tuple(one for one in choices if one != key)
    alone = {choice.key for choice in question.choices if choice.alone}
    kept = {key} if key in alone else (set(choices) - alone) | {key}
    return tuple(choice.key for choice in question.choices if choice.key in kept)


def _span(written: str) -> str:
    first, last = days_of(written)
    if last < first:
        raise ValueError(written)
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
