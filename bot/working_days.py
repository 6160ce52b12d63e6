"""Working days of a body: when a target that is counted in them is reached."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Works(Protocol):
    """What is to be known of a body's working days."""

    zone: str
    working_week: list[int]
    closed_days: list[str]


def after(moment: datetime, days: int, body: Works) -> datetime:
    """The end of the working day that is so many working days after this moment."""
    day = moment.astimezone(ZoneInfo(body.zone)).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() in body.working_week and day.isoformat() not in body.closed_days
    return datetime.combine(day, time(17), ZoneInfo(body.zone))
