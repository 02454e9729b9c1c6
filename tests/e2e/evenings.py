"""A coordinator's evening: what the team sees, and the mother who is asked something.

The other reporters' side is not shown: the transcripts of interviews show it.
"""

from collections.abc import Callable, Sequence

from bot.sandbox import Event, Person
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG
from tests.e2e.people import code_in

Kept = Callable[[Event], bool]
"""Says of each event whether it belongs into the transcript."""

RUSSIAN = ("Согласиться", "Готово", "Всё верно", "Да, передать", "Отправить")
KAZAKH = ("Келісемін", "Дайын", "Бәрі дұрыс", "Иә, беруге", "Жіберу")


async def a_coordinators_evening(stage: Stage) -> Kept:
    """Work through a Russian evening: the queue, one person in three alphabets, a question, a case, a lapse."""
    dina, askar = stage.cast.coordinators
    mother, nurlan, spammer = stage.cast.mother, await stage.person("Нурлан", "ru"), await stage.person("Гость", "ru")
    for lead in (dina, askar):
        await stage.do(lead.send("/start"))
    begun = max(event.seq for event in await stage.telegram.events())
    stage.clock.move(hours=5)
    await told(stage, nurlan, "Садырбаева Райгуль", "Семей", "05.01.2022", "ст. 272", "была на работе")
    first = await told(stage, nurlan, "Серік Ахметов", "Алматы", "06.01.2022", "не знаю", "Пытают, просит врача")
    code = await told(stage, mother, "Ахметов Серик", "Алматы", "05.01.2022", "ст. 269", "Голод, холод", photo=JPEG)
    told_at = max(event.seq for event in await stage.telegram.events())
    await told(stage, spammer, "Продам диван", "Алматы", "вчера", "недорого", "самовывоз")
    await stage.tick()
    await stage.do(dina.send("/queue", chat=stage.cast.group))
    await stage.do(dina.send("/queue"))
    await stage.do(dina.press("Алматы"))
    await stage.do(dina.press("Принять, дальше"))
    await stage.do(dina.press("Принять, дальше"))
    await stage.do(dina.press("Спросить"))
    await stage.do(dina.send("Какого года рождения ваш сын? Это поможет найти его в списках."))
    await stage.do(dina.press("Следующее обращение"))
    await a_rejection_undone(stage, dina)
    await stage.do(mother.send("1995. Спасибо вам. Он жив?"))
    await stage.tick()
    await stage.do(dina.press("Следующее обращение"))
    await stage.do(dina.press("Ещё…"))
    await stage.do(dina.press("Файлы"))
    await stage.do(dina.press("Исправить"))
    await stage.do(dina.press("Обвинение"))
    await stage.do(dina.send("ст. 272"))
    await stage.do(dina.press("Принять в дело 1"))
    stage.clock.move(minutes=11)
    await stage.tick()
    await stage.do(mother.send(f"/status {code}"))
    await released(stage, nurlan, first)
    await stage.do(askar.send("/next"))
    await stage.do(dina.send("/queue"))
    await stage.do(dina.press("№ 2 в очередь"))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Дело: освобождён(а)"))
    await the_case(stage, dina)
    await stage.do(dina.send("/find Ахметов"))
    await stage.do(dina.send("/report 1"))
    for label in ("История", "Закрыть"):
        await stage.do(dina.press(label))
    await stage.do(askar.send("/blocked"))
    await stage.do(askar.press("№ 1: разблокировать"))
    await stage.do(askar.send("/next"))
    stage.clock.move(minutes=16)
    await stage.tick()
    await stage.do(dina.send("/digest"))
    return shown(stage, (dina, askar), {mother: told_at}, after=begun)


async def a_rejection_undone(stage: Stage, dina: Person) -> None:
    """Reject with a reason and a note, take that back, and block who sent it."""
    await stage.do(dina.press("Отклонить"))
    await stage.do(dina.press("Не о задержании"))
    await stage.do(dina.press("Добавить заметку"))
    await stage.do(dina.send("Объявление о мебели.", reply_to=dina.last_from_bot))
    await stage.do(dina.press("Отменить решение"))
    for label in ("Ещё…", "Блокировать", "Да, блокировать"):
        await stage.do(dina.press(label))


