"""Photos, voice messages, documents: taken for the question at hand, fetched, kept sealed, or refused kindly."""

import hashlib
import os
from collections.abc import Awaitable, Callable

import pytest

from bot.app import open_app
from bot.domain.evidence import LARGEST_FILE, EvidenceState, Piece, Refusal
from bot.sandbox import AlbumItem, Person, SeenMessage
from bot.services.evidence import EvidenceDesk
from bot.services.export import export
from bot.settings import Settings
from storage.sealed_files import SealedFiles
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG, MP4, OGG, ZIP
from tests.e2e.people import ENGLISH, RUSSIAN, begin, report
from tests.e2e.robots import line

TEXT = "Что забрали при обыске: телефон, паспорт.".encode()

Sends = Callable[[Person], Awaitable[SeenMessage]]
SENDS: dict[str, Sends] = {
    "photo": lambda person: person.send_photo(JPEG),
    "video": lambda person: person.send_video(MP4),
    "video_note": lambda person: person.send_video_note(MP4),
    "animation": lambda person: person.send_animation(MP4),
    "voice": lambda person: person.send_voice(OGG),
    "audio": lambda person: person.send_audio(OGG, filename="call.ogg"),
    "document": lambda person: person.send_document(TEXT, filename="list.txt"),
    "location": lambda person: person.send_location(43.2, 76.9),
    "contact": lambda person: person.send_contact("+77010000000", "Lawyer"),
}
CONTENT = {"photo": JPEG, "voice": OGG, "audio": OGG, "document": TEXT, "location": None, "contact": None}


async def pieces(stage: Stage) -> list[Piece]:
    """Return all pieces that are not shredded, in the order in which they came."""
    async with stage.app.database.transaction() as work:
        found = [await work.evidence.get(number) for number in range(1, 30)]
    return [one.piece for one in found if one is not None]


async def content_of(stage: Stage, piece: Piece) -> bytes:
    async with stage.app.database.transaction() as work:
        desk = EvidenceDesk(work, files=SealedFiles(stage.app.settings.evidence_dir), per_day=0)
        return await desk.open(piece.evidence_id)


ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For what does not depend on the database's engine."""


def files(stage: Stage) -> set[str]:
    return {path.name for path in stage.app.settings.evidence_dir.iterdir()}


def from_bot(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_bot]


async def send_off(stage: Stage, person: Person) -> None:
    """Pass over all questions that are left, and send the report."""
    while "Skip" in person.last_from_bot.labels:
        await stage.do(person.press("Skip"))
    for step in ("reviewed", "share", "with_name", "send"):
        await stage.do(person.press(ENGLISH[step], exact=step == "send"))


@pytest.mark.parametrize("kind", SENDS)
@ON_SQLITE
async def test_what_is_sent_is_taken_for_the_question_at_hand_and_the_question_stays(stage: Stage, kind: str) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send("Kuat Shamuratov"))
    await stage.do(SENDS[kind](nurlan))
    assert nurlan.last_from_bot.text.startswith(
        f"{line(f'evidence.received.{kind}')} I am keeping it with your report."
    )
    assert "2 of 5" in nurlan.last_from_bot.text
    (one,) = await pieces(stage)
    assert (one.kind, one.question, one.state, one.report_id) == (kind, "city", EvidenceState.KEPT, None)
    content = CONTENT.get(kind, MP4)
    if content is None:
        assert files(stage) == set()
        told = one.contents.place or one.contents.contact
        assert told is not None
        assert set(told.model_dump(exclude_none=True).values()) in ({43.2, 76.9}, {"+77010000000", "Lawyer"})
    else:
        assert one.contents.sha256 == hashlib.sha256(content).hexdigest()
        assert one.contents.size == len(content)
        assert files(stage) == {one.file}
        assert await content_of(stage, one) == content


@ON_SQLITE
async def test_a_type_is_told_by_content_whatever_the_name_says(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send_document(JPEG, filename="letter.pdf", mime_type="application/pdf"))
    (one,) = await pieces(stage)
    assert (one.contents.type, one.contents.name) == ("image/jpeg", "letter.pdf")


