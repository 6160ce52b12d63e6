"""How long something takes, with those counted in that still wait."""

from __future__ import annotations

import pytest

from bot.services.answering.waits import Wait, on_time, wait


@pytest.mark.parametrize(
    ("done", "going_on", "found"),
    [
        ([], [], Wait(0, None, None)),
        ([(1, 1), (2, 1), (3, 1), (4, 1)], [], Wait(4, 2, 4)),
        ([(0, 9), (7, 1)], [], Wait(10, 0, 0)),
        ([(0, 8), (7, 2)], [], Wait(10, 0, 7)),
        # closed ones alone took two days; the nine that wait say more
        ([(2, 1)], [(30, 9)], Wait(10, None, None)),
        # survival after day 1: 3/4; after day 3 of two at risk: 3/8
        ([(1, 1), (3, 1)], [(2, 1), (9, 1)], Wait(4, 3, None)),
        ([(5, 1)], [(5, 1)], Wait(2, 5, None)),
        # after the second day only one is left to be seen
        ([(1, 1), (3, 1)], [(2, 2)], Wait(4, 3, 3)),
    ],
)
def test_waits(done: list[tuple[int, int]], going_on: list[tuple[int, int]], found: Wait) -> None:
    assert wait(done, going_on) == found


@pytest.mark.parametrize(("kept", "due", "share"), [(8, 10, 0.8), (8, 20, 0.4), (0, 3, 0.0), (0, 0, None)])
def test_what_is_overdue_is_among_what_is_due(kept: int, due: int, share: float | None) -> None:
    assert on_time(kept, due) == share
