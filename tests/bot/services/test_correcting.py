"""Correcting what was understood: who may, what follows from it, and that the words as said never change."""

from collections.abc import Mapping
from datetime import date

import pytest

from bot.domain.answer import Answer, AnswerState, Meaning, Reading, Words
from bot.domain.audit import AuditAct
from bot.domain.consent import Publishing
from bot.domain.errors import ButtonsOnly, Holding, NothingChosen, NotUnderstood, NotYours
from bot.domain.further_questions import ALL_QUESTIONS, may_be_written_to
from bot.domain.press import Action
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.domain.report import Decision, Report
from bot.services.correcting import AS_SAID, UNKNOWN, Correcting, Correction, InDoubt, chosen, marks_of, toggled
from bot.services.follow_up import FollowUp
from bot.services.matching import Matching, index_some
from bot.services.moderation import CLAIM_LASTS
from storage.chats import Chat
from storage.database import Database
from storage.location import Location
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.services.support import Person, meet, reader
from tests.bot.services.test_digest import channel, post_due, preview
from tests.storage.support import LONG, START, Clock, add_report, column, said

__all__ = ["channel"]
TODAY = date(2022, 1, 20)
ANSWERS = {
    "name": said("Сұлтанбек Қайрат, көршіміз"),
    "city": said("Шемонаиха, кажется", value="semey"),
    "date": said("числа пятого", value="2022-01-15"),
    "charge": Answer.unknown(),
    "conditions": Answer(words=(Words(message_id=5, text="толком не знаем"),), reading=Reading(choices=("isolation",))),
}


@pytest.fixture
async def dana(database: Database) -> Chat:
    return await meet(database, 101, "Дана")


def desk(work: UnitOfWork) -> Correcting:
    return Correcting(work, reader=reader(), lease=CLAIM_LASTS)


async def held(
    database: Database, coordinator: Chat, answers: Mapping[str, Answer] = ANSWERS, number: int = 1
) -> Claim:
    """Store a report and let a coordinator claim it."""
    async with database.transaction() as work:
        mother = await work.chats.meet(77001234567, language="ru")
        await add_report(work, mother, number, answers=answers)
        claim = await work.queue.claim_next(coordinator, until=work.now + CLAIM_LASTS)
    assert claim is not None
    return claim


async def hear(database: Database, coordinator: Chat, claim: Claim, key: str, text: str) -> Correction:
    async with database.transaction() as work:
        return await desk(work).hear(coordinator, claim, key, text, today=TODAY)


async def press(database: Database, coordinator: Chat, claim: Claim, key: str, what: str) -> Correction:
    async with database.transaction() as work:
        return await desk(work).press(coordinator, claim, key, what)


async def opened(database: Database, report_id: int) -> Report:
    async with database.transaction() as work:
        report = await work.reports.get(report_id)
    assert report is not None
    return report


def claim_of(correction: Correction) -> Claim:
    return Claim(correction.report.report_id, correction.report.revision)


async def test_the_words_stay_and_the_meaning_changes_with_its_history(database: Database, dana: Chat) -> None:
    claim = await held(database, dana)
    correction = await hear(database, dana, claim, "name", " Қайрат   Сұлтанбек ")
    report = await opened(database, claim.report_id)
    assert correction.report == report
    assert report.revision == claim.revision + 1
    assert report.answers["name"].text == ANSWERS["name"].text
    assert report.answers["name"].reading == Reading(value="Қайрат Сұлтанбек")
    assert report.as_told().answers == ANSWERS
    second = await hear(database, dana, claim_of(correction), "name", "Қайрат Сұлтанбеков")
    assert second.report.answers["name"].before == Meaning()
    async with database.transaction() as work:
        kept = (await work.corrections.of([claim.report_id]))[claim.report_id]
        values = [(one.change.before.reading.value, one.change.after.reading.value) for one in kept]
        noted = [entry async for entry in work.audit.newest(report_id=claim.report_id)]
    assert values == [(None, "Қайрат Сұлтанбек"), ("Қайрат Сұлтанбек", "Қайрат Сұлтанбеков")]
    assert [entry.details for entry in noted if entry.act == AuditAct.CORRECTED] == ['{"question":"name"}'] * 2