@pytest.mark.parametrize("act", ["sticker", "dice"])
@ON_SQLITE
async def test_what_cannot_be_taken_is_refused_kindly_and_the_question_stays(stage: Stage, act: str) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    if act == "sticker":
        await stage.do(mother.send_sticker())
    else:
        raw = _message(stage, mother, dice={"emoji": "🎲", "value": 3})
        await stage.app.worker.handle([raw])
        await stage.do(mother.refresh())
    assert "Это я принять не могу" in mother.last_from_bot.text
    assert "1 из 5" in mother.last_from_bot.text
    assert await pieces(stage) == []


def _message(stage: Stage, person: Person, **content: object) -> dict[str, object]:
    chat = {"id": person.id, "type": "private", "first_name": person.name}
    about = {"message_id": 900_000, "date": int(stage.clock().timestamp()), "chat": chat}
    return {"update_id": 1, "message": {**about, "from": {**chat, "is_bot": False}, **content}}


async def test_an_archive_is_refused_in_answer_to_it_once_and_words_under_it_are_kept(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    sent = await stage.do(nurlan.send_document(ZIP, filename="photos.zip", caption="Kuat Shamuratov"))
    told = nurlan.last_from_bot
    assert "no archives and no programs" in told.text
    assert told.text.startswith("Document, 20 January, 15:00")
    assert told.reply_to == sent.message_id
    assert "✓ Name: Kuat Shamuratov" in from_bot(nurlan)[-2]
    (one,) = await pieces(stage)
    assert (one.state, one.file, one.contents.caption) == (EvidenceState.REFUSED, None, "Kuat Shamuratov")
    assert one.contents.refusal is Refusal.WRONG_TYPE
    assert files(stage) == set()
    await stage.do(nurlan.refresh())
    assert sum("no archives" in text for text in from_bot(nurlan)) == 1


@ON_SQLITE
async def test_what_is_declared_too_large_is_refused_at_once_with_the_limit(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send_video(size=30 * 1024 * 1024, caption="Kuat Shamuratov"))
    assert nurlan.last_from_bot.text.startswith("This is larger than 20 MB")
    assert "✓ Name: Kuat Shamuratov" in nurlan.last_from_bot.text
    assert await pieces(stage) == []


@ON_SQLITE
async def test_the_largest_file_is_kept_and_one_byte_more_is_not(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    largest = MP4 + bytes(LARGEST_FILE - len(MP4))
    await stage.do(nurlan.send_video(largest))
    (one,) = await pieces(stage)
    assert await content_of(stage, one) == largest
    await stage.do(nurlan.send_document(largest + b"\x00"))
    assert nurlan.last_from_bot.text.startswith("This is larger than 20 MB")


@ON_SQLITE
async def test_a_caption_answers_the_question_and_goes_with_the_photo(stage: Stage) -> None:
    mother = stage.cast.mother
    await begin(stage, mother, RUSSIAN)
    sent = await stage.do(mother.send_photo(JPEG, caption="Садырбаева Райгуль"))
    assert mother.last_from_bot.text.startswith("Фото получено. Сохраняю с вашим обращением.")
    assert "✓ Имя: Садырбаева Райгуль" in mother.last_from_bot.text
    assert "2 из 5" in mother.last_from_bot.text
    (one,) = await pieces(stage)
    assert (one.question, one.contents.caption) == ("name", "Садырбаева Райгуль")
    await stage.do(mother.edit_caption(sent, "Садырбаева Райхан"))
    assert "✓ Имя: Садырбаева Райхан" in mother.last_from_bot.text
    (one,) = await pieces(stage)
    assert one.contents.caption == "Садырбаева Райхан"


@ON_SQLITE
async def test_a_caption_that_is_no_answer_is_kept_with_the_photo_alone(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for _ in range(2):
        await stage.do(nurlan.press("Skip"))
    sent = await stage.do(nurlan.send_photo(JPEG, caption="31.02.2022"))
    assert "Photo received" in nurlan.last_from_bot.text
    assert "3 of 5" in nurlan.last_from_bot.text
    await stage.do(nurlan.edit_caption(sent, "the day of the arrest"))
    assert "The words under it are changed" in nurlan.last_from_bot.text
    (one,) = await pieces(stage)
    assert (one.question, one.contents.caption) == ("date", "the day of the arrest")


@pytest.mark.parametrize("captioned", [None, 0, 2])
async def test_an_album_is_answered_once_and_a_caption_in_it_too(stage: Stage, captioned: int | None) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    before = len(from_bot(nurlan))
    items = [
        AlbumItem("photo", JPEG + bytes([number]), caption="Kuat Shamuratov" if number == captioned else None)
        for number in range(4)
    ]
    await nurlan.send_album(items)
    await stage.do(nurlan.refresh())
    assert len(from_bot(nurlan)) - before == {None: 1, 0: 1, 2: 2}[captioned]
    assert ("2 of 5" if captioned is not None else "1 of 5") in nurlan.last_from_bot.text
    kept = await pieces(stage)
    assert [one.question for one in kept] == ["name"] * 4
    assert len({one.contents.album for one in kept}) == 1
    assert len(files(stage)) == 4


@ON_SQLITE
async def test_before_anything_is_agreed_to_nothing_is_taken(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await stage.do(nurlan.send("/start"))
    await stage.do(nurlan.send_photo(JPEG, caption="Kuat"))
    assert "once you have agreed" in nurlan.last_from_bot.text
    assert "I agree" in nurlan.last_from_bot.labels[0]
    assert await pieces(stage) == []


async def test_outside_an_interview_it_goes_with_the_newest_report_or_is_not_kept(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await stage.do(nurlan.send_voice(OGG))
    assert nurlan.last_from_bot.text.splitlines() == [line("evidence.no_report"), "To begin: /start"]
    assert await pieces(stage) == []
    await report(stage, nurlan)
    code = await report(stage, nurlan, name="Kuat Shamuratov")
    await stage.do(nurlan.send_voice(OGG, caption="his cellmate"))
    assert (
        nurlan.last_from_bot.text
        == f"Voice message received. I am keeping it with report {code}. If that fails, I will tell you."
    )
    (one,) = await pieces(stage)
    assert (one.report_id, one.question, one.state) == (2, None, EvidenceState.KEPT)


async def test_the_review_the_card_and_the_export_say_what_is_kept(stage: Stage) -> None:
    nurlan, (dina, _) = await stage.person("Nurlan"), stage.cast.coordinators
    await begin(stage, nurlan)
    for send in (SENDS["photo"], SENDS["photo"], SENDS["voice"]):
        await stage.do(send(nurlan))
    await stage.do(nurlan.send_document(ZIP))
    while "Skip" in nurlan.last_from_bot.labels or "no archives" in nurlan.last_from_bot.text:
        await stage.do(nurlan.press("Skip"))
    assert nurlan.last_from_bot.text.endswith("Files: 2 photos, 1 voice message")
    await stage.do(nurlan.send("is that all?"))
    assert nurlan.last_from_bot.text.endswith("Files: 2 photos, 1 voice message")
    await send_off(stage, nurlan)
    await stage.do(dina.send("/next"))
    assert "Files: 2 photos, 1 voice message" in dina.last_from_bot.text
    async with stage.app.database.transaction() as work:
        ((record),) = [record async for record in export(work)]
    told = [(one["kind"], one["state"], one["type"], one["question"]) for one in record["evidence"]]
    assert told == [
        ("photo", "kept", "image/jpeg", "name"),
        ("photo", "kept", "image/jpeg", "name"),
        ("voice", "kept", "audio/ogg", "name"),
        ("document", "refused", None, "name"),
    ]
    assert record["evidence"][0]["sha256"] == hashlib.sha256(JPEG).hexdigest()


async def test_a_cancelled_report_takes_its_files_with_it(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send_photo(JPEG))
    assert len(files(stage)) == 1
    await stage.do(nurlan.send("/cancel"))
    await stage.do(nurlan.send_voice(OGG))
    assert "Voice message received" in nurlan.last_from_bot.text
    assert "Yes, delete it" in nurlan.last_from_bot.labels
    await stage.do(nurlan.press("Yes, delete it"))
    assert await pieces(stage) == []
    assert files(stage) == set()


async def test_a_report_that_is_shredded_takes_its_files_with_it(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await report(stage, nurlan)
    sent = await stage.do(nurlan.send_photo(JPEG))
    await nurlan.send_photo(JPEG)
    await stage.app.receiver.take(timeout_seconds=0)  # noted, and not fetched yet
    async with stage.app.database.transaction() as work:
        await work.evidence.shred_report(1)
    await stage.do(nurlan.edit_caption(sent, "too late"))
    assert await pieces(stage) == []
    assert files(stage) == set()


@ON_SQLITE
async def test_more_than_a_days_share_is_refused_kindly(stage: Stage, settings: Settings) -> None:
    nurlan = await stage.person("Nurlan")
    limited = settings.model_copy(update={"evidence_per_person_day": 2})
    async with open_app(limited, clock=stage.clock) as app:
        stage.app = app
        await begin(stage, nurlan)
        for _ in range(3):
            await stage.do(nurlan.send_photo(JPEG))
        assert "2 files from you within a day" in nurlan.last_from_bot.text
        assert "1 of 5" in nurlan.last_from_bot.text
        assert len(await pieces(stage)) == 2
        stage.clock.move(hours=24)
        await stage.do(nurlan.send_photo(JPEG))
        assert "Photo received" in nurlan.last_from_bot.text


@pytest.mark.parametrize(
    "fault", ["flood", "server_error", "drop_connection", "timeout_after_delivery", "cut_download"]
)
@ON_SQLITE
async def test_what_cannot_be_fetched_now_is_fetched_later(stage: Stage, fault: str) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    for method in ("getFile", "download"):
        if not (fault == "cut_download" and method == "getFile"):
            await stage.telegram.fault(fault, method=method)  # type: ignore[arg-type]
    await stage.do(nurlan.send_photo(JPEG))
    (one,) = await pieces(stage)
    assert one.state is EvidenceState.WAITING
    before = len(from_bot(nurlan))
    for _ in range(2):
        stage.clock.move(seconds=5)
        await stage.app.settle()
    (one,) = await pieces(stage)
    assert one.state is EvidenceState.KEPT
    assert await content_of(stage, one) == JPEG
    await stage.look()
    assert len(from_bot(nurlan)) == before


@ON_SQLITE
async def test_a_file_that_telegram_never_gives_out_is_given_up_and_its_sender_told(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    raw = _message(stage, nurlan, voice={"file_id": "gone", "file_unique_id": "g", "duration": 3})
    await stage.app.worker.handle([raw])
    for _ in range(10):
        assert "Voice message, " not in "".join(from_bot(nurlan))
        await stage.do(nurlan.refresh())
        stage.clock.move(minutes=10)
    assert "Voice message, " not in "".join(from_bot(nurlan))  # Telegram may have been away all the time
    stage.clock.move(days=1)
    await stage.do(nurlan.refresh())
    assert nurlan.last_from_bot.text.startswith("Voice message, 20 January")
    assert "send it once more" in nurlan.last_from_bot.text
    (one,) = await pieces(stage)
    assert one.contents.refusal is Refusal.UNAVAILABLE


async def test_what_is_delivered_twice_is_kept_once(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.telegram.fault("duplicate_update", chat=nurlan)
    await stage.do(nurlan.send_photo(JPEG))
    await stage.do(nurlan.refresh())
    assert len(await pieces(stage)) == 1
    assert len(files(stage)) == 1


@ON_SQLITE
async def test_a_forwarded_public_post_keeps_where_it_is_from(stage: Stage) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    news = await stage.telegram.channel("News", username="news_kz")
    for source in (news, stage.cast.channel, "Somebody"):
        await stage.do(nurlan.send_photo(JPEG, forwarded_from=source))
    public, private, hidden = await pieces(stage)
    assert (public.contents.forwarded_from or "").startswith("https://t.me/news_kz/")
    assert [one.contents.forwarded_from for one in (private, hidden)] == [None, None]
    assert all(one.contents.first_sent_at for one in (public, private, hidden))
    assert "Somebody" not in hidden.model_dump_json()


@ON_SQLITE
async def test_a_file_that_a_crash_left_behind_is_removed_after_a_day(stage: Stage, settings: Settings) -> None:
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send_photo(JPEG))
    (kept,) = files(stage)
    sealed = SealedFiles(settings.evidence_dir)
    old, young = sealed.write(b"orphan"), sealed.write(b"being written")
    for name in (kept, old):
        os.utime(settings.evidence_dir / name, (1000, 1000))
    async with open_app(settings, clock=stage.clock) as app:
        await app.settle()
    assert files(stage) == {kept, young}
