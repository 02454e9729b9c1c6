"""Reporters by the dozen: each reads the screen, answers what stands there, and remembers what it said.

A robot does what a patient person does. It answers a screen once. It takes a second to read before it types: within
the second in which a question came nobody reads and answers it, and where the outcome of a send was lost the bot
relies on that (`bot.domain.interview.Shown`). It presses a button again when nothing happens for a while. It does not
write its words again: its phone shows them as delivered, and then they must not get lost.
"""

import asyncio
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, AnswerState
from bot.domain.consent import Publishing
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.sandbox import NoSuchButton, NotSeen, Person, SeenMessage
from bot.texts import Catalogues, Texts
from bot.understanding.country import Country
from handlers.views.answers import choice_label

QUESTIONS = tuple(QUESTIONNAIRE.keys())
PATIENCE_SECONDS = 4.0
"""After so long without an answer a robot presses again."""
_CATALOGUES = Catalogues.load(default="en", zone=ZoneInfo("Asia/Almaty"), country=Country.load("kz"))
EN, RU = _CATALOGUES.in_language("en"), _CATALOGUES.in_language("ru")
"""Sentences, so that a test need not know their words. Robots speak English."""
CITIES = ("almaty", "semey", "taraz", "zhanaozen")
CONDITIONS = ("incommunicado", "no_lawyer", "beating", "injured", "isolation")
"""In the questionnaire's order."""
PASSED_OVER = {AnswerState.SKIPPED: "button.skip", AnswerState.UNKNOWN: "button.unknown"}
"""The button that passes a question over."""
_LETTERS = "qwrtzpsfgx"
_FIRST_DAY = datetime.now(UTC).date() - timedelta(days=1400)
"""Bots that run go by the real clock, and ask back about what is said to be more than five years ago."""
_BUTTONS = {"consent": "button.agree", "review": "button.reviewed", "submit": "button.submit"}
"""The one button that leads on from a screen."""
_CODE = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}\b")


class Given(NamedTuple):
    """An answer, as it is compared with what is stored."""

    state: AnswerState = AnswerState.GIVEN
    words: str = ""
    value: str | None = None
    choices: tuple[str, ...] = ()

    @classmethod
    def stored(cls, answer: Answer) -> "Given":
        """Return what a stored answer says."""
        return cls(answer.state, answer.text, answer.reading.value, answer.reading.choices)


class Step(NamedTuple):
    """What is done on a screen: words typed, or a button pressed, or on the receipt nothing."""

    screen: str
    types: str | None = None
    presses: str | None = None
    marks: tuple[str, ...] = ()
    """What is marked before that."""


@dataclass(frozen=True)
class Reply:
    """One answer: how it is given, and what it then is."""

    given: Given
    echo: str
    """How the bot repeats it."""
    steps: tuple[Step, ...]

    @classmethod
    def words(cls, question: str, text: str, *, value: str | None = None, echo: str | None = None) -> "Reply":
        """Type."""
        return cls(Given(words=text, value=value), echo or text, (Step(question, types=text),))

    @classmethod
    def pressed(cls, question: str, label: str, given: Given, *, echo: str) -> "Reply":
        """Press a button."""
        return cls(given, echo, (Step(question, presses=label),))

    @classmethod
    def marked(cls, question: str, choices: tuple[str, ...], words: str | None = None) -> "Reply":
        """Mark some choices, perhaps say more in words, and press "Done"."""
        marks = tuple(choice_label(QUESTIONNAIRE[question], key, EN) for key in choices)
        done = EN.plain("button.done")
        given, echo = Given(words=words or "", choices=choices), "\n".join([*marks, *([words] if words else [])])
        if words is None:
            return cls(given, echo, (Step(question, presses=done, marks=marks),))
        return cls(given, echo, (Step(question, types=words, marks=marks), Step(question, presses=done)))


@dataclass(frozen=True)
class Plan:
    """One report that a robot is going to make. Every word of it is said nowhere else."""

    replies: Mapping[str, Reply]
    publishing: Publishing
    sharing: bool

    @property
    def name(self) -> str:
        """The words that name the person."""
        return self.replies["name"].given.words

    def steps(self) -> Iterator[Step]:
        """Yield what is done on each screen, in the order in which the screens must come."""
        yield Step("consent", presses=EN.plain(_BUTTONS["consent"]))
        for question in QUESTIONS:
            yield from self.replies[question].steps
        yield Step("review", presses=EN.plain(_BUTTONS["review"]))
        yield Step("sharing", presses=EN.plain("sharing.yes" if self.sharing else "sharing.no"))
        yield Step("publishing", presses=EN.plain(f"publishing.{self.publishing}"))
        yield Step("submit", presses=EN.plain(_BUTTONS["submit"]))
        yield Step("receipt")

    @classmethod
    def draw(cls, number: int, chance: random.Random) -> "Plan":
        """Make up report `number`."""
        city, day = chance.choice(CITIES), _FIRST_DAY + timedelta(days=number)
        town = EN.place(city)
        # Figures might be read as a day or an article.
        nobody = "nobody" + "".join(_LETTERS[int(digit)] for digit in str(number))
        drawn = chance.sample(CONDITIONS, k=chance.randint(1, 3))
        conditions = tuple(key for key in CONDITIONS if key in drawn)
        replies = {
            "name": [Reply.words("name", f"Name-{number} Аты-{number}")],
            "city": [
                Reply.pressed("city", town, Given(value=city), echo=town),
                Reply.words("city", f"Village-{number}"),
            ],
            "date": [
                Reply.words("date", f"{day:%d.%m.%Y}", value=day.isoformat(), echo=EN.day(day)),
                Reply.words("date", f"when {nobody} was seen last"),
            ],
            "charge": [
                Reply.words("charge", f"what {nobody} knows"),
                Reply.words("charge", f"ст. 272 ч. 2, {nobody}", value="CC:272/2", echo=EN.charge("CC:272/2")),
            ],
            "conditions": [
                Reply.marked("conditions", conditions),
                Reply.marked("conditions", conditions, f"cell {number}"),
            ],
        }
        for question in QUESTIONS[1:]:
            replies[question].append(_passed_over(question, chance.choice(list(PASSED_OVER))))
        return cls(
            {key: chance.choice(ways) for key, ways in replies.items()},
            chance.choice(list(Publishing)),
            chance.random() < 0.5,
        )


