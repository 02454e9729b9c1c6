"""/wipe: what was written leaves the screen, on both sides, and nothing comes after it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.app import App, open_app
from bot.domain.message import Say
from bot.sandbox import Person
from bot.settings import Settings
from storage.outgoing import Outcome, Priority, Settlement
from tests.e2e.conftest import Clock, Stage
from tests.e2e.people import begin, report
from tests.e2e.test_sender import put
from tests.storage.support import column, sql

DELETE, WITHDRAW, KEEP = "Delete the messages", "Delete and withdraw reports", "Keep them"


@pytest.fixture
async def nurlan(stage: Stage) -> Person:
    """Give a person who speaks English."""
    return await stage.person("Nurlan")


async def wipe(stage: Stage, person: Person) -> None:
    await stage.do(person.send("/wipe"))
    await stage.do(person.press(DELETE))


def ids(person: Person) -> set[int]:
    return {message.message_id for message in person.messages}


async def deleted(stage: Stage, person: Person) -> Sequence[int | None]:
    """Return what was taken away, in order."""
    return [event.message_id for event in await stage.telegram.events(chat=person) if event.kind == "delete"]


def deletions(settings: Settings) -> list[str]:
    """Return what became of each call that takes messages away."""
    found = "SELECT outcome FROM outbox WHERE dedupe_key LIKE 'wipe:%/%' ORDER BY id"
    return column(settings.location(), found)


async def test_a_conversation_leaves_the_screen_whole_and_the_draft_with_it(stage: Stage, nurlan: Person) -> None:
    await begin(stage, nurlan)
    await stage.do(nurlan.send("Kairat Sultanbek"))
    await stage.do(nurlan.send("/wipe"))
    asked = nurlan.last_from_bot
    assert asked.labels == (DELETE, WITHDRAW, KEEP)
    assert "48 hours" in asked.text
    seen = ids(nurlan)
    await stage.do(nurlan.press(DELETE))
    assert nurlan.messages == ()
    assert await deleted(stage, nurlan) == sorted(seen, reverse=True)
    assert nurlan.toasts[-1].text == "Deleting."
    await stage.do(nurlan.send("/start"))
    assert "Here you can report" in nurlan.last_from_bot.text


async def test_a_press_on_keep_deletes_nothing_and_asks_again(stage: Stage, nurlan: Person) -> None:
    question = await begin(stage, nurlan)
    await stage.do(nurlan.send("/wipe"))
    before = ids(nurlan)
    await stage.do(nurlan.press(KEEP))
    assert before < ids(nurlan)
    assert "Nothing was deleted." in [message.text for message in nurlan.messages]
    assert nurlan.last_from_bot.text == question.text
    assert not [message for message in nurlan.messages if DELETE in message.labels]


async def test_keep_where_nothing_is_being_asked_says_just_that(stage: Stage, nurlan: Person) -> None:
    await stage.do(nurlan.send("/wipe"))
    await stage.do(nurlan.press(KEEP))
    assert nurlan.last_from_bot.text == "Nothing was deleted."


async def test_pressed_twice_it_is_deleted_once_and_all_stays_silent(stage: Stage, nurlan: Person) -> None:
    await stage.do(nurlan.send("/wipe"))
    asked = nurlan.last_from_bot
    await nurlan.press(DELETE, message=asked)
    await stage.do(nurlan.press(DELETE, message=asked))
    await put(stage.app, nurlan.id, "your report was approved")
    await stage.tick()
    assert nurlan.messages == ()


async def test_many_messages_go_by_hundreds(stage: Stage, settings: Settings, nurlan: Person) -> None:
    for number in range(123):
        await nurlan.send(str(number))
    await stage.app.settle()
    await wipe(stage, nurlan)
    assert nurlan.messages == ()
    assert deletions(settings) == ["sent"] * 3


async def test_what_is_older_than_48_hours_is_not_asked_for(stage: Stage, settings: Settings, nurlan: Person) -> None:
    await stage.do(nurlan.send("/help"))
    old = ids(nurlan)
    stage.clock.move(hours=48)
    await stage.do(nurlan.send("/help"))
    await wipe(stage, nurlan)
    assert ids(nurlan) == old
    assert deletions(settings) == ["sent"]  # the local Telegram refuses a call in which one message is too old


async def test_one_message_that_cannot_be_deleted_spoils_it_for_no_other(
    stage: Stage, settings: Settings, nurlan: Person
) -> None:
    await stage.app.settle()
    late = await nurlan.send("sent while the bot was down")
    stage.clock.move(hours=20)
    await stage.do(nurlan.refresh())
    stage.clock.move(hours=30)
    await stage.do(nurlan.send("/help"))
    await wipe(stage, nurlan)
    assert ids(nurlan) == {late.message_id}
    assert sorted(set(deletions(settings))) == ["refused", "sent"]


async def test_what_is_decided_afterwards_is_not_said_until_the_person_asks(stage: Stage, nurlan: Person) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    code = await report(stage, nurlan)
    await wipe(stage, nurlan)
    await stage.do(dina.send("/next"))
    await stage.do(dina.press("Approve"))
    stage.clock.move(hours=1)
    await stage.tick()
    assert nurlan.messages == ()
    async with stage.app.database.transaction() as work:
        assert await work.outbox.count_unsettled() == 0
    await stage.do(nurlan.send(f"/status {code}"))
    assert code in nurlan.last_from_bot.text
    await put(stage.app, nurlan.id, "said again")
    await stage.app.settle()
    await nurlan.refresh()
    assert nurlan.last_from_bot.text == "said again"


async def test_what_somebody_says_who_did_not_know_yet_is_not_sent(stage: Stage, nurlan: Person) -> None:
    chat = await put(stage.app, nurlan.id)
    await wipe(stage, nurlan)
    async with stage.app.database.transaction() as work:
        # As another process does that read the chat a moment before.
        await work.outbox.add(chat, Say(html="approved"), priority=Priority.PEOPLE, key="decided:1")
    await stage.app.settle()
    await nurlan.refresh()
    assert nurlan.messages == ()
    async with stage.app.database.transaction() as work:
        assert await work.outbox.count_unsettled() == 0


async def test_what_waits_to_be_sent_is_never_sent(stage: Stage, nurlan: Person) -> None:
    await stage.do(nurlan.send("/wipe"))
    await stage.telegram.fault("flood", chat=nurlan, method="sendMessage", retry_after=7)
    await stage.do(nurlan.send("/help"))
    await stage.do(nurlan.press(DELETE))
    stage.clock.move(seconds=10)
    await stage.app.settle()
    await stage.look()
    assert nurlan.messages == ()


async def test_what_follows_in_the_same_batch_is_answered_and_stays(stage: Stage, nurlan: Person) -> None:
    await begin(stage, nurlan)
    await stage.do(nurlan.send("/wipe"))
    before = ids(nurlan)
    await nurlan.press(DELETE)
    await nurlan.send("Kairat Sultanbek")
    await stage.do(nurlan.refresh())
    assert not before & ids(nurlan)
    assert [message.from_bot for message in nurlan.messages] == [False, True]
    assert "Kairat" not in nurlan.last_from_bot.text


async def test_telegram_away_or_asking_to_wait_holds_it_up_and_no_more(stage: Stage, nurlan: Person) -> None:
    await stage.do(nurlan.send("/wipe"))
    await stage.telegram.fault("flood", chat=nurlan, method="deleteMessages", retry_after=3)
    await stage.telegram.fault("drop_connection", chat=nurlan, method="deleteMessages")
    await stage.do(nurlan.press(DELETE))
    assert nurlan.messages
    for _ in range(2):
        stage.clock.move(seconds=5)
        await stage.app.settle()
    await stage.look()
    assert nurlan.messages == ()


async def deliver(app: App, person: Person, words: str, key: str) -> None:
    """Let a message arrive that was on its way."""
    message_id = await app.bot.deliver(person.id, Say(html=words))
    async with app.database.transaction() as work:
        await work.outbox.settle([Settlement(key, Outcome.SENT, work.now, message_id)])


async def test_what_another_process_is_sending_is_deleted_as_well(
    stage: Stage, settings: Settings, clock: Clock, nurlan: Person
) -> None:
    await stage.do(nurlan.send("/wipe"))
    async with open_app(settings, clock=clock) as other:
        chat = await put(other, nurlan.id, "slow")
        async with other.database.transaction() as work:
            (due,) = await work.outbox.claim_due(until=work.now + timedelta(seconds=90), most=1)
        await stage.do(nurlan.press(DELETE))
        assert nurlan.messages
        await deliver(other, nurlan, "slow", due.key)
    assert due.chat_key == chat.key
    clock.move(seconds=3)
    await stage.tick()
    assert nurlan.messages == ()


async def test_what_got_on_its_way_meanwhile_is_waited_for(
    stage: Stage, settings: Settings, clock: Clock, nurlan: Person
) -> None:
    chat = await put(stage.app, nurlan.id)
    await stage.do(nurlan.send("/wipe"))
    await nurlan.press(DELETE)
    await stage.app.receiver.take(timeout_seconds=0)
    async with stage.app.database.transaction() as work:
        await work.outbox.add(chat, Say(html="slow"), priority=Priority.PEOPLE, key="slow")
    # As it is when another process committed and leased this before the wipe was committed.
    sql(settings.location(), "UPDATE outbox SET leased_by = 'other', leased_until_ms = 9e15 WHERE dedupe_key = 'slow'")
    await stage.app.settle()
    await stage.look()
    assert nurlan.messages
    await deliver(stage.app, nurlan, "slow", "slow")
    clock.move(seconds=1)
    await stage.app.settle()
    await stage.look()
    assert nurlan.messages == ()


async def test_the_reports_go_as_well_where_that_is_wanted(stage: Stage, nurlan: Person) -> None:
    codes = [await report(stage, nurlan), await report(stage, nurlan, name="Aliya Isenova")]
    dina = stage.cast.coordinators[0]
    await stage.do(dina.send("/next"))
    await stage.do(nurlan.send("/wipe"))
    await stage.do(nurlan.press(WITHDRAW))
    assert nurlan.messages == ()
    assert not [message for message in dina.messages if "Sultanbek" in message.text]
    for code in codes:
        await stage.do(nurlan.send(f"/status {code}"))
        assert "I know no report with this code" in nurlan.last_from_bot.text
    await stage.do(dina.send("/next"))
    assert "No reports are waiting" in dina.last_from_bot.text
