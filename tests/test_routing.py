"""To the right desk: the organisers' own rules, then the smallest area, then whoever does it anywhere, else nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import Database
from bot.errors import Refused
from bot.i18n import tongue
from bot.letters.reporting import routing as letters
from bot.models import Community, Deed, Duty, Resident
from bot.services.community import communities
from bot.services.in_charge import routing
from tests.council import district
from tests.council.district import District, report

NOW = utc_now()


async def a_town(session: AsyncSession, border: str | None = None) -> tuple[Community, District]:
    put = await district.put(session, now=NOW)
    town = await communities.add(
        session, "elm-park", {"en": "Elm Park"}, zone="Europe/London", languages=("en",), now=NOW
    )
    town.area_id = put.areas[border].id if border else None
    await session.flush()
    return town, put


async def an_organiser(session: AsyncSession, town: Community) -> Resident:
    olga = Resident(language="en", interests=[], created_at=NOW)
    session.add(olga)
    await session.flush()
    (await communities.join(session, olga, town.id, now=NOW)).role = "organiser"
    return olga


@pytest.mark.parametrize(
    ("service", "point", "how", "team", "area"),
    [
        ("bins", district.IN_NORTH, "area", "waste", "district"),
        ("lamps", district.IN_NORTH, "area", "streets", "north-ward"),
        ("lamps", district.ON_BORDER, "area", "streets", "north-ward"),
        ("lamps", district.IN_HOLE, "area", "highways", "county"),
        ("lamps", district.IN_SOUTH, "area", "highways", "county"),
        ("potholes", district.AT_SEA, "anywhere", "highways", None),
        ("potholes", (None, None), "anywhere", "highways", None),
        ("bins", district.IN_COUNTY, "nobody", None, "county"),
        ("noise", district.IN_NORTH, "nobody", None, "north-ward"),
        (None, district.IN_NORTH, "nobody", None, "north-ward"),
        ("bins", (None, None), "nobody", None, None),
        ("bins", district.IN_ESTATE, "private", None, "estate"),
        ("potholes", district.IN_ESTATE, "private", None, "estate"),
    ],
)
async def test_who_gets_it(
    database: Database,
    service: str | None,
    point: tuple[float | None, float | None],
    how: str,
    team: str | None,
    area: str | None,
) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session)
        found = await routing.route(session, town.id, service, *point)
        assert (found.how, found.team and found.team.slug) == (how, team)
        assert (found.area.slug if found.area else None) == area
        if found.how == "private":
            assert found.body is not None
            assert found.body.slug == "landlord"


async def test_whoever_does_it_on_private_ground_gets_it(database: Database) -> None:
    async with database.writing() as session:
        town, put = await a_town(session)
        session.add(district.duty(put.teams["waste"], "bins", put.areas["estate"], now=NOW))
        found = await routing.route(session, town.id, "bins", *district.IN_ESTATE)
        assert (found.how, found.area and found.area.slug) == ("area", "estate")


async def test_a_duty_that_has_ended_does_not_count(database: Database) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session)
        for one in (await session.scalars(select(Duty).where(Duty.service_code == "lamps"))).all():
            one.ended_at = NOW
        found = await routing.route(session, town.id, "lamps", *district.IN_NORTH)
        assert found.how == "nobody"


async def test_outside_the_borders_of_a_community_is_told_with_whoever_is_in_charge_there(
    database: Database,
) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session, border="north-ward")
        inside = await routing.route(session, town.id, "bins", *district.IN_NORTH)
        assert inside.how == "area"
        found = await routing.route(session, town.id, "bins", *district.IN_SOUTH)
        assert (found.how, found.team, found.body and found.body.slug) == ("outside", None, "district")
        nowhere = await routing.route(session, town.id, "bins", *district.AT_SEA)
        assert (nowhere.how, nowhere.body) == ("outside", None)


async def test_without_a_place_the_borders_of_the_community_are_the_place(database: Database) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session, border="district")
        found = await routing.route(session, town.id, "bins", None, None)
        assert (found.how, found.team and found.team.slug) == ("area", "waste")


async def test_what_organisers_want_remembered_goes_first_and_in_their_community_only(
    database: Database,
) -> None:
    async with database.writing() as session:
        town, put = await a_town(session)
        other = await communities.add(
            session, "oak-row", {"en": "Oak Row"}, zone="Europe/London", languages=("en",), now=NOW
        )
        olga = await an_organiser(session, town)
        one = report(1, put.teams["waste"], now=NOW)
        one.community_id = town.id
        rule = await routing.remember(session, one, put.teams["highways"], by=olga, now=NOW)
        assert (rule.community_id, rule.made_by) == (town.id, olga.id)
        found = await routing.route(session, town.id, "bins", *district.IN_NORTH)
        assert (found.how, found.team and found.team.slug, found.rule) == ("anywhere", "highways", True)
        theirs = await routing.route(session, other.id, "bins", *district.IN_NORTH)
        assert theirs.team is not None
        assert theirs.team.slug == "waste"
        again = await routing.remember(session, one, put.teams["highways"], by=olga, now=NOW)
        assert again.id == rule.id
        await routing.remember(session, one, put.teams["streets"], by=olga, now=NOW)
        assert [each.team_id for each in await routing.rules(session, town.id)] == [put.teams["streets"].id]
        acts = (await session.scalars(select(Deed.act).where(Deed.actor_id == olga.id))).all()
        assert list(acts) == ["route.remember", "route.remember"]


async def test_a_rule_has_the_targets_that_the_team_has_and_can_be_forgotten(database: Database) -> None:
    async with database.writing() as session:
        town, put = await a_town(session)
        for usual in (await session.scalars(select(Duty).where(Duty.service_code == "bins"))).all():
            usual.resolve_days = 3
        olga = await an_organiser(session, town)
        one = report(1, put.teams["waste"], now=NOW)
        one.community_id = town.id
        rule = await routing.remember(session, one, put.teams["waste"], by=olga, now=NOW)
        assert rule.resolve_days == 3
        await routing.forget(session, rule.id, by=olga, now=NOW)
        assert await routing.rules(session, town.id) == []
        with pytest.raises(Refused):
            await routing.forget(session, rule.id, by=olga, now=NOW)


async def test_only_organisers_have_something_remembered_and_only_of_a_kind(database: Database) -> None:
    async with database.writing() as session:
        town, put = await a_town(session)
        mallory = Resident(language="en", interests=[], created_at=NOW)
        session.add(mallory)
        await session.flush()
        one = report(1, put.teams["waste"], now=NOW)
        one.community_id = town.id
        with pytest.raises(Refused, match="organisers"):
            await routing.remember(session, one, put.teams["waste"], by=mallory, now=NOW)
        one.service_code = None
        olga = await an_organiser(session, town)
        with pytest.raises(Refused, match="kind"):
            await routing.remember(session, one, put.teams["waste"], by=olga, now=NOW)


async def test_a_place_offers_the_kinds_that_somebody_is_in_charge_of_there(database: Database) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session)
        here = await routing.services_at(session, town.id, *district.IN_NORTH)
        assert [one.service_code for one in here] == ["bins", "lamps", "potholes"]
        county = await routing.services_at(session, town.id, *district.IN_COUNTY)
        assert [one.service_code for one in county] == ["lamps", "potholes"]
        for one in (await session.scalars(select(Duty))).all():
            one.ended_at = NOW
        everything = await routing.services_at(session, town.id, *district.IN_NORTH)
        assert len(everything) == 4


@pytest.mark.parametrize(
    ("service", "point", "said"),
    [
        (
            "lamps",
            district.IN_NORTH,
            "It goes to Streets of North District, because Elm Road lies in North Ward and they look after this "
            "there: Street light.",
        ),
        (
            "potholes",
            district.AT_SEA,
            "It goes to Highways of Elmshire, because they look after this everywhere: Pothole.",
        ),
        (
            "bins",
            district.IN_ESTATE,
            "This is private ground, so it is its owner who looks after it.\n"
            "You can ask Hearth Homes: 01632 960123",
        ),
        (
            "noise",
            district.IN_NORTH,
            "We do not know yet who looks after this. The organisers of your community get it and find out.",
        ),
    ],
)
async def test_why_is_said_in_one_sentence_from_what_was_kept(
    database: Database, service: str, point: tuple[float, float], said: str
) -> None:
    async with database.writing() as session:
        town, _ = await a_town(session)
        because = (await routing.route(session, town.id, service, *point)).because()
        reason = await routing.reason(session, because, service_code=service, address="Elm Road")
        assert str(letters.because(tongue("en"), reason)) == said
