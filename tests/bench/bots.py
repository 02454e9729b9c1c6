"""Who takes part: how each bot is started, and how its finished reports are read."""

import base64
import importlib.util
import json
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from tests.bench.processes import ROOT, BenchFailed, Cores, Running, redis_server, start

OURS = "ours"
TOKEN = "7000000001:bench"
GRAMMY = ROOT / "tests" / "bench" / "peers" / "grammy"
REDIS_PORT = 6399
_WEBHOOK_PORT = 8471
"""Of the first process; the next listens at the next one."""
_METRICS_SECONDS = 5.0
_LAG = "detention_bot_loop_lag_seconds"
_EMPTY = """
import asyncio, sys, asyncpg

async def empty(url):
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()

asyncio.run(empty(sys.argv[1]))
"""
"""Run by this bot's interpreter, which has the means."""

Answers = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a bot runs: the address of Telegram, a folder of its own, its cores."""

    api_url: str
    folder: Path
    cores: Cores

    def prepare(self) -> None:
        """Empty the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)


@dataclass(frozen=True)
class OurOptions:
    """How this bot is run, where that differs from the usual."""

    tree: Path = ROOT
    """The checkout that is measured."""
    python: Path = ROOT / ".venv" / "bin" / "python"
    database_url: str = ""
    """Empty: a SQLite file of its own. Another database is emptied before each scenario."""
    processes: int = 1
    webhook: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


class Bot:
    """A bot that takes part."""

    def __init__(self, name: str, title: str, *, is_quick: bool, missing: str = "", uses_redis: bool = False) -> None:
        self.name = name
        self.title = title
        self.is_quick = is_quick
        """Whether the whole backlog is given to it; slow ones get a part."""
        self.missing = missing
        """What is not there to run it; empty where all is."""
        self.uses_redis = uses_redis
        self.ports: tuple[int, ...] = ()
        """Where its processes listen for updates; none where it polls."""

    def open(self, place: Place) -> Running:
        """Prepare a new database and return the bot, not yet started."""
        raise NotImplementedError

    def helper(self, folder: Path, cores: Cores) -> AbstractContextManager[int | None]:
        """Run the server that the bot needs beside it, where it needs one; the block gets its process id.

        It shares the Bot API side's core: the bot alone has its own.
        """
        if not self.uses_redis:
            return nullcontext()
        data = folder / "redis"
        Place("", data, cores).prepare()
        return redis_server(data, REDIS_PORT, cores.telegram)

    def stalls(self) -> int | None:
        """Return how often the event loop stood still for more than 50 ms; None where the bot does not say."""
        return None

    def reports(self, place: Place) -> list[Answers]:
        """Return the finished reports: answers by question."""
        with closing(sqlite3.connect(place.folder / "reports.db")) as connection:
            return [json.loads(row[0]) for row in connection.execute("SELECT answers FROM reports ORDER BY id")]


class Peer(Bot):
    """A peer: one program with the same options as every other."""

    def __init__(
        self,
        name: str,
        title: str,
        argv: Sequence[str],
        *,
        is_quick: bool = False,
        missing: str = "",
        uses_redis: bool = False,
    ) -> None:
        super().__init__(name, title, is_quick=is_quick, missing=missing, uses_redis=uses_redis)
        self._argv = argv

    def open(self, place: Place) -> Running:
        """Return the peer, not yet started."""
        given = ["--api-url", place.api_url, "--token", TOKEN, "--data-dir", str(place.folder)]
        if self.uses_redis:
            given += ["--redis-url", f"redis://127.0.0.1:{REDIS_PORT}/0"]

        def start_one(_: int) -> subprocess.Popen[bytes]:
            return start(
                [*self._argv, *given],
                cores=place.cores.bot,
                environment={"PYTHONPATH": str(ROOT)},
                log=place.folder / "bot.log",
            )

        return Running(start_one, 1)


