"""What reporters are going to say: every answer, how it is given, and what it then is."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, AnswerState
from bot.domain.consent import Publishing
from bot.domain.further_questions import FURTHER_QUESTIONS, find_question
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.texts import Catalogues
from bot.understanding.country import Country
from handlers.views.answers import choice_label

QUESTIONS = tuple(QUESTIONNAIRE.keys())
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
TOLD_MORE = "told more"
"""What comes after words at a question of choices: the button that closes it, and nothing else."""
BUTTONS = {
    TOLD_MORE: "button.done",
    "consent": "button.agree",
    "review": "button.reviewed",
    "submit": "button.submit",
    "report": "button.tell_more",
    "withdrawal": "button.withdraw_now",
}
"""Screens that are known by a button, which leads on from them."""


ITS_CODE = "the receipt code"
FIRST_OF_STATUS = ("held", "hospital", "released")
"""Ways in which the further questions begin; of somebody released it is not asked where they are held."""
MEDICAL = ("medicine", "treatment", "disability")
"""In the questionnaire's order."""


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
    """What is done on a screen: words typed, or a button pressed, or at the end nothing."""

    screen: str
    types: str | None = None
    presses: str | None = None
    """A label, or `ITS_CODE`: the receipt code of the report at hand."""
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
    def chosen(cls, question: str, choice: str) -> "Reply":
        """Press the button of a choice."""
        label = _label(question, choice)
        return cls.pressed(question, label, Given(value=choice), echo=label)

    @classmethod
    def marked(cls, question: str, choices: tuple[str, ...], words: str | None = None) -> "Reply":
        """Mark some choices, perhaps say more in words, and press "Done"."""
        marks = tuple(_label(question, key) for key in choices)
        done = EN.plain("button.done")
        given, echo = Given(words=words or "", choices=choices), "\n".join([*marks, *([words] if words else [])])
        if words is None:
            return cls(given, echo, (Step(question, presses=done, marks=marks),))
        return cls(given, echo, (Step(question, types=words, marks=marks), Step(TOLD_MORE, presses=done)))


@dataclass(frozen=True)
class Later:
    """What a robot does with its report once it has the receipt."""

    replies: Mapping[str, Reply]
    """To the first of the further questions."""
    left_at: str
    """The further question at which it has said enough."""
    addition: str
    withdraws: bool
    """Whether it takes everything back in the end."""

    def steps(self) -> Iterator[Step]:
        """Yield what is done on each screen after the receipt, as `Plan.steps` does."""
        for reply in self.replies.values():
            yield from reply.steps
        yield Step(self.left_at, types="/cancel")
        yield Step("finished", types="/my")
        yield Step("reports", presses=ITS_CODE)
        yield Step("report", presses=EN.plain("button.tell_more"))
        yield Step("addition", types=self.addition)
        if self.withdraws:
            yield Step("report", presses=EN.plain("button.withdraw"))
            yield Step("withdrawal", presses=EN.plain("button.withdraw_now"))
            yield Step("withdrawn")
        else:
            yield Step("report")

    @classmethod
    def draw(cls, number: int, chance: random.Random, *, withdraws: bool) -> "Later":
        """Make up what becomes of report `number`."""
        status = chance.choice(FIRST_OF_STATUS)
        needs = tuple(key for key in MEDICAL if chance.random() < 0.5)
        replies = {
            "status": [Reply.chosen("status", status)],
            "held_at": [Reply.words("held_at", f"Station-{number}"), _passed_over("held_at", AnswerState.UNKNOWN)],
            "age": [Reply.chosen("age", "adult"), Reply.words("age", "17", value="minor", echo=_label("age", "minor"))],
            "sex": [Reply.chosen("sex", "woman"), _passed_over("sex", AnswerState.SKIPPED)],
            "medical": [
                Reply.marked("medical", needs or MEDICAL),
                Reply.marked("medical", needs, f"medicine no. {number}"),
            ],
        }
        path = FURTHER_QUESTIONS.path({"status": Answer.pressed(value=status)})
        answered = path[: chance.randint(2, path.index("medical") + 1)]
        return cls(
            {key: chance.choice(replies[key]) for key in answered},
            left_at=path[len(answered)],
            addition=f"More of {number}: Ещё о {number}",
            withdraws=withdraws,
        )


@dataclass(frozen=True)
class Plan:
    """One report that a robot is going to make. Every word of it is said nowhere else."""

    replies: Mapping[str, Reply]
    publishing: Publishing
    sharing: bool
    later: Later | None = None

    @property
    def name(self) -> str:
        """The words that name the person."""
        return self.replies["name"].given.words

    def steps(self) -> Iterator[Step]:
        """Yield what is done on each screen, in the order in which the screens must come."""
        yield Step("consent", presses=EN.plain(BUTTONS["consent"]))
        for question in QUESTIONS:
            yield from self.replies[question].steps
        yield Step("review", presses=EN.plain(BUTTONS["review"]))
        yield Step("sharing", presses=EN.plain("sharing.yes" if self.sharing else "sharing.no"))
        yield Step("publishing", presses=EN.plain(f"publishing.{self.publishing}"))
        yield Step("submit", presses=EN.plain(BUTTONS["submit"]))
        if self.later is None:
            yield Step("receipt")
        else:
            yield Step("receipt", presses=EN.plain("button.further"))
            yield from self.later.steps()

    @property
    def said(self) -> dict[str, Reply]:
        """All answers, by the keys of their questions."""
        return {**self.replies, **(self.later.replies if self.later else {})}

    @property
    def is_withdrawn(self) -> bool:
        """Whether in the end nothing is left of it."""
        return self.later is not None and self.later.withdraws

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


def _passed_over(question: str, state: AnswerState) -> Reply:
    return Reply.pressed(question, EN.plain(PASSED_OVER[state]), Given(state), echo=EN.plain(f"answer.{state}"))


def _label(question: str, choice: str) -> str:
    asked = find_question(question)
    if asked is None:
        raise ValueError(f"nobody asks {question}")
    return choice_label(asked, choice, EN)
