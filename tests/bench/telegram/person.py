"""One relative: reads a screen, answers it, and remembers what was said and what the bot acknowledged.

The screens are known by what every bot of the benchmark shows alike: "Question 2 of 5", and the labels of buttons.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

QUESTIONS = ("name", "city", "date", "charge", "conditions")
BUTTONS = {
    "consent": "I agree",
    "conditions": "Done",
    "review": "All correct",
    "sharing": "Yes, pass it on",
    "publishing": "With the name",
    "submit": "Send",
}
"""How the label begins of the button that leads on from a screen."""
START = "/start"
UPDATES = 12
"""Of one whole interview: /start, six buttons, and five messages."""
_FIRST_DAY = datetime.now(UTC).date() - timedelta(days=1400)


class Act(NamedTuple):
    """What a person does: writes words, or presses a button of the message it saw last."""

    words: str = ""
    pressed: str = ""
    """The button's callback data."""
    about: str = ""
    """The question that the words answer."""


@dataclass(slots=True)
class Person:
    """Where one person stands."""

    number: int
    chat_id: int
    user: bytes
    """The person as JSON, as Telegram writes it into `from`; `chat` likewise."""
    chat: bytes
    round: int = 0
    next_message_id: int = 1
    shown: str = ""
    """The text of the message seen last."""
    message: bytes = b""
    """That message as JSON."""
    act: Act | None = None
    acted_at: float = 0.0
    available_at: float = 0.0
    """When the update of the last act could be fetched first."""
    is_waiting: bool = False
    repeats: int = 0
    said: dict[str, str] = field(default_factory=dict)
    """The words of this round, by question."""
    acknowledged: set[str] = field(default_factory=set)
    """The questions whose answer the bot took: it went on to the next."""
    receipts: int = 0
    forgotten: int = 0
    """How many acknowledged answers the bot asked for again."""
    seen_twice: int = 0
    is_done: bool = False

    def start(self) -> Act:
        """Begin another report."""
        self.round += 1
        return self.start_again()

    def start_again(self) -> Act:
        """Write /start once more in the same round."""
        self.shown = ""
        return Act(words=START)

    def words_for(self, question: str) -> str:
        """Return what this person says to a question: words that nobody else says, a day that reads as one."""
        tag = f"{self.number}-{self.round}"
        match question:
            case "name":
                return f"Name-{tag} Аты-{tag}"
            case "city":
                return f"Village-{tag}"
            case "date":
                return f"{_FIRST_DAY + timedelta(days=(self.number * 7 + self.round) % 1000):%d.%m.%Y}"
            case "charge":
                return f"article 272-{tag}"
            case _:
                return f"cell-{tag}"

    def answer(self, screen: str, markup: dict[str, Any] | None) -> Act | None:
        """Return what is to be done on a screen; None where there is nothing to do, or no button to press."""
        self._note(screen)
        if screen in QUESTIONS and not (screen == "conditions" and "conditions" in self.acknowledged):
            self.said[screen] = self.words_for(screen)
            return Act(words=self.said[screen], about=screen)
        data = find_button(markup, BUTTONS[screen]) if screen in BUTTONS else None
        return None if data is None else Act(pressed=data)

    def _note(self, screen: str) -> None:
        """Note what a screen says about the answers given so far."""
        if self.act is not None and self.act.about and (screen != self.act.about or screen == "conditions"):
            self.acknowledged.add(self.act.about)
        if screen == "consent":
            asked_again = set(self.acknowledged)
        elif screen in QUESTIONS:
            asked_again = self.acknowledged.intersection(QUESTIONS[QUESTIONS.index(screen) :]) - {"conditions"}
        else:
            return
        self.forgotten += len(asked_again)
        self.acknowledged -= asked_again


def screen_of(text: str, markup: dict[str, Any] | None) -> str | None:
    """Return the screen that a message shows; None where it is something else."""
    place = text.find("Question ")
    if place >= 0 and text[place + 10 : place + 14] == " of ":
        return QUESTIONS[int(text[place + 9]) - 1]
    if "is saved" in text:
        return "receipt"
    return next((screen for screen, label in BUTTONS.items() if find_button(markup, label) is not None), None)


def find_button(markup: dict[str, Any] | None, label: str) -> str | None:
    """Return the callback data of the first button whose label begins so; None where there is none."""
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            if button["text"].startswith(label):
                return str(button["callback_data"])
    return None
