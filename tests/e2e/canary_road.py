"""The road down which the canaries are sent: everything that people say, and what coordinators see of it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.commands.sandbox import Cast
from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.domain.questionnaire import Kind
from bot.sandbox import Person, SandboxClient, SeenMessage
from tests.e2e.canaries import (
    ADDED,
    ASKAR,
    BEFORE_THE_EDIT,
    CANCELLED,
    CAPTION,
    COMMAND,
    CONTACT,
    CONTENT,
    CORRECTED,
    FILE_NAME,
    FURTHER,
    IDS,
    MAY_BE_PUBLISHED,
    NAMED,
    NEWS,
    PUBLISHED,
    REASON,
    REFUSED,
    REJECTED,
    SECOND,
    TOLD_OF_PUBLISHED,
    WITHDRAWN,
    found,
    halves,
)
from tests.e2e.files import JPEG
from tests.e2e.plans import EN, QUESTIONS
from tests.e2e.robots import code_in, line

Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Road:
    """The people, and how to let the bot answer them."""

    telegram: SandboxClient
    cast: Cast
    settle: Settle

    @property
    def dina(self) -> Person:
        return self.cast.coordinators[0]

    async def do(
        self, person: Person, action: Awaitable[object], then: str | Callable[[SeenMessage], bool]
    ) -> SeenMessage:
        """Let a person act, and wait for what the bot shows then."""
        await action
        await self.settle()
        return await person.wait_for(then)

    async def begin(self, person: Person) -> None:
        """Go to the first question."""
        await self.do(person, person.send("/start"), line("screen.consent"))
        await self.do(person, person.press(EN.plain("button.agree")), _question(1))

    async def report(self, person: Person, words: dict[str, str], publishing: str) -> str:
        """Report somebody; return the receipt code."""
        await self.begin(person)
        await self._answer(person, words)
        await self.do(person, person.press(EN.plain("button.reviewed")), line("screen.sharing"))
        await self.do(person, person.press(EN.plain("sharing.yes")), line("screen.publishing"))
        may = EN.plain(f"publishing.{publishing}")
        await self.do(
            person,
            person.press(may, exact=True),
            line("screen.submit", publishing=may, sharing=EN.plain("sharing.yes")),
        )
        return await self._send(person)

    async def report_another(self, person: Person, words: dict[str, str]) -> str:
        """Report somebody else, with the same consent; return the receipt code."""
        await self.do(person, person.press(EN.plain("button.another")), _question(1))
        await self._answer(person, words)
        await self.do(person, person.press(EN.plain("button.reviewed")), EN.plain("sharing.yes"))
        return await self._send(person)

    async def _answer(self, person: Person, words: dict[str, str]) -> None:
        if words is REFUSED:
            said = await person.send(BEFORE_THE_EDIT)
            await self.settle()
            await person.wait_for(_question(2))
            await self.do(person, person.edit(said, words["name"]), words["name"])
        else:
            await self.do(person, person.send(words["name"]), _question(2))
        for number, question in enumerate(QUESTIONS[1:-1], start=3):
            await self.do(person, person.send(words[question]), _question(number))
        await self.do(person, person.send(words["conditions"]), words["conditions"])
        await self.do(person, person.press(EN.plain("button.done")), line("screen.review"))

    async def _send(self, person: Person) -> str:
        send = person.press(EN.plain("button.submit"), exact=True)
        return code_in(await self.do(person, send, line("receipt", code="")))

    async def answer_further(self, person: Person, answers: dict[str, str]) -> None:
        """Answer the first of the further questions, or all of them, in words, and finish."""
        await self.do(person, person.press(EN.plain("button.further")), line("question.status"))
        screens = [*(line(f"question.{key}") for key in FURTHER), line("screen.further_review")]
        for following, (key, words) in zip(screens[1:], answers.items(), strict=False):
            if FURTHER_QUESTIONS[key].kind is Kind.CHOICES:
                await self.do(person, person.send(words), words)
                await self.do(person, person.press(EN.plain("button.done")), following)
            else:
                await self.do(person, person.send(words), following)
        await self.do(person, person.send("/cancel"), line("further.finished"))

    async def open(self, person: Person, code: str) -> None:
        """Open a report of one's own."""
        await self.do(person, person.send("/my"), line("my.head"))
        more = EN.plain("button.tell_more")
        await self.do(person, person.press(code), lambda shown: more in shown.labels)

    async def add(self, person: Person, code: str, words: str) -> None:
        """Add something to the report that is open."""
        await self.do(person, person.press(EN.plain("button.tell_more")), line("my.tell"))
        await self.do(person, person.send(words), line("my.added_words", code=code, words="").rstrip("”"))

    async def tell_news(self, person: Person, code: str, words: str) -> None:
        """Say that the person is released."""
        released = EN.plain("addition.released")
        await self.do(person, person.press(EN.plain("button.news")), line("my.news"))
        await self.do(person, person.press(released, exact=True), line("my.tell_news", what=released))
        await self.do(person, person.send(words), line("my.added", code=code, what=released))

    async def correct(self, person: Person, said: str, words: str, code: str) -> None:
        """Edit a message that gave an answer to a report which is sent."""
        message = next(message for message in person.messages if message.text == said)
        await self.do(person, person.edit(message, words), line("my.corrected", code=code))

    async def withdraw(self, person: Person, code: str) -> None:
        """Take a report back."""
        await self.open(person, code)
        sure = EN.plain("button.withdraw_now")
        await self.do(person, person.press(EN.plain("button.withdraw")), lambda shown: sure in shown.labels)
        await self.do(person, person.press(sure), line("my.is_withdrawn"))

    async def next_card(self, number: int) -> SeenMessage:
        """Let Dina take the next report."""
        return await self.do(self.dina, self.dina.send("/next"), line("card.head", report=number))

    async def approve(self, number: int, words: Iterable[str]) -> None:
        """Let Dina take the next report, in which these words and no other canaries stand, and approve it."""
        card = await self.next_card(number)
        assert found(card.text) == halves(words)
        approved = line("card.approved", report=number, case="").removesuffix(".")
        await self.do(self.dina, self.dina.press(EN.plain("button.approve")), approved)


