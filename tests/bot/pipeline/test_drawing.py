"""Having a chart drawn: by another process, which is ended whatever becomes of it."""

import struct
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from bot.domain.chart import Chart, Panel, Series
from bot.pipeline.drawing import COMMAND, Artist

BARS = Panel("Поступило: ё й щ", "bars", (Series("a", (1.0, 0.0)), Series("b", (0.0, 0.0))))
LINE = Panel("Күтіп тұрғаны: ә ғ қ ң ө ұ ү һ і", "lines", (Series("a", (None, 2.5)),), whole_numbers=False)
CHART = Chart("Сандар, 7–8 қаңтар", ("7 қаң.", "8 қаң."), (BARS, LINE, LINE))


def artist(program: str, *, seconds: float = 60) -> Artist:
    return Artist(command=(sys.executable, "-c", program), seconds=seconds)


def children() -> set[str]:
    """Return the processes that this one has begun and not seen the end of."""
    return {child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()}


async def test_a_chart_is_drawn_as_wide_as_a_phone_shows_it_and_higher_than_wide() -> None:
    picture = await Artist(seconds=60).draw(CHART)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1080
    assert 1 < height / width < 20  # Telegram refuses photos that are longer than 20 times their width
    assert len(picture) < 1_000_000


def test_the_bot_runs_without_what_draws() -> None:
    asks = "import sys, bot.run, bot.__main__; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", asks], check=True)  # noqa: S603  our own words


@pytest.mark.parametrize(("title", "is_fine"), [("Сандар: ә ғ қ ң ө ұ ү һ і – ё", True), ("一", False)])
def test_every_letter_of_the_three_languages_is_in_the_font(title: str, *, is_fine: bool) -> None:
    """Matplotlib warns of one that is not, and warnings end this process."""
    chart = orjson.dumps(Chart(title, ("x",), (Panel("p", "bars", (Series("a", (1.0,)),)),)))
    strict = (COMMAND[0], "-W", "error", *COMMAND[1:])
    drawn = subprocess.run(strict, input=chart, capture_output=True, check=False)  # noqa: S603  our own
    assert (drawn.returncode == 0) is is_fine, drawn.stderr.decode()


@pytest.mark.parametrize(
    "program", ["import sys; sys.exit(1)", "print('no picture')", "import os; os.kill(os.getpid(), 9)"]
)
async def test_where_the_process_fails_there_is_no_picture(program: str) -> None:
    assert await artist(program).draw(CHART) is None


async def test_where_there_is_no_such_program_there_is_no_picture() -> None:
    assert await Artist(command=("/no/such/program",)).draw(CHART) is None


async def test_a_process_that_hangs_is_ended() -> None:
    before = children()
    assert await artist("import time; time.sleep(100)", seconds=0.2).draw(CHART) is None
    assert children() == before


async def test_the_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEY", "secret")
    asks = "import os, sys; sys.stdout.buffer.write(b'' if 'MASTER_KEY' in os.environ else b'\\x89PNG\\r\\n')"
    assert await artist(asks).draw(CHART) is not None
