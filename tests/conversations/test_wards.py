"""Councillors of one ward: invited for it, and asked when a promise is late there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.letters.in_charge.officers import InviteTo
from bot.letters.in_charge.wards import InviteFor
from bot.message import Place as Spot
from bot.message import Tap
from bot.models import Area, Officer, Resident, ServiceRequest
from bot.services.in_charge import areas, officers
from bot.services.in_charge.areas import Ground
from bot.services.in_charge.officers import Place
from tests.conversations.test_late_reports import ANSWER, how_often
from tests.conversations.test_posts import waste, whole
from tests.council import a_director
from tests.council.days import a_desk, mornings
from tests.council.district import a_district, fills
from tests.reports import square
from tests.town import Town


@pytest.mark.parametrize("lies", ["in a ward of somebody", "in nobody's ward"])
async def test_the_councillor_of_its_ward_is_asked_else_the_one_of_the_whole_body(
    town: Town, lies: str
) -> None:
    desk = await a_desk(town)
    connie, cedric, wendy = [
        await a_director(town, name, desk.council, "councillor") for name in ("Connie", "Cedric", "Wendy")
    ]
    made = await reports_place(town, desk.number)
    far = Spot(made.lat + 1, made.long) if lies == "in a ward of somebody" else Spot(made.lat + 2, made.long)
    near = made if lies == "in a ward of somebody" else Spot(made.lat + 1, made.long)
    for name, where in (("Connie", near), ("Cedric", far)):
        await has_a_ward(town, name, where)
    await mornings(town, 16)
    theirs = lies == "in a ward of somebody"
    assert how_often(desk.dora, ANSWER) == 1
    assert [how_often(one, ANSWER) for one in (connie, wendy, cedric)] == [theirs, not theirs, 0]


async def reports_place(town: Town, number: int) -> Spot:
    """Where a report lies."""
    async with town.folkmoot.database.reading() as session:
        made = await session.get_one(ServiceRequest, number)
        assert made.lat is not None
        assert made.long is not None
        return Spot(made.lat, made.long)


async def has_a_ward(town: Town, name: str, around: Spot) -> None:
    """Somebody is councillor for a square around a place, not for the whole body any more."""
    async with town.folkmoot.database.writing() as session:
        ward = Area(
            slug=f"ward-of-{name.lower()}",
            names={"en": f"Ward of {name}"},
            kind="ward",
            geometry=square(around, 0.01),
            size=4.0,
            changed_at=town.clock(),
        )
        session.add(ward)
        await session.flush()
        post = select(Officer).join(Resident, Resident.id == Officer.resident_id)
        (await session.scalars(post.where(Resident.name == name))).one().area_id = ward.id


async def test_a_councillor_is_invited_for_one_area_and_another_for_all(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        for slug in ("north-ward", "south-ward"):
            (await session.get_one(Area, put.areas[slug].id)).body_id = put.bodies["district"].id
        await areas.changed(session, now=town.clock())
    dina = await fills(town, "Dina", whole(put))
    for ward in ("North Ward", "South Ward"):  # one person may speak for both
        await dina.says("/invite")
        await dina.taps("councillor: North District")
        assert dina.sees("For which area?")
        await dina.taps(ward)
        cora = town.stranger("Cora")
        await cora.opens(dina.latest.split("paper:elm-park/")[1].split("\n")[0])
    assert cora.sees("You have a post now: councillor in North Ward, North District.")
    await cora.says("/posts")
    assert cora.sees("North Ward, North District: councillor")
    assert cora.sees("South Ward, North District: councillor")
    await dina.says("/invite")
    await dina.taps("councillor: North District")
    await dina.taps("All of North District")
    await town.stranger("Cem").opens(dina.latest.split("paper:elm-park/")[1].split("\n")[0])
    await dina.says("/posts")
    await dina.taps("North District")
    assert dina.sees("somebody without a name (2): councillor for North Ward")
    async with town.folkmoot.database.reading() as session:
        found = await session.scalars(select(Officer.area_id).where(Officer.post == "councillor"))
        assert set(found) == {None, put.areas["north-ward"].id, put.areas["south-ward"].id}


async def test_whoever_directs_a_body_and_speaks_for_wards_keeps_each_post(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        north, south = [
            one for one in (await areas.atlas(session)).grounds if one.slug in ("north-ward", "south-ward")
        ]
    dora = await fills(town, "Dora", whole(put))
    async with town.folkmoot.database.writing() as session:
        offer = await officers.invite(session, whole(put, "councillor"), by=None, now=town.clock())
    await dora.opens(offer.code)
    web = await fills(town, "Dora on the web", Place(put.bodies["district"], None, "councillor", north))
    phone = await fills(town, "Dora on the phone", Place(put.bodies["district"], None, "councillor", south))
    for other in (web, phone):
        await other.says("/link")
        await dora.says("/link " + other.latest.split("/link ")[1].split("\n")[0])
        assert "Done. Both places are you now" in dora.latest
    async with town.folkmoot.database.reading() as session:
        posts = (await session.execute(select(Officer.post, Officer.area_id))).all()
    assert set(posts) == {("director", None), *(("councillor", at) for at in (None, north.id, south.id))}
    assert len(posts) == 4


async def test_only_a_councillor_can_be_for_one_area_and_only_for_the_bodys_own(town: Town) -> None:
    put = await a_district(town)
    district, estate = put.bodies["district"], put.areas["estate"]  # the area `district` is the body's own
    for post, area in (("director", put.areas["district"]), ("councillor", estate)):
        ground = Ground(area.id, area.slug, area.names, area.kind, area.body_id, area.size)
        async with town.folkmoot.database.writing() as session:
            with pytest.raises(Refused):
                await officers.invite(session, Place(district, None, post, ground), by=None, now=town.clock())
    lena = await fills(town, "Lena", waste(put, "lead"))
    await lena.does(Tap(InviteFor(body=district.id, area=put.areas["district"].id).pack(), query="q"))
    assert "Only the lead of this team or a director can do that." in lena.screen.toasts
    lena.screen.toasts.clear()
    await lena.does(Tap(InviteTo(body=district.id, team=0, post="councillor").pack(), query="q"))
    assert lena.screen.toasts == ["Only the lead of this team or a director can do that."]
    await lena.does(Tap(InviteFor(body=district.id, area=10**9).pack(), query="q"))
    assert "I do not know this body." in lena.screen.toasts