async def test_a_correction_taken_back_leaves_what_was_understood_first(database: Database, dana: Chat) -> None:
    claim = await held(database, dana)
    correction = await press(database, dana, claim, "city", "almaty")
    async with database.transaction() as work:
        back = await desk(work).take_back(dana, claim_of(correction), "city")
        with pytest.raises(ValueError, match="city"):
            await desk(work).take_back(dana, claim_of(back), "city")
    assert back.report.answers == ANSWERS
    async with database.transaction() as work:
        assert [city.city_key for city in await work.queue.by_city()] == [work.reports.city_key("semey")]


async def test_what_is_found_follows_the_correction(database: Database, dana: Chat) -> None:
    claim = await held(database, dana)
    await database.perform(index_some)
    correction = await hear(database, dana, claim, "name", "Zhanmurat Ashtaev")
    await press(database, dana, claim_of(correction), "city", "almaty")
    other = await held(database, dana, {"name": said("Жанмұрат Аштаев"), "city": said("Алматы", value="almaty")}, 2)
    while (await database.perform(index_some)).reports:
        pass
    found = await opened(database, other.report_id)
    async with database.transaction() as work:
        (candidate,) = await Matching(work).candidates(found)
        by_city = {city.city_key: city.waiting for city in await work.queue.by_city()}
        assert by_city == {work.reports.city_key("almaty"): 2}
    assert candidate.report.report_id == claim.report_id
    assert candidate.comparison.city == "same"


async def test_conditions_corrected_to_urgent_ones_put_the_report_ahead(database: Database, dana: Chat) -> None:
    claim = await held(database, dana)
    marks = marks_of(QUESTIONNAIRE["conditions"], ("torture", "isolation"))
    correction = await press(database, dana, claim, "conditions", marks)
    assert correction.report.urgent
    assert correction.report.answers["conditions"].reading.choices == ("torture", "isolation")
    async with database.transaction() as work:
        assert (await work.queue.counts()).urgent == 1


async def test_a_digest_tells_the_corrected_value_and_one_that_told_the_other_is_mended(
    database: Database, dana: Chat, channel: Chat, clock: Clock
) -> None:
    claim = await held(database, dana)
    name = await hear(database, dana, claim, "name", "Қайрат Сұлтанбек")
    async with database.transaction() as work:
        assert await work.decisions.decide(claim_of(name), dana, Decision.APPROVED)
    (group,) = (await preview(database)).cities
    assert group.named[0].answers["name"].reading.value == "Қайрат Сұлтанбек"
    clock.forward(days=1)
    assert await post_due(database, channel) >= 1
    async with database.transaction() as work:
        mother = await work.chats.meet(77001234567, language="ru")
        assert await work.queue.put_in(claim.report_id, mother)
        update = await work.queue.claim(claim.report_id, dana, until=work.now + LONG)
    assert update is not None
    await press(database, dana, update, "city", "almaty")
    async with database.transaction() as work:
        (outdated,) = await work.digests.outdated()
        (told,) = await work.reports.in_digest(outdated.digest_id)
    assert told.answers["city"].reading.value == "almaty"


@pytest.mark.parametrize("key", list(ANSWERS))
async def test_who_does_not_hold_the_report_corrects_nothing(database: Database, dana: Chat, key: str) -> None:
    claim, erlan = await held(database, dana), await meet(database, 102, "Ерлан")
    corrected = await press(database, dana, claim, key, UNKNOWN)
    if key != "charge":  # which was not known before
        with pytest.raises(NotYours) as old:
            await press(database, dana, claim, key, UNKNOWN)
        assert old.value.state is Holding.OLD_CARD
    with pytest.raises(NotYours) as others:
        await press(database, erlan, claim_of(corrected), key, AS_SAID)
    assert (others.value.state, others.value.holder) == (Holding.CLAIMED, "Дана")
    assert (await opened(database, claim.report_id)).answers[key].state is AnswerState.UNKNOWN


