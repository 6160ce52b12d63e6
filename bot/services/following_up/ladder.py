"""The ladder: who is reminded of a promise that was made with a report, and when, as data and pure functions.

Three clocks run for each report: until somebody has seen it, answered, resolved it. Each has a target that the
resident was told, and a ladder of working days before and after it. Late policy: where several rungs are due at once,
because we were down, only the highest is climbed, and the lower ones count as passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.lifecycle import DATED
from bot.models import Body, ServiceRequest
from bot.services.following_up import mornings

Whom = Literal["owner", "lead", "above", "organisers"]
"""owner: whoever has taken it, else all of its team; lead: of the team; above: the body's directors and councillors;
organisers: of the community. Where nobody fills a post, the next in this order gets it."""

ORDER: tuple[Whom, ...] = ("owner", "lead", "above", "organisers")


@dataclass(frozen=True, slots=True)
class Rung:
    """So many working days after the day of the target (less than none: before it) these are told. All rungs but the
    owner's are public: asked again."""

    step: int
    days: int
    whom: Whom

    @property
    def public(self) -> bool:
        """Whether everyone concerned hears of it."""
        return self.whom != "owner"


LADDERS: Mapping[str, tuple[Rung, ...]] = {
    "acknowledge": (Rung(1, 1, "owner"), Rung(2, 3, "lead")),
    "answer": (Rung(0, -1, "owner"), Rung(1, 1, "owner"), Rung(2, 3, "lead"), Rung(3, 7, "above")),
    "resolve": (Rung(0, -1, "owner"), Rung(1, 1, "owner"), Rung(2, 3, "lead"), Rung(3, 7, "above")),
    "day": (Rung(1, 1, "owner"),),
}
"""By clock; `day` is the one that was set for the work."""

EVERY = 20
"""So many working days after the last rung of `resolve` it is climbed again, and again, for as long as it lasts."""

MOST_TIMES = 2**15 - 1  # as much as a column of `nudges` holds

NOBODYS = (1, 3, 7)
"""So many days after a report came of which nobody is in charge its organisers are reminded, and then:"""
NOBODYS_EVERY = 28

REPLY_AFTER, GOES_ON_AFTER = timedelta(days=7), timedelta(days=14)
"""So long after the reporter was asked something they are reminded once; so long after it the clocks go on."""


def targets(made: ServiceRequest, body: Body) -> dict[str, datetime]:
    """The clocks that run, and until when. A day that is set for the work, and later than what was promised, is what
    counts for those who remind; on time it is not."""
    found: dict[str, datetime] = {}
    if made.acknowledge_by is not None and made.acknowledged_at is None:
        found["acknowledge"] = made.acknowledge_by
    if made.answer_by is not None and made.answered_at is None:
        found["answer"] = made.answer_by
    if made.expected_datetime is not None:
        found["resolve"] = made.expected_datetime
        if (planned := day_of_work(made, body.zone)) is not None:
            found["resolve"] = max(planned, made.expected_datetime)
            found["day"] = planned
    return found


def day_of_work(made: ServiceRequest, zone: str) -> datetime | None:
    """The end of the day that is set for the work, if one is."""
    if made.planned_for is None or made.status not in DATED:
        return None
    return datetime.combine(made.planned_for, time(17), ZoneInfo(zone)).astimezone(UTC)


def times(made: ServiceRequest, clock: str) -> int:
    """Tells a target of a clock from those that it had before: each day that is set for the work is one."""
    if clock != "day" or made.planned_for is None:
        return made.reopened
    return min((made.planned_for - made.requested_datetime.date()).days, MOST_TIMES)


@dataclass(frozen=True, slots=True)
class Climb:
    """What is due of one clock: the rung, and all steps that are passed with it."""

    clock: str
    target: datetime
    rung: Rung
    passed: tuple[int, ...]


def due(
    clock: str, target: datetime, body: Body, climbed: Collection[int], *, since: datetime, now: datetime
) -> tuple[Climb | None, datetime | None]:
    """What is due of a clock, and when the next rung is. `climbed` are steps already taken; what came before `since`,
    when the report came, is not reminded of."""
    passed: list[int] = []
    highest: Rung | None = None
    for rung in _rungs(clock):
        at = mornings.away(target, rung.days, body)
        if at > now:
            return _climb(clock, target, highest, passed), at
        if rung.step not in climbed and (rung.days > 0 or at > since):
            highest = rung
            passed.append(rung.step)
    return _climb(clock, target, highest, passed), None


def _climb(clock: str, target: datetime, rung: Rung | None, passed: list[int]) -> Climb | None:
    return None if rung is None else Climb(clock, target, rung, tuple(passed))


def _rungs(clock: str) -> Iterator[Rung]:
    yield from LADDERS[clock]
    if clock == "resolve":
        last = LADDERS[clock][-1]
        for more in range(1, 1000):
            yield Rung(last.step + more, last.days + more * EVERY, last.whom)


def nobodys(
    came: datetime, zone: str, climbed: Collection[int], *, now: datetime
) -> tuple[tuple[int, ...], datetime]:
    """The steps that are due of a report of which nobody is in charge, and when the next one is."""
    day, passed = came.astimezone(ZoneInfo(zone)).date(), list[int]()
    step = 0
    while True:
        days = (
            NOBODYS[step] if step < len(NOBODYS) else NOBODYS[-1] + NOBODYS_EVERY * (step - len(NOBODYS) + 1)
        )
        at = mornings.of(day + timedelta(days=days), zone)
        if at > now:
            return tuple(passed), at
        if step not in climbed:
            passed.append(step)
        step += 1
