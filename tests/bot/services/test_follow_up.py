"""What reporters do with reports that are submitted: additions, consent, taking it back, another person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.addition import LONGEST_ADDITION, AdditionKind
from bot.domain.answer import Words
from bot.domain.consent import CONSENT_VERSION, Consent, Publishing
from bot.domain.errors import Holding, Misreading, NoSuchReport, NotUnderstood, NotYours, UnknownReceipt
from bot.domain.press import Action
from bot.domain.receipt import ALPHABET
from bot.domain.report import Decision
from bot.services.follow_up import SHOWN_AT_ONCE, FollowUp
from bot.services.moderation import CLAIM_LASTS, Moderation
from storage.chats import Chat
from storage.database import Database
from storage.reports import Claim
from tests.bot.services.support import Person, meet
from tests.storage.support import Clock, scripted

DANA = 101
CODES = "".join(first + second for first in ALPHABET for second in ALPHABET)
"""What codes are made of: no eight signs stand in it twice."""


@pytest.fixture
def mother(database: Database) -> Person:
    return Person(database, choose=scripted(CODES))


@asynccontextmanager
async def following(person: Person) -> AsyncIterator[tuple[FollowUp, Chat]]:
    async with person.turn() as (work, chat, intake):
        yield FollowUp(work, today=intake.today), chat


async def submitted(person: Person, *, name: str = "Серік Ахметов") -> int:
    await person.agree()
    await person.say(name)
    await person.say("Алматы")
    await person.say("05.01.2022")
    return await sent(person)


async def sent(person: Person) -> int:
    """Pass over the other questions and submit."""
    ways = {
        "review": (Action.REVIEWED, ""),
        "sharing": (Action.SHARE, "yes"),
        "publishing": (Action.PUBLISH, "with_name"),
    }
    while (interview := await person.interview()) is not None and interview.step != "submit":
        await person.press(*ways.get(interview.step, (Action.SKIP, "")))
    return (await person.submit()).report_id


async def approved(database: Database, dana: Chat) -> Claim:
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
        claim = Claim(report.report_id, report.revision)
        await Moderation(work).approve(dana, claim)
    return claim


async def added(person: Person, report_id: int, text: str, kind: AdditionKind = AdditionKind.TOLD) -> None:
    person.message_id += 1
    async with following(person) as (follow_up, chat):
        await follow_up.add(chat, report_id, kind, words=Words(message_id=person.message_id, text=text))


# The list


async def test_a_person_sees_their_own_reports_the_newest_first(database: Database, mother: Person) -> None:
    first, second = await submitted(mother), await submitted(mother, name="Асель")
    await submitted(Person(database, 5, choose=scripted(CODES[::-1])))
    async with following(mother) as (follow_up, chat):
        page = await follow_up.page(chat)
    assert [(report.own.report_id, report.initials) for report in page.reports] == [(second, "А."), (first, "С. А.")]
    assert page.older_than is None


async def test_many_reports_come_in_pages(mother: Person) -> None:
    ids = [await submitted(mother) for _ in range(SHOWN_AT_ONCE + 1)]
    async with following(mother) as (follow_up, chat):
        page = await follow_up.page(chat)
        older = await follow_up.page(chat, older_than=page.older_than)
    assert [report.own.report_id for report in page.reports] == ids[:0:-1]
    assert [report.own.report_id for report in older.reports] == ids[:1]
    assert older.older_than is None


# Additions


async def test_an_addition_is_stored_once_however_often_it_comes(mother: Person) -> None:
    report_id = await submitted(mother)
    words = Words(message_id=4000, text="5 января видели в ИВС")
    async with following(mother) as (follow_up, chat):
        first = await follow_up.add(chat, report_id, AdditionKind.TOLD, words=words)
        assert await follow_up.add(chat, report_id, AdditionKind.TOLD, words=words) is None
    assert first is not None
    async with following(mother) as (follow_up, chat):
        view = await follow_up.view(chat, report_id)
    assert [(kept.addition.kind, kept.addition.words) for kept in view.additions] == [(AdditionKind.TOLD, words.text)]


async def test_when_somebody_was_released_is_understood(mother: Person) -> None:
    report_id = await submitted(mother)
    await added(mother, report_id, "вчера утром", AdditionKind.RELEASED)
    await added(mother, report_id, "в начале года", AdditionKind.MOVED)
    async with following(mother) as (follow_up, chat):
        view = await follow_up.view(chat, report_id)
    assert [kept.addition.day for kept in view.additions] == ["2022-01-05", None]


async def test_news_can_be_left_without_words(mother: Person) -> None:
    report_id = await submitted(mother)
    async with following(mother) as (follow_up, chat):
        assert await follow_up.note(chat, report_id, AdditionKind.RELEASED, update_id=9)
        assert await follow_up.note(chat, report_id, AdditionKind.RELEASED, update_id=9) is None
        view = await follow_up.view(chat, report_id)
    assert [(kept.addition.kind, kept.addition.words) for kept in view.additions] == [(AdditionKind.RELEASED, "")]


@pytest.mark.parametrize(
    ("text", "why"), [("\u200b", Misreading.EMPTY), ("ы" * (LONGEST_ADDITION + 1), Misreading.TOO_LONG)]
)
async def test_what_shows_nothing_or_is_too_long_is_no_addition(mother: Person, text: str, why: Misreading) -> None:
    report_id = await submitted(mother)
    with pytest.raises(NotUnderstood) as caught:
        await added(mother, report_id, text)
    assert caught.value.why is why


async def test_a_message_edited_after_the_submit_becomes_an_addition(mother: Person) -> None:
    report_id = await submitted(mother)
    await added(mother, report_id, "видели вчера")
    name, told = 1001, mother.message_id
    async with following(mother) as (follow_up, chat):
        for update_id, message_id in ((1, name), (1, name), (2, told)):
            own = await follow_up.correct(chat, Words(message_id=message_id, text="исправил"), update_id=update_id)
            assert own is not None
            assert own.report_id == report_id
        assert await follow_up.correct(chat, Words(message_id=9999, text="?"), update_id=3) is None
        view = await follow_up.view(chat, report_id)
    corrections = [kept.addition for kept in view.additions if kept.addition.kind is AdditionKind.CORRECTED]
    assert [(one.question, one.words) for one in corrections] == [("name", "исправил"), (None, "исправил")]
    async with mother.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    assert report.answers["name"].text == "Серік Ахметов"


async def test_whoever_holds_the_report_is_named_to_be_told(database: Database, mother: Person) -> None:
    report_id = await submitted(mother)
    dana = await meet(database, DANA)
    async with database.transaction() as work:
        await Moderation(work).next(dana)
    async with following(mother) as (follow_up, chat):
        changed = await follow_up.note(chat, report_id, AdditionKind.MOVED, update_id=9)
    assert changed is not None
    assert changed.holder is not None
    assert changed.holder.key == dana.key


# Consent


async def consent_of(person: Person, report_id: int) -> tuple[Consent, Publishing | None]:
    async with person.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    return report.consent, report.publish_as


async def publishing(person: Person, report_id: int, choice: Publishing) -> None:
    async with following(person) as (follow_up, chat):
        await follow_up.change_consent(chat, report_id, lambda old: old.model_copy(update={"publishing": choice}))


async def test_consent_can_be_changed_and_the_old_card_is_old_then(database: Database, mother: Person) -> None:
    report_id = await submitted(mother)
    dana = await meet(database, DANA)
    async with database.transaction() as work:
        report = await Moderation(work).next(dana)
    await publishing(mother, report_id, Publishing.NOT_AT_ALL)
    given, publish_as = await consent_of(mother, report_id)
    assert given == Consent(version=CONSENT_VERSION, sharing=True, publishing=Publishing.NOT_AT_ALL)
    assert publish_as is None
    async with database.transaction() as work:
        with pytest.raises(NotYours) as caught:
            await Moderation(work).approve(dana, Claim(report_id, report.revision))
        assert caught.value.state is Holding.OLD_CARD
        again = await Moderation(work).next(dana)
        await Moderation(work).approve(dana, Claim(report_id, again.revision))
    assert (await consent_of(mother, report_id))[1] is Publishing.NOT_AT_ALL


async def test_less_consent_shows_less_and_more_consent_shows_no_more_by_itself(
    database: Database, mother: Person
) -> None:
    report_id = await submitted(mother)
    await approved(database, await meet(database, DANA))
    await publishing(mother, report_id, Publishing.INITIALS)
    assert (await consent_of(mother, report_id))[1] is Publishing.INITIALS
    await publishing(mother, report_id, Publishing.WITH_NAME)
    assert (await consent_of(mother, report_id))[1] is Publishing.INITIALS


# Taking it back


async def test_a_withdrawn_report_is_shredded_and_a_tombstone_stays(database: Database, mother: Person) -> None:
    report_id = await submitted(mother)
    await added(mother, report_id, "видели вчера")
    dana = await meet(database, DANA)
    async with database.transaction() as work:
        held = await Moderation(work).next(dana)
    async with following(mother) as (follow_up, chat):
        code = (await follow_up.view(chat, report_id)).own.receipt
        changed = await follow_up.withdraw(chat, report_id)
    assert changed.holder is not None
    assert changed.claim.revision == held.revision + 1
    async with mother.turn() as (work, chat, intake):
        report = await work.reports.get(report_id)
        assert await work.additions.of([report_id]) == {}
        with pytest.raises(UnknownReceipt):
            await intake.status(str(code))
        assert await work.own_reports.get(chat, report_id) is None
        with pytest.raises(KeyError):
            await work.reports.receipt(report_id)
        assert (await work.queue.counts()).waiting == 0
    assert report is not None
    assert (report.answers, report.decision, report.reason_words) == ({}, Decision.WITHDRAWN, None)
    async with database.transaction() as work:
        with pytest.raises(NotYours) as caught:
            await Moderation(work).approve(dana, Claim(report_id, held.revision))
    assert caught.value.state is Holding.WITHDRAWN


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.REJECTED])
async def test_a_decided_report_can_be_withdrawn_as_well(
    database: Database, mother: Person, decision: Decision
) -> None:
    report_id = await submitted(mother)
    dana = await meet(database, DANA)
    async with database.transaction() as work:
        claim = await work.queue.claim_next(dana, until=work.now + CLAIM_LASTS)
        assert claim is not None
        assert await work.decisions.decide(claim, dana, decision, reason_words="Көшірме")
    async with following(mother) as (follow_up, chat):
        await follow_up.withdraw(chat, report_id)
        with pytest.raises(NoSuchReport):
            await follow_up.withdraw(chat, report_id)
        page = await follow_up.page(chat)
    assert page.reports == ()


async def test_a_draft_about_another_report_survives_a_withdrawal(mother: Person) -> None:
    report_id = await submitted(mother)
    await mother.reach("city")
    before = await mother.interview()
    async with following(mother) as (follow_up, chat):
        await follow_up.withdraw(chat, report_id)
    assert await mother.interview() == before


async def test_nobody_can_touch_the_report_of_another(database: Database, mother: Person) -> None:
    report_id = await submitted(mother)
    stranger = Person(database, 5)
    async with following(stranger) as (follow_up, chat):
        for attempt in (
            follow_up.view(chat, report_id),
            follow_up.add(chat, report_id, AdditionKind.TOLD, words=Words(message_id=1, text="?")),
            follow_up.note(chat, report_id, AdditionKind.DIED, update_id=1),
            follow_up.change_consent(chat, report_id, lambda old: old),
            follow_up.withdraw(chat, report_id),
            follow_up.report_another(chat, report_id),
            follow_up.go_on(chat, report_id),
        ):
            with pytest.raises(NoSuchReport):
                await attempt
    async with mother.turn() as (work, _, _):
        report = await work.reports.get(report_id)
    assert report is not None
    assert (report.revision, report.decision) == (1, None)


# Another person


async def test_people_detained_together_are_linked(mother: Person, clock: Clock) -> None:
    first = await submitted(mother)
    ids: list[int] = []
    for _ in range(2):
        async with following(mother) as (follow_up, chat):
            await follow_up.report_another(chat, ids[-1] if ids else first)
        await mother.say("Асель")
        await mother.press(Action.BEFORE)
        await mother.press(Action.BEFORE)
        clock.forward(minutes=1)
        ids.append(await sent(mother))
    async with mother.turn() as (work, _, _):
        reports = await work.reports.get_many([first, *ids])
    assert [report.together_with for report in reports] == [None, first, first]
    assert {report.consent.publishing for report in reports} == {Publishing.WITH_NAME}
    assert {report.answers["city"].reading.value for report in reports} == {"almaty"}


async def test_people_detained_on_other_days_are_not_linked(mother: Person) -> None:
    first = await submitted(mother)
    async with following(mother) as (follow_up, chat):
        await follow_up.report_another(chat, first)
    await mother.press(Action.SKIP)
    await mother.press(Action.BEFORE)
    await mother.say("04.01.2022")
    second = await sent(mother)
    async with mother.turn() as (work, _, _):
        report = await work.reports.get(second)
    assert report is not None
    assert report.together_with is None