@dataclass
class Robot:
    """One reporter."""

    person: Person
    name: str
    receipts: dict[str, Plan] = field(default_factory=dict)
    """What it said, by the receipt code it was given for that."""
    repeated: int = 0
    """How often it lost patience and pressed again."""
    waits_for: str = "/start"
    _read: SeenMessage | None = None
    """The screen it read last. The same words once more are that message sent twice."""

    async def report(self, plan: Plan) -> None:
        """Report one person, from /start to the receipt."""
        await self.person.send("/start")
        last = None
        for step in plan.steps():
            self.waits_for = f"{step.screen} of {plan.name}"
            shown = await self._next_screen(last)
            if screen_of(shown) != step.screen:
                again = f"after {self.repeated} repeated presses"
                raise AssertionError(f"{self.name} waits for {self.waits_for} {again} and sees {shown.text!r}")
            self._read = shown
            await self._do(step, shown)
            last = step
            if step.screen == "receipt":
                self.receipts[code_in(shown)] = plan
        self.waits_for = "nothing"

    async def _do(self, step: Step, shown: SeenMessage) -> None:
        for mark in step.marks:
            await self._mark(mark)
        if step.types is not None:
            await _take_time_to_read(shown)
            await self.person.send(step.types)
        elif step.presses is not None:
            await self._press(step.presses)

    async def _next_screen(self, last: Step | None) -> SeenMessage:
        """Wait for a screen that was not read yet. Where the way to it is a button, press it now and then."""
        while True:
            try:
                return await self._wait_for(self._is_new)
            except NotSeen:
                if last is not None and last.presses is not None:
                    self.repeated += 1
                    await self._press(last.presses)

    def _is_new(self, message: SeenMessage) -> bool:
        return self._read is None or not is_again(message, self._read)

    async def _wait_for(self, fits: Callable[[SeenMessage], bool]) -> SeenMessage:
        """Wait for what came after the screen that was read last, be it before or after the answer."""
        return await self.person.wait_for(fits, timeout=PATIENCE_SECONDS, after=self._read or 0)

    async def _press(self, label: str) -> None:
        # On the screen it has read: the same label may by now stand under the next question.
        await self.person.press(label, message=self._read, exact=True)

    async def _mark(self, label: str) -> None:
        await self._press(f"☐ {label}")
        while True:
            try:
                await self._wait_for(lambda shown: f"☑ {label}" in shown.labels)
            except NotSeen:
                await self._mark_again(label)
            else:
                return

    async def _mark_again(self, label: str) -> None:
        self.repeated += 1
        try:
            await self._press(f"☐ {label}")
        except NoSuchButton:
            # It was marked between the last look and the press: the next look shows it.
            await self.person.refresh()


def is_again(message: SeenMessage, before: SeenMessage) -> bool:
    """Say whether a message shows once more what was shown before: all of it, or without what was noted above it.

    The latter answers a button pressed again, where that comes two screens late: Telegram posts presses and words side
    by side, each in order.
    """
    return message.text == before.text or before.text.endswith(f"\n\n{message.text}")


def screen_of(message: SeenMessage) -> str | None:
    """Return the screen of the interview that a message shows, or None where it is something else."""
    lines = message.text.splitlines()
    for number, question in enumerate(QUESTIONS, start=1):
        if line("progress", number=number, total=len(QUESTIONS)) in lines:
            return question
    if line("receipt", code="") in message.text:
        return "receipt"
    if EN.plain("sharing.no") in message.labels:
        return "sharing"
    if EN.plain(f"publishing.{Publishing.NOT_AT_ALL}") in message.labels:
        return "publishing"
    return next((screen for screen, key in _BUTTONS.items() if EN.plain(key) in message.labels), None)


def line(key: str, texts: Texts = EN, **values: object) -> str:
    """Return the first line of a sentence as it is seen, without markup."""
    return re.sub(r"<[^>]*>", "", texts.plain(key, **values)).splitlines()[0]


def code_in(receipt: SeenMessage) -> str:
    """Return the code on a receipt."""
    found = _CODE.search(receipt.text)
    if found is None:
        raise AssertionError(f"there is no code on {receipt.text!r}")
    return found[0]


async def _take_time_to_read(shown: SeenMessage) -> None:
    """Wait until a later second than the one in which the message came."""
    came = shown.date.replace(microsecond=0)
    left = came + timedelta(seconds=1) - datetime.now(UTC)
    await asyncio.sleep(left.total_seconds() + 0.01)


def _passed_over(question: str, state: AnswerState) -> Reply:
    return Reply.pressed(question, EN.plain(PASSED_OVER[state]), Given(state), echo=EN.plain(f"answer.{state}"))
