"""Working days of a body: when a target ends, counted in its zone, its week, without its public holidays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

ENDS = time(17)
"""When a working day ends. No zone changes its clocks at that hour."""

PATIENCE = 370  # days without one working day after which there is none to come


class Week(Protocol):
    """What of a body says when it works; see `bot/models/bodies.py`."""

    zone: str
    calendar: str | None
    closed_days: list[str]
    working_week: list[int]


class NeverWorks(ValueError):
    """A body that has no working day: nothing could ever be promised."""


def after(moment: datetime, days: int, body: Week) -> datetime:
    """The end, in UTC, of the `days`-th working day after the one in which `moment` lies.

    0 is the end of that very day if it is one and is not over, else of the next one. Raises NeverWorks.
    """
    zone = ZoneInfo(body.zone)
    today = moment.astimezone(zone).date()
    if days <= 0 and is_working(today, body) and moment <= _end(today, zone):
        return _end(today, zone)
    ahead = _working_after(today, body)
    day = next(ahead)
    for _ in range(days - 1):
        day = next(ahead)
    return _end(day, zone)


def on_one(moment: datetime, body: Week) -> datetime:
    """The end of the working day in which `moment` lies, or of the next one; just then for a body that has none."""
    try:
        return after(moment, 0, body)
    except NeverWorks:
        return moment


def between(start: datetime, end: datetime, body: Week) -> int:
    """How many working days begin after `start` and not after `end`: `after(start, n)` is n of them away."""
    zone = ZoneInfo(body.zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return sum(is_working(first + timedelta(days=n), body) for n in range(1, (last - first).days + 1))


def is_working(day: date, body: Week) -> bool:
    """Whether the body works on this day."""
    return (
        day.weekday() in body.working_week
        and day.isoformat() not in body.closed_days
        and day not in holidays_of(body.calendar, day.year)
    )


def next_working(day: date, body: Week) -> date:
    """The first working day after this one. Raises NeverWorks."""
    return next(_working_after(day, body))


def check(body: Week, today: date) -> None:
    """Raises NeverWorks for a body that has no working day from now on."""
    next_working(today, body)


def _working_after(day: date, body: Week) -> Iterator[date]:
    rest = 0
    while rest < PATIENCE:
        day += timedelta(days=1)
        rest += 1
        if is_working(day, body):
            rest = 0
            yield day
    raise NeverWorks


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, ENDS, zone).astimezone(UTC)


def known(calendar: str) -> bool:
    """Whether there is a calendar of that name, such as `GB-ENG` or `PL`."""
    country, _, part = calendar.partition("-")
    supported = _supported().get(country)
    return supported is not None and (not part or part in supported)


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    import holidays

    return holidays.list_supported_countries()


@lru_cache(maxsize=512)
def holidays_of(calendar: str | None, year: int) -> frozenset[date]:
    """The public holidays of a year, with the days on which those are made up for that fall on a weekend."""
    if calendar is None:
        return frozenset()
    import holidays

    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def week(days: Sequence[int]) -> list[int]:
    """A working week as it is kept: each day once, in order."""
    return sorted(set(days))