async def walk(road: Road, brother: Person) -> tuple[str, ...]:
    """Say every canary but the broken ones; return the receipt codes, which are as secret."""
    mother, dina, group = road.cast.mother, road.dina, road.cast.group
    for coordinator in road.cast.coordinators:
        await road.do(coordinator, coordinator.send("/start"), line("screen.consent"))
    unheard = line("evidence.no_report")
    await road.do(mother, mother.send_photo(b"picture", caption=CAPTION), unheard)
    await road.do(mother, mother.send_document(b"paper", filename=FILE_NAME, caption=CAPTION), unheard)
    await road.do(mother, mother.send_contact(str(IDS[ASKAR]), CONTACT), unheard)
    await road.do(mother, mother.send(f"/frobnicate {COMMAND}"), line("problem.unknown_command"))
    await road.do(mother, mother.send(f"/status {COMMAND}"), line("status.invalid"))

    refused = await road.report(mother, REFUSED, "not_at_all")
    published = await road.report(brother, PUBLISHED, "with_name")
    rejected = await road.report(mother, REJECTED, "with_name")
    with_report = line("evidence.with_report", code="").partition(" .")[0]
    paper = f"{CONTENT}\n".encode()
    await road.do(mother, mother.send_document(paper, filename=FILE_NAME, caption=CAPTION), with_report)
    await road.do(mother, mother.send_contact("+77010000000", CONTACT), with_report)
    await road.do(mother, mother.send_document(b"PK\x03\x04", filename=FILE_NAME), "no archives")
    await road.begin(mother)
    await road.do(mother, mother.send(CANCELLED), _question(2))
    await road.do(mother, mother.send_photo(b"picture", caption=CAPTION), line("evidence.received.photo"))
    await road.do(mother, mother.send("/cancel"), line("cancel.confirm"))
    await road.do(mother, mother.press(EN.plain("button.drop")), line("cancel.done"))
    second, taken_back = await come_back(road, brother, published)

    asked_at = await dina.send(f"/queue {COMMAND}", chat=group)
    await road.settle()
    await group.wait_for("5", after=asked_at)
    await road.approve(2, TOLD_OF_PUBLISHED)  # what was told of it made it urgent
    await road.approve(1, REFUSED.values())
    card = await road.next_card(3)
    assert found(card.text) == halves([*REJECTED.values(), CAPTION])
    other = EN.plain("reason.other")
    await road.do(dina, dina.press(EN.plain("button.reject")), lambda shown: other in shown.labels)
    asked = await road.do(dina, dina.press(other), line("card.ask_reason", report=3))
    await road.do(dina, dina.send(REASON, reply_to=asked), line("card.rejected", report=3))
    await road.approve(4, SECOND.values())
    await road.approve(5, WITHDRAWN.values())
    preview = await road.do(dina, dina.send("/digest"), line("digest.head", end=""))
    assert NAMED <= found(preview.text) <= MAY_BE_PUBLISHED
    return refused, published, rejected, second, taken_back


async def come_back(road: Road, brother: Person, published: str) -> tuple[str, str]:
    """Say what comes after a submit; return the codes of two more reports, of which the last may be taken back."""
    await road.answer_further(brother, FURTHER)
    await road.open(brother, published)
    await road.add(brother, published, ADDED)
    await road.tell_news(brother, published, NEWS)
    await road.correct(brother, PUBLISHED["charge"], CORRECTED, published)
    second = await road.report_another(brother, SECOND)
    taken_back = await road.report(brother, WITHDRAWN, "with_name")
    await road.answer_further(brother, {"status": WITHDRAWN["status"]})
    await road.open(brother, taken_back)
    await road.add(brother, taken_back, WITHDRAWN["added"])
    with_report = line("evidence.with_report", code="").partition(" .")[0]
    await road.do(brother, brother.send_photo(JPEG, caption=WITHDRAWN["caption"]), with_report)
    return second, taken_back


def _question(number: int) -> str:
    return line("progress", number=number, total=len(QUESTIONS))
