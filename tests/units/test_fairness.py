"""Fairness: the formulas give what the literature's examples give, whatever the numbers."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.taking_part import fairness

LISTS = st.lists(st.integers(0, 40), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("contributions", "gini"),
    [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([1, 2, 3, 10], 0.4375), ([0, 0], None)],
)
def test_gini_of_examples(contributions: list[int], gini: float | None) -> None:
    assert fairness.gini(Counter(contributions)) == gini


def test_effective_voices_of_an_example() -> None:
    assert fairness.effective_voices(Counter([1, 2, 3, 10])) == pytest.approx(2.2456, abs=0.0001)
    assert fairness.effective_voices(Counter([3, 3, 3, 0])) == 3
    assert fairness.effective_voices(Counter([0])) is None


def test_the_share_of_the_most_active_of_examples() -> None:
    assert fairness.share_of_most_active(Counter([1, 2, 3, 10]), 1) == 0.625
    assert fairness.share_of_most_active(Counter([5] * 20), 10) == 0.5
    assert fairness.share_of_most_active(Counter([1, 0, 0]), 10) == 1
    assert fairness.share_of_most_active(Counter([0]), 10) is None


@given(LISTS)
def test_the_histogram_gives_what_the_formula_says_of_the_list(numbers: list[int]) -> None:
    x, n, total = sorted(numbers), len(numbers), sum(numbers)
    people = Counter(numbers)
    if not total:
        assert fairness.gini(people) is None
        return
    expected = sum((2 * i - n - 1) * value for i, value in enumerate(x, 1)) / (n * total)
    assert fairness.gini(people) == pytest.approx(expected)
    assert fairness.effective_voices(people) == pytest.approx(total**2 / sum(value**2 for value in x))
    assert fairness.share_of_most_active(people, 10) == pytest.approx(sum(x[-10:]) / total)
    assert fairness.active(people) == sum(1 for value in x if value)
