"""The digest: once a period, whatever happens to the process, and only what may be published."""

import random
from datetime import time

import pytest

from bot.domain.answer import Answer, Words
from bot.domain.consent import CONSENT_VERSION, Consent, Publishing
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.sandbox import Person
from bot.settings import Settings
from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"digest_at": time(20, 0)})


async def approve_next(stage: Stage, coordinator: Person) -> None:
    await stage.do(coordinator.send("/next"))
    await stage.do(coordinator.press("Approve"))


async def posts(stage: Stage) -> list[str]:
    await stage.cast.channel.refresh()
    return [message.text for message in stage.cast.channel.messages if message.from_bot]


async def two_approved(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan, name="Named Person", city="Semey", publishing="with_name")
    await report(stage, nurlan, name="Nameless Person", city="Semey", publishing="without_name")
    await report(stage, nurlan, name="Hidden Person", city="Almaty", publishing="not_at_all")
    for _ in range(3):
        await approve_next(stage, dina)


async def test_it_is_posted_once_at_its_time(stage: Stage) -> None:
    await two_approved(stage)
    await stage.tick()
    assert await posts(stage) == []
    stage.clock.move(hours=5)
    for _ in range(3):
        await stage.tick()
    (post,) = await posts(stage)
    assert "Named Person" in post


async def test_it_shows_only_what_reporters_agreed_to(stage: Stage) -> None:
    await two_approved(stage)
    stage.clock.move(hours=5)
    await stage.tick()
    (post,) = await posts(stage)
    assert "and 1 more person, name not published" in post
    for hidden in ("Nameless", "Hidden", "Almaty", "village"):
        assert hidden not in post


async def test_words_about_a_place_are_not_published_for_a_report_without_the_name(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    nurlan = await stage.person("Nurlan")
    await stage.do(nurlan.send("/start"))
    await stage.do(nurlan.press("I agree"))
    await stage.do(nurlan.press("Skip"))
    await nurlan.send("Павлодар")
    await stage.do(nurlan.send("house 5 behind the school"))
    for _ in range(3):
        await stage.do(nurlan.press("Skip"))
    for label in ("All correct", "No, do not pass it on", "Only as a number", "Send"):
        await stage.do(nurlan.press(label, exact=label == "Send"))
    await approve_next(stage, dina)
    stage.clock.move(hours=5)
    await stage.tick()
    (post,) = await posts(stage)
    assert "Pavlodar: 1" in post
    assert "house 5" not in post


async def test_a_coordinator_may_publish_less_than_was_agreed(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await report(stage, await stage.person("Nurlan"), name="Named Person")
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve, only as a number"))
    stage.clock.move(hours=5)
    await stage.tick()
    (post,) = await posts(stage)
    assert "1 person, name not published" in post
    assert "Named" not in post


async def test_days_without_the_process_are_made_up_once(stage: Stage) -> None:
    await two_approved(stage)
    stage.clock.move(days=4)
    for _ in range(2):
        await stage.tick()
    assert len(await posts(stage)) == 1


async def test_each_report_stands_in_one_digest(stage: Stage) -> None:
    await two_approved(stage)
    stage.clock.move(hours=5)
    await stage.tick()
    dina, _ = stage.cast.coordinators
    await report(stage, await stage.person("Botagoz"), name="Later Person")
    await approve_next(stage, dina)
    stage.clock.move(days=1)
    await stage.tick()
    first, second = await posts(stage)
    assert "Later Person" not in first
    assert "Later Person" in second
    assert "Named Person" not in second


async def test_a_day_with_nothing_new_is_quiet(stage: Stage) -> None:
    await two_approved(stage)
    stage.clock.move(days=1)
    await stage.tick()
    stage.clock.move(days=3)
    await stage.tick()
    assert len(await posts(stage)) == 1


async def test_a_preview_posts_nothing_and_takes_nothing(stage: Stage) -> None:
    await two_approved(stage)
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/digest"))
    assert "Named Person" in dina.last_from_bot.text
    assert await posts(stage) == []
    stage.clock.move(hours=5)
    await stage.tick()
    assert len(await posts(stage)) == 1


async def test_a_long_digest_is_split_between_lines(stage: Stage) -> None:
    names = [f"Person {number} " + "&" * 100 for number in range(30)]
    async with stage.app.database.transaction() as work:
        dina = await work.chats.meet(stage.cast.coordinators[0].id, language="en")
        for screen, name in enumerate(names):
            answers = {"name": _said(name), "charge": _said("<b>" * 60)}
            await work.reports.add(
                dina,
                answers,
                receipt=Receipt.issue(random.Random(screen).choice),  # noqa: S311  any code will do
                screen=screen,
                questionnaire_version=1,
                consent=Consent(version=CONSENT_VERSION, sharing=False, publishing=Publishing.WITH_NAME),
                urgent=False,
            )
            claim = await work.queue.claim_next(dina, until=work.now)
            assert claim is not None
            await work.decisions.decide(claim, dina, Decision.APPROVED)
    stage.clock.move(hours=5)
    await stage.tick()
    pages = await posts(stage)
    assert len(pages) > 1
    assert all(len(page) <= 4096 for page in pages)
    together = "\n".join(pages)
    assert all(together.count(name) == 1 for name in names)


async def test_a_channel_that_refuses_gets_its_digest_when_it_is_mended(stage: Stage) -> None:
    await two_approved(stage)
    await stage.cast.channel.remove_bot()
    stage.clock.move(hours=5)
    await stage.tick()
    assert await posts(stage) == []
    await stage.cast.channel.add_bot("admin")
    stage.clock.move(minutes=6)
    await stage.tick()
    assert len(await posts(stage)) == 1


def _said(words: str) -> Answer:
    return Answer(words=(Words(message_id=1, text=words),))
