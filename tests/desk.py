"""A desk for tests: reports by residents at a body's teams, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.message import Media, Place
from bot.models import Address, Resident, ServiceRequest, Team
from bot.services.reporting import receiving, reports
from tests.council import Council, a_body, an_officer
from tests.town import Person, Town

ELM_ROAD = Place(51.5, -0.1)
PHOTO = Media("photo", {"paper": "bin-on-elm-road"})


@dataclass
class Desk:
    """A council with Ann and Ben in its team for waste, and Alice who reports."""

    town: Town
    council: Council
    ann: Person
    ben: Person
    alice: Person

    async def report(
        self, words: str = "The bin is full.", *, by: Person | None = None, **about: Any
    ) -> ServiceRequest:
        """Somebody reports a full bin at Elm Road, or whatever is said instead."""
        return await a_report(self.town, by or self.alice, words, **about)

    async def fresh(self, made: ServiceRequest) -> ServiceRequest:
        """The report as it is now."""
        async with self.town.folkmoot.database.reading() as session:
            return await session.get_one(ServiceRequest, made.id)

    async def opens(self, person: Person, made: ServiceRequest) -> None:
        """Look at its card."""
        await person.says(f"/desk {made.service_request_id}")


async def a_desk(town: Town) -> Desk:
    """Everybody is there; nothing was reported."""
    await town.community()
    council = await a_body(town)
    ann = await an_officer(town, "Ann", council.waste, post="lead")
    ben = await an_officer(town, "Ben", council.waste)
    return Desk(town, council, ann, ben, await town.member("Alice"))


async def another_team(town: Town, council: Council, person: str = "Cara") -> tuple[Team, Person]:
    """The team for streets, with somebody in it."""
    return council.streets, await an_officer(town, person, council.streets)


async def resident(town: Town, person: Person) -> Resident:
    """Who somebody is for us."""
    async with town.folkmoot.database.reading() as session:
        found = await session.scalars(
            select(Resident)
            .join(Address, Address.resident_id == Resident.id)
            .where(Address.channel == person.channel, Address.chat == person.name)
        )
        return found.one()


async def a_report(
    town: Town,
    by: Person,
    words: str = "The bin is full.",
    *,
    slug: str = "elm-park",
    place: Place | None = ELM_ROAD,
    address: str | None = "Elm Road",
    kind: str | None = "bins",
    **about: Any,
) -> ServiceRequest:
    """Somebody reports something; whoever is in charge has been told when this returns."""
    community = await town.community(slug)
    who = await resident(town, by)
    draft = receiving.Draft(words, kind, place=place, address=address, **about)
    async with town.folkmoot.database.writing() as session:
        there = await session.get_one(type(community), community.id)
        reporter = await session.get_one(Resident, who.id)
        made = await receiving.report(session, there, draft, by=reporter, now=town.clock())
    await town.quiet()
    return made


async def joins(town: Town, made: ServiceRequest, *people: Person) -> None:
    """These have the same problem."""
    for person in people:
        who = await resident(town, person)
        async with town.folkmoot.database.writing() as session:
            one = await session.get_one(Resident, who.id)
            await reports.same(session, made.id, by=one, now=town.clock())
    await town.quiet()
