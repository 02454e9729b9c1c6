"""Reporters by the dozen: each reads the screen, answers what stands there, and remembers what it said.

A robot does what a patient person does. It answers a screen once. It takes a second to read before it types: within
the second in which a question came nobody reads and answers it, and where the outcome of a send was lost the bot
relies on that (`bot.domain.interview.Shown`). It presses a button again when nothing happens for a while. It does not
write its words again: its phone shows them as delivered, and then they must not get lost.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.consent import Publishing
from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.sandbox import NoSuchButton, NotSeen, Person, SeenMessage
from bot.texts import Texts
from tests.e2e.plans import BUTTONS, EN, ITS_CODE, QUESTIONS, Plan, Step

PATIENCE_SECONDS = 4.0
"""After so long without an answer a robot presses again."""
SAID = {
    "receipt": "receipt",
    "finished": "further.finished",
    "reports": "my.head",
    "addition": "my.tell",
    "withdrawn": "my.is_withdrawn",
}
"""Screens that are known by the first line of what they say."""
_CODE = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}\b")


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
    _seen: list[SeenMessage] = field(default_factory=list)
    """The screens it read of this report, the newest last. The same words once more are such a message sent twice, or
    the late answer to a button that it pressed twice."""
    _code: str = ""
    """Of the report at hand."""

    async def report(self, plan: Plan) -> None:
        """Report one person, from /start to the receipt, and do what is planned for later."""
        self._seen = self._seen[-1:]  # of the report before
        await self.person.send("/start")
        last = None
        for step in plan.steps():
            self.waits_for = f"{step.screen} of {plan.name}"
            shown = await self._next_screen(last)
            if screen_of(shown) != step.screen:
                again = f"after {self.repeated} repeated presses"
                raise AssertionError(f"{self.name} waits for {self.waits_for} {again} and sees {shown.text!r}")
            self._seen = [*self._seen, shown] if last else [shown]
            if step.screen == "receipt":
                self._code = code_in(shown)
                self.receipts[self._code] = plan
            await self._do(step, shown)
            last = step
        self.waits_for = "nothing"

    async def _do(self, step: Step, shown: SeenMessage) -> None:
        for mark in step.marks:
            await self._mark(mark)
        if step.types is not None:
            if not step.types.startswith("/"):
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
                    await self._press_again(last.presses)

    def _is_new(self, message: SeenMessage) -> bool:
        return not any(is_again(message, before) for before in self._seen)

    async def _wait_for(self, fits: Callable[[SeenMessage], bool]) -> SeenMessage:
        """Wait for what came after the screen that was read last, be it before or after the answer."""
        return await self.person.wait_for(fits, timeout=PATIENCE_SECONDS, after=self._seen[-1] if self._seen else 0)

    async def _press(self, label: str) -> None:
        # On the screen it has read: the same label may by now stand under the next question.
        shown = self._code if label == ITS_CODE else label
        await self.person.press(shown, message=self._seen[-1], exact=True)

    async def _press_again(self, label: str) -> None:
        self.repeated += 1
        try:
            await self._press(label)
        except NoSuchButton:
            # It did its work between the last look and the press: the next look shows it.
            await self.person.refresh()

    async def _mark(self, label: str) -> None:
        await self._press(f"☐ {label}")
        while True:
            try:
                await self._wait_for(lambda shown: f"☑ {label}" in shown.labels)
            except NotSeen:
                await self._press_again(f"☐ {label}")
            else:
                return


def is_again(message: SeenMessage, before: SeenMessage) -> bool:
    """Say whether a message shows once more what was shown before: all of it, or without what was noted above it.

    The latter answers a button pressed again, where that comes two screens late: Telegram posts presses and words side
    by side, each in order.
    """
    return message.text == before.text or before.text.endswith(f"\n\n{message.text}")


def screen_of(message: SeenMessage) -> str | None:
    """Return the screen that a message shows, or None where it is something else."""
    lines = message.text.splitlines()
    for number, question in enumerate(QUESTIONS, start=1):
        if line("progress", number=number, total=len(QUESTIONS)) in lines:
            return question
    for question in FURTHER_QUESTIONS.keys():  # noqa: SIM118  no mapping
        if line(f"question.{question}") in lines:
            return question
    for screen, key in SAID.items():
        if line(key, code="") in message.text:
            return screen
    if EN.plain("sharing.no") in message.labels:
        return "sharing"
    if EN.plain(f"publishing.{Publishing.NOT_AT_ALL}") in message.labels:
        return "publishing"
    return next((screen for screen, key in BUTTONS.items() if EN.plain(key) in message.labels), None)


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
