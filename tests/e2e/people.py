"""What people do in several tests: steps of a conversation, each handled to the end before the next."""

from bot.sandbox import Person, SeenMessage
from tests.e2e.conftest import Stage

RUSSIAN = {
    "agree": "Согласиться",
    "unknown": "Не знаю",
    "skip": "Пропустить",
    "reviewed": "Всё верно",
    "with_name": "С именем",
    "share": "Да, передать",
    "do_not_share": "Нет, не передавать",
    "initials": "Только инициалы",
    "without_name": "Только числом",
    "not_at_all": "Не публиковать",
    "send": "Отправить",
}
ENGLISH = {
    "agree": "I agree",
    "unknown": "I do not know",
    "skip": "Skip",
    "reviewed": "All correct",
    "with_name": "With the name",
    "share": "Yes, pass it on",
    "do_not_share": "No, do not pass it on",
    "initials": "With initials only",
    "without_name": "Only as a number",
    "not_at_all": "Do not publish",
    "send": "Send",
}


async def begin(stage: Stage, person: Person, words: dict[str, str] = ENGLISH) -> SeenMessage:
    """Start and agree; return the first question."""
    await stage.do(person.send("/start"))
    await stage.do(person.press(words["agree"]))
    return person.last_from_bot


async def report(
    stage: Stage,
    person: Person,
    *,
    name: str = "Kairat Sultanbek",
    city: str = "Semey",
    date: str = "05.01.2022",
    charge: str = "art. 269",
    conditions: str = "was in the village with relatives",
    publishing: str = "with_name",
) -> str:
    """Report one person in English, in words alone; return the receipt code."""
    await begin(stage, person)
    for words in (name, city, date, charge, conditions):
        await stage.do(person.send(words))
    await stage.do(person.press("Done"))
    for step in ("reviewed", "share", publishing, "send"):
        await stage.do(person.press(ENGLISH[step], exact=step == "send"))
    return code_in(person.last_from_bot)


def code_in(receipt: SeenMessage) -> str:
    """Return the receipt code that a message shows."""
    return next(word for word in receipt.text.split() if word.count("-") == 2)


async def forge(stage: Stage, person: Person, data: str) -> None:
    """Let a tampered client press a button that carries something else than ours."""
    message = next(one for one in reversed(person.messages) if one.from_bot and one.labels)
    await stage.do(person.press(message.labels[0], message=message, data=data))
