"""Words that must not be read without the key, a day that writes them all, and a search for them."""

import json
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.addition import Addition, AdditionKind
from bot.domain.answer import Answer, Meaning, Reading, Words
from bot.domain.audit import AuditAct
from bot.domain.evidence import ContactCard, Contents, EvidenceKind
from bot.domain.interview import Interview
from bot.domain.report import Decision, RejectionReason
from storage.chats import Chat
from storage.outgoing import Priority
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.storage.support import add_report, receipt, said, say, settled

MOTHER, DANA, GROUP = 7700112233445, 7700998877665, -1009988776655443
NAME = ("Quetzalcoatl", "Нұрсұлтанбек")
DRAFT = ("Xylophonist", "Ғалымжанқызы")
CARD = ("Wolframite", "Өскеменбай")
SENT = ("Bandersnatch", "Мандарыш")
REASON = ("Kookaburra", "Щукарёвна")
LETTER = ("Zugzwang", "Цапелькин")
CAPTION = ("Yggdrasil", "Эйяфьядлайёкюдль")
FURTHER = ("Hippocampus", "Жезқазғанбай")
ADDED = ("Quincunxes", "Щелкунчикова")
PAPER = ("Ouroboros", "Эдельвейсов")
MENDED = ("Fuchsiaceae", "Щербаковский")
FIRST_NAME = ("Vercingetorix", "Юлдашбаев")
READ = ("zhanaozen", "sexual_violence", "2022-01-05")
REPORT = 1
NUMBER = 123456789  # of its receipt

TOLD = [*NAME, *REASON, *FURTHER, *ADDED, *PAPER, *MENDED]
"""What belongs to the report."""
SECRETS = [*TOLD, *DRAFT, *CARD, *SENT, *LETTER, *CAPTION, *FIRST_NAME, *READ]
SECRETS += [receipt(NUMBER).code, str(receipt(NUMBER)), str(MOTHER), str(DANA), str(abs(GROUP))]
NO_SECRETS = ["card:4242", "TestError"]
"""Stored in clear on purpose: the search that finds these would find the others as well."""


def forms(secret: str) -> list[bytes]:
    """Return the ways in which words, or a number, may stand in a file."""
    ways = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    ways.append(json.dumps(secret)[1:-1].encode())
    if secret.isdecimal():
        ways += [int(secret).to_bytes(8, "big").lstrip(b"\0"), (-int(secret)).to_bytes(8, "big", signed=True)]
    return ways


def found(contents: Mapping[str, bytes], words: list[str]) -> dict[str, list[str]]:
    """Return which of the words stand in which of the contents, in whatever form."""
    return {
        name: [word for word in words if any(form in content for form in forms(word))]
        for name, content in contents.items()
    }


async def live_a_day(work: UnitOfWork) -> None:
    """Write everything that this version can write about people."""
    mother = await work.chats.meet(MOTHER, language="ru")
    dana = await work.chats.meet(DANA, language="ru")
    group = await work.chats.meet(-5, language="ru")
    await work.chats.move(group, GROUP)
    await work.chats.rename(dana, " ".join(FIRST_NAME))
    await _report(work)
    held = await work.queue.claim_next(dana, until=work.now + timedelta(minutes=30))
    assert held is not None
    held = await _corrected(work, held, dana)
    await work.decisions.decide(
        held, dana, Decision.REJECTED, reason=RejectionReason.OTHER, reason_words=" ".join(REASON)
    )
    work.audit.note(dana, AuditAct.REJECTED, report_id=REPORT, subject=mother, reason="other")
    suggestions = {"city": Reading(value=READ[0]), "date": Reading(value=READ[2])}
    answers = {"name": said(" ".join(DRAFT))}
    draft = Interview(screen=1, step="city", answers=answers, another_after=REPORT, suggestions=suggestions)
    await work.conversations.save(mother, draft)
    await work.conversations.note_shown(mother, await say(work, mother, " ".join(CARD), about=NO_SECRETS[0]))
    sent = await say(work, dana, " ".join(SENT), priority=Priority.COORDINATORS)
    await work.outbox.settle([settled(work, sent, message_id=5)])
    words = " ".join(CAPTION)
    document = Contents(message_id=6, file_id=words, caption=words, name=words, album=words, forwarded_from=words)
    await work.evidence.add(mother, EvidenceKind.DOCUMENT, document, report_id=None, question="name")
    card = Contents(message_id=7, contact=ContactCard(phone=str(DANA), name=words))
    await work.evidence.add(mother, EvidenceKind.CONTACT, card, report_id=None, question=None)
    await work.updates.see([1], at=work.now)
    await work.inbox.keep([{"update_id": 3, "message": {"text": " ".join(LETTER), "chat": {"id": MOTHER}}}])
    await work.updates.defer(
        {"update_id": 2, "message": {"text": " ".join(LETTER), "chat": {"id": MOTHER}}},
        chat_key=mother.key,
        error=NO_SECRETS[1],
        attempts=1,
        at=work.now,
        wait=timedelta(seconds=1),
    )


async def _corrected(work: UnitOfWork, held: Claim, dana: Chat) -> Claim:
    found = await work.corrections.answer(REPORT, "name")
    assert found is not None
    meaning = Meaning(reading=Reading(value=" ".join(MENDED)))
    until = work.now + timedelta(minutes=30)
    corrected = await work.corrections.correct(held, dana, "name", found, meaning, until=until)
    assert corrected is not None
    assert corrected.is_done
    return corrected.claim


async def _report(work: UnitOfWork) -> None:
    answers = {
        "name": said(" ".join(NAME)),
        "city": Answer(reading=Reading(value=READ[0])),
        "conditions": Answer(words=(Words(message_id=1, text=" ".join(NAME)),), reading=Reading(choices=(READ[1],))),
        "date": Answer(reading=Reading(value=READ[2])),
    }
    mother = await work.chats.meet(MOTHER, language="ru")
    assert await add_report(work, mother, NUMBER, answers=answers) == REPORT
    report = await work.own_reports.get(mother, REPORT)
    assert report is not None
    contact = {"contact": said(" ".join(FURTHER))}
    await work.own_reports.put_answers(report, contact, positions={"contact": 19}, urgent=False)
    added = Addition(kind=AdditionKind.CORRECTED, words=" ".join(ADDED), question="name", day=READ[2])
    await work.additions.add(REPORT, added, data_key=report.data_key, origin=f"{mother.key}:8")
    paper = Contents(message_id=9, file_id="9", caption=" ".join(PAPER))
    await work.evidence.add(mother, EvidenceKind.PHOTO, paper, report_id=REPORT, question=None)
