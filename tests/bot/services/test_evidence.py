from pathlib import Path

import pytest

from bot.domain.errors import FileTooLarge, NotAgreed, NothingInProgress
from bot.domain.evidence import LARGEST_FILE, Contents, EvidenceKind, EvidenceState
from bot.services.evidence import EvidenceDesk
from storage.crypto import WrongKey
from storage.sealed_files import SealedFiles
from tests.bot.services.support import LEASE, Person


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    made = SealedFiles(tmp_path / "evidence")
    made.prepare()
    return made


async def send(mother: Person, files: SealedFiles, *, message_id: int = 2000, size: int = 9) -> str | None:
    """Send a photo; return the question that it was taken for."""
    async with mother.turn() as (work, chat, _):
        desk = EvidenceDesk(work, files=files, per_day=0)
        contents = Contents(message_id=message_id, file_id="f", declared_size=size)
        await desk.take(chat, EvidenceKind.PHOTO, contents, sent_at=work.now)
        taken = await work.evidence.get(1)
    assert taken is not None
    return taken.piece.question


async def keep(mother: Person, files: SealedFiles, content: bytes, *, number: int = 1) -> str:
    """Fetch what was sent, in the fetcher's stead; return the name of its file."""
    async with mother.turn() as (work, _, _):
        leased = {one.evidence_id: one.open() for one in await work.evidence.lease(until=work.now + LEASE, most=9)}
        file = files.write(leased[number].seal_file(content))
        await work.evidence.settle(leased[number].piece, EvidenceState.KEPT, file=file)
    return file


async def test_a_photo_belongs_to_the_question_that_could_be_seen(mother: Person, files: SealedFiles) -> None:
    await mother.agree()
    await mother.say("Серік")
    await mother.see(message_id=1500)
    assert await send(mother, files, message_id=1400) == "name"


async def test_a_photo_sent_after_the_question_belongs_to_it(mother: Person, files: SealedFiles) -> None:
    await mother.agree()
    await mother.say("Серік")
    await mother.see(message_id=1500)
    assert await send(mother, files, message_id=1501) == "city"


async def test_on_the_review_a_photo_belongs_to_no_question(mother: Person, files: SealedFiles) -> None:
    await mother.reach("review")
    await mother.see(message_id=1500)
    assert await send(mother, files) is None


async def test_what_cannot_be_taken_says_why(mother: Person, files: SealedFiles) -> None:
    with pytest.raises(NothingInProgress):
        await send(mother, files)
    await mother.begin()
    with pytest.raises(NotAgreed):
        await send(mother, files)
    await mother.agree()
    with pytest.raises(FileTooLarge):
        await send(mother, files, size=LARGEST_FILE + 1)
    await send(mother, files, size=LARGEST_FILE)


async def test_only_what_is_kept_can_be_opened(mother: Person, files: SealedFiles, tmp_path: Path) -> None:
    await mother.agree()
    await send(mother, files)
    async with mother.turn() as (work, _, _):
        desk = EvidenceDesk(work, files=files, per_day=0)
        for number in (1, 2):  # not fetched yet; none
            with pytest.raises(KeyError):
                await desk.open(number)
    file = await keep(mother, files, b"bytes")
    async with mother.turn() as (work, _, _):
        desk = EvidenceDesk(work, files=files, per_day=0)
        assert await desk.open(1) == b"bytes"
        (tmp_path / "evidence" / file).write_bytes(bytes(100))
        with pytest.raises(WrongKey):
            await desk.open(1)
