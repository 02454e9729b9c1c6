"""The monitor, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from bot.pipeline.metrics import Metrics
from bot.pipeline.monitor import HOST, Monitor, Pulse
from storage.figures import Figures
from storage.outgoing import Priority

FIGURES = Figures(
    inbox_batches=0,
    oldest_batch_seconds=0.0,
    deferred_updates=0,
    dead_letters=0,
    oldest_deferred_seconds=0.0,
    messages=dict.fromkeys(Priority, 0),
    oldest_message_seconds=0.0,
    reports=17,
    urgent_reports=0,
    claimed_reports=0,
    oldest_report_seconds=0.0,
    evidence=0,
    oldest_evidence_seconds=0.0,
    interviews=0,
)
OK = (HTTPStatus.OK, "ok\n")
UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE


class Monotonic:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Bot:
    """What the monitor asks: whether it is ready, and its figures. Either may fail or hang."""

    def __init__(self) -> None:
        self.missing: str | None = None
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = 0
        self.is_poller = False

    async def ready(self) -> str | None:
        await self._answer()
        return self.missing

    async def figures(self) -> Figures:
        await self._answer()
        return FIGURES

    async def _answer(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.error is not None:
            raise self.error


class Caller:
    """Asks the monitor."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._url = f"http://{HOST}:{port}"

    async def get(self, path: str) -> tuple[int, str]:
        status, text, _ = await self.ask(path)
        return status, text

    async def ask(self, path: str, method: str = "GET", **request: Any) -> tuple[int, str, str]:
        async with self._session.request(method, self._url + path, **request) as response:
            return response.status, await response.text(), response.headers["Content-Type"]

    async def samples(self) -> dict[str, float]:
        status, text = await self.get("/metrics")
        assert status == HTTPStatus.OK
        return {
            sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples
        }


@pytest.fixture
def clock() -> Monotonic:
    return Monotonic()


@pytest.fixture
def pulse(clock: Monotonic) -> Pulse:
    return Pulse({"receiver": 90, "sender": 30}, clock=clock)


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def caller(bot: Bot, pulse: Pulse, metrics: Metrics) -> AsyncIterator[Caller]:
    monitor = make(bot, pulse, metrics)
    async with monitor, aiohttp.ClientSession() as session:
        yield Caller(session, monitor.port)


def make(bot: Bot, pulse: Pulse, metrics: Metrics, *, port: int = 0) -> Monitor:
    return Monitor(
        port=port,
        metrics=metrics,
        pulse=pulse,
        ready=bot.ready,
        read_figures=bot.figures,
        is_poller=lambda: bot.is_poller,
        answer_seconds=0.05,
    )


async def test_it_is_well_while_every_loop_beats(caller: Caller, pulse: Pulse, clock: Monotonic) -> None:
    assert await caller.get("/healthz") == OK
    clock.seconds += 30
    assert await caller.get("/healthz") == OK
    pulse.beat("sender")
    clock.seconds += 30
    assert await caller.get("/healthz") == OK


async def test_the_loop_that_stopped_is_named_until_it_goes_on(caller: Caller, pulse: Pulse, clock: Monotonic) -> None:
    clock.seconds += 30.5
    assert await caller.get("/healthz") == (UNAVAILABLE, "stopped: sender\n")
    clock.seconds += 60
    assert await caller.get("/healthz") == (UNAVAILABLE, "stopped: receiver, sender\n")
    pulse.beat("receiver")
    pulse.beat("sender")
    assert await caller.get("/healthz") == OK


def test_a_loop_that_nobody_watches_has_no_pulse(pulse: Pulse) -> None:
    with pytest.raises(KeyError, match="sendr"):
        pulse.beat("sendr")


async def test_it_is_ready_when_the_bot_says_so(caller: Caller, bot: Bot) -> None:
    assert await caller.get("/readyz") == OK
    bot.missing = "Telegram was not reached yet"
    assert await caller.get("/readyz") == (UNAVAILABLE, "Telegram was not reached yet\n")