async def test_the_same_correction_again_changes_nothing(database: Database, dana: Chat, location: Location) -> None:
    claim = await held(database, dana)
    first = await press(database, dana, claim, "city", "almaty")
    again = await press(database, dana, claim_of(first), "city", "almaty")
    assert again.report == first.report
    assert column(location, "SELECT count(*) FROM corrections") == [1]


async def test_new_words_of_the_reporter_win_over_a_correction(database: Database, dana: Chat) -> None:
    mother = Person(database)
    await mother.reach("submit")
    report_id = (await mother.submit()).report_id
    async with mother.turn() as (work, chat, intake):
        await FollowUp(work, today=intake.today).go_on(chat, report_id)
    await mother.press(Action.PICK, "held")
    async with database.transaction() as work:
        claim = await work.queue.claim_next(dana, until=work.now + LONG)
    assert claim is not None
    await press(database, dana, claim, "status", "hospital")
    await mother.press(Action.BACK)
    interview = await mother.interview()
    assert interview is not None
    assert interview.answers["status"].reading.value == "held"
    await mother.press(Action.PICK, "convicted")
    assert (await opened(database, report_id)).answers["status"] == Answer.pressed(value="convicted")
    async with database.transaction() as work:
        assert len((await work.corrections.of([report_id]))[report_id]) == 1


async def test_what_a_reporter_goes_on_with_is_what_they_said(database: Database, dana: Chat) -> None:
    claim = await held(database, dana, {**ANSWERS, "status": Answer.pressed(value="held")})
    correction = await press(database, dana, claim, "status", "hospital")
    await press(database, dana, claim_of(correction), "city", "almaty")
    async with database.transaction() as work:
        mother = await work.chats.meet(77001234567, language="ru")
        follow_up = FollowUp(work, today=TODAY)
        interview, _ = await follow_up.go_on(mother, claim.report_id)
        assert interview.answers == {"status": Answer.pressed(value="held")}
        await work.conversations.end(mother, screen=interview.screen)
        interview, _ = await follow_up.report_another(mother, claim.report_id)
        assert interview.suggestions["city"].value == "semey"


async def test_an_answer_given_anew_at_the_same_moment_is_not_corrected(database: Database, dana: Chat) -> None:
    claim = await held(database, dana, {**ANSWERS, "status": Answer.pressed(value="held")})
    async with database.transaction() as work:
        found = await work.corrections.answer(claim.report_id, "status")
        assert found is not None
        mother = await work.chats.meet(77001234567, language="ru")
        own = await work.own_reports.get(mother, claim.report_id)
        assert own is not None
        anew = {"status": Answer.pressed(value="released")}
        await work.own_reports.put_answers(own, anew, positions={"status": 6}, urgent=False)
        meant = Meaning(reading=Reading(value="hospital"))
        corrected = await work.corrections.correct(claim, dana, "status", found, meant, until=work.now + LONG)
        assert corrected is not None
        assert not corrected.is_done
    assert (await opened(database, claim.report_id)).answers["status"] == anew["status"]


async def test_with_the_report_its_corrections_are_withdrawn(
    database: Database, dana: Chat, location: Location
) -> None:
    claim = await held(database, dana)
    await press(database, dana, claim, "city", "almaty")
    async with database.transaction() as work:
        mother = await work.chats.meet(77001234567, language="ru")
        await FollowUp(work, today=TODAY).withdraw(mother, claim.report_id)
    assert column(location, "SELECT count(*) FROM corrections") == [0]


@pytest.mark.parametrize(
    ("key", "text", "meaning"),
    [
        ("name", "не знаю", Meaning(state=AnswerState.UNKNOWN)),
        ("city", "Алма-Ата", Meaning(reading=Reading(value="almaty"))),
        ("date", "5 января 2022 ночью", Meaning(reading=Reading(value="2022-01-05", part_of_day="night"))),
        ("charge", "ст. 272 ч. 2 УК", Meaning(reading=Reading(value="CC:272/2"))),
    ],
)
async def test_words_are_read_as_those_of_a_reporter_are(
    database: Database, dana: Chat, key: str, text: str, meaning: Meaning
) -> None:
    correction = await hear(database, dana, await held(database, dana), key, text)
    assert correction.report.answers[key].meaning == meaning


