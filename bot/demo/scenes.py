"""What each person of the story says and presses. The people reported are those the project started from.

Source: Dina Kurmanova's published first-hand account of January 2022 (docs/sources.md).
"""

import asyncio
from functools import partial

from bot.sandbox import Person, SeenMessage

_TYPING_SECONDS = 1.0
"""Nobody types a name faster; so the bot is killed after her words, and not in the middle of its own."""

NAMES = ("Садырбаева", "Shamuratov", "Ashtaev")
"""Family names that must stand nowhere in the clear."""


async def raigul_begun(sister: Person) -> None:
    """Report Raigul Sadyrbaeva as far as the name, and do not wait for an answer to it."""
    await sister.send("/start")
    await sister.wait_for("Здесь можно сообщить")
    await sister.press("Согласиться")
    await sister.wait_for("1 из 5")
    await asyncio.sleep(_TYPING_SECONDS)
    await sister.send("Садырбаева Райгуль")


async def raigul_ended(sister: Person) -> None:
    """Go on from the second question to the receipt."""
    await sister.wait_for("2 из 5")
    await sister.press("Семей")
    await sister.wait_for("3 из 5")
    await sister.send("после январских протестов")
    await sister.wait_for("правильно ли я понял")
    await sister.press("Оставить моими словами")
    await sister.wait_for("4 из 5")
    await sister.press("Не знаю")
    await sister.wait_for("5 из 5")
    for condition in ("Нет врача или лекарств", "Голод, холод, теснота"):
        await sister.press(condition)
        await sister.wait_for(partial(_is_marked, condition))
    await sister.press("Готово")
    await sister.wait_for("Проверьте")
    await sister.press("Всё верно")
    await sister.wait_for("юристам")
    await sister.press("Да, передать")
    await sister.wait_for("Можно ли опубликовать")
    await sister.press("С именем")
    await sister.wait_for("Всё готово")
    await sister.press("Отправить")
    await sister.wait_for("Обращение сохранено")


async def raigul_further(sister: Person) -> None:
    """Answer a few of the further questions about Raigul Sadyrbaeva, and stop there."""
    await sister.press("Ответить ещё")
    await sister.wait_for("1 из 14")
    await sister.press("Под стражей")
    await sister.wait_for("2 из 14")
    await sister.press("Не знаю")
    await sister.wait_for("3 из 14")
    await sister.press("18 лет или старше")
    await sister.wait_for("4 из 14")
    await sister.press("Женщина")
    await sister.wait_for("5 из 14")
    for need in ("Нужны лекарства", "Есть инвалидность"):
        await sister.press(need)
        await sister.wait_for(partial(_is_marked, need))
    await sister.send("Редкая болезнь крови.")
    await sister.wait_for("болезнь крови")
    await sister.press("Готово")
    await sister.wait_for("6 из 14")
    await sister.send("/cancel")
    await sister.wait_for("Спасибо")


async def kuat_withdrawn(brother: Person) -> None:
    """Take the report about Kuat Shamuratov back, after it was published as a number."""
    await brother.send("/my")
    await brother.wait_for("Your reports")
    await brother.press("-")
    await brother.wait_for("read and accepted")
    await brother.press("Withdraw this report")
    await brother.wait_for("Withdraw report")
    await brother.press("Yes, delete it for good")
    await brother.wait_for("withdrawn and deleted")


async def asks_after(reporter: Person, words: str) -> None:
    """Look at a report of one's own, and read what became of it."""
    await reporter.send("/my")
    await reporter.wait_for(lambda message: any("-" in label for label in message.labels))
    await reporter.press("-")
    await reporter.wait_for(words)


async def undone(holder: Person) -> None:
    """Undo a decision made just now, and make another."""
    await holder.press("Undo")
    await holder.wait_for(lambda message: "Approve" in message.labels)
    await holder.press("Approve", exact=True)
    await holder.wait_for("approved")


async def update_seen(coordinator: Person) -> None:
    """Take what is new of a decided report, and note that it is seen."""
    await coordinator.send("/next")
    await coordinator.wait_for("Withdrawn by its reporter")
    await coordinator.press("Seen", exact=True)
    await coordinator.wait_for("seen.")


