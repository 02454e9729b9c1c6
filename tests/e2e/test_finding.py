"""/find over HTTP, and the reports of the same person beside a card."""

import pytest

from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def told(stage: Stage, *names: str, **said: str) -> list[str]:
    mother = await stage.person("Aliya")
    codes = [await report(stage, mother, name=name, **said) for name in names]
    await stage.tick()
    return codes


async def test_a_report_is_found_by_its_name_in_another_spelling_its_code_and_its_number(stage: Stage) -> None:
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/start"))
    codes = await told(stage, "Нұрлан Жұмабаев", "Kairat Sultanbek")
    for words in ("Zhumabaev Nurlan", codes[0], "1", "Нурлан Жумабаев Семей 5 января ст. 269 ждёт"):
        await stage.do(dina.send(f"/find {words}"))
        assert "Report no. 1: Нұрлан Жұмабаев" in dina.last_from_bot.text, words
        assert "Report no. 2" not in dina.last_from_bot.text
        assert dina.last_from_bot.protected
    assert "name: Нурлан Жумабаев; city: Semey; days: 5 Jan 2022" in dina.last_from_bot.text
    await stage.do(dina.send("/find Nurlan Zhumabaev released"))
    assert "Nothing was found." in dina.last_from_bot.text


async def test_find_alone_asks_and_takes_the_next_words(stage: Stage) -> None:
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/start"))
    await told(stage, "Kairat Sultanbek")
    await stage.do(dina.send("/find"))
    assert "What should be found?" in dina.last_from_bot.text
    await stage.do(dina.send("Semey", reply_to=dina.last_from_bot))
    assert "Report no. 1: Kairat Sultanbek" in dina.last_from_bot.text
    await stage.do(dina.press("№ 1"))
    assert "Yours until" in dina.last_from_bot.text


async def test_pages_go_back_and_forth_and_their_buttons_carry_no_words(stage: Stage) -> None:
    dina, askar = stage.cast.coordinators
    for one in (dina, askar):
        await stage.do(one.send("/start"))
    await told(stage, *(f"Kairat Sultanbek {number}" for number in range(10)))
    await stage.do(dina.send("/find Semey"))
    first = dina.last_from_bot
    assert "Report no. 10" in first.text
    assert "Report no. 2:" not in first.text
    await stage.do(dina.press("Older"))
    assert "Report no. 2:" in dina.last_from_bot.text
    await stage.do(dina.press("Newer"))
    assert dina.last_from_bot.text == first.text
    stage.clock.move(hours=2)
    await stage.tick()
    await stage.tick()
    assert "has left the screen" in dina.last_from_bot.text
    await stage.do(dina.press("I agree", data="s:1:1"))
    assert "This search is over" in dina.toasts[-1].text


async def test_for_a_reporter_find_is_no_command(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/unheard"))
    unknown = mother.last_from_bot.text
    await stage.do(mother.send("/find Kairat"))
    assert mother.last_from_bot.text == unknown


async def test_a_card_names_reports_of_the_same_person_and_what_differs(stage: Stage) -> None:
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/start"))
    await told(stage, "Kairat Sultanbek")
    await told(stage, "Қайрат Сұлтанбек", city="Almaty", date="06.01.2022")
    await stage.do(dina.send("/next"))
    card = "\n".join(message.text for message in dina.messages if message.protected)
    assert "May be the same person:" in card
    assert "Report no. 2: Қайрат Сұлтанбек, Almaty" in card
    assert "same name in another spelling, 1 day apart; differs: city" in card
