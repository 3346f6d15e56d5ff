"""What Prometheus reads: what the web processes count, and what the worker measured last.

Only a web process that was asked for figures loads this module, and only after `metrics_server.share_counts`, for its
library decides while it is imported whether processes count together. No label names a shop, a person or a path: all
of them come from short lists of ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from stampwell.clock import now
from stampwell.mail.queue import QueueLength
from stampwell.release import our_version
from stampwell.watch.figures import Figures, Seen, read_figures
from stampwell.watch.patience import NoAnswer, Patient

# Seconds. A redemption takes a millisecond, and nothing may take longer than fifteen.
STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PATIENCE = 3.0  # seconds; Prometheus waits for ten
CLASSES = (2, 3, 4, 5)
VERSION = our_version() or "unknown"


class Counts:
    """What this process counts. A place that was counted at once is found by one look into a table."""

    def __init__(self, surfaces: Iterable[str]) -> None:
        registry = CollectorRegistry()
        answers = Counter("stampwell_requests", "Requests answered.", ["surface", "status"], registry=registry)
        times = Histogram(
            "stampwell_request_seconds",
            "Time from the last byte of a request to its answer.",
            ["surface"],
            buckets=STEPS,
            registry=registry,
        )
        self._refusals = Counter("stampwell_refusals", "Refusals, by their code.", ["code"], registry=registry)
        self._counted = {
            (surface, status): answers.labels(surface, f"{status}xx") for surface in surfaces for status in CLASSES
        }
        self._timed = {surface: times.labels(surface) for surface in surfaces}
        self._refused: dict[str, Counter] = {}

    def note_answer(self, surface: str, status: int, seconds: float | None) -> None:
        self._counted[surface, status // 100].inc()
        if seconds is not None:
            self._timed[surface].observe(seconds)

    def note_refusal(self, code: str) -> None:
        counter = self._refused.get(code)
        if counter is None:
            counter = self._refused[code] = self._refusals.labels(code)
        counter.inc()


def write_page() -> bytes:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Measured())
    return generate_latest(registry)


_read_figures = Patient(read_figures, seconds=PATIENCE)


class _Measured(Collector):
    def collect(self) -> Iterator[Metric]:
        yield _gauges("stampwell_build_info", "Which version this is.", "version", {VERSION: 1.0})
        try:
            seen = _read_figures()
        except NoAnswer:
            seen = None
        yield _gauge("stampwell_database_up", "Whether the database answered this page.", float(seen is not None))
        if seen is not None:
            yield from _of_worker(seen)
            if seen.figures is not None:
                yield from _describe(seen.figures)


def _of_worker(seen: Seen) -> Iterator[Metric]:
    if seen.worker_silence is not None:
        yield _gauge("stampwell_worker_silence_seconds", "Since the worker's last sign of life.", seen.worker_silence)
    if seen.figures is not None:
        age = _since(seen.figures.taken)
        yield _gauge("stampwell_figures_age_seconds", "Since the worker measured what stands below.", age)


def _describe(figures: Figures) -> Iterator[Metric]:
    if events := figures.events:
        yield _gauge("stampwell_events_waiting", "Events that have no number yet.", events.waiting)
        yield _gauge("stampwell_oldest_event_seconds", "How long the oldest of them waits.", events.oldest_seconds)
    yield _gauges("stampwell_follower_behind", "Events that it has not read.", "follower", figures.followers)
    yield _gauges("stampwell_passes_waiting", "Cards whose wallet is not told yet.", "wallet", figures.passes)
    yield _gauges("stampwell_passes_refused", "Cards that a wallet forbids us to change.", "wallet", figures.refused)
    yield _gauges("stampwell_jobs", "Jobs that are kept, by their state.", "state", figures.jobs)
    if mail := figures.mail:
        yield _gauges("stampwell_mail", "Mail that was not sent yet.", "state", _by_state(mail))
        yield _gauge("stampwell_oldest_mail_seconds", "How long the oldest that waits was kept.", mail.oldest_seconds)
    yield _gauges("stampwell_database_connections", "By what they do.", "state", figures.connections)
    if figures.connections_limit is not None:
        limit = figures.connections_limit
        yield _gauge("stampwell_database_connections_limit", "How many the database takes.", limit)
    if figures.database_bytes is not None:
        yield _gauge("stampwell_database_bytes", "The size of the database.", figures.database_bytes)
    if figures.kept_answers is not None:
        yield _gauge("stampwell_kept_answers", "Answers kept for repeated requests, estimated.", figures.kept_answers)
    if figures.backup is not None:
        yield _gauge("stampwell_backup_age_seconds", "Since the last backup that went well.", _since(figures.backup))
    if figures.replica is not None:
        is_read = not figures.replica.trouble
        yield _gauge("stampwell_replica_up", "Whether the replica is near enough to be read.", float(is_read))
        if figures.replica.behind is not None:
            yield _gauge("stampwell_replica_behind_bytes", "What it lacks of the log.", figures.replica.behind)
    left = {name: -_since(ends) for name, ends in figures.certificates.items()}
    yield _gauges("stampwell_certificate_seconds", "Until it ends.", "certificate", left)
    free = {name: space.free for name, space in figures.disks.items()}
    yield _gauges("stampwell_disk_free_bytes", "Free space where the data and the database lie.", "place", free)
    total = {name: space.total for name, space in figures.disks.items()}
    yield _gauges("stampwell_disk_bytes", "All space there.", "place", total)


def _by_state(mail: QueueLength) -> dict[str, float]:
    return {"waiting": mail.waiting, "failed": mail.failed}


def _since(moment: datetime) -> float:
    return (now() - moment).total_seconds()


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _gauges(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(name, says, labels=[label])
    for of, value in values.items():
        gauge.add_metric([of], value)
    return gauge
