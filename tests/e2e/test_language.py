"""Languages: guessed at first, chosen at any moment, and the question at hand asked again in the new one."""

import pytest

from bot.app import App
from bot.domain.access import Role
from bot.pipeline.menu import offer_commands
from tests.e2e.conftest import Stage
from tests.e2e.people import begin, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""

CONSENT = {"kk": "хабарлауға", "ru": "Здесь можно сообщить", "en": "Here you can report"}
NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
SECOND_QUESTION = {"kk": "2-сұрақ, барлығы 5", "ru": "Вопрос 2 из 5", "en": "Question 2 of 5"}


@pytest.mark.parametrize(
    ("code", "language"), [("kk", "kk"), ("ru", "ru"), ("en-GB", "en"), ("kk-KZ", "kk"), ("de", "en")]
)
async def test_the_first_guess_is_the_language_of_the_phone(stage: Stage, code: str, language: str) -> None:
    person = await stage.person("Aigerim", code)
    await stage.do(person.send("/start"))
    assert CONSENT[language] in person.last_from_bot.text
    assert set(NAMES.values()) - {NAMES[language]} <= set(person.last_from_bot.labels)


@pytest.mark.parametrize("chosen", ["kk", "ru"])
async def test_in_the_middle_of_a_question_it_is_asked_again_and_nothing_is_lost(stage: Stage, chosen: str) -> None:
    nurlan = await stage.person("Nurlan", "en")
    await begin(stage, nurlan)
    await stage.do(nurlan.send("Kairat Sultanbek"))
    await stage.do(nurlan.send("/language"))
    assert nurlan.last_from_bot.labels == tuple(NAMES[code] for code in ("kk", "ru", "en"))
    await stage.do(nurlan.press(NAMES[chosen]))
    assert SECOND_QUESTION[chosen] in nurlan.last_from_bot.text
    await stage.do(nurlan.send("Семей"))
    async with stage.app.database.transaction() as work:
        conversation = await work.conversations.get(await work.chats.meet(nurlan.id, language="en"))
    assert conversation.interview is not None
    assert conversation.interview.step == "date"
    assert list(conversation.interview.in_order()) == ["name", "city"]


async def test_the_buttons_for_languages_never_grow_old(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan", "en")
    await stage.do(nurlan.send("/start"))
    consent = nurlan.last_from_bot
    await stage.do(nurlan.press("I agree"))
    await stage.do(nurlan.send("Kairat Sultanbek"))
    await stage.do(nurlan.press(NAMES["kk"], message=consent))
    assert SECOND_QUESTION["kk"] in nurlan.last_from_bot.text


async def test_outside_an_interview_the_choice_is_kept_for_what_comes(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan", "en")
    code = await report(stage, nurlan)
    await stage.do(nurlan.send("/language"))
    await stage.do(nurlan.press(NAMES["ru"]))
    assert "Теперь я пишу по-русски" in nurlan.last_from_bot.text
    await stage.do(nurlan.send(f"/status {code}"))
    assert "Обращение" in nurlan.last_from_bot.text


async def test_a_language_that_there_is_not_is_refused(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan", "en")
    await stage.do(nurlan.send("/language"))
    for number, data in enumerate(("l:de", "l:", "l:../en"), start=1):
        press = {
            "id": str(number),
            "from": {"id": nurlan.id, "is_bot": False, "first_name": "Nurlan", "language_code": "en"},
            "chat_instance": "1",
            "data": data,
        }
        await stage.app.worker.handle([{"update_id": number, "callback_query": press}])
    await stage.do(nurlan.send("/help"))
    assert "What this bot does" in nurlan.last_from_bot.text


async def test_the_bot_is_introduced_in_every_language(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await offer_commands(stage.app.bot, stage.app.catalogues, [(dina.id, Role.LEAD)])
    for language in (*stage.app.catalogues.languages, ""):
        texts = stage.app.catalogues.in_language(language)
        assert await described(stage.app, language) == (
            texts.plain("about.description"),
            texts.plain("about.short_description"),
            texts.plain("command.start"),
        )


async def described(app: App, language: str) -> tuple[str, str, str]:
    asked = {"language_code": language}
    description = await app.bot.call("getMyDescription", asked)
    short = await app.bot.call("getMyShortDescription", asked)
    first = (await app.bot.call("getMyCommands", {**asked, "scope": {"type": "all_private_chats"}}))[0]
    return description["description"], short["short_description"], first["description"]
