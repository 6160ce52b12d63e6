"""What will happen in the year, drawn beforehand from a seed: who reports what, and what officers and residents do.

A plan knows no database: it names reports by their number in it, people by their names, and each deed by its place in
the list. Whether a deed can be done when its time comes shows then; one that is refused is part of the year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
FIRST_DAY = date(2027, 1, 4)
DAYS = 365
REPORTED_IN = 300  # days; after that the rest of the year runs out
SLOTS = (time(9), time(13), time(17))
"""When something can happen: a day has these moments and no others."""

BODIES, RESIDENTS, TEAMS = 10, 120, 2
MANNERS = ("prompt", "prompt", "late", "prompt", "wrong", "late", "never", "prompt", "leaves", "nobody")
"""How the officers of each body work; where there is nobody, nobody does."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody does to report number `report` in the moment `at`. `by` is a resident's name, or None
    for whoever works in the team that has it."""

    at: datetime
    what: str
    report: int
    by: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The deeds of a year, in their order; each is known by its index."""

    seed: int
    reports: int
    deeds: tuple[Deed, ...]


def moment(day: int, slot: int) -> datetime:
    """That slot of that day of the year."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), SLOTS[slot], ZONE).astimezone(UTC)


def next_slot(after: datetime) -> datetime:
    """The first moment at or after this one in which something can happen."""
    here = after.astimezone(ZONE)
    for days in (0, 1):
        for slot in SLOTS:
            at = datetime.combine(here.date() + timedelta(days=days), slot, ZONE).astimezone(UTC)
            if at >= after:
                return at
    raise AssertionError("a day has slots")


END = moment(DAYS, 0)


class Drawing:
    """Draws the deeds."""

    def __init__(self, seed: int, reports: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - to be repeatable
        self.reports = reports
        self.deeds: list[Deed] = []
        self.bodies: list[int] = []

    def at(self, day: float, least: int = 0, most: int = 0) -> datetime:
        """Some slot of a working hour, so many days later."""
        return moment(int(day) + self.chance.randint(least, most), self.chance.randrange(len(SLOTS)))

    def add(self, at: datetime, what: str, report: int, by: str | None = None, **more: Any) -> None:
        if at < END:
            self.deeds.append(Deed(at, what, report, by, more))

    def draw(self) -> Plan:
        """All of it."""
        for number in range(self.reports):
            self._report(number, REPORTED_IN * number / self.reports)
        self.add(moment(120, 1), "leave", 0, "B8T0O0")
        self.add(moment(160, 1), "leave", 0, "B8T1O0")
        for number in range(4):
            self.add(moment(90 + 20 * number, 2), "block", 0, f"R{number}")
        ordered = sorted(enumerate(self.deeds), key=lambda pair: (pair[1].at, pair[0]))
        return Plan(0, self.reports, tuple(deed for _, deed in ordered))

    def _report(self, number: int, day: float) -> None:
        chance = self.chance
        is_twin = bool(self.bodies) and chance.random() < 0.1
        if is_twin:  # somebody reports once more what was reported last
            body, day = self.bodies[-1], day - REPORTED_IN / self.reports + 1
        else:
            body = chance.randrange(BODIES)
        self.bodies.append(body)
        who = f"R{chance.randrange(RESIDENTS)}"
        service = None if chance.random() < 0.03 else f"s{body}"
        self.add(self.at(day), "report", number, who, service=service)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
            other = f"R{chance.randrange(RESIDENTS)}"
            self.add(self.at(day, 1, 12), "same", number, other)
            if chance.random() < 0.1:
                self.add(self.at(day, 13, 20), "want", number, other, wants=chance.choice(("end", "none")))
        if chance.random() < 0.1:
            self.add(self.at(day, 1, 15), "add", number, who)
        if chance.random() < 0.05:
            self.add(self.at(day, 1, 20), "withdraw", number, who)
        if is_twin:
            self.add(self.at(day, 2, 3), "merge", number, into=number - 1)
            if chance.random() < 0.3:
                self.add(self.at(day, 4, 14), "split", number)
        getattr(self, f"_{MANNERS[body]}")(number, day, who, body)

    def _ends(self, number: int, day: float, who: str, least: int, most: int, depth: int = 0) -> None:
        """It ends; four weeks later some say whether it is fixed, and if not it is done once more."""
        chance = self.chance
        after = chance.randint(least, most)
        status = chance.choices(("fixed", "unable_to_fix", "not_responsible", "closed"), (8, 1, 1, 1))[0]
        self.add(self.at(day + after), "move", number, status=status)
        if status == "fixed":
            said = chance.choices(("yes", "no", "unknown", None), (5, 2, 1, 2))[0]
            if said is not None:
                self.add(self.at(day + after, 30, 33), "check", number, who, answer=said)
            if said == "no" and depth < 2:
                self._ends(number, day + after + 33, who, 3, 25, depth + 1)
        elif chance.random() < 0.2:
            self.add(self.at(day + after, 3, 30), "again", number, who)

    def _prompt(self, number: int, day: float, who: str, body: int) -> None:
        chance = self.chance
        self.add(self.at(day, 0, 1), "take", number)
        self.add(self.at(day, 1, 4), "answer", number)
        if chance.random() < 0.2:
            self.add(self.at(day, 2, 5), "ask", number)
            if chance.random() < 0.6:
                self.add(self.at(day, 6, 12), "reply", number, who)
        if chance.random() < 0.3:
            self.add(self.at(day, 2, 6), "plan", number, days=chance.randint(5, 40))
        if chance.random() < 0.1:
            self.add(self.at(day, 2, 9), "merge", number, into=self._twin(number, body))
        self._ends(number, day, who, 4, 25)

    def _twin(self, number: int, body: int) -> int:
        others = [one for one, its in enumerate(self.bodies[:number]) if its == body]
        return others[-1] if others else number

    def _late(self, number: int, day: float, who: str, body: int) -> None:
        self.add(self.at(day, 3, 12), "take", number)
        self.add(self.at(day, 8, 25), "answer", number)
        if self.chance.random() < 0.7:
            self._ends(number, day, who, 30, 90)

    def _never(self, number: int, day: float, who: str, body: int) -> None:
        if self.chance.random() < 0.1:
            self.add(self.at(day, 0, 3), "take", number)  # and then nothing

    def _wrong(self, number: int, day: float, who: str, body: int) -> None:
        """Handed over again and again, until somebody does it."""
        for hop in range(self.chance.randint(1, 4)):
            to = self.chance.choice((0, 1, 3, 7))
            self.add(self.at(day, 1 + 2 * hop, 2 + 2 * hop), "hand", number, body=to, team=hop % TEAMS)
        self._ends(number, day, who, 10, 40)

    def _leaves(self, number: int, day: float, who: str, body: int) -> None:
        self._prompt(number, day, who, body)

    def _nobody(self, number: int, day: float, who: str, body: int) -> None:
        """There is nobody who could do anything."""


def plan(seed: int, reports: int) -> Plan:
    """The year of that seed."""
    return Drawing(seed, reports).draw()
