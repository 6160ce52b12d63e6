"""Make-believe bodies for tests: a district with two teams, a county around it, wards, private ground, and officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Area, Body, Duty, Officer, Resident, Service, ServiceRequest, Team
from bot.services.in_charge import areas, officers
from bot.services.in_charge.officers import Place
from tests.town import Person, Town

Ring = Sequence[tuple[float, float]]


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """A ring around a square, in GeoJSON's order (long, lat)."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(outer: list[list[float]], *holes: list[list[float]]) -> dict[str, Any]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [outer, *holes]}


SHAPES: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "county": ("county", "county", polygon(square(0.0, 51.0, 1.0, 52.0))),
    "district": ("district", "district", polygon(square(0.1, 51.4, 0.3, 51.6))),
    "north-ward": ("ward", None, polygon(square(0.1, 51.5, 0.2, 51.6), square(0.14, 51.54, 0.16, 51.56))),
    "south-ward": ("ward", None, polygon(square(0.1, 51.4, 0.2, 51.5))),
    "estate": ("private", "landlord", polygon(square(0.25, 51.45, 0.27, 51.47))),
}
"""Name → kind, body, shape. The north ward has a hole; the wards meet at 51.5; the estate lies in the district."""

IN_NORTH, IN_HOLE, IN_SOUTH = (51.52, 0.12), (51.55, 0.15), (51.45, 0.15)
ON_BORDER, IN_ESTATE, IN_COUNTY, AT_SEA = (51.5, 0.15), (51.46, 0.26), (51.8, 0.8), (50.0, -5.0)


@dataclass
class District:
    """What was put, by short names."""

    bodies: dict[str, Body]
    teams: dict[str, Team]
    areas: dict[str, Area]
    services: dict[str, Service]


async def put(session: AsyncSession, *, now: datetime) -> District:
    """A district with Waste and Streets, a county with Highways, a landlord; bins, lamps and potholes."""
    bodies = _bodies(now)
    session.add_all(bodies.values())
    await session.flush()
    teams = {
        slug: Team(body_id=bodies[body].id, slug=slug, names={"en": slug.title()}, created_at=now)
        for slug, body in (("waste", "district"), ("streets", "district"), ("highways", "county"))
    }
    put_areas = {slug: _area(slug, bodies, now) for slug in SHAPES}
    services = _services()
    session.add_all([*teams.values(), *put_areas.values(), *services.values()])
    await session.flush()
    for service, team, area in (
        ("bins", "waste", "district"),
        ("lamps", "streets", "north-ward"),
        ("lamps", "highways", "county"),
        ("potholes", "highways", None),
    ):
        session.add(duty(teams[team], service, put_areas[area] if area else None, now=now))
    await session.flush()
    await areas.changed(session, now=now)
    return District(bodies, teams, put_areas, services)


def _bodies(now: datetime) -> dict[str, Body]:
    return {
        slug: Body(
            slug=slug,
            names={"en": name},
            kind=kind,
            zone="Europe/London",
            calendar="GB-ENG",
            contact=contact,
            created_at=now,
        )
        for slug, name, kind, contact in (
            ("district", "North District", "district", {"phone": "01632 960100"}),
            ("county", "Elmshire", "county", {"email": "roads@elmshire.example"}),
            ("landlord", "Hearth Homes", "landlord", {"phone": "01632 960123"}),
        )
    }


def _area(slug: str, bodies: dict[str, Body], now: datetime) -> Area:
    kind, body, shape = SHAPES[slug]
    return Area(
        slug=slug,
        names={"en": slug.replace("-", " ").title()},
        kind=kind,
        body_id=None if body is None else bodies[body].id,
        geometry=shape,
        size=_size(shape),
        changed_at=now,
    )


def _services() -> dict[str, Service]:
    kinds = (
        ("bins", "Overflowing bin", ["bin", "rubbish"]),
        ("lamps", "Street light", ["lamp", "street light"]),
        ("potholes", "Pothole", ["pothole", "hole in the road"]),
        ("noise", "Noise", ["noise", "loud"]),
    )
    return {
        code: Service(service_code=code, names={"en": name}, keywords={"en": words}, order=order)
        for order, (code, name, words) in enumerate(kinds)
    }


def duty(team: Team, service: str, area: Area | None, *, now: datetime, **more: Any) -> Duty:
    """Somebody does something somewhere."""
    return Duty(
        body_id=team.body_id,
        team_id=team.id,
        service_code=service,
        area_id=area.id if area else None,
        created_at=now,
        **more,
    )


def _size(shape: dict[str, Any]) -> float:
    xs = [x for x, _ in shape["coordinates"][0]]
    ys = [y for _, y in shape["coordinates"][0]]
    return float((max(xs) - min(xs)) * (max(ys) - min(ys)) * 10_000)


async def a_district(town: Town) -> District:
    """The same in a town with a community."""
    await town.community()
    async with town.folkmoot.database.writing() as session:
        return await put(session, now=town.clock())


async def fills(town: Town, name: str, place: Place, language: str = "en") -> Person:
    """Somebody who came by an invitation of the operator and fills a post."""
    person = town.stranger(name, language)
    async with town.folkmoot.database.writing() as session:
        offer = await officers.invite(session, place, by=None, now=town.clock())
    await person.opens(offer.code)
    async with town.folkmoot.database.writing() as session:
        filled = (await session.scalars(select(Officer).order_by(Officer.id.desc()).limit(1))).one()
        (await session.get_one(Resident, filled.resident_id)).name = name
    return person


async def post_of(town: Town, name: str) -> Officer | None:
    """The post that somebody of that name fills."""
    async with town.folkmoot.database.reading() as session:
        wanted = select(Officer).join(Resident, Resident.id == Officer.resident_id)
        found: Officer | None = await session.scalar(wanted.where(Resident.name == name))
        return found


def report(number: int, team: Team, *, now: datetime, **more: Any) -> ServiceRequest:
    """An open report of a team."""
    return ServiceRequest(
        service_request_id=f"E-{number:04d}",
        community_id=1,
        service_code="bins",
        description="The bin is full.",
        language="en",
        status="confirmed",
        body_id=team.body_id,
        team_id=team.id,
        requested_datetime=now,
        updated_datetime=now,
        **more,
    )
