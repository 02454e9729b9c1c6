"""`python -m bot sandbox`: the local Bot API server with the bot in it, staying up, driven over HTTP."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import open_app
from bot.run import run
from bot.sandbox import Channel, Group, Person, SandboxClient, SandboxServer
from bot.settings import Settings, read_settings
from storage.crypto import MasterKeys
from storage.schema import migrate


@dataclass(frozen=True)
class Cast:
    """The people and chats that stand ready in a fresh sandbox."""

    mother: Person
    coordinators: tuple[Person, ...]
    group: Group
    channel: Channel


async def gather_cast(telegram: SandboxClient) -> Cast:
    """Make a reporter, two leads, their group and the digest's channel."""
    mother = await telegram.person("Aigerim", language_code="ru")
    dina = await telegram.person("Dina", language_code="en")
    askar = await telegram.person("Askar", language_code="en")
    group = await telegram.group("Coordinators", members=[dina, askar])
    channel = await telegram.channel("Detentions: digest", members=[dina])
    return Cast(mother, (dina, askar), group, channel)


def sandbox_settings(server_url: str, token: str, cast: Cast, folder: Path) -> Settings:
    """Return settings for a bot in a sandbox, over a fresh database in `folder`, whatever the environment says."""
    return read_settings(
        Settings,
        _env_file=None,
        bot_token=token,
        bot_api_url=server_url,
        database_url=f"sqlite:///{folder / 'reports.db'}",
        evidence_dir=folder / "evidence",
        master_key=MasterKeys.generate(),
        master_key_file=None,
        lead_ids=frozenset(person.id for person in cast.coordinators),
        coordinator_chat_id=cast.group.id,
        digest_chat_id=cast.channel.id,
        default_language="en",
        # The sandbox sets no limits; only Telegram does.
        send_per_second=0,
        send_per_chat_second=0,
        send_per_group_minute=0,
    )


@asynccontextmanager
async def bot_in_sandbox(port: int) -> AsyncIterator[tuple[SandboxServer, Cast]]:
    """Start a sandbox and a bot in it, on a database that is thrown away at the end."""
    stop = asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        async with SandboxServer(port=port) as server, SandboxClient(server.url) as telegram:
            cast = await gather_cast(telegram)
            settings = sandbox_settings(server.url, server.token, cast, Path(folder))
            await migrate(settings.location())
            async with open_app(settings) as app, asyncio.TaskGroup() as tasks:
                tasks.create_task(run(app, stop))
                try:
                    yield server, cast
                finally:
                    stop.set()


def how_to_drive(server: SandboxServer, cast: Cast) -> str:
    """Say how to talk to the bot with curl."""
    mother, (dina, askar) = cast.mother.id, cast.coordinators
    send = f"curl -s {server.url}/sandbox/messages -d"
    press = f"curl -s {server.url}/sandbox/press -d"
    return f"""The sandbox is at {server.url}; everything it can do: curl -s {server.url}/sandbox
Here are Aigerim ({mother}), a reporter, and two coordinators (leads both), Dina ({dina.id}) and Askar ({askar.id}).
The coordinators' group is {cast.group.id}, the digest's channel {cast.channel.id}.

{send} '{{"person": {mother}, "text": "/start"}}'
curl -s {server.url}/sandbox/chats/{mother}/messages
{press} '{{"person": {mother}, "label": "Согласиться"}}'
{send} '{{"person": {dina.id}, "text": "/next"}}'

Stop it with Ctrl+C; what was said in it is then gone."""
