"""One answer in words, read by the kind of its question."""

import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.domain.answer import Reading
from bot.domain.errors import Misreading, NotUnderstood
from bot.domain.press import NO, YES
from bot.domain.questionnaire import NO_CHARGE, Kind, Question, Questionnaire
from bot.understanding import ages, dates
from bot.understanding.charges import Charge, denies
from bot.understanding.country import Country
from bot.understanding.dates import DateAnswer, DateStatus
from bot.understanding.places import certain
from bot.understanding.spoken_buttons import says_no, says_yes

_JOINER = "\u200d"
"""Joins emoji and some scripts' letters: it changes what is seen."""
_MOST_DOUBTS = 4
"""Things that may be meant, offered on buttons."""


def visible(text: str) -> str:
    """Return a text without what cannot be seen: white space at its ends, zero-width and direction marks."""
    if text.isprintable():  # as most are: nothing in it is of the kind that is left out
        return text.strip()
    kept = "".join(sign for sign in text if sign == _JOINER or unicodedata.category(sign) != "Cf")
    return kept.strip() if kept.replace(_JOINER, "").strip() else ""


def check_words(text: str, *, most: int) -> None:
    """Check that one message can be kept; `most` is the greatest number of characters.

    Raises:
        NotUnderstood: it shows nothing, or is too long.
    """
    if not visible(text):
        raise NotUnderstood(Misreading.EMPTY)
    if len(text) > most:
        raise NotUnderstood(Misreading.TOO_LONG, limit=most)


@dataclass(frozen=True)
class Understanding:
    """What is understood of words."""

    reading: Reading = field(default_factory=Reading)
    """What they say for certain; nothing where they speak for themselves."""
    doubts: tuple[Reading, ...] = ()
    """What they may say: the person is asked which of these it is."""
    is_unknown: bool = False
    """They say "I do not know"."""


@dataclass(frozen=True)
class Reader:
    """Reads answers in words. The words themselves are kept whatever is understood of them."""

    country: Country

    @property
    def places(self) -> Container[str]:
        """The keys of the places that are known."""
        return self.country.places.places_by_key

    def warm_up(self, questionnaire: Questionnaire, *, today: date) -> None:
        """Read once what is only read when it is first needed: a third of a second, for which nobody should wait."""
        for question in questionnaire.questions:
            self.understand(question, "qwerty", today=today)

    def read(self, question: Question, text: str, *, today: date) -> Understanding:
        """Say what is understood of an answer.

        Raises:
            NotUnderstood: too long for the question, or a date that cannot be.
        """
        self.check(question, text)
        return self.understand(question, text, today=today)

    def check(self, question: Question, text: str) -> None:
        """Check that one message can be kept as words.

        Raises:
            NotUnderstood: it shows nothing, is too long for the question, or can be no name where one is asked for.
        """
        check_words(text, most=question.max_length)
        if question.kind is Kind.NAME and _is_no_name(text):
            raise NotUnderstood(Misreading.NOT_A_NAME)

    def understand(self, question: Question, text: str, *, today: date) -> Understanding:
        """Say what is understood of words that are kept.

        Raises:
            NotUnderstood: a date that cannot be.
        """
        seen = visible(text)
        match question.kind:
            case Kind.DATE:
                return self._of_date(dates.parse(seen, today))
            case Kind.PLACE:
                return self._of_place(seen)
            case Kind.CHARGE:
                return self._of_charge(seen)
            case Kind.AGE:
                return _of_age(ages.parse(seen, today))
            case Kind.ONE:
                return _of_yes_or_no(question, seen)
            case Kind.NAME | Kind.WORDS | Kind.CHOICES:
                return Understanding()

    def _of_date(self, answer: DateAnswer) -> Understanding:
        match answer.status:
            case DateStatus.FUTURE:
                raise NotUnderstood(Misreading.FUTURE_DATE)
            case DateStatus.INVALID:
                raise NotUnderstood(Misreading.NOT_A_DATE)
            case DateStatus.UNKNOWN:
                return Understanding(is_unknown=True)
            case DateStatus.OK | DateStatus.RANGE if answer.start:
                return Understanding(_days(answer.start, answer.end, answer))
            case DateStatus.CONFIRM:
                # Of what may be meant, days of the events come first. They are asked about all the same.
                spans = sorted(answer.candidates, key=lambda span: self._misses(span.start, span.end))[:_MOST_DOUBTS]
                return Understanding(doubts=tuple(_days(span.start, span.end, answer) for span in spans))
            case _:
                return Understanding()

    def _misses(self, start: date, end: date | None) -> bool:
        return self.country.window.misses(start, end or start)

    def _of_place(self, text: str) -> Understanding:
        found = self.country.places.match(text)
        if key := certain(found):
            return Understanding(Reading(value=key))
        return Understanding(doubts=tuple(Reading(value=match.place.key) for match in found[:_MOST_DOUBTS]))

    def _of_charge(self, text: str) -> Understanding:
        charges = self.country.charges.parse(text)
        if not charges:
            return Understanding(Reading(value=NO_CHARGE)) if denies(text) else Understanding()
        reading = Reading(value=_written(charges))
        return Understanding(doubts=(reading,)) if any(one.suggested for one in charges) else Understanding(reading)


def _is_no_name(text: str) -> bool:
    return says_yes(text) or says_no(text) or not any(sign.isalpha() for sign in text)


def _of_age(meant: tuple[str, ...]) -> Understanding:
    if len(meant) == 1:
        return Understanding(Reading(value=meant[0]))
    return Understanding(doubts=tuple(Reading(value=one) for one in meant))


def _of_yes_or_no(question: Question, text: str) -> Understanding:
    """Take a typed yes or no for the button; other words speak for themselves."""
    for key, is_said in ((YES, says_yes(text)), (NO, says_no(text))):
        if is_said and question.choice(key):
            return Understanding(Reading(value=key))
    return Understanding()


def _days(start: date, end: date | None, answer: DateAnswer) -> Reading:
    value = start.isoformat() if end in {None, start} else f"{start.isoformat()}/{end}"
    return Reading(value=value, part_of_day=answer.time_of_day and answer.time_of_day.value)


def _written(charges: Iterable[Charge]) -> str:
    return ";".join(str(charge) for charge in charges)
