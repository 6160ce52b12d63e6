"""The life of a report as data: its states, who may bring it from one into another, and what that asks for.

The states are those of the update extension of Open311's GeoReport v2, by which bodies' own systems know them too.
Nothing here knows a database: `services/` asks this table, and so do tests, pages and guides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.errors import Refused
from bot.i18n import N_

Who = Literal["officer", "organiser", "resident", "clock"]
"""resident: whoever reported it; officer: of the team that has it; organiser: of its community."""


@dataclass(frozen=True, slots=True)
class Status:
    """One state. `open` is Open311's `status`, `external` its name in the update extension, `label` what is read."""

    open: bool
    external: str
    label: str


STATUSES: Mapping[str, Status] = {
    "received": Status(True, "OPEN", N_("Received")),
    "confirmed": Status(True, "OPEN", N_("Seen by those in charge")),
    "investigating": Status(True, "INVESTIGATING", N_("Being looked into")),
    "planned": Status(True, "PLANNED", N_("Planned")),
    "action_scheduled": Status(True, "ACTION_SCHEDULED", N_("A day is set for the work")),
    "fixed": Status(False, "FIXED", N_("Fixed")),
    "unable_to_fix": Status(False, "NO_FURTHER_ACTION", N_("Cannot be fixed")),
    "not_responsible": Status(False, "NOT_COUNCILS_RESPONSIBILITY", N_("Nobody here is in charge of it")),
    "duplicate": Status(False, "DUPLICATE", N_("Joined with another report")),
    "internal_referral": Status(False, "INTERNAL_REFERRAL", N_("Passed on inside the council")),
    "closed": Status(False, "CLOSED", N_("Closed")),
}

OPEN = tuple(code for code, status in STATUSES.items() if status.open)
ENDED = tuple(code for code, status in STATUSES.items() if not status.open)
FIRST = "received"
AGAIN = "confirmed"
"""The state in which a report goes on that was opened again."""

ASK_AFTER = timedelta(weeks=4)
"""So long after it is said to be fixed, or after the last news of it, those concerned are asked whether it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """A way from some states into one. `needs` is what has to be said with it: `day`, `reason`, `twin` (the report
    that it is joined with), or nothing."""

    before: tuple[str, ...]
    after: str
    who: frozenset[Who]
    needs: Literal["day", "reason", "twin"] | None = None


def _step(
    before: tuple[str, ...], after: str, who: str, needs: Literal["day", "reason", "twin"] | None = None
) -> Step:
    return Step(before, after, frozenset(who.split()), needs)  # type: ignore[arg-type]


STEPS: tuple[Step, ...] = (
    _step(("received",), "confirmed", "officer"),
    _step(("received", "confirmed", "planned", "action_scheduled"), "investigating", "officer"),
    _step(OPEN, "planned", "officer", "day"),
    _step(
        OPEN,
        "action_scheduled",
        "officer",
        "day",
    ),
    _step(OPEN, "fixed", "officer resident"),
    _step(OPEN, "unable_to_fix", "officer", "reason"),
    _step(OPEN, "not_responsible", "officer organiser", "reason"),
    _step(OPEN, "duplicate", "officer organiser", "twin"),
    _step(OPEN, "internal_referral", "officer", "reason"),
    _step(OPEN, "closed", "officer organiser resident", "reason"),
    _step(ENDED, AGAIN, "officer organiser resident"),
)


DATED = frozenset(one.after for one in STEPS if one.needs == "day")
"""The states with a day for the work."""


def step(before: str, after: str, who: Who) -> Step:
    """The way from one state into another; Refused where there is none for them."""
    for one in STEPS:
        if before in one.before and one.after == after and who in one.who:
            return one
    raise Refused(N_("That cannot be done with this report as it stands now."))


def ways(before: str, who: Who) -> tuple[str, ...]:
    """Into which states they may bring it."""
    return tuple(one.after for one in STEPS if before in one.before and who in one.who)
