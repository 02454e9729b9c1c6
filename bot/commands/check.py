"""`python -m bot check`: is everything there that a night of reports needs? One line each: ok, or what to do."""

import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from telegram import ChatMember, ChatMemberAdministrator
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.commands.check_country import faults
from bot.countries import WrongCountry
from bot.pipeline.telegram_bot import TelegramBot
from bot.settings import Settings
from bot.texts import Catalogues
from bot.understanding.country import Country
from storage.crypto import WrongKey
from storage.database import Clock, Database
from storage.schema import DatabaseUnusable, SchemaOutdated, check_schema
from storage.sealed_files import FolderUnusable, SealedFiles

_PRESENT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    to_do: str | None = None
    """What to do about it; None where it is well."""

    def __str__(self) -> str:
        return f"ok    {self.what}" if self.to_do is None else f"MEND  {self.what}: {self.to_do}"


async def check(settings: Settings, *, clock: Clock) -> AsyncIterator[Finding]:
    """Look at the country, the key, the database, the token, and what the bot may do in the team's chats."""
    yield _country(settings)
    yield _key_file(settings)
    yield await _database(settings, clock)
    yield _evidence(settings)
    bot = TelegramBot(settings.bot_token.get_secret_value(), settings.bot_api_url)
    try:
        token = await _token(bot)
        yield token
        if token.to_do is not None:
            return
        for lead in sorted(settings.lead_ids):
            yield await _lead(bot, lead)
        yield await _group(bot, settings.coordinator_chat_id)
        yield await _digest_chat(bot, settings.digest_chat_id)
    finally:
        await bot.shutdown()


def _country(settings: Settings) -> Finding:
    """Look whether the country's tables can be read, and whether what they show is understood when it is typed."""
    what = f"COUNTRY {settings.country}"
    try:
        country = Country.load(settings.country)
    except WrongCountry as error:
        return Finding(what, str(error))
    catalogues = Catalogues.load(default=settings.language, zone=settings.zone, country=country)
    if found := list(faults(country, catalogues)):
        more = f" (and {len(found) - 1} more to mend)" if len(found) > 1 else ""
        return Finding(what, found[0] + more)
    counted = f"{len(country.places.places_by_key)} places, {len(country.charges.titles)} charges"
    return Finding(f"{what}: {country.profile.name}, {counted}, {', '.join(country.languages)}")


def _key_file(settings: Settings) -> Finding:
    """Look who can read the file that the master key stands in."""
    what = "MASTER_KEY" if settings.master_key_file is None else "MASTER_KEY_FILE"
    path = settings.master_key_file or Path(".env")
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(what, f"others on this machine can read {path}; run: chmod 600 {path}")
    return Finding(what)


async def _database(settings: Settings, clock: Clock) -> Finding:
    what = "database, opened with the master key"
    try:
        await check_schema(settings.location())
        async with (
            Database.open(settings.location(), settings.master_keys(), clock=clock) as database,
            database.snapshot() as work,
        ):
            dead = await work.updates.count_dead()
    except SchemaOutdated:
        return Finding(what, "run `python -m bot migrate`")
    except WrongKey:
        return Finding(what, "MASTER_KEY is not the key that this database was made with; find the right one")
    except DatabaseUnusable as error:
        return Finding(what, f"it cannot be used: {error}")
    if dead:
        return Finding(
            what, f"{dead} updates could not be handled and are set aside; look for update_given_up in the log"
        )
    return Finding(what)


def _evidence(settings: Settings) -> Finding:
    """Look whether files can be kept, and who else could read or remove them."""
    what, folder = "EVIDENCE_DIR", settings.evidence_dir
    try:
        SealedFiles(folder).prepare()
    except FolderUnusable as error:
        return Finding(what, f"it cannot be used: {error}")
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(what, f"others on this machine can look into {folder}; run: chmod 700 {folder}")
    return Finding(what)


async def _token(bot: TelegramBot) -> Finding:
    try:
        await bot.initialize()
    except InvalidToken:
        return Finding("BOT_TOKEN", "Telegram does not know it; get the token from @BotFather again")
    except TelegramError as error:
        return Finding(
            "BOT_TOKEN", f"Telegram cannot be reached ({type(error).__name__}); check BOT_API_URL and the network"
        )
    return Finding(f"BOT_TOKEN (@{bot.username})")


async def _lead(bot: TelegramBot, lead: int) -> Finding:
    what = f"lead {lead}"
    try:
        await bot.get_chat(lead)
    except (BadRequest, Forbidden):
        return Finding(what, "ask this lead to open the bot's chat and press /start once")
    except TelegramError as error:
        return Finding(what, f"could not be asked for ({type(error).__name__})")
    return Finding(what)


async def _group(bot: TelegramBot, chat_id: int | None) -> Finding:
    what = "COORDINATOR_CHAT_ID"
    if chat_id is None:
        return Finding(f"{what} is not set: no notices of new reports")
    member = await _membership(bot, chat_id)
    if member is None or member.status not in _PRESENT:
        return Finding(what, "add the bot to this group, or correct the id (groups have negative ids)")
    return Finding(what)


async def _digest_chat(bot: TelegramBot, chat_id: int | None) -> Finding:
    what = "DIGEST_CHAT_ID"
    if chat_id is None:
        return Finding(f"{what} is not set: no digest is posted")
    member = await _membership(bot, chat_id)
    if member is None or member.status not in _PRESENT:
        return Finding(what, "add the bot to this channel or group, or correct the id (they are negative)")
    if not await _may_post(bot, chat_id, member):
        return Finding(what, "let the bot post messages: channel, Administrators, the bot, Post messages")
    return Finding(what)


async def _may_post(bot: TelegramBot, chat_id: int, member: ChatMember) -> bool:
    """Say whether the bot may post: in a group whoever is in it, in a channel an administrator with that right."""
    chat = await bot.get_chat(chat_id)
    is_poster = isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
    return chat.type != ChatType.CHANNEL or is_poster


async def _membership(bot: TelegramBot, chat_id: int) -> ChatMember | None:
    try:
        return await bot.get_chat_member(chat_id, bot.id)
    except TelegramError:
        return None
