"""What is counted, as Prometheus reads it."""

from typing import get_args

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.pipeline.metrics import EvidenceOutcome, Metrics, Standing, UpdateOutcome
from storage.figures import Figures
from storage.outgoing import Outcome, Priority

FIGURES = Figures(
    inbox_batches=2,
    oldest_batch_seconds=1.5,
    deferred_updates=3,
    dead_letters=1,
    oldest_deferred_seconds=12.5,
    messages={
        Priority.PEOPLE: 7,
        Priority.COORDINATORS: 0,
        Priority.NOTICES: 2,
        Priority.BROADCASTS: 4,
    },
    oldest_message_seconds=0.25,
    reports=40,
    urgent_reports=5,
    claimed_reports=2,
    oldest_report_seconds=3600.0,
    evidence=3,
    oldest_evidence_seconds=40.5,
    interviews=11,
)
GAUGES = {
    "detention_bot_inbox_batches": 2,
    "detention_bot_oldest_inbox_batch_seconds": 1.5,
    "detention_bot_deferred_updates": 3,
    "detention_bot_dead_letters": 1,
    "detention_bot_oldest_deferred_update_seconds": 12.5,
    'detention_bot_outbox_messages{priority="people"}': 7,
    'detention_bot_outbox_messages{priority="coordinators"}': 0,
    'detention_bot_outbox_messages{priority="notices"}': 2,
    'detention_bot_outbox_messages{priority="broadcasts"}': 4,
    "detention_bot_oldest_outbox_message_seconds": 0.25,
    "detention_bot_waiting_reports": 40,
    "detention_bot_waiting_urgent_reports": 5,
    "detention_bot_claimed_reports": 2,
    "detention_bot_oldest_waiting_report_seconds": 3600,
    "detention_bot_waiting_evidence": 3,
    "detention_bot_oldest_waiting_evidence_seconds": 40.5,
    "detention_bot_interviews_in_progress": 11,
}
KNOWN_LABELS = {
    "outcome": {
        *get_args(UpdateOutcome),
        *(str(each) for each in Outcome),
        "postponed",
        "acknowledged",
        "failed",
        "kept",
    },
    "priority": {each.name.lower() for each in Priority},
}


def read(metrics: Metrics, figures: Figures | None = None, *, is_poller: bool = False) -> dict[str, float]:
    """Return every sample by its name and labels, written as Prometheus writes them."""
    text = generate_latest(Standing(metrics, figures, is_poller=is_poller)).decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_a_batch_is_counted_with_its_updates_and_its_time(metrics: Metrics) -> None:
    metrics.batch_handled(3, 0.02)
    metrics.batch_handled(100, 0.5)
    found = read(metrics)
    assert found["detention_bot_batch_updates_count"] == 2
    assert found["detention_bot_batch_updates_sum"] == 103
    assert found['detention_bot_batch_updates_bucket{le="5.0"}'] == 1
    assert found["detention_bot_batch_seconds_sum"] == pytest.approx(0.52)


@pytest.mark.parametrize("outcome", get_args(UpdateOutcome))
def test_an_update_is_counted_by_its_outcome(metrics: Metrics, outcome: UpdateOutcome) -> None:
    metrics.update(outcome)
    updates = {name: value for name, value in read(metrics).items() if name.startswith("detention_bot_updates_total")}
    assert updates.pop(f'detention_bot_updates_total{{outcome="{outcome}"}}') == 1
    assert set(updates.values()) == {0}


def test_a_message_is_counted_by_outcome_and_priority_and_with_the_time_telegram_took(metrics: Metrics) -> None:
    metrics.message(Outcome.SENT, Priority.PEOPLE, seconds=0.04)
    metrics.message(Outcome.SENT, Priority.PEOPLE, seconds=0.06)
    metrics.message("postponed", Priority.NOTICES, seconds=0.0)
    metrics.message(Outcome.GONE, Priority.BROADCASTS)
    found = read(metrics)
    assert found['detention_bot_messages_total{outcome="sent",priority="people"}'] == 2
    assert found['detention_bot_messages_total{outcome="postponed",priority="notices"}'] == 1
    assert found['detention_bot_messages_total{outcome="gone",priority="broadcasts"}'] == 1
    assert found["detention_bot_send_seconds_count"] == 3
    assert found["detention_bot_send_seconds_sum"] == pytest.approx(0.1)


def test_presses_ticks_and_lag_are_counted(metrics: Metrics) -> None:
    metrics.acknowledged()
    metrics.acknowledged(reached=False)
    metrics.tick(0.01)
    metrics.tick(0.02, failures=2)
    metrics.loop_lag(0.3)
    metrics.loop_lag(-0.0001)  # a timer may ring a moment early
    found = read(metrics)
    assert found['detention_bot_presses_total{outcome="acknowledged"}'] == 1
    assert found['detention_bot_presses_total{outcome="failed"}'] == 1
    assert found["detention_bot_tick_seconds_count"] == 2
    assert found["detention_bot_tick_failures_total"] == 2
    assert found["detention_bot_loop_lag_seconds_sum"] == pytest.approx(0.3)
    assert found['detention_bot_loop_lag_seconds_bucket{le="0.25"}'] == 1


def test_what_stands_in_the_database_is_a_gauge_each(metrics: Metrics) -> None:
    found = read(metrics, FIGURES, is_poller=True)
    assert {name: found[name] for name in GAUGES} == GAUGES
    assert found["detention_bot_database_up"] == 1
    assert found["detention_bot_is_poller"] == 1


def test_without_the_database_its_gauges_are_absent(metrics: Metrics) -> None:
    found = read(metrics)
    assert not GAUGES.keys() & found.keys()
    assert found["detention_bot_database_up"] == 0
    assert found["detention_bot_is_poller"] == 0
    assert found["detention_bot_tick_seconds_count"] == 0


def test_every_series_is_there_from_the_start_and_no_label_ever_brings_a_new_one(metrics: Metrics) -> None:
    before = read(metrics, FIGURES).keys()
    for update in get_args(UpdateOutcome):
        metrics.update(update)
    for priority in Priority:
        for outcome in Outcome:
            metrics.message(outcome, priority, seconds=1)
        metrics.message("postponed", priority)
    metrics.acknowledged()
    metrics.tick(1, failures=1)
    assert read(metrics, FIGURES).keys() == before


def test_labels_take_known_values_alone(metrics: Metrics) -> None:
    for family in Standing(metrics, FIGURES, is_poller=True).collect():
        for sample in family.samples:
            assert sample.name.startswith(("detention_bot_", "process_"))
            for label, value in sample.labels.items():
                assert label == "le" or value in KNOWN_LABELS[label]


def test_each_bot_counts_for_itself(metrics: Metrics) -> None:
    other = Metrics()
    metrics.update("handled")
    assert read(other)['detention_bot_updates_total{outcome="handled"}'] == 0


@pytest.mark.parametrize("outcome", get_args(EvidenceOutcome))
def test_a_file_is_counted_by_what_became_of_it(metrics: Metrics, outcome: EvidenceOutcome) -> None:
    before = read(metrics)
    metrics.evidence(outcome)
    name = f'detention_bot_evidence_total{{outcome="{outcome}"}}'
    assert (before[name], read(metrics)[name]) == (0, 1)
