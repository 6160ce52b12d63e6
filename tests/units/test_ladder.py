"""The ladder as pure functions: each rung once, in order, in the morning of a working day, and always one to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import working_days
from bot.models import Body
from bot.services.following_up import ladder, mornings

BODY = Body(zone="Europe/London", calendar="GB-ENG", closed_days=["2027-01-04"], working_week=[0, 1, 2, 3, 4])
FAR = Body(zone="Pacific/Auckland", calendar=None, closed_days=[], working_week=[6, 0, 1])
MONDAY = datetime(2026, 12, 7, 10, tzinfo=UTC)

moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
bodies = st.sampled_from((BODY, FAR))
clocks = st.sampled_from(tuple(ladder.LADDERS))


@settings(deadline=None)
@given(moments, bodies, st.integers(-5, 30))
def test_a_rung_is_in_the_morning_of_a_working_day(moment: datetime, body: Body, days: int) -> None:
    at = mornings.away(moment, days, body).astimezone(ZoneInfo(body.zone))
    assert at.time() == mornings.OPENS
    assert days == 0 or working_days.is_working(at.date(), body)


@settings(deadline=None)
@given(moments, bodies)
def test_the_next_morning_is_one_and_lies_ahead(now: datetime, body: Body) -> None:
    at = mornings.next_one(now, body)
    assert at > now
    assert mornings.is_now(at, body)


@settings(deadline=None)
@given(moments, clocks, bodies, st.lists(st.integers(1, 40), max_size=20))
def test_whenever_somebody_looks_each_rung_comes_once_and_in_order(
    target: datetime, clock: str, body: Body, waits: list[int]
) -> None:
    now, climbed, told = target - timedelta(days=10), set[int](), list[int]()
    for days in waits:
        now += timedelta(days=days)
        climb, following = ladder.due(
            clock, target, body, climbed, since=target - timedelta(days=30), now=now
        )
        if climb:
            told.append(climb.rung.step)
            assert not climbed & set(climb.passed)
            assert climb.rung.step == max(climb.passed)
            climbed |= set(climb.passed)
        assert following is None or following > now
        assert following is not None or clock != "resolve", "what is to be solved has always one more rung"
    assert told == sorted(set(told))


def test_after_weeks_only_the_highest_rung_is_due() -> None:
    climb, _ = ladder.due(
        "answer", MONDAY, BODY, (), since=MONDAY - timedelta(days=7), now=MONDAY + timedelta(days=60)
    )
    assert climb is not None
    assert (climb.rung.whom, climb.passed) == ("above", (0, 1, 2, 3))


def test_nobody_is_reminded_before_a_report_came() -> None:
    now = mornings.away(MONDAY, 0, BODY)
    climb, _ = ladder.due("answer", MONDAY, BODY, (), since=now, now=now)
    assert climb is None


@pytest.mark.parametrize("day", range(120))
def test_what_is_nobodys_has_always_a_next_day(day: int) -> None:
    steps, following = ladder.nobodys(MONDAY, "Europe/London", (), now=MONDAY + timedelta(days=day))
    assert following > MONDAY + timedelta(days=day)
    assert len(steps) == sum(
        day >= after for after in (1, 3, 7, *range(7 + ladder.NOBODYS_EVERY, 200, ladder.NOBODYS_EVERY))
    )


@settings(deadline=None)
@given(moments, st.sampled_from(("Europe/London", "Asia/Karachi", "America/St_Johns")))
def test_residents_are_asked_by_day(now: datetime, zone: str) -> None:
    at = mornings.wakes(now, zone)
    assert at >= now
    assert mornings.awake(at, zone)
    assert at - now < timedelta(days=1)
