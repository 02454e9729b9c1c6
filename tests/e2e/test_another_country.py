"""Another country is a folder and a setting: a whole road through the bot in Ruritania, with no code changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import Reference, open_app
from bot.commands.sandbox import Cast
from bot.domain.interview import Interview
from bot.domain.press import Action, Press
from bot.pipeline.menu import offer_commands
from bot.sandbox import Person, SandboxClient
from bot.settings import Settings
from handlers.callbacks import pack
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import ENGLISH, RUSSIAN, begin

RURITANIA = Path(__file__).parents[1] / "countries" / "ruritania"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    changed = {"country": str(RURITANIA), "timezone": None, "default_language": None}
    return Settings.model_validate(settings.model_dump() | changed)


@pytest.fixture
async def stage(
    settings: Settings, telegram: SandboxClient, cast: Cast, clock: Clock, reference: Reference
) -> AsyncIterator[Stage]:
    async with open_app(settings, clock=clock, reference=reference) as app:
        yield Stage(app, telegram, cast, clock)


async def test_a_report_goes_all_the_way(stage: Stage) -> None:
    flavia = await stage.person("Flavia", "kk")
    stage.clock.move(hours=11)  # in Almaty the 21st has begun, in Ruritania not yet
    await begin(stage, flavia)
    assert "Question 1" in flavia.last_from_bot.text, "the country does not offer Kazakh"
    await stage.do(flavia.send("Rudolf Rassendyll"))
    assert flavia.last_from_bot.labels[:2] == ("Zenda", "Strelsau")
    await stage.do(flavia.press("Zenda"))
    assert "Thu 20 Jan" in flavia.last_from_bot.labels[0]
    await stage.do(flavia.send("05.01.2022"))
    await stage.do(flavia.send("ст. 31 ч. 2 КК"))
    assert "art. 31 part 2 Royal Code: Armed riot" in flavia.last_from_bot.text
    await stage.do(flavia.press("Whereabouts unknown"))
    await stage.do(flavia.press("Done"))
    for step in ("reviewed", "share", "with_name", "send"):
        await stage.do(flavia.press(ENGLISH[step], exact=step == "send"))

    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/next"))
    card = dina.last_from_bot.text
    assert "City: Zenda" in card
    assert "This day lies outside the time of the events" in card
    await stage.do(dina.press("Approve", exact=True))
    stage.clock.move(days=1)
    await stage.tick()
    await stage.cast.channel.refresh()
    digest = stage.cast.channel.messages[-1].text
    assert "20:00" in digest, "by the clocks of Ruritania"
    assert "Zenda: 1" in digest
    assert "Rudolf Rassendyll; detained 5 January 2022; charge: art. 31 part 2 Royal Code: Armed riot" in digest


async def test_its_places_are_read_from_words_and_a_day_of_its_events_is_not_remarked_on(stage: Stage) -> None:
    await begin(stage, stage.cast.mother, RUSSIAN)
    await stage.do(stage.cast.mother.send("Рудольф"))
    await stage.do(stage.cast.mother.send("в хентцауской области"))
    assert "✓ Город: Хентцауская область" in stage.cast.mother.last_from_bot.text
    await stage.do(stage.cast.mother.send("12.01.2022"))
    for _ in range(2):
        await stage.do(stage.cast.mother.press(RUSSIAN["skip"]))
    for step in ("reviewed", "share", "with_name", "send"):
        await stage.do(stage.cast.mother.press(RUSSIAN[step], exact=step == "send"))
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/next"))
    assert "12 January 2022" in dina.last_from_bot.text
    assert "outside the time" not in dina.last_from_bot.text


@pytest.mark.parametrize(("place", "taken"), [("almaty", None), ("nowhere", None), ("hentzau", "hentzau")])
async def test_only_its_own_places_can_be_picked_also_those_on_no_button(
    stage: Stage, place: str, taken: str | None
) -> None:
    flavia = await stage.person("Flavia")
    await begin(stage, flavia)
    await stage.do(flavia.send("Rudolf Rassendyll"))
    press = {
        "id": "1",
        "from": {"id": flavia.id, "is_bot": False, "first_name": "Flavia", "language_code": "en"},
        "chat_instance": "1",
        "data": pack(Press((await _interview(stage, flavia)).screen, Action.PICK, place)),
    }
    await stage.app.worker.handle([{"update_id": 1, "callback_query": press}])
    city = (await _interview(stage, flavia)).answers.get("city")
    assert (city.reading.value if city else None) == taken


async def test_only_its_languages_are_offered(stage: Stage) -> None:
    flavia = await stage.person("Flavia", "kk")
    await stage.do(flavia.send("/language"))
    assert flavia.last_from_bot.labels == ("English", "Русский")
    await offer_commands(stage.app.bot, stage.app.catalogues, [])
    described = {
        language: (await stage.app.bot.call("getMyDescription", {"language_code": language}))["description"]
        for language in ("", "en", "ru", "kk")
    }
    english, russian = (stage.app.catalogues.in_language(code).plain("about.description") for code in ("en", "ru"))
    # For a language that is not described Telegram gives what holds for all.
    assert described == {"": english, "en": english, "ru": russian, "kk": english}


async def test_its_first_steps_are_told(stage: Stage) -> None:
    await stage.do(stage.cast.mother.send("/steps"))
    assert "1. Запишите, кто и когда\n2. Спросите смотрителя" in stage.cast.mother.last_from_bot.text
    assert "Castle gate, Zenda" in stage.cast.mother.last_from_bot.text


async def _interview(stage: Stage, person: Person) -> Interview:
    async with stage.app.database.transaction() as work:
        conversation = await work.conversations.get(await work.chats.meet(person.id, language="en"))
    assert conversation.interview is not None
    return conversation.interview