async def two_grab_one(dina: Person, askar: Person) -> Person:
    """Both ask for the next report at the same moment; whoever got it, and is returned, approves it."""
    await asyncio.gather(dina.send("/next"), askar.send("/next"))
    await asyncio.gather(*(one.wait_for(_card_or_nothing) for one in (dina, askar)))
    holders = [one for one in (dina, askar) if "Approve" in one.last_from_bot.labels]
    if len(holders) != 1:
        raise RuntimeError(f"{len(holders)} coordinators hold one report")
    await holders[0].press("Approve", exact=True)
    await holders[0].wait_for("approved")
    return holders[0]


async def kuat(brother: Person) -> None:
    """Report Kuat Shamuratov, making the mistakes that people make."""
    await brother.send("/start")
    await brother.wait_for("Here you can report")
    await brother.press("I agree")
    first = await brother.wait_for("1 of 5")
    await brother.send_photo(b"a photograph")
    await brother.wait_for("Photo received")
    await brother.send("Kuat Shamuratof")
    await brother.wait_for("2 of 5")
    await brother.press("I do not know", message=first)
    await brother.wait_for_toast("no longer works")
    await brother.send("Алматы")
    await brother.wait_for("3 of 5")
    await brother.send("35.01.2022")
    await brother.wait_for("no such day")
    await brother.send("05.01.2022")
    await brother.wait_for("4 of 5")
    await brother.send("art. 272 h 1 (organization of mass riots)")
    await brother.wait_for("5 of 5")
    await brother.send("He is a father of four.")
    await brother.wait_for("Is there more")
    await brother.send("He urged people to stay calm.")
    await brother.wait_for("stay calm")
    await brother.press("Done")
    await brother.wait_for("Please check")
    await brother.press("✎ Name")
    await brother.wait_for("1 of 5")
    await brother.send("Kuat Shamuratov")
    await brother.wait_for("Please check")
    await _send_off(brother, "Only as a number")


async def zhanmurat(colleague: Person) -> None:
    """Report Zhanmurat Ashtaev, with the wrong button pressed first."""
    await colleague.send("/start")
    await colleague.wait_for("Here you can report")
    await colleague.press("I agree")
    await colleague.wait_for("1 of 5")
    await colleague.send("Zhanmurat Ashtaev")
    await colleague.wait_for("2 of 5")
    await colleague.press("Astana")
    await colleague.wait_for("3 of 5")
    await colleague.press("Back")
    await colleague.wait_for("2 of 5")
    await colleague.press("I do not know")
    await colleague.wait_for("3 of 5")
    await colleague.press("I do not know")
    await colleague.wait_for("4 of 5")
    await colleague.send("art. 269")
    await colleague.wait_for("5 of 5")
    await colleague.press("Skip")
    await colleague.wait_for("Please check")
    await _send_off(colleague, "Do not publish")


async def decide_two(dina: Person, askar: Person) -> None:
    """One coordinator approves the next report, the other rejects the one after it."""
    await dina.send("/next")
    await dina.wait_for("Report no. 2")
    await askar.send("/next")
    await askar.wait_for("Report no. 3")
    await dina.press("Approve")
    await dina.wait_for("approved")
    await askar.press("Reject")
    await askar.wait_for(lambda message: "Too little to check" in message.labels)
    await askar.press("Too little to check")
    await askar.wait_for("rejected")


async def preview(coordinator: Person) -> None:
    """Look at the next digest."""
    await coordinator.send("/digest")
    await coordinator.wait_for("Detentions. Digest")


async def _send_off(person: Person, publishing: str) -> None:
    await person.press("All correct")
    await person.wait_for("lawyers")
    await person.press("Yes, pass it on")
    await person.wait_for("May we publish")
    await person.press(publishing, exact=True)
    await person.wait_for("All is ready")
    await person.press("Send", exact=True)
    await person.wait_for("Your report is saved")


def _is_marked(condition: str, message: SeenMessage) -> bool:
    return f"☑ {condition}" in message.labels


def _card_or_nothing(message: SeenMessage) -> bool:
    return "Report no. 1" in message.text or "Nothing is free" in message.text