class Ours(Bot):
    """This bot."""

    def __init__(self, options: OurOptions) -> None:
        super().__init__(OURS, "this bot", is_quick=True)
        self._options = options
        if options.webhook:
            self.ports = tuple(_WEBHOOK_PORT + number for number in range(options.processes))
        self._monitor_ports = [_free_port() for _ in range(options.processes)]
        self._master_key = "1:" + base64.b64encode(secrets.token_bytes(32)).decode()

    def open(self, place: Place) -> Running:
        """Make the database and return the bot, not yet started."""
        environment = self._environment(place)
        self._empty_database()
        self._command("migrate", place)

        def start_one(number: int) -> subprocess.Popen[bytes]:
            argv = [str(self._options.python), "-m", "bot", "run"]
            changed = {**environment, "LISTEN": f"127.0.0.1:{_WEBHOOK_PORT + number}"}
            changed["MONITOR_PORT"] = str(self._monitor_ports[number])
            log = place.folder / f"bot-{number}.log"
            return start(argv, cores=place.cores.bot, environment=changed, log=log, cwd=self._options.tree)

        return Running(start_one, self._options.processes)

    def reports(self, place: Place) -> list[Answers]:
        """Return the finished reports, as the export gives them."""
        lines = self._command("export", place).splitlines()
        return [{key: answer["words"] for key, answer in json.loads(line)["answers"].items()} for line in lines]

    def stalls(self) -> int | None:
        """Return how often the event loop stood still for more than 50 ms.

        Raises:
            BenchFailed: it was not looked at.
        """
        found = 0
        for port in self._monitor_ports:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=_METRICS_SECONDS) as answer:
                figures = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
            looks = float(figures[_LAG + "_count"])
            if not looks:
                raise BenchFailed("the bot does not look at its event loop")
            found += int(looks - float(figures[_LAG + '_bucket{le="0.05"}']))
        return found

    def _command(self, name: str, place: Place) -> str:
        return self._python(["-m", "bot", name], self._environment(place))

    def _empty_database(self) -> None:
        """Empty a database that is not a file of the place. It must be one for benchmarks, by its name.

        Raises:
            BenchFailed: its name does not say so.
        """
        url = self._options.database_url
        if not url or url.startswith("sqlite"):
            return
        if "bench" not in urlsplit(url).path:
            raise BenchFailed("the database is emptied before each scenario; its name must have 'bench' in it")
        self._python(["-c", _EMPTY, url], {})

    def _python(self, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
        done = subprocess.run(  # noqa: S603  our own program
            [str(self._options.python), *arguments],
            cwd=self._options.tree,
            env=dict(environment),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BenchFailed(f"python {' '.join(arguments[:3])}: {done.stderr[-2000:]}")
        return done.stdout

    def _environment(self, place: Place) -> dict[str, str]:
        environment = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": place.api_url,
            "MASTER_KEY": self._master_key,
            "MASTER_KEY_FILE": "",
            "LEAD_IDS": "1",
            "COORDINATOR_CHAT_ID": "",
            "DIGEST_CHAT_ID": "",
            "DATABASE_URL": self._options.database_url or f"sqlite:///{place.folder / 'reports.db'}",
            "DEFAULT_LANGUAGE": "en",
            "LOG_LEVEL": "WARNING",
            # Telegram's limits are left out: they would be what is measured.
            "SEND_PER_SECOND": "0",
            "SEND_PER_CHAT_SECOND": "0",
            "SEND_PER_GROUP_MINUTE": "0",
        }
        if self._options.webhook:
            environment |= {
                "WEBHOOK_URL": f"http://127.0.0.1:{_WEBHOOK_PORT}/telegram",
                "WEBHOOK_SECRET": "bench",
            }
        return environment | dict(self._options.environment)


def everyone(ours: OurOptions) -> list[Bot]:
    """Return all who take part, this bot first."""
    return [
        Ours(ours),
        Peer("floor", "raw floor", _module("floor"), is_quick=True),
        Peer("ptb", "python-telegram-bot", _module("ptb_taught"), missing=_without("telegram")),
        Peer("aiogram-memory", "aiogram, memory", _module("aiogram_taught"), missing=_without("aiogram")),
        Peer(
            "aiogram-redis",
            "aiogram, Redis",
            [*_module("aiogram_taught"), "--storage", "redis"],
            missing=_without("aiogram") or ("" if shutil.which("redis-server") else "redis-server is not installed"),
            uses_redis=True,
        ),
        Peer(
            "aiogram-sqlite",
            "aiogram, SQLite",
            [*_module("aiogram_taught"), "--storage", "sqlite"],
            missing=_without("aiogram"),
        ),
        Peer("telebot", "pyTelegramBotAPI", _module("telebot_taught"), missing=_without("telebot")),
        Peer("grammy", "grammY, SQLite", ["node", str(GRAMMY / "bot.mjs")], is_quick=True, missing=_without_grammy()),
    ]


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.peers.{name}"]


def _without(package: str) -> str:
    return "" if importlib.util.find_spec(package) else f"the package {package} is not installed"


def _without_grammy() -> str:
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: shutil.which("node") is not None, "Node is not installed"),
        ((GRAMMY / "node_modules" / "grammy").is_dir, "npm ci was not run in tests/bench/peers/grammy"),
        ((GRAMMY / "node_modules" / "better-sqlite3" / "build").is_dir, "better-sqlite3 was not built"),
    ]
    return next((reason for is_there, reason in checks if not is_there()), "")
