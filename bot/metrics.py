"""What is counted and timed while the service runs, for whoever watches it. No person is in any label.

The numbers are kept in any case, at about a microsecond each; they are shown only where METRICS_PORT is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.message import Incoming, Parcel, Receipt

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
CHORE = "chore"  # Prometheus itself calls "job" what it watches
LANES = ("reply", "personal", "bulk")


class Arrived(Protocol):
    """Something that holds what came in."""

    @property
    def incoming(self) -> Incoming:
        """What came in."""


class Metrics:
    """One process's numbers, in a registry of their own."""

    def __init__(self, role: str = "all") -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._role(role)
        self._turns = self._counter(
            "turns", "Turns, by what was done and what came of it", "channel", "kind", "outcome"
        )
        self._turn = self._seconds("turn", "From the arrival of a turn to its commit", "channel")
        self._batch = Histogram(
            "folkmoot_batch_turns", "Turns that shared a commit", buckets=SIZES, registry=self.registry
        )
        self._letters = self._counter(
            "letters", "Deliveries that ended, or are to be tried again", "channel", "lane", "fate"
        )
        self._answer = self._seconds(
            "answer", "From the arrival of a turn to its answer delivered", "channel"
        )
        self._pace = self._gauge("pace_allowed_per_second", "How fast a channel may be written to", "channel")
        self._told_to_wait = self._counter(
            "told_to_wait", "Times a channel said that we write too fast (429)", "channel"
        )
        self._late = self._gauge(
            "tick_late_seconds", "How much later than due the last tick of a job began", CHORE
        )
        self._failed = self._counter("ticks_failed", "Ticks of a job that failed", CHORE)
        self._ticked: dict[str, float] = {}
        self._known: dict[tuple[Any, ...], Any] = {}

    # --- said by those who work ----------------------------------------------------------------

    def answered(self, turns: Sequence[Arrived], receipts: Sequence[Receipt], now: datetime) -> None:
        """A batch of turns was committed."""
        for turn, receipt in zip(turns, receipts, strict=True):
            incoming = turn.incoming
            kind = type(incoming.what).__name__.lower()
            self._of(self._turns, incoming.channel, kind, receipt.outcome).inc()
            if incoming.at is not None:
                self._of(self._turn, incoming.channel).observe(_since(incoming.at, now))
        self._batch.observe(len(turns))

    def delivered(self, channel: str, parcel: Parcel, fate: str, reason: str | None, now: datetime) -> None:
        """A delivery came to an end, or to a try that has to be repeated. `fate` is the envelope's new state."""
        lane = "note" if parcel.action == "toast" else LANES[parcel.lane]
        self._of(self._letters, channel, lane, fate).inc()
        if fate == "sent" and parcel.lane == 0 and parcel.asked_at is not None:
            self._of(self._answer, channel).observe(_since(parcel.asked_at, now))
        if reason is not None and reason.startswith("429"):
            self._of(self._told_to_wait, channel).inc()

    def pace(self, channel: str, per_second: float) -> None:
        """How fast we may write to a channel."""
        self._of(self._pace, channel).set(per_second)

    def clock_begins(self) -> None:
        """The clock begins to tick in this process; what another one did before is not ours to be late with."""
        self._ticked.clear()

    def ticked(self, job: str, every: float, now: float) -> None:
        """A job begins, or should have begun earlier; `now` is in seconds of a monotonic clock."""
        before = self._ticked.get(job)
        self._ticked[job] = now
        self._of(self._late, job).set(0.0 if before is None else max(0.0, now - before - every))

    def tick_failed(self, job: str) -> None:
        """A job failed; it will be tried again at the next tick."""
        self._of(self._failed, job).inc()

    # --- the numbers themselves ----------------------------------------------------------------

    def _of(self, metric: Any, *labels: str) -> Any:
        """A metric's child, looked up once."""
        key = (metric, *labels)
        child = self._known.get(key)
        if child is None:
            child = self._known[key] = metric.labels(*labels)
        return child

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"folkmoot_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"folkmoot_{name}", about, labels, registry=self.registry)

    def _seconds(self, name: str, about: str, *labels: str) -> Histogram:
        return Histogram(f"folkmoot_{name}_seconds", about, labels, buckets=SECONDS, registry=self.registry)

    def _role(self, role: str) -> None:
        self._gauge("role", "What this process does of the whole", "role").labels(role).set(1)


def _since(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
