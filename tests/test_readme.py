"""What the documents promise: every command runs, every link leads somewhere; and what holds of the files."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.commands.sandbox import bot_in_sandbox
from tests.bot.commands.curl import Curl, wait_for
from tests.e2e.plans import RU
from tests.e2e.robots import line

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
SOURCES = [path for folder in ("bot", "handlers", "storage") for path in sorted((ROOT / folder).rglob("*.py"))]
LONGEST_MODULE = 350

_BLOCK = re.compile(r"^```(?:console|sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_A_SENTENCE = re.compile(r"`((?:make|(?:\.venv/bin/)?python -m bot) [^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
_BOT = re.compile(r"(?:\.venv/bin/)?python -m bot ")


def commands(document: Path) -> Iterator[str]:
    """Yield the commands of a document: those in blocks line by line, and those within sentences."""
    text = document.read_text(encoding="utf-8")
    for block in _BLOCK.findall(text):
        for written in block.replace("\\\n", " ").splitlines():
            if command := written.removeprefix("$ ").partition(" #")[0].strip():
                yield command
    yield from _IN_A_SENTENCE.findall(_BLOCK.sub("", text))


def every_command() -> list[tuple[str, str]]:
    """Return each command of each document, with the document's name."""
    return [(str(path.relative_to(ROOT)), command) for path in DOCUMENTS for command in commands(path)]


def test_the_readme_begins_with_its_two_commands() -> None:
    assert list(commands(ROOT / "README.md"))[:2] == ["make demo", "make test"]


@pytest.mark.parametrize(("document", "command"), every_command())
def test_every_command_of_a_document_runs(document: str, command: str) -> None:  # noqa: ARG001  names the test
    words = shlex.split(command)
    match words:
        case ["make", *targets]:
            known = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
            assert {target for target in targets if "=" not in target} <= known
        case _ if _BOT.match(command):
            # With --help the options are read, and nothing is run.
            given = shlex.split(_BOT.sub("", command).partition(" > ")[0])
            ended = CliRunner().invoke(cli, [*given, "--help"])
            assert ended.exit_code == 0, ended.output
        case ["curl", "-s", url, *_]:
            assert url.startswith("http://127.0.0.1:8081/sandbox")
        case ["cp", original, _]:
            assert (ROOT / original).is_file()
        case [".venv/bin/python", "-m", "timeit", *options]:
            timed = [sys.executable, "-m", "timeit", *options]
            assert subprocess.run(timed, cwd=ROOT, check=False).returncode == 0  # noqa: S603  our own documents
        case [".venv/bin/python", "-m", "pip", "install", *options]:
            assert (ROOT / options[options.index("--requirement") + 1]).is_file()
        case ["chmod", "600", ".env"] | ["git", "clone" | "pull", *_] | ["python3", "-m", "venv", ".venv"]:
            pass
        case ["cd", folder]:
            assert folder == "detention-reports-bot"
        case _:
            raise AssertionError(f"nothing is known about {command!r}")


async def test_the_sandbox_is_driven_as_the_readme_says() -> None:
    lines = [command for command in commands(ROOT / "README.md") if command.startswith("curl ")]
    async with bot_in_sandbox(port=0) as (server, _), aiohttp.ClientSession() as session:
        here = [Curl.read(line.replace("http://127.0.0.1:8081", server.url)) for line in lines]
        start, look, agree, index = here
        await wait_for(session, index.url, line("screen.consent", RU), after=await start.run(session))
        assert line("screen.consent", RU) in (await look.run(session))["messages"][-1]["text"]
        await wait_for(session, index.url, line("progress", RU, number=1, total=5), after=await agree.run(session))
        assert "endpoints" in await index.run(session)


def test_the_sandbox_listens_where_the_readme_says() -> None:
    assert "8081" in CliRunner().invoke(cli, ["sandbox", "--help"]).output


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(document: Path) -> None:
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        assert not heading or heading in _headings(target), link


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_no_requirement_names_a_registry(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert "://" not in content
    assert "index-url" not in content
    assert "--hash=sha256:" in content


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_too_long_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def _headings(document: Path) -> set[str]:
    """Return the names by which GitHub links to a document's headings."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
