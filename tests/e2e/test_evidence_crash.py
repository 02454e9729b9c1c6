"""What was said to be received is kept, once, though the bot is killed again and again while it fetches."""

import asyncio
import hashlib
from pathlib import Path

from bot.app import utc_now
from bot.commands.sandbox import Cast
from bot.demo.process import BotProcess, environment
from bot.sandbox import SandboxClient
from bot.services.evidence import EvidenceDesk
from bot.settings import Settings
from storage.database import Database
from storage.sealed_files import SealedFiles
from tests.e2e.aftermath import until_count
from tests.e2e.plans import RU

PHOTOS = 12
KILLS = 3
SECONDS = 60.0


def picture(number: int) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes([number]) * 300_000


async def test_files_are_kept_once_when_the_bot_is_killed_while_it_fetches(
    settings: Settings, telegram: SandboxClient, cast: Cast, tmp_path: Path
) -> None:
    mother = cast.mother
    async with BotProcess(environment(settings), tmp_path / "bot.log") as process:
        await process.start()
        await mother.send("/start")
        await mother.wait_for("Здесь можно сообщить")
        await mother.press(RU.plain("button.agree"))
        await mother.wait_for("1 из 5")
        for number in range(PHOTOS):
            await mother.send_photo(picture(number))
        await mother.wait_for("Фото получено")
        for _ in range(KILLS):
            await telegram.fault("delay", method="download", times=2, hold=0.5)
            await telegram.fault("cut_download", method="download")
            await asyncio.sleep(0.4)  # in the middle of some file; of which one is left to chance
            await process.kill()
            await process.start()
        await until_count(settings, "evidence WHERE state = 'kept'", PHOTOS, seconds=SECONDS)
        await telegram.clear_faults()
        assert await process.stop() == 0
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        chat = await work.chats.meet(mother.id, language="ru")
        counts = await work.evidence.counts_of_draft(chat)
        desk = EvidenceDesk(work, files=SealedFiles(settings.evidence_dir), per_day=0)
        kept = [await desk.open(number) for number in range(1, PHOTOS + 1)]
    assert list(counts.values()) == [PHOTOS]
    expected = {hashlib.sha256(picture(number)).digest() for number in range(PHOTOS)}
    assert {hashlib.sha256(content).digest() for content in kept} == expected
