"""Three and four people in charge join the same reports at one moment, in many orders: in the end there is one tree,
everybody is counted once, and hears of each joining once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import is_passing
from bot.errors import Refused
from bot.models import Concern, Happening, Resident, ServiceRequest
from bot.services.answering import twins
from bot.services.reporting import reports
from tests.council import an_officer
from tests.desk import Desk, a_desk, resident
from tests.town import Person, Town

ROUNDS = 8
REPORTS = 4
JOINED = "was joined with another one"

Joining = tuple[int, int]
"""Which of the reports, from 0, is joined with which."""


@dataclass
class Crowd:
    """Four reports of the same by four people, and four who join them."""

    desk: Desk
    people: Sequence[Person]
    officers: Sequence[Resident]
    made: list[ServiceRequest] = field(default_factory=list)
    done: list[Joining] = field(default_factory=list)
    """In the order in which they were committed."""
    rings: int = 0

    async def reports(self) -> None:
        """Everybody reports it once more; it is another day for their limits."""
        self.desk.town.clock.pass_by(timedelta(hours=2))
        self.made = [await self.desk.report(by=person) for person in self.people]
        self.done = []

    async def join(self, joining: Joining, by: Resident, wait: float) -> None:
        """As a turn does it, but that what meets a ring of locks is counted."""
        number, into = (self.made[one].id for one in joining)
        town = self.desk.town
        await asyncio.sleep(wait)
        try:
            async with town.folkmoot.database.writing() as session:
                officer = await session.get_one(Resident, by.id)
                await twins.merge(session, number, into, by=officer, now=town.clock())
        except Refused:
            return
        except Exception as error:
            if not is_passing(error):
                raise
            self.rings += 1
            await self.join(joining, by, 0.05)
            return
        self.done.append(joining)

    async def at_once(self, joinings: Sequence[Joining], chance: Random) -> None:
        """All of them at one moment, or almost."""
        waits = [chance.choice((0.0, 0.0, 0.005)) for _ in joinings]
        await asyncio.gather(
            *(self.join(one, by, wait) for one, by, wait in zip(joinings, self.officers, waits, strict=False))
        )
        await self.desk.town.quiet()

    def replayed(self) -> tuple[list[int | None], list[set[int]], Counter[int]]:
        """What must have come of what was done: which goes on in which, whom each concerns, who heard how often."""
        on: list[int | None] = [None] * REPORTS
        whom = [{number} for number in range(REPORTS)]
        heard: Counter[int] = Counter()
        for gone, stays in self.done:
            assert on[gone] is None, "joined twice"
            assert on[stays] is None, "joined with one that has ended"
            heard.update(whom[gone])
            whom[stays] |= whom[gone]
            on = [stays if number == gone or one == gone else one for number, one in enumerate(on)]
            whom[gone] = {gone}
        return on, whom, heard

    async def is_one_tree(self, before: Sequence[int]) -> None:
        """All that is stored and was told is what must have come of it. `before` is what each had heard before."""
        on, whom, heard = self.replayed()
        ids = {made.id: number for number, made in enumerate(self.made)}
        people = [(await resident(self.desk.town, person)).id for person in self.people]
        async with self.desk.town.folkmoot.database.reading() as session:
            for number, made in enumerate(self.made):
                now = await session.get_one(ServiceRequest, made.id)
                assert (None if now.duplicate_of is None else ids[now.duplicate_of]) == on[number]
                assert (now.status == "duplicate") == (on[number] is not None)
                which = select(Concern.resident_id).where(Concern.service_request_id == made.id)
                there = list(await session.scalars(which))
                assert {people.index(one) for one in there} == whom[number], "somebody is lost, or left over"
                assert now.people == len(there) == len(whom[number]), "somebody counts twice, or not"
                joined = select(func.count()).where(
                    Happening.service_request_id == made.id, Happening.after == "duplicate"
                )
                assert await session.scalar(joined) == (on[number] is not None)
        told = [now - then for now, then in zip(self.heard(), before, strict=True)]
        assert told == [heard[number] for number in range(REPORTS)], "told twice, or not at all"

    def heard(self) -> list[int]:
        """How often each has heard that a report was joined."""
        return [person.text.count(JOINED) for person in self.people]


@pytest.fixture
async def crowd(town: Town) -> Crowd:
    """Everybody is there."""
    desk = await a_desk(town)
    people = [desk.alice, *[await town.member(name) for name in ("Bob", "Cem", "Dora")]]
    more = [await an_officer(town, name, desk.council.waste) for name in ("Eve", "Finn")]
    officers = [await resident(town, one) for one in (desk.ann, desk.ben, *more)]
    return Crowd(desk, people, officers)


def joinings(chance: Random, most: int) -> list[Joining]:
    """So many that get into each other's way, of as few reports as that."""
    found: list[Joining] = []
    while len(found) < most:
        first, second = chance.sample(range(min(most, REPORTS)), 2)
        found.append((first, second))
    return found


@pytest.mark.parametrize(("most", "seed"), [(3, 1), (4, 2)])
async def test_whoever_joins_the_same_at_one_moment_leaves_one_tree(
    crowd: Crowd, most: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)  # noqa: S311 - to be repeatable
    real = reports.locked

    async def locked(session: Any, number: int) -> ServiceRequest:
        await asyncio.sleep(chance.choice((0.0, 0.002, 0.008)))  # where others come between
        return await real(session, number)

    monkeypatch.setattr(reports, "locked", locked)
    joined = 0
    for _ in range(ROUNDS):
        await crowd.reports()
        before = crowd.heard()
        await crowd.at_once(joinings(chance, most), chance)
        await crowd.is_one_tree(before)
        joined += len(crowd.done)
    assert joined >= ROUNDS, "hardly anything was joined"
    assert crowd.rings == 0, "somebody waited in a ring"


async def test_three_who_join_in_a_ring_in_one_batch_leave_one_tree(crowd: Crowd) -> None:
    desk = crowd.desk
    await crowd.reports()
    before, officers = crowd.heard(), (desk.ann, desk.ben, desk.town.stranger("Eve"))
    for number, officer in enumerate(officers):
        await desk.opens(officer, crowd.made[number])
        await officer.taps("More …")
        await officer.taps("Join with another")
        await officer.says(crowd.made[(number + 1) % 3].service_request_id)
    await asyncio.gather(*(officer.taps("Join them") for officer in officers))
    crowd.done = [(0, 1), (1, 2)]
    await crowd.is_one_tree(before)
    assert officers[-1].sees("These two cannot be joined.")
