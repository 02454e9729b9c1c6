"""Unmistakable words are sent down the whole road, and then looked for where they must not be.

Each canary has a Latin and a Cyrillic half, and both are looked for, as are the Telegram ids of everybody. The same
search is held against the coordinator's card, the digest and the export, where they must be found.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from bot.app import utc_now
from bot.commands.sandbox import Cast
from bot.demo.process import BotProcess, environment
from bot.logs import configure_logs
from bot.sandbox import Event, Person, SandboxClient, SeenMessage
from bot.services.export import export
from bot.settings import Settings
from storage.database import Database
from storage.location import SQLiteFile
from tests.e2e.conftest import Stage
from tests.e2e.plans import EN, QUESTIONS
from tests.e2e.robots import code_in, line
from tests.storage.support import sql

REFUSED = {question: f"Zqrefused{question} Щърефьюзд{question}" for question in QUESTIONS}
"""What is said in the report that may not be published at all."""
PUBLISHED = {question: f"Zqpublished{question} Щъпаблишд{question}" for question in QUESTIONS}
REJECTED = {question: f"Zqrejected{question} Щърежектед{question}" for question in QUESTIONS}
BEFORE_THE_EDIT = "Zqbefore Щъбифор"
CANCELLED = "Zqcancelled Щъкансельд"
REASON = "Zqreason Щъризон"
CAPTION = "Zqcaption Щъкапшн"
CONTENT = "Zqcontent Щъконтент"
FILE_NAME = "Zqfilename Щъфайлнейм"
CONTACT = "Zqcontact Щъконтакт"
COMMAND = "Zqcommand Щъкоманд"
BROKEN = "Zqbroken Щъброукн"
SENT_IN_VAIN = "Zqinvain Щъинвейн"
MOTHER, BROTHER, DINA, ASKAR = "Zqmother Щъмазер", "Zqbrother Щъбразер", "Zqdina Щъдина", "Zqaskar Щъаскар"
IDS = {MOTHER: 6174829305, BROTHER: 6283917465, DINA: 6392846157, ASKAR: 6519283746}

ALL = (
    *(words for report in (REFUSED, PUBLISHED, REJECTED) for words in report.values()),
    *(BEFORE_THE_EDIT, CANCELLED, REASON, CAPTION, CONTENT, FILE_NAME, CONTACT, COMMAND, BROKEN, SENT_IN_VAIN),
    *IDS,
)


def halves(words: Iterable[str]) -> set[str]:
    """Return the Latin and the Cyrillic half of each."""
    return {half for both in words for half in both.split()}


NAMED = halves([PUBLISHED["name"]])
MAY_BE_PUBLISHED = halves(PUBLISHED.values()) - halves([PUBLISHED["conditions"]])
Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Road:
    """The people, and how to let the bot answer them."""

    telegram: SandboxClient
    cast: Cast
    settle: Settle

    @property
    def dina(self) -> Person:
        return self.cast.coordinators[0]

    async def do(
        self, person: Person, action: Awaitable[object], then: str | Callable[[SeenMessage], bool]
    ) -> SeenMessage:
        """Let a person act, and wait for what the bot shows then."""
        await action
        await self.settle()
        return await person.wait_for(then)

    async def begin(self, person: Person) -> None:
        """Go to the first question."""
        await self.do(person, person.send("/start"), line("screen.consent"))
        await self.do(person, person.press(EN.plain("button.agree")), _question(1))

    async def report(self, person: Person, words: dict[str, str], publishing: str) -> str:
        """Report somebody; return the receipt code."""
        await self.begin(person)
        if words is REFUSED:
            said = await person.send(BEFORE_THE_EDIT)
            await self.settle()
            await person.wait_for(_question(2))
            await self.do(person, person.edit(said, words["name"]), words["name"])
        else:
            await self.do(person, person.send(words["name"]), _question(2))
        for number, question in enumerate(QUESTIONS[1:-1], start=3):
            await self.do(person, person.send(words[question]), _question(number))
        await self.do(person, person.send(words["conditions"]), words["conditions"])
        await self.do(person, person.press(EN.plain("button.done")), line("screen.review"))
        await self.do(person, person.press(EN.plain("button.reviewed")), line("screen.sharing"))
        await self.do(person, person.press(EN.plain("sharing.yes")), line("screen.publishing"))
        may = EN.plain(f"publishing.{publishing}")
        await self.do(
            person,
            person.press(may, exact=True),
            line("screen.submit", publishing=may, sharing=EN.plain("sharing.yes")),
        )
        send = person.press(EN.plain("button.submit"), exact=True)
        return code_in(await self.do(person, send, line("receipt", code="")))

    async def next_card(self, number: int) -> SeenMessage:
        """Let Dina take the next report."""
        return await self.do(self.dina, self.dina.send("/next"), line("card.head", report=number))


async def walk(road: Road, brother: Person) -> tuple[str, ...]:
    """Say every canary but the broken ones; return the receipt codes, which are as secret."""
    mother, dina, group = road.cast.mother, road.dina, road.cast.group
    for coordinator in road.cast.coordinators:
        await road.do(coordinator, coordinator.send("/start"), line("screen.consent"))
    unheard = line("evidence.no_report")
    await road.do(mother, mother.send_photo(b"picture", caption=CAPTION), unheard)
    await road.do(mother, mother.send_document(b"paper", filename=FILE_NAME, caption=CAPTION), unheard)
    await road.do(mother, mother.send_contact(str(IDS[ASKAR]), CONTACT), unheard)
    await road.do(mother, mother.send(f"/frobnicate {COMMAND}"), line("problem.unknown_command"))
    await road.do(mother, mother.send(f"/status {COMMAND}"), line("status.invalid"))

    refused = await road.report(mother, REFUSED, "not_at_all")
    published = await road.report(brother, PUBLISHED, "with_name")
    rejected = await road.report(mother, REJECTED, "with_name")
    with_report = line("evidence.with_report", code="").rstrip(" .")
    paper = f"{CONTENT}\n".encode()
    await road.do(mother, mother.send_document(paper, filename=FILE_NAME, caption=CAPTION), with_report)
    await road.do(mother, mother.send_contact("+77010000000", CONTACT), with_report)
    await road.do(mother, mother.send_document(b"PK\x03\x04", filename=FILE_NAME), "no archives")
    await road.begin(mother)
    await road.do(mother, mother.send(CANCELLED), _question(2))
    await road.do(mother, mother.send_photo(b"picture", caption=CAPTION), _question(3))
    await road.do(mother, mother.send("/cancel"), line("cancel.confirm"))
    await road.do(mother, mother.press(EN.plain("button.drop")), line("cancel.done"))

    asked_at = await dina.send(f"/queue {COMMAND}", chat=group)
    await road.settle()
    await group.wait_for("3", after=asked_at)
    for number, words in ((1, REFUSED), (2, PUBLISHED)):
        card = await road.next_card(number)
        assert found(card.text) == halves(words.values())
        await road.do(dina, dina.press(EN.plain("button.approve")), line("card.approved", report=number))
    card = await road.next_card(3)
    assert found(card.text) == halves(REJECTED.values())
    other = EN.plain("reason.other")
    await road.do(dina, dina.press(EN.plain("button.reject")), lambda shown: other in shown.labels)
    asked = await road.do(dina, dina.press(other), line("card.ask_reason", report=3))
    await road.do(dina, dina.send(REASON, reply_to=asked), line("card.rejected", report=3))
    preview = await road.do(dina, dina.send("/digest"), line("digest.head", end=""))
    assert NAMED <= found(preview.text) <= MAY_BE_PUBLISHED
    return refused, published, rejected


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_nothing_said_is_found_where_it_must_not_be(
    logged: StringIO, stage: Stage, brother: Person, settings: Settings
) -> None:
    async def settle() -> None:
        await stage.app.settle()
        stage.clock.move(seconds=1)

    road = Road(stage.telegram, stage.cast, settle)
    codes = await walk(road, brother)
    await _break_an_update(stage, road, brother)
    stage.clock.move(hours=6)
    await stage.tick()

    events = await stage.telegram.events()
    posted = _said_in(events, stage.cast.channel.id)
    assert NAMED <= found(posted) <= MAY_BE_PUBLISHED
    notices = _said_in(events, stage.cast.group.id)
    assert line("notice.new", report=3, waiting=3) in notices
    assert line("notice.dead_letter", update_id=1) in notices
    assert not found(notices, codes)
    pressed = _callback_data(events)
    assert pressed
    assert not found("\n".join(pressed), codes)
    assert _files(settings) == {"reports.db", "reports.db-wal", "reports.db-shm"}
    _look_into_the_folder(settings, codes)

    # What the local Telegram logs, in this same process, is not the bot's.
    lines = [line for line in logged.getvalue().splitlines() if '"event": "sandbox_' not in line]
    assert {"update_deferred", "update_given_up"} <= {json.loads(line)["event"] for line in lines}
    assert "ValidationError" in logged.getvalue()
    assert not found("\n".join(lines), codes)
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        exported = [json.dumps(record, ensure_ascii=False) async for record in export(work)]
    assert found("\n".join(exported)) == halves(_kept())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_nothing_said_is_found_in_the_log_or_the_files_of_a_bot_of_its_own(
    settings: Settings, telegram: SandboxClient, cast: Cast, brother: Person, tmp_path: Path
) -> None:
    async def settle() -> None:
        """Do nothing: this bot answers by itself."""

    log = tmp_path / "bot.log"
    async with BotProcess(environment(settings, LOG_LEVEL="DEBUG"), log) as process:
        await process.start()
        codes = await walk(Road(telegram, cast, settle), brother)
        await _spoil_the_row_of(brother, settings)
        await brother.send(SENT_IN_VAIN)
        while await telegram.pending_updates():
            await telegram.events(after=(await telegram.events())[-1].seq, wait=0.1)
        _look_into_the_folder(settings, codes)
        assert await process.stop() == 0
    _look_into_the_folder(settings, codes)
    assert "update_deferred" in log.read_text(encoding="utf-8")
    command = (sys.executable, "-m", "bot", "export", "--format", "jsonl")
    exporting = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | environment(settings, LOG_LEVEL="DEBUG"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    exported, said = await exporting.communicate()
    assert found(exported.decode()) == halves(_kept())
    assert not found(said.decode(), codes)


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Log everything, as LOG_LEVEL=DEBUG does, to be read at the end; then put things back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [logger for logger in root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    levels = {logger: logger.level for logger in loggers}
    configure_logs("DEBUG")
    lines = StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(lines)
    yield lines
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger, its_level in levels.items():
        logger.setLevel(its_level)


@pytest.fixture
async def cast(telegram: SandboxClient) -> Cast:
    mother, dina, askar = [
        await telegram.person(name, id=IDS[name], language_code="en") for name in (MOTHER, DINA, ASKAR)
    ]
    group = await telegram.group("Coordinators", members=[dina, askar])
    channel = await telegram.channel("Detentions: digest", members=[dina])
    return Cast(mother, (dina, askar), group, channel)


@pytest.fixture
async def brother(telegram: SandboxClient) -> Person:
    return await telegram.person(BROTHER, id=IDS[BROTHER], language_code="en")


def found(text: str | bytes, codes: Sequence[str] = ()) -> set[str]:
    """Return the halves of canaries, and the ids and receipt codes, that a text or a file holds in any form."""
    content = text.casefold().encode() if isinstance(text, str) else text
    secrets = [*halves(ALL), *map(str, IDS.values()), *codes, *(code.replace("-", "") for code in codes)]
    written = {secret for secret in secrets if any(form in content for form in _forms(secret))}
    # SQLite keeps a large number as its bytes.
    return written | {str(number) for number in IDS.values() if number.to_bytes(5) in content}


def _forms(secret: str) -> Iterator[bytes]:
    for word in (secret, secret.casefold(), secret.upper()):
        yield word.encode()
        yield word.encode("utf-16-le")
        yield word.encode("utf-16-be")
        yield json.dumps(word).strip('"').encode()
        yield quote(word).encode()


def _question(number: int) -> str:
    return line("progress", number=number, total=len(QUESTIONS))


def _kept() -> list[str]:
    return [
        REASON,
        CAPTION,
        FILE_NAME,
        CONTACT,
        *(words for report in (REFUSED, PUBLISHED, REJECTED) for words in report.values()),
    ]


def _said_in(events: Iterable[Event], chat_id: int) -> str:
    return "\n".join(event.text for event in events if event.chat == chat_id and event.from_bot)


def _callback_data(events: Iterable[Event]) -> set[str]:
    return {button.data for event in events for row in event.buttons for button in row if button.data is not None}


def _folder(settings: Settings) -> Path:
    location = settings.location()
    assert isinstance(location, SQLiteFile)
    return location.path.parent


def _files(settings: Settings) -> set[str]:
    return {path.name for path in _folder(settings).rglob("*")}


def _look_into_the_folder(settings: Settings, codes: Sequence[str]) -> None:
    """Look for canaries in the names and the bytes of all files beside the database, its log included."""
    paths = [path for path in _folder(settings).rglob("*") if path.is_file()]
    assert _folder(settings) / "reports.db" in paths
    kept = [path for path in settings.evidence_dir.rglob("*") if path.is_file()]
    assert kept
    paths += kept
    for path in paths:
        assert not found(path.name, codes)
        assert not found(path.read_bytes(), codes), path.name


async def _break_an_update(stage: Stage, road: Road, person: Person) -> None:
    """Let an update fail with an error that quotes it, and be tried again until it is given up."""
    await road.begin(person)
    chat = {"id": person.id, "type": "private", "first_name": BROTHER}
    raw = {
        "update_id": 1,
        "message": {
            "message_id": BROKEN,
            "date": int(stage.clock().timestamp()),
            "chat": chat,
            "from": {**chat, "is_bot": False, "language_code": "en"},
            "text": SENT_IN_VAIN,
        },
    }
    await stage.app.worker.handle([raw])
    for seconds in (1, 5, 30, 300):
        stage.clock.move(seconds=seconds)
        await stage.tick()
    await person.wait_for(line("problem.not_handled"))


async def _spoil_the_row_of(person: Person, settings: Settings) -> None:
    """Damage what is stored of a chat, so that nothing that comes from it can be handled."""
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        key = work.chats.key_of(person.id)
    spoil = "UPDATE chats SET wrapped_key = :spoiled WHERE chat_key = :key"
    sql(settings.location(), spoil, spoiled=bytes(60), key=key)