async def test_an_error_is_named_by_its_type_alone(caller: Caller, bot: Bot) -> None:
    bot.error = OSError("Unmistakable")
    with capture_logs() as logged:
        assert await caller.get("/readyz") == (UNAVAILABLE, "no answer: OSError\n")
        assert (await caller.samples())["detention_bot_database_up"] == 0
    assert [line["event"] for line in logged] == ["not_ready", "figures_unreadable"]
    assert "Unmistakable" not in str(logged)


async def test_nobody_waits_for_a_database_that_hangs_and_it_is_asked_only_once(
    caller: Caller, bot: Bot, metrics: Metrics
) -> None:
    bot.answers.clear()
    metrics.update("handled")
    assert await caller.get("/readyz") == (UNAVAILABLE, "no answer: TimeoutError\n")
    first, second = await asyncio.gather(caller.samples(), caller.samples())
    assert (first["detention_bot_database_up"], second["detention_bot_database_up"]) == (0, 0)
    assert first["detention_bot_batch_updates_count"] == 0
    assert "detention_bot_waiting_reports" not in first
    assert bot.asked == 2
    bot.answers.set()
    assert await caller.get("/readyz") == OK
    assert (await caller.samples())["detention_bot_database_up"] == 1


async def test_it_stops_while_the_database_hangs(bot: Bot, pulse: Pulse, metrics: Metrics) -> None:
    bot.answers.clear()
    monitor = make(bot, pulse, metrics)
    async with monitor, aiohttp.ClientSession() as session:
        assert (await Caller(session, monitor.port).get("/readyz"))[0] == UNAVAILABLE
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_error_that_comes_too_late_is_not_logged_with_its_words(
    caller: Caller, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answers.clear()
    assert (await caller.get("/readyz"))[0] == UNAVAILABLE
    bot.error = OSError("Unmistakable")
    bot.answers.set()
    while (await caller.get("/readyz"))[1] != "no answer: OSError\n":
        pass
    bot.error = None
    assert await caller.get("/readyz") == OK
    assert "Unmistakable" not in caplog.text


async def test_the_figures_are_told_with_what_was_counted(caller: Caller, bot: Bot, metrics: Metrics) -> None:
    metrics.tick(0.01)
    bot.is_poller = True
    found = await caller.samples()
    assert found["detention_bot_waiting_reports"] == 17
    assert found["detention_bot_tick_seconds_count"] == 1
    assert found["detention_bot_database_up"] == 1
    assert found["detention_bot_is_poller"] == 1


async def test_the_form_is_the_one_that_was_asked_for(caller: Caller) -> None:
    _, _, plain = await caller.ask("/metrics")
    assert plain == "text/plain; version=0.0.4; charset=utf-8"
    _, text, newer = await caller.ask("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert newer.startswith("application/openmetrics-text; version=1.0.0; charset=utf-8")
    assert "detention_bot_database_up" in {family.name for family in open_metrics(text)}  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("path", ["/", "/metrics/", "/metric", "/healthz/x", "/..%2fmetrics"])
async def test_there_is_nothing_else(caller: Caller, path: str) -> None:
    assert (await caller.get(path))[0] == HTTPStatus.NOT_FOUND


async def test_it_is_only_read(caller: Caller) -> None:
    assert (await caller.ask("/metrics", "POST", data=b"x"))[0] == HTTPStatus.METHOD_NOT_ALLOWED


async def test_it_listens_to_this_machine_alone(bot: Bot, pulse: Pulse, metrics: Metrics) -> None:
    async with make(bot, pulse, metrics) as monitor, aiohttp.ClientSession() as session:
        # All of 127.0.0.0/8 is this machine; whoever listens everywhere would answer here.
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://127.0.0.2:{monitor.port}/healthz")


async def test_a_port_that_is_taken_is_an_error(bot: Bot, pulse: Pulse, metrics: Metrics) -> None:
    async with make(bot, pulse, metrics) as monitor:
        with pytest.raises(OSError, match="address"):
            await make(bot, pulse, metrics, port=monitor.port).start()


async def test_what_is_asked_leaves_no_line_in_the_log(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        await caller.get("/healthz")
    assert caplog.records == []
