"""The bot as a process of its own, so that it can be killed in the middle of a word."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.settings import Settings

_STOP_SECONDS = 20


class BotProcess:
    """`python -m bot run` with settings of its own; its log goes to a file."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = dict(environment)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, **changed: str) -> None:
        """Start it, with some settings changed for good."""
        self._environment |= changed
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env={**_inherited(), **self._environment}, stderr=log, stdout=log
            )

    async def kill(self) -> None:
        """SIGKILL: no warning, no last words."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM: it finishes what is in hand. Return its exit code."""
        return await self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running:
            await self.kill()

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            raise RuntimeError("the bot was not started")
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)


def environment(settings: Settings, **changed: str) -> dict[str, str]:
    """Return the environment in which a bot has these settings, some of them changed."""
    secrets = {"BOT_TOKEN": settings.bot_token, "MASTER_KEY": settings.master_key}
    return {
        **{name: secret.get_secret_value() for name, secret in secrets.items() if secret is not None},
        "MASTER_KEY_FILE": "",
        "BOT_API_URL": settings.bot_api_url,
        "DATABASE_URL": settings.database_url,
        "EVIDENCE_DIR": str(settings.evidence_dir),
        "EVIDENCE_PER_PERSON_DAY": str(settings.evidence_per_person_day),
        "LEAD_IDS": ",".join(str(coordinator) for coordinator in sorted(settings.lead_ids)),
        "COORDINATOR_CHAT_ID": str(settings.coordinator_chat_id or ""),
        "DIGEST_CHAT_ID": str(settings.digest_chat_id or ""),
        "COUNTRY": settings.country,
        "DEFAULT_LANGUAGE": settings.default_language or "",
        "TIMEZONE": settings.timezone or "",
        "SEND_PER_SECOND": str(settings.send_per_second),
        "SEND_PER_CHAT_SECOND": str(settings.send_per_chat_second),
        "SEND_PER_GROUP_MINUTE": str(settings.send_per_group_minute),
        "LOG_LEVEL": "INFO",
        **changed,
    }


def _inherited() -> dict[str, str]:
    """Return what a program needs of the environment, and no setting of a real bot."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ}
