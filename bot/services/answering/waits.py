"""How long something takes, with those counted in that still wait. Pure: numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

HALF, NINE_TENTHS = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Wait:
    """For `n` of whom some may still wait: after how many days half of them, and nine tenths, had what they waited
    for; None where so many do not have it yet."""

    n: int
    median: int | None
    ninety: int | None


def wait(done: Iterable[tuple[int, int]], going_on: Iterable[tuple[int, int]]) -> Wait:
    """Pairs of days and of how many waited so long: those who have it, and those who do not have it yet.

    The estimate of Kaplan and Meier: whoever still waits after three days counts as somebody who waits three days or
    longer, so that a backlog makes no number look better.
    """
    over, still = _added(done), _added(going_on)
    whole = left = over.total() + still.total()
    share, median, ninety = 1.0, None, None
    for day in sorted(over.keys() | still.keys()):
        if left and over[day]:
            share *= 1 - over[day] / left
        if median is None and over[day] and share <= 1 - HALF + _ROUNDING:
            median = day
        if ninety is None and over[day] and share <= 1 - NINE_TENTHS + _ROUNDING:
            ninety = day
        left -= over[day] + still[day]
    return Wait(whole, median, ninety)


_ROUNDING = 1e-9


def _added(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for days, count in pairs:
        found[max(0, days)] += count
    return found


def on_time(kept: int, due: int) -> float | None:
    """The share of promises that were kept, of all that are due: those that are overdue are among these."""
    return kept / due if due else None
