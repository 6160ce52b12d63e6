"""Open reports around a place: those within so many metres and no others, wherever on the earth; by an index."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, text

from bot.db import Database
from bot.message import Place
from bot.models import Service, ServiceRequest
from bot.services.community import communities
from bot.services.community.communities import kilometres
from bot.services.reporting import nearby
from tests.town import MONDAY

TOWNS = {
    "London": Place(51.5, -0.0002),
    "on the equator": Place(0.0001, 36.8),
    "in the south": Place(-36.85, 174.76),
    "far north": Place(69.65, 18.95),
}


async def a_town_of_reports(
    database: Database, middle: Place, chance: random.Random, many: int = 150
) -> None:
    """Reports of two kinds, open and ended, within some hundred metres."""
    async with database.writing() as session:
        town = await communities.add(
            session, "elm-park", {"en": "Elm Park"}, zone="Europe/London", languages=["en"], now=MONDAY
        )
        session.add_all(
            [
                Service(service_code="bins", names={"en": "Bins"}),
                Service(service_code="trees", names={"en": "Trees"}),
            ]
        )
        await session.flush()
        for number in range(many):
            lat, long = (
                middle.lat + chance.uniform(-0.008, 0.008),
                middle.long + chance.uniform(-0.012, 0.012),
            )
            session.add(
                ServiceRequest(
                    service_request_id=f"R{number}",
                    community_id=town.id,
                    service_code=chance.choice(["bins", "bins", "trees", None]),
                    description="",
                    language="en",
                    lat=lat,
                    long=long,
                    cell=nearby.cell(lat, long),
                    status=chance.choice(["received", "planned", "fixed"]),
                    confidential=chance.random() < 0.1,
                    requested_datetime=MONDAY,
                    updated_datetime=MONDAY,
                )
            )  # fmt: skip


@pytest.mark.parametrize("where", TOWNS)
async def test_those_within_the_radius_are_found_and_no_others(database: Database, where: str) -> None:
    chance = random.Random(where)  # noqa: S311 - the same each time
    middle = TOWNS[where]
    await a_town_of_reports(database, middle, chance)
    async with database.reading() as session:
        everything = (await session.scalars(select(ServiceRequest))).all()
        for _ in range(25):
            here = Place(
                middle.lat + chance.uniform(-0.005, 0.005), middle.long + chance.uniform(-0.005, 0.005)
            )
            within, kind = chance.choice([20, 60, 250, 500]), chance.choice(["bins", None])
            wanted = sorted(
                (kilometres(here, Place(one.lat or 0, one.long or 0)) * 1000, one.id)
                for one in everything
                if one.service_code == kind and one.status in ("received", "planned") and not one.confidential
            )
            found = await nearby.find(session, kind, here, within=within, most=50)
            assert [one.report.id for one in found] == [number for far, number in wanted if far <= within]
            assert [one.metres for one in found] == [round(far) for far, _ in wanted if far <= within]


async def test_what_is_stored_elsewhere_is_not_looked_at(database: Database) -> None:
    chance = random.Random(1)  # noqa: S311 - the same each time
    await a_town_of_reports(database, TOWNS["London"], chance, many=2000)
    cells = "(1, 2, 3, 4, 5, 6, 7, 8, 9)"
    states = "('received', 'confirmed', 'investigating', 'planned', 'action_scheduled')"
    looked = f"SELECT id FROM service_requests WHERE cell IN {cells} AND service_code = 'bins' AND status IN {states}"
    async with database.reading() as session:
        if database.dialect == "sqlite":
            plan = (await session.execute(text("EXPLAIN QUERY PLAN " + looked))).all()
        else:
            await session.execute(text("ANALYZE service_requests"))
            plan = (await session.execute(text("EXPLAIN " + looked))).all()
    assert "ix_service_requests_near" in str(plan)
