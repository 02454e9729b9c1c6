"""Coming back to a report: further questions, news, corrections, consent, another person, taking it all back."""

import pytest

from bot.sandbox import AlbumItem, Person, SeenMessage
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG, OGG
from tests.e2e.people import begin, code_in, report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""The services beneath are tested on both engines."""
CHARGE_AND_CONDITIONS = ("I do not know", "I do not know")


async def approve(stage: Stage) -> None:
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve", exact=True))


async def open_report(stage: Stage, person: Person, code: str) -> None:
    await stage.do(person.send("/my"))
    await stage.do(person.press(code))


async def card(stage: Stage) -> str:
    """Return the card that a coordinator is shown."""
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/next"))
    return "\n".join(message.text for message in dina.messages if message.from_bot)


async def digest_until_now(stage: Stage) -> str:
    await stage.tick()
    await stage.cast.channel.refresh()
    return "\n".join(message.text for message in stage.cast.channel.messages)


async def team(stage: Stage) -> tuple[SeenMessage, ...]:
    await stage.cast.group.refresh()
    return stage.cast.group.messages


async def last_notice(stage: Stage) -> str:
    return (await team(stage))[-1].text


async def test_five_more_minutes_reach_the_coordinators_card(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    assert mother.last_from_bot.labels == ("Answer more questions", "Report another person", "What to do now")
    await stage.do(mother.press("Answer more questions"))
    assert "Question 1 of 14" in mother.last_from_bot.text
    await stage.do(mother.press("In hospital"))
    await stage.do(mother.send("the prison hospital"))
    await stage.do(mother.send("17"))
    assert "Age: Under 18" in mother.last_from_bot.text
    await stage.do(mother.press("Woman"))
    await stage.do(mother.press("Needs medicine"))
    await stage.do(mother.send("insulin"))
    seen = await card(stage)
    for words in ("URGENT", "Now: In hospital", "the prison hospital", "Under 18", "17", "insulin"):
        assert words in seen
    await stage.do(mother.send("/cancel"))
    assert "Everything you answered is with your report" in mother.last_from_bot.text


async def test_the_last_further_question_leads_to_a_review_and_thanks(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Answer more questions"))
    await stage.do(mother.press("Released"))
    while "Question" in mother.last_from_bot.text:
        await stage.do(mother.press("I do not know"))
    assert "This is what you added" in mother.last_from_bot.text
    await stage.do(mother.press("✎ Now"))
    await stage.do(mother.press("Has died"))
    await stage.do(mother.press("Finish"))
    assert "Thank you" in mother.last_from_bot.text
    assert "Now: Has died" in await card(stage)


async def test_what_to_do_now_is_told_with_numbers_to_call(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("What to do now"))
    assert "103" in mother.last_from_bot.text


async def test_news_is_added_in_words_and_the_team_is_told_of_it(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    assert "was in the village" in await card(stage)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Something has changed"))
    await stage.do(mother.press("Released"))
    await stage.do(mother.send("yesterday, at the gate"))
    assert f"Added to report {code}: Released, 19 January 2022" in mother.last_from_bot.text
    assert "added something" in await last_notice(stage)
    dina = stage.cast.coordinators[0]
    assert "added something" in dina.last_from_bot.text
    await stage.do(dina.press("Next report"))
    assert "yesterday, at the gate" in dina.last_from_bot.text


async def test_news_can_be_left_without_words_and_is_noted_once(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Something has changed"))
    await stage.do(mother.press("Moved elsewhere"))
    await stage.do(mother.press("Note it without details"))
    assert f"Added to report {code}: Moved elsewhere" in mother.last_from_bot.text
    await stage.do(mother.press("The last was a mistake"))
    assert f"Added to report {code}: the last was a mistake" in mother.last_from_bot.text
    assert "The last was a mistake" not in mother.last_from_bot.labels


async def test_words_that_are_not_asked_for_are_no_addition(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.do(mother.send("hello?"))
    assert "not noted yet" in mother.last_from_bot.text
    assert mother.last_from_bot.labels == ("Add to: K. S.", "Report a detention")
    await stage.do(mother.press("Add to"))
    await stage.do(mother.send("never mind"))
    assert "Nothing was added" in mother.last_from_bot.text
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    await stage.do(mother.send("/help"))
    await stage.do(mother.send("she has no glasses"))
    assert "not noted yet" in mother.last_from_bot.text
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    asked = mother.last_from_bot
    await stage.do(mother.send("/help"))
    await stage.do(mother.send("she has no glasses", reply_to=asked))
    assert "Added to report" in mother.last_from_bot.text


async def test_words_are_an_addition_though_it_is_not_known_whether_they_were_asked_for(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await open_report(stage, mother, code)
    await stage.telegram.fault("timeout_after_delivery", chat=mother, method="sendMessage")
    await stage.do(mother.press("Add something"))
    await stage.do(mother.send("she has no glasses"))
    stage.clock.move(seconds=5)
    await stage.app.settle()
    await stage.look()
    assert f"Added to report {code}" in mother.last_from_bot.text
    assert "she has no glasses" in await card(stage)


async def test_an_addition_in_the_middle_of_a_new_report_goes_to_the_old_one(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await begin(stage, mother)
    await stage.do(mother.send("Aliya Isenova"))
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    await stage.do(mother.send("he is diabetic"))
    assert f"Added to report {code}" in mother.last_from_bot.text
    assert "Question 2 of 5" in mother.last_from_bot.text
    await stage.do(mother.send("Semey"))
    assert "Question 3 of 5" in mother.last_from_bot.text


async def test_a_message_edited_after_the_submit_is_added_as_a_correction(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await begin(stage, mother)
    name = await stage.do(mother.send("Kairat Sultanbec"))
    for words in ("Semey", "05.01.2022", "art. 269", "nothing known"):
        await stage.do(mother.send(words))
    for button in ("Done", "All correct", "Yes, pass it on", "With the name", "Send"):
        await stage.do(mother.press(button, exact=button == "Send"))
    await stage.do(mother.edit(name, "Kairat Sultanbek"))
    assert "Your change is added" in mother.last_from_bot.text
    seen = await card(stage)
    assert "Kairat Sultanbec" in seen
    assert "a correction: Name" in seen
    assert "Kairat Sultanbek" in seen


async def test_another_person_of_the_same_event_is_linked(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Report another person"))
    assert "Question 1 of 5" in mother.last_from_bot.text
    await stage.do(mother.send("Aliya Isenova"))
    assert mother.last_from_bot.labels[0] == "As before: Semey"
    await stage.do(mother.press("As before"))
    assert mother.last_from_bot.labels[0] == "As before: 5 Jan 2022"
    await stage.do(mother.press("As before"))
    for button in CHARGE_AND_CONDITIONS:
        await stage.do(mother.press(button))
    await stage.do(mother.press("All correct"))
    assert "All is ready" in mother.last_from_bot.text
    await stage.do(mother.press("Send", exact=True))
    await approve(stage)
    assert "Detained together with the person of report no. 1" in await card(stage)


@pytest.mark.parametrize(("button", "question"), [("Answer more", "of 14"), ("Report another", "of 5")])
async def test_a_button_pressed_twice_goes_on_with_what_it_began(stage: Stage, button: str, question: str) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    receipt = mother.last_from_bot
    for number in (1, 2):
        for _ in range(2):
            await stage.do(mother.press(button, message=receipt))
            assert f"Question {number} {question}" in mother.last_from_bot.text
            assert "first finish" not in mother.last_from_bot.text
        await stage.do(mother.press("Skip"))


async def test_nothing_new_is_begun_before_the_old_is_finished(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    receipt = mother.last_from_bot
    await begin(stage, mother)
    for button in ("Answer more", "Report another"):
        await stage.do(mother.press(button, message=receipt))
        assert "first finish what you began" in mother.last_from_bot.text
        assert "Question 1 of 5" in mother.last_from_bot.text


@pytest.mark.parametrize("publishing", ["With initials only", "Do not publish"])
async def test_less_consent_changes_what_is_published_already(stage: Stage, publishing: str) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await approve(stage)
    stage.clock.move(days=1)
    assert "Kairat Sultanbek" in await digest_until_now(stage)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Change what is allowed"))
    await stage.do(mother.press(publishing))
    assert "Changed" in mother.last_from_bot.text
    seen = await digest_until_now(stage)
    assert "Kairat Sultanbek" not in seen
    assert ("K. S." in seen) == (publishing == "With initials only")


async def test_more_is_published_only_when_that_is_said_twice(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother, publishing="not_at_all")
    await open_report(stage, mother, code)
    await stage.do(mother.press("Change what is allowed"))
    await stage.do(mother.press("With the name"))
    assert "anyone can then read it" in mother.last_from_bot.text
    await stage.do(mother.send("no"))
    assert "Nothing has been done" in mother.last_from_bot.text
    await open_report(stage, mother, code)
    assert "Publishing: Do not publish" in mother.last_from_bot.text
    await stage.do(mother.press("Change what is allowed"))
    await stage.do(mother.press("With the name"))
    await stage.do(mother.press("Yes, publish it so"))
    assert "Publishing: With the name" in mother.last_from_bot.text


async def test_who_asks_not_to_be_written_to_is_not(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Answer more questions"))
    while "Contact with you" not in mother.last_from_bot.text and "reached safely" not in mother.last_from_bot.text:
        await stage.do(mother.press("Skip"))
    await stage.do(mother.press("Please do not write"))
    await stage.do(mother.press("Finish"))
    before = mother.messages
    await approve(stage)
    assert mother.messages == before


async def test_words_at_a_choice_are_filed_nowhere(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await begin(stage, mother)
    await stage.do(mother.send("Aliya Isenova"))
    for command in ("/wipe", "withdraw"):
        if command == "withdraw":
            await open_report(stage, mother, code)
            await stage.do(mother.press("Withdraw this report"))
        else:
            await stage.do(mother.send(command))
        await stage.do(mother.send("yes"))
        assert "Nothing has been done" in mother.last_from_bot.text
    await stage.do(mother.send("/start"))
    assert "Question 2 of 5" in mother.last_from_bot.text
    assert "Your answer so far" not in mother.last_from_bot.text


async def test_what_is_expected_is_asked_again_in_another_language(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    await stage.do(mother.send("/language"))
    await stage.do(mother.press("Русский"))
    assert "Что вы хотите добавить?" in mother.last_from_bot.text
    await stage.do(mother.send("он болеет диабетом"))
    assert f"Добавлено к обращению {code}: «он болеет диабетом»" in mother.last_from_bot.text


async def test_thanks_are_answered_and_the_first_words_are_met_with_a_button(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await stage.do(mother.send("help, they took my son"))
    assert "I am here" in mother.last_from_bot.text
    await stage.do(mother.press("Report a detention"))
    assert "Here you can report" in mother.last_from_bot.text
    await report(stage, await stage.person("Nurlan"))
    nurlan = stage.others[-1]
    await stage.do(nurlan.send("Thank you!"))
    assert "Stay strong" in nurlan.last_from_bot.text


async def test_an_unfinished_report_is_not_said_to_be_gone(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await begin(stage, mother)
    await stage.do(mother.send("/my"))
    assert "your answers are here" in mother.last_from_bot.text


async def test_a_coordinator_learns_of_a_change_of_consent_before_deciding(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/next"))
    await open_report(stage, mother, code)
    await stage.do(mother.press("Change what is allowed"))
    await stage.do(mother.press("Do not publish"))
    assert "changed what may be done" in dina.last_from_bot.text
    assert not [message for message in dina.messages if message.protected]  # the card of before is an old one
    await stage.do(dina.press("Next", data="r:1:2:approve"))
    assert "an old card" in dina.toasts[-1].text
    await stage.do(dina.send("/next"))
    assert "Do not publish" in dina.last_from_bot.text
    await stage.do(dina.press("Approve", exact=True))
    assert ["approved" in message.text for message in dina.messages if message.protected] == [True]


async def test_a_withdrawn_report_is_gone_from_every_screen_of_the_team(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.tick()
    dina, askar = stage.cast.coordinators
    await stage.do(dina.send("/next"))
    await open_report(stage, mother, code)
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("No, keep it"))
    assert "waiting for a coordinator" in mother.last_from_bot.text
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    assert "withdrawn and deleted" in mother.last_from_bot.text
    await stage.tick()
    seen_by_team = "\n".join(message.text for message in (*dina.messages, *askar.messages, *stage.cast.group.messages))
    assert "Sultanbek" not in seen_by_team
    assert "withdrawn by its reporter" in await last_notice(stage)
    await stage.do(mother.send(f"/status {code}"))
    assert "I know no report with this code" in mother.last_from_bot.text
    await stage.do(mother.send("/my"))
    assert "You have sent no reports" in mother.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text


async def test_a_withdrawn_report_leaves_the_digest(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await report(stage, mother, name="Aliya Isenova")
    for _ in range(2):
        await approve(stage)
    stage.clock.move(days=1)
    assert "Kairat Sultanbek" in await digest_until_now(stage)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    seen = await digest_until_now(stage)
    assert "Kairat Sultanbek" not in seen
    assert "Aliya Isenova" in seen


async def test_the_buttons_of_a_report_do_nothing_for_anybody_else(stage: Stage) -> None:
    mother, stranger = await stage.person("Aigerim"), await stage.person("Nurlan")
    await report(stage, mother)
    await report(stage, stranger, name="Kuat Shamuratov")
    code = code_in(mother.last_from_bot)
    forged: tuple[str, ...] = (
        "m:1:view",
        "m:1:gone",
        "m:1:tell",
        "m:1:tell:released",
        "m:1:note:died",
        "m:1:pub:not_at_all",
    )
    forged += ("m:1:share:no", "m:1:more", "m:1:other", "m:1:undo", "m:1:agree", "m:1:news")
    broken = (
        "m:",
        "m:1",
        "m:x:view",
        "m:1:nothing",
        "m:1:note:told",
        "m:1:pub:loudly",
        "m:1:tell:sung",
        "m:1:share:maybe",
    )
    before = stranger.messages
    for data in (*forged, *broken):
        await stage.do(stranger.press("Report another", data=data))
    assert stranger.messages == before
    await open_report(stage, mother, code)
    assert "waiting for a coordinator" in mother.last_from_bot.text
    assert "Publishing: With the name" in mother.last_from_bot.text


# Files


async def of_reports(stage: Stage) -> list[tuple[int | None, str | None, str]]:
    """Return the report, the question and the kind of all that was sent besides words."""
    async with stage.app.database.snapshot() as work:
        evidence = await work.evidence.of_reports([1, 2, 3])
    return [(number, piece.question, piece.kind) for number, pieces in evidence.items() for piece in pieces]


async def test_a_photo_sent_in_the_further_questions_is_with_the_report_at_once(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Answer more questions"))
    await stage.do(mother.press("In custody"))
    await stage.do(mother.send_photo(JPEG))
    assert "Photo received" in mother.last_from_bot.text
    assert "Question 2 of 14" in mother.last_from_bot.text
    assert await of_reports(stage) == [(1, "held_at", "photo")]
    await stage.do(mother.send_photo(JPEG, caption="the gate of the prison"))
    await stage.do(mother.send("/cancel"))
    seen = await card(stage)
    assert "Files: 2 photos" in seen
    assert seen.count("the gate of the prison") == 1  # the words answered the question that was asked


async def test_an_album_that_was_asked_for_goes_to_that_report_and_not_to_the_newest(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await report(stage, mother, name="Aliya Isenova")
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    before = len(mother.messages)
    await stage.do(mother.send_album([AlbumItem("photo", JPEG), AlbumItem("photo", JPEG + b"2")]))
    assert [message.text for message in mother.messages[before:] if message.from_bot] == [
        f"Photo received. I am keeping it with report {code}. If that fails, I will tell you."
    ]
    await stage.do(mother.send_voice(OGG))
    await stage.do(mother.send("this is his voice"))
    assert f"Added to report {code}" in mother.last_from_bot.text
    assert await of_reports(stage) == [(1, None, "photo"), (1, None, "photo"), (1, None, "voice")]
    notices = [message.text for message in await team(stage) if "added something" in message.text]
    assert len(notices) == 3  # the album, the voice message, the words


async def test_a_photo_asked_for_in_the_middle_of_another_report_leaves_that_one_alone(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await begin(stage, mother)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    await stage.do(mother.send_photo(JPEG, caption="Kairat Sultanbek"))
    assert await of_reports(stage) == [(1, None, "photo")]
    await stage.do(mother.send("/start"))
    assert "Question 1 of 5" in mother.last_from_bot.text
    assert "Your answer so far" not in mother.last_from_bot.text


async def test_a_withdrawn_report_takes_its_files_with_it(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.do(mother.send_photo(JPEG))
    assert list(stage.app.settings.evidence_dir.iterdir())
    await open_report(stage, mother, code)
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    assert await of_reports(stage) == []
    await stage.tick()
    assert not list(stage.app.settings.evidence_dir.iterdir())


# What was found by reading, and by driving the bot as a frightened person does


async def test_torture_told_in_words_is_urgent(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother, conditions="they torture him and give him no medicine")
    assert "URGENT" in await card(stage)


async def test_a_number_of_a_paper_is_told_of_and_never_published(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await begin(stage, mother)
    await stage.do(mother.send("Kairat Sultanbek 010203500123"))
    assert "document or phone number" in mother.last_from_bot.text
    await stage.do(mother.send("/cancel"))
    await stage.do(mother.press("Yes, delete it"))
    await report(stage, mother, name="Kairat Sultanbek 010203500123")
    await approve(stage)
    stage.clock.move(days=1)
    seen = await digest_until_now(stage)
    assert "Kairat Sultanbek …" in seen
    assert "010203500123" not in seen


async def test_what_is_marked_is_kept_when_the_further_questions_end(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await stage.do(mother.press("Answer more questions"))
    while "medical help" not in mother.last_from_bot.text:
        await stage.do(mother.press("Skip"))
    await stage.do(mother.press("Needs medicine"))
    await stage.do(mother.send("/cancel"))
    seen = await card(stage)
    assert "Needs medicine" in seen
    assert "URGENT" in seen


async def test_whoever_has_the_card_is_told_of_further_answers_once(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    await card(stage)
    await stage.do(mother.press("Answer more questions"))
    await stage.do(mother.press("In hospital"))
    await stage.do(mother.send("the prison hospital"))
    dina = stage.cast.coordinators[0]
    assert sum("added something" in message.text for message in dina.messages) == 1
    assert "is urgent" in await last_notice(stage)


async def test_a_notice_in_between_does_not_change_what_the_next_words_are_for(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await begin(stage, mother)
    await open_report(stage, mother, code)
    await stage.do(mother.press("Add something"))
    await approve(stage)
    stage.clock.move(minutes=10)
    await stage.tick()
    assert "read and accepted" in mother.last_from_bot.text
    await stage.do(mother.send("he is diabetic"))
    assert f"Added to report {code}" in mother.last_from_bot.text


async def test_peoples_buttons_do_nothing_in_the_group(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    await report(stage, mother)
    group = stage.cast.group
    before = await team(stage)
    for number, data in enumerate(("w:delete", "w:all", "m:0:list", "m:1:view", "l:kk", "i:1:agree"), start=1):
        message = {"message_id": 2, "date": 0, "chat": {"id": group.id, "type": "supergroup", "title": "x"}}
        person = {"id": stage.cast.coordinators[0].id, "is_bot": False, "first_name": "x"}
        press = {"id": str(number), "from": person, "message": message, "chat_instance": "1", "data": data}
        await stage.app.worker.handle([{"update_id": number, "callback_query": press}])
    await stage.app.settle()
    assert await team(stage) == before


async def test_a_withdrawal_ends_what_the_next_report_was_to_take_from_it(stage: Stage) -> None:
    mother = await stage.person("Aigerim")
    code = await report(stage, mother)
    await stage.do(mother.press("Report another person"))
    await stage.do(mother.send("Aliya Isenova"))
    await open_report(stage, mother, code)
    await stage.do(mother.press("Withdraw this report"))
    await stage.do(mother.press("Yes, delete it for good"))
    await stage.do(mother.send("/start"))
    assert "Question 2 of 5" in mother.last_from_bot.text
    assert not [label for label in mother.last_from_bot.labels if "As before" in label]
