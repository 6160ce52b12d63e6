"""The time comes in by this door: aware, UTC, and settable by whoever builds the application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

Clock = Callable[[], datetime]
"""Answers with the present moment, aware and in UTC."""


def utc_now() -> datetime:
    """The present moment. Nothing else in the house asks the machine for the time of day."""
    return datetime.now(UTC)


@cache
def zones() -> frozenset[str]:
    """The names of all time zones; the system is asked once, as it opens hundreds of files to answer."""
    return frozenset(available_timezones())


class SetClock:
    """A clock that stands still until it is moved: for simulations and demonstrations."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let `span` go by."""
        self.now += span
