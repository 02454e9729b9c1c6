"""What carries bytes: evidence on its way to a coordinator, pictures that cannot be drawn, and taking both back."""

import re

import pytest

from bot.domain.chart import Chart, Panel, Series
from bot.domain.message import Button, File, Picture, Retract
from bot.pipeline.carrier import Carrier
from bot.pipeline.drawing import Artist
from bot.sandbox import Person, SeenMessage
from storage.outgoing import Leased, Priority
from storage.sealed_files import SealedFiles
from tests.e2e.conftest import Stage
from tests.e2e.files import JPEG
from tests.e2e.people import begin
from tests.e2e.test_evidence import CONTENT, SENDS

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

CARRIED = [kind for kind in SENDS if kind not in {"location", "contact"}]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2000)
PICTURE = Picture(
    Chart("c", ("x",), (Panel("p", "bars", (Series("s", (1.0,)),)),)), html="Look", otherwise="<b>None</b>"
)


async def kept(stage: Stage, kind: str) -> tuple[Person, SeenMessage]:
    """Let somebody send a file with an answer; return who, and the message with it."""
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    return nurlan, await stage.do(SENDS[kind](nurlan))


async def say(stage: Stage, to: Person, message: File | Retract, *, about: str | None = None) -> None:
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(to.id, language="en")
        key = f"{message.kind}:{about}"
        await work.outbox.add(chat, message, priority=Priority.COORDINATORS, key=key, about=about)
    await stage.app.sender.drain()
    await to.refresh()


@pytest.mark.parametrize("kind", CARRIED)
async def test_a_file_reaches_a_coordinator_as_it_was_sent_under_a_name_that_says_nothing(
    stage: Stage, kind: str
) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    nurlan, sent = await kept(stage, kind)
    button = Button("Close", "card:1")
    await say(stage, dina, File(1, html="Report <b>1</b>", otherwise="gone", keyboard=((button,),)))
    got = dina.last_from_bot
    assert (got.kind, got.protected, got.labels) == (kind, True, ("Close",))
    assert got.text == ("" if kind == "video_note" else "Report 1")
    assert await dina.download(got) == await nurlan.download(sent)
    assert got.file is not None
    assert got.file.name is not None
    assert re.fullmatch(r"([0-9a-f]{12}|photo|voice|video)\.(jpg|txt|ogg|mp4)", got.file.name)
    assert CONTENT.get(kind) in {None, await dina.download(got)}


async def test_a_file_that_was_taken_back_meanwhile_is_told_of_in_words(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    nurlan, _ = await kept(stage, "photo")
    await stage.do(nurlan.send("/cancel"))
    await stage.do(nurlan.press("Yes, delete"))
    await say(stage, dina, File(1, html="a photo", otherwise="It is <b>gone</b>."))
    assert (dina.last_from_bot.text, dina.last_from_bot.kind) == ("It is gone.", "text")


async def test_a_file_that_lies_there_no_more_is_told_of_in_words_and_holds_up_nothing(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await kept(stage, "photo")
    for path in stage.app.settings.evidence_dir.iterdir():
        path.unlink()
    await say(stage, dina, File(1, html="a photo", otherwise="gone"))
    assert dina.last_from_bot.text == "gone"


async def test_a_file_is_taken_back_with_the_card_that_it_belongs_to(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await kept(stage, "photo")
    await say(stage, dina, File(1, html="a photo", otherwise="gone"), about="card:1:2")
    assert dina.last_from_bot.kind == "photo"
    await say(stage, dina, Retract(about="card:1:", html="Taken back"))
    assert not [message for message in dina.messages if message.kind == "photo"]


async def test_what_telegram_does_not_take_as_a_photo_comes_as_a_document(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    nurlan = await stage.person("Nurlan")
    await begin(stage, nurlan)
    await stage.do(nurlan.send_photo(HEIC))
    await say(stage, dina, File(1, html="a photo", otherwise="gone"))
    assert (dina.last_from_bot.kind, dina.last_from_bot.text) == ("document", "a photo")
    assert await dina.download(dina.last_from_bot) == HEIC


async def test_a_file_that_telegram_takes_in_no_way_is_told_of_in_words(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await kept(stage, "voice")
    await say(stage, dina, File(1, html="<b>not closed", otherwise="gone"))
    assert (dina.last_from_bot.kind, dina.last_from_bot.text) == ("text", "gone")


async def test_where_telegram_asks_to_wait_a_file_comes_later(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    await kept(stage, "photo")
    await stage.telegram.fault("flood", method="sendPhoto", retry_after=7)
    await say(stage, dina, File(1, html="a photo", otherwise="gone"))
    assert dina.last_from_bot.kind == "text"
    stage.clock.move(seconds=8)
    await stage.app.sender.drain()
    await dina.refresh()
    assert await dina.download(dina.last_from_bot) == JPEG


async def test_a_picture_that_cannot_be_drawn_is_told_of_in_words(stage: Stage) -> None:
    dina, _ = stage.cast.coordinators
    await stage.do(dina.send("/start"))
    async with stage.app.database.transaction() as work:
        chat = await work.chats.meet(dina.id, language="en")
    carrier = Carrier(
        bot=stage.app.bot,
        database=stage.app.database,
        files=SealedFiles(stage.app.settings.evidence_dir),
        artist=Artist(command=("/no/such/program",)),
    )
    await carrier.deliver(Leased("key", chat, Priority.PEOPLE, 1, PICTURE), PICTURE)
    await dina.refresh()
    assert (dina.last_from_bot.html, dina.last_from_bot.kind) == ("<b>None</b>", "text")
