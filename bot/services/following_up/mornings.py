"""When we may remind somebody unasked: those in charge in the morning of a working day, everyone else by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot import working_days
from bot.working_days import NeverWorks, Week

OPENS, ANSWERED = time(9), time(10)
"""Between these, as clocks show it at the body, its officers get their one list of the day."""

AWAKE, ASLEEP = time(8), time(20)
"""Between these, in their community's zone, residents are asked something of which they did not begin to speak."""


def of(day: date, zone: str) -> datetime:
    """When the morning of a day begins."""
    return datetime.combine(day, OPENS, ZoneInfo(zone)).astimezone(UTC)


def is_now(now: datetime, body: Week) -> bool:
    """Whether it is the morning of a working day there."""
    here = now.astimezone(ZoneInfo(body.zone))
    return OPENS <= here.time() < ANSWERED and working_days.is_working(here.date(), body)


def next_one(now: datetime, body: Week) -> datetime:
    """When the next morning of a working day begins."""
    here = now.astimezone(ZoneInfo(body.zone))
    if here.time() < OPENS and working_days.is_working(here.date(), body):
        return of(here.date(), body.zone)
    return of(_working_day(here.date(), 1, body), body.zone)


def is_morning(now: datetime, zone: str) -> bool:
    """Whether it is morning there, whatever day it is: for organisers, who have no working days."""
    return OPENS <= now.astimezone(ZoneInfo(zone)).time() < ANSWERED


def next_day(now: datetime, zone: str) -> datetime:
    """When the next morning of any day begins there."""
    here = now.astimezone(ZoneInfo(zone))
    return of(here.date() + timedelta(days=here.time() >= OPENS), zone)


def away(moment: datetime, days: int, body: Week) -> datetime:
    """The morning of the working day so many after the day in which `moment` lies, or before it for less than none."""
    return of(_working_day(moment.astimezone(ZoneInfo(body.zone)).date(), days, body), body.zone)


def _working_day(day: date, days: int, body: Week) -> date:
    try:
        for _ in range(days):
            day = working_days.next_working(day, body)
        for _ in range(-days):
            day = _working_before(day, body)
    except (
        NeverWorks
    ):  # nobody is let in with such a week; if one comes so far, its days are all working days
        day += timedelta(days=days)
    return day


def _working_before(day: date, body: Week) -> date:
    for back in range(1, working_days.PATIENCE):
        if working_days.is_working(day - timedelta(days=back), body):
            return day - timedelta(days=back)
    raise NeverWorks


def awake(now: datetime, zone: str) -> bool:
    """Whether it is day there."""
    return AWAKE <= now.astimezone(ZoneInfo(zone)).time() < ASLEEP


def wakes(now: datetime, zone: str) -> datetime:
    """When it is day there next; now, if it is."""
    if awake(now, zone):
        return now
    here = now.astimezone(ZoneInfo(zone))
    day = here.date() + timedelta(days=here.time() >= AWAKE)
    return datetime.combine(day, AWAKE, ZoneInfo(zone)).astimezone(UTC)