@pytest.mark.parametrize(
    ("key", "text", "error"),
    [
        ("name", "???", NotUnderstood),
        ("city", "где-то там", InDoubt),
        ("date", "31.02.2022", NotUnderstood),
        ("date", "давно", InDoubt),
        ("conditions", "били", ButtonsOnly),
    ],
)
async def test_words_that_are_not_understood_change_nothing(
    database: Database, dana: Chat, key: str, text: str, error: type[Exception]
) -> None:
    claim = await held(database, dana)
    with pytest.raises(error):
        await hear(database, dana, claim, key, text)
    report = await opened(database, claim.report_id)
    assert (report.revision, report.answers) == (claim.revision, ANSWERS)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("city", "atlantis"),
        ("date", "2022-13-01"),
        ("date", "2022-01-06/2022-01-05"),
        ("charge", "CC:272/2"),
        ("charge", AS_SAID),
        ("name", "almaty"),
        ("conditions", "torture"),
        ("conditions", "ffff"),
        ("conditions", "-1"),
        ("conditions", marks_of(QUESTIONNAIRE["conditions"], ("no_complaints", "torture"))),
        ("status", UNKNOWN),
        ("nothing_such", UNKNOWN),
    ],
)
async def test_a_button_that_was_never_made_changes_nothing(
    database: Database, dana: Chat, key: str, what: str
) -> None:
    claim = await held(database, dana)
    with pytest.raises(ValueError, match=r"."):
        await press(database, dana, claim, key, what)
    assert (await opened(database, claim.report_id)).revision == claim.revision


async def test_nothing_marked_is_no_answer_where_nothing_was_said_either(database: Database, dana: Chat) -> None:
    claim = await held(database, dana, {"conditions": Answer.pressed(choices=("beating",))})
    with pytest.raises(NothingChosen):
        await press(database, dana, claim, "conditions", "0")
    erlan = await meet(database, 102)
    correction = await press(database, erlan, await held(database, erlan, number=2), "conditions", "0")
    assert correction.report.answers["conditions"].reading.choices == ()


async def test_a_correction_renews_the_lease(database: Database, dana: Chat, clock: Clock) -> None:
    claim = await held(database, dana)
    clock.forward(minutes=10)
    await press(database, dana, claim, "city", AS_SAID)
    async with database.transaction() as work:
        (one,) = await work.queue.claims()
    assert one.until == START + CLAIM_LASTS * 2 / 3 + CLAIM_LASTS


async def test_the_initials_of_the_corrected_name_are_published(database: Database, dana: Chat) -> None:
    claim = await held(database, dana)
    correction = await hear(database, dana, claim, "name", "Қайрат Сұлтанбек")
    async with database.transaction() as work:
        at_most = Publishing.INITIALS
        assert await work.decisions.decide(claim_of(correction), dana, Decision.APPROVED, publish_at_most=at_most)
    (group,) = (await preview(database)).cities
    assert group.named[0].initials == "Қ. С."


@pytest.mark.parametrize("told", ["not_at_all", "any_time"])
def test_a_correction_never_allows_to_write_to_a_reporter_and_may_forbid_it(told: str) -> None:
    other = {"not_at_all": "any_time", "any_time": "not_at_all"}[told]
    answer = Answer.pressed(value=told)
    assert may_be_written_to({"contact": answer}) is (told == "any_time")
    assert not may_be_written_to({"contact": answer.corrected(Meaning(reading=Reading(value=other)))})


@pytest.mark.parametrize(
    "question", [one for one in ALL_QUESTIONS if one.kind is Kind.CHOICES], ids=lambda one: one.key
)
def test_marks_are_read_back_as_they_were_written(question: Question) -> None:
    for choice in question.choices:
        alone = toggled(question, (), choice.key)
        assert chosen(question, marks_of(question, alone)) == (choice.key,)
        assert toggled(question, alone, choice.key) == ()


def test_what_stands_alone_takes_the_others_away() -> None:
    question = QUESTIONNAIRE["conditions"]
    assert toggled(question, ("torture", "injured"), "no_complaints") == ("no_complaints",)
    assert toggled(question, ("no_complaints",), "torture") == ("torture",)
