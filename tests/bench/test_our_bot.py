"""The people of the benchmark still understand this bot, and the bot the benchmark's Bot API."""

import sys
from pathlib import Path

import pytest

from tests.bench.bots import OurOptions, Ours, Place
from tests.bench.processes import Cores, Telegram
from tests.bench.scenarios import Scale, Stage
from tests.bench.verdict import Verdict

SCALE = Scale(people=(2,), seconds=0.3, warm_up_seconds=0.1, pressing_twice=2, pause_seconds=0.05)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_two_people_get_their_receipts_and_what_they_said_is_stored(tmp_path: Path, *, webhook: bool) -> None:
    ours, cores = Ours(OurOptions(python=Path(sys.executable), webhook=webhook)), Cores.split()
    with Telegram.open(cores.telegram, seed=1) as telegram:
        stage = Stage(ours, Place(telegram.url, tmp_path, cores), telegram, SCALE, helper_pid=None)
        judged = stage.press_twice()
    assert judged == Verdict(people=2).as_dict()


def test_the_bot_says_how_often_its_event_loop_stood_still(tmp_path: Path) -> None:
    ours, cores = Ours(OurOptions(python=Path(sys.executable))), Cores.split()
    with Telegram.open(cores.telegram, seed=1) as telegram:
        near, far = Stage(ours, Place(telegram.url, tmp_path, cores), telegram, SCALE, helper_pid=None).load()
    assert near["stalls"] >= 0
    assert far["stalls"] >= 0
