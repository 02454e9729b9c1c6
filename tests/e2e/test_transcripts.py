"""Golden transcripts: whole conversations as they look on the screen, to be read aloud in review.

`make unit ARGS="-k transcripts --regenerate"` writes them anew.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.sandbox import Cast, gather_cast
from bot.sandbox import SandboxClient
from bot.settings import Settings
from tests.e2e.conftest import Stage
from tests.e2e.evenings import Kept, a_coordinators_evening, a_coordinators_evening_in_kazakh
from tests.e2e.files import JPEG, OGG, ZIP
from tests.e2e.people import ENGLISH, begin, code_in, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""

TRANSCRIPTS = Path(__file__).parent.parent / "transcripts"

Conversation = Callable[[Stage], Awaitable[Kept | None]]


async def a_sister_reports_in_russian(stage: Stage) -> None:
    sister = stage.cast.mother
    await stage.do(sister.send("/start"))
    await stage.do(sister.press("Согласиться"))
    await stage.do(sister.send("Садырбаева Райгуль"))
    await stage.do(sister.press("Семей"))
    await stage.do(sister.send("5.1.22"))
    await stage.do(sister.press("Не знаю"))
    await stage.do(sister.press("Нет врача"))
    await stage.do(sister.press("Голод, холод"))
    await stage.do(sister.press("Готово"))
    await stage.do(sister.press("Всё верно"))
    await stage.do(sister.press("Да, передать"))
    await stage.do(sister.press("Только числом"))
    await stage.do(sister.press("Отправить"))
    await stage.do(sister.send(f"/status {code_in(sister.last_from_bot)}"))
    await stage.do(sister.send("/help"))


async def a_brother_makes_every_mistake(stage: Stage) -> None:
    brother = await stage.person("Nurlan")
    first = await begin(stage, brother)
    await stage.do(brother.send_photo(b"a photograph"))
    await stage.do(brother.send("x" * 4096))
    name = await stage.do(brother.send("Kuat Shamuratof"))
    await stage.do(brother.press("I do not know", message=first))
    await stage.do(brother.edit(name, "Kuat Shamuratov"))
    await stage.do(brother.press("Back"))
    await stage.do(brother.press("Skip"))
    await stage.do(brother.send("in a village near Taldykorgan"))
    await stage.do(brother.send("31.02.2022"))
    await stage.do(brother.send("25.01.2022"))
    await stage.do(brother.send("some day after the protests"))
    await stage.do(brother.send("/charge"))
    await stage.do(brother.send("art. 272 h 1 (organization of mass riots)"))
    await stage.do(brother.press("Done"))
    await stage.do(brother.press("No complaints known"))
    await stage.do(brother.press("Beating"))
    await stage.do(brother.send("He is a father of four."))
    await stage.do(brother.send("He urged people to stay calm."))
    await stage.do(brother.send("done"))
    await stage.do(brother.send("is this the end?"))
    await stage.do(brother.press("✎ Name"))
    await stage.do(brother.send("Kuat Shamuratov"))
    await stage.do(brother.send("/cancel"))
    await stage.do(brother.send("no"))
    await stage.do(brother.press("No, go on"))
    for step in ("reviewed", "do_not_share", "not_at_all"):
        await stage.do(brother.press(ENGLISH[step]))
    await stage.do(brother.send("/start"))
    await stage.do(brother.press("Send", exact=True))
    await stage.do(brother.edit(name, "Kuat"))
    await stage.do(brother.send("thank you"))
    await stage.do(brother.send("/status ABC-DEF-GHJ"))


async def an_aunt_reports_in_kazakh(stage: Stage) -> None:
    """Go the straight road, answer further questions, and bring news a week later."""
    aunt = await stage.person("Gulnara", "kk")
    await stage.do(aunt.send("/start"))
    await stage.do(aunt.press("Келісемін"))
    await stage.do(aunt.send("Айгерім Серікқызы"))
    await stage.do(aunt.send("Алматыда, алаңда"))
    await stage.do(aunt.send("5 қаңтарда кешке"))
    await stage.do(aunt.press("Айып айтылмады"))
    await stage.do(aunt.press("Туыстарымен байланыс"))
    await stage.do(aunt.press("Дайын"))
    await stage.do(aunt.press("Бәрі дұрыс"))
    await stage.do(aunt.press("Иә, беруге"))
    await stage.do(aunt.press("Тек бас"))
    await stage.do(aunt.press("Жіберу"))
    await stage.do(aunt.press("Енді не істеу"))
    await stage.do(aunt.press("Тағы сұраққа"))
    await stage.do(aunt.press("Қамауда"))
    await stage.do(aunt.send("Алматы тергеу изоляторында дейді"))
    await stage.do(aunt.send("2004 жылғы"))
    await stage.do(aunt.press("18 жасқа толмаған"))
    await stage.do(aunt.press("Әйел"))
    await stage.do(aunt.press("Дәрі керек"))
    await stage.do(aunt.press("Дайын"))
    await stage.do(aunt.send("иә"))
    await stage.do(aunt.send("/cancel"))
    stage.clock.move(days=7)
    await stage.do(aunt.send("/my"))
    await stage.do(aunt.press("-"))
    await stage.do(aunt.press("Бірдеңе өзгерді"))
    await stage.do(aunt.press("Босатылды"))
    await stage.do(aunt.send("Кеше кешке босатты"))


async def a_daughter_takes_every_detour(stage: Stage) -> None:
    """Go back, skip, do not know: another language, three weeks of silence, a second person, files, and away."""
    daughter = await stage.person("Dinara", "ru")
    await stage.do(daughter.send("/start"))
    await stage.do(daughter.send_photo(b"not yet agreed"))
    await stage.do(daughter.press("Согласиться"))
    name = await stage.do(daughter.send("Ахметов Серик, не могу больше"))
    await stage.do(daughter.edit(name, "Ахметов Серик"))
    await stage.do(daughter.send("/language"))
    await stage.do(daughter.press("English"))
    await stage.do(daughter.send("/language"))
    await stage.do(daughter.press("Русский"))
    await stage.do(daughter.press("Назад"))
    await stage.do(daughter.press("Пропустить"))
    await stage.do(daughter.send("Тараз или Талдыкорган"))
    await stage.do(daughter.press("Изменить"))
    await stage.do(daughter.send("Тараз"))
    await stage.do(daughter.send("01/05/2022"))
    await stage.do(daughter.press("Верно"))
    for _ in range(20):
        stage.clock.move(days=1)
        await stage.tick()
    await stage.do(daughter.press("Продолжить"))
    await stage.do(daughter.send_photo(JPEG, caption="участие в беспорядках"))
    await stage.do(daughter.press("Верно"))
    await stage.do(daughter.send_sticker("😢"))
    await stage.do(daughter.send_voice(OGG, duration=4))
    await stage.do(daughter.send_document(ZIP, filename="архив.zip"))
    await stage.do(daughter.send_document(size=30 * 1024 * 1024, filename="видео.mp4"))
    await stage.do(daughter.press("Пытки"))
    await stage.do(daughter.press("Готово"))
    await stage.do(daughter.press("✎ Имя"))
    await stage.do(daughter.send("Ахметов Серик Болатович"))
    for button in ("Всё верно", "Да, передать", "С именем", "Отправить"):
        await stage.do(daughter.press(button))
    await stage.do(daughter.edit(name, "Ахметов Серик Б."))
    await stage.do(daughter.send("/my"))
    await stage.do(daughter.press("-"))
    await stage.do(daughter.press("другом человеке"))
    await stage.do(daughter.send("Ахметов Берик"))
    await stage.do(daughter.press("Как раньше"))
    await stage.do(daughter.press("Как раньше"))
    await stage.do(daughter.press("Не знаю"))
    await stage.do(daughter.press("Не знаю"))
    for button in ("Всё верно", "Отправить"):
        await stage.do(daughter.press(button))
    await stage.do(daughter.send("/my"))
    await stage.do(daughter.press(code_in(daughter.last_from_bot)))
    await stage.do(daughter.press("Изменить разрешение"))
    await stage.do(daughter.press("Не публиковать"))
    await stage.do(daughter.press("Отозвать"))
    await stage.do(daughter.press("Да, удалить"))
    await stage.do(daughter.send("/wipe"))
    await stage.do(daughter.press("Удалить и отозвать"))


async def two_coordinators_work_the_queue(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    for coordinator in (dina, askar):
        await stage.do(coordinator.send("/start"))
    await stage.do(dina.send("/next"))
    reporter = await stage.person("Botagoz")
    await report(stage, reporter, name="Zhanmurat Ashtaev", conditions="was at work")
    await report(stage, reporter, name="Lyazzat Dosmambetova", publishing="without_name")
    await report(stage, reporter, name="Kairat Sultanbek", charge="not known to us")
    await stage.tick()
    await stage.do(dina.send("/queue", chat=stage.cast.group))
    await stage.do(dina.send("/next", chat=stage.cast.group))
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve"))
    await stage.do(askar.send("/next"))
    card = askar.last_from_bot
    await stage.do(askar.press("Release"))
    await stage.do(dina.press("Next report"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("Back"))
    await stage.do(dina.press("Reject"))
    await stage.do(dina.press("Already reported"))
    await stage.do(askar.send("/next"))
    await stage.do(askar.press("Reject"))
    await stage.do(askar.press("in words"))
    await stage.do(askar.send("The family asks us to wait.", reply_to=askar.last_from_bot))
    assert "Release" in card.labels
    await stage.tick()
    await stage.do(dina.send("/queue"))
    await stage.do(dina.send("/digest"))


CONVERSATIONS: tuple[Conversation, ...] = (
    a_sister_reports_in_russian,
    a_brother_makes_every_mistake,
    an_aunt_reports_in_kazakh,
    a_daughter_takes_every_detour,
    two_coordinators_work_the_queue,
    a_coordinators_evening,
    a_coordinators_evening_in_kazakh,
)

TEAMS = {
    a_coordinators_evening: ("ru", "Дина", "Аскар", "Координаторы"),
    a_coordinators_evening_in_kazakh: ("kk", "Дина", "Асқар", "Үйлестірушілер"),
}
"""The language, the names and the group of a team that does not work in English."""


@pytest.fixture
async def cast(telegram: SandboxClient, conversation: Conversation) -> Cast:
    cast = await gather_cast(telegram)
    if conversation not in TEAMS:
        return cast
    language, *names, title = TEAMS[conversation]
    team = tuple([await telegram.person(name, language_code=language) for name in names])
    return replace(cast, coordinators=team, group=await telegram.group(title, members=team))


@pytest.fixture
def settings(settings: Settings, conversation: Conversation) -> Settings:
    language = TEAMS[conversation][0] if conversation in TEAMS else settings.default_language
    return settings.model_copy(update={"default_language": language})


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda function: function.__name__)
async def test_the_conversation_reads_as_it_was_approved(
    conversation: Conversation, stage: Stage, request: pytest.FixtureRequest
) -> None:
    keep = await conversation(stage)
    seen = await stage.transcript() if keep is None else await stage.transcript(keep=keep)
    golden = TRANSCRIPTS / f"{conversation.__name__}.txt"
    if request.config.getoption("--regenerate"):
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")
