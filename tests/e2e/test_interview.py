"""The reporter's side, as Telegram would bring it: mistakes, doubles, silence, and what must never happen."""

import pytest

from bot.domain.report import Report
from bot.sandbox import NoSuchButton
from bot.settings import Settings
from tests.e2e.conftest import Stage
from tests.e2e.people import RUSSIAN, begin, code_in, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""


async def stored(stage: Stage) -> list[Report]:
    async with stage.app.database.transaction() as work:
        return [one async for one in work.reports.every()]


async def test_every_question_can_be_skipped(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for _ in range(5):
        await stage.do(mother.press("Пропустить"))
    for step in ("reviewed", "do_not_share", "not_at_all", "send"):
        await stage.do(mother.press(RUSSIAN[step], exact=step == "send"))
    (one,) = await stored(stage)
    assert {answer.state for answer in one.answers.values()} == {"skipped"}


async def test_every_question_can_be_answered_i_do_not_know(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for number in range(1, 6):
        assert f"{number} из 5" in mother.last_from_bot.text
        await stage.do(mother.press("Не знаю"))
    assert "Проверьте" in mother.last_from_bot.text


async def test_every_question_but_the_first_can_be_gone_back_from(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    with pytest.raises(NoSuchButton):
        await mother.press("Назад")
    for number in range(2, 6):
        await stage.do(mother.press("Пропустить"))
        await stage.do(mother.press("Назад"))
        assert f"{number - 1} из 5" in mother.last_from_bot.text
        await stage.do(mother.press("Пропустить"))
        assert f"{number} из 5" in mother.last_from_bot.text


async def test_weeks_of_silence_change_nothing(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await stage.do(mother.send("Садырбаева Райгуль"))
    stage.clock.move(days=40)
    await stage.tick()
    await stage.do(mother.send("Семей"))
    assert "✓ Город: Семей" in mother.last_from_bot.text
    assert "3 из 5" in mother.last_from_bot.text


async def test_two_messages_at_once_are_one_answer(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await mother.send("Садырбаева")
    await stage.do(mother.send("Райгуль"))
    assert "✓ Имя: Садырбаева Райгуль" in mother.last_from_bot.text
    assert "2 из 5" in mother.last_from_bot.text
    await stage.do(mother.send("Семей"))
    assert "✓ Город: Семей" in mother.last_from_bot.text


async def test_words_sent_with_a_press_belong_to_the_question_that_was_on_the_screen(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await mother.press("Пропустить")
    await stage.do(mother.send("Садырбаева Райгуль"))
    assert "✓ Имя: Садырбаева Райгуль" in mother.last_from_bot.text
    assert "2 из 5" in mother.last_from_bot.text


async def test_a_doubled_press_is_one_press(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await mother.press("Пропустить")
    await stage.do(mother.press("Пропустить"))
    assert "2 из 5" in mother.last_from_bot.text
    assert "уже не действует" in mother.toasts[-1].text


async def test_a_much_older_button_shows_where_we_are(stage: Stage) -> None:
    mother = stage.cast.mother
    first = await begin(stage, mother, RUSSIAN)
    await stage.do(mother.send("Садырбаева Райгуль"))
    await stage.do(mother.press("Семей"))
    before = len(mother.messages)
    await stage.do(mother.press("Не знаю", message=first))
    assert len(mother.messages) == before + 1
    assert "3 из 5" in mother.last_from_bot.text


async def test_a_choice_pressed_twice_on_a_slow_line_stays_chosen(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for _ in range(4):
        await stage.do(mother.press("Пропустить"))
    await mother.press("Избиение")
    await stage.do(mother.press("Избиение"))
    assert "☑ Избиение" in mother.last_from_bot.labels


async def test_several_choices_and_words_are_kept_together(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for _ in range(4):
        await stage.do(mother.press("Пропустить"))
    await stage.do(mother.press("Избиение"))
    await stage.do(mother.press("Нет адвоката"))
    await stage.do(mother.send("Держат в подвале"))
    assert "Записано: «Держат в подвале»" in mother.last_from_bot.text
    assert mother.last_from_bot.labels == ("Готово",)
    await stage.do(mother.press("Готово", message=mother.last_from_bot))
    for part in ("Избиение", "Нет адвоката, не пускают", "Держат в подвале"):
        assert part in mother.last_from_bot.text


async def test_a_long_story_is_kept_whole(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for _ in range(4):
        await stage.do(mother.press("Пропустить"))
    story = ("слово " * 700)[:4096].strip()
    await stage.do(mother.send(story))
    await stage.do(mother.press("Готово"))
    for step in ("reviewed", "do_not_share", "not_at_all", "send"):
        await stage.do(mother.press(RUSSIAN[step], exact=step == "send"))
    (one,) = await stored(stage)
    assert one.answers["conditions"].text == story


async def test_a_story_in_several_messages_is_one_answer(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(4):
        await stage.do(nurlan.press("Skip"))
    await stage.do(nurlan.press("Beating"))
    await stage.do(nurlan.send("they broke his arm"))
    await stage.do(nurlan.send("and give no insulin"))
    await stage.do(nurlan.send("and give no insulin"))
    assert nurlan.last_from_bot.text.count("and give no insulin") == 1
    await stage.do(nurlan.send("done"))
    for part in ("Please check", "Beating", "they broke his arm", "and give no insulin"):
        assert part in nurlan.last_from_bot.text


async def test_a_finger_that_misses_done_throws_nothing_away(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(4):
        await stage.do(nurlan.press("Skip"))
    before = nurlan.last_from_bot
    await nurlan.press("Torture")
    await stage.do(nurlan.press("Skip", message=before))
    assert "☑ Torture: shocks, choking" in nurlan.last_from_bot.labels
    assert "Skip" not in nurlan.last_from_bot.labels
    await stage.do(nurlan.press("Back"))
    await stage.do(nurlan.press("Skip"))
    assert "☑ Torture: shocks, choking" in nurlan.last_from_bot.labels
    await stage.do(nurlan.press("Clear"))
    assert "☐ Torture: shocks, choking" in nurlan.last_from_bot.labels


async def test_words_after_cancel_are_no_answer(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send("/cancel"))
    await stage.do(nurlan.send("yes please"))
    assert "Delete this unfinished report?" in nurlan.last_from_bot.text
    await stage.do(nurlan.press("No, go on"))
    await stage.do(nurlan.send("Kairat Sultanbek"))
    assert "✓ Name: Kairat Sultanbek" in nurlan.last_from_bot.text


@pytest.mark.parametrize("words", ["I don't know", "не знаю.", "Skip"])
async def test_button_words_are_the_button(stage: Stage, words: str) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send(words))
    assert "2 of 5" in nurlan.last_from_bot.text
    assert words not in nurlan.last_from_bot.text


async def test_a_message_sent_twice_on_a_bad_line_is_said_once(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await mother.send("Садырбаева Райгуль")
    await stage.do(mother.send("Садырбаева Райгуль"))
    assert mother.last_from_bot.text.count("Садырбаева Райгуль") == 1


async def test_an_edit_that_does_not_fit_names_the_question_it_is_about(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(2):
        await stage.do(nurlan.press("Skip"))
    said = await stage.do(nurlan.send("05.01.2022"))
    await stage.do(nurlan.edit(said, "31.02.2022"))
    assert "Date detained: nothing has changed." in nurlan.last_from_bot.text
    assert "4 of 5" in nurlan.last_from_bot.text


async def test_a_receipt_code_alone_asks_after_its_report(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    code = await report(stage, nurlan)
    await stage.do(nurlan.send(f"my code: {code}, what about it?"))
    assert f"Report {code}: saved" in nurlan.last_from_bot.text


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \u200b"])
async def test_what_cannot_be_seen_is_no_answer(stage: Stage, nothing: str) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send(nothing))
    assert "no words in this message" in nurlan.last_from_bot.text
    assert "1 of 5" in nurlan.last_from_bot.text


async def test_words_as_said_are_kept_beside_what_was_understood(stage: Stage) -> None:
    await report(stage, await stage.person("Nurlan"), date="5.1.22", city="Алма-Ата")
    (one,) = await stored(stage)
    assert (one.answers["date"].text, one.answers["date"].reading.value) == ("5.1.22", "2022-01-05")
    assert (one.answers["city"].text, one.answers["city"].reading.value) == ("Алма-Ата", "almaty")


async def test_an_edited_message_changes_the_answer_it_gave(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    said = await stage.do(nurlan.send("Kuat Shamuratof"))
    await stage.do(nurlan.send("Semey"))
    await stage.do(nurlan.edit(said, "Kuat Shamuratov"))
    assert "✓ Name: Kuat Shamuratov" in nurlan.last_from_bot.text
    assert "3 of 5" in nurlan.last_from_bot.text


async def test_a_report_is_submitted_once_however_often_it_is_sent(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    for _ in range(5):
        await stage.do(mother.press("Пропустить"))
    await stage.do(mother.press("Всё верно"))
    await stage.do(mother.press("Да, передать"))
    await stage.do(mother.press("Только числом"))
    await stage.telegram.fault("duplicate_update", chat=mother, times=2)
    for _ in range(3):
        await mother.press("Отправить")
    await stage.do(mother.refresh())
    assert len(await stored(stage)) == 1
    assert sum("сохранено" in message.text for message in mother.messages) == 1


async def test_a_new_report_never_meets_the_buttons_of_an_old_one(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    old = next(message for message in nurlan.messages if "2 of 5" in message.text)
    await begin(stage, nurlan)
    await stage.do(nurlan.press("Skip"))
    await stage.do(nurlan.press("Almaty", message=old))
    assert "2 of 5" in nurlan.last_from_bot.text
    assert "Almaty" not in nurlan.last_from_bot.text


async def test_a_cancelled_report_is_forgotten(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    await stage.do(mother.send("Садырбаева Райгуль"))
    await stage.do(mother.send("/cancel"))
    await stage.do(mother.press("Да, удалить"))
    await stage.do(mother.send("/start"))
    assert "Здесь можно сообщить" in mother.last_from_bot.text
    assert await stored(stage) == []


async def test_the_language_can_be_changed_on_the_first_screen(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    await stage.do(mother.press("Қазақша"))
    assert "ұсталған адам туралы" in mother.last_from_bot.text
    assert mother.last_from_bot.labels == ("Келісемін, бастау", "Русский", "English")
    await stage.do(mother.press("English"))
    assert "Here you can report" in mother.last_from_bot.text
    await stage.do(mother.press("I agree"))
    assert "1 of 5" in mother.last_from_bot.text


async def test_on_the_first_screen_words_leave_every_button_where_it_was(stage: Stage) -> None:
    mother = stage.cast.mother
    await stage.do(mother.send("/start"))
    for act in (mother.send("помогите"), mother.send_photo(b"bytes")):
        await stage.do(act)
        assert mother.last_from_bot.labels == ("Согласиться и начать", "Қазақша", "English")
        assert len(mother.last_from_bot.text) < 100


async def test_a_receipt_is_understood_however_it_is_written(stage: Stage) -> None:
    code = await report(stage, await stage.person("Nurlan"))
    mother = stage.cast.mother
    for written in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        await stage.do(mother.send(f"/status {written}"))
        assert "ждёт координатора" in mother.last_from_bot.text


async def test_a_person_who_blocked_the_bot_holds_nobody_up_and_can_come_back(stage: Stage) -> None:
    mother, nurlan = stage.cast.mother, await stage.person("Nurlan")
    await begin(stage, mother, RUSSIAN)
    await mother.send("Садырбаева Райгуль")
    await mother.block_bot()
    await begin(stage, nurlan)
    assert "1 of 5" in nurlan.last_from_bot.text
    await stage.do(mother.unblock_bot())
    await stage.do(mother.send("/start"))
    assert "2 из 5" in mother.last_from_bot.text


async def test_in_groups_strangers_are_not_spoken_to(stage: Stage, settings: Settings) -> None:
    assert settings.coordinator_chat_id == stage.cast.group.id
    stranger = await stage.person("Stranger")
    party = await stage.telegram.group("Party", members=[stranger])
    await stage.do(stranger.send("/start", chat=party))
    await party.refresh()
    assert not [message for message in party.messages if message.from_bot and message.kind == "text"]


async def test_the_receipt_shows_a_code_that_can_be_read_over_a_phone(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    code = await report(stage, nurlan)
    assert code == code_in(nurlan.last_from_bot)
    assert len(code.replace("-", "")) == 9
    assert not set(code) & set("0O1ILU")
