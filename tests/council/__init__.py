"""Bodies for tests: a district with a team for bins and one for streets, without areas unless a test brings some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Body, Duty, Officer, Resident, Service, Team
from bot.services.in_charge import officers
from tests.town import Person, Town

SERVICES = {
    "bins": ("Bins", {"en": ["bin", "rubbish", "litter"], "pl": ["śmieci", "kosz"]}),
    "streetlights": ("Street lights", {"en": ["light", "lamp"], "pl": ["lampa", "latarnia"]}),
    "potholes": ("Holes in the road", {"en": ["pothole", "hole"], "pl": ["dziura"]}),
    "trees": ("Trees", {"en": ["tree", "branch"], "pl": ["drzewo"]}),
}


@dataclass
class Council:
    """A body with its teams."""

    body: Body
    waste: Team
    streets: Team


async def found(session: AsyncSession, slug: str = "north-district", *, now: datetime) -> Council:
    """A district that does everything everywhere: bins by Waste, the rest by Streets."""
    body = Body(
        slug=slug,
        names={"en": slug.replace("-", " ").title()},
        kind="district",
        zone="Europe/London",
        created_at=now,
    )
    session.add(body)
    await session.flush()
    waste = Team(body_id=body.id, slug="waste", names={"en": "Waste"}, created_at=now)
    streets = Team(body_id=body.id, slug="streets", names={"en": "Streets"}, created_at=now)
    session.add_all([waste, streets])
    await session.flush()
    for code, (name, keywords) in SERVICES.items():
        if await session.get(Service, code) is None:
            session.add(Service(service_code=code, names={"en": name}, keywords=keywords))
            await session.flush()
        team = waste if code == "bins" else streets
        session.add(Duty(body_id=body.id, team_id=team.id, service_code=code, created_at=now))
    return Council(body, waste, streets)


async def a_body(town: Town, slug: str = "north-district") -> Council:
    """The same, in a town."""
    async with town.folkmoot.database.writing() as session:
        return await found(session, slug, now=town.clock())


async def an_officer(
    town: Town, name: str, team: Team, post: str = "officer", language: str = "en"
) -> Person:
    """Somebody who works in a team."""
    return await _fills(town, name, team.body_id, team.id, post, language)


async def a_post(town: Town, council: Council) -> str:
    """The code of an invitation to the team for waste."""
    async with town.folkmoot.database.writing() as session:
        team = await session.merge(council.waste)
        place = officers.Place(await session.merge(council.body), team, "officer")
        return (await officers.invite(session, place, by=None, now=town.clock())).code


async def a_director(town: Town, name: str, council: Council, post: str = "director") -> Person:
    """Somebody who speaks for the whole body."""
    return await _fills(town, name, council.body.id, None, post, "en")


async def _fills(town: Town, name: str, body: int, team: int | None, post: str, language: str) -> Person:
    person = town.stranger(name, language)
    await person.says("/start")
    async with town.folkmoot.database.writing() as session:
        whose = (await newest(session, name)).id
        session.add(Officer(body_id=body, team_id=team, resident_id=whose, post=post, since=town.clock()))
    return person


async def newest(session: AsyncSession, name: str) -> Resident:
    """Whoever came last, called by a name from now on."""
    last = (await session.scalars(select(Resident).order_by(Resident.id.desc()).limit(1))).one()
    last.name = name
    return last
