"""Rate limits in memory: each visitor has a bucket of tokens that fills again at a steady pace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then `per_second` on and on."""

    burst: int
    per_second: float


class Buckets:
    """One bucket a name; full ones are forgotten, so memory stays small."""

    def __init__(self, pace: Pace, keep: int = 10_000) -> None:
        self._pace = pace
        self._keep = keep
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, name: str, now: float) -> float:
        """Take a token; 0 when there was one, else the seconds until there will be."""
        left, at = self._buckets.pop(name, (float(self._pace.burst), now))
        left = min(self._pace.burst, left + (now - at) * self._pace.per_second)
        short = max(0.0, 1 - left)
        self._buckets[name] = (left - 1 if not short else left, now)
        if len(self._buckets) > self._keep:
            self._forget(now)
        return short / self._pace.per_second

    def _forget(self, now: float) -> None:
        """Drop those that are full again; if that is not enough, those that have been quiet for longest."""
        full = self._pace.burst / self._pace.per_second
        self._buckets = {name: kept for name, kept in self._buckets.items() if now - kept[1] < full}
        for name in list(self._buckets)[: max(0, len(self._buckets) - self._keep)]:
            del self._buckets[name]
