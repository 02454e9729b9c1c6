import json
from typing import Any

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.report import Decision, RejectionReason
from bot.services.export import export
from storage.database import Database
from tests.bot.services.support import meet
from tests.storage.support import LONG, Clock, add_report, agreed, receipt, said

MOTHER, DANA = 77001234567, 77009876543


async def records(database: Database) -> list[dict[str, Any]]:
    async with database.transaction() as work:
        return [record async for record in export(work)]


async def test_where_there_are_no_reports_there_are_no_records(database: Database) -> None:
    assert await records(database) == []


async def test_a_record_gives_what_was_said_and_what_was_understood(database: Database, clock: Clock) -> None:
    mother, dana = await meet(database, MOTHER), await meet(database, DANA)
    async with database.transaction() as work:
        report_id = await add_report(
            work,
            mother,
            1,
            answers={
                "name": Answer(words=(Words(message_id=1, text="Серік"), Words(message_id=2, text="Ахметов"))),
                "city": said("Алма-Ата", value="almaty"),
                "date": Answer.unknown(),
                "charge": Answer.skipped(),
                "conditions": Answer(
                    words=(Words(message_id=5, text="и ещё"),), reading=Reading(choices=("beating", "injured"))
                ),
                "no_longer_asked": said("Да"),
            },
            consent=agreed(Publishing.WITHOUT_NAME, sharing=True),
            urgent=True,
        )
    clock.forward(minutes=5)
    async with database.transaction() as work:
        held = await work.queue.claim_next(dana, until=work.now + LONG)
        assert held is not None
        await work.decisions.decide(held, dana, Decision.REJECTED, reason=RejectionReason.OTHER, reason_words="Көшірме")
    (record,) = await records(database)
    nothing: dict[str, Any] = {"words": "", "value": None, "choices": [], "corrected": False}
    answers = {
        "name": {"state": "given", "words": "Серік\nАхметов", "value": None, "choices": [], "corrected": False},
        "city": {"state": "given", "words": "Алма-Ата", "value": "almaty", "choices": [], "corrected": False},
        "date": {"state": "unknown"} | nothing,
        "charge": {"state": "skipped"} | nothing,
        "conditions": {
            "state": "given",
            "words": "и ещё",
            "value": None,
            "choices": ["beating", "injured"],
            "corrected": False,
        },
        "no_longer_asked": {"state": "given", "words": "Да", "value": None, "choices": [], "corrected": False},
    }
    assert record == {
        "report_id": report_id,
        "revision": 3,
        "questionnaire_version": 1,
        "consent_version": 1,
        "language": "ru",
        "submitted_at": "2022-01-06T12:00:00+00:00",
        "urgent": True,
        "sharing": True,
        "publishing": "without_name",
        "publish_as": None,
        "decision": "rejected",
        "reason": "other",
        "reason_words": "Көшірме",
        "decided_at": "2022-01-06T12:05:00+00:00",
        "together_with": None,
        "additions": [],
        "answers": answers,
        "corrections": [],
        "evidence": [],
    }
    assert list(record["answers"]) == list(answers)


async def test_a_waiting_report_is_exported_without_a_decision_or_answers_that_were_not_given(
    database: Database,
) -> None:
    mother = await meet(database, MOTHER)
    async with database.transaction() as work:
        await add_report(work, mother, 1, answers={"name": said("Серік")})
    (record,) = await records(database)
    assert [record[key] for key in ("decision", "decided_at", "reason", "reason_words")] == [None] * 4
    assert list(record["answers"]) == ["name"]


async def test_every_report_is_exported_in_the_order_of_the_ids_whatever_was_decided(database: Database) -> None:
    mother, dana = await meet(database, MOTHER), await meet(database, DANA)
    async with database.transaction() as work:
        ids = [
            await add_report(work, mother, number, urgent=number == 3, publishing=publishing)
            for number, publishing in enumerate(Publishing, start=1)
        ]
        held = await work.queue.claim_next(dana, until=work.now + LONG)
        assert held is not None
        await work.decisions.decide(held, dana, Decision.REJECTED, reason=RejectionReason.ABUSE)
    assert [(record["report_id"], record["decision"]) for record in await records(database)] == [
        (ids[0], None),
        (ids[1], None),
        (ids[2], "rejected"),
        (ids[3], None),
    ]


async def test_a_record_goes_through_json_and_back(database: Database) -> None:
    mother = await meet(database, MOTHER)
    async with database.transaction() as work:
        await add_report(work, mother, 1, answers={"name": said("Нұрсұлтан «Серік»\n")})
    (record,) = await records(database)
    assert json.loads(json.dumps(record)) == record


async def test_who_reported_and_who_decided_are_not_in_the_records(database: Database) -> None:
    mother, dana = await meet(database, MOTHER, "Reportername"), await meet(database, DANA, "Decidername")
    async with database.transaction() as work:
        await add_report(work, mother, 1)
        held = await work.queue.claim_next(dana, until=work.now + LONG)
        assert held is not None
        await work.decisions.decide(held, dana, Decision.REJECTED, reason=RejectionReason.OTHER)
        standing = await work.reports.by_receipt(receipt(1))
        assert standing is not None
        assert (standing.reporter_key, standing.decided_by) == (mother.key, dana.key)
    exported = json.dumps(await records(database))
    assert "Person 1" in exported
    for secret in (mother.key, dana.key, str(MOTHER), str(DANA), mother.name, dana.name, receipt(1).code):
        assert secret is not None
        assert secret not in exported