async def the_case(stage: Stage, dina: Person) -> None:
    """Go through a case's page: statements, status, a note, a tag, joining and parting."""
    await stage.do(dina.press("Дело 1"))
    for label in ("Выбрать", "Дата задержания", "Обращение 3"):
        await stage.do(dina.press(label))
    await stage.do(dina.press("Заметка"))
    await stage.do(dina.send("Адвокат просит звонить после 18 часов."))
    await stage.do(dina.press("Метки"))
    await stage.do(dina.press("Добавить метку"))
    await stage.do(dina.send("СИЗО"))
    for label in ("Статус", "переведён(а)", "Обращение 3", "Вчера"):
        await stage.do(dina.press(label))
    await stage.do(dina.press("Файлы"))
    await stage.do(dina.press("Объединить"))
    await stage.do(dina.press("Другой номер"))
    await stage.do(dina.send("2"))
    await stage.do(dina.press("Да, один человек"))
    for label in ("Разделить", "Да, разделить", "Закрыть"):
        await stage.do(dina.press(label))


async def a_coordinators_evening_in_kazakh(stage: Stage) -> Kept:
    """Go through the same screens, shorter, in Kazakh."""
    dina, askar = stage.cast.coordinators
    aunt, nurlan = await stage.person("Гүлнара", "kk"), await stage.person("Нұрлан", "kk")
    for lead in (dina, askar):
        await stage.do(lead.send("/start"))
    begun = max(event.seq for event in await stage.telegram.events())
    await told(stage, nurlan, "Айгерим Серикова", "Алматы", "05.01.2022", "272-бап", "Дәрі керек", words=KAZAKH)
    await told(stage, aunt, "Айгерім Серікова", "Алматы", "06.01.2022", "272-бап", "байланыс жоқ", words=KAZAKH)
    told_at = max(event.seq for event in await stage.telegram.events())
    await stage.tick()
    await stage.do(dina.send("/queue"))
    await stage.do(dina.press("Келесі хабарлама"))
    await stage.do(dina.press("Мақұлдау, келесі"))
    await stage.do(dina.press("Сұрау"))
    await stage.do(dina.send("Ол қай жылы туған?"))
    await stage.do(aunt.send("2003 жылы"))
    await stage.do(dina.press("Келесі хабарлама"))
    await stage.do(dina.press("Қабылдамау"))
    await stage.do(dina.press("Бұрын хабарланған"))
    await stage.do(dina.press("Шешімді қайтару"))
    await stage.do(dina.press("Қосу: іс 1"))
    await stage.do(dina.press("Іс 1"))
    for label in ("Таңдау", "Ұсталған күні", "Хабарлама 2"):
        await stage.do(dina.press(label))
    for label in ("Жағдайы", "босатылған", "Хабарлама 2", "Бүгін"):
        await stage.do(dina.press(label))
    await stage.do(askar.send("/case 1"))
    await stage.do(askar.send("/queue"))
    await stage.do(askar.press("Іс 1 жабу"))
    await stage.do(dina.send("/find Серікова"))
    stage.clock.move(minutes=11)
    await stage.tick()
    await stage.do(dina.send("/digest"))
    return shown(stage, (dina, askar), {aunt: told_at}, after=begun)


async def told(
    stage: Stage, person: Person, *answers: str, words: Sequence[str] = RUSSIAN, photo: bytes | None = None
) -> str:
    """Let somebody report one person in words; return the receipt code."""
    agree, done, right, share, send = words
    await stage.do(person.send("/start"))
    await stage.do(person.press(agree))
    for answer in answers:
        await stage.do(person.send(answer))
    if photo is not None:
        await stage.do(person.send_photo(photo, caption="у ворот"))
    for label in (done, right, share):
        await stage.do(person.press(label))
    await stage.do(person.press(person.last_from_bot.labels[0]))
    await stage.do(person.press(send, exact=True))
    return code_in(person.last_from_bot)


async def released(stage: Stage, person: Person, code: str) -> None:
    """Let a reporter say that the person was released yesterday."""
    await stage.do(person.send("/my"))
    for label in (code, "Что-то изменилось", "На свободе"):
        await stage.do(person.press(label))
    await stage.do(person.send("вчера, приехал домой"))


def shown(stage: Stage, team: Sequence[Person], others: dict[Person, int], *, after: int) -> Kept:
    """Keep what the team sees after an event, and what each of the others sees after another."""
    since = {chat.id: after for chat in (*team, stage.cast.group)}
    since.update({person.id: seq for person, seq in others.items()})
    return lambda event: event.seq > since.get(event.chat, event.seq)
