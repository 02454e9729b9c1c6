"""What is counted while the bot runs, in Prometheus' terms.

Names begin with `detention_bot_`, seconds are seconds. A label's values are known beforehand and few: nothing that a
person wrote, and no id, can ever become one.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from storage.figures import Figures
from storage.outgoing import Outcome, Priority

UpdateOutcome = Literal["handled", "seen_before", "deferred", "given_up"]
"""What became of an update. A deferred one is counted again for every try."""
MessageOutcome = Outcome | Literal["postponed"]
"""What became of a message at one try to send it."""

EvidenceOutcome = Literal["kept", "refused", "postponed"]
"""What became of a file at one try to fetch it."""

_PREFIX = "detention_bot_"
_BATCH_SIZES = (1, 2, 5, 10, 20, 50, 100)
_BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SEND_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Metrics(Collector):
    """The counters and histograms of one running bot, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        # The standard process_... figures: processor time, memory, open files.
        ProcessCollector(registry=registry)
        self._batch_updates = _histogram("batch_updates", "Updates in one batch.", _BATCH_SIZES, registry)
        self._batch_seconds = _histogram(
            "batch_seconds", "Time to handle and commit one batch.", _BATCH_SECONDS, registry
        )
        self._updates = Counter(f"{_PREFIX}updates", "Updates by what became of them.", ["outcome"], registry=registry)
        self._messages = Counter(
            f"{_PREFIX}messages",
            "Tries to send a message, by outcome and priority.",
            ["outcome", "priority"],
            registry=registry,
        )
        self._messages_by: dict[tuple[str, Priority], Counter] = {}
        """Each series of these: finding one by its labels takes longer than counting in it."""
        self._send_seconds = _histogram("send_seconds", "Time Telegram took for one message.", _SEND_SECONDS, registry)
        self._presses = Counter(
            f"{_PREFIX}presses", "Button presses acknowledged, or not.", ["outcome"], registry=registry
        )
        self._evidence = Counter(
            f"{_PREFIX}evidence", "Tries to fetch a file, by outcome.", ["outcome"], registry=registry
        )
        self._tick_seconds = _histogram("tick_seconds", "Time of one tick.", _BATCH_SECONDS, registry)
        self._tick_failures = Counter(f"{_PREFIX}tick_failures", "Steps of a tick that failed.", registry=registry)
        self._loop_lag = _histogram(
            "loop_lag_seconds", "How much later than asked for the event loop went on.", _LAG_SECONDS, registry
        )
        self._begin_at_zero()

    def batch_handled(self, updates: int, seconds: float) -> None:
        """Count a committed batch: its updates, and how long it took, waiting for the database included."""
        self._batch_updates.observe(updates)
        self._batch_seconds.observe(seconds)

    def update(self, outcome: UpdateOutcome, *, times: int = 1) -> None:
        """Count an update, or several, once what became of them is committed."""
        self._updates.labels(outcome).inc(times)

    def message(self, outcome: MessageOutcome, priority: Priority, *, seconds: float | None = None) -> None:
        """Count a try to send a message; `seconds` is how long Telegram took, where it was asked at all."""
        self._messages_by[outcome, priority].inc()
        if seconds is not None:
            self._send_seconds.observe(seconds)

    def acknowledged(self, *, reached: bool = True) -> None:
        """Count a button press that was acknowledged; `reached` is False where Telegram did not take it."""
        self._presses.labels("acknowledged" if reached else "failed").inc()

    def evidence(self, outcome: EvidenceOutcome) -> None:
        """Count a try to fetch a file that was sent as evidence."""
        self._evidence.labels(outcome).inc()

    def tick(self, seconds: float, *, failures: int = 0) -> None:
        """Count a tick: how long it took, and how many of its steps failed."""
        self._tick_seconds.observe(seconds)
        self._tick_failures.inc(failures)

    def loop_lag(self, seconds: float) -> None:
        """Note how much later than asked for the event loop went on; see `bot.pipeline.lag`."""
        self._loop_lag.observe(max(0.0, seconds))

    def collect(self) -> Iterable[Metric]:
        """Return all that was counted."""
        return self._registry.collect()

    def _begin_at_zero(self) -> None:
        """Show every series from the start: a rate over one that appears at 1 would miss the first."""
        for outcome in get_args(UpdateOutcome):
            self._updates.labels(outcome)
        for priority in Priority:
            for result in (*Outcome, "postponed"):
                self._messages_by[result, priority] = self._messages.labels(str(result), _label(priority))
        for end in ("acknowledged", "failed"):
            self._presses.labels(end)
        for fetched in get_args(EvidenceOutcome):
            self._evidence.labels(fetched)


class Standing(Collector):
    """All figures at one moment: what was counted, and what stands in the database where it answers."""

    def __init__(self, metrics: Metrics, figures: Figures | None, *, is_poller: bool) -> None:
        self._metrics = metrics
        self._figures = figures
        self._is_poller = is_poller

    def collect(self) -> Iterator[Metric]:
        """Return counters and gauges. Without the database its gauges are absent, not old and not 0."""
        yield from self._metrics.collect()
        yield _gauge(
            "is_poller", "Whether this process asks Telegram for updates (1) or another may (0).", self._is_poller
        )
        yield _gauge("database_up", "Whether the database answered in time.", self._figures is not None)
        if self._figures is not None:
            yield from _of_database(self._figures)


def _of_database(figures: Figures) -> Iterator[Metric]:
    yield _gauge("inbox_batches", "Batches of updates kept as they came, to be handled.", figures.inbox_batches)
    yield _gauge("oldest_inbox_batch_seconds", "Age of the oldest of them.", figures.oldest_batch_seconds)
    yield _gauge("deferred_updates", "Updates set aside, to be tried again.", figures.deferred_updates)
    yield _gauge("dead_letters", "Updates given up.", figures.dead_letters)
    yield _gauge("oldest_deferred_update_seconds", "Age of the oldest of them.", figures.oldest_deferred_seconds)
    waiting = GaugeMetricFamily(f"{_PREFIX}outbox_messages", "Messages that wait to be sent.", labels=["priority"])
    for priority, messages in figures.messages.items():
        waiting.add_metric([_label(priority)], messages)
    yield waiting
    yield _gauge("oldest_outbox_message_seconds", "Age of the oldest of them.", figures.oldest_message_seconds)
    yield _gauge("waiting_reports", "Reports that wait for a decision.", figures.reports)
    yield _gauge("waiting_urgent_reports", "The urgent ones among them.", figures.urgent_reports)
    yield _gauge("claimed_reports", "Those among them in a coordinator's hands.", figures.claimed_reports)
    yield _gauge("oldest_waiting_report_seconds", "Age of the oldest of them.", figures.oldest_report_seconds)
    yield _gauge("waiting_evidence", "Files that wait to be fetched from Telegram.", figures.evidence)
    yield _gauge("oldest_waiting_evidence_seconds", "Age of the oldest of them.", figures.oldest_evidence_seconds)
    yield _gauge("interviews_in_progress", "People in the middle of an interview.", figures.interviews)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}{name}", words, value=float(value))


def _histogram(name: str, words: str, buckets: tuple[float, ...], registry: CollectorRegistry) -> Histogram:
    return Histogram(f"{_PREFIX}{name}", words, buckets=buckets, registry=registry)


def _label(priority: Priority) -> str:
    return priority.name.lower()
