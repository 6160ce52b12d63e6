"""Targets in working days: weekends, holidays, closed days, nights in which clocks change, years ahead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import working_days


@dataclass
class Office:
    """A body as far as its working days go."""

    zone: str = "Europe/London"
    calendar: str | None = "GB-ENG"
    closed_days: list[str] = field(default_factory=list)
    working_week: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4])


OFFICES = st.builds(
    Office,
    zone=st.sampled_from(["Europe/London", "Europe/Warsaw", "Asia/Karachi", "America/St_Johns", "UTC"]),
    calendar=st.sampled_from(["GB-ENG", "GB-WLS", "PL", "IE", None]),
    closed_days=st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(date.isoformat), max_size=9),
    working_week=st.sets(st.integers(0, 6), min_size=1).map(sorted),
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=5 * 365)).map(lambda since: FIRST + since)


@settings(deadline=None)  # a calendar is read when it is first asked for
@given(OFFICES, MOMENTS, st.integers(0, 40))
def test_a_target_is_the_end_of_a_working_day_still_to_come(
    office: Office, moment: datetime, days: int
) -> None:
    target = working_days.after(moment, days, office)
    local = target.astimezone(ZoneInfo(office.zone))
    assert target >= moment
    assert local.time() == working_days.ENDS
    assert working_days.is_working(local.date(), office)
    if days:
        assert working_days.between(moment, target, office) == days


@settings(deadline=None)  # a calendar is read when it is first asked for
@given(OFFICES, MOMENTS, st.integers(0, 40), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_who_comes_later_or_is_given_longer_is_never_due_sooner(
    office: Office, moment: datetime, days: int, later: timedelta
) -> None:
    target = working_days.after(moment, days, office)
    assert working_days.after(moment + later, days, office) >= target
    assert working_days.after(moment, days + 1, office) >= target


@pytest.mark.parametrize(
    ("came", "days", "due"),
    [
        ("2026-11-23 10:00", 0, "2026-11-23 17:00"),  # a Monday morning
        ("2026-11-23 18:00", 0, "2026-11-24 17:00"),  # and after hours
        ("2026-11-23 18:00", 1, "2026-11-24 17:00"),
        ("2026-11-27 10:00", 1, "2026-11-30 17:00"),  # over a weekend
        ("2026-11-28 10:00", 0, "2026-11-30 17:00"),  # on a Saturday
        ("2026-12-24 10:00", 1, "2026-12-29 17:00"),  # Boxing Day is made up for on the 28th
        ("2026-03-28 23:00", 1, "2026-03-30 16:00"),  # clocks go forward in that night
        ("2026-10-24 23:00", 1, "2026-10-26 17:00"),  # and back in this one
        ("2026-06-30 23:30", 1, "2026-07-02 16:00"),  # past midnight there
    ],
)
def test_targets_in_london(came: str, days: int, due: str) -> None:
    moment = datetime.fromisoformat(f"{came}+00:00")
    assert working_days.after(moment, days, Office()) == datetime.fromisoformat(f"{due}+00:00")


def test_each_country_has_its_own_days_off() -> None:
    epiphany = date(2027, 1, 6)
    assert working_days.is_working(epiphany, Office())
    assert not working_days.is_working(epiphany, Office(calendar="PL"))
    assert not working_days.is_working(date(2031, 3, 17), Office(calendar="IE"))
    assert not working_days.is_working(date(2026, 12, 29), Office(closed_days=["2026-12-29"]))


@pytest.mark.parametrize(("name", "known"), [("GB-ENG", True), ("PL", True), ("GB-XX", False), ("ZZ", False)])
def test_calendars_are_known_by_their_names(name: str, known: bool) -> None:
    assert working_days.known(name) == known


def test_a_body_that_never_works_is_found_out() -> None:
    with pytest.raises(working_days.NeverWorks):
        working_days.check(Office(working_week=[]), date(2026, 11, 23))
