"""How evenly people take part: formulas on a histogram, which maps a number of contributions to how many people made
that many. People who made none are in it, under 0. Pure."""

from __future__ import annotations

from collections.abc import Mapping

Histogram = Mapping[int, int]


def gini(people: Histogram) -> float | None:
    """0 when all contribute alike, near 1 when one contributes everything; None when nobody does.

    Σ(2i − n − 1)·x_i / (n·Σx), x rising. For m equal x in places a+1 … a+m the weights add up to m·(2a + m − n).
    """
    n, total = sum(people.values()), contributions(people)
    if not total:
        return None
    before = weighted = 0
    for x, m in sorted(people.items()):
        weighted += x * m * (2 * before + m - n)
        before += m
    return weighted / (n * total)


def effective_voices(people: Histogram) -> float | None:
    """How many people, all contributing alike, would be as varied: (Σx)² / Σx²; None when nobody contributes."""
    total = contributions(people)
    return total**2 / sum(x * x * m for x, m in people.items()) if total else None


def share_of_most_active(people: Histogram, most: int = 10) -> float | None:
    """What part of all contributions the most active people made; None when there are none."""
    total, left, theirs = contributions(people), most, 0
    for x, m in sorted(people.items(), reverse=True):
        theirs += x * min(m, left)
        left -= min(m, left)
    return theirs / total if total else None


def contributions(people: Histogram) -> int:
    """How many there are in all."""
    return sum(x * m for x, m in people.items())


def active(people: Histogram) -> int:
    """How many people contributed at all."""
    return sum(m for x, m in people.items() if x)
